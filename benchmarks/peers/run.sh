#!/usr/bin/env bash
# Runs peers.py in the private Python environment after the release build.
#
# Environment: DATA (folder with librispeech-other; default ../shared/data) and what peers.py reads.
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh bench librispeech-other)
models=${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models
scripts/models.sh ${MODELS:-tiny.en base} silero-vad
venv=$(scripts/reference_env.sh --peers)
exec "$venv/bin/python" benchmarks/peers/peers.py "$data" "$models"
