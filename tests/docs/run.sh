#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The pages of docs/ in a copy of docs/examples, with stand-ins for other programs
# (tools.sh): transcripts must be what is printed, shell blocks must run, workflows
# must do what they say, the hooks of pre-commit are run by pre-commit where it is
# installed, and check-jsonschema, where it is, checks the workflows: run.sh POLC.
set -u
polc=$(realpath "${1:?usage: run.sh POLC}")
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1 repository
# The hook runs below another project's git hooks when a commit starts the tests.
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
passed=0 failed=0 skipped=0
. "$here/tools.sh"

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | head -30 | sed 's/^/    /'
}
skip() {
    skipped=$((skipped + 1))
    echo "skip: $1"
}

# want CODE WHAT COMMAND…: its exit code; what it prints is in $work/output.
want() {
    local code=$1 what=$2 got
    shift 2
    "$@" >"$work/output" 2>&1 </dev/null
    got=$?
    if [ $got -eq "$code" ]; then
        pass
    else
        fail "$what: exit code $got, not $code" "$(cat "$work/output")"
    fi
}

# scratch: a fresh copy of the repository the pages speak of, and go there.
scratch() {
    cd "$work" && rm -rf scratch && cp -R "$repository/docs/examples" scratch &&
        cd scratch || exit 1
    ln -s "$repository/packs" packs
    mkdir -p .polc/.ci .polc/build
    ln -s "$polc" .polc/build/polc
    printf '#!/bin/sh\n' >.polc/.ci/deps
    chmod +x .polc/.ci/deps
}
# The images of all that is checked get a version.
mend() { sed -i 's|example.com/shop$|example.com/shop:1.4.0|' deploy/shop.yaml; }

# blocks LANGUAGE PAGE: its blocks as files of $work/blocks; prints their names.
blocks() {
    rm -rf "$work/blocks"
    mkdir "$work/blocks"
    awk -v fence="\`\`\`$1" -v into="$work/blocks/" '
        /^```/ && name { close(name); name = ""; next }
        $0 == fence { n++; name = into n ".yml"; next }
        name { print >name }' "$repository/docs/$2"
    ls -d "$work"/blocks/* 2>/dev/null
}

# ---- transcripts and shell blocks ------------------------------------------------

# A shell block is a command a line; each may find violations.
lines='while IFS= read -r line; do eval "$line"; [ $? -le 1 ] || exit; done <"$1"'
mkdir "$work/bin"
ln -s "$polc" "$work/bin/polc"
PATH=$work/bin:$PATH
for page in "$repository"/docs/*.md; do
    name=${page##*/}
    scratch
    output=$(timeout 60 "$here/../readme.sh" "$polc" "$page")
    counts=$(printf '%s\n' "$output" | tail -1 | tr -dc '0-9 ')
    read -r good bad _ <<<"${counts:-0 1 0}"
    passed=$((passed + good)) failed=$((failed + bad))
    [ "$bad" -eq 0 ] || printf '%s\n' "$output" | sed '$d'
    for block in $(blocks sh "$name"); do
        want 0 "docs/$name: shell" timeout 60 bash -c "$lines" lines "$block"
    done
    for link in $(grep -o '](\([a-z/-]*[.md]*\))' "$page" | tr -d '()]'); do
        [ -e "$repository/docs/$link" ] || fail "docs/$name: no $link"
    done
done

# ---- workflows ----------------------------------------------------------------------

# commands FILE QUERY: those that a workflow runs, in its order; polc reads it.
commands() { polc eval -i "$1" -f raw "concat(\"\n\", [c | $2])"; }
github='some c in [s.run | some s in input.jobs.policies.steps; s.run]'
gitlab='some part in ["before_script", "script"]; some c in input.policies[part]'

schema() {
    if command -v check-jsonschema >/dev/null; then
        want 0 "schema of $1" timeout 60 check-jsonschema \
            --builtin-schema "vendor.$1" "$2"
    else
        skip "no check-jsonschema: $1"
    fi
}

# workflow PAGE QUERY SCHEMA FILE…: runs what the page's workflow runs, before and
# after the images are mended; the files are the reports it has to write.
workflow() {
    local page=$1 query=$2 schema=$3 code step file
    shift 3
    scratch
    file=$(blocks yaml "$page" | head -1)
    schema "$schema" "$file"
    commands "$file" "$query" >"$work/steps"
    [ -s "$work/steps" ] || fail "docs/$page: no commands"
    for code in 1 0; do
        rm -f "$@"
        GITHUB_STEP_SUMMARY=$work/summary want $code "docs/$page: workflow" \
            timeout 60 bash -e "$work/steps"
        for file in "$@"; do
            [ -s "$file" ] && grep -q "$file" "$repository/docs/$page" ||
                fail "docs/$page: no $file"
        done
        mend
    done
}
workflow github-actions.md "$github" github-workflows polc.sarif polc.md
workflow gitlab-ci.md "$gitlab" gitlab-ci gl-code-quality-report.json polc.xml

# ---- hooks --------------------------------------------------------------------------

commit() { command git add -A && command git commit -qm "$1"; }

# A repository with the hooks at the place of the pages' address; it has no sources,
# so that the hooks take the polc of the PATH.
publish() {
    command git init -q "$work/published" && cd "$work/published" || return 1
    mkdir .ci
    cp "$repository/.pre-commit-hooks.yaml" .
    cp "$repository/.ci/hook" .ci/
    printf 'all:\n\t@false\n' >Makefile
    commit 'Hooks' && command git tag v0.1.0
}
# hooks FILE: a repository with that configuration, and all staged.
hooks() {
    scratch
    rm -r .polc packs
    sed "s|https://git.example.com/polc|$work/published|" "$1" \
        >.pre-commit-config.yaml
    command git init -q . && command git add -A
}

if command -v pre-commit >/dev/null; then
    export GIT_CONFIG_GLOBAL=$work/gitconfig PRE_COMMIT_HOME=$work/cache
    printf '[user]\n\tname = A\n\temail = a@example.com\n' >"$GIT_CONFIG_GLOBAL"
    publish >/dev/null 2>&1
    for block in $(blocks yaml pre-commit.md); do
        hooks "$block"
        want 0 'pre-commit: configuration' \
            timeout 60 pre-commit validate-config .pre-commit-config.yaml
        want 1 'pre-commit: violations' timeout 60 pre-commit run -a
        grep -q 'shop.yaml:16:18' "$work/output" && grep -q 'exit code: 1' \
            "$work/output" || fail 'pre-commit: place' "$(cat "$work/output")"
        mend
        command git add -A
        want 0 'pre-commit: mended' timeout 60 pre-commit run -a
    done
    hooks "$work/blocks/1.yml"
    mend
    echo 'package images.more with' >policies/more.pol
    command git add -A
    want 1 'pre-commit: policies' timeout 60 pre-commit run -a
    grep -q 'policies/more.pol:1' "$work/output" && grep -q 'exit code: 3' \
        "$work/output" || fail 'pre-commit: policies' "$(cat "$work/output")"
    want 0 'pre-commit: manifest' timeout 60 pre-commit validate-manifest \
        "$repository/.pre-commit-hooks.yaml"
else
    skip 'no pre-commit'
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
