//! What a tier's call did to the callers: how much they waited in the five minutes before it, and in the five after its people came.
//!
//! ```text
//!         before            people on their way              after
//!   ├──── WINDOW ────┤ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┤──── WINDOW ────┤
//!                  called                   settled          measured
//! ```
//!
//! A window is as long as the plan's own: a tier settles, and the next is judged by the five minutes that follow. So that, in the
//! rule, the minutes after one tier are those in which no other has come yet. Where another did, or callers went away by themselves,
//! or nobody saw the queue, the numbers stand there all the same, and [`Doubt`] says what cannot be inferred from them. What would
//! have been without the call is known of none.
//!
//! A fold over the entries of the duty log, readings among them: one for the report, the log's sentence and the metrics.

use crate::core::{Action, Answer, Decision, Input, Instruction, InstructionId, Millis, Name, Settlement, Time, What};
use crate::journal::{Entry, JournalError, Look, Reader, Record};
use crate::wire::Stamp;
use serde::{Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};

/// How long before the call, and how long after its people came, is looked at.
pub const WINDOW: Millis = Millis::from_mins(5);

/// Calls that are waited for at a time; the oldest is let go.
const LIMIT_PENDING: usize = 1_000;
/// Depths that are remembered of a queue: more than a reading a tenth of a second for both windows. The oldest are let go.
const LIMIT_STEPS: usize = 8_192;
/// Comings and goings that are remembered of a queue.
const LIMIT_CHANGES: usize = 1_024;
/// Entries taken from the log at a time.
const PAGE: usize = 5_000;
/// A queue that nobody waits in may tell nothing for so long.
const LIMIT_SILENCE: Millis = Millis::from_mins(6 * 60);
/// A move that settled longer after its call than this is not looked for.
const LIMIT_SETTLING: Millis = Millis::from_mins(24 * 60);

/// How much callers waited in a window.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Waited {
    /// Callers times minutes.
    pub caller_minutes: f64,
    /// For how much of the window the queue was seen.
    #[serde(rename = "seen_s", serialize_with = "seconds")]
    pub seen: Millis,
}

impl Waited {
    /// Callers waiting in the mean while the queue was seen; `None`: it never was.
    pub fn mean(&self) -> Option<f64> {
        (self.seen > Millis::ZERO).then(|| self.caller_minutes * 60_000.0 / self.seen.0 as f64)
    }
}

/// One call of a tier, measured.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Effect {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
    /// What was asked for.
    pub action: Action,
    /// The call.
    pub instruction: InstructionId,
    /// When it was given.
    #[serde(serialize_with = "moment")]
    pub called: Time,
    /// When its people were on the phones, as far as anybody knows.
    #[serde(serialize_with = "moment")]
    pub settled: Time,
    /// How many were there, as far as anybody said; else as many as were asked for.
    pub seats: u32,
    /// The window that ends with the call.
    pub before: Waited,
    /// The window that begins with the settling.
    pub after: Waited,
    /// Why the difference is not the tier's alone; empty: nothing in the log speaks against it.
    pub doubts: Vec<Doubt>,
}

impl Effect {
    /// Both windows were seen as a whole.
    pub fn is_whole(&self) -> bool {
        self.before.seen >= WINDOW && self.after.seen >= WINDOW
    }
}

/// What cannot be inferred from the numbers of one call.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Other people came or went between the beginning of the one window and the end of the other.
    OthersMoved,
    /// The queue was shorter than before already when its people came.
    EbbedBefore,
    /// Nobody saw the queue for a part of the windows.
    Unseen,
    /// Nobody said, and no feed showed, that its people came: their time was up.
    NobodySaid,
    /// Its people were sent back before the window was over.
    SentBack,
    /// The plan was changed, paused, or under a declared fault in the windows.
    Unusual,
}

impl Doubt {
    /// The word in messages, labels and tables of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Doubt::OthersMoved => "others_moved",
            Doubt::EbbedBefore => "ebbed_before",
            Doubt::Unseen => "unseen",
            Doubt::NobodySaid => "nobody_said",
            Doubt::SentBack => "sent_back",
            Doubt::Unusual => "unusual",
        }
    }
}

/// Calls on their way to being measured.
#[derive(Debug, Default)]
pub struct Effects {
    queues: BTreeMap<Name, Line>,
    /// In the order of the calls.
    pending: VecDeque<Pending>,
    measured: VecDeque<Effect>,
}

/// One queue as it was a while ago.
#[derive(Debug, Default)]
struct Line {
    /// From when on how many waited; `None`: nobody saw it.
    steps: VecDeque<(Time, Option<u32>)>,
    /// How many waited when it was seen last.
    last: Option<u32>,
    changes: VecDeque<(Time, Change)>,
}

/// What may have made a difference beside the call in question.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Change {
    Came(InstructionId),
    Went(InstructionId),
    Unusual,
}

#[derive(Debug)]
struct Pending {
    queue: Name,
    tier: Name,
    action: Action,
    instruction: InstructionId,
    called: Time,
    before: Waited,
    mean_before: Option<f64>,
    seats: u32,
    settled: Option<(Time, bool)>,
}

impl Effects {
    /// Takes the next entry of the log.
    pub fn take(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Input(input) => self.told(input, entry.at),
            Record::Decision(decision) => self.decided(decision),
            Record::Fact(_) => self.pass(entry.at),
        }
    }

    /// The core was told something.
    pub fn told(&mut self, input: &Input, at: Time) {
        self.pass(at);
        match input {
            Input::Reading { reading } => self.step(&reading.queue, at, Some(reading.waiting)),
            Input::Configured { .. } => {
                let queues: Vec<Name> = self.queues.keys().cloned().collect();
                for queue in queues {
                    self.changed(&queue, at, Change::Unusual);
                }
            }
            // Nobody saw anything while nothing ran.
            Input::StoodStill { .. } => {
                let queues: Vec<Name> = self.queues.keys().cloned().collect();
                for queue in queues {
                    self.step(&queue, at, None);
                }
            }
            Input::LadderInForce { .. }
            | Input::FeedConnected { .. }
            | Input::FeedDisconnected { .. }
            | Input::Heartbeat { .. }
            | Input::SourceLost { .. }
            | Input::QueueMissing { .. }
            | Input::Delivery { .. }
            | Input::Answer { .. }
            | Input::Order { .. } => {}
        }
    }

    /// The core decided something.
    pub fn decided(&mut self, decision: &Decision) {
        let (queue, at) = (&decision.queue, decision.at);
        self.pass(at);
        match &decision.what {
            What::Instruct { instruction, .. } if !instruction.shadow => self.instructed(instruction),
            What::Settled { instruction, how } => self.settled(*instruction, *how != Settlement::Time, at),
            What::Answered {
                instruction, answer, ..
            } => self.answered(queue, *instruction, answer, at),
            What::FeedLost { .. } => self.step(queue, at, None),
            What::FeedBack { .. } => self.seen_again(queue, at),
            What::Counted { moves, found, .. } => {
                for it in moves {
                    self.changed(queue, at, Change::Came(it.instruction));
                }
                for it in found {
                    self.changed(queue, at, Change::Came(it.instruction));
                }
            }
            What::TakenAsLeft { instruction, .. } => self.changed(queue, at, Change::Went(*instruction)),
            What::Paused { .. }
            | What::Resumed { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::LadderChanged { .. } => self.changed(queue, at, Change::Unusual),
            What::Instruct { .. }
            | What::Freed { .. }
            | What::TierSkipped { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::SurgeOver { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::IncidentEnds { .. }
            | What::NobodyListening { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted {} => {}
        }
    }

    /// Time passes: what was to be measured by then is.
    pub fn pass(&mut self, now: Time) {
        let over = |it: &Pending| it.settled.is_some_and(|(settled, _)| settled + WINDOW <= now);
        if !self.pending.iter().any(over) {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for it in pending {
            match it.settled {
                Some((settled, said)) if settled + WINDOW <= now => {
                    let effect = self.measure(it, settled, said);
                    self.measured.push_back(effect);
                }
                _ => self.pending.push_back(it),
            }
        }
    }

    /// The next call whose windows are over.
    pub fn poll(&mut self) -> Option<Effect> {
        self.measured.pop_front()
    }

    fn instructed(&mut self, it: &Instruction) {
        if !it.action.brings_people() {
            if let Some(of) = it.of {
                self.changed(&it.queue, it.at, Change::Went(of));
                // Stood down before anybody came: there is nothing to measure.
                self.pending
                    .retain(|one| one.instruction != of || one.settled.is_some());
            }
            return;
        }
        let before = self.waited(&it.queue, it.at - WINDOW, it.at);
        self.pending.push_back(Pending {
            queue: it.queue.clone(),
            tier: it.tier.clone(),
            action: it.action,
            instruction: it.id,
            called: it.at,
            mean_before: before.mean(),
            before,
            seats: it.seats.ask,
            settled: None,
        });
        if self.pending.len() > LIMIT_PENDING {
            self.pending.pop_front();
        }
    }

    fn settled(&mut self, instruction: InstructionId, said: bool, at: Time) {
        let Some(it) = self.pending.iter_mut().find(|one| one.instruction == instruction) else {
            return;
        };
        // The first word counts: who is told to be there twice came once.
        it.settled.get_or_insert((at, said));
        let queue = it.queue.clone();
        self.changed(&queue, at, Change::Came(instruction));
    }

    fn answered(&mut self, queue: &Name, instruction: InstructionId, answer: &Answer, at: Time) {
        match answer {
            Answer::Done { seats, people, .. } => {
                let came = people.as_ref().map(|it| u32::try_from(it.len()).unwrap_or(u32::MAX));
                let came = came.filter(|n| *n > 0).or(*seats);
                if came == Some(0) {
                    self.pending.retain(|one| one.instruction != instruction);
                    return;
                }
                if let Some(it) = self.pending.iter_mut().find(|one| one.instruction == instruction) {
                    it.seats = came.unwrap_or(it.seats);
                }
                self.settled(instruction, true, at);
            }
            Answer::Declined { .. } => self.pending.retain(|one| one.instruction != instruction),
            Answer::Left { .. } => self.changed(queue, at, Change::Went(instruction)),
            Answer::Seen { .. } | Answer::Escalate { .. } => {}
        }
    }

    fn measure(&self, it: Pending, settled: Time, said: bool) -> Effect {
        let end = settled + WINDOW;
        let after = self.waited(&it.queue, settled, end);
        let begin = it.called - WINDOW;
        let line = self.queues.get(&it.queue);
        let changes = line.into_iter().flat_map(|line| &line.changes);
        let changes: Vec<Change> = changes
            // The ladder's own tiers come exactly a window apart: what lies on its edge is no part of it.
            .filter(|(at, _)| begin < *at && *at < end)
            .map(|(_, change)| *change)
            .collect();
        let others = |change: &Change| match change {
            Change::Came(id) | Change::Went(id) => *id != it.instruction,
            Change::Unusual => false,
        };
        let ebbed = match (it.mean_before, line.and_then(|line| line.depth_at(settled))) {
            (Some(before), Some(depth)) => settled > it.called && f64::from(depth) < before,
            _ => false,
        };
        let doubts = [
            (Doubt::OthersMoved, changes.iter().any(others)),
            (Doubt::EbbedBefore, ebbed),
            (Doubt::Unseen, it.before.seen < WINDOW || after.seen < WINDOW),
            (Doubt::NobodySaid, !said),
            (Doubt::SentBack, changes.contains(&Change::Went(it.instruction))),
            (Doubt::Unusual, changes.contains(&Change::Unusual)),
        ];
        Effect {
            queue: it.queue,
            tier: it.tier,
            action: it.action,
            instruction: it.instruction,
            called: it.called,
            settled,
            seats: it.seats,
            before: it.before,
            after,
            doubts: doubts
                .into_iter()
                .filter(|(_, is)| *is)
                .map(|(doubt, _)| doubt)
                .collect(),
        }
    }

    fn waited(&self, queue: &Name, from: Time, to: Time) -> Waited {
        self.queues.get(queue).map_or(
            Waited {
                caller_minutes: 0.0,
                seen: Millis::ZERO,
            },
            |line| line.waited(from, to),
        )
    }

    fn step(&mut self, queue: &Name, at: Time, depth: Option<u32>) {
        let needed = self.needed_from(queue, at);
        let line = self.queues.entry(queue.clone()).or_default();
        if depth.is_none() && line.steps.is_empty() {
            return;
        }
        line.steps.push_back((at, depth));
        line.last = depth.or(line.last);
        // The step in force at the beginning of what is needed stays.
        while line.steps.len() > LIMIT_STEPS || line.steps.get(1).is_some_and(|(from, _)| *from <= at - WINDOW - WINDOW)
        {
            line.steps.pop_front();
        }
        while line.changes.front().is_some_and(|(from, _)| *from < needed) {
            line.changes.pop_front();
        }
    }

    /// By a sign of life of its source, without a reading: as many wait as did.
    fn seen_again(&mut self, queue: &Name, at: Time) {
        let line = self.queues.get(queue);
        let blind = line.is_some_and(|line| line.steps.back().is_some_and(|(_, depth)| depth.is_none()));
        if let (true, Some(last)) = (blind, line.and_then(|line| line.last)) {
            self.step(queue, at, Some(last));
        }
    }

    fn changed(&mut self, queue: &Name, at: Time, change: Change) {
        let line = self.queues.entry(queue.clone()).or_default();
        line.changes.push_back((at, change));
        if line.changes.len() > LIMIT_CHANGES {
            line.changes.pop_front();
        }
    }

    /// From when on comings and goings of a queue still matter.
    fn needed_from(&self, queue: &Name, now: Time) -> Time {
        let called = self.pending.iter().filter(|it| it.queue == *queue).map(|it| it.called);
        called.min().unwrap_or(now).min(now) - WINDOW
    }
}

impl Line {
    fn waited(&self, from: Time, to: Time) -> Waited {
        let (mut caller_ms, mut seen) = (0i64, 0i64);
        let ends = self.steps.iter().skip(1).map(|(at, _)| *at).chain([Time::NEVER]);
        for ((begun, depth), end) in self.steps.iter().zip(ends) {
            let (begun, end) = ((*begun).max(from), end.min(to));
            if let (Some(depth), true) = (depth, end > begun) {
                seen += (end - begun).0;
                caller_ms += (end - begun).0.saturating_mul(i64::from(*depth));
            }
        }
        Waited {
            caller_minutes: caller_ms as f64 / 60_000.0,
            seen: Millis(seen),
        }
    }

    fn depth_at(&self, at: Time) -> Option<u32> {
        self.steps.iter().rev().find(|(from, _)| *from <= at)?.1
    }
}

/// The effect of the call whose settling this entry tells of; `None` where it tells of none, or its windows are not over yet or not
/// kept any more.
///
/// # Errors
/// The log cannot be read.
pub fn effect_settled_by(reader: &Reader, entry: &Entry) -> Result<Option<Effect>, JournalError> {
    let Record::Decision(decision) = &entry.record else {
        return Ok(None);
    };
    let instruction = match &decision.what {
        What::Settled { instruction, .. } => *instruction,
        What::Answered {
            instruction,
            answer: Answer::Done { .. },
            ..
        } => *instruction,
        _ => return Ok(None),
    };
    let Some(called) = called(reader, instruction, decision, entry.seq)? else {
        return Ok(None);
    };
    let mut look = Look {
        from: Some(called - WINDOW),
        until: Some(decision.at + WINDOW + Millis(1)),
        queue: Some(decision.queue.clone()),
        ..Look::default()
    };
    // What was waiting when the first window began was told before it.
    let mut effects = Effects::default();
    let before = Look {
        newest: true,
        from: Some(called - LIMIT_SILENCE),
        until: look.from,
        kinds: Some(vec!["reading", "feed_lost"]),
        ..look.clone()
    };
    for entry in reader.look(&before, 1)?.entries {
        effects.take(&entry);
    }
    loop {
        let looked = reader.look(&look, PAGE)?;
        looked.entries.iter().for_each(|entry| effects.take(entry));
        match looked.next {
            Some(next) if looked.more => look.after = next,
            _ => break,
        }
    }
    // Whether the window is over is told by what was written after it, of any queue.
    let later = Look {
        from: Some(decision.at + WINDOW),
        ..Look::default()
    };
    if !reader.look(&later, 1)?.entries.is_empty() {
        effects.pass(decision.at + WINDOW);
    }
    while let Some(effect) = effects.poll() {
        // A later word on people who were there already is no second effect.
        if effect.instruction == instruction && effect.settled == decision.at {
            return Ok(Some(effect));
        }
    }
    Ok(None)
}

/// When an instruction that brings people was given.
fn called(
    reader: &Reader,
    instruction: InstructionId,
    settled: &Decision,
    before: u64,
) -> Result<Option<Time>, JournalError> {
    let mut look = Look {
        newest: true,
        before: Some(before),
        from: Some(settled.at - LIMIT_SETTLING),
        queue: Some(settled.queue.clone()),
        kinds: Some(vec!["instruct"]),
        ..Look::default()
    };
    loop {
        let looked = reader.look(&look, PAGE)?;
        for entry in &looked.entries {
            if let Record::Decision(Decision {
                what: What::Instruct { instruction: it, .. },
                ..
            }) = &entry.record
                && it.id == instruction
            {
                return Ok((it.action.brings_people() && !it.shadow).then_some(it.at));
            }
        }
        match looked.next {
            Some(next) if looked.more => look.before = Some(next),
            _ => return Ok(None),
        }
    }
}

fn seconds<S: Serializer>(span: &Millis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(span.as_secs())
}

fn moment<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    Stamp(*time).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Actor, Ask, Judged, Part, Reading, Reason};

    fn minute(minutes: i64) -> Time {
        Time(1_793_592_000_000) + Millis::from_mins(minutes)
    }

    fn reading(effects: &mut Effects, at: i64, waiting: u32) {
        let reading = Reading::of("inbound", waiting);
        effects.told(&Input::Reading { reading }, minute(at));
    }

    fn decide(effects: &mut Effects, at: i64, what: What) {
        effects.decided(&Decision {
            at: minute(at),
            queue: "inbound".into(),
            what,
        });
    }

    fn instruct(effects: &mut Effects, at: i64, id: u64, action: Action, of: Option<u64>) {
        let instruction = Instruction {
            id: InstructionId(id),
            at: minute(at),
            queue: "inbound".into(),
            action,
            tier: "expert".into(),
            parts: vec![Part {
                pool: Some("expert".into()),
                seats: 4,
                people: Vec::new(),
            }],
            seats: Ask { min: 4, max: 4, ask: 4 },
            chosen: Vec::new(),
            computed: None,
            reason: Reason::WaitingAbove {
                threshold: 5,
                held: Millis::from_mins(5),
                waiting: 8,
                judged: Judged::Every,
            },
            respond_by: None,
            of: of.map(InstructionId),
            by: None,
            shadow: false,
            hold: None,
            lasting: None,
        };
        let beside = false;
        decide(effects, at, What::Instruct { instruction, beside });
    }

    fn done(effects: &mut Effects, at: i64, id: u64, seats: Option<u32>) {
        let by = Actor {
            name: "Li".into(),
            staff_no: "S12".into(),
            role: "supervisor".into(),
        };
        let answer = Answer::Done {
            seats,
            people: None,
            note: None,
        };
        let instruction = InstructionId(id);
        decide(
            effects,
            at,
            What::Answered {
                instruction,
                by,
                answer,
            },
        );
    }

    #[test]
    fn callers_times_minutes_before_the_call_and_after_its_people_came() {
        let mut effects = Effects::default();
        reading(&mut effects, 0, 6);
        reading(&mut effects, 8, 10);
        instruct(&mut effects, 10, 1, Action::SignIn, None);
        done(&mut effects, 12, 1, Some(3));
        reading(&mut effects, 14, 4);
        effects.pass(minute(16));
        assert_eq!(effects.poll(), None, "its window is not over");
        effects.pass(minute(17));
        let effect = effects.poll().unwrap();
        // 3 minutes of 6 and 2 of 10; 2 of 10 and 3 of 4.
        assert_eq!(effect.before.caller_minutes, 38.0);
        assert_eq!(effect.after.caller_minutes, 32.0);
        assert_eq!(
            (effect.called, effect.settled, effect.seats),
            (minute(10), minute(12), 3)
        );
        assert_eq!((effect.before.mean(), effect.after.mean()), (Some(7.6), Some(6.4)));
        assert!(effect.is_whole());
        assert_eq!(effect.doubts, []);
        assert_eq!(effects.poll(), None);
    }

    #[test]
    fn tiers_a_window_apart_are_told_apart_and_closer_ones_are_not() {
        for (second, doubtful) in [(17, false), (16, true)] {
            let mut effects = Effects::default();
            reading(&mut effects, 0, 12);
            instruct(&mut effects, 10, 1, Action::SignIn, None);
            done(&mut effects, 12, 1, None);
            instruct(&mut effects, second, 2, Action::SignIn, None);
            done(&mut effects, second, 2, None);
            effects.pass(minute(60));
            let doubts: Vec<bool> = std::iter::from_fn(|| effects.poll())
                .map(|it| it.doubts.contains(&Doubt::OthersMoved))
                .collect();
            assert_eq!(doubts, [doubtful, doubtful], "second at {second}");
        }
    }

    #[test]
    fn what_cannot_be_inferred_is_said() {
        let doubts = |story: &dyn Fn(&mut Effects)| {
            let mut effects = Effects::default();
            reading(&mut effects, 0, 9);
            instruct(&mut effects, 10, 1, Action::SignIn, None);
            story(&mut effects);
            effects.pass(minute(60));
            effects.poll().map(|it| it.doubts)
        };
        let ebbed = doubts(&|it| {
            reading(it, 11, 2);
            done(it, 12, 1, None);
        });
        assert_eq!(ebbed, Some(vec![Doubt::EbbedBefore]));
        let by_time = doubts(&|it| {
            let (instruction, how) = (InstructionId(1), Settlement::Time);
            decide(it, 13, What::Settled { instruction, how });
        });
        assert_eq!(by_time, Some(vec![Doubt::NobodySaid]));
        let sent_back = doubts(&|it| {
            done(it, 12, 1, None);
            instruct(it, 14, 2, Action::SignOut, Some(1));
        });
        assert_eq!(sent_back, Some(vec![Doubt::SentBack]));
        let unseen = doubts(&|it| {
            done(it, 12, 1, None);
            decide(it, 13, What::FeedLost { why: "silence".into() });
            let (blind, anew) = (Millis::from_mins(1), false);
            decide(it, 14, What::FeedBack { blind, anew });
        });
        assert_eq!(unseen, Some(vec![Doubt::Unseen]));
        let paused = doubts(&|it| {
            done(it, 12, 1, None);
            decide(it, 13, What::Resumed { by: None });
        });
        assert_eq!(paused, Some(vec![Doubt::Unusual]));
    }

    #[test]
    fn blind_minutes_count_neither_for_nor_against() {
        let mut effects = Effects::default();
        reading(&mut effects, 0, 9);
        instruct(&mut effects, 10, 1, Action::SignIn, None);
        done(&mut effects, 12, 1, None);
        decide(&mut effects, 13, What::FeedLost { why: "silence".into() });
        reading(&mut effects, 15, 3);
        effects.pass(minute(17));
        let after = effects.poll().unwrap().after;
        assert_eq!(
            (after.caller_minutes, after.seen),
            (9.0 + 2.0 * 3.0, Millis::from_mins(3))
        );
        assert_eq!(after.mean(), Some(5.0));
    }

    #[test]
    fn whoever_never_came_had_no_effect() {
        let mut effects = Effects::default();
        reading(&mut effects, 0, 9);
        instruct(&mut effects, 10, 1, Action::SignIn, None);
        instruct(&mut effects, 11, 2, Action::StandDown, Some(1));
        instruct(&mut effects, 20, 3, Action::SignIn, None);
        done(&mut effects, 21, 3, Some(0));
        effects.pass(minute(90));
        assert_eq!(effects.poll(), None);
    }
}
