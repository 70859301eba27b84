#!/usr/bin/env bash
# Makes a Debian package of surged by cargo-deb (cargo install cargo-deb): the program, the unit, the manual, completions for three shells,
# and the configuration as a conffile. It starts nothing: the plan is yours to write first. What goes where stands in Cargo.toml.
#
#   deploy/debian/build.sh [FOLDER]      the package goes into FOLDER, target/debian without it
#
# MAINTAINER is "Name <address>" of whoever answers for the package. PROFILE=dev packs what `cargo build` has made, for a look at it.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-target/debian}
profile=${PROFILE:-release}
built=$profile
quick=()
[[ $profile != dev ]] || { built=debug; quick=(--fast); }
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
cargo deb --version >/dev/null 2>&1 || { echo "expected cargo-deb: cargo install cargo-deb" >&2; exit 1; }

[[ $profile == dev ]] || cargo build --profile "$profile" --locked --bin surged
program=${CARGO_TARGET_DIR:-target}/$built/surged
[[ -x $program ]] || { echo "expected $program, that \`cargo build\` makes" >&2; exit 1; }

# What the package has beside the files of the source: the program writes its own manual and completions.
made=target/package
rm -rf "$made"
mkdir -p "$made/man" "$made/completions" "$made/units"
"$program" man -o "$made/man" 2>/dev/null
"$program" completions bash >"$made/completions/surged"
"$program" completions zsh >"$made/completions/_surged"
"$program" completions fish >"$made/completions/surged.fish"
sed 's|/usr/local/bin/surged|/usr/bin/surged|' deploy/systemd/surged-in-service >"$made/surged-in-service"
sed -e 's|/usr/local/bin/surged|/usr/bin/surged|' -e '/^#   install\|^#   systemctl daemon-reload/d' \
  deploy/systemd/surged.service >"$made/units/surged.service"
version=$(sed -nE '/^\[workspace.package\]/,/^\[/ s/^version = "(.*)"/\1/p' Cargo.toml)
maintainer=${MAINTAINER:-surged <surged@example.org>}
printf 'surged (%s-1) stable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n -- %s  %s\n' \
  "$version" "$maintainer" "$(date -uRd "@$SOURCE_DATE_EPOCH")" >"$made/changelog"

mkdir -p "$out"
cargo deb --quiet "${quick[@]}" --no-build --locked --profile "$profile" --maintainer "$maintainer" --output "$out/"
