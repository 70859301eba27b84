#!/usr/bin/env bash
# Every test of the package with one command, on a fresh Debian machine too. No arguments; run from anywhere.
#
# What is missing is installed: a C compiler, Node.js, Chromium, Firefox, a Chinese font and Python's venv by apt; the walk's npm packages
# into tests/browser/node_modules; the Python client's package, Prometheus, Alertmanager, libfaketime and cargo-deb into target/. As root, or as a user with sudo. What
# cannot be installed is named, and its part is skipped; whatever did run and failed makes the whole fail. Set
# SURGED_TESTS_INSTALL=no to install nothing, and SURGED_TESTS_MUTATIONS=yes to see as well that the core's tests notice a broken
# core (tests/mutations.py --count 20; many minutes).
set -euo pipefail
cd "$(dirname "$0")/.."

install=${SURGED_TESTS_INSTALL:-yes}
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0
failed=0
skipped=()

say() { printf '\n== %s\n' "$*"; }

skip() {
  printf 'SKIPPED: %s\n' "$*"
  skipped+=("$*")
}

has() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages; fails with a word where it cannot.
packages() {
  if [[ $install != yes ]]; then
    echo "not installed, as SURGED_TESTS_INSTALL=$install says: $*"
    return 1
  fi
  if ! has apt-get; then
    echo "expected apt-get to install $*; there is none here: install them by hand"
    return 1
  fi
  local become=()
  if [[ $(id -u) -ne 0 ]]; then
    if ! has sudo; then
      echo "installing $* needs root or sudo: run as root once, or install them by hand"
      return 1
    fi
    become=(sudo)
  fi
  echo "installing by apt: $*"
  local quiet=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
  "${become[@]}" "${quiet[@]}" update &&
    "${become[@]}" "${quiet[@]}" install -y --no-install-recommends "$@" >"$log/apt" 2>&1 ||
    { tail -n 5 "$log/apt" 2>/dev/null || true; echo "apt could not install $*; see above"; return 1; }
}

# add_up FILE PATTERN: the sum of the numbers that the pattern finds.
add_up() {
  local sum
  sum=$(sed -nE "s/$2/\\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }')
  echo "$sum"
}

# run NAME COMMAND...: runs one part; its output goes to $log/NAME as well.
run() {
  local name=$1
  shift
  echo "+ $*"
  if "$@" 2>&1 | tee "$log/$name"; then
    return 0
  fi
  echo "FAILED: $name"
  return 1
}

# ---------------------------------------------------------------------------------------------------------------------
say "Rust"
if ! has cargo && [[ -x $HOME/.cargo/bin/cargo ]]; then
  PATH=$HOME/.cargo/bin:$PATH
fi
if ! has cargo; then
  echo "expected cargo 1.95 or later; there is none: install Rust by https://rustup.rs, then run this again"
  exit 1
fi
has cc || packages build-essential || { echo "expected a C compiler, for SQLite and zstd; there is none"; exit 1; }

# With traces, which are off where nobody asks for them: one build serves all of this; .ci/run's lints are without.
if run cargo cargo test --workspace --features otel --no-fail-fast; then good=yes; else good=no; fi
rust_passed=$(add_up "$log/cargo" '^test result: .* ([0-9]+) passed;.*')
rust_failed=$(add_up "$log/cargo" '^test result: .* ([0-9]+) failed;.*')
# Something that does not even compile has no number of its own.
[[ $good == no && $rust_failed -eq 0 ]] && rust_failed=1
passed=$((passed + rust_passed))
failed=$((failed + rust_failed))

# ---------------------------------------------------------------------------------------------------------------------
say "Disks that fail under the real binary"
faults() {
  has strace || packages strace || { skip "process_faults: strace makes the kernel tell of faults"; return 0; }
  local without=()
  if [[ $(id -u) -ne 0 ]] || ! has unshare; then
    skip "process_faults: a disk that is mounted read-only needs root and unshare"
    without=(--skip mounted_read_only)
  fi
  if run faults cargo test --features otel --test process_faults -- --ignored "${without[@]}"; then
    passed=$((passed + $(add_up "$log/faults" '^test result: .* ([0-9]+) passed;.*')))
  else
    failed=$((failed + 1))
  fi
}
faults

# ---------------------------------------------------------------------------------------------------------------------
say "The Debian package, from the program that the tests ran"
package() {
  local bin=target/tools/bin
  if ! cargo deb --version >/dev/null 2>&1 && [[ ! -x $bin/cargo-deb ]]; then
    [[ $install == yes ]] && cargo install --quiet --locked --root target/tools cargo-deb --version ^3 ||
      { skip "the Debian package: it needs cargo-deb, and cargo could not install it"; return 0; }
  fi
  has dpkg-shlibdeps || packages dpkg-dev || { skip "the Debian package: it needs dpkg-dev"; return 0; }
  if PATH=$PWD/$bin:$PATH run package cargo test --features otel --test deploy -- --ignored; then
    passed=$((passed + $(add_up "$log/package" '^test result: .* ([0-9]+) passed;.*')))
  else
    failed=$((failed + 1))
  fi
}
package

# ---------------------------------------------------------------------------------------------------------------------
say "What an hour of readings takes on the disk: bytes, alone in its process"
if run readings cargo test --features otel --test journal -- --ignored --exact --nocapture packed::an_hour_of_readings_on_the_disk; then
  passed=$((passed + $(add_up "$log/readings" '^test result: .* ([0-9]+) passed;.*')))
else
  failed=$((failed + 1))
fi

# ---------------------------------------------------------------------------------------------------------------------
if [[ ${SURGED_TESTS_MUTATIONS:-no} == yes ]]; then
  say "The core, broken in twenty ways"
  if run mutations tests/mutations.py --count 20; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
fi

# ---------------------------------------------------------------------------------------------------------------------
say "The simulation, against numbers of others (a glance; tests/evidence.sh has the whole)"
if SURGED=${SURGED:-${CARGO_TARGET_DIR:-$PWD/target}/debug/surged} run evidence tests/evidence.sh short; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
fi

# ---------------------------------------------------------------------------------------------------------------------
say "The console page's own tests"
if ! compgen -G 'tests/console/*.test.mjs' >/dev/null; then
  skip "the console page has no tests here"
elif ! has node && ! packages nodejs npm; then
  skip "tests/console: they need Node.js 18 or later"
else
  if run console node --test --test-reporter=tap tests/console/*.test.mjs; then good=yes; else good=no; fi
  page_passed=$(add_up "$log/console" '^# pass ([0-9]+).*')
  page_failed=$(add_up "$log/console" '^# fail ([0-9]+).*')
  [[ $good == no && $page_failed -eq 0 ]] && page_failed=1
  passed=$((passed + page_passed))
  failed=$((failed + page_failed))
fi

# ---------------------------------------------------------------------------------------------------------------------
say "A walk through the console in a real browser"
walk() {
  has node || packages nodejs npm || { skip "the walk: it needs Node.js"; return 0; }
  has npm || packages npm || { skip "the walk: it needs npm"; return 0; }
  has chromium || packages chromium || { skip "the walk: it needs Chromium"; return 0; }
  [[ $(fc-list 2>/dev/null) == *CJK* ]] || packages fonts-noto-cjk fontconfig ||
    echo "no Chinese font: pictures of the Chinese console show boxes"
  local wanted=(playwright-core playwright-for-firefox axe-core typescript ws) named=()
  # Versions are those of its package.json, where it has one.
  [[ -f tests/browser/package.json ]] || named=("${wanted[@]}")
  if ! (cd tests/browser && node -e 'for (const it of process.argv.slice(1)) require.resolve(it)' "${wanted[@]}") 2>/dev/null; then
    if [[ $install != yes ]] ||
      ! npm --prefix tests/browser install --no-save --no-audit --no-fund --loglevel=error "${named[@]}"; then
      skip "the walk: npm could not install ${wanted[*]} into tests/browser"
      return 0
    fi
  fi
  if run types node tests/types/check.mjs; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  if SURGED=${SURGED:-${CARGO_TARGET_DIR:-$PWD/target}/debug/surged} run browser node tests/browser/run.mjs; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
# What the walk in Chromium has installed is here by now.
walk_in_firefox() {
  has firefox-esr || has firefox || packages firefox-esr || { skip "the walk in Firefox: it needs Firefox"; return 0; }
  (cd tests/browser && node -e 'for (const it of ["playwright-for-firefox", "axe-core", "ws"]) require.resolve(it)') 2>/dev/null ||
    { skip "the walk in Firefox: npm could not install what it needs into tests/browser"; return 0; }
  local browser
  browser=$(command -v firefox-esr || command -v firefox)
  if FIREFOX=${FIREFOX:-$browser} SURGED=${SURGED:-${CARGO_TARGET_DIR:-$PWD/target}/debug/surged} run firefox node tests/browser/firefox.mjs; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}
if [[ -f tests/browser/run.mjs ]]; then walk; walk_in_firefox; else skip "there is no tests/browser/run.mjs"; fi

# ---------------------------------------------------------------------------------------------------------------------
say "The Python client as it is printed, against a daemon"
python=target/python
client() {
  if ! "$python/bin/python" -c 'import websockets' 2>/dev/null; then
    [[ $install == yes ]] || { skip "the Python client: $python has no websockets"; return 0; }
    # Debian's python3 comes without venv.
    python3 -c 'import venv, ensurepip' 2>/dev/null || packages python3 python3-venv ||
      { skip "the Python client: it needs Python 3 with venv"; return 0; }
    { python3 -m venv "$python" && "$python/bin/pip" install --quiet --disable-pip-version-check websockets; } ||
      { skip "the Python client: pip could not install websockets into $python"; return 0; }
  fi
  if SURGED_PYTHON=$PWD/$python/bin/python run client cargo test --features otel --test python_client -- --ignored; then
    passed=$((passed + $(add_up "$log/client" '^test result: .* ([0-9]+) passed;.*')))
  else
    failed=$((failed + 1))
  fi
}
client

# ---------------------------------------------------------------------------------------------------------------------
say "Alert rules"
# unpack PACKAGE: what is in a Debian package, into target/promtool: nothing is installed, no service starts.
unpack() {
  [[ $install == yes ]] && has apt-get && has dpkg-deb || return 1
  echo "unpacking Debian's package $1 into target/promtool"
  mkdir -p target/promtool
  # On a machine without lists of packages they are fetched by installing one that is there in any case.
  (cd target/promtool && { apt-get -qq download "$1" || { packages dpkg && apt-get -qq download "$1"; }; }) \
    >"$log/unpack" 2>&1 &&
    dpkg-deb -x target/promtool/"$1"_*.deb target/promtool && rm -f target/promtool/*.deb ||
    { tail -n 3 "$log/unpack"; return 1; }
}
promtool=$(command -v promtool || echo target/promtool/usr/bin/promtool)
[[ -x $promtool ]] || unpack prometheus || true
if [[ -x $promtool ]]; then
  if run alerts "$promtool" check rules deploy/prometheus/alerts.yml &&
    run alerts "$promtool" test rules deploy/prometheus/alerts.test.yml &&
    run alerts "$promtool" check config --syntax-only deploy/compose/prometheus.yml; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
else
  skip "the alert rules: they need promtool (in Debian's package prometheus), and it could not be fetched"
fi

# ---------------------------------------------------------------------------------------------------------------------
say "Whom Alertmanager tells"
# leads SEVERITY RECEIVER: an alert of this severity comes to this receiver.
leads() {
  local receiver
  receiver=$("$amtool" config routes test --config.file=deploy/compose/alertmanager.yml "severity=$1" 2>/dev/null)
  echo "$1: $receiver"
  [[ $receiver == "$2" ]] || { echo "expected it to come to $2"; return 1; }
}
amtool=$(command -v amtool || echo target/promtool/usr/bin/amtool)
[[ -x $amtool ]] || unpack prometheus-alertmanager || true
if [[ -x $amtool ]]; then
  if run routes "$amtool" check-config deploy/compose/alertmanager.yml && leads critical page && leads warning mailbox; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
else
  skip "whom Alertmanager tells: it needs amtool (in Debian's package prometheus-alertmanager), and it could not be fetched"
fi

# ---------------------------------------------------------------------------------------------------------------------
say "The manifests and the compose file, against their schemas"
schemas() {
  if [[ ! -x $python/bin/kubernetes-validate || ! -x $python/bin/check-jsonschema ]]; then
    [[ $install == yes && -x $python/bin/pip ]] &&
      "$python/bin/pip" install --quiet --disable-pip-version-check kubernetes-validate check-jsonschema ||
      { skip "schemas of deploy/: pip could not install kubernetes-validate and check-jsonschema into $python"; return 0; }
  fi
  if run schemas "$python/bin/kubernetes-validate" --strict deploy/kubernetes/surged.yaml &&
    run schemas "$python/bin/check-jsonschema" --builtin-schema vendor.compose-spec deploy/compose/compose.yaml; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}
schemas

# ---------------------------------------------------------------------------------------------------------------------
say "Each alert fires and clears before a real Prometheus, and the dashboard shows something"
fire() {
  local prometheus faketime
  prometheus=$(command -v prometheus || echo "$PWD/target/promtool/usr/bin/prometheus")
  [[ -x $prometheus ]] || unpack prometheus || true
  [[ -x $prometheus ]] || { skip "alerts that fire: they need Prometheus, and it could not be fetched"; return 0; }
  has strace || packages strace || skip "alerts of the disk: they need strace"
  faketime=$(compgen -G "$PWD/target/promtool/usr/lib/*/faketime/libfaketimeMT.so.1" || true)
  if [[ -z $faketime ]]; then
    unpack libfaketime || skip "the alert of the clock: it needs libfaketime"
    faketime=$(compgen -G "$PWD/target/promtool/usr/lib/*/faketime/libfaketimeMT.so.1" || true)
  fi
  [[ -z $faketime ]] || export SURGED_FAKETIME=$faketime
  if SURGED_PROMETHEUS=$prometheus run fire cargo test --features otel --test alerts -- --include-ignored --nocapture; then
    passed=$((passed + $(add_up "$log/fire" '^test result: .* ([0-9]+) passed;.*')))
  else
    failed=$((failed + 1))
  fi
}
fire

# ---------------------------------------------------------------------------------------------------------------------
say "Sum"
for one in "${skipped[@]}"; do
  echo "skipped: $one"
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
