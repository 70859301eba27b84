#!/usr/bin/env bash
# Makes a Debian package of surged with dpkg-deb alone: the program, the unit, the manual, completions for three shells, and the
# configuration as a conffile. It starts nothing: the plan is yours to write first.
#
#   deploy/debian/build.sh [FOLDER]      the package goes into FOLDER, target/debian without it
#
# MAINTAINER is "Name <address>" of whoever answers for the package.
# SURGED names a program that is built already; without it one is built for release. COMPRESS=none is quicker to look at.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:-target/debian}
version=$(sed -nE '/^\[workspace.package\]/,/^\[/ s/^version = "(.*)"/\1/p' Cargo.toml)
arch=$(dpkg --print-architecture)
maintainer=${MAINTAINER:-surged <surged@example.org>}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}

if [[ -z ${SURGED:-} ]]; then
  cargo build --release --locked --bin surged
  SURGED=${CARGO_TARGET_DIR:-target}/release/surged
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

install -D -m 755 "$SURGED" "$root/usr/bin/surged"
strip --strip-unneeded "$root/usr/bin/surged"
install -d "$root/usr/sbin" "$root/usr/lib/systemd/system"
sed 's|/usr/local/bin/surged|/usr/bin/surged|' deploy/systemd/surged-in-service >"$root/usr/sbin/surged-in-service"
sed -e 's|/usr/local/bin/surged|/usr/bin/surged|' -e '/^#   install\|^#   systemctl daemon-reload/d' \
  deploy/systemd/surged.service >"$root/usr/lib/systemd/system/surged.service"
chmod 755 "$root/usr/sbin/surged-in-service"
chmod 644 "$root/usr/lib/systemd/system/surged.service"
install -D -m 644 config/surged.toml "$root/etc/surged/surged.toml"

# The program writes its own manual and completions.
"$SURGED" man -o "$root/usr/share/man/man1" 2>/dev/null
find "$root/usr/share/man/man1" -name '*.1' -exec gzip -9n {} +
install -d "$root/usr/share/man/man8"
gzip -9nc >"$root/usr/share/man/man8/surged-in-service.8.gz" <<'PAGE'
.TH surged-in-service 8
.SH NAME
surged\-in\-service \- runs a surged command as the service's user
.SH SYNOPSIS
surged\-in\-service COMMAND [ARGUMENTS]
.SH DESCRIPTION
The service has a user that systemd makes, and a state directory that nobody else may look into. This runs
.BR surged (1)
as that user, in that directory. It needs root.
PAGE
"$SURGED" completions bash | install -D -m 644 /dev/stdin "$root/usr/share/bash-completion/completions/surged"
"$SURGED" completions zsh | install -D -m 644 /dev/stdin "$root/usr/share/zsh/vendor-completions/_surged"
"$SURGED" completions fish | install -D -m 644 /dev/stdin "$root/usr/share/fish/vendor_completions.d/surged.fish"

doc=$root/usr/share/doc/surged
install -d "$doc/examples"
cp -r deploy/asterisk deploy/grafana deploy/nginx deploy/prometheus "$doc/examples/"
find "$doc" -type f -exec chmod 644 {} +
find "$doc" -type d -exec chmod 755 {} +
cat >"$doc/copyright" <<'TEXT'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: surged

Files: *
Copyright: 2026 the surged authors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
TEXT
{
  printf 'surged (%s) stable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n' "$version"
  printf ' -- %s  %s\n' "$maintainer" "$(date -uRd "@$SOURCE_DATE_EPOCH")"
} | gzip -9nc >"$doc/changelog.gz"

install -d "$root/DEBIAN"
echo /etc/surged/surged.toml >"$root/DEBIAN/conffiles"
needs=$(mktemp -d)
mkdir "$needs/debian" && touch "$needs/debian/control"
depends=$(cd "$needs" && dpkg-shlibdeps -O "$root/usr/bin/surged" 2>/dev/null | sed 's/^shlibs:Depends=//' || true)
rm -rf "$needs"
cat >"$root/DEBIAN/control" <<TEXT
Package: surged
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: ${depends:-libc6}
Suggests: asterisk, prometheus
Section: comm
Priority: optional
Description: runs a call centre's surge plan
 surged listens to the phone system's live queue depth, runs the written surge
 plan as an escalation ladder, and tells the floor supervisors whom to sign in,
 whom to sign out again, and why.
TEXT
cat >"$root/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload || true
        # An upgrade takes effect at once; a new installation waits for its plan and its secret.
        if [ -n "$2" ]; then systemctl try-restart surged.service || true; fi
    fi
    if [ -z "$2" ]; then
        echo "surged: write /etc/surged/surged.toml and the secret it names, then: systemctl enable --now surged"
    fi
fi
SCRIPT
cat >"$root/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop surged.service || true
fi
SCRIPT
cat >"$root/DEBIAN/postrm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = purge ]; then deb-systemd-helper purge surged.service >/dev/null || true; fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
# The duty log stays, also after a purge: it is the record of what people did. /var/lib/private/surged is for you to remove.
SCRIPT
chmod 755 "$root"/DEBIAN/{postinst,prerm,postrm}
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | sort | xargs md5sum >DEBIAN/md5sums)

mkdir -p "$out"
find "$root" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group "-Z${COMPRESS:-xz}" --build "$root" "$out/surged_${version}_${arch}.deb"
