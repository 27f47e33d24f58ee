#!/usr/bin/env bash
# Makes the private Python environment that holds the reference implementations and the peers, and
# prints its folder. Needed by `make accuracy` and `make bench` only; `make test` does without. The
# PyTorch wheel brings its GPU libraries along, which makes this about 6 GB of disk.
#
#   scripts/reference_env.sh         environment in build/venv-reference
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/build/venv-reference
packages=(openai-whisper==20250625 faster-whisper==1.2.1 ctranslate2==4.8.5 jiwer==4.0.0)

stamp=$venv/.installed
if [[ ! -f $stamp || $(<"$stamp") != "${packages[*]}" ]]; then
  echo "Installing ${packages[*]} into build/venv-reference (several minutes, once)" >&2
  [[ -x $venv/bin/python ]] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}" >&2 || {
    echo "reference_env.sh: pip could not install the reference implementations (see above)." >&2
    echo "Check the network and pip's configuration, then run again." >&2
    exit 1
  }
  echo "${packages[*]}" >"$stamp"
fi
echo "$venv"
