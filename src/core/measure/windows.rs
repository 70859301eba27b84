//! Windows: whether a condition has held for long enough on one queue, on the queue's own clock.
//!
//! | judged | a measure holds at a moment at which its threshold is passed, and over the window before it |
//! |---|---|
//! | every | the threshold was passed without a break |
//! | mean | the time-weighted mean of what it measures is beyond it (and within the band), and nothing of it is unknown |
//! | share | the threshold was passed for at least that share; unknown counts as not passed |
//!
//! A condition of several measures holds where each does. A window without length judges the moment, however it is judged.
//!
//! Only [`Windows::observe`] and [`Windows::begin_anew`] change a window. The floor (the last change of the queue's stack)
//! belongs to the queue and is given with each question, so that a change of ladder or of the stack needs no copying of clocks.

use super::band::Band;
use super::passed::{Passed, Stretch};
use super::trace::Trace;
use super::{Course, Latest, depth};
use crate::ladder::{Judge, Ladder, Plan, QueuePlan, Threshold, When};
use crate::{Millis, Seen};
use serde::{Deserialize, Serialize};

/// The windows of one queue: one for each distinct threshold of any ladder, since any ladder may come into force.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Windows {
    windows: Vec<Window>,
}

/// What is known of one threshold. All of it tells how it was up to the last reading and how it goes on by itself. Every reading looks at
/// every window: what few plans need lies elsewhere, so that the windows of many queues stay in the cache.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Window {
    threshold: Threshold,
    pub course: Course,
    passed: Passed,
    /// What it measured, where a mean of it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Box<Trace>>,
    /// Whether it held (1, else 0), where a share of it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Box<Trace>>,
}

/// A window that comes to be full, on the queue's clock.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Running {
    /// Its beginning, which may be still to come.
    pub since: Seen,
    /// The first millisecond at which the condition holds.
    pub due: Seen,
}

impl Windows {
    /// Windows for every threshold of a plan, as [`Windows::for_conditions`] makes them.
    pub fn for_plan(
        before: &Windows,
        plan: &Plan,
        queue: &QueuePlan,
        latest: Option<Latest<'_>>,
        now: Seen,
    ) -> Windows {
        Windows::for_conditions(before, &conditions(plan), queue, latest, now)
    }

    /// Windows for every threshold of these conditions, which are those of a plan. Thresholds that were there before keep their clocks; a new one is judged from
    /// `now` on, by the last reading.
    pub fn for_conditions(
        before: &Windows,
        conditions: &[When],
        queue: &QueuePlan,
        latest: Option<Latest<'_>>,
        now: Seen,
    ) -> Windows {
        let mut windows = Windows::default();
        for when in conditions {
            for threshold in when.thresholds() {
                let position = windows.windows.iter().position(|window| window.threshold == *threshold);
                let position = position.unwrap_or_else(|| {
                    windows.windows.push(before.carried(threshold));
                    windows.windows.len() - 1
                });
                let known = before.find(threshold);
                windows.windows[position].reach_back(when, known);
            }
        }
        if let Some(latest) = latest {
            windows.observe(latest, queue, now);
        }
        windows
    }

    /// Takes in the last reading at `now`. Returns whether any window began or ended, or may be due at another time.
    pub fn observe(&mut self, latest: Latest<'_>, queue: &QueuePlan, now: Seen) -> bool {
        let mut changed = false;
        for window in &mut self.windows {
            changed |= window.observe(latest, queue, now);
        }
        changed
    }

    /// Forgets what was held before `now`; what holds by the last reading begins at `now`.
    pub fn begin_anew(&mut self, latest: Latest<'_>, queue: &QueuePlan, now: Seen) {
        for window in &mut self.windows {
            window.forget();
            window.observe(latest, queue, now);
        }
    }

    /// Since when all that a condition names is passed without a break, whatever the stack, at a moment no earlier than the last
    /// reading; `None`: it is not.
    pub fn since(&self, when: &When, at: Seen) -> Option<Seen> {
        let mut latest = None;
        for threshold in when.thresholds() {
            latest = latest.max(Some(self.find(threshold)?.passed.since(at)?));
        }
        latest
    }

    /// Since when not all that a condition names is passed, at a moment no earlier than the last reading; `None`: it is passed.
    /// [`Seen`]'s beginning where it has not been passed as long as anybody looked.
    pub fn not_since(&self, when: &When, at: Seen) -> Option<Seen> {
        let apart = when.thresholds().filter_map(|threshold| self.find(threshold));
        apart.filter_map(|window| window.passed.not_since(at)).min()
    }

    /// Every threshold, and since when it is passed without a break at a moment no earlier than the last reading.
    pub fn all(&self, at: Seen) -> impl Iterator<Item = (Threshold, Option<Seen>)> {
        self.windows
            .iter()
            .map(move |window| (window.threshold, window.passed.since(at)))
    }

    /// When any threshold is passed or left by itself after a moment, if nothing is read.
    pub fn next_turn(&self, after: Seen) -> Option<Seen> {
        self.windows
            .iter()
            .filter_map(|window| window.passed.next_turn(after))
            .min()
    }

    /// Whether any threshold is passed or left at this very moment.
    pub fn turns_at(&self, at: Seen) -> bool {
        self.windows.iter().any(|window| window.passed.turns_at(at))
    }

    /// Whether anything that a condition measures is unknown.
    pub fn is_unknown(&self, when: &When, at: Seen) -> bool {
        when.thresholds().any(|threshold| {
            let window = self.find(threshold);
            window.is_none_or(|window| window.course.at(threshold, at).measured.is_none())
        })
    }

    /// The window of a condition, if it comes to hold: it begins no earlier than `floor`, and holds at the first millisecond, no
    /// earlier than `from`, at which it does if nothing is read. `from` is no earlier than the last reading. (What must hold without
    /// a break may be due before `from`: it has held ever since.)
    pub fn running(&self, when: &When, floor: Seen, from: Seen) -> Option<Running> {
        let mut from = from;
        loop {
            let (mut due, mut until) = (Seen(i64::MIN), Seen::NEVER);
            for threshold in when.thresholds() {
                let holds = self.find(threshold)?.holds(when, floor, from)?;
                (due, until) = (due.max(holds.from), until.min(holds.until));
            }
            if due < until {
                let since = due - when.hold;
                return Some(Running { since, due });
            }
            // One is over before the last of them begins, later than `from`.
            from = due;
        }
    }

    pub(super) fn find(&self, threshold: &Threshold) -> Option<&Window> {
        self.windows.iter().find(|window| window.threshold == *threshold)
    }

    /// The window of a threshold as it goes on under another plan. A new one of a sliding measure goes on from what another limit of
    /// the same measure has seen.
    fn carried(&self, threshold: &Threshold) -> Window {
        if let Some(known) = self.find(threshold) {
            return Window {
                threshold: *threshold,
                course: known.course.clone(),
                passed: known.passed.clone(),
                mean: None,
                share: None,
            };
        }
        let mut course = Course::of(threshold);
        let alike = self.windows.iter().find(|window| window.threshold.is_like(threshold));
        if let (Course::Sliding(sliding), Some(Course::Sliding(other))) = (&mut course, alike.map(|it| &it.course)) {
            sliding.go_on_from(other);
        }
        Window {
            threshold: *threshold,
            course,
            passed: Passed::default(),
            mean: None,
            share: None,
        }
    }
}

impl Window {
    /// Remembers as much as a condition needs, on from what is known.
    fn reach_back(&mut self, when: &When, known: Option<&Window>) {
        if when.hold == Millis::ZERO {
            return;
        }
        let (trace, known) = match when.judge {
            Judge::Every => return,
            Judge::Mean => (&mut self.mean, known.and_then(|known| known.mean.as_deref())),
            Judge::Share(_) => (&mut self.share, known.and_then(|known| known.share.as_deref())),
        };
        trace
            .get_or_insert_with(|| Box::new(known.map_or_else(Trace::default, Trace::kept)))
            .reach_back(when.hold);
    }

    #[inline]
    fn observe(&mut self, latest: Latest<'_>, queue: &QueuePlan, now: Seen) -> bool {
        // Most windows are of the depth, and most readings change nothing of them but the number.
        if let Course::Line { from, measured } = &mut self.course
            && let Some(holds) = Band::at_depth(&self.threshold, latest.reading.waiting)
            && self.mean.is_none()
            && self.share.is_none()
            && self.passed.goes_on(holds, now)
        {
            (*from, *measured) = (now, Some(depth::measure(latest.reading)));
            return false;
        }
        self.observe_anew(latest, queue, now)
    }

    #[inline(never)]
    fn observe_anew(&mut self, latest: Latest<'_>, queue: &QueuePlan, now: Seen) -> bool {
        let Window {
            threshold,
            course,
            passed,
            mean,
            share,
        } = self;
        course.observe(threshold, latest, queue, now);
        let band = Band::of(threshold);
        let goes_on = course.holds_on(band).is_some_and(|holds| passed.goes_on(holds, now));
        let mut changed = !goes_on && passed.observe(band, course.ahead(threshold, now), now);
        if let Some(trace) = mean {
            changed |= trace.observe(course.ahead(threshold, now), now);
        }
        if let Some(trace) = share {
            changed |= trace.observe(passed.ahead(now), now);
        }
        changed
    }

    fn forget(&mut self) {
        self.course.forget();
        self.passed.forget();
        self.mean
            .iter_mut()
            .chain(&mut self.share)
            .for_each(|trace| trace.forget());
    }

    /// The first time that is not over at `from` and during which it holds by its judgement. What is judged by a sum is told for one
    /// millisecond, no earlier than `from`.
    fn holds(&self, when: &When, floor: Seen, from: Seen) -> Option<Stretch> {
        if self.passed.is_over(from) {
            return None;
        }
        let span = when.hold;
        let mut stretches = self.passed.stretches(from);
        let (trace, band) = match when.judge {
            Judge::Mean if span > Millis::ZERO => (self.mean.as_ref()?, Band::of(&self.threshold).over(span)),
            Judge::Share(share) if span > Millis::ZERO => (self.share.as_ref()?, Band::share(share, span)),
            Judge::Every | Judge::Mean | Judge::Share(_) => {
                return stretches.find_map(|Stretch { from, until }| {
                    let from = from.max(floor) + span;
                    (from < until).then_some(Stretch { from, until })
                });
            }
        };
        let first = stretches.find_map(|stretch| trace.first(span, band, floor, from.max(stretch.from), stretch.until));
        first.map(|from| Stretch {
            from,
            until: from + Millis(1),
        })
    }
}

/// The distinct conditions of all ladders of a plan.
pub fn conditions(plan: &Plan) -> Vec<When> {
    let mut distinct: Vec<When> = Vec::new();
    for when in plan.ladders.values().flat_map(conditions_of) {
        if !distinct.contains(&when) {
            distinct.push(when);
        }
    }
    distinct
}

/// Every condition of a ladder, with the one by which calm stands down who has not answered.
fn conditions_of(ladder: &Ladder) -> impl Iterator<Item = When> {
    let release = [ladder.release.when, ladder.stand_down()];
    let tiers = ladder.tiers.iter().map(|tier| tier.when);
    tiers.chain(ladder.severe).chain(release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, Reading};

    fn plan() -> QueuePlan {
        QueuePlan {
            mode: crate::ladder::Mode::Live,
            max_moves_per_hour: None,
            lend_only_while: None,
            paused: None,
            feed: Name::from("f"),
            ladder: Name::from("day"),
            priority: 0,
            calls_per_hour: None,
            handle_time: Some(Millis::from_mins(3)),
            patience: None,
            target: None,
        }
    }

    fn windows(thresholds: &[Threshold]) -> Windows {
        let windows = thresholds.iter().map(|threshold| Windows::default().carried(threshold));
        Windows {
            windows: windows.collect(),
        }
    }

    fn read(windows: &mut Windows, reading: &Reading, at: i64) {
        let latest = Latest {
            reading,
            age: Millis::ZERO,
        };
        windows.observe(latest, &plan(), Seen(at));
    }

    fn depth(windows: &mut Windows, waiting: u32, at: i64) {
        read(windows, &Reading::of("q", waiting), at);
    }

    const ABOVE: Threshold = Threshold::WaitingAbove {
        above: 5,
        at_most: None,
    };

    fn every(threshold: Threshold, hold: i64) -> When {
        When::of(threshold, Millis(hold), Judge::Every)
    }

    #[test]
    fn an_open_band_counts_eleven_as_worse_than_six_and_a_closed_one_does_not() {
        let closed = Threshold::WaitingAbove {
            above: 5,
            at_most: Some(10),
        };
        let mut both = windows(&[ABOVE, closed]);
        let since = |both: &Windows, threshold, at| both.since(&every(threshold, 0), Seen(at));
        depth(&mut both, 6, 0);
        depth(&mut both, 11, 60_000);
        assert_eq!(since(&both, ABOVE, 60_000), Some(Seen(0)));
        assert_eq!(since(&both, closed, 60_000), None);
        depth(&mut both, 10, 61_000);
        assert_eq!(since(&both, closed, 61_000), Some(Seen(61_000)));
    }

    #[test]
    fn a_window_begins_no_earlier_than_the_floor() {
        let mut one = windows(&[ABOVE]);
        depth(&mut one, 6, 1_000);
        let when = every(ABOVE, 300_000);
        let (since, due) = (Seen(1_000), Seen(301_000));
        assert_eq!(one.running(&when, Seen(0), Seen(1_000)), Some(Running { since, due }));
        let (since, due) = (Seen(5_000), Seen(305_000));
        assert_eq!(
            one.running(&when, Seen(5_000), Seen(5_000)),
            Some(Running { since, due })
        );
    }

    #[test]
    fn a_state_that_lasted_no_time_breaks_no_window() {
        let mut one = windows(&[ABOVE]);
        for (waiting, at) in [(6, 0), (2, 60_000), (7, 60_000), (8, 61_000)] {
            depth(&mut one, waiting, at);
        }
        assert_eq!(one.since(&every(ABOVE, 0), Seen(61_000)), Some(Seen(0)));
        depth(&mut one, 9, 70_000);
        depth(&mut one, 1, 70_000);
        assert_eq!(one.since(&every(ABOVE, 0), Seen(70_000)), None);
    }

    #[test]
    fn a_wait_grows_until_a_reading_says_otherwise() {
        let minute = Threshold::LongestWaitAbove(Millis(60_000));
        let mut one = windows(&[minute]);
        let mut reading = Reading::of("q", 1);
        reading.longest_wait = Some(Millis::ZERO);
        read(&mut one, &reading, 7_000);
        let due = |one: &Windows, hold, from| {
            let running = one.running(&every(minute, hold), Seen(0), Seen(from));
            running.map(|running| (running.since.0, running.due.0))
        };
        assert_eq!(one.since(&every(minute, 0), Seen(66_999)), None);
        assert_eq!(due(&one, 0, 7_000), Some((67_000, 67_000)));
        assert_eq!(due(&one, 30_000, 7_000), Some((67_000, 97_000)));
        assert_eq!(one.next_turn(Seen(7_000)), Some(Seen(67_000)));
        // The head was answered at 20 s; the next had joined at 15 s.
        reading.longest_wait = Some(Millis(5_000));
        read(&mut one, &reading, 20_000);
        assert_eq!(due(&one, 0, 20_000), Some((75_000, 75_000)));
        reading.waiting = 0;
        read(&mut one, &reading, 30_000);
        assert_eq!(due(&one, 0, 30_000), None);
    }

    #[test]
    fn unknown_measures_never_hold_and_say_so() {
        let thresholds = [
            Threshold::LongestWaitAbove(Millis(60_000)),
            Threshold::WaitingPerSeatAbove(0.15),
            Threshold::ExpectedWaitAbove(Millis(60_000)),
        ];
        let mut all = windows(&thresholds);
        let mut reading = Reading::of("q", 400);
        read(&mut all, &reading, 0);
        for threshold in thresholds {
            assert_eq!(all.running(&every(threshold, 0), Seen(0), Seen(0)), None);
            assert!(all.is_unknown(&every(threshold, 0), Seen(0)));
        }
        reading.longest_wait = Some(Millis(60_001));
        reading.signed_in = Some(46);
        read(&mut all, &reading, 1);
        for threshold in thresholds {
            assert!(all.running(&every(threshold, 0), Seen(0), Seen(1)).is_some());
            assert!(!all.is_unknown(&every(threshold, 0), Seen(1)));
        }
    }
}
