#!/usr/bin/env bash
# Proves the container file's last stage: a Debian made by debootstrap stands for the published one, a program built outside for the
# first stage; the image is built, run as the file's head says, and asked for everything it promises. As root, with podman.
#
#   deploy/container/check.sh PROGRAM [FOLDER]
#
# FOLDER is a Debian that debootstrap made before; without it one is made and thrown away.
set -euo pipefail

program=$(realpath "${1:?which program: target/release/surged}")
root=${2:-}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
name=surged-check-$$
trap 'podman rm -f "$name" >/dev/null 2>&1 || true; podman rmi -f "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; podman logs "$name" 2>&1 | tail -n 20 >&2 || true; exit 1; }

[[ $(id -u) -eq 0 ]] || fail "expected root, to make a Debian in a folder"
command -v podman >/dev/null || fail "expected podman: apt-get install podman"
base=docker.io/library/debian:bookworm-slim
if ! podman image exists "$base"; then
  say "a Debian in place of $base"
  if [[ -z $root ]]; then
    command -v debootstrap >/dev/null || fail "expected debootstrap: apt-get install debootstrap"
    root=$work/root
    debootstrap --variant=minbase bookworm "$root" >/dev/null
  fi
  tar -C "$root" --exclude=./proc --exclude=./sys --exclude=./dev -c . | podman import - "$base" >/dev/null
fi

say "the image"
mkdir -p "$work/build/build/target/release"
install -m 755 "$program" "$work/build/build/target/release/surged"
install -m 644 LICENSE "$work/build/build/LICENSE"
# Where a machine's own cgroups are not ours to change, SURGED_PODMAN_RUN says what else `podman run` needs.
read -ra more <<<"${SURGED_PODMAN_RUN:-}"
read -ra global <<<"${SURGED_PODMAN:-}"
# The first stage needs the published Rust image: its work is handed in.
awk '/^FROM/ { stage++ } stage == 2 || stage == 0' deploy/container/Containerfile >"$work/Containerfile"
podman "${global[@]}" build -q --isolation=chroot --format docker --build-context "build=$work/build" -f "$work/Containerfile" -t "$name" . >/dev/null ||
  fail "the image could not be built"
[[ $(podman inspect --format '{{.Config.User}}' "$name") == 10001:10001 ]] || fail "it runs as root"

say "run: read-only, without any capability, its files in a volume"
mkdir -p "$work/etc" "$work/state"
chown 10001:10001 "$work/state"
chmod 700 "$work/state"
sed -E 's|^listen = .*|listen = "127.0.0.1:8470"|' config/surged.toml >"$work/etc/surged.toml"
echo secret >"$work/etc/ami.secret"
chown 10001:10001 "$work/etc/ami.secret"
chmod 400 "$work/etc/ami.secret"
podman "${global[@]}" run -d --name "$name" --network=host --read-only --cap-drop=all --security-opt=no-new-privileges "${more[@]}" \
  -v "$work/state:/var/lib/surged" -v "$work/etc:/etc/surged:ro" "$name" >/dev/null || fail "it did not start"
inside() { podman "${global[@]}" exec "$name" "$@"; }
for _ in $(seq 100); do
  inside surged ready --alive --url http://127.0.0.1:8470 >/dev/null 2>&1 && break
  [[ $(podman inspect --format '{{.State.Running}}' "$name") == true ]] || fail "it ended"
  sleep 0.2
done
inside surged ready --alive --url http://127.0.0.1:8470 || fail "it is not alive"
podman "${global[@]}" healthcheck run "$name" || fail "its health check says no"
[[ $(inside id -u) == 10001 ]] || fail "it runs as root"
! inside touch /etc/x 2>/dev/null || fail "it may write beside its volume"
inside surged log verify -c /etc/surged/surged.toml || fail "its duty log is not whole"
test -s "$work/state/surged.db" || fail "there is no duty log in the volume"

say "stopped in good order, and its log with it"
podman "${global[@]}" stop -t 20 "$name" >/dev/null
[[ $(podman inspect --format '{{.State.ExitCode}}' "$name") == 0 ]] || fail "a stop is not an end in good order"
say "good"
