//! What became of the calls of the last half hour, by the source's own counters, for whoever looks at the page: kept in memory, after a start
//! read from the duty log, and never decided by.

use crate::core::ladder::Target;
use crate::core::{Core, Millis, Name, Plan, Reading, Time};
use crate::wire::{ServiceState, TargetMessage};
use std::collections::{BTreeMap, VecDeque};

/// How far back.
const SPAN: Millis = Millis::from_mins(30);

/// Counters are kept so often: what is told is right to a minute.
const STEP: Millis = Millis::from_secs(60);

/// Of every queue that tells.
#[derive(Default)]
pub struct Services {
    queues: BTreeMap<Name, VecDeque<(Time, Counters)>>,
}

/// Since the source's own start.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Counters {
    answered: u64,
    in_target: Option<u64>,
    abandoned: Option<u64>,
}

impl Counters {
    fn of(reading: &Reading) -> Option<Counters> {
        Some(Counters {
            answered: reading.answered?,
            in_target: reading.answered_in_target,
            abandoned: reading.abandoned,
        })
    }

    /// What came since; `None`: the source has begun to count anew, or counts something else.
    fn since(self, then: Counters) -> Option<Counters> {
        let part = |now: Option<u64>, then: Option<u64>| match (now, then) {
            (Some(now), Some(then)) => now.checked_sub(then).map(Some),
            (None, None) => Some(None),
            _ => None,
        };
        Some(Counters {
            answered: self.answered.checked_sub(then.answered)?,
            in_target: part(self.in_target, then.in_target)?,
            abandoned: part(self.abandoned, then.abandoned)?,
        })
    }
}

impl Services {
    /// Forgets all but the queues of a plan.
    pub fn keep(&mut self, plan: &Plan) {
        self.queues.retain(|queue, _| plan.queues.contains_key(queue));
    }

    /// Notes the counters of a queue at its place in the order of names, and tells its last half hour.
    pub fn note(&mut self, core: &Core, queue: &Name, place: usize) -> Option<ServiceState> {
        let configured = core.plan().queues.get(queue)?;
        self.note_one(
            queue,
            Counters::of(core.reading_at(place)?)?,
            configured.target,
            core.now(),
        )
    }

    /// Notes the counters of a reading of the past.
    pub fn recall(&mut self, reading: &Reading, at: Time) {
        if let Some(counted) = Counters::of(reading) {
            self.note_one(&reading.queue, counted, None, at);
        }
    }

    fn note_one(&mut self, queue: &Name, counted: Counters, target: Option<Target>, now: Time) -> Option<ServiceState> {
        let past = match self.queues.get_mut(queue) {
            Some(past) => past,
            None => self.queues.entry(queue.clone()).or_default(),
        };
        if past.back().is_some_and(|(_, before)| counted.since(*before).is_none()) {
            past.clear();
        }
        if past.back().is_none_or(|(at, _)| now - *at >= STEP) {
            past.push_back((now, counted));
        }
        // One from before the half hour stays: what came since is told.
        while past.get(1).is_some_and(|(at, _)| now - *at >= SPAN) {
            past.pop_front();
        }
        let (from, before) = past.front()?;
        let came = counted.since(*before)?;
        let ended = came.answered.saturating_add(came.abandoned.unwrap_or(0));
        // Of no call there is no share.
        (ended > 0).then(|| ServiceState {
            over_s: whole_minutes(now - *from),
            answered: came.answered,
            in_target: came.in_target,
            abandoned: came.abandoned,
            target: target.map(TargetMessage::from),
        })
    }
}

/// Up, so that what is told moves once a minute and no more.
fn whole_minutes(span: Millis) -> f64 {
    let step = STEP.0.max(1);
    Millis((span.0.max(1) + step - 1) / step * step)
        .as_secs()
        .min(SPAN.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Time = Time(1_793_592_000_000);
    const TARGET: Target = Target {
        answered: 0.9,
        within: Millis::from_secs(20),
    };

    fn counters(answered: u64, in_target: u64, abandoned: u64) -> Counters {
        Counters {
            answered,
            in_target: Some(in_target),
            abandoned: Some(abandoned),
        }
    }

    fn note(services: &mut Services, minute: i64, counted: Counters) -> Option<(f64, u64, Option<u64>, Option<u64>)> {
        let at = NOON + Millis::from_mins(minute);
        let told = services.note_one(&"inbound".into(), counted, Some(TARGET), at)?;
        assert_eq!(told.target, Some(TargetMessage::from(TARGET)));
        Some((told.over_s, told.answered, told.in_target, told.abandoned))
    }

    #[test]
    fn what_came_since_the_first_word_counts_and_nothing_before_it() {
        let mut services = Services::default();
        assert_eq!(note(&mut services, 0, counters(1_180, 1_000, 17)), None);
        let told = note(&mut services, 10, counters(1_200, 1_015, 18));
        assert_eq!(told, Some((600.0, 20, Some(15), Some(1))));
    }

    #[test]
    fn only_the_last_half_hour_counts() {
        let mut services = Services::default();
        for minute in 0..=60 {
            note(
                &mut services,
                minute,
                counters(10 * minute as u64, 9 * minute as u64, 0),
            );
        }
        let told = note(&mut services, 61, counters(610, 549, 4));
        assert_eq!(told, Some((1_800.0, 300, Some(270), Some(4))));
    }

    #[test]
    fn a_source_that_counts_anew_is_counted_anew() {
        let mut services = Services::default();
        note(&mut services, 0, counters(500, 400, 9));
        note(&mut services, 5, counters(520, 410, 9));
        assert_eq!(note(&mut services, 6, counters(3, 3, 0)), None);
        let told = note(&mut services, 8, counters(5, 4, 0));
        assert_eq!(told, Some((120.0, 2, Some(1), Some(0))));
    }

    #[test]
    fn what_is_not_told_stays_unknown() {
        let mut services = Services::default();
        let bare = |answered| Counters {
            answered,
            in_target: None,
            abandoned: None,
        };
        note(&mut services, 0, bare(10));
        let told = note(&mut services, 2, bare(15));
        assert_eq!(told, Some((120.0, 5, None, None)));
    }
}
