#!/usr/bin/env bash
# Runs accuracy.py in the reference environment after the release build.
#
# Environment: DATA (folder with librispeech-other and languages; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=${DATA:-../shared/data}
[[ -d $data/librispeech-other && -d $data/languages ]] || {
  echo "make accuracy: no recordings in $data; give DATA=folder with librispeech-other and languages" >&2
  exit 1
}
models=${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models
for model in tiny.en base; do
  build/release/ironscribe models info "$model" >/dev/null 2>&1 ||
    build/release/ironscribe models pull "$model"
done
venv=$(scripts/reference_env.sh)
exec "$venv/bin/python" tools/accuracy/accuracy.py "$(realpath "$data")" "$models"
