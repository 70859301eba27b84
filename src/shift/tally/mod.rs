//! The fold behind a summary: entry by entry, in the order of the log.
//!
//! Who is on which move, and whether there is a surge, is not judged here: the core keeps its books from the same entries, as at a start,
//! and is asked. Readings are left out, since they are not kept as long as the log: by themselves they move nobody, and what the daemon
//! decided by them is recorded.

use super::asks::{AskLoad, is_ask};
use super::stays::{Stays, Times};
use super::summary::{Blindness, InstructionCount, Reload, ShadowProof, Span, Start, Summary, Surge, TierCalled};
use crate::core::{
    Action, Actor, Answer, Core, Decision, Input, Instruction, InstructionId, Name, Order, Reason, Time, What,
};
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
    /// Of the first entry: before it there was nothing that could have asked.
    first: Option<Time>,
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
            first: None,
            steps: BTreeMap::new(),
        }
    }

    /// Takes the next entry of the log, of whatever queue: a word said on one may move people of another.
    pub fn count(&mut self, entry: &Entry) {
        self.first.get_or_insert(entry.at);
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
            // What a count finds as it was, no decision tells of.
            Record::Input(Input::Order {
                order: Order::Count { moves, .. },
                ..
            }) => {
                let there = moves.iter().filter(|one| one.seats > 0);
                there.for_each(|one| self.stays.confirm(one.instruction));
            }
            Record::Input(_) | Record::Fact(_) => {}
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
            What::Settled { instruction, how } if how.is_shown() => {
                self.stays.confirm(*instruction);
                self.fate(*instruction, Fate::Shown);
            }
            What::Answered {
                instruction, answer, ..
            } => self.answered(*instruction, answer),
            What::Counted { found, .. } => {
                found.iter().for_each(|one| self.stays.confirm(one.instruction));
                if at >= self.from {
                    self.steps.entry(queue.clone()).or_default().1 += u32::try_from(found.len()).unwrap_or(u32::MAX);
                }
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
            What::Settled { .. }
            | What::Freed { .. }
            | What::TierSkipped { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::NobodyListening { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted { .. }
            | What::LadderChanged { .. } => {}
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
            Answer::Done { .. } => {
                self.stays.confirm(instruction);
                self.fate(instruction, Fate::Done);
            }
            Answer::Declined { .. } => self.fate(instruction, Fate::Declined),
            // Who has left was there.
            Answer::Left { .. } => self.stays.confirm(instruction),
            Answer::Escalate { .. } => {}
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
            Fact::WentOutUnlogged { .. }
            | Fact::LoggedIn { .. }
            | Fact::LoggedOut { .. }
            | Fact::NotLetIn { .. }
            | Fact::Forgotten { .. }
            | Fact::Quieted { .. }
            | Fact::QuietOver { .. }
            | Fact::Handover(_)
            | Fact::Undelivered { .. } => {}
        }
    }

    /// The log goes no further, though the shift does: nobody is away in what nobody knows.
    pub fn known_to(&mut self, at: Time) {
        self.stays.known_to(at);
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
        let Times { moved, asked } = self.stays.end();
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
            moved,
            asked,
            instructions: counted(self.fates.into_values()),
            blind,
            pauses: spans(pauses, self.pauses),
            incidents: spans(incidents, self.incidents),
            reloads: self.reloads,
            daemon: self.daemon,
            asks: AskLoad::of(self.asks, self.first.map_or(from, |first| first.max(from)), self.to),
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
        | Reason::Incident { waiting, .. }
        | Reason::MaxStay { waiting, .. } => Some(*waiting),
        Reason::Severe { why } => waiting(why),
        Reason::Order { .. } => None,
    }
}

#[cfg(test)]
mod tests;
