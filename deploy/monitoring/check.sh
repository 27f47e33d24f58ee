#!/bin/sh
# Has promtool check and try the alert rules. Exit status 77: there is no promtool.
set -eu
cd "$(dirname "$0")"
if ! command -v promtool >/dev/null; then
  echo "SKIPPED: promtool is not installed (Debian package prometheus); alert rules are unchecked"
  exit 77
fi
promtool check rules alerts.yaml
promtool test rules alerts_test.yaml
