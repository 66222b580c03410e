#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# SPEC.md with its generated tables as they must be now: spec_tables.sh POLC
# SPEC.md prints it. A table stands between `<!-- table: NAME -->` and
# `<!-- end -->`; NAME is diagnostics, limits, builtins or instructions.
set -u
polc=${1:?} spec=${2:?}

diagnostics() {
    echo '| code | severity | OPA | meaning |'
    echo '|---|---|---|---|'
    sed -nE 's/^DIAG\((P[0-9]+), ([A-Z]+), "([^"]*)", "([^"]*)"\).*/| \1 | \2 | \3 | \4 |/p' \
        engine/base/diag.def | sed 's/| ERROR |/| error |/; s/| WARNING |/| warning |/'
}

limits() {
    echo '| limit | value |'
    echo '|---|---|'
    sed -nE 's/^#define POL_LIMIT_([A-Z_]+) (.*)$/| \1 | `\2` |/p' engine/base/limit.h |
        awk -F'|' '{n = tolower($2); gsub("_", " ", n); print "|" n "|" $3 "|"}'
}

instructions() {
    echo '| instruction | operands | stack | meaning |'
    echo '|---|---|---|---|'
    sed -nE 's/^OP\(([A-Z0-9_]+), *-?[0-9]+, *-?[0-9]+, *"([^"]*)", *"(.*[^ ]) {2,}([^ ].*)"\)$/| \1 | \2 | `\3` | \4 |/p' \
        engine/vm/opcode.def
}

while IFS= read -r line; do
    case $line in
    '<!-- table: '*)
        printf '%s\n' "$line"
        name=${line#<!-- table: }
        case ${name% -->} in
        diagnostics) diagnostics ;;
        limits) limits ;;
        builtins) "$polc" builtins --format markdown ;;
        instructions) instructions ;;
        esac
        while IFS= read -r line && [ "$line" != '<!-- end -->' ]; do :; done
        printf '%s\n' '<!-- end -->' ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$spec"
