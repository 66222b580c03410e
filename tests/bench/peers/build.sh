#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the peers that the benchmark compares with: build.sh FOLDER. What
# cannot be built is said and left out.
set -u
into=${1:?usage: build.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$into"
into=$(cd "$into" && pwd)
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo

simdjson() {
    [ -f /usr/include/simdjson.h ] && command -v g++ >/dev/null ||
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq -y g++ libsimdjson-dev >&2 || return 1
    g++ -O3 -o "$into/simdjson" "$here/simdjson/main.cpp" -lsimdjson
}

opa() {
    command -v go >/dev/null || { echo 'opa: needs go' >&2; return 1; }
    rm -rf "$into/src-opa" && cp -R "$here/opa" "$into/src-opa" &&
        (cd "$into/src-opa" && go build -o "$into/opa" .)
}

regorus() {
    command -v cargo >/dev/null || { echo 'regorus: needs cargo' >&2; return 1; }
    rm -rf "$into/src-regorus" && cp -R "$here/regorus" "$into/src-regorus" &&
        (cd "$into/src-regorus" &&
         CARGO_TARGET_DIR="$into/target" cargo build --release -q) &&
        cp "$into/target/release/regorus-bench" "$into/regorus"
}

for peer in simdjson opa regorus; do
    if $peer; then echo "$peer: built"; else echo "$peer: not built, shows as -"; fi
done
