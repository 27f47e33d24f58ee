#!/usr/bin/env bash
# Proves on a bare Debian 12 that one command is enough: makes a minimal root with debootstrap, adds
# git, make and ca-certificates, clones the committed state of this repository into it and runs there
#   1. make run       set-up, build, model, transcript
#   2. make run       again, with the network cut off
#   3. make test      everything
#   4. make test      again, when all is built
# and prints how long each took. Needs root, debootstrap, a network and about 8 GB of disk. How this
# machine reaches its package mirror, its pip index and its name server is read from its own
# configuration at run time and copied into the root.
#
#   scripts/check-bare.sh [--keep] [STEP...]     STEPs by number, default all; --keep leaves the root
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD

keep=
steps=()
for argument in "$@"; do
  case "$argument" in
    --keep) keep=1 ;;
    [1-4]) steps+=("$argument") ;;
    *) echo "check-bare.sh: unknown argument '$argument'" >&2; exit 2 ;;
  esac
done
((${#steps[@]} > 0)) || steps=(1 2 3 4)

((EUID == 0)) || { echo "check-bare.sh: needs root (debootstrap, chroot)" >&2; exit 1; }

# Mounts made below end with this process, whatever happens.
if [[ -z ${IRONSCRIBE_CHECK_BARE_ROOT:-} ]]; then
  IRONSCRIBE_CHECK_BARE_ROOT=$(mktemp -d "${TMPDIR:-/var/tmp}/ironscribe-bare.XXXXXX")
  export IRONSCRIBE_CHECK_BARE_ROOT
  status=0
  unshare --mount --propagation private "$0" "$@" || status=$?
  if [[ -n $keep ]]; then
    echo "The root is kept in $IRONSCRIBE_CHECK_BARE_ROOT"
  else
    rm -rf --one-file-system "$IRONSCRIBE_CHECK_BARE_ROOT"
  fi
  exit "$status"
fi
root=$IRONSCRIBE_CHECK_BARE_ROOT

# The mirror that this machine uses for Debian 12 itself.
find_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' |
    awk '$2 == "bookworm" { print $1; exit }'
}

# What tells tools how to reach the network: proxies, pip's settings, certificate bundles. Values that
# are paths count only where the path exists in the root.
network_environment() {
  local name
  while read -r name; do
    [[ $name =~ ^(PIP_.*|.*_proxy|.*_PROXY|SSL_CERT_FILE|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE)$ ]] || continue
    [[ ${!name} != /* || -e $root${!name} ]] || continue
    printf '%s=%s\n' "$name" "${!name}"
  done < <(compgen -e)
}

copy_network_configuration() {
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  rm -f "$root/etc/apt/sources.list"
  cp -a /etc/apt/sources.list.d /etc/apt/auth.conf.d /etc/apt/keyrings "$root/etc/apt/" 2>/dev/null || true
  [[ ! -f /etc/apt/sources.list ]] || cp /etc/apt/sources.list "$root/etc/apt/"
  cp -an /usr/share/keyrings/. "$root/usr/share/keyrings/"
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries|ForceIPv)[^ ]* ".+";' \
    >"$root/etc/apt/apt.conf.d/90-from-host" || true
  [[ ! -f /etc/pip.conf ]] || cp /etc/pip.conf "$root/etc/"
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/"
    chroot "$root" update-ca-certificates >/dev/null 2>&1
  fi
}

make_root() {
  local mirror
  mirror=$(find_mirror)
  [[ -n $mirror ]] || { echo "check-bare.sh: no source for bookworm main in /etc/apt" >&2; return 1; }
  echo "== debootstrap bookworm (minbase) with git, make, ca-certificates"
  debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" \
    >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; return 1; }
  rm -f "$root.log"
  chmod 755 "$root"  # As the root of a system is; mktemp's would keep ordinary users out.
  copy_network_configuration
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mkdir -p "$root/srv/home"
  git clone --quiet --no-hardlinks "$repository" "$root/srv/ironscribe"
}

inside() {
  local environment
  mapfile -t environment < <(network_environment)
  env -i "${environment[@]}" HOME=/srv/home LANG=C.UTF-8 TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "$@"
}

timings=()
timed() {
  local title=$1 began=$SECONDS
  shift
  echo "== $title"
  inside "$@"
  timings+=("$(printf '%5d s  %s' $((SECONDS - began)) "$title")")
}

make_root
for step in "${steps[@]}"; do
  case "$step" in
    1) timed "make run, first time" chroot "$root" make -C /srv/ironscribe run ;;
    2) timed "make run, again, without a network" \
         unshare --net chroot "$root" make -C /srv/ironscribe run ;;
    3) timed "make test, first time" chroot "$root" make -C /srv/ironscribe test ;;
    4) timed "make test, all built" chroot "$root" make -C /srv/ironscribe test ;;
  esac
done
echo "== check-bare: all steps passed on $(nproc) CPUs"
printf '%s\n' "${timings[@]}"
