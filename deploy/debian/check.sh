#!/usr/bin/env bash
# Proves a package: lintian, then a fresh Debian in a folder, in which it is installed, started as another user, upgraded over a changed
# configuration, removed and purged. As root, since it enters that folder (chroot).
#
#   deploy/debian/check.sh PACKAGE.deb [FOLDER]
#
# FOLDER is a Debian that debootstrap made before (it is changed); without it one is made and thrown away.
set -euo pipefail

package=$(realpath "${1:?which package}")
root=${2:-}
say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

[[ $(id -u) -eq 0 ]] || fail "expected root, to enter a folder as a system of its own"
if command -v lintian >/dev/null; then
  say "lintian"
  lintian --fail-on error "$package"
fi
if [[ -z $root ]]; then
  command -v debootstrap >/dev/null || fail "expected debootstrap: apt-get install debootstrap"
  root=$(mktemp -d)
  chmod 755 "$root"
  trap 'rm -rf "$root"' EXIT
  say "a fresh Debian"
  debootstrap --variant=minbase "$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")" "$root" >/dev/null
fi
inside() { chroot "$root" "$@"; }

say "installed"
cp "$package" "$root/tmp/surged.deb"
inside dpkg -i /tmp/surged.deb
inside surged --version
inside test -f /usr/lib/systemd/system/surged.service
inside surged check /etc/surged/surged.toml
inside surged doctor -c /etc/surged/surged.toml >/dev/null 2>&1 && fail "doctor finds nothing wrong where there is no secret"

say "started, as nobody in particular"
echo secret >"$root/etc/surged/ami.secret"
# The shipped file's port may be in use on this machine.
sed -i 's/^listen = .*/listen = "127.0.0.1:0"/' "$root/etc/surged/surged.toml"
install -d -m 700 "$root/var/lib/surged-check"
chown 65534:65534 "$root/var/lib/surged-check"
STATE_DIRECTORY=/var/lib/surged-check chroot --userspec=65534:65534 "$root" surged run -c /etc/surged/surged.toml \
  2>"$root/tmp/said" &
daemon=$!
floor=
for _ in $(seq 300); do
  floor=$(sed -nE 's|.*the floor is on (http://[0-9.:]+)/.*|\1|p' "$root/tmp/said")
  [[ -z $floor ]] || break
  kill -0 "$daemon" 2>/dev/null || break
  sleep 0.1
done
[[ -n $floor ]] || { cat "$root/tmp/said"; fail "it did not say where its floor is"; }
inside surged ready --alive --url "$floor"
kill "$daemon" && wait "$daemon"
test -s "$root/var/lib/surged-check/surged.db" || fail "there is no duty log"

say "upgraded: a changed configuration stays as it is"
inside dpkg -i --force-confold /tmp/surged.deb
inside grep -q 'listen = "127.0.0.1:0"' /etc/surged/surged.toml || fail "the configuration was overwritten"

say "removed and purged: the configuration goes with the purge, the duty log stays"
inside dpkg -r surged
inside test -f /etc/surged/surged.toml || fail "the configuration went with the program"
inside dpkg -P surged
[[ ! -e $root/etc/surged/surged.toml ]] || fail "a purge left the configuration"
test -s "$root/var/lib/surged-check/surged.db" || fail "a purge took the duty log"
say "good"
