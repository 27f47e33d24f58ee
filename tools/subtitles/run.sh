#!/bin/sh
# Transcribes recordings and lists every violation of the rules for subtitles. Usage:
#   tools/subtitles/run.sh BUILD_FOLDER MODEL OUTPUT_FOLDER RECORDING|FOLDER...
# OUTPUT_FOLDER keeps the transcripts; running it again transcribes only what is new.
set -eu
if [ $# -lt 4 ]; then
  sed -n '2,4s/^# //p' "$0" >&2
  exit 2
fi
build=$1 model=$2 output=$3
shift 3
"$build/ironscribe" transcribe "$@" --model "$model" --format json --word-times \
  --output-dir "$output" --quiet || echo "some recordings failed" >&2
find "$output" -name '*.json' -print0 | sort -z | xargs -0 -r "$build/tools/subtitles/ironscribe-check-cues"
