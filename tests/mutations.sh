#!/usr/bin/env bash
# Breaks the core in ten ways, one after the other, and sees that the reference model notices each.
#
#   tests/mutations.sh             all ten
#   tests/mutations.sh fairness    those whose name holds this word
#
# The core is a package of its own: it is copied to a temporary directory, with its tests, and built in target/mutations. What each mutation breaks stands at the top of src/core/tests/model_days.rs. A mutation whose text is not found
# exactly once fails as well: then the core has changed, and the mutation has to follow.
set -euo pipefail
cd "$(dirname "$0")/.."

only=${1:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
export CARGO_TARGET_DIR=$PWD/target/mutations SURGED_DAYS=${SURGED_DAYS:-2000}

fresh() {
  rm -rf "$copy/src"
  mkdir -p "$copy/src"
  cp -r src/core "$copy/src/core"
  cp Cargo.lock "$copy/"
  cat >"$copy/Cargo.toml" <<'TOML'
[workspace]
members = ["src/core"]
resolver = "3"

[workspace.package]
version = "0.1.0"
edition = "2024"
rust-version = "1.95"
license = "Apache-2.0"

[workspace.lints]

[profile.dev]
opt-level = 1
debug = "line-tables-only"
TOML
}

# replace FILE FROM TO: literally, exactly once.
replace() {
  FROM=$2 TO=$3 perl -0777 -pi -e '
    my ($from, $to) = ($ENV{FROM}, $ENV{TO});
    my $found = () = /\Q$from\E/g;
    die "expected this once in $ARGV, found it $found times: $from\n" if $found != 1;
    s/\Q$from\E/$to/;
  ' "$copy/src/core/$1"
}

model() { cargo test --quiet --manifest-path "$copy/Cargo.toml" --test model_days >"$copy/log" 2>&1; }

survived=()
# mutation NAME FILE FROM TO
mutation() {
  local name=$1 seconds=$SECONDS
  [[ $name == *"$only"* ]] || return 0
  fresh
  replace "$2" "$3" "$4" || { survived+=("$name (not applied)"); return 0; }
  if model; then
    echo "SURVIVED: $name"
    survived+=("$name")
  elif grep -q 'cut to what matters' "$copy/log"; then
    echo "caught in $((SECONDS - seconds)) s: $name: $(grep -o 'day [0-9]*, cut' "$copy/log" | head -n 1 | tr -d ,  | sed 's/ cut//')"
  else
    tail -n 20 "$copy/log"
    survived+=("$name (does not build, or fails otherwise)")
  fi
}

fresh
if ! model; then
  tail -n 40 "$copy/log"
  echo "the core as it is does not agree with the model: mend that first"
  exit 1
fi
echo "the core as it is agrees with the model"

mutation fairness people.rs \
  '.map_or((None, 0), |known| (known.asked_at, known.times))' \
  '.map_or((None, 0), |known| (None, known.times))'
mutation clock queue.rs \
  'Sight::Blind { since, .. } => now.min(since),' \
  'Sight::Blind { .. } => now,'
mutation order-of-release decide/releases.rs \
  'let Some(top) = queue.stack.last() else {
            queue.surge' \
  'let Some(top) = queue.stack.first() else {
            queue.surge'
mutation keep roster.rs \
  'free.saturating_sub(keep).min(rested)' \
  'free.min(rested)'
mutation lent-twice roster.rs \
  '&& !self.lent.has(person)
                && !is_signed_in' \
  '&& !is_signed_in'
mutation shadow apply.rs \
  'if !instruction.shadow {
            self.derived.lent.add(&instruction.parts);
        }' \
  'self.derived.lent.add(&instruction.parts);'
mutation approval decide/calls.rs \
  'None if asked.again_at <= at => Gate::Ask {' \
  'None if asked.again_at < at => Gate::Ask {'
mutation rest people.rs \
  'filter(|until| *until > at)' \
  'filter(|until| *until >= at)'
mutation hour roster.rs \
  'queue.calls.len().checked_sub(max as usize)' \
  'queue.calls.len().checked_sub(max as usize + 1)'
mutation max-stay decide/releases.rs \
  'due: at + max_stay,' \
  'due: at + max_stay + super::super::Millis(1),'

if ((${#survived[@]})); then
  printf 'not caught: %s\n' "${survived[@]}"
  exit 1
fi
echo "every mutation was caught"
