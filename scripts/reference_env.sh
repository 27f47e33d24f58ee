#!/usr/bin/env bash
# Makes the private Python environment that holds the reference implementations and the peers, and
# prints its folder. Needed by `make accuracy` and `make bench` only; `make test` does without. The
# PyTorch wheel brings its GPU libraries along, which makes this about 6 GB of disk.
#
#   scripts/reference_env.sh           environment in build/venv-reference, all of the reference
#   scripts/reference_env.sh --peers   the peers too; what cannot be installed is left out and named
#   scripts/reference_env.sh --server  the reference behind an HTTP server
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/build/venv-reference
reference=(openai-whisper==20250625 faster-whisper==1.2.1 ctranslate2==4.8.5 jiwer==4.0.0)
more_peers=(pywhispercpp==1.5.1 matplotlib==3.11.2)
server=(fastapi==0.165.0 uvicorn==0.54.0 python-multipart==0.0.34)
# Without it no word error is counted.
needed=jiwer==4.0.0

install() {
  [[ -x $venv/bin/python ]] || python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
}

# Installs all of the packages given after the stamp's name, unless the stamp says that it was done.
install_once() {
  local stamp=$venv/.installed-$1
  shift
  [[ ! -f $stamp || $(<"$stamp") != "$*" ]] || return 0
  echo "Installing $* into build/venv-reference (several minutes, once)" >&2
  install "$@" && echo "$*" >"$stamp"
}

fail() {
  echo "reference_env.sh: pip could not install $1 (see above)." >&2
  echo "Check the network and pip's configuration, then run again." >&2
  exit 1
}

if [[ ${1:-} != --peers ]]; then
  install_once reference "${reference[@]}" || fail "the reference implementations"
  [[ ${1:-} != --server ]] || install_once server "${server[@]}" || fail "the HTTP server"
else
  install_once jiwer "$needed" || fail "$needed"
  for package in "${reference[@]}" "${more_peers[@]}"; do
    install_once "${package%%=*}" "$package" ||
      echo "reference_env.sh: $package cannot be installed here; left out" >&2
  done
fi
echo "$venv"
