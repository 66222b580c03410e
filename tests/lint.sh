#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rules of the code that no compiler checks: lint.sh BUILD.
set -u
build=${1:?usage: lint.sh BUILD}
bad=0
export LC_ALL=C

# complain TEXT ROWS: says what is wrong when there are rows.
complain() {
    [ -n "$2" ] || return 0
    printf '%s:\n%s\n' "$1" "$2" | head -40
    bad=1
}

sources=$(find engine grammar stdlib cmd tests -name '*.[ch]' -o -name '*.re' -o -name '*.y' -o -name '*.def' | sort)
code=$(find engine grammar stdlib cmd -name '*.[ch]' -o -name '*.re' -o -name '*.y' | sort)

# Layers: the include paths do the work; this closes the loophole.
complain 'includes that leave their unit' \
    "$(grep -nE '#include "(\.\.|[a-z_]+)/' $sources)"
complain 'stdlib or cmd includes what is not public' \
    "$(grep -nE '#include "(arena|vm|ast|diag|program|tree|registry|document)\.h"' stdlib/*.[ch] stdlib/ext/*/*.[ch] cmd/*.[ch] 2>/dev/null)"

# Everything with external linkage starts with pol_.
complain 'exported names without pol_' \
    "$(for lib in "$build"/libpolc.a "$build"/libpolc-stdlib.a; do
           nm -A --defined-only -g "$lib" 2>/dev/null
       done | awk '$NF !~ /^(pol_|Pol|_|__)/ {print}')"

# Global mutable state: what lies in .data or .bss (const tables with pointers are
# in .data.rel.ro). The one exception is the secret of string hashes, drawn once.
complain 'global mutable state' \
    "$(objdump -t "$build"/libpolc.a "$build"/libpolc-stdlib.a 2>/dev/null |
       awk '/file format/ {file = $1} $3 == "O" && $4 ~ /^\.(data|bss)(\.|$)/ && $4 !~ /rel\.ro/ {print file, $NF}
            $2 == "O" && $3 ~ /^\.(data|bss)(\.|$)/ && $3 !~ /rel\.ro/ {print file, $NF}' |
       grep -v '^value\.o: place')"

# What fits a screen and one noun. run.c has the loop of the VM.
own=$(echo "$code" | grep '\.c$')
complain 'functions over 60 lines' \
    "$(awk '/^{$/ {open = FNR}
            /^}$/ && open {if (FNR - open > 61) print FILENAME ":" open; open = 0}' $own)"
complain 'files over 700 lines: which second noun has moved in?' \
    "$(wc -l $own | awk '$1 > 700 && $2 != "total" && $2 != "engine/vm/run.c"')"
complain 'files that do not say what they are for' \
    "$(for f in $(echo "$code" | grep '\.[chy]$'); do
           sed -n 3,4p "$f" | grep -q '^ \* [^ ]' || echo "$f"
       done)"
complain 'folders of tests that tests/README.md does not name' \
    "$(for f in tests/*/; do
           f=${f%/}
           grep -q "^| \`${f#tests/}\` |" tests/README.md || echo "$f"
       done)"

complain 'marks of unfinished work' \
    "$(grep -nE 'TODO|FIXME|\bXXX\b' $sources Makefile *.md packs -r 2>/dev/null)"
complain 'lines over 100 columns' \
    "$(LC_ALL=C.UTF-8 grep -nE '^.{101,}' $(echo "$code" | grep -v '\.y$') | cut -c1-80)"
complain 'files without a licence line' \
    "$(for f in $sources; do head -5 "$f" | grep -q SPDX-License-Identifier || case $f in *.def) ;; *) echo "$f" ;; esac; done)"
complain 'tabs or trailing blanks' \
    "$(grep -nE "$(printf '\t')|[[:blank:]]+\$" $code)"

# Every diagnostic has a test that names it: a comment in tests/, a golden text,
# or a transcript.
complain 'diagnostics without a test' \
    "$(sed -n 's/^DIAG(\(P[0-9]*\).*/\1/p' engine/base/diag.def |
       while read -r row; do
           grep -rqs "$row" tests/lang tests/diag tests/limit tests/cli tests/regression tests/unit tests/api || echo "$row"
       done)"
complain 'diagnostics that nothing reports' \
    "$(sed -n 's/^DIAG(\(P[0-9]*\).*/\1/p' engine/base/diag.def |
       while read -r row; do
           grep -rqsE "POL_DIAG_$row|$row\"|\b$row\b" engine grammar cmd --include='*.[chy]' --include='*.re' || echo "$row"
       done)"
# Every limit has a test.
complain 'limits without a test' \
    "$(sed -n 's/^#define \(POL_LIMIT_[A-Z_]*\) .*/\1/p' engine/base/limit.h |
       while read -r row; do
           grep -rqs "$row" tests/limit tests/unit tests/cli tests/lang || echo "$row"
       done)"

# The tables of SPEC.md are those of the program.
complain 'SPEC.md: make spec' \
    "$(tests/spec_tables.sh "$build/polc" SPEC.md | diff SPEC.md - | head -5)"

if [ "${FORMAT:-}" = 1 ] && command -v clang-format >/dev/null; then
    complain 'clang-format' \
        "$(clang-format --dry-run $(echo "$code" | grep '\.[ch]$') 2>&1 | grep -c warning)"
fi
[ $bad -eq 0 ] && echo 'lint: clean'
exit $bad
