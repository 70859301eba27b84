//! The fold behind a summary: entry by entry, in the order of the log.
//!
//! Who is on which move, and whether there is a surge, is not judged here: the core keeps its books from the same entries, as at a start,
//! and is asked. Readings are left out, since they are not kept as long as the log: by themselves they move nobody, and what the daemon
//! decided by them is recorded.

use super::asks::{AskLoad, is_ask};
use super::stays::Stays;
use super::summary::{Blindness, InstructionCount, Reload, ShadowProof, Span, Start, Summary, Surge, TierCalled};
use crate::core::{Action, Actor, Answer, Core, Decision, Instruction, InstructionId, Name, Reason, Time, What};
use crate::journal::{Entry, Fact, Record};
use crate::wire::{By, Stamp};
use std::collections::BTreeMap;

/// A shift on its way to a summary. Counts what came before its beginning too, since that may reach into it.
pub struct Tally {
    from: Time,
    to: Time,
    /// Only these; `None`: all.
    queues: Option<Vec<Name>>,
    /// The core as the log so far leaves it, seeing nothing.
    books: Core,
    surges: BTreeMap<Name, Surge>,
    over: Vec<Surge>,
    stays: Stays,
    /// What became of each instruction of this shift, by number.
    fates: BTreeMap<InstructionId, Fate>,
    blind: BTreeMap<Name, Time>,
    seen_again: Vec<Blindness>,
    pauses: BTreeMap<Name, Span>,
    incidents: BTreeMap<Name, Span>,
    ended: [Vec<Span>; 2],
    reloads: Vec<Reload>,
    daemon: Vec<Start>,
    asks: Vec<Time>,
    /// Of each queue: steps that shadow would have called, and those that the floor called.
    steps: BTreeMap<Name, (u32, u32)>,
}

/// What became of an instruction so far; a later word counts.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Fate {
    Unanswered,
    Seen,
    StoodDown,
    Shown,
    Declined,
    Done,
}

/// Which of the two kinds of spans.
#[derive(Copy, Clone)]
enum Kind {
    Pause = 0,
    Incident = 1,
}

impl Tally {
    /// Of a shift from then to then, on some queues or on all.
    pub fn new(from: Time, to: Time, queues: Option<Vec<Name>>) -> Tally {
        Tally {
            from,
            to,
            books: Core::new(Time(i64::MIN)),
            surges: BTreeMap::new(),
            over: Vec::new(),
            stays: Stays::new(from, to, queues.clone()),
            queues,
            fates: BTreeMap::new(),
            blind: BTreeMap::new(),
            seen_again: Vec::new(),
            pauses: BTreeMap::new(),
            incidents: BTreeMap::new(),
            ended: [Vec::new(), Vec::new()],
            reloads: Vec::new(),
            daemon: Vec::new(),
            asks: Vec::new(),
            steps: BTreeMap::new(),
        }
    }

    /// Takes the next entry of the log, of whatever queue: a word said on one may move people of another.
    pub fn count(&mut self, entry: &Entry) {
        if !entry.record.is_reading() && !matches!(entry.record, Record::Fact(_)) {
            entry.clone().recall(&mut self.books);
            self.stays.note(&self.books, entry.happened());
        }
        let queue = entry.record.queue().zip(self.queues.as_ref());
        if queue.is_some_and(|(queue, wanted)| !wanted.contains(queue)) {
            return;
        }
        match &entry.record {
            Record::Decision(decision) => self.decided(decision),
            Record::Fact(fact) if entry.at >= self.from => self.happened(fact, Stamp(entry.at)),
            _ => {}
        }
    }

    fn decided(&mut self, decision: &Decision) {
        let Decision { at, queue, what } = decision;
        let at = *at;
        if at >= self.from && is_ask(what) {
            self.asks.push(at);
        }
        if let Some(began) = self.books.surge_since(queue) {
            self.surge(queue, began);
        }
        match what {
            What::Instruct { instruction, .. } => self.instructed(instruction),
            What::Settled { instruction, how } if how.is_shown() => self.fate(*instruction, Fate::Shown),
            What::Answered {
                instruction, answer, ..
            } => self.answered(*instruction, answer),
            What::Counted { found, .. } if at >= self.from => {
                self.steps.entry(queue.clone()).or_default().1 += u32::try_from(found.len()).unwrap_or(u32::MAX);
            }
            What::SurgeOver { began } => {
                let mut surge = self.surges.remove(queue).unwrap_or_else(|| begun(queue, *began));
                surge.ended = Some(Stamp(at));
                self.over.push(surge);
            }
            What::FeedLost { .. } => {
                self.blind.entry(queue.clone()).or_insert(at);
            }
            What::FeedBack { blind, .. } => {
                self.blind.remove(queue);
                self.seen_again.push(Blindness {
                    queue: queue.clone(),
                    from: Stamp(at - *blind),
                    to: Some(Stamp(at)),
                });
            }
            What::Paused { by, reason, .. } => self.span_begins(Kind::Pause, queue, at, by, reason),
            What::Resumed { .. } => self.span_ends(Kind::Pause, queue, at),
            What::Incident { by, note, .. } => self.span_begins(Kind::Incident, queue, at, by, note),
            What::IncidentOver { .. } => self.span_ends(Kind::Incident, queue, at),
            _ => {}
        }
    }

    fn instructed(&mut self, instruction: &Instruction) {
        let at = instruction.at;
        if instruction.shadow {
            // Nobody was told and nobody moved; the callers were there all the same.
            let surge = self.surge(&instruction.queue, at);
            surge.peak = surge.peak.max(waiting(&instruction.reason));
            if at >= self.from && instruction.action.brings_people() {
                self.steps.entry(instruction.queue.clone()).or_default().0 += 1;
            }
            return;
        }
        if at >= self.from {
            self.fates.insert(instruction.id, Fate::Unanswered);
        }
        if !instruction.action.brings_people() {
            if let (Action::StandDown, Some(of)) = (instruction.action, instruction.of) {
                self.fate(of, Fate::StoodDown);
            }
            return;
        }
        if at >= self.from {
            self.steps.entry(instruction.queue.clone()).or_default().1 += 1;
        }
        let seen = waiting(&instruction.reason);
        let surge = self.surge(&instruction.queue, at);
        surge.peak = surge.peak.max(seen);
        surge.tiers.push(TierCalled {
            tier: instruction.tier.clone(),
            action: instruction.action,
            seats: instruction.seats.ask,
            at: Stamp(at),
            instruction: instruction.id,
        });
    }

    fn answered(&mut self, instruction: InstructionId, answer: &Answer) {
        match answer {
            Answer::Seen { .. } => self.fate(instruction, Fate::Seen),
            Answer::Done { .. } => self.fate(instruction, Fate::Done),
            Answer::Declined { .. } => self.fate(instruction, Fate::Declined),
            Answer::Left { .. } | Answer::Escalate { .. } => {}
        }
    }

    /// A later word counts for more, except that nobody takes again what is done.
    fn fate(&mut self, instruction: InstructionId, fate: Fate) {
        if let Some(so_far) = self.fates.get_mut(&instruction)
            && (fate != Fate::Seen || *so_far == Fate::Unanswered)
        {
            *so_far = fate;
        }
    }

    fn surge(&mut self, queue: &Name, at: Time) -> &mut Surge {
        self.surges.entry(queue.clone()).or_insert_with(|| begun(queue, at))
    }

    fn spans(&mut self, kind: Kind) -> &mut BTreeMap<Name, Span> {
        match kind {
            Kind::Pause => &mut self.pauses,
            Kind::Incident => &mut self.incidents,
        }
    }

    fn span_begins(&mut self, kind: Kind, queue: &Name, at: Time, by: &Actor, note: &str) {
        self.span_ends(kind, queue, at);
        let span = Span {
            queue: queue.clone(),
            from: Stamp(at),
            to: None,
            by: By::from(by),
            note: note.to_owned(),
        };
        self.spans(kind).insert(queue.clone(), span);
    }

    fn span_ends(&mut self, kind: Kind, queue: &Name, at: Time) {
        if let Some(mut span) = self.spans(kind).remove(queue) {
            span.to = Some(Stamp(at));
            self.ended[kind as usize].push(span);
        }
    }

    fn happened(&mut self, fact: &Fact, at: Stamp) {
        let mut daemon = |what: &str| {
            self.daemon.push(Start {
                at,
                what: what.to_owned(),
            });
        };
        match fact {
            Fact::Started { .. } => daemon("started"),
            Fact::Stopped => daemon("stopped"),
            Fact::JournalFailing { failing: true, .. } => daemon("journal_failing"),
            Fact::JournalFailing { failing: false, .. } => daemon("journal_mended"),
            Fact::ConfigChanged { changes, .. } => self.reloads.push(Reload {
                at,
                refused: false,
                what: changes.clone(),
            }),
            Fact::ConfigRefused { problems } => self.reloads.push(Reload {
                at,
                refused: true,
                what: problems.clone(),
            }),
            _ => {}
        }
    }

    /// The summary; `upto`: the last entry that was counted.
    pub fn end(self, upto: u64) -> Summary {
        let from = self.from;
        let reaches_in = |to: &Option<Stamp>| to.is_none_or(|to| to.0 > from);
        let mut surges = self.over;
        surges.extend(self.surges.into_values());
        surges.retain(|surge| reaches_in(&surge.ended));
        surges.sort_by_key(|surge| (surge.began.0, surge.queue.clone()));
        let mut blind = self.seen_again;
        blind.extend(self.blind.into_iter().map(|(queue, since)| Blindness {
            queue,
            from: Stamp(since),
            to: None,
        }));
        blind.retain(|gap| reaches_in(&gap.to));
        blind.sort_by_key(|gap| (gap.from.0, gap.queue.clone()));
        let [pauses, incidents] = self.ended;
        let spans = |ended: Vec<Span>, going_on: BTreeMap<Name, Span>| {
            let mut spans = ended;
            spans.extend(going_on.into_values());
            spans.retain(|span| reaches_in(&span.to));
            spans.sort_by_key(|span| (span.from.0, span.queue.clone()));
            spans
        };
        Summary {
            from: Stamp(from),
            to: Stamp(self.to),
            upto,
            surges,
            moved: self.stays.end(),
            instructions: counted(self.fates.into_values()),
            blind,
            pauses: spans(pauses, self.pauses),
            incidents: spans(incidents, self.incidents),
            reloads: self.reloads,
            daemon: self.daemon,
            asks: AskLoad::of(self.asks, from, self.to),
            shadow: shadow(self.steps),
        }
    }
}

fn shadow(steps: BTreeMap<Name, (u32, u32)>) -> Vec<ShadowProof> {
    let dark = steps.into_iter().filter(|(_, (would_call, _))| *would_call > 0);
    let proof = dark.map(|(queue, (would_call, called))| ShadowProof {
        queue,
        would_call,
        called,
    });
    proof.collect()
}

fn begun(queue: &Name, at: Time) -> Surge {
    Surge {
        queue: queue.clone(),
        began: Stamp(at),
        ended: None,
        peak: None,
        tiers: Vec::new(),
    }
}

fn counted(fates: impl Iterator<Item = Fate>) -> InstructionCount {
    let mut count = InstructionCount::default();
    for fate in fates {
        count.issued += 1;
        *match fate {
            Fate::Unanswered => &mut count.unanswered,
            Fate::Seen => &mut count.seen,
            Fate::StoodDown => &mut count.stood_down,
            Fate::Shown => &mut count.shown,
            Fate::Declined => &mut count.declined,
            Fate::Done => &mut count.done,
        } += 1;
    }
    count
}

/// Callers at the decision, where the reason tells.
fn waiting(reason: &Reason) -> Option<u32> {
    match reason {
        Reason::WaitingAbove { waiting, .. }
        | Reason::WaitingAtMost { waiting, .. }
        | Reason::LongestWaitAbove { waiting, .. }
        | Reason::WaitingPerSeatAbove { waiting, .. }
        | Reason::ExpectedWaitAbove { waiting, .. }
        | Reason::AnsweredShareBelow { waiting, .. }
        | Reason::AnsweredShareAtLeast { waiting, .. }
        | Reason::AbandonedShareAbove { waiting, .. }
        | Reason::RisingAbove { waiting, .. }
        | Reason::All { waiting, .. }
        | Reason::Incident { waiting, .. } => Some(*waiting),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ladder::Pool;
    use crate::core::{Ask, Found, Input, Judged, Millis, Part, Plan, Recounted, Settlement};
    use crate::shift::Moved;
    use std::sync::Arc;

    const NOON: Time = Time(1_793_592_000_000);

    fn minute(minutes: i64) -> Time {
        NOON + Millis::from_mins(minutes)
    }

    fn decision(minutes: i64, what: What) -> Entry {
        let at = minute(minutes);
        Entry {
            seq: 1,
            at,
            record: Record::Decision(Decision {
                at,
                queue: "inbound".into(),
                what,
            }),
            unlogged: false,
        }
    }

    fn instruct(minutes: i64, id: u64, action: Action, pool: &str, people: &[&str], of: Option<u64>) -> Entry {
        let seats = if people.is_empty() { 3 } else { people.len() as u32 };
        let instruction = Instruction {
            hold: None,
            lasting: None,
            id: InstructionId(id),
            at: minute(minutes),
            queue: "inbound".into(),
            action,
            tier: pool.into(),
            parts: vec![Part {
                pool: Some(pool.into()),
                seats,
                people: people.iter().map(|it| Name::from(*it)).collect(),
            }],
            seats: Ask {
                min: seats,
                max: seats,
                ask: seats,
            },
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
            chosen: Vec::new(),
        };
        decision(
            minutes,
            What::Instruct {
                instruction,
                beside: false,
            },
        )
    }

    fn answered(minutes: i64, id: u64, answer: Answer) -> Entry {
        let by = Actor {
            name: "Li".into(),
            staff_no: "S12".into(),
            role: "supervisor".into(),
        };
        decision(
            minutes,
            What::Answered {
                instruction: InstructionId(id),
                by,
                answer,
            },
        )
    }

    fn done(seats: Option<u32>, people: Option<&[&str]>) -> Answer {
        Answer::Done {
            seats,
            people: people.map(|people| people.iter().map(|it| Name::from(*it)).collect()),
            note: None,
        }
    }

    fn input(at: Time, input: Input) -> Entry {
        Entry {
            seq: 1,
            at,
            record: Record::Input(input),
            unlogged: false,
        }
    }

    /// A plan with these pools, and nothing in its ladder.
    fn plan() -> Plan {
        let queue = serde_json::from_value(serde_json::json!({
            "feed": "hotline", "ladder": "day", "priority": 0, "calls_per_hour": null, "handle_time": null,
            "patience": null, "target": null,
        }));
        let expert = Pool {
            people: ["E01", "E02", "E03"].map(Name::from).to_vec(),
            ..Pool::default()
        };
        let outbound = Pool {
            size: 8,
            ..Pool::default()
        };
        Plan {
            queues: [("inbound".into(), queue.unwrap())].into(),
            pools: [("expert".into(), expert), ("outbound".into(), outbound)].into(),
            ..Plan::default()
        }
    }

    /// The hour from noon. What somebody answers comes before what is said of it, as in the log.
    fn hour(entries: &[Entry]) -> Summary {
        let mut tally = Tally::new(NOON, minute(60), None);
        let plan = Arc::new(plan());
        tally.count(&input(minute(-600), Input::Configured { plan }));
        for entry in entries {
            if let Record::Decision(decision) = &entry.record
                && let What::Answered {
                    instruction,
                    by,
                    answer,
                } = decision.what.clone()
            {
                let sure = false;
                let answer = Input::Answer {
                    instruction,
                    by,
                    answer,
                    sure,
                };
                tally.count(&input(entry.at, answer));
            }
            tally.count(entry);
        }
        tally.end(entries.len() as u64)
    }

    fn minutes_of(moved: &[Moved], who: &str) -> Option<f64> {
        let is = |name: &Option<Name>| name.as_ref().is_some_and(|it| it.as_str() == who);
        let found = moved
            .iter()
            .find(|it| is(&it.person) || (it.person.is_none() && is(&it.pool)));
        found.map(|it| it.time_s / 60.0)
    }

    #[test]
    fn people_are_away_from_their_done_to_their_return_or_until_they_leave() {
        let summary = hour(&[
            instruct(1, 1, Action::SignIn, "expert", &["E01", "E02", "E03"], None),
            answered(5, 1, done(None, Some(&["E01", "E02"]))),
            answered(
                15,
                1,
                Answer::Left {
                    people: vec!["E02".into()],
                    seats: None,
                    reason: "unwell".into(),
                },
            ),
            instruct(30, 2, Action::SignOut, "expert", &["E01"], Some(1)),
            answered(35, 2, done(None, None)),
            decision(
                36,
                What::Freed {
                    parts: Vec::new(),
                    how: Settlement::Time,
                    instruction: InstructionId(2),
                },
            ),
        ]);
        assert_eq!(minutes_of(&summary.moved, "E01"), Some(30.0));
        assert_eq!(minutes_of(&summary.moved, "E02"), Some(10.0));
        assert_eq!(
            minutes_of(&summary.moved, "E03"),
            None,
            "they were asked and never came"
        );
    }

    #[test]
    fn a_count_of_the_floor_ends_and_begins_stays() {
        let part = |people: &[&str]| Part {
            pool: Some("expert".into()),
            seats: people.len() as u32,
            people: people.iter().map(|it| Name::from(*it)).collect(),
        };
        let by = Actor {
            name: "Chen".into(),
            staff_no: "L01".into(),
            role: "shift_leader".into(),
        };
        let summary = hour(&[
            instruct(0, 1, Action::SignIn, "expert", &["E01", "E02"], None),
            answered(10, 1, done(None, None)),
            decision(
                30,
                What::Counted {
                    by,
                    moves: vec![Recounted {
                        instruction: InstructionId(1),
                        tier: "expert".into(),
                        before: vec![part(&["E01", "E02"])],
                        after: vec![part(&["E01"])],
                    }],
                    found: vec![Found {
                        instruction: InstructionId(2),
                        tier: "outbound".into(),
                        part: part(&["E03"]),
                    }],
                },
            ),
        ]);
        let minutes = ["E01", "E02", "E03"].map(|who| minutes_of(&summary.moved, who));
        assert_eq!(minutes, [Some(50.0), Some(20.0), Some(30.0)]);
    }

    #[test]
    fn nobody_is_moved_by_what_is_decided_in_shadow() {
        let Record::Decision(mut shadow) = instruct(0, 1, Action::SignIn, "expert", &["E01"], None).record else {
            panic!("expected a decision");
        };
        if let What::Instruct { instruction, .. } = &mut shadow.what {
            instruction.shadow = true;
        }
        let settled = What::Settled {
            instruction: InstructionId(1),
            how: Settlement::Time,
        };
        let summary = hour(&[decision(0, shadow.what), decision(3, settled)]);
        assert_eq!((summary.moved.len(), summary.instructions.issued), (0, 0));
        assert_eq!(summary.asks, AskLoad::default(), "nobody was asked");
    }

    #[test]
    fn what_shadow_would_have_called_stands_beside_what_the_floor_called() {
        let dark = |minutes, id| {
            let Record::Decision(mut shadow) = instruct(minutes, id, Action::SignIn, "expert", &["E01"], None).record
            else {
                panic!("expected a decision");
            };
            if let What::Instruct { instruction, .. } = &mut shadow.what {
                instruction.shadow = true;
            }
            decision(minutes, shadow.what)
        };
        let summary = hour(&[
            dark(-5, 1),
            dark(1, 2),
            dark(2, 3),
            instruct(4, 4, Action::SignIn, "outbound", &[], None),
            instruct(9, 5, Action::SignOut, "outbound", &[], Some(4)),
        ]);
        let proof = ShadowProof {
            queue: "inbound".into(),
            would_call: 2,
            called: 1,
        };
        assert_eq!(
            summary.shadow,
            [proof],
            "of this shift alone, and who goes back is no step"
        );
        assert_eq!(summary.asks, AskLoad { mean: 0.33, peak: 2 });
        assert_eq!(
            hour(&[instruct(4, 4, Action::SignIn, "outbound", &[], None)]).shadow,
            []
        );
    }

    #[test]
    fn nameless_people_count_by_pool_a_correction_counts_from_when_it_was_said_and_keep_them_keeps_them() {
        let mut sign_out_of_two = instruct(30, 2, Action::SignOut, "outbound", &[], Some(1));
        if let Record::Decision(decision) = &mut sign_out_of_two.record
            && let What::Instruct { instruction, .. } = &mut decision.what
        {
            instruction.parts[0].seats = 2;
        }
        let summary = hour(&[
            instruct(0, 1, Action::SignIn, "outbound", &[], None),
            decision(
                10,
                What::Settled {
                    instruction: InstructionId(1),
                    how: Settlement::Time,
                },
            ),
            answered(20, 1, done(Some(2), None)),
            sign_out_of_two,
            answered(31, 2, Answer::Declined { reason: "busy".into() }),
        ]);
        assert_eq!(minutes_of(&summary.moved, "outbound"), Some(3.0 * 10.0 + 2.0 * 40.0));
        assert_eq!(summary.moved[0].seats, 3, "at most three at a time");
    }

    #[test]
    fn who_is_stood_down_was_hardly_away_and_a_late_done_counts_again() {
        let stood_down = [
            instruct(0, 1, Action::SignIn, "expert", &["E01"], None),
            instruct(10, 2, Action::StandDown, "expert", &["E01"], Some(1)),
        ];
        let summary = hour(&stood_down);
        assert_eq!(summary.moved, []);
        assert_eq!((summary.instructions.issued, summary.instructions.stood_down), (2, 1));
        let late = [&stood_down[..], &[answered(40, 1, done(None, None))]].concat();
        let summary = hour(&late);
        assert_eq!(minutes_of(&summary.moved, "E01"), Some(20.0), "to the end of the shift");
        assert_eq!((summary.instructions.stood_down, summary.instructions.done), (0, 1));
    }

    #[test]
    fn what_reaches_in_is_counted_as_far_as_it_does_and_what_was_over_is_not() {
        let lost = |minutes| decision(minutes, What::FeedLost { why: "silence".into() });
        let back = |minutes, blind| {
            decision(
                minutes,
                What::FeedBack {
                    blind: Millis::from_mins(blind),
                    anew: false,
                },
            )
        };
        let summary = hour(&[
            instruct(-90, 1, Action::SignIn, "expert", &["E01"], None),
            answered(-80, 1, done(None, None)),
            decision(-70, What::SurgeOver { began: minute(-90) }),
            lost(-65),
            back(-60, 5),
            instruct(-30, 3, Action::SignIn, "outbound", &[], None),
            decision(5, What::SurgeOver { began: minute(-30) }),
            instruct(6, 2, Action::SignOut, "expert", &["E01"], Some(1)),
            answered(10, 2, done(None, None)),
            lost(50),
        ]);
        assert_eq!(minutes_of(&summary.moved, "E01"), Some(10.0));
        let surges: Vec<_> = summary
            .surges
            .iter()
            .map(|it| (it.began.0, it.ended.map(|it| it.0), it.peak))
            .collect();
        assert_eq!(surges, [(minute(-30), Some(minute(5)), Some(8))]);
        assert_eq!(summary.blind.len(), 1);
        assert_eq!((summary.blind[0].from.0, summary.blind[0].to), (minute(50), None));
        assert_eq!(summary.instructions.issued, 1, "only what was given in the shift");
        assert_eq!(summary.instructions.done, 1);
    }
}
