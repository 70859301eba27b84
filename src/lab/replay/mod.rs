//! The daemon's own core over what was recorded, on the recording's own time.
//!
//! Depth is what was recorded: moves cannot change it (plan: "Fine print"). An instruction reaches the floor at once, unless the duty log
//! that is replayed tells when it did.

mod bars;
mod compare;
mod drawn;
mod line;
mod measured;
pub mod told;

pub use bars::{Bar, bars};
pub use compare::{Difference, How, differences};
pub use drawn::{Depths, Drawn};
pub use line::Line;
pub use measured::{Alarms, Count, GivenUp, QueueSummary, Summary};

use super::recorded::{Asked, Happening, Told};
use super::timeline::Timeline;
use crate::config::Config;
use crate::core::{Core, Decision, Input, Millis, Name, Reading, Time};
use crate::feed::Heard;
use crate::feed::readings::{ReadError, Recorded};
use crate::feed::rounds::Rounds;
use crate::feed::session::Session;
use crate::journal::Run;
use measured::Measured;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Lines at fault that are told one by one.
const FAULTS_TOLD: u64 = 5;

/// Who answers.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Answers {
    /// Whoever did, where a duty log tells; else nobody.
    #[default]
    Recorded,
    /// Every instruction is done, and every tier that waits for a yes has it, so long after it was asked for.
    After(Millis),
}

/// The ladders that are in force at some time from one moment to another.
fn ladders(config: &Config, from: Time, to: Time) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for (queue, plan) in &config.plan.queues {
        let mut at = from;
        loop {
            found.insert(config.calendar.ladder_at(queue, &plan.ladder, at));
            match config.calendar.next_change(queue, &plan.ladder, at) {
                Some(next) if next > at && next <= to => at = next,
                _ => break,
            }
        }
    }
    found
}

/// A replay that is running.
pub struct Replay<'a> {
    config: &'a Config,
    answers: Answers,
    timeline: Option<Timeline>,
    /// A feed's readings so far, feed by feed.
    sessions: Vec<Session>,
    /// The plan's queues, by their keys and by what the sources call them.
    watched: Rounds<Watched>,
    /// Those of the last run.
    places: Option<Places>,
    measured: Measured,
    /// Lines at fault are counted and not told one by one.
    quiet: bool,
}

/// A queue of the plan.
struct Watched {
    /// Its key.
    queue: Name,
    /// The place of its feed.
    feed: usize,
    /// Where its sums are, once it was read.
    line: Option<usize>,
    /// Room for its next reading: the last but one of it.
    said: Option<Reading>,
}

/// Which of the plan's queues those of a run are, by their numbers.
struct Places {
    run: Run,
    /// `None`: not looked up yet; or it is none of the plan's.
    places: Vec<Option<Option<usize>>>,
}

impl Places {
    /// Those of a run, which may number its queues as the one before.
    fn of(run: &Run, before: Option<Places>) -> Places {
        before
            .filter(|before| before.run.numbers_as(run))
            .unwrap_or_else(|| Places {
                run: run.clone(),
                places: Vec::new(),
            })
    }

    fn find(&mut self, queue: usize, watched: &mut Rounds<Watched>) -> Option<usize> {
        if self.places.len() <= queue {
            self.places.resize(queue + 1, None);
        }
        *self.places[queue].get_or_insert_with(|| watched.find(self.run.queue(queue)?.as_str()))
    }
}

impl<'a> Replay<'a> {
    /// A replay under a configuration.
    pub fn new(config: &'a Config, answers: Answers) -> Replay<'a> {
        let plan = &config.plan;
        // A feed that the plan does not know never goes stale.
        let stale_after = |feed: &Name| {
            plan.feeds
                .get(feed)
                .map_or(Millis(i64::MAX), |limits| limits.stale_after)
        };
        let mut feeds: Vec<&Name> = plan.queues.values().map(|queue| &queue.feed).collect();
        feeds.sort_unstable();
        feeds.dedup();
        let watched = |name: &Name, queue: &Name| {
            let (queue, configured) = plan.queues.get_key_value(queue)?;
            let feed = feeds.binary_search(&&configured.feed).ok()?;
            let watched = Watched {
                queue: queue.clone(),
                feed,
                line: None,
                said: None,
            };
            Some((name.clone(), watched))
        };
        let sources = config.feeds.values().flat_map(|feed| &feed.sources);
        let by_source = sources.filter_map(|(source, queue)| watched(source, queue));
        // A key counts before what a source calls another queue.
        let by_key = plan.queues.keys().filter_map(|queue| watched(queue, queue));
        Replay {
            config,
            answers,
            timeline: None,
            watched: by_source.chain(by_key).collect(),
            sessions: feeds.iter().map(|feed| Session::new(stale_after(feed))).collect(),
            places: None,
            measured: Measured::default(),
            quiet: false,
        }
    }

    /// Counts lines at fault and tells none of them one by one.
    #[must_use]
    pub fn quietly(self) -> Replay<'a> {
        Replay { quiet: true, ..self }
    }

    /// Takes what happened next; what was decided up to it goes to `decided`, in order.
    pub fn take(&mut self, happening: Result<Happening, ReadError>, decided: &mut impl FnMut(&Decision)) {
        let happening = match happening {
            Ok(happening) => happening,
            Err(fault) => return self.passed_over(&fault),
        };
        let now = self.core().map_or(Time(i64::MIN), Core::now);
        let at = happening.at().max(now);
        let config = self.config;
        self.timeline.get_or_insert_with(|| {
            let after = match self.answers {
                Answers::Recorded => None,
                Answers::After(after) => Some(after),
            };
            Timeline::new(Arc::new(config.plan.clone()), config.calendar.clone(), after, at)
        });
        self.measured.passes(at);
        match happening {
            Happening::Heard(Recorded { feed, what, .. }) => self.hear(feed.as_ref(), what, at, decided),
            Happening::Told(told) => self.follow(told, at, decided),
            Happening::Run { run, asked } => self.run(run, asked, at, decided),
        }
        self.collect(decided);
    }

    /// Lets time pass until then without a reading; what is decided goes to `decided`.
    pub fn run_to(&mut self, at: Time, decided: &mut impl FnMut(&Decision)) {
        if let Some(timeline) = &mut self.timeline {
            timeline.run_to(at);
        }
        self.collect(decided);
    }

    /// The core as it stands; `None` before the first line.
    pub fn core(&self) -> Option<&Core> {
        self.timeline.as_ref().map(Timeline::core)
    }

    /// Keeps from now on what [`Replay::end_drawn`] gives.
    pub fn draw(&mut self) {
        self.measured.drawn.get_or_insert_default();
    }

    /// Ends with what happened last: what would have been due after it is not decided.
    pub fn end(self) -> Summary {
        self.end_drawn().0
    }

    /// The same, with what is drawn of it.
    pub fn end_drawn(self) -> (Summary, Drawn) {
        let (config, answers) = (self.config, self.answers);
        let (mut summary, drawn) = self.measured.end();
        summary.answer_after_s = match answers {
            Answers::Recorded => None,
            Answers::After(after) => Some(after.as_secs()),
        };
        if let (Some(from), Some(to)) = (summary.from, summary.to) {
            summary.ladders = ladders(config, from.0, to.0);
        }
        (summary, drawn)
    }

    /// A line could not be read; or a file could not be read on, which is no line: that is told by whoever reads the files.
    pub fn passed_over(&mut self, fault: &ReadError) {
        let summary = &mut self.measured.summary;
        summary.first_fault.get_or_insert_with(|| fault.to_string());
        match fault {
            ReadError::Line { .. } => summary.faulty_lines += 1,
            ReadError::File { .. } => return,
        }
        if summary.faulty_lines <= FAULTS_TOLD && !self.quiet {
            tracing::warn!("{fault}; the line is passed over");
        }
    }

    fn hear(&mut self, feed: Option<&Name>, what: Heard, at: Time, decided: &mut impl FnMut(&Decision)) {
        match what {
            Heard::Reading(reading) => self.read(&mut Some(reading), true, at, decided),
            Heard::QueueMissing { queue } => {
                if let Some(queue) = self.key_of(queue) {
                    self.tell(Input::QueueMissing { queue }, at);
                }
            }
            Heard::Connected => self.tell_feeds(feed, at, |feed| Input::FeedConnected { feed }),
            Heard::Disconnected { why } => self.tell_feeds(feed, at, |feed| {
                let why = why.clone();
                Input::FeedDisconnected { feed, why }
            }),
            Heard::Heartbeat => self.tell_feeds(feed, at, |feed| Input::Heartbeat { feed }),
            Heard::SourceLost { why } => self.tell_feeds(feed, at, |feed| {
                let why = why.clone();
                Input::SourceLost { feed, why }
            }),
            Heard::ClockDiffers { .. } | Heard::Rejected { .. } => {}
        }
    }

    /// A reading, which changes places with the one before of its queue. `to_be_judged`: nobody has judged it yet.
    fn read(&mut self, said: &mut Option<Reading>, to_be_judged: bool, at: Time, decided: &mut impl FnMut(&Decision)) {
        let (Some(reading), Some(timeline)) = (&mut *said, &mut self.timeline) else {
            return;
        };
        let Some((_, watched)) = self.watched.get(reading.queue.as_str()) else {
            return self.measured.unknown(reading.queue.clone());
        };
        reading.queue.clone_from(&watched.queue);
        if to_be_judged && self.sessions[watched.feed].judge(reading, at).is_err() {
            self.measured.summary.older += 1;
            return;
        }
        let line = &mut watched.line;
        tell_reading(timeline, &mut self.measured, (&watched.queue, line), said, at, decided);
    }

    /// Readings that a daemon's core was told, one behind the other. They were judged when they came.
    fn run(&mut self, run: Run, asked: Vec<Asked>, begins: Time, decided: &mut impl FnMut(&Decision)) {
        let Some(timeline) = &mut self.timeline else {
            return;
        };
        let mut places = Places::of(&run, self.places.take());
        let mut asked = Some(asked).filter(|_| self.answers == Answers::Recorded);
        let (mut left, mut now) = (run.len(), begins);
        for plain in run.plain() {
            (left, now) = (left - 1, now.max(plain.at));
            self.measured.passes(now);
            // What was asked belongs to the last of them.
            timeline.expect(asked.take_if(|_| left == 0).unwrap_or_default(), now);
            let Some(place) = places.find(plain.queue, &mut self.watched) else {
                let queue = run.queue(plain.queue).cloned();
                queue.into_iter().for_each(|queue| self.measured.unknown(queue));
                continue;
            };
            let Watched { queue, line, said, .. } = self.watched.at(place);
            plain.write(said.get_or_insert_with(|| Reading::of(queue.clone(), 0)));
            tell_reading(timeline, &mut self.measured, (queue, line), said, now, decided);
        }
        self.places = Some(places);
    }

    /// What a daemon's core was told. A floor that answers by a rule takes the place of the one that did.
    fn follow(&mut self, told: Told, at: Time, decided: &mut impl FnMut(&Decision)) {
        let by_the_log = self.answers == Answers::Recorded;
        if let Some(timeline) = &mut self.timeline {
            timeline.expect(if by_the_log { told.asked } else { Vec::new() }, at);
        }
        match told.input {
            // It was judged when it came.
            Some(Input::Reading { reading }) => self.read(&mut Some(reading), false, at, decided),
            Some(Input::Heartbeat { feed }) => self.hear(Some(&feed), Heard::Heartbeat, at, decided),
            Some(Input::FeedConnected { feed }) => self.hear(Some(&feed), Heard::Connected, at, decided),
            Some(Input::FeedDisconnected { feed, why }) => {
                self.hear(Some(&feed), Heard::Disconnected { why }, at, decided);
            }
            Some(Input::SourceLost { feed, why }) => self.hear(Some(&feed), Heard::SourceLost { why }, at, decided),
            Some(Input::QueueMissing { queue }) => self.hear(None, Heard::QueueMissing { queue }, at, decided),
            Some(input @ (Input::Delivery { .. } | Input::Answer { .. } | Input::Order { .. })) => {
                let is_answer = matches!(input, Input::Answer { .. });
                let timeline = self.timeline.as_mut().filter(|_| by_the_log);
                let summary = &mut self.measured.summary;
                match timeline.map(|timeline| timeline.tell_recorded(input, at).is_some()) {
                    Some(true) => summary.answers += u64::from(is_answer),
                    Some(false) => summary.answers_without_instruction += 1,
                    None => {}
                }
            }
            Some(input @ Input::StoodStill { .. }) => self.tell(input, at),
            // A replay has a plan of its own.
            None | Some(Input::Configured { .. } | Input::LadderInForce { .. }) => {}
        }
    }

    /// The plan's key of a queue, which goes by that or by the source's name; else it is counted as unknown.
    fn key_of(&mut self, queue: Name) -> Option<Name> {
        let key = self
            .watched
            .get(queue.as_str())
            .map(|(_, watched)| watched.queue.clone());
        if key.is_none() {
            self.measured.unknown(queue);
        }
        key
    }

    /// Tells of the feed that spoke; of one that the plan does not have, or that nobody named, every feed.
    fn tell_feeds(&mut self, feed: Option<&Name>, at: Time, input: impl Fn(Name) -> Input) {
        let feeds = &self.config.plan.feeds;
        match feed.filter(|feed| feeds.contains_key(*feed)) {
            Some(feed) => self.tell(input(feed.clone()), at),
            None => {
                if let Some(feed) = feed {
                    *self.measured.summary.unknown_feeds.entry(feed.clone()).or_default() += 1;
                }
                for feed in feeds.keys() {
                    self.tell(input(feed.clone()), at);
                }
            }
        }
    }

    fn tell(&mut self, input: Input, at: Time) {
        if let Some(timeline) = &mut self.timeline {
            timeline.tell(input, at);
        }
    }

    fn collect(&mut self, decided: &mut impl FnMut(&Decision)) {
        if let Some(timeline) = &mut self.timeline {
            collect(timeline, &mut self.measured, decided);
        }
    }
}

/// Tells a reading of a queue, by its key and the place of its sums, and measures what it says and what was decided by it.
#[inline]
fn tell_reading(
    timeline: &mut Timeline,
    measured: &mut Measured,
    (queue, line): (&Name, &mut Option<usize>),
    said: &mut Option<Reading>,
    at: Time,
    decided: &mut impl FnMut(&Decision),
) {
    let Some(&Reading { waiting, abandoned, .. }) = said.as_ref() else {
        return;
    };
    measured.summary.readings += 1;
    let place = *line.get_or_insert_with(|| measured.place(queue));
    // Who had given up by now did so under what was decided before this was known.
    if measured.counts_otherwise(place, abandoned) {
        measured.gave_up(place, abandoned, timeline.core().calls_to(queue));
    }
    timeline.tell_reading(said, at);
    // What was decided before goes by the depth before.
    collect(timeline, measured, decided);
    measured.waits((queue, place), waiting, at);
}

/// What was decided goes to `decided` and is measured.
#[inline]
fn collect(timeline: &mut Timeline, measured: &mut Measured, decided: &mut impl FnMut(&Decision)) {
    while let Some(decision) = timeline.decided() {
        decided(&decision);
        measured.decided(&decision);
    }
}
