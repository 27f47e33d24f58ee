#!/usr/bin/env bash
# Runs accuracy.py in the reference environment after the release build.
#
# Environment: DATA (folder with librispeech-other and languages; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh accuracy librispeech-other languages)
models=${XDG_DATA_HOME:-$HOME/.local/share}/ironscribe/models
scripts/models.sh tiny.en base
venv=$(scripts/reference_env.sh)
exec "$venv/bin/python" tools/accuracy/accuracy.py "$data" "$models"
