//! The fold behind a summary: entry by entry, in the order of the log.

use super::stays::Stays;
use super::summary::{Blindness, InstructionCount, Reload, Span, Start, Summary, Surge, TierCalled};
use crate::core::{Action, Actor, Answer, Decision, Instruction, InstructionId, Name, Reason, Settlement, Time, What};
use crate::floor::protocol::{By, Stamp};
use crate::journal::{Entry, Fact, Record};
use std::collections::BTreeMap;

/// A shift on its way to a summary. Counts what came before its beginning too, since that may reach into it.
pub(super) struct Tally {
    from: Time,
    to: Time,
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
    pub fn new(from: Time, to: Time) -> Tally {
        Tally {
            from,
            to,
            surges: BTreeMap::new(),
            over: Vec::new(),
            stays: Stays::new(from, to),
            fates: BTreeMap::new(),
            blind: BTreeMap::new(),
            seen_again: Vec::new(),
            pauses: BTreeMap::new(),
            incidents: BTreeMap::new(),
            ended: [Vec::new(), Vec::new()],
            reloads: Vec::new(),
            daemon: Vec::new(),
        }
    }

    pub fn count(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Decision(decision) => self.decided(decision),
            Record::Fact(fact) if entry.at >= self.from => self.happened(fact, Stamp(entry.at)),
            _ => {}
        }
    }

    fn decided(&mut self, decision: &Decision) {
        let Decision { at, queue, what } = decision;
        let at = *at;
        match what {
            What::Instruct { instruction, .. } => self.instructed(instruction),
            What::Settled { instruction, how } => {
                self.stays.settled(*instruction, at);
                if *how == Settlement::Shown {
                    self.fate(*instruction, Fate::Shown);
                }
            }
            What::Freed { instruction } => self.stays.back(*instruction, at),
            What::Answered {
                instruction, answer, ..
            } => self.answered(*instruction, answer, at),
            What::TierSkipped { .. } => {
                self.surge(queue, at);
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
        if at >= self.from {
            self.fates.insert(instruction.id, Fate::Unanswered);
        }
        self.stays.instructed(instruction);
        if !instruction.action.brings_people() {
            if let (Action::StandDown, Some(of)) = (instruction.action, instruction.of) {
                self.fate(of, Fate::StoodDown);
            }
            return;
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

    fn answered(&mut self, instruction: InstructionId, answer: &Answer, at: Time) {
        self.stays.answered(instruction, answer, at);
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
            Fact::ConfigRefused { why } => self.reloads.push(Reload {
                at,
                refused: true,
                what: vec![why.clone()],
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
        }
    }
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
        | Reason::Incident { waiting, .. } => Some(*waiting),
        _ => None,
    }
}
