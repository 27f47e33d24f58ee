#!/usr/bin/env bash
# Runs serve_bench.py in the private Python environment after the release build. Arguments go to it.
#
# Environment: DATA (folder with librispeech-other and formats; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh serve librispeech-other formats)
models=${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models
scripts/models.sh tiny.en base silero-vad
venv=$(scripts/reference_env.sh --server)
exec "$venv/bin/python" benchmarks/serve/serve_bench.py "$data" "$models" "$@"
