#!/usr/bin/env bash
# Installs what building and testing Ironscribe needs on Debian 12. Packages that are already there
# are left alone, so a second run changes nothing and needs no network.
#
#   scripts/setup.sh            what `make run` and `make test` need
#   scripts/setup.sh --tidy     also clang-format and clang-tidy
#   scripts/setup.sh --emulated also a compiler for 64-bit Arm and QEMU, for scripts/test-arm.sh and
#                               scripts/test-old-cpu.sh
#   scripts/setup.sh --words    also the aligner and the synthesisers of `make word-times`
#   scripts/setup.sh --bare     also debootstrap, for scripts/check-bare.sh
set -euo pipefail

packages=(
  build-essential g++ cmake ninja-build pkg-config ca-certificates
  python3 python3-venv python3-pip python3-jsonschema python3-yaml
  libsndfile1-dev libavformat-dev libavcodec-dev libavutil-dev libswresample-dev
  nlohmann-json3-dev libfmt-dev libutf8proc-dev zlib1g-dev libssl-dev libcurl4-openssl-dev
  libseccomp-dev libcli11-dev libyaml-cpp-dev libre2-dev libgtest-dev libbenchmark-dev
  libboost-dev libnghttp2-dev libsqlite3-dev curl ffmpeg pocketsphinx-testdata
)

for argument in "$@"; do
  case "$argument" in
    --tidy) packages+=(clang-format-14 clang-tidy-14) ;;
    --words) packages+=(pocketsphinx pocketsphinx-en-us espeak-ng festival festvox-kallpc16k) ;;
    --bare) packages+=(debootstrap) ;;
    --emulated) packages+=(g++-12-aarch64-linux-gnu googletest qemu-user) ;;
    *) echo "setup.sh: unknown argument '$argument' (known: --tidy, --emulated, --words, --bare)" >&2; exit 2 ;;
  esac
done

fail() {
  printf 'setup.sh: %s\n' "$@" >&2
  exit 1
}

# Prints the packages that are not fully installed.
missing_packages() {
  local package state
  for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [[ $state == "ii "* || $state == "hi "* ]] || echo "$package"
  done
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  fail "this machine has no apt; Debian 12 (or a derivative) is needed." \
       "Elsewhere, install the counterparts of: ${packages[*]}" \
       "then build with: cmake --preset release && cmake --build --preset release"

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null ||
    fail "installing packages needs root or sudo. Ask an administrator to run:" \
         "  apt-get install --no-install-recommends ${missing[*]}"
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
# sudo drops the environment, so the variable is set on its far side.
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Old lists may name versions that the mirror no longer has; a failed refresh is fatal only if the
# installation then fails too.
"${apt[@]}" update >"$log" 2>&1 || { tail -n 3 "$log" >&2; echo "(package lists not refreshed)" >&2; }
if ! "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install the packages (its last words are above)." \
       "Check the network and the package mirror in /etc/apt, then run again."
fi
mapfile -t missing < <(missing_packages)
((${#missing[@]} == 0)) || fail "still missing after installation: ${missing[*]}"
