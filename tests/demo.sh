#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A first look: demo.sh POLC checks an example stack with a public bucket, then
# the same stack mended.
set -u
polc=${1:?usage: demo.sh POLC}
examples=packs/aws-typescript/examples

show() {
    printf '\n$ polc'
    printf ' %s' "$@"
    printf '\n'
    "$polc" "$@"
    code=$?
    echo "(exit code $code)"
}

show check --pack packs/aws-typescript $examples/public-bucket.json
[ $code -eq 1 ] || exit 1
show check --pack packs/aws-typescript $examples/private-bucket.json
[ $code -eq 0 ] || exit 1
show test packs/aws-typescript
[ $code -eq 0 ] || exit 1
show eval -i $examples/public-bucket.json -f raw \
    'some step in input.steps; step.newState.inputs.acl'
[ $code -eq 0 ]
