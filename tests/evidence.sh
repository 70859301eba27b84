#!/usr/bin/env bash
# Holds the simulation against numbers that nobody here made up: exact formulas, an exact chain, another simulator's published runs.
# Prints every one of them as a table - ours with its standard error, theirs, inside or not - and fails where one is outside.
#
#   tests/evidence.sh          whole: 30 seeds, within 3 standard errors, or the 95 % interval meets the published one
#   tests/evidence.sh short    a glance: 4 seeds, within 8 standard errors of so few or within a tenth; less than a minute
#
# SURGED names another binary. Then it runs one case on one thread and on two, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

seeds=30
wide=0
if [[ ${1:-} == short ]]; then
  seeds=4
  wide=8
elif [[ -n ${1:-} ]]; then
  echo "usage: tests/evidence.sh [short]" >&2
  exit 2
fi
surged=${SURGED:-}
if [[ -z $surged ]]; then
  cargo build -q --bin surged
  surged=${CARGO_TARGET_DIR:-target}/debug/surged
fi
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

simulate() { "$surged" simulate -c "config/scenarios/$1.plan.toml" --scenario "config/scenarios/$2.toml" "${@:3}"; }

failed=0
rows=0
printf '%-13s %-22s %12s %11s %12s %22s %7s\n' case measure ours 'std. error' theirs 'their interval' errors
for case in erlang_a erlang_c mmc mmcab callcc chain_48_120 chain_52_120 chain_60_120 chain_52_300 chain_60_300; do
  plan=no_ladder
  [[ $case == chain_* ]] && plan=chain
  if ! simulate "$plan" "$case" --seeds "$seeds" >"$log/$case"; then
    echo "FAILED: $case does not run"
    failed=1
    continue
  fi
  # measure, ours, error, theirs, interval ("exact", or two words), errors off, inside or OUTSIDE.
  found=$(sed -n '/^outside numbers/,$p' "$log/$case" | tail -n +3 | awk -v name="$case" -v wide="$wide" '
    {
      exact = ($5 == "exact")
      interval = exact ? "exact" : $5 " " $6
      off = exact ? $6 : $7
      inside = exact ? $7 : $8
      if (wide > 0) {
        # Of so few seeds the error is itself uncertain, and may come out far too small.
        size = off < 0 ? -off : off
        apart = $2 > $4 ? $2 - $4 : $4 - $2
        inside = (inside == "inside" || size <= wide || apart <= $4 / 10) ? "inside" : "OUTSIDE"
      }
      printf "%-13s %-22s %12s %11s %12s %22s %7s  %s\n", name, $1, $2, $3, $4, interval, off, inside
    }')
  if [[ -z $found ]]; then
    echo "FAILED: $case has no outside numbers"
    failed=1
    continue
  fi
  printf '%s\n' "$found"
  rows=$((rows + $(wc -l <<<"$found")))
  if grep -q 'OUTSIDE$' <<<"$found"; then
    failed=1
  fi
done

# A tuner against a known best: what it finds on the chain, by the exact value of every threshold and size. tests/tune.rs has the short form.
if [[ $wide -eq 0 ]]; then
  "$surged" tune config/scenarios/chain_52_120.toml -c config/scenarios/chain.plan.toml --seeds 12 --uncertain off --format json \
    --vary tier.helpers.when.waiting_above=1..10/1 --vary pool.helpers.size=1..8/1 \
    --weigh lost=1,minutes_above_10=2,moves=0.5,hours=4 >"$log/tune"
  found=$(python3 - "$log/tune" tests/tune/chain_52_120.csv <<'EOF'
import csv, json, sys
best = json.load(open(sys.argv[1]))["best"]
point = best["settings"]["tier.helpers.when.waiting_above"], best["settings"]["pool.helpers.size"]
exact = {(int(row["above"]), int(row["size"])): float(row["aim_an_hour"]) for row in csv.DictReader(open(sys.argv[2]))}
ours, theirs = exact[point], min(exact.values())
error = best["aim"]["standard_error"] / 60
off = f"{(ours / theirs - 1) * 100:+.1f}%"
inside = "inside" if ours <= theirs * 1.02 else "OUTSIDE"
print(f"{'tune_52_120':13} {'aim_an_hour':22} {ours:12.5f} {error:11.5f} {theirs:12.5f} {'the exact best':>22} {off:>7}  {inside}")
EOF
  )
  printf '%s\n' "$found"
  rows=$((rows + 1))
  if [[ $found != *inside ]]; then
    failed=1
  fi
fi

for threads in 1 2; do
  simulate chain chain_52_120 --seeds 4 --format json --threads "$threads" >"$log/threads.$threads"
done
if cmp "$log/threads.1" "$log/threads.2"; then
  echo "same seeds, same bytes on 1 and on 2 threads"
else
  echo "FAILED: the same seeds give other bytes on another number of threads"
  failed=1
fi

if [[ $failed -ne 0 ]]; then
  echo "FAILED: not every number is inside"
  exit 1
fi
echo "$rows of $rows numbers inside"
