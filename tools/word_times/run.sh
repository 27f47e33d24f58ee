#!/usr/bin/env bash
# Measures word times, then confidence, after the release build. Arguments go to measure.py.
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
status=0
python3 tools/word_times/measure.py "$(realpath "$data")" "$@" || status=1
# With arguments a part of the measurement of times was asked for.
(($#)) || python3 tools/word_times/fit_confidence.py "$(realpath "$data")" || status=1
exit $status
