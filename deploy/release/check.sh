#!/usr/bin/env bash
# Proves a release: makes it, twice where asked, and runs what was made in a folder that has nothing else in it. As root (chroot).
#
#   deploy/release/check.sh             made once
#   deploy/release/check.sh twice       made once more from another folder: the same bytes
#
# Rust is rustup's where that has the library for musl; else Debian's own newer one (rustc-web) is unpacked into target/release-check, with the
# source of its library: nothing is installed, nothing here is changed. Half an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
[[ $(id -u) -eq 0 ]] || fail "expected root, to enter a folder as a system of its own"
command -v musl-gcc >/dev/null || fail "expected musl-gcc: apt-get install musl-tools"

work=$PWD/target/release-check
mkdir -p "$work"
if ! test -d "$(rustc --print target-libdir --target x86_64-unknown-linux-musl)"; then
  rust=$work/rust
  if [[ ! -x $rust/usr/bin/rustc ]]; then
    say "Debian's Rust, unpacked into $rust"
    std=$(apt-cache depends rustc-web libstd-rust-web-dev | sed -nE 's/.*Depends: (libstd-rust-web-[0-9.]+)$/\1/p' | head -n 1)
    llvm=$(apt-cache depends "$std" | sed -nE 's/.*Depends: (libllvm[0-9]+)$/\1/p')
    (cd "$work" && apt-get -qq download rustc-web rust-web-src "$std" libstd-rust-web-dev "$llvm" "libunwind-19-dev")
    for package in "$work"/*.deb; do dpkg-deb -x "$package" "$rust"; done
  fi
  mkdir -p "$work/unwind"
  cp "$rust/usr/lib/llvm-19/lib/libunwind.a" "$work/unwind/"
  libraries=$rust/usr/lib/x86_64-linux-gnu:$(echo "$rust"/usr/lib/llvm-*/lib | tr ' ' ':')
  # The compiler alone is to see Debian's libraries.
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libraries" "$rust/usr/bin/rustc" >"$work/rustc"
  chmod 755 "$work/rustc"
  export RUSTC=$work/rustc UNWIND=$work/unwind
fi

say "made by $("${RUSTC:-rustc}" --version)"
deploy/release/build.sh "$work/first"
archive=$(basename "$work"/first/*.tar.gz)
(cd "$work/first" && sha256sum --check --quiet ./*.sha256)

say "run where there is nothing else"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tar -C "$root" --strip-components=1 -xzf "$work/first/$archive"
file=$root/surged
[[ $(readelf --program-headers "$file") != *INTERP* ]] || fail "$file asks for a loader: it is not static"
[[ $(readelf --file-header "$file") == *DYN* ]] || fail "$file cannot stand anywhere in memory"
chroot "$root" /surged --version
chroot "$root" /surged seats --calls-per-hour 920 --handle 180s --target 0.9/20s >/dev/null
echo secret >"$root/config/ami.secret"
chroot "$root" /surged check /config/surged.toml

if [[ ${1:-} == twice ]]; then
  say "made once more, from another folder"
  other=$(mktemp -d)
  trap 'rm -rf "$root" "$other"' EXIT
  git clone -q . "$other/surged"
  (cd "$other/surged" && CARGO_TARGET_DIR=$other/target deploy/release/build.sh "$work/second")
  cmp "$work/first/$archive" "$work/second/$archive" || fail "another folder gives other bytes"
fi
say "good"
