#!/usr/bin/env bash
# Runs check.py in the reference environment after the release build. Arguments go to check.py.
#
# Environment: DATA (folder with noise and librispeech-other; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${DATA:-../shared/data}
[[ -d $data/noise && -d $data/librispeech-other ]] || {
  echo "make seams: no recordings in $data; give DATA=folder with noise and librispeech-other" >&2
  exit 1
}
for model in tiny.en base silero-vad; do
  build/release/ironscribe models info "$model" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$model"
done
venv=$(scripts/reference_env.sh)
exec "$venv/bin/python" tools/seams/check.py "$(realpath "$data")" "$@"
