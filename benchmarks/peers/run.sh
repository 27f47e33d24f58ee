#!/usr/bin/env bash
# Runs peers.py in the private Python environment after the release build.
#
# Environment: DATA (folder with librispeech-other; default ../shared/data) and what peers.py reads.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${DATA:-../shared/data}
[[ -d $data/librispeech-other ]] || {
  echo "make bench: no recordings in $data; give DATA=folder with librispeech-other" >&2
  exit 1
}
models=${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models
for model in ${MODELS:-tiny.en base} silero-vad; do
  build/release/ironscribe models info "$model" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$model"
done
venv=$(scripts/reference_env.sh --peers)
exec "$venv/bin/python" benchmarks/peers/peers.py "$(realpath "$data")" "$models"
