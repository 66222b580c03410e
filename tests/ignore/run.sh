#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# .gitignore files, read by git and by us: run.sh POLC [SEED CASES].
set -u
polc=${1:?usage: run.sh POLC [SEED CASES]}
for tool in git python3; do
    command -v $tool >/dev/null && continue
    echo "$tool is not there"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done
# The user's own patterns and names are not those of the test.
export HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1
exec python3 "$(dirname "$0")/compare.py" "$polc" "${2:-1}" "${3:-25}"
