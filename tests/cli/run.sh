#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs transcripts: run.sh POLC [FILE.cli]…
#
#     # a comment
#     @ name of the case; each case starts in an empty folder
#     % path            what the case needs beside the project: it is skipped without
#     < file            the lines that follow, up to one that is `<`, as a file
#     $ command         run by sh; `polc` is the program under test
#     | line            of stdout; all of them, when there is one
#     ~ text            stands somewhere in stdout
#     ! text            stands somewhere in stderr
#     = 3               the exit code; 0 without such a line
#     ?                 any exit code
#
# A program that a signal killed or a sanitizer complained about always fails.
set -u
polc=$(realpath "${1:?usage: run.sh POLC}")
here=$(cd "$(dirname "$0")" && pwd)
shift
[ $# -gt 0 ] || set -- "$here"/*.cli
root=$(realpath "$here/../..")
top=$(mktemp -d)
trap 'chmod -R u+rwx "$top" 2>/dev/null; rm -rf "$top"' EXIT
mkdir "$top/bin"
ln -s "$polc" "$top/bin/polc"
export PATH=$top/bin:$PATH POLC_ROOT=$root LC_ALL=C NO_COLOR=1
passed=0 failed=0 skipped=0

# What the case wants of the command that ran last.
reset() { want_out=(); want_in=(); want_err=(); want_code=0; command=; }

complain() {
    [ -z "$bad" ] && printf 'FAIL %s: %s\n' "$name" "$command"
    bad=1
    printf '    %s\n' "$1"
}

check() {
    [ -n "$skip" ] && reset
    [ -n "$command" ] || return 0
    (cd "$dir" && sh -c "$command") >"$top/out" 2>"$top/err" </dev/null
    local code=$? text
    if [ "$want_code" != '?' ] && [ $code -ne "$want_code" ]; then
        complain "exits with $code, not $want_code"
        sed 's/^/        /' "$top/err" | head -5
    fi
    [ $code -lt 128 ] || complain "killed: $code"
    grep -q -e 'Sanitizer' -e 'runtime error' "$top/err" &&
        complain "$(grep -m3 -e 'Sanitizer' -e 'runtime error' "$top/err")"
    if [ ${#want_out[@]} -gt 0 ]; then
        printf '%s\n' "${want_out[@]}" >"$top/want"
        diff "$top/want" "$top/out" >"$top/diff" ||
            complain "$(printf 'stdout differs:\n'; head -c 2000 "$top/diff")"
    fi
    for text in ${want_in[@]+"${want_in[@]}"}; do
        grep -qF -- "$text" "$top/out" || complain "not in stdout: $text"
    done
    for text in ${want_err[@]+"${want_err[@]}"}; do
        grep -qF -- "$text" "$top/err" || complain "not in stderr: $text"
    done
    reset
}

finish() {
    check
    [ -n "$name" ] || return 0
    if [ -n "$skip" ]; then
        echo "SKIP $name: no $skip"
        skipped=$((skipped + 1))
    elif [ -n "$bad" ]; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
}

for file in "$@"; do
    name= bad= skip= number=0
    reset
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '@ '*)
            finish
            name="${file##*/}: ${line#@ }" bad= skip= number=$((number + 1))
            dir=$top/${file##*/}.$number
            mkdir "$dir" ;;
        '% '*) [ -e "$root/${line#% }" ] || skip=${line#% } ;;
        '< '*)
            check
            mkdir -p "$(dirname "$dir/${line#< }")"
            into=$dir/${line#< }
            : >"$into"
            while IFS= read -r line && [ "$line" != '<' ]; do
                printf '%s\n' "$line" >>"$into"
            done ;;
        '$ '*) check; command=${line#\$ } ;;
        '| '*) want_out+=("${line#| }") ;;
        '|') want_out+=('') ;;
        '~ '*) want_in+=("${line#\~ }") ;;
        '! '*) want_err+=("${line#! }") ;;
        '= '*) want_code=${line#= } ;;
        '?') want_code='?' ;;
        '' | '#'*) ;;
        *) echo "${file##*/}: bad line: $line"; failed=$((failed + 1)) ;;
        esac
    done <"$file"
    finish
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
