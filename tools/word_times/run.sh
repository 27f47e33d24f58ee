#!/usr/bin/env bash
# Measures word times, then confidence, after the release build. Arguments go to measure.py.
#
# Environment: DATA (folder with languages and librispeech-other; default ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
data=$(scripts/recordings.sh word-times languages librispeech-other)
scripts/models.sh tiny.en base silero-vad
status=0
python3 tools/word_times/measure.py "$data" "$@" || status=1
# With arguments a part of the measurement of times was asked for.
(($#)) || python3 tools/word_times/fit_confidence.py "$data" || status=1
exit $status
