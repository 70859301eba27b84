//! How one queue stands for whoever is told only what changed of it: each field as JSON, and since which version it is so.
//!
//! What only goes on by itself is no change: a wait and a window that grow are counted from their beginning, which is told, and a
//! queue that is seen was vouched for a moment ago.

use crate::core::{InstructionId, Millis};
use crate::wire::{OpenInstruction, QueueState, TierState};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A queue that is seen is said to have been vouched for this often.
const VOUCHED_EVERY: Millis = Millis::from_secs(5);

/// Sources count waits in whole seconds: one that began so little earlier or later is the same.
const SAME_WAIT: Millis = Millis::from_secs(1);

/// A queue as it was told, field by field.
pub(super) struct Changes {
    told: Arc<QueueState>,
    queue: Fields,
    open: BTreeMap<InstructionId, Fields>,
    /// Since when exactly these are open.
    open_since: u64,
}

/// Fields by name.
#[derive(Default)]
struct Fields(BTreeMap<String, Field>);

/// A field as JSON with its name, and since which version it is so.
struct Field {
    since: u64,
    json: String,
}

impl Changes {
    /// All of a queue is new.
    pub fn of(state: &Arc<QueueState>, open: &[Arc<OpenInstruction>], version: u64) -> Changes {
        let mut changes = Changes {
            told: Arc::clone(state),
            queue: Fields::default(),
            open: BTreeMap::new(),
            open_since: version,
        };
        changes.queue.tell(&**state, version);
        for open in open {
            changes.open_anew(open).tell(&**open, version);
        }
        changes
    }

    /// Takes in how it stands now; whether that is news. An instruction beyond `newest` goes out as a message of its own, which says
    /// what it is.
    pub fn tell(
        &mut self,
        state: &Arc<QueueState>,
        open: &[Arc<OpenInstruction>],
        newest: Option<InstructionId>,
        version: u64,
    ) -> bool {
        let mut news = false;
        if !Arc::ptr_eq(&self.told, state) {
            let state = Arc::new(going_on(&self.told, state));
            news |= *self.told != *state && self.queue.tell(&*state, version);
            self.told = state;
        }
        let is_open = |id: &InstructionId| open.iter().any(|open| open.instruction.id == *id);
        let before = self.open.len();
        self.open.retain(|id, _| is_open(id));
        let mut others = self.open.len() != before;
        for open in open {
            let id = open.instruction.id;
            if !self.open.contains_key(&id) {
                others = true;
                if Some(id) > newest {
                    self.open_anew(open).tell(&as_given(open), 0);
                } else {
                    self.open_anew(open);
                }
            }
            if let Some(fields) = self.open.get_mut(&id) {
                news |= fields.tell(&**open, version);
            }
        }
        if others {
            self.open_since = version;
        }
        news || others
    }

    /// What whoever knows this version has to be told of the queue, as the members of an object; `None`: nothing.
    pub fn queue_since(&self, version: u64) -> Option<String> {
        let mut members = self.queue.since(version);
        if self.open_since > version {
            let ids: Vec<String> = self.open.keys().map(InstructionId::to_string).collect();
            members.push_str(&format!(r#","open":[{}]"#, ids.join(",")));
        }
        // Of a queue whose instructions alone changed it is told that it is the one.
        let any = !members.is_empty() || self.open.values().any(|fields| !fields.since(version).is_empty());
        any.then(|| format!("{{{}{members}}}", name_of("queue", &self.told.queue)))
    }

    /// What changed of its open instructions.
    pub fn instructions_since<'a>(&'a self, version: u64) -> impl Iterator<Item = String> + 'a {
        self.open.iter().filter_map(move |(id, fields)| {
            let members = fields.since(version);
            let queue = name_of("queue", &self.told.queue);
            (!members.is_empty()).then(|| format!(r#"{{"id":{id},{queue}{members}}}"#))
        })
    }

    fn open_anew(&mut self, open: &OpenInstruction) -> &mut Fields {
        self.open.entry(open.instruction.id).or_default()
    }
}

impl Fields {
    /// Takes in how something stands now; whether any field is another.
    fn tell<T: Serialize>(&mut self, it: &T, version: u64) -> bool {
        // As in `ServerMessage::encode`: every message is plain data that JSON can say.
        let Ok(object) = serde_json::to_string(it) else {
            return false;
        };
        let (mut news, mut told) = (false, 0);
        for (name, member) in members(&object) {
            told += 1;
            match self.0.get_mut(name) {
                Some(field) => news |= field.tell(member, version),
                None => {
                    news = true;
                    let field = Field {
                        since: version,
                        json: member.to_owned(),
                    };
                    self.0.insert(name.to_owned(), field);
                }
            }
        }
        if told < self.0.len() {
            // A field that is left out where there is nothing to say is said to be nothing.
            for (name, field) in &mut self.0 {
                if !members(&object).any(|(told, _)| told == name) {
                    news |= field.tell(&format!("{}:null", json(name)), version);
                }
            }
        }
        news
    }

    /// The members of an object, each after a comma. What tells which object it is stands in front of them.
    fn since(&self, version: u64) -> String {
        let mut members = String::new();
        for (name, field) in &self.0 {
            if field.since > version && name != "queue" && name != "id" {
                members.push(',');
                members.push_str(&field.json);
            }
        }
        members
    }
}

impl Field {
    fn tell(&mut self, json: &str, version: u64) -> bool {
        let news = self.json != json;
        if news {
            *self = Field {
                since: version,
                json: json.to_owned(),
            };
        }
        news
    }
}

/// The members of an object in JSON without blanks: of each its name, and all of it as it stands there. Names of fields need no escapes.
fn members(object: &str) -> impl Iterator<Item = (&str, &str)> {
    let inner = object.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let mut rest = inner.unwrap_or_default();
    std::iter::from_fn(move || {
        let (member, behind) = rest.split_at(end_of_member(rest));
        rest = behind.strip_prefix(',').unwrap_or_default();
        let (name, _) = member.strip_prefix('"')?.split_once('"')?;
        Some((name, member))
    })
}

/// Where the comma behind the first member stands; the end, where there is none.
fn end_of_member(members: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in members.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    members.len()
}

fn name_of(key: &str, name: &crate::core::Name) -> String {
    format!("{}:{}", json(key), json(name.as_str()))
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

/// A state in which whatever only went on by itself stands as it was told.
fn going_on(told: &QueueState, now: &QueueState) -> QueueState {
    let mut state = now.clone();
    if let (Some(before), Some(after)) = (told.vouched_at, now.vouched_at)
        && (Millis::ZERO..VOUCHED_EVERY).contains(&(after.0 - before.0))
        && told.blind == now.blind
    {
        state.vouched_at = told.vouched_at;
    }
    if let (Some(before), Some(after)) = (told.longest_wait_since, now.longest_wait_since)
        && (after.0 - before.0).0.abs() <= SAME_WAIT.0
    {
        state.longest_wait_since = told.longest_wait_since;
        state.longest_wait_s = told.longest_wait_s;
    }
    for (before, after) in told.tiers.iter().zip(&mut state.tiers) {
        let went_on = TierState {
            held_s: before.held_s,
            ..after.clone()
        };
        if went_on == *before {
            after.held_s = before.held_s;
        }
    }
    state
}

/// An open instruction as its own message tells it. Where something has happened to it already, that may have moved `respond_by` as well.
fn as_given(open: &OpenInstruction) -> OpenInstruction {
    let mut instruction = open.instruction.clone();
    if open.seen_at.is_some() || open.level > 0 || open.unanswered {
        instruction.respond_by = None;
    }
    OpenInstruction::given(instruction)
}

#[cfg(test)]
mod tests {
    use super::super::board::tests::queue;
    use super::super::board::{Board, Latest, Manner, News};
    use super::*;
    use crate::core::{Action, Ask, Instruction, OpenView, Reason, Time};
    use crate::wire::{By, InstructionMessage, Scope, Stamp};
    use proptest::prelude::*;
    use serde_json::{Map, json};
    use tokio::time::{Duration, Instant};

    fn open(id: u64, queue: &str) -> OpenInstruction {
        OpenInstruction::from(&OpenView {
            instruction: Instruction {
                id: InstructionId(id),
                at: Time(0),
                queue: queue.into(),
                action: Action::SignIn,
                tier: "expert".into(),
                parts: Vec::new(),
                seats: Ask { min: 1, max: 1, ask: 1 },
                chosen: Vec::new(),
                computed: None,
                reason: Reason::MaxStay {
                    pool: "expert".into(),
                    max_stay: Millis::ZERO,
                    waiting: 0,
                },
                respond_by: Some(Time(60_000)),
                of: None,
                by: None,
                shadow: false,
                hold: None,
                lasting: None,
            },
            seen_by: None,
            seen_at: None,
            eta: None,
            level: 0,
            respond_by: Some(Time(60_000)),
            unanswered: false,
            delivered: false,
        })
    }

    /// What a client knows that does as `docs/protocol.md` says.
    #[derive(Default)]
    struct Client {
        version: u64,
        queues: BTreeMap<String, Map<String, Value>>,
        known: BTreeMap<u64, Map<String, Value>>,
    }

    impl Client {
        fn hear(&mut self, board: &mut Board, latest: &Latest) {
            let frame = match board.told(self.version, &Scope::WholeFloor, Manner::Changes) {
                News::None => String::new(),
                News::Changes(frame) => frame.to_string(),
                News::Whole => latest.whole(&Scope::WholeFloor).to_string(),
            };
            self.version = board.version();
            let told: Value = serde_json::from_str(&frame).unwrap_or_default();
            let whole = told["whole"] == true;
            if whole {
                self.queues.clear();
            }
            for it in told["instructions"].as_array().into_iter().flatten() {
                let known = self.known.entry(it["id"].as_u64().unwrap()).or_default();
                known.extend(it.as_object().unwrap().clone());
            }
            for it in told["queues"].as_array().into_iter().flatten() {
                let name = it["queue"].as_str().unwrap();
                let known = self.queues.entry(name.to_owned()).or_default();
                known.extend(it.as_object().unwrap().clone());
                if whole {
                    let open = told["instructions"].as_array().unwrap().iter();
                    let open: Vec<&Value> = open.filter(|it| it["queue"] == name).map(|it| &it["id"]).collect();
                    known.insert("open".to_owned(), json!(open));
                }
            }
        }

        /// The message of an instruction: its fields, and what is known of one that nothing has happened to.
        fn instructed(&mut self, message: &InstructionMessage) {
            let mut known = json!(message).as_object().unwrap().clone();
            let untouched =
                json!({"seen_by":null,"seen_at":null,"eta_s":null,"level":0,"unanswered":false,"delivered":true});
            known.extend(untouched.as_object().unwrap().clone());
            self.known.insert(message.id.0, known);
        }

        fn open(&self, queue: &str) -> Value {
            let ids = self.queues[queue]["open"].as_array().unwrap().iter();
            ids.map(|id| Value::from(self.known[&id.as_u64().unwrap()].clone()))
                .collect()
        }
    }

    /// Fields that are `null` and those that are left out say the same.
    fn without_nothing(fields: &Value) -> Map<String, Value> {
        let fields = fields.as_object().unwrap().iter();
        fields
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    #[derive(Clone, Debug)]
    enum Step {
        Depth(usize, u32),
        Blind(usize, bool),
        Issue(usize),
        See(usize),
        Close(usize),
        Reopen,
        Hear,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..3_usize, 0..9_u32).prop_map(|(queue, depth)| Step::Depth(queue, depth)),
            (0..3_usize, any::<bool>()).prop_map(|(queue, blind)| Step::Blind(queue, blind)),
            (0..3_usize).prop_map(Step::Issue),
            (0..9_usize).prop_map(Step::See),
            (0..9_usize).prop_map(Step::Close),
            Just(Step::Reopen),
            Just(Step::Hear),
        ]
    }

    proptest! {
        /// However many posts a session misses, and whatever they bring: it knows what whole queues would have told it.
        #[test]
        fn whoever_is_told_only_what_changed_knows_the_whole(steps in prop::collection::vec(step(), 1..60)) {
            let names = ["a", "b", "c"];
            let mut states: Vec<QueueState> = names.iter().map(|name| queue(name, 0)).collect();
            let (mut opened, mut closed, mut issued) = (Vec::new(), Vec::new(), 0);
            let (mut board, mut client, at) = (Board::default(), Client::default(), Instant::now());
            for (number, step) in steps.iter().chain([&Step::Hear]).enumerate() {
                match *step {
                    Step::Depth(queue, depth) => states[queue].waiting = Some(depth),
                    Step::Blind(queue, blind) => {
                        states[queue].blind = blind;
                        states[queue].blind_since = blind.then_some(Stamp(Time(number as i64)));
                    }
                    Step::Issue(queue) => {
                        issued += 1;
                        let open = open(issued, names[queue]);
                        client.instructed(&open.instruction);
                        opened.push(open);
                    }
                    Step::See(which) if which < opened.len() => {
                        let by = By { name: "Li".into(), staff_no: "S1".into() };
                        (opened[which].seen_by, opened[which].seen_at) = (Some(by), Some(Stamp(Time(number as i64))));
                        opened[which].instruction.respond_by = Some(Stamp(Time(number as i64 + 60)));
                    }
                    Step::Close(which) if which < opened.len() => closed.push(opened.remove(which)),
                    Step::Reopen => {
                        opened.extend(closed.pop());
                        opened.sort_by_key(|open| open.instruction.id);
                    }
                    Step::See(_) | Step::Close(_) | Step::Hear => {}
                }
                let latest = Latest {
                    queues: states.iter().cloned().map(Arc::new).collect(),
                    open: opened.iter().cloned().map(Arc::new).collect(),
                    recent: Vec::new(),
                };
                // A post now and then is skipped, as where states come faster than they are told.
                if number % 3 != 1 || matches!(step, Step::Hear) {
                    board.post(&latest, at + Duration::from_millis(number as u64));
                }
                if matches!(step, Step::Hear) {
                    client.hear(&mut board, &latest);
                }
            }
            for state in &states {
                let mut known = client.queues[state.queue.as_str()].clone();
                known.remove("open");
                prop_assert_eq!(without_nothing(&known.into()), without_nothing(&json!(state)));
                let open: Vec<&OpenInstruction> = opened.iter().filter(|open| open.instruction.queue == state.queue).collect();
                prop_assert_eq!(client.open(state.queue.as_str()), json!(open));
            }
        }
    }

    #[test]
    fn what_only_goes_on_is_no_change() {
        let state = |second: i64| {
            let mut state = queue("a", 3);
            state.vouched_at = Some(Stamp(Time(second * 1000)));
            state.longest_wait_s = Some(second as f64 + 0.4);
            state.longest_wait_since = Some(Stamp(Time(-(second * 7 % 2) * 500)));
            state.tiers = vec![TierState {
                tier: "expert".into(),
                mode: crate::core::ladder::Mode::Live,
                held_s: second as f64,
                began: Some(Stamp(Time(0))),
                can_come: None,
                of: None,
                standing: crate::wire::TierStanding(crate::core::Standing::Running {
                    due_at: Stamp(Time(300_000)),
                }),
            }];
            Arc::new(state)
        };
        let mut changes = Changes::of(&state(0), &[], 1);
        for second in 1..5 {
            assert!(!changes.tell(&state(second), &[], None, second as u64 + 1));
        }
        assert!(
            changes.tell(&state(5), &[], None, 6),
            "somebody may want to know that it is vouched for"
        );
        assert_eq!(
            changes.queue_since(5).as_deref(),
            Some(r#"{"queue":"a","vouched_at":"1970-01-01T00:00:05.000Z"}"#)
        );
        let mut other = QueueState::clone(&state(6));
        other.longest_wait_since = Some(Stamp(Time(4_000)));
        other.longest_wait_s = Some(2.0);
        assert!(
            changes.tell(&Arc::new(other), &[], None, 7),
            "the one at the head was answered"
        );
    }
}
