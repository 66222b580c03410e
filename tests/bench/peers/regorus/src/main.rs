// SPDX-License-Identifier: Apache-2.0
//
// regorus as a peer, through its public API: the register VM, its fast path.
//
//     regorus w3 POLICY.rego PLAN.json     reads, evaluates data.bench.deny,
//                                          prints the count and a sum of hashes
//     regorus w2 FOLDER MILLISECONDS       times data.bench.decision of each
use anyhow::Result;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use std::path::Path;
use std::time::{Duration, Instant};

fn prepare(file: &Path, entry: &str) -> Result<RegoVM> {
    let mut engine = Engine::new();
    let text = std::fs::read_to_string(file)?;
    engine.add_policy(file.display().to_string(), text)?;
    let rule: Rc<str> = entry.into();
    let compiled = engine.compile_with_entrypoint(&rule)?;
    let program = Compiler::compile_from_policy(&compiled, &[entry])?;
    let mut vm = RegoVM::new();
    vm.set_max_instructions(usize::MAX);
    vm.load_program(program);
    Ok(vm)
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf29ce484222325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x100000001b3)
    })
}

fn answer(vm: &mut RegoVM, input: Value) -> Result<Value> {
    vm.set_input(input);
    Ok(vm.execute()?)
}

fn w3(policy: &Path, plan: &Path) -> Result<()> {
    let mut vm = prepare(policy, "data.bench.deny")?;
    let text = std::fs::read_to_string(plan)?;
    let messages = answer(&mut vm, Value::from_json_str(&text)?)?;
    let messages = messages.as_set()?;
    let sum = messages.iter().try_fold(0u64, |sum, message| {
        Ok::<u64, anyhow::Error>(sum.wrapping_add(hash(message.as_string()?)))
    })?;
    println!("{} {:016x}", messages.len(), sum);
    Ok(())
}

/// Nanoseconds that `work` takes, from running it for about `span`.
fn measure(span: Duration, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    let mut rounds = 0u32;
    while start.elapsed() < span {
        for _ in 0..50 {
            work()?;
        }
        rounds += 50;
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(rounds))
}

fn w2(folder: &Path, span: Duration) -> Result<()> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "rego"))
        .collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let mut vm = prepare(&file, "data.bench.decision")?;
        let text = std::fs::read_to_string(file.with_extension("json"))?;
        let input = Value::from_json_str(&text)?;
        let out = answer(&mut vm, input.clone())?;
        println!("{name} answer {}", serde_json::to_string(&out)?);
        let parsed = measure(span, || answer(&mut vm, input.clone()).map(drop))?;
        println!("{name} parsed {parsed:.0}");
        let from_text = measure(span, || {
            answer(&mut vm, Value::from_json_str(&text)?).map(drop)
        })?;
        println!("{name} text {from_text:.0}");
    }
    Ok(())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "w3", policy, plan] => w3(Path::new(policy), Path::new(plan)),
        [_, "w2", folder, ms] => w2(Path::new(folder), Duration::from_millis(ms.parse()?)),
        _ => std::process::exit(2),
    }
}
