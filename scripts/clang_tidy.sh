#!/usr/bin/env bash
# Runs clang-tidy 14 with the checks of .clang-tidy over the changed sources, or all with ALL=1.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ -f build/release/compile_commands.json ]] || scripts/build.sh release

if [[ ${ALL:-} == 1 ]]; then
  mapfile -t files < <(git ls-files 'src/*.cc')
else
  mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD -- 'src/*.cc'
                         git ls-files --others --exclude-standard -- 'src/*.cc'; } | sort -u)
fi
((${#files[@]} > 0)) || { echo "No changed sources under src/; ALL=1 checks everything."; exit 0; }
echo "clang-tidy over ${#files[@]} files"
# The compile commands are GCC's; clang does not know all of its warning names.
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" \
  clang-tidy-14 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option
