//! What a queue's readings tell, laid into spans of time: hours of a month, or the minutes around one surge.
//!
//! Depth and people hold until the next reading, as in the core (plan: "Reading"). A counter's rise is laid evenly between two readings
//! that are close, and where the second was told else; what it rose while nobody saw the queue has no place, and is kept apart. A counter
//! that falls belongs to a source that started again: it counts from nought. What no reading tells is unknown, never zero.

use crate::core::{Decision, Input, Name, Reading, Time, What};
use crate::journal::{Entry, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Readings so close that a counter's rise is laid evenly between them; further apart it is told of the later moment.
const SPREAD_MS: i64 = 15 * 60_000;
/// A span of which so much was seen stands for the whole.
const ENOUGH: f64 = 0.9;

/// What a source counts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Count {
    Offered = 0,
    Answered = 1,
    InTarget = 2,
    Abandoned = 3,
}

const COUNTS: [Count; 4] = [Count::Offered, Count::Answered, Count::InTarget, Count::Abandoned];

/// Spans of time that follow each other: from each start to the next; the last start ends the last span.
pub(super) type Spans = Arc<[Time]>;

/// One queue, span by span.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    spans: Spans,
    seen_ms: Vec<i64>,
    waiting_ms: Vec<f64>,
    most: Vec<Option<u32>>,
    staff_ms: Vec<f64>,
    staff_seen_ms: Vec<i64>,
    counts: [Counter; 4],
    /// Calls that were counted over a time in which nobody saw the queue.
    pub unplaced: u64,
    state: Option<State>,
}

#[derive(Clone, Debug)]
struct Counter {
    risen: Vec<f64>,
    known_ms: Vec<i64>,
    last: Option<(Time, u64)>,
    /// Nobody saw the queue since.
    gap: bool,
}

/// The last reading, as far as it goes on.
#[derive(Copy, Clone, Debug)]
struct State {
    since: Time,
    waiting: u32,
    staff: Option<u32>,
    seen: bool,
}

impl Cells {
    pub fn new(spans: Spans) -> Cells {
        let n = spans.len().saturating_sub(1);
        let counter = Counter {
            risen: vec![0.0; n],
            known_ms: vec![0; n],
            last: None,
            gap: false,
        };
        Cells {
            seen_ms: vec![0; n],
            waiting_ms: vec![0.0; n],
            most: vec![None; n],
            staff_ms: vec![0.0; n],
            staff_seen_ms: vec![0; n],
            counts: [(); 4].map(|()| counter.clone()),
            unplaced: 0,
            state: None,
            spans,
        }
    }

    pub fn reading(&mut self, at: Time, reading: &Reading) {
        self.go_on(at);
        let staff = reading.signed_in.map(|n| n.saturating_sub(reading.paused.unwrap_or(0)));
        self.state = Some(State {
            since: at,
            waiting: reading.waiting,
            staff,
            seen: true,
        });
        if let Some(cell) = self.cell(at) {
            self.most[cell] = self.most[cell].max(Some(reading.waiting));
        }
        let told = [
            reading.offered,
            reading.answered,
            reading.answered_in_target,
            reading.abandoned,
        ];
        for (count, told) in COUNTS.into_iter().zip(told) {
            self.counted(count, told, at);
        }
    }

    /// Takes the next entry of its queue's readings and sight.
    pub fn take(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Input(Input::Reading { reading }) => self.reading(entry.at, reading),
            Record::Decision(Decision { at, what, .. }) => self.decided(*at, what),
            Record::Input(_) | Record::Fact(_) => {}
        }
    }

    fn decided(&mut self, at: Time, what: &What) {
        match what {
            What::FeedLost { .. } => self.lost(at),
            What::FeedBack { .. } => self.back(at),
            What::Instruct { .. }
            | What::Settled { .. }
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

    /// Nobody sees the queue from here on.
    pub fn lost(&mut self, at: Time) {
        self.go_on(at);
        if let Some(state) = &mut self.state {
            state.seen = false;
        }
        for counter in &mut self.counts {
            counter.gap = true;
        }
    }

    /// It is seen again as it was, by a sign of life of its source.
    pub fn back(&mut self, at: Time) {
        if let Some(state) = &mut self.state
            && !state.seen
        {
            (state.seen, state.since) = (true, at);
        }
    }

    /// Time goes on with what was told last.
    pub fn go_on(&mut self, at: Time) {
        let Some(state) = self.state else { return };
        if let Some(now) = &mut self.state {
            now.since = now.since.max(at);
        }
        if !state.seen {
            return;
        }
        let spans = Arc::clone(&self.spans);
        for (cell, ms) in overlaps(&spans, state.since, at) {
            self.seen_ms[cell] += ms;
            self.waiting_ms[cell] += f64::from(state.waiting) * ms as f64;
            self.most[cell] = self.most[cell].max(Some(state.waiting));
            if let Some(staff) = state.staff {
                self.staff_seen_ms[cell] += ms;
                self.staff_ms[cell] += f64::from(staff) * ms as f64;
            }
        }
    }

    fn counted(&mut self, count: Count, told: Option<u64>, at: Time) {
        let spans = Arc::clone(&self.spans);
        let here = self.cell(at);
        let counter = &mut self.counts[count as usize];
        let Some(now) = told else {
            (counter.last, counter.gap) = (None, false);
            return;
        };
        let before = counter.last.replace((at, now));
        let gap = std::mem::replace(&mut counter.gap, false);
        let Some((since, was)) = before else { return };
        let rise = if now >= was { now - was } else { now };
        if gap {
            if count == Count::Offered {
                self.unplaced += rise;
            }
            return;
        }
        let span = (at - since).0;
        for (cell, ms) in overlaps(&spans, since, at) {
            counter.known_ms[cell] += ms;
            if span <= SPREAD_MS {
                counter.risen[cell] += rise as f64 * ms as f64 / span as f64;
            }
        }
        if let (true, Some(cell)) = (span > SPREAD_MS || span <= 0, here) {
            counter.risen[cell] += rise as f64;
        }
    }

    fn cell(&self, at: Time) -> Option<usize> {
        let cell = self.spans.partition_point(|start| *start <= at).checked_sub(1)?;
        (cell + 1 < self.spans.len()).then_some(cell)
    }

    fn length(&self, cell: usize) -> i64 {
        (self.spans[cell + 1] - self.spans[cell]).0
    }

    fn is_enough(&self, cell: usize, known_ms: i64) -> bool {
        let length = self.length(cell);
        length > 0 && known_ms as f64 >= ENOUGH * length as f64
    }

    /// Calls in a span; `None`: the source does not count them, or the span was not seen.
    pub fn count(&self, count: Count, cell: usize) -> Option<f64> {
        let counter = &self.counts[count as usize];
        self.is_enough(cell, counter.known_ms[cell])
            .then(|| counter.risen[cell])
    }

    /// The source has told of this counter.
    pub fn counts(&self, count: Count) -> bool {
        self.counts[count as usize].known_ms.iter().any(|ms| *ms > 0)
    }

    /// Whether the source tells at all who is signed in.
    pub fn tells_staff(&self) -> bool {
        self.staff_seen_ms.iter().any(|ms| *ms > 0)
    }

    /// People at work in the mean: signed in and not paused, where the feed tells.
    pub fn staff(&self, cell: usize) -> Option<f64> {
        let seen = self.staff_seen_ms[cell];
        self.is_enough(cell, seen).then(|| self.staff_ms[cell] / seen as f64)
    }

    /// The same over what was seen of the span, however little.
    pub fn staff_seen(&self, cell: usize) -> Option<f64> {
        let seen = self.staff_seen_ms[cell];
        (seen > 0).then(|| self.staff_ms[cell] / seen as f64)
    }

    /// What a counter rose in what was seen of a span, however little; `None`: nothing.
    pub fn risen(&self, count: Count, cell: usize) -> Option<f64> {
        let counter = &self.counts[count as usize];
        (counter.known_ms[cell] > 0).then(|| counter.risen[cell])
    }

    /// When a span begins.
    pub fn begins(&self, cell: usize) -> Time {
        self.spans[cell]
    }

    /// Callers waiting in the mean over what was seen of the span.
    pub fn waiting(&self, cell: usize) -> Option<f64> {
        let seen = self.seen_ms[cell];
        (seen > 0).then(|| self.waiting_ms[cell] / seen as f64)
    }

    /// The most callers that waited.
    pub fn most(&self, cell: usize) -> Option<u32> {
        self.most[cell]
    }

    /// Callers times minutes.
    pub fn caller_minutes(&self, cell: usize) -> f64 {
        self.waiting_ms[cell] / 60_000.0
    }

    /// How much of the span was seen, 0 to 1.
    pub fn seen_share(&self, cell: usize) -> f64 {
        let length = self.length(cell);
        if length > 0 {
            self.seen_ms[cell] as f64 / length as f64
        } else {
            0.0
        }
    }
}

/// The spans that a time lies in, with the milliseconds of each.
fn overlaps(spans: &[Time], from: Time, to: Time) -> impl Iterator<Item = (usize, i64)> {
    let first = spans.partition_point(|start| *start <= from).saturating_sub(1);
    (first..spans.len().saturating_sub(1))
        .take_while(move |cell| spans[*cell] < to)
        .map(move |cell| (cell, (spans[cell + 1].min(to) - spans[cell].max(from)).0))
        .filter(|(_, ms)| *ms > 0)
}

/// All queues, over the same spans.
#[derive(Debug)]
pub(super) struct AllCells {
    spans: Spans,
    pub queues: BTreeMap<Name, Cells>,
}

impl AllCells {
    pub fn new(spans: Spans) -> AllCells {
        AllCells {
            spans,
            queues: BTreeMap::new(),
        }
    }

    /// Takes the next entry of the log.
    pub fn take(&mut self, entry: &Entry) {
        match &entry.record {
            Record::Input(Input::Reading { reading }) => {
                let spans = &self.spans;
                let queue = self.queues.entry(reading.queue.clone());
                queue
                    .or_insert_with(|| Cells::new(Arc::clone(spans)))
                    .reading(entry.at, reading);
            }
            Record::Input(Input::StoodStill { .. }) => {
                for queue in self.queues.values_mut() {
                    queue.lost(entry.at);
                }
            }
            Record::Decision(Decision { at, queue, what }) => {
                if let Some(cells) = self.queues.get_mut(queue) {
                    cells.decided(*at, what);
                }
            }
            Record::Input(_) | Record::Fact(_) => {}
        }
    }

    /// What was told last goes on until then.
    pub fn end(&mut self, at: Time) {
        for queue in self.queues.values_mut() {
            queue.go_on(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Millis;

    fn minute(minutes: i64) -> Time {
        Time(0) + Millis::from_mins(minutes)
    }

    fn hours(n: i64) -> Cells {
        Cells::new((0..=n).map(|hour| minute(60 * hour)).collect())
    }

    fn tell(cells: &mut Cells, at: i64, waiting: u32, offered: Option<u64>) {
        let mut reading = Reading::of("inbound", waiting);
        (reading.offered, reading.signed_in, reading.paused) = (offered, Some(12), Some(2));
        cells.reading(minute(at), &reading);
    }

    #[test]
    fn depth_and_people_hold_until_the_next_reading() {
        let mut cells = hours(2);
        tell(&mut cells, 0, 4, None);
        tell(&mut cells, 45, 8, None);
        cells.go_on(minute(90));
        assert_eq!((cells.waiting(0), cells.waiting(1)), (Some(5.0), Some(8.0)));
        assert_eq!(
            (cells.staff(0), cells.staff(1)),
            (Some(10.0), None),
            "of half an hour nobody knows"
        );
        assert_eq!((cells.most(0), cells.caller_minutes(0)), (Some(8), 300.0));
        assert_eq!(cells.count(Count::Offered, 0), None, "not counted is not nought");
    }

    #[test]
    fn a_rise_lies_evenly_between_close_readings_and_at_the_end_of_a_long_calm() {
        let mut cells = hours(3);
        tell(&mut cells, 0, 0, Some(100));
        tell(&mut cells, 55, 0, Some(150));
        tell(&mut cells, 65, 0, Some(160));
        tell(&mut cells, 175, 0, Some(161));
        tell(&mut cells, 180, 0, Some(161));
        let calls: Vec<_> = (0..3).map(|cell| cells.count(Count::Offered, cell)).collect();
        assert_eq!(calls, [Some(55.0), Some(5.0), Some(1.0)]);
    }

    #[test]
    fn a_source_that_starts_again_counts_from_nought_and_a_gap_has_no_place() {
        let mut cells = hours(3);
        tell(&mut cells, 0, 0, Some(100));
        tell(&mut cells, 10, 0, Some(110));
        tell(&mut cells, 20, 0, Some(4));
        (3..=6).for_each(|ten| tell(&mut cells, 10 * ten, 0, Some(4)));
        assert_eq!(cells.count(Count::Offered, 0), Some(14.0));
        cells.lost(minute(60));
        tell(&mut cells, 130, 0, Some(90));
        assert_eq!(cells.count(Count::Offered, 1), None);
        assert_eq!(cells.count(Count::Offered, 2), None, "ten minutes of it are missing");
        assert_eq!(cells.unplaced, 86);
    }
}
