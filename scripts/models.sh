#!/usr/bin/env bash
# Models of these names, pulled unless they are installed. Needs the release build.
#
#   scripts/models.sh NAME...
set -euo pipefail
cd "$(dirname "$0")/.."
for model in "$@"; do
  build/release/ironscribe models info "$model" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$model"
done
