#!/usr/bin/env bash
# Makes a release: one static program for Linux that needs no library, its checksum, and the list of what went into it.
#
#   deploy/release/build.sh [FOLDER]     into FOLDER, target/release-files without it
#
# The same source with the same Rust gives the same bytes: paths are taken out, times are those of the commit.
#   TARGET   x86_64-unknown-linux-musl unless said otherwise; needs its C compiler (musl-tools on Debian)
#
# Rust's library for that target is rustup's (rustup target add). Where a distribution's Rust has none but brings its source, the library is
# built from that as well; what unwinds a stack is then LLVM's, in the folder that UNWIND names (libunwind.a). deploy/release/check.sh does so.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-target/release-files}
target=${TARGET:-x86_64-unknown-linux-musl}
version=$(sed -nE '/^\[workspace.package\]/,/^\[/ s/^version = "(.*)"/\1/p' Cargo.toml)
name=surged-$version-$target

need() { command -v "$1" >/dev/null || { echo "expected $1: $2" >&2; exit 1; }; }
need cargo "install Rust by https://rustup.rs"
case $target in *-musl) need musl-gcc "apt-get install musl-tools" ;; esac
rustc=${RUSTC:-rustc}
library=()
flags=
if ! test -d "$("$rustc" --print target-libdir --target "$target")"; then
  if [[ ! -f $("$rustc" --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock || ! -f ${UNWIND:-}/libunwind.a ]]; then
    echo "expected Rust's library for $target: rustup target add $target; or its source, and LLVM's libunwind.a in the folder UNWIND" >&2
    exit 1
  fi
  # Cargo keeps this for its nightly; the compiler takes it under this name.
  export RUSTC_BOOTSTRAP=1
  library=(-Z build-std=std,panic_unwind)
  # musl-gcc cannot link a static program that may stand anywhere in memory: it asks for musl's loader. What stands at the beginning and the end
  # of such a program is named here instead; the last part ends the table by which a stack is unwound.
  musl=/usr/lib/${target%%-*}-linux-musl
  [[ -f $musl/rcrt1.o ]] || { echo "expected $musl/rcrt1.o, of Debian's musl-dev" >&2; exit 1; }
  flags="-C linker=cc -C link-self-contained=no -L native=$musl -L native=$UNWIND -C link-arg=-nostartfiles"
  for part in "$musl/rcrt1.o" "$musl/crti.o" "$(cc -print-file-name=crtbeginS.o)" \
    "$musl/libc.a" -Wl,-Bstatic -lgcc "$(cc -print-file-name=crtendS.o)" "$musl/crtn.o"; do
    flags+=" -C link-arg=$part"
  done
  # Debian's libunwind.a was made for glibc's checked printf, which it calls on its way to abort alone.
  flags+=" -C link-arg=-Wl,--defsym=__fprintf_chk=abort"
fi
[[ -z $(git status --porcelain 2>/dev/null) ]] || echo "the work tree has changes: what is made is not what the commit says" >&2

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
export CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_STRIP=symbols
# No folder of this machine stands in what is made. Where one lies in another the last that is named counts; what lies here cargo names from here.
sysroot=$("$rustc" --print sysroot)
remap=
for place in "$PWD=/surged" "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$(realpath -m "${CARGO_TARGET_DIR:-target}")=/target" "$sysroot=/rust" "${sysroot#"$PWD/"}=/rust"; do
  remap+=" --remap-path-prefix=$place"
done
export RUSTFLAGS="$remap $flags ${RUSTFLAGS:-}"
case $target in *-musl) export "CC_${target//-/_}=musl-gcc" ;; esac
cargo build --release --locked "${library[@]}" --target "$target" --bin surged

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
