#!/usr/bin/env bash
# Prints the folder of recordings for a measurement: DATA of the environment, ../shared/data without.
# Ends with 1 unless it holds the folders that the measurement needs.
#
#   data=$(scripts/recordings.sh TASK FOLDER...)    TASK is named in the message
set -euo pipefail
cd "$(dirname "$0")/.."
data=${DATA:-../shared/data}
task=$1
shift
for folder in "$@"; do
  [[ -d $data/$folder ]] || {
    echo "make $task: no recordings in $data/$folder; give DATA=folder with $*" >&2
    exit 1
  }
done
realpath "$data"
