#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every fuzz target for a while: run.sh BUILD SECONDS. Corpora start from
# the texts of the tests and grow in BUILD/corpus; what is found is left there.
set -u
build=${1:?usage: run.sh BUILD SECONDS} seconds=${2:-60}
here=$(dirname "$0")
found=0 ran=0
for target in "$build"/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ ! -d "$target" ] || continue
    case $target in *.o | *.d) continue ;; esac
    name=${target##*/fuzz_}
    corpus=$build/corpus/$name
    mkdir -p "$corpus" "$build/found"
    seeds=()
    [ -d "$here/corpus/$name" ] && seeds+=("$here/corpus/$name")
    case $name in
    parse | eval) for d in tests/lang/*/; do seeds+=("$d"); done ;;
    esac
    dict=()
    case $name in parse | eval) dict=(-dict="$here/pol.dict") ;; esac
    echo "==> $name, $seconds s"
    if "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 \
        -print_final_stats=1 -artifact_prefix="$build/found/$name-" \
        ${dict[@]+"${dict[@]}"} "$corpus" ${seeds[@]+"${seeds[@]}"} >"$build/$name.log" 2>&1; then
        grep -E 'stat::number_of_executed_units' "$build/$name.log"
    else
        found=$((found + 1))
        tail -30 "$build/$name.log"
    fi
    ran=$((ran + 1))
done
echo "$((ran - found)) passed, $found failed"
[ "$found" -eq 0 ]
