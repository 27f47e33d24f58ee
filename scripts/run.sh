#!/usr/bin/env bash
# The main job in one step: fetches the model when it is missing, transcribes a recording and shows
# the text and where everything lies. Called by `make run` after the build.
#
# Environment: AUDIO (default: a LibriVox recording of Debian's pocketsphinx-testdata), MODEL (name
# or folder), OUT (folder for the results).
set -euo pipefail
cd "$(dirname "$0")/.."
ironscribe=build/release/ironscribe
model=${MODEL:-tiny.en}
out=${OUT:-build/transcripts}
audio=${AUDIO:-}

if [[ -z $audio ]]; then
  audio=$(dpkg -L pocketsphinx-testdata | grep '/librivox/.*0870\.wav$' || true)
  [[ -n $audio ]] || { echo "make run: pocketsphinx-testdata has no LibriVox recording; give AUDIO=file" >&2; exit 1; }
fi

[[ -e $model ]] || scripts/models.sh "$model"

# Finds speech, so that silence does not become text; small, and nothing fails without it.
scripts/models.sh silero-vad || echo "make run: going on without silero-vad" >&2

mkdir -p "$out"
"$ironscribe" transcribe "$audio" --model "$model" --format txt,srt,json \
  --output-dir "$out" --force --verbose

name=$(basename "$audio")
echo
cat "$out/${name%.*}.txt"
echo
echo "recording   $audio"
echo "transcript  $out/${name%.*}.{txt,srt,json}"
echo "model       ${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models"
echo "program     $ironscribe (try: $ironscribe transcribe --help)"
