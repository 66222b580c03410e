#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The table of ratios: run.sh BUILD [PEERS]. Environment: ROUNDS (5),
# RESOURCES (60000, of W3), MS (100, a policy and round of W2), ONLY ("w2 w3").
#
# Everything is measured interleaved (ours, peer, ours, peer, …) and shown as
# medians; a peer that is not there shows as "-". Before a time is looked at, all
# engines must have given the same answer.
set -u
build=${1:?usage: run.sh BUILD [PEERS]}
peers=${2:-build/peers}
rounds=${ROUNDS:-5} resources=${RESOURCES:-60000} ms=${MS:-100}
only=${ONLY:-w2 w3}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

median() { sort -n | awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)]; else print "-"}'; }

# ratio PEER OURS: "12.3", or "-" when either is missing.
ratio() { awk -v p="$1" -v o="$2" 'BEGIN {if (p == "-" || o == "-" || o == 0) print "-"; else printf "%.1f\n", p / o}'; }

have() { [ -x "$peers/$1" ]; }

# ---- W2 -----------------------------------------------------------------------

w2_engine() {
    case $1 in
    polc) "$build/tests/bench/w2" "$here/w2" "$2" ;;
    *) "$peers/$1" w2 "$here/w2" "$2" ;;
    esac
}

w2() {
    local engines=polc engine name mode round line
    have regorus && engines="$engines regorus"
    have opa && engines="$engines opa"
    for engine in $engines; do
        w2_engine "$engine" 1 2>"$work/err" | grep ' answer ' >"$work/w2.$engine.answers" ||
            { echo "W2: $engine does not run"; head -3 "$work/err"; return 1; }
    done
    for engine in $engines; do
        diff "$work/w2.polc.answers" "$work/w2.$engine.answers" >"$work/diff" ||
            { echo "W2: answers differ (polc <, $engine >)"; cat "$work/diff"; return 1; }
    done
    for round in $(seq "$rounds"); do
        for engine in $engines; do
            w2_engine "$engine" "$ms" >>"$work/w2.$engine"
        done
    done
    printf '%-22s %10s %10s %10s\n' 'W2 decide (ns)' polc regorus/ opa/
    for mode in parsed text; do
        for name in $(awk '{print $1}' "$work/w2.polc.answers"); do
            line=
            for engine in polc regorus opa; do
                line="$line $(awk -v n="$name" -v m=$mode '$1 == n && $2 == m {print $3}' \
                    "$work/w2.$engine" 2>/dev/null | median)"
            done
            set -- $line
            printf '%-22s %10s %10s %10s\n' "$name $mode" "$1" "$(ratio "$2" "$1")" "$(ratio "$3" "$1")"
            echo "$mode $(ratio "$2" "$1") $(ratio "$3" "$1")" >>"$work/w2.ratios"
        done
        printf '%-22s %10s %10s %10s\n' "middle $mode" '' \
            "$(awk -v m=$mode '$1 == m {print $2}' "$work/w2.ratios" | median)" \
            "$(awk -v m=$mode '$1 == m {print $3}' "$work/w2.ratios" | median)"
    done
}

# ---- W3 -----------------------------------------------------------------------

# Each runs one whole process; the report of ours goes to a file.
w3_command() {
    case $1 in
    declarations) "$build/polc" check --format json --pack "$work/w3/pack" "$work/w3/plan.json" >"$work/report.$1" ;;
    plain) "$build/polc" eval -d "$work/w3/plain.rego" -i "$work/w3/plan.json" data.bench.deny >"$work/report.$1" ;;
    simdjson) "$peers/simdjson" "$work/w3/plan.json" >"$work/report.$1" ;;
    *) "$peers/$1" w3 "$work/w3/plain.rego" "$work/w3/plan.json" >"$work/report.$1" ;;
    esac
}

# Appends "seconds kilobytes" to $work/w3.ENGINE. Status 1 means violations.
w3_measure() {
    export -f w3_command
    export work build peers
    command -v /usr/bin/time >/dev/null || { w3_timed "$1"; return; }
    /usr/bin/time -o "$work/time" -f '%e %M' bash -c "w3_command $1" 2>"$work/err"
    [ $? -le 1 ] || { echo "W3: $1 fails: $(head -1 "$work/err")"; return 1; }
    tail -1 "$work/time" >>"$work/w3.$1"
}

w3_timed() {
    local start end
    start=$(date +%s%N)
    w3_command "$1"
    [ $? -le 1 ] || { echo "W3: $1 fails"; return 1; }
    end=$(date +%s%N)
    awk -v a="$start" -v b="$end" 'BEGIN {printf "%.3f -\n", (b - a) / 1e9}' >>"$work/w3.$1"
}

w3_answer() {
    case $1 in
    declarations | plain) "$build/tests/bench/w3_answer" "$work/report.$1" ;;
    *) cat "$work/report.$1" ;;
    esac
}

w3_row() {
    local seconds memory floor
    seconds=$(awk '{print $1}' "$work/w3.$1" 2>/dev/null | median)
    memory=$(awk '{print $2}' "$work/w3.$1" 2>/dev/null | median)
    floor=$(awk '{print $1}' "$work/w3.simdjson" 2>/dev/null | median)
    printf '%-22s %10s %10s %10s\n' "$1" "$seconds" \
        "$(ratio "$seconds" "$floor")" \
        "$(awk -v m="$memory" 'BEGIN {if (m == "-") print "-"; else printf "%.0f\n", m / 1024}')"
}

w3() {
    local engines='declarations plain' engine round answer first= broken=0
    "$build/tests/bench/generate_w3" "$work/w3" "$resources" || return 1
    have simdjson && engines="$engines simdjson"
    have regorus && engines="$engines regorus"
    have opa && engines="$engines opa"
    for round in $(seq "$rounds"); do
        for engine in $engines; do
            # The slow peers take half a minute a round: twice is enough.
            case $engine in regorus | opa) [ "$round" -le 2 ] || continue ;; esac
            w3_measure "$engine" || { engines=${engines/$engine/} broken=1; continue; }
            [ "$round" -eq 1 ] && [ "$engine" != simdjson ] || continue
            answer=$(w3_answer "$engine")
            [ -n "$first" ] || first=$answer
            [ "$answer" = "$first" ] ||
                { echo "W3: $engine answers $answer, not $first"; return 1; }
        done
    done
    printf '%-22s %10s %10s %10s\n' "W3 plan ($first)" seconds '/simdjson' MB
    for engine in declarations plain simdjson regorus opa; do w3_row "$engine"; done
    return $broken
}

status=0
for workload in $only; do
    $workload || status=1
    echo
done
exit $status
