#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# One run with nasty texts in every report format, each read back as its readers
# do and compared with a golden text: run.sh POLC [--bless]. texts.py has the
# texts, read.py the readers; without python3 those are skipped.
set -u
polc=$(realpath "${1:?usage: run.sh POLC [--bless]}")
bless=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
formats='text json sarif junit github gitlab azure tap markdown'
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1 PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0 skipped=0

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | head -20 | sed 's/^/    /'
}

# result NAME STATUS OUTPUT
result() {
    if [ "$2" -eq 0 ]; then pass; else fail "$1" "$3"; fi
}

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
    exit
}

command -v python3 >/dev/null || {
    echo 'skip: no python3'
    skipped=1
    finish
}
cp -R "$here/pack" "$work/pack"
cd "$work" || exit 1
python3 "$here/texts.py" . || exit 1
file=$(ls -d ./a,b*)
version=$("$polc" version --format json | sed 's/.*"version": "\([^"]*\)".*/\1/')

# ---- readers: all formats of one run, to files -------------------------------

# want CODE COMMAND…: its exit code; a sanitizer's complaint shows in it too.
want() {
    local code=$1
    shift
    "$@" >"$work/stdout" 2>"$work/stderr"
    local got=$?
    [ $got -eq "$code" ] ||
        fail "exit code $got, not $code: ${*:2}" "$(cat "$work/stderr")"
}

all=()
for format in $formats; do all+=(--format "$format=out.$format"); done
want 4 "$polc" check "${all[@]}" --pack pack "$file" long.json broken.json
for format in $formats; do
    output=$(timeout 60 python3 "$here/read.py" "$format" "out.$format" 2>&1)
    result "reader of $format" $? "$output"
    printf '%s\n' "$output" | grep '^skip: ' | sort -u
    "$polc" check --format "$format" --pack pack "$file" long.json broken.json \
        >"stdout.$format" 2>/dev/null
    output=$(cmp "out.$format" "stdout.$format" 2>&1)
    result "$format on standard output" $? "$output"
done

# The validator of the makers of SARIF: schema and rules.
if command -v Sarif.Multitool >/dev/null; then
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 timeout 60 Sarif.Multitool validate \
        out.sarif --output valid.sarif --level Error >stdout 2>&1
    grep -q '^Analysis completed successfully' stdout && ! grep ': error ' stdout
    result "validator of sarif" $? "$(cat stdout)"
else
    echo 'skip: no Sarif.Multitool'
fi

# ---- goldens ------------------------------------------------------------------

# The same without the long text; versions and this folder are no matter.
want 4 "$polc" check "${all[@]}" --pack pack "$file" broken.json
for format in $formats; do
    sed "s|$work|/HERE|g; s|\\b$version\\b|VERSION|g" "out.$format" >golden
    [ "$bless" != --bless ] || cp golden "$here/golden/$format"
    output=$(diff "$here/golden/$format" golden 2>&1)
    result "golden $format" $? "$output"
done

# ---- nothing found, standard input, files that cannot be written ---------------

echo '{}' >fine.json
want 0 "$polc" check "${all[@]}" --pack pack fine.json
for format in json sarif gitlab; do
    output=$(python3 -m json.tool "out.$format" 2>&1 >/dev/null)
    result "nothing found: $format" $? "$output"
done
output=$(cat out.gitlab)
result "nothing found: empty list" "$([ "$output" = '[]' ]; echo $?)" "$output"
output=$(cat out.github out.azure)
result "nothing found: no commands" "$([ -z "$output" ]; echo $?)" "$output"
output=$(grep -c '^ok' out.tap)
result "nothing found: all pass" "$([ "$output" = 6 ]; echo $?)" "$output"

want 1 "$polc" check "${all[@]}" --pack pack - <long.json
for format in json sarif gitlab; do
    output=$(python3 -m json.tool "out.$format" 2>&1 >/dev/null)
    result "standard input: $format" $? "$output"
done
output=$(grep -ce 'file=' -e 'sourcepath=' out.github out.azure)
result "standard input is no file" "$([ "$output" = "out.github:0
out.azure:0" ]; echo $?)" "$output"

# The fingerprint of a finding does not depend on where it stands.
fingerprints() {
    "$polc" check --format gitlab --pack pack long.json 2>/dev/null |
        sed -n 's/.*"fingerprint": "\([^"]*\)".*/\1/p'
}
before=$(fingerprints)
{ printf '\n\n\n'; cat long.json; } >moved && mv moved long.json
output=$(fingerprints)
result "fingerprints stay" "$([ -n "$before" ] && [ "$before" = "$output" ]; echo $?)" "$output"

# Findings that are alike in all but the line differ in it all the same.
cp long.json again.json
cat long.json >>again.json
sed -i 's/^}{/}\n---\n{/' again.json && mv again.json twice.yaml
want 1 "$polc" check --format gitlab=out.gitlab --format sarif=out.sarif \
    --pack pack twice.yaml
output=$(grep -o '"fingerprint": "[^"]*' out.gitlab | sed 's/.*"//' | head -2)
first=${output%%[^0-9a-f]*}
result "fingerprints of what is alike" "$([ "$output" = "$first
$first-2" ]; echo $?)" "$output"
output=$(grep -o 'LineHash": "[^"]*' out.sarif | sed 's/.*"//' | head -2)
result "fingerprints of what is alike in SARIF" "$([ "$output" = "$first:1
$first:2" ]; echo $?)" "$output"

# What makes the run fail is no SKIP and no TODO, and the other way round.
cat >unknown.json <<'END'
{"planned_values": {"root_module": {"resources": [
  {"address": "test_text.u", "mode": "managed", "type": "test_text", "name": "u", "values": {}}]}},
 "resource_changes": [{"address": "test_text.u", "type": "test_text", "name": "u",
  "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"later": true}}}]}
END
want 0 "$polc" check --format tap --pack pack unknown.json
output=$(grep '^[a-z ]*ok .* depends' stdout)
result "unknown is skipped" "$([ "${output#ok }" != "$output" ] && [ "${output%# SKIP not decided}" != "$output" ]; echo $?)" "$output"
want 1 "$polc" check --format tap --unknown fail --pack pack unknown.json
output=$(grep '^[a-z ]*ok .* depends' stdout)
result "unknown fails" "$([ "$output" = 'not ok 1 - nasty depends: u (test_text)' ]; echo $?)" "$output"
want 0 "$polc" check --format junit --pack pack unknown.json
grep -q '<skipped ' stdout && ! grep -q '<failure ' stdout
result "unknown is skipped in JUnit" $? "$(cat stdout)"
want 1 "$polc" check --format junit --unknown fail --pack pack unknown.json
grep -q '<failure ' stdout && ! grep -q '<skipped ' stdout
result "unknown fails in JUnit" $? "$(cat stdout)"
want 0 "$polc" check --format tap --fail-on never --pack pack long.json
output=$(grep -c '^not ok .* # TODO mandatory$' stdout)
result "nothing fails" "$([ "$output" = 1 ]; echo $?)" "$output"
rm -f out.*
mkdir out.sarif folder
want 6 "$polc" check --format sarif=out.sarif --format tap=out.tap \
    --format junit=none/out.xml --pack pack fine.json
grep -q 'out.sarif: cannot be written' stderr &&
    grep -q 'none/out.xml: cannot be written' stderr
result "what cannot be written is said" $? "$(cat stderr)"
output=$(ls -d out.*)
result "nothing half-written" "$([ "$output" = 'out.sarif
out.tap' ]; echo $?)" "$output"
finish
