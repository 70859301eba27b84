#!/usr/bin/env bash
# Bugs, planted one at a time into a copy of the source (planted.patch, in which SURGED_PLANTED says which of them bites): each must
# be caught. Run from anywhere; with numbers as arguments only those. The copy is built in target/planted. What each is stands in the patch
# and in docs/reliability.md. To write the patch anew after the source has changed: apply it by hand, `git diff > tests/planted/planted.patch`.
set -euo pipefail
cd "$(dirname "$0")/../.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | xargs -0 cp --parents -t "$copy"
(cd "$copy" && git init -q && git apply --whitespace=nowarn tests/planted/planted.patch)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/planted
cd "$copy"

# Which test is to catch it; most are days of the simulation.
caught_by() {
  case $1 in
    5) echo "--test floor a_slow_receiver_is_cut_off" ;;
    19) echo "--lib daemon::driver::snapshots::" ;;
    20) echo "--test daemon_scopes a_search_tells_nothing_of_other_queues" ;;
    21) echo "--lib floor::places::" ;;
    22) echo "--test process_faults crowds_that_come_and_go" ;;
    23) echo "--lib clock::" ;;
    24) echo "--lib feed::session::" ;;
    25) echo "--test floor a_close_frame_is_answered_with_one" ;;
    26) echo "--lib floor::access::" ;;
    27) echo "--test process_faults no_line_bears_a_token_and_no_note_breaks_a_line" ;;
    28) echo "--test process_faults files_of_the_daemon_are_for_its_user_alone" ;;
    29) echo "--test process_faults a_stuck_reader_of_log_lines" ;;
    *) echo "--test simulation whatever_fails" ;;
  esac
}

export SURGED_SEEDS=${SURGED_SEEDS:-150}
# What else cargo is to be given, as in SURGED_CARGO="--features otel".
read -ra more <<<"${SURGED_CARGO:-}"
cargo test -q "${more[@]}" --lib --test simulation --test floor --test daemon_scopes --test process_faults --no-run
missed=()
for bug in 0 ${@:-$(seq 1 29)}; do
  line=$(sed -nE "s,^\+ *// $bug: (.*)\$,\1,p" tests/planted/planted.patch | head -n 1)
  # shellcheck disable=SC2046
  if SURGED_PLANTED=$bug cargo test -q "${more[@]}" $(caught_by "$bug") >"$copy/said" 2>&1; then
    was="not caught"
  else
    was="caught: $(grep -m 1 -E '^seed [0-9]+: |panicked at' "$copy/said" | cut -c 1-160)"
  fi
  if [[ $bug == 0 ]]; then
    [[ $was == "not caught" ]] || { echo "the tests fail without a planted bug: $was"; exit 1; }
    echo "without a planted bug: all pass"
  else
    echo "$bug  ${line:-?}"
    echo "     $was"
    [[ $was != "not caught" ]] || missed+=("$bug")
  fi
done
if [[ ${#missed[@]} -gt 0 ]]; then
  echo "NOT CAUGHT: ${missed[*]}"
  exit 1
fi
