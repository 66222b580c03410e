#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes the sections of a pack's README from its declarations, one a policy:
#     packs/readme.sh [--check] PACK...
# What stands before the first `## ` is written by hand and kept. With --check
# nothing is written, and the exit code is 1 when a README is out of date.
set -eu
export LC_ALL=C

check=0
if [ "${1-}" = --check ]; then
    check=1
    shift
fi
[ $# -gt 0 ] || { echo "usage: readme.sh [--check] PACK..." >&2; exit 2; }

# The level of policies that name none.
pack_level() {
    level=$(sed -n 's/.*"enforcement": *"\([a-z]*\)".*/\1/p' "$1/pack.json")
    echo "${level:-advisory}"
}

sections() {
    for file in "$1"/*.pol; do
        case $file in *_test.pol) ;; *) echo "$file" ;; esac
    done | LC_ALL=C sort | xargs awk -v level="$(pack_level "$1")" '
    # The strings of a value, one after the other in item[1..items].
    function strings(value,   text) {
        items = 0
        while (match(value, /"([^"\\]|\\.)*"/)) {
            text = substr(value, RSTART + 1, RLENGTH - 2)
            value = substr(value, RSTART + RLENGTH)
            gsub(/\\"/, "\"", text)
            gsub(/\\\\/, "\\", text)
            item[++items] = text
        }
    }
    function said(name) {
        strings(field[name])
        return items ? item[1] : ""
    }
    function row(name, value) {
        if (value != "")
            printf "| %s | %s |\n", name, value
    }
    function codes(name,   i, out) {
        strings(field[name])
        for (i = 1; i <= items; i++)
            out = out (i > 1 ? ", " : "") "`" item[i] "`"
        return out
    }
    # {"name": N, "version": V, "reference": R} reads "N V: R".
    function frameworks(   i, out) {
        strings(field["frameworks"])
        for (i = 1; i < items; i += 2) {
            if (item[i] == "name")
                out = out (out == "" ? "" : "; ") item[i + 1]
            else
                out = out (item[i] == "version" ? " " : ": ") item[i + 1]
        }
        return out
    }
    # Properties are the keys at depth 1; their descriptions and defaults follow.
    function configuration(   value, i, c, depth, start, out) {
        value = field["config"]
        for (i = 1; i <= length(value); i++) {
            c = substr(value, i, 1)
            if (c == "\"") {
                start = i
                for (i++; substr(value, i, 1) != "\""; i++)
                    if (substr(value, i, 1) == "\\")
                        i++
                if (depth == 1 && substr(value, i + 1) ~ /^ *:/)
                    out = out (out == "" ? "" : "; ") \
                        "`" substr(value, start + 1, i - start - 1) "`" \
                        about(substr(value, i + 1))
            } else if (c ~ /[{[]/) {
                depth++
            } else if (c ~ /[]}]/) {
                depth--
            }
        }
        return out
    }
    function about(schema,   out) {
        schema = substr(schema, 1, end_of(schema))
        if (match(schema, /"description": *"([^"\\]|\\.)*"/)) {
            out = substr(schema, RSTART, RLENGTH)
            sub(/^"description": *"/, "", out)
            sub(/\.?"$/, "", out)
            out = ": " out
        }
        if (match(schema, /"default": *(\[[^]]*\]|[^],}]*)/))
            out = out " (" substr(schema, RSTART + 11, RLENGTH - 11) ")"
        return out
    }
    # Where the object that starts in the text ends.
    function end_of(text,   i, c, depth) {
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            if (c == "{")
                depth++
            else if (c == "}" && !--depth)
                return i
        }
        return length(text)
    }
    function finish() {
        if (policy == "")
            return
        printf "\n## %s\n\n%s\n\n| | |\n|---|---|\n", policy, said("description")
        row("title", said("title"))
        row("level", "enforcement" in field ? field["enforcement"] : level)
        row("severity", field["severity"])
        row("scope", field["scope"] == "resource" ? "" : field["scope"])
        row("types", codes("resource"))
        row("frameworks", frameworks())
        row("configuration", configuration())
        row("see", said("url"))
        strings(field["remediation_steps"])
        if (items == 1)
            printf "\n**Mend it:** %s\n", item[1]
        else if (items)
            for (i = 1; i <= items; i++)
                printf "%s%d. %s\n", i == 1 ? "\n**Mend it:**\n\n" : "", i, item[i]
        if (remediates)
            print "\nAt level `remediate` polc does it itself."
        policy = ""
    }
    /^policy "/ {
        split($0, parts, "\"")
        policy = parts[2]
        split("", field)
        name = ""
        fields = 1
        remediates = 0
        next
    }
    /^}/ { finish(); next }
    policy == "" { next }
    /^    remediate / { remediates = 1 }
    fields && /^    [a-z_]+: / {
        name = $1
        sub(/:$/, "", name)
        field[name] = substr($0, length(name) + 7)
        next
    }
    fields && name != "" && /^(        |    [])}])/ {
        line = $0
        sub(/^ +/, "", line)
        field[name] = field[name] (field[name] ~ /[[{]$/ ? "" : " ") line
        sub(/, ]/, "]", field[name])
        next
    }
    NF { fields = 0 }
    '
}

status=0
for pack; do
    readme=$pack/README.md
    new=$(mktemp)
    sed '/^## /,$d' "$readme" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' > "$new"
    sections "$pack" >> "$new"
    if cmp -s "$new" "$readme"; then
        rm -f "$new"
    elif [ $check -eq 1 ]; then
        echo "$readme is out of date: packs/readme.sh $pack" >&2
        rm -f "$new"
        status=1
    else
        cat "$new" > "$readme"
        rm -f "$new"
    fi
done
exit $status
