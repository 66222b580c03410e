#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the ```console blocks of README.md: readme.sh POLC FILE. What stands below
# a `$ command` must be what it prints, but for how many policies a pack has: packs
# grow.
set -u
polc=$(realpath "${1:?usage: readme.sh POLC FILE}") file=${2:?}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
ln -s "$polc" "$top/polc"
export PATH=$top:$PATH LC_ALL=C NO_COLOR=1
passed=0 failed=0 inside= command=
: >"$top/want"

check() {
    [ -n "$command" ] || return 0
    # $? of the command before, for blocks that show it.
    (status() { return "$last"; }; status; eval "$command") >"$top/got" 2>&1
    last=$?
    sed -i 's/([0-9]* policies)$/(policies)/' "$top/want" "$top/got"
    if diff "$top/want" "$top/got" >"$top/diff"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: %s\n' "$file" "$command"
        cat "$top/diff"
    fi
    : >"$top/want"
    command=
}

last=0
while IFS= read -r line; do
    case $inside$line in
    '```console') inside=1 ;;
    '1```') check; inside= ;;
    '1$ '*) check; command=${line#\$ } ;;
    1*) printf '%s\n' "$line" >>"$top/want" ;;
    esac
done <"$file"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
