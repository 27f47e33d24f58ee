#!/usr/bin/env bash
# Runs check.py after the release build. Arguments go to check.py.
#
# Environment: DATA (folder with librispeech-other, conversation, telephone and noise; default
# ../shared/data), MODEL (default tiny.en).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh long librispeech-other conversation telephone noise)
model=${MODEL:-tiny.en}
scripts/models.sh "$model" silero-vad
exec python3 tools/long/check.py "$data" --model "$model" "$@"
