//! What must be true of a day, looked at from its log and from what was heard: the plan's invariants, and that one thing said is the
//! same live, after a resume and over HTTP.

use super::day::CAST;
use super::run::OverHttp;
use super::world::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use surged::core::{Action, Core, Decision, Input, Name, Time, What};
use surged::journal::{Entry, Fact, Record, Recovered, Snapshot};
use surged::wire::ServerMessage;

/// The plans' `stale_after`.
const STALE_MS: i64 = 6_000;

/// Entries of one turn, at most: events of the feeds, and what follows from them.
const MOST_A_TURN: u64 = 400;

/// Everything that the log must show, and that everybody must have heard.
pub fn prove(state: &mut State, over_http: Option<OverHttp>, snapshot: Option<Snapshot>) {
    let entries = std::mem::take(&mut state.log.entries);
    let mut faults = Vec::new();
    let whole = entries.iter().position(|entry| loses_readings(&entry.record));
    let seen = &entries[..whole.unwrap_or(entries.len())];
    faults.extend(sound(&entries).err());
    faults.extend(sighted(seen).err());
    faults.extend(again(seen).err());
    if whole.is_none() {
        faults.extend(folded(&entries, snapshot).err());
    }
    let said = said(&entries);
    for client in &state.clients {
        let heard = client.numbered.iter().map(plain);
        let upto = client.since;
        let meant = said
            .range(..=upto)
            .filter(|(seq, _)| client.lost.iter().all(|lost| !lost.contains(seq)));
        let meant = meant.map(|(_, it)| it.clone());
        faults.extend(same(&format!("what {} heard", client.name), meant.collect(), heard.collect()).err());
    }
    if let Some(OverHttp { written, messages }) = over_http {
        let told: Vec<Value> = messages.iter().map(plain).collect();
        let upto = told.last().and_then(|it| it["seq"].as_u64()).unwrap_or(0).max(written);
        let meant = said.range(..=upto).map(|(_, it)| it.clone());
        faults.extend(same("what HTTP tells of the log", meant.collect(), told).err());
    }
    for fault in faults {
        state.fault(fault);
    }
    state.log.entries = entries;
}

/// From here on the log lacks readings, which a failing log leaves out.
fn loses_readings(record: &Record) -> bool {
    matches!(record, Record::Fact(Fact::JournalFailing { failing: true, .. }))
}

/// Invariants 3 and 7: numbers rise without a gap, no instruction is given twice, what is taken back was asked for.
fn sound(entries: &[Entry]) -> Result<(), String> {
    let mut given: BTreeMap<u64, Name> = BTreeMap::new();
    let mut at = Time(i64::MIN);
    for (entry, wanted) in entries.iter().zip(1..) {
        if entry.seq != wanted {
            return Err(format!("entry {} stands where {wanted} belongs", entry.seq));
        }
        // Facts stand where they were written; what the core was told and decided is in its own order.
        if !matches!(entry.record, Record::Fact(_)) {
            if entry.at < at {
                let kind = entry.record.kind();
                let back = (at - entry.at).0;
                return Err(format!("entry {wanted} ({kind}) is {back} ms before the one before it"));
            }
            at = entry.at;
        }
        let Some(instruction) = instruction(entry) else {
            continue;
        };
        let id = instruction.id.0;
        if given.last_key_value().is_some_and(|(last, _)| *last >= id) {
            return Err(format!(
                "instruction {id} is given twice, or after a later one (entry {wanted})"
            ));
        }
        // Moves that a count found have numbers, and no instruction of their own.
        if let Some(of) = instruction.of
            && (of.0 >= id || given.get(&of.0).is_some_and(|queue| *queue != instruction.queue))
        {
            return Err(format!(
                "instruction {id} takes back {of}, which {} never had",
                instruction.queue
            ));
        }
        given.insert(id, instruction.queue.clone());
    }
    Ok(())
}

fn instruction(entry: &Entry) -> Option<&surged::core::Instruction> {
    match &entry.record {
        Record::Decision(Decision {
            what: What::Instruct { instruction, .. },
            ..
        }) => Some(instruction),
        _ => None,
    }
}

/// Invariant 2: nothing is decided by measure for a queue that nobody could see.
fn sighted(entries: &[Entry]) -> Result<(), String> {
    let mut vouched: BTreeMap<Name, Time> = BTreeMap::new();
    let mut blind: BTreeSet<Name> = BTreeSet::new();
    for entry in entries {
        match &entry.record {
            Record::Input(Input::Reading { reading }) => {
                vouched.insert(reading.queue.clone(), entry.at);
            }
            Record::Input(Input::Heartbeat { .. }) => vouched.values_mut().for_each(|at| *at = entry.at),
            Record::Decision(decision) => match &decision.what {
                What::FeedLost { .. } => {
                    blind.insert(decision.queue.clone());
                }
                What::FeedBack { .. } => {
                    blind.remove(&decision.queue);
                }
                What::Instruct { instruction, .. }
                    if instruction.by.is_none() && matches!(instruction.action, Action::SignIn | Action::SignOut) =>
                {
                    let queue = &decision.queue;
                    let age = vouched.get(queue).map(|at| (decision.at - *at).0);
                    if blind.contains(queue) || age.is_none_or(|age| age > STALE_MS) {
                        return Err(format!(
                            "entry {}: {} is decided for {queue}, of which nothing was heard for {age:?} ms",
                            entry.seq, instruction.id
                        ));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(())
}

/// Invariants 5, 6 and 8: a core that never crashed, was never paused and is told the same decides the same.
fn again(entries: &[Entry]) -> Result<(), String> {
    let Some(first) = entries.first() else { return Ok(()) };
    let mut core = Core::new(first.at);
    let mut decided: VecDeque<Decision> = VecDeque::new();
    let last = entries.last().map_or(first.at, |entry| entry.at);
    for entry in entries {
        match &entry.record {
            Record::Input(input) => {
                core.handle_timeout(entry.at);
                decided.extend(std::iter::from_fn(|| core.poll_effect()));
                core.handle(input.clone(), entry.at)
                    .map_err(|refusal| format!("entry {} was taken and is refused: {refusal:?}", entry.seq))?;
                decided.extend(std::iter::from_fn(|| core.poll_effect()));
            }
            Record::Decision(decision) => {
                if decided.is_empty() {
                    core.handle_timeout(decision.at.min(last));
                    decided.extend(std::iter::from_fn(|| core.poll_effect()));
                }
                let wanted = decided.pop_front();
                if wanted.as_ref() != Some(decision) {
                    return Err(format!(
                        "entry {} is\n    {decision:?}\n  and a core that never crashed decides\n    {wanted:?}",
                        entry.seq
                    ));
                }
            }
            Record::Fact(_) => {}
        }
    }
    match decided.front() {
        None => Ok(()),
        Some(missing) => Err(format!("a core that never crashed decides also {missing:?}")),
    }
}

/// Invariant 5: the state is a fold over the log; the snapshot of the farewell says the same.
fn folded(entries: &[Entry], snapshot: Option<Snapshot>) -> Result<(), String> {
    let (Some(first), Some(snapshot)) = (entries.first(), snapshot) else {
        return Err("the daemon that was stopped in good order left no snapshot".to_owned());
    };
    let mut core = Core::new(first.at);
    for entry in entries.iter().filter(|entry| entry.seq <= snapshot.seq) {
        entry.clone().recall(&mut core);
    }
    core.recalled();
    let state = |mut it: Value| {
        it.as_object_mut().unwrap().remove("now");
        it
    };
    let folded = state(serde_json::to_value(&core).unwrap());
    let kept = state(serde_json::from_slice(&snapshot.state).unwrap());
    match first_difference("", &folded, &kept) {
        None => Ok(()),
        Some(where_it_is) => Err(format!("the snapshot is not what the log says: {where_it_is}")),
    }
}

fn first_difference(place: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => a
            .iter()
            .find_map(|(key, it)| first_difference(&format!("{place}/{key}"), it, b.get(key).unwrap_or(&Value::Null))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => (a.iter().zip(b).enumerate())
            .find_map(|(index, (it, that))| first_difference(&format!("{place}/{index}"), it, that)),
        _ => (one != other).then(|| format!("{place}: {one} and {other}")),
    }
}

/// Everything that the log has to tell, by number.
fn said(entries: &[Entry]) -> BTreeMap<u64, Value> {
    let told = entries
        .iter()
        .filter_map(|entry| Some((entry.seq, plain(&json!(ServerMessage::of(entry)?)))));
    told.collect()
}

/// A message, whether it went out logged or not.
fn plain(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(message) = message.as_object_mut() {
        message.remove("unlogged");
    }
    message
}

fn same(what: &str, meant: Vec<Value>, came: Vec<Value>) -> Result<(), String> {
    if meant == came {
        return Ok(());
    }
    let at = meant.iter().zip(&came).position(|(one, other)| one != other);
    let at = at.unwrap_or(meant.len().min(came.len()));
    let show = |it: Option<&Value>| it.map_or("nothing".to_owned(), Value::to_string);
    Err(format!(
        "{what}: message {at} of {} should be\n    {}\n  and is\n    {}",
        meant.len(),
        show(meant.get(at)),
        show(came.get(at))
    ))
}

/// However often the daemon died before its time, a start never has more to read than what was written between two snapshots: what one turn
/// takes in beside it is what waited meanwhile.
pub fn begins_near_its_end(state: &mut State, recovered: &Recovered, snapshot_every: u64) {
    let read = recovered.entries_after.len() as u64;
    if read > snapshot_every + MOST_A_TURN {
        state.fault(format!(
            "a start has {read} entries to read, where a snapshot is due after {snapshot_every}"
        ));
    }
}

/// After everything was put right: everybody sees how things are.
pub fn all_is_well(state: &mut State) {
    let mut faults = Vec::new();
    for client in &state.clients {
        let name = client.name;
        if client.here.is_none() {
            faults.push(format!("{name} is not on the floor though nothing is in the way"));
            continue;
        }
        for (queue, waiting) in &state.phones.waiting {
            let Some(shown) = client.queues.get(*queue) else {
                faults.push(format!("{name} is not shown {queue}"));
                continue;
            };
            if shown["blind"] != false || shown["waiting"] != *waiting {
                faults.push(format!(
                    "{name} is shown {queue} with {} waiting, blind {}; there are {waiting}",
                    shown["waiting"], shown["blind"]
                ));
            }
        }
    }
    debug_assert_eq!(CAST.len(), state.clients.len());
    for fault in faults {
        state.fault(fault);
    }
}
