#!/usr/bin/env bash
# Runs check.py in the reference environment after the release build. Arguments go to check.py.
#
# Environment: DATA (folder with noise, telephone and librispeech-other; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh guard noise telephone librispeech-other)
scripts/models.sh tiny.en base silero-vad
venv=$(scripts/reference_env.sh)
exec "$venv/bin/python" tools/guard/check.py "$data" "$@"
