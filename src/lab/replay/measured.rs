//! What a replay measures beside its decisions, for whoever leads a shift.

use super::drawn::Drawn;
use crate::core::{Action, Answer, Decision, Instruction, InstructionId, Millis, Name, Time, What};
use crate::feed::rounds::Rounds;
use crate::shift::{AskWindow, is_ask};
use crate::wire::Stamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A move taken back within this time was a short one.
const SHORT_STAY: Millis = Millis::from_mins(10);

/// What a replay saw, beside its decisions.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Summary {
    /// The first reading; absent where there was none.
    pub from: Option<Stamp>,
    /// The last.
    pub to: Option<Stamp>,
    /// The ladders that were in force at some time between, by the plan's own clock.
    pub ladders: BTreeSet<Name>,
    /// Readings taken.
    pub readings: u64,
    /// Readings older than the last of their queue, dropped.
    pub older: u64,
    /// Readings of queues that the configuration does not have, by queue.
    pub unknown_queues: BTreeMap<Name, u64>,
    /// Lines of feeds that the configuration does not have, by feed: they were told of every feed.
    pub unknown_feeds: BTreeMap<Name, u64>,
    /// Lines that could not be read.
    pub faulty_lines: u64,
    /// The first of them, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_fault: Option<String>,
    /// Everything that was asked for was taken to be done so long after, in seconds; absent where whoever answered in a duty log answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_after_s: Option<f64>,
    /// Answers of a duty log that were taken; without one, and without a rule, nobody answered.
    pub answers: u64,
    /// Answers of a duty log to instructions that this plan did not give.
    pub answers_without_instruction: u64,
    /// Instructions by queue, tier and action.
    pub instructions: Vec<Count>,
    /// Surges that began, each with a first instruction or a first tier that nobody could be asked for.
    pub surges: u64,
    /// Times that a queue went blind.
    pub blind: u64,
    /// Tiers that were due and could not be called.
    pub skipped: u64,
    /// Moves that were made: instructions that bring people.
    pub moves: u64,
    /// Moves that were taken back.
    pub stays: u64,
    /// Of these, within ten minutes of their instruction.
    pub short_stays: u64,
    /// People asked for, counting each call.
    pub people_asked: u64,
    /// People who were moved: as it was said to be done, or as many as were asked for where it was taken to be done.
    pub people_moved: u64,
    /// Callers who gave up; absent where no reading counts them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_up: Option<GivenUp>,
    /// What every supervisor was asked.
    pub alarms: Alarms,
    /// Each queue.
    pub queues: Vec<QueueSummary>,
}

/// How often a tier's action was asked for.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Count {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
    /// The action.
    pub action: Action,
    /// How often.
    pub times: u64,
    /// For how many people in all.
    pub seats: u64,
}

/// Callers who gave up, as the phone system counted them. How many they are, no plan changes: they were recorded.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct GivenUp {
    /// All of them.
    pub all: u64,
    /// While nobody was called to their queue by this plan.
    pub nobody_called: u64,
}

/// Asks of the floor: every supervisor hears each of them.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Alarms {
    /// All of them.
    pub asks: u64,
    /// In ten minutes, over the whole time.
    pub mean_per_10_min: f64,
    /// The most in any ten minutes.
    pub peak_per_10_min: u64,
    /// Share of the time in which the ten minutes before held more than ten.
    pub flood_share: f64,
}

/// One queue over the whole time.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QueueSummary {
    /// The queue.
    pub queue: Name,
    /// Surges that began.
    pub surges: u64,
    /// The deepest reading.
    pub most_waiting: u32,
    /// Minutes with more than five waiting, while it was seen.
    pub above_5_min: f64,
    /// Minutes with more than ten.
    pub above_10_min: f64,
    /// Minutes in which nobody could see it.
    pub blind_min: f64,
}

/// A summary on its way.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) summary: Summary,
    /// Where it is to be drawn.
    pub(super) drawn: Option<Drawn>,
    issued: BTreeMap<InstructionId, Move>,
    counts: BTreeMap<(Name, Name, Action), (u64, u64)>,
    queues: Rounds<Line>,
    asks: AskWindow,
}

/// A move that was asked for and not taken back.
struct Move {
    began: Time,
    /// Who is not counted as moved yet.
    left: u64,
}

#[derive(Default)]
struct Line {
    /// The phone system's counter of callers who gave up.
    abandoned: Option<u64>,
    /// How many wait by the last reading.
    depth: Option<u32>,
    surges: u64,
    surging: bool,
    most: u32,
    above_5: Millis,
    above_10: Millis,
    blind: Millis,
    blind_since: Option<Time>,
    /// Since when so many wait, while it is seen.
    waits: Option<(Time, u32)>,
}

impl Line {
    /// Counts the time up to then.
    fn until(&mut self, at: Time) {
        if let Some((since, waiting)) = &mut self.waits {
            let lasted = (at - *since).max(Millis::ZERO);
            *since = (*since).max(at);
            if *waiting > 5 {
                self.above_5 = self.above_5 + lasted;
            }
            if *waiting > 10 {
                self.above_10 = self.above_10 + lasted;
            }
        }
        if let Some(since) = &mut self.blind_since {
            self.blind = self.blind + (at - *since).max(Millis::ZERO);
            *since = (*since).max(at);
        }
    }
}

impl Measured {
    /// Something happened at that time.
    pub(super) fn passes(&mut self, at: Time) {
        self.summary.from.get_or_insert(Stamp(at));
        self.summary.to = Some(Stamp(at));
    }

    /// A reading of a queue that the plan does not have.
    pub(super) fn unknown(&mut self, queue: Name) {
        *self.summary.unknown_queues.entry(queue).or_default() += 1;
    }

    /// Where a queue's own sums are.
    pub(super) fn place(&mut self, queue: &Name) -> usize {
        self.queues.place_or_insert(queue, Line::default)
    }

    /// So many wait from now on in a queue, by its name and its place.
    #[inline]
    pub(super) fn waits(&mut self, (queue, place): (&Name, usize), waiting: u32, at: Time) {
        if let Some(drawn) = &mut self.drawn {
            drawn.waits(queue, waiting, at);
        }
        let line = self.queues.at(place);
        line.until(at);
        (line.waits, line.depth) = (Some((at, waiting)), Some(waiting));
        line.most = line.most.max(waiting);
    }

    /// Whether more have given up than was known, or fewer; what [`Measured::gave_up`] counts.
    #[inline]
    pub(super) fn counts_otherwise(&mut self, place: usize, abandoned: Option<u64>) -> bool {
        abandoned.is_some() && self.queues.at(place).abandoned != abandoned
    }

    /// So many have given up since the phone system's own start; `called`: while somebody was called to the queue. `None`: it does not say.
    pub(super) fn gave_up(&mut self, place: usize, abandoned: Option<u64>, called: bool) {
        let Some(now) = abandoned else { return };
        let line = self.queues.at(place);
        let before = line.abandoned.replace(now);
        // A counter that is smaller has begun anew.
        let more = before.map_or(0, |before| now.checked_sub(before).unwrap_or(now));
        let given_up = self.summary.given_up.get_or_insert_default();
        given_up.all += more;
        given_up.nobody_called += if called { 0 } else { more };
    }

    pub(super) fn decided(&mut self, decision: &Decision) {
        let at = decision.at;
        if is_ask(&decision.what) {
            self.asks.ask(at);
        }
        match &decision.what {
            What::Instruct { instruction, .. } => self.instructed(instruction),
            What::TierSkipped { .. } => {
                self.surge(&decision.queue);
                self.summary.skipped += 1;
            }
            What::SurgeOver { .. } => self.line(&decision.queue).surging = false,
            What::FeedLost { .. } => {
                self.summary.blind += 1;
                let line = self.line(&decision.queue);
                line.until(at);
                line.waits = None;
                line.blind_since.get_or_insert(at);
                self.drawn_blind(decision, true);
            }
            What::FeedBack { .. } => {
                let line = self.line(&decision.queue);
                line.until(at);
                line.blind_since = None;
                // A sign of life vouches for what was read last.
                let depth = line.depth;
                line.waits = depth.map(|depth| (at, depth));
                self.drawn_blind(decision, false);
                if let (Some(drawn), Some(depth)) = (&mut self.drawn, depth) {
                    drawn.waits(&decision.queue, depth, at);
                }
            }
            What::Settled { instruction, .. } => self.moved(*instruction, None),
            What::Answered {
                instruction,
                answer: Answer::Done { seats, people, .. },
                ..
            } => {
                let named = people.as_ref().map(|people| people.len() as u64);
                self.moved(*instruction, named.or(seats.map(u64::from)));
            }
            What::Freed { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::Counted { .. }
            | What::Resumed { .. }
            | What::Answered { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted { .. }
            | What::LadderChanged { .. } => {}
        }
    }

    fn drawn_blind(&mut self, decision: &Decision, blind: bool) {
        if let Some(drawn) = &mut self.drawn {
            drawn.blind(&decision.queue, blind, decision.at);
        }
    }

    fn instructed(&mut self, instruction: &Instruction) {
        self.surge(&instruction.queue);
        let seats = u64::from(instruction.seats.ask);
        let key = (instruction.queue.clone(), instruction.tier.clone(), instruction.action);
        let count = self.counts.entry(key).or_default();
        (count.0, count.1) = (count.0 + 1, count.1 + seats);
        if let Some(taken_back) = instruction.of.and_then(|of| self.issued.remove(&of)) {
            self.summary.stays += 1;
            self.summary.short_stays += u64::from(instruction.at - taken_back.began < SHORT_STAY);
        }
        if instruction.action.brings_people() {
            self.summary.moves += 1;
            self.summary.people_asked += seats;
            let (began, left) = (instruction.at, seats);
            self.issued.insert(instruction.id, Move { began, left });
        }
    }

    /// The people of a move are there; `None`: as many as were asked for.
    fn moved(&mut self, instruction: InstructionId, seats: Option<u64>) {
        // Said once: whoever comes later corrects no sum of calls.
        if let Some(it) = self.issued.get_mut(&instruction) {
            self.summary.people_moved += seats.unwrap_or(it.left);
            it.left = 0;
        }
    }

    fn surge(&mut self, queue: &Name) {
        let line = self.line(queue);
        let begins = !std::mem::replace(&mut line.surging, true);
        line.surges += u64::from(begins);
        self.summary.surges += u64::from(begins);
    }

    fn line(&mut self, queue: &Name) -> &mut Line {
        self.queues.get_or_insert(queue, Line::default)
    }

    pub(super) fn end(self) -> (Summary, Drawn) {
        let drawn = self.drawn.map(Drawn::end).unwrap_or_default();
        let mut summary = self.summary;
        let counts = self.counts.into_iter();
        let count = |((queue, tier, action), (times, seats))| Count {
            queue,
            tier,
            action,
            times,
            seats,
        };
        summary.instructions = counts.map(count).collect();
        let minutes = |span: Millis| span.as_secs() / 60.0;
        let (from, to) = match (summary.from, summary.to) {
            (Some(Stamp(from)), Some(Stamp(to))) => (from, to),
            _ => return (summary, drawn),
        };
        let queues: BTreeMap<Name, Line> = self.queues.into_values().collect();
        for (queue, mut line) in queues {
            line.until(to);
            summary.queues.push(QueueSummary {
                queue,
                surges: line.surges,
                most_waiting: line.most,
                above_5_min: minutes(line.above_5),
                above_10_min: minutes(line.above_10),
                blind_min: minutes(line.blind),
            });
        }
        summary.alarms = Alarms {
            asks: self.asks.all().into(),
            mean_per_10_min: self.asks.mean(to - from),
            peak_per_10_min: self.asks.peak().map_or(0, |peak| peak.asks.into()),
            flood_share: self.asks.flood_share(to - from, to),
        };
        (summary, drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_by_the_depth_before_and_not_while_nobody_sees() {
        let mut measured = Measured::default();
        let (queue, minute) = (Name::from("a"), |minute: i64| Time(minute * 60_000));
        let blind = |at, what| Decision {
            at,
            queue: Name::from("a"),
            what,
        };
        measured.passes(minute(0));
        let queue = (&queue, measured.place(&queue));
        measured.waits(queue, 6, minute(0));
        measured.waits(queue, 11, minute(3));
        measured.waits(queue, 5, minute(5));
        measured.waits(queue, 20, minute(9));
        let why = crate::core::Lost::Said("gone".into());
        measured.decided(&blind(minute(10), What::FeedLost { why }));
        let lasted = Millis::from_mins(4);
        let back = What::FeedBack {
            blind: lasted,
            anew: true,
        };
        measured.decided(&blind(minute(14), back));
        measured.waits(queue, 0, minute(14));
        measured.waits(queue, 12, minute(16));
        // A sign of life alone brings it back as it was.
        let why = crate::core::Lost::Said("gone".into());
        measured.decided(&blind(minute(17), What::FeedLost { why }));
        let (blind_for, anew) = (Millis::from_mins(1), false);
        measured.decided(&blind(minute(18), What::FeedBack { blind: blind_for, anew }));
        measured.passes(minute(20));
        let (summary, _) = measured.end();
        let line = &summary.queues[0];
        assert_eq!((line.above_5_min, line.above_10_min, line.blind_min), (9.0, 6.0, 5.0));
        assert_eq!((line.most_waiting, summary.blind), (20, 2));
    }
}
