#!/usr/bin/env bash
# Runs check.py after the release build. Arguments go to check.py.
#
# Environment: DATA (folder with librispeech-other, conversation, telephone and noise; default
# ../shared/data), MODEL (default tiny.en).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${DATA:-../shared/data}
[[ -d $data/librispeech-other && -d $data/conversation && -d $data/telephone ]] || {
  echo "make long: no recordings in $data; give DATA=folder with librispeech-other, conversation and telephone" >&2
  exit 1
}
model=${MODEL:-tiny.en}
for name in "$model" silero-vad; do
  build/release/ironscribe models info "$name" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$name"
done
exec python3 tools/long/check.py "$(realpath "$data")" --model "$model" "$@"
