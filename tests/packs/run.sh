#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Holds documents in the formats of the real tools against the packs of packs/:
# run.sh POLC [--bless] [PACK…]
#
# For each document of tests/packs/PACK, and of the pack's examples, there is a
# NAME.found, or example-NAME.found, in tests/packs/PACK with all that `polc check`
# finds in it, one line each, sorted: VERDICT POLICY URN, where the verdict is
# fail, unknown or error. --bless rewrites those files; review the difference.
# A .config beside that is given as --pack-config. Then each policy of the pack must
# have been found, and must have been looked for in vain, on each platform whose
# types it names.
set -u
polc=$(realpath "${1:?usage: run.sh POLC [--bless] [PACK…]}")
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
shift
bless=
[ "${1-}" = --bless ] && bless=1 && shift
if [ $# -eq 0 ]; then
    for folder in "$here"/*/; do set -- "$@" "$(basename "$folder")"; done
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1
passed=0 failed=0

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "FAIL $1"
}

# findings PACK DOCUMENT [CONFIG]: of each entry of the report, a line there, the line
# VERDICT POLICY URN TYPE.
findings() {
    local config=()
    [ -f "${3-}" ] && config=(--pack-config "$3")
    "$polc" check --fail-on never --format json --pack "$1" "${config[@]}" "$2" \
        >"$work/report" 2>"$work/stderr"
    local code=$?
    # 3: a policy failed while it ran, which is among the entries.
    case $code in 0 | 3) ;; *) echo "exit $code: $(head -1 "$work/stderr")" ;; esac
    awk '
    function member(name) {
        if (!match($0, "\"" name "\": \"([^\"\\\\]|\\\\.)*\""))
            return "-"
        return substr($0, RSTART + length(name) + 5, RLENGTH - length(name) - 6)
    }
    /^ "violations": \[/ { verdict = "fail" }
    /^ "unknown": \[/ { verdict = "unknown" }
    /^ "errors": \[/ { verdict = "error" }
    /^ "remediations": \[/ { verdict = "" }
    verdict != "" && /^  \{/ { print verdict, member("policy"), member("urn"), member("type") }
    ' "$work/report" | sort -u
}

# shadow PACK: a pack of policies with the names and types of that one, each of
# which finds whatever it is asked about. What it finds is what the pack looks at.
shadow() {
    rm -rf "$work/shadow"
    mkdir "$work/shadow"
    echo '{"name": "shadow", "version": "0.1.0"}' >"$work/shadow/pack.json"
    {
        echo 'package shadow'
        find "$1" -maxdepth 1 -name '*.pol' ! -name '*_test.pol' -print0 | sort -z |
            xargs -0 cat | awk '
            /^policy "/ { print; print "    description: \"all\""; open = 1; stack = types = 0 }
            open && /^    resource: / { types = inside = 1 }
            inside { print }
            inside && /[]"]$/ { inside = 0 }
            /^    scope: stack/ { stack = 1 }
            open && /^}/ {
                if (stack && !types)
                    print "    scope: stack"
                print "    deny contains \"here\"\n}"
                open = 0
            }'
    } >"$work/shadow/all.pol"
}

# Lines POLICY PLATFORM: the platforms whose types a policy names.
platforms='
function platform(type) {
    if (type ~ /^AWS::/)
        return "cloudformation"
    if (type ~ /^[a-z0-9*-]+:[^:]+:/)
        return "pulumi"
    if (type ~ /^[a-z0-9]+_/)
        return "terraform"
    return type == "stack" ? "stack" : "kubernetes"
}'
named() {
    awk "$platforms"'
    /^policy "/ { split($0, part, "\""); policy = part[2]; types = 0 }
    /^    description:/ { next }
    /^    (resource: |    |\])/ {
        while (match($0, /"[^"]*"/)) {
            print policy, platform(substr($0, RSTART + 1, RLENGTH - 2))
            types = 1
            $0 = substr($0, RSTART + RLENGTH)
        }
    }
    /^    deny/ && !types { print policy, "stack" }
    ' "$work/shadow/all.pol" | sort -u
}

# subjects FILE: lines POLICY URN TYPE of entries VERDICT POLICY URN TYPE. A stack
# policy without types looks at the document, wherever it finds something.
subjects() {
    awk '
    NR == FNR { if ($2 == "stack") stack[$1] = 1; next }
    { print $2, $2 in stack ? "- stack" : $3 " " $4 }
    ' "$work/named" "$1" | sort -u
}

# verdicts FILE: lines POLICY PLATFORM of lines POLICY URN TYPE.
verdicts() { awk "$platforms"'{ print $1, platform($3) }' "$1" | sort -u; }

document() {
    local pack=$1 file=$2 stem
    stem=$(basename "${file%.*}")
    case $file in */examples/*) stem=example-$stem ;; esac
    stem=tests/packs/$pack/$stem
    local found=$stem.found
    findings "packs/$pack" "$file" "$stem.config" >"$work/now"
    cut -d' ' -f1-3 "$work/now" | sort -u >"$work/found"
    [ -n "$bless" ] && cp "$work/found" "$found"
    if cmp -s "$work/found" "$found"; then
        pass
    else
        fail "$file: what is found"
        diff "$found" "$work/found" | sed -n 's/^[<>]/    &/p' | head -20
    fi
    grep '^fail ' "$work/now" >"$work/found"
    subjects "$work/found" >>"$work/fails"
    # What is looked at and neither found nor unknown.
    subjects "$work/now" >"$work/not"
    findings "$work/shadow" "$file" >"$work/all"
    subjects "$work/all" | comm -23 - "$work/not" >>"$work/passes"
}

for pack; do
    : >"$work/fails"
    : >"$work/passes"
    shadow "packs/$pack"
    named >"$work/named"
    for file in tests/packs/"$pack"/*.{json,yaml} packs/"$pack"/examples/*.{json,yaml}; do
        [ -f "$file" ] && document "$pack" "$file"
    done
    for kind in fails passes; do
        verdicts "$work/$kind" >"$work/seen"
        passed=$((passed + $(comm -12 "$work/named" "$work/seen" | wc -l)))
        while read -r policy platform; do
            fail "$pack: no document on $platform in which $policy $kind"
        done < <(comm -23 "$work/named" "$work/seen")
    done
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
