#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes ../NAME.plan.json of NAME.tf, or of the folder NAME, as terraform prints
# it: plan.sh NAME… It needs terraform and its provider hashicorp/aws; no test does.
set -eu
cd "$(dirname "$0")"
out=$(realpath ..)
for name; do
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cp provider.tf "$work"
    if [ -d "$name" ]; then cp -R "$name/." "$work"; else cp "$name.tf" "$work"; fi
    (cd "$work" && : >old.zip && terraform init -input=false -no-color >/dev/null &&
        terraform plan -input=false -no-color -refresh=false -out plan >/dev/null &&
        terraform show -json plan >"$out/$name.plan.json")
done
