//! A log of inputs and decisions, and the proof that it stands: the same inputs give the same decisions, byte for byte, however
//! often the core is woken; and a crash between any two of its records, with or without a snapshot, loses nothing and decides nothing twice.

use surged_core::{Core, Decision, Input, Millis, Time};

/// One entry of the duty log.
#[derive(Clone, Debug)]
pub enum Entry {
    /// What happened.
    Input(Time, Input),
    /// What was decided.
    Decision(Decision),
}

/// How many crashes are tried over one log. Fewer where that has to be quick: SURGED_CRASHES=4.
const CRASHES: usize = 60;

fn crashes() -> usize {
    let said = std::env::var("SURGED_CRASHES").ok();
    said.map_or(CRASHES, |said| said.parse().unwrap())
}

/// Proves a log that began at `start` with an empty core and ended with everything decided by `end`.
///
/// # Errors
/// What does not stand, in words.
pub fn prove(start: Time, log: &[Entry], end: Time) -> Result<(), String> {
    let inputs: Vec<(Time, Input)> = log
        .iter()
        .filter_map(|entry| match entry {
            Entry::Input(at, input) => Some((*at, input.clone())),
            Entry::Decision(_) => None,
        })
        .collect();
    let (told, state) = run(Core::new(start), &inputs, end, 0)?;
    same("the same inputs", &decisions(log, |_| true), &told)?;
    let (woken, woken_state) = run(Core::new(start), &inputs, end, 0x9e37_79b9)?;
    same("the same inputs, woken more often", &told, &woken)?;
    equal(
        "the state after the same inputs, woken more often",
        &state,
        &woken_state,
    )?;
    let step = log.len() / crashes() + 1;
    for cut in (1..=log.len()).rev().step_by(step) {
        if !within_one_millisecond(&log[..cut], &log[cut..]) {
            crash(start, &log[..cut], &log[cut..], &inputs, end, &state)?;
        }
    }
    for cut in (1..=inputs.len()).rev().step_by(inputs.len() / crashes() + 1) {
        snapshot(start, &inputs, cut, end, &told, &state)?;
    }
    Ok(())
}

/// Every decision of a log that is asked for, one a line.
fn decisions(log: &[Entry], wanted: impl Fn(&Decision) -> bool) -> Vec<String> {
    log.iter()
        .filter_map(|entry| match entry {
            Entry::Decision(decision) if wanted(decision) => Some(line(decision)),
            _ => None,
        })
        .collect()
}

/// Drives a core over inputs; with a seed it is woken at many other moments as well.
fn run(mut core: Core, inputs: &[(Time, Input)], end: Time, seed: u64) -> Result<(Vec<String>, String), String> {
    let mut told = Vec::new();
    let mut random = seed;
    for (at, input) in inputs {
        let mut wake = core.now();
        while seed != 0 && wake < *at {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let span = ((*at - wake).0 as u64 / 2).max(1);
            wake = wake + Millis(1 + ((random >> 33) % span) as i64);
            core.handle_timeout(wake.min(*at));
            core.handle_timeout(wake.min(*at));
            drain(&mut core, &mut told);
        }
        core.handle_timeout(*at);
        drain(&mut core, &mut told);
        core.handle(input.clone(), *at)
            .map_err(|refusal| format!("{input:?} was taken before and is now refused: {refusal:?}"))?;
        drain(&mut core, &mut told);
    }
    core.handle_timeout(end);
    drain(&mut core, &mut told);
    Ok((told, bytes(&core)))
}

/// The daemon dies after any entry and starts again from the log. What was only said aloud with the input that the log ends with
/// may be missing; nothing that changes the floor may.
fn crash(
    start: Time,
    kept: &[Entry],
    rest: &[Entry],
    inputs: &[(Time, Input)],
    end: Time,
    state: &str,
) -> Result<(), String> {
    let mut core = Core::new(start);
    let mut taken = 0;
    for entry in kept {
        match entry {
            Entry::Input(at, input) => {
                core.recall_input(input.clone(), *at);
                taken += 1;
            }
            Entry::Decision(decision) => core.recall_decision(decision),
        }
    }
    core.recalled();
    let what = format!(
        "a crash after entry {} of {}: {:?}",
        kept.len(),
        kept.len() + rest.len(),
        kept.last()
    );
    let (told, recalled) = run(core, &inputs[taken..], end, 0).map_err(|fault| format!("{what}: {fault}"))?;
    let loud = |line: &String| {
        !AFTER_AN_INPUT
            .iter()
            .any(|kind| line.contains(&format!("\"decision\":\"{kind}\"")))
    };
    let told: Vec<String> = told.into_iter().filter(loud).collect();
    let expected: Vec<String> = decisions(rest, |_| true).into_iter().filter(loud).collect();
    same(&what, &expected, &told)?;
    equal(&what, state, &recalled)
}

/// Whether a crash here would tear apart what was decided in one millisecond. That is made durable together or not at all.
fn within_one_millisecond(kept: &[Entry], rest: &[Entry]) -> bool {
    match (kept.last(), rest.first()) {
        (Some(Entry::Decision(last)), Some(Entry::Decision(next))) => last.at == next.at,
        _ => false,
    }
}

/// The daemon stops in order after an input and starts again from its snapshot.
fn snapshot(
    start: Time,
    inputs: &[(Time, Input)],
    cut: usize,
    end: Time,
    expected: &[String],
    state: &str,
) -> Result<(), String> {
    let mut core = Core::new(start);
    let mut told = Vec::new();
    for (at, input) in &inputs[..cut] {
        core.handle(input.clone(), *at)
            .map_err(|refusal| format!("{refusal:?}"))?;
        drain(&mut core, &mut told);
    }
    let core: Core =
        serde_json::from_str(&bytes(&core)).map_err(|fault| format!("a snapshot cannot be read: {fault}"))?;
    let (rest, restored) = run(core, &inputs[cut..], end, 0)?;
    told.extend(rest);
    let what = format!("a snapshot after input {cut} of {}", inputs.len());
    same(&what, expected, &told)?;
    equal(&what, state, &restored)
}

/// What is said aloud while an input is taken in, and changes nothing.
const AFTER_AN_INPUT: [&str; 10] = [
    "approved",
    "approval_refused",
    "feed_back",
    "answered",
    "nobody_listening",
    "paused",
    "resumed",
    "incident",
    "incident_over",
    "ladder_changed",
];

/// Takes every decision out of a core.
fn drain(core: &mut Core, told: &mut Vec<String>) {
    while let Some(decision) = core.poll_effect() {
        told.push(line(&decision));
    }
}

fn line(decision: &Decision) -> String {
    serde_json::to_string(decision).unwrap()
}

/// A core as its snapshot.
pub fn bytes(core: &Core) -> String {
    serde_json::to_string(core).unwrap()
}

fn same(what: &str, expected: &[String], came: &[String]) -> Result<(), String> {
    let split = expected.iter().zip(came).position(|(one, other)| one != other);
    let at = split.unwrap_or(expected.len().min(came.len()));
    match (expected.get(at), came.get(at)) {
        (None, None) => Ok(()),
        (expected, came) => Err(format!(
            "{what}: decision {at} should be\n  {expected:?}\nand is\n  {came:?}"
        )),
    }
}

fn equal(what: &str, expected: &str, came: &str) -> Result<(), String> {
    if expected == came {
        return Ok(());
    }
    let at = expected
        .bytes()
        .zip(came.bytes())
        .position(|(one, other)| one != other)
        .unwrap_or(0);
    let around = |text: &str| text[at.saturating_sub(200)..text.len().min(at + 80)].to_owned();
    Err(format!(
        "{what}: the state should read\n  …{}\nand reads\n  …{}",
        around(expected),
        around(came)
    ))
}
