#!/usr/bin/env bash
# Measures word times after the release build. Arguments go to measure.py.
#
# Environment: DATA (folder with languages and librispeech-other; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${DATA:-../shared/data}
[[ -d $data/languages && -d $data/librispeech-other ]] || {
  echo "make word-times: no recordings in $data; give DATA=folder with languages and librispeech-other" >&2
  exit 1
}
for model in tiny.en base silero-vad; do
  build/release/ironscribe models info "$model" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$model"
done
exec python3 tools/word_times/measure.py "$(realpath "$data")" "$@"
