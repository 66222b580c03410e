#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every suite with the programs of a build folder and adds up what they
# count: run_all.sh BUILD. A suite that fails shows all it printed.
set -u
build=${1:?usage: run_all.sh BUILD}
polc=$build/polc POLC=$(realpath "$build/polc")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
longest=300 # seconds of a suite, so that a hang fails instead of hanging all
# The order of members and sets must not depend on where memory lies, and
# messages not on where the tests run.
export LC_ALL=C NO_COLOR=1 POLC
export UBSAN_OPTIONS=print_stacktrace=1

# add NAME STATUS P F S: one suite's line and the sums. A suite that ends badly
# without counting a failure is one.
add() {
    local f=$4
    [ "$2" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + $3)) failed=$((failed + f)) skipped=$((skipped + $5))
    printf '%-34s %6d passed %4d failed %4d skipped\n' "$1" "$3" "$f" "$5"
    [ "$f" -eq 0 ] || sed 's/^/    /' "$log"
    [ "$5" -eq 0 ] || sed -n 's/^SKIP/    &/p' "$log"
}

cmocka() {
    timeout "$longest" "$1" >"$log" 2>&1
    local status=$?
    local p f s
    p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\.$/\1/p' "$log" | tail -1)
    f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s), listed.*/\1/p' "$log" | tail -1)
    s=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test(s), listed.*/\1/p' "$log" | tail -1)
    [ -n "$p$f" ] || status=1
    add "${1#"$build"/tests/}" $status "${p:-0}" "${f:-0}" "${s:-0}"
}

# suite NAME COMMAND…: a program whose last line is "N passed, N failed, N
# skipped".
suite() {
    local name=$1 status counts
    shift
    timeout "$longest" "$@" >"$log" 2>&1
    status=$?
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" |
             tail -1 | tr -dc '0-9 ')
    [ -n "$counts" ] || status=1
    # shellcheck disable=SC2086
    add "$name" $status ${counts:-0 0 0}
}

pack() {
    timeout "$longest" "$polc" test "$1" >"$log" 2>&1
    local status=$? p all
    p=$(sed -n 's|^PASS: \([0-9]*\)/.*|\1|p' "$log")
    all=$(sed -n 's|^PASS: .*/\([0-9]*\)$|\1|p' "$log")
    [ "${p:-0}" -gt 0 ] || status=1
    add "$1" $status "${p:-0}" $((${all:-0} - ${p:-0})) 0
}

# The README's sections are those that the declarations give.
readme() {
    packs/readme.sh --check "$1" >"$log" 2>&1
    local status=$?
    add "$1/README.md" $status $((status == 0)) 0 0
}

for program in "$build"/tests/unit/test_* "$build"/tests/api/test_*; do
    [ -x "$program" ] && [ ! -d "$program" ] && cmocka "$program"
done
for folder in lang diag limit regression; do
    [ -d tests/$folder ] && suite tests/$folder "$build/tests/run_lang" tests/$folder
done
suite "SPEC.md, README.md" "$build/tests/run_lang" SPEC.md README.md
for folder in packs/*/; do
    [ -f "$folder/pack.json" ] || continue
    pack "${folder%/}"
    readme "${folder%/}"
done
suite "README.md: transcripts" tests/readme.sh "$POLC" README.md
suite docs tests/docs/run.sh "$POLC"
suite tests/cli tests/cli/run.sh "$POLC"
suite tests/tls tests/tls/run.sh "$POLC"
suite tests/ignore tests/ignore/run.sh "$POLC"
suite tests/report tests/report/run.sh "$POLC"
suite tests/packs tests/packs/run.sh "$POLC"
conformance=$build/tests/conformance/run_conformance
suite conformance "$conformance" ../shared/conformance/rego
[ "$skipped" -eq 0 ] || sed -n '/^not passing yet:/,/^conformance:/p' "$log"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
