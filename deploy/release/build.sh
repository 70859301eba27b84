#!/usr/bin/env bash
# Makes a release: one static program for Linux that needs no library, its checksum, and the list of what went into it.
#
#   deploy/release/build.sh [FOLDER]     into FOLDER, target/release-files without it
#
# The same source with the same Rust gives the same bytes: paths are taken out, times are those of the commit.
#   TARGET   x86_64-unknown-linux-musl unless said otherwise; needs its C compiler (musl-tools on Debian)
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-target/release-files}
target=${TARGET:-x86_64-unknown-linux-musl}
version=$(sed -nE '/^\[workspace.package\]/,/^\[/ s/^version = "(.*)"/\1/p' Cargo.toml)
name=surged-$version-$target

need() { command -v "$1" >/dev/null || { echo "expected $1: $2" >&2; exit 1; }; }
need cargo "install Rust by https://rustup.rs"
case $target in *-musl) need musl-gcc "apt-get install musl-tools" ;; esac
rustc --print target-libdir --target "$target" | xargs test -d ||
  { echo "expected Rust's library for $target: rustup target add $target" >&2; exit 1; }
[[ -z $(git status --porcelain 2>/dev/null) ]] || echo "the work tree has changes: what is made is not what the commit says" >&2

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
export CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_STRIP=symbols
export RUSTFLAGS="--remap-path-prefix=$PWD=/surged --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo ${RUSTFLAGS:-}"
case $target in *-musl) export "CC_${target//-/_}=musl-gcc" ;; esac
cargo build --release --locked --target "$target" --bin surged

program=${CARGO_TARGET_DIR:-target}/$target/release/surged
case $target in
  *-musl) ! ldd "$program" 2>/dev/null | grep -q '=>' || { echo "$program is not static" >&2; exit 1; } ;;
esac
mkdir -p "$out"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/$name"
install -m 755 "$program" "$folder/$name/surged"
cp -r LICENSE README.md CHANGELOG.md config deploy docs "$folder/$name/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --mode='u+rw,go+r,go-w' \
  -C "$folder" -c "$name" | gzip -9n >"$out/$name.tar.gz"
# What went into it: every crate with its version, licence and checksum.
if cargo cyclonedx --version >/dev/null 2>&1; then
  cargo cyclonedx --format json --target "$target" --override-filename "$name.cdx" >/dev/null
  mv "$name.cdx.json" "$out/"
else
  echo "no SBOM: cargo install cargo-cyclonedx makes it possible" >&2
fi
(cd "$out" && sha256sum "$name".* >"$name.sha256")
ls -l "$out"
