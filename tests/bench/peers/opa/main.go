// SPDX-License-Identifier: Apache-2.0
//
// OPA as a peer, through its public API.
//
//	opa w3 POLICY.rego PLAN.json      reads, evaluates data.bench.deny, prints
//	                                  the count and a sum of hashes
//	opa w2 FOLDER MILLISECONDS        times data.bench.decision of each policy
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/util"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func prepare(query, file string) rego.PreparedEvalQuery {
	text, err := os.ReadFile(file)
	check(err)
	prepared, err := rego.New(rego.Query(query),
		rego.Module(file, string(text))).PrepareForEval(context.Background())
	check(err)
	return prepared
}

func parse(text []byte) ast.Value {
	var doc interface{}
	check(util.UnmarshalJSON(text, &doc))
	value, err := ast.InterfaceToValue(doc)
	check(err)
	return value
}

func answer(prepared rego.PreparedEvalQuery, input ast.Value) interface{} {
	results, err := prepared.Eval(context.Background(),
		rego.EvalParsedInput(input))
	check(err)
	if len(results) == 0 {
		return nil
	}
	return results[0].Expressions[0].Value
}

func w3(policy, plan string) {
	prepared := prepare("data.bench.deny", policy)
	text, err := os.ReadFile(plan)
	check(err)
	messages := answer(prepared, parse(text)).([]interface{})
	var sum uint64
	for _, message := range messages {
		hash := fnv.New64a()
		hash.Write([]byte(message.(string)))
		sum += hash.Sum64()
	}
	fmt.Printf("%d %016x\n", len(messages), sum)
}

// Nanoseconds that `work` takes, from running it for about `span`.
func measure(span time.Duration, work func()) float64 {
	var rounds int
	start := time.Now()
	for time.Since(start) < span {
		for i := 0; i < 50; i++ {
			work()
		}
		rounds += 50
	}
	return float64(time.Since(start).Nanoseconds()) / float64(rounds)
}

func w2(folder string, span time.Duration) {
	files, err := filepath.Glob(filepath.Join(folder, "*.rego"))
	check(err)
	sort.Strings(files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".rego")
		prepared := prepare("data.bench.decision", file)
		text, err := os.ReadFile(strings.TrimSuffix(file, ".rego") + ".json")
		check(err)
		input := parse(text)
		out, err := json.Marshal(answer(prepared, input))
		check(err)
		fmt.Printf("%s answer %s\n", name, out)
		fmt.Printf("%s parsed %.0f\n", name,
			measure(span, func() { answer(prepared, input) }))
		fmt.Printf("%s text %.0f\n", name,
			measure(span, func() { answer(prepared, parse(text)) }))
	}
}

func main() {
	if len(os.Args) != 4 {
		os.Exit(2)
	}
	switch os.Args[1] {
	case "w3":
		w3(os.Args[2], os.Args[3])
	case "w2":
		ms, err := strconv.Atoi(os.Args[3])
		check(err)
		w2(os.Args[2], time.Duration(ms)*time.Millisecond)
	}
}
