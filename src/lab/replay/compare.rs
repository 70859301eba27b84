//! Where two plans part over the same recording.

use super::Line;
use crate::core::{Action, Millis, Name};
use crate::wire::Stamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Two instructions for the same thing further apart than this are two instructions, and not one at another time.
const THE_SAME_WITHIN: Millis = Millis::from_mins(30);

/// One difference.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// When the first plan asked for it, or else the other.
    pub at: Stamp,
    /// For which queue.
    pub queue: Name,
    /// By which tier.
    pub tier: Name,
    /// What is to be done.
    pub action: Action,
    /// How it differs.
    #[serde(flatten)]
    pub how: How,
}

/// How the other plan differs from the first.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// It asks for the same at another time, or for another number.
    Changed {
        /// Seconds later; below 0: earlier.
        later_s: f64,
        /// How many the first asks for.
        seats: u32,
        /// How many the other asks for.
        other_seats: u32,
    },
    /// It does not ask for it.
    Gone {
        /// How many the first asks for.
        seats: u32,
    },
    /// It alone asks for it.
    Come {
        /// How many.
        other_seats: u32,
    },
}

/// All differences of `other` from `first`, in the order of time. Both are lists of one replay each, in the order of time.
pub fn differences(first: &[Line], other: &[Line]) -> Vec<Difference> {
    let (first, mut other) = (by_what(first), by_what(other));
    let mut found = Vec::new();
    for (what, ours) in first {
        pair(&ours, &other.remove(&what).unwrap_or_default(), &mut found);
    }
    for theirs in other.into_values() {
        pair(&[], &theirs, &mut found);
    }
    found.sort_by(|one, other| (one.at, &one.queue, &one.tier).cmp(&(other.at, &other.queue, &other.tier)));
    found
}

type ForTheSame<'a> = BTreeMap<(&'a Name, &'a Name, Action), Vec<&'a Line>>;

fn by_what(lines: &[Line]) -> ForTheSame<'_> {
    let mut all = ForTheSame::new();
    for line in lines {
        all.entry((&line.queue, &line.tier, line.action))
            .or_default()
            .push(line);
    }
    all
}

/// Pairs each with the nearest of the others that is near enough, and notes what is left.
fn pair(ours: &[&Line], theirs: &[&Line], found: &mut Vec<Difference>) {
    let apart = |one: &Line, other: &Line| Millis((one.at.0.0 - other.at.0.0).abs());
    let (mut i, mut j) = (0, 0);
    loop {
        match (ours.get(i), theirs.get(j)) {
            (None, None) => return,
            (Some(one), Some(other)) if apart(one, other) <= THE_SAME_WITHIN => {
                let nearer =
                    |next: Option<&&Line>, than: &Line| next.is_some_and(|next| apart(next, than) < apart(one, other));
                if one.at < other.at && nearer(ours.get(i + 1), other) {
                    found.push(gone(one));
                    i += 1;
                } else if other.at < one.at && nearer(theirs.get(j + 1), one) {
                    found.push(come(other));
                    j += 1;
                } else {
                    found.extend(changed(one, other));
                    (i, j) = (i + 1, j + 1);
                }
            }
            (Some(one), other) if other.is_none_or(|other| one.at <= other.at) => {
                found.push(gone(one));
                i += 1;
            }
            (_, Some(other)) => {
                found.push(come(other));
                j += 1;
            }
            (Some(_), None) => return,
        }
    }
}

fn difference(line: &Line, how: How) -> Difference {
    Difference {
        at: line.at,
        queue: line.queue.clone(),
        tier: line.tier.clone(),
        action: line.action,
        how,
    }
}

fn gone(line: &Line) -> Difference {
    let seats = line.seats.ask;
    difference(line, How::Gone { seats })
}

fn come(line: &Line) -> Difference {
    let other_seats = line.seats.ask;
    difference(line, How::Come { other_seats })
}

fn changed(one: &Line, other: &Line) -> Option<Difference> {
    let later_s = (other.at.0 - one.at.0).as_secs();
    let (seats, other_seats) = (one.seats.ask, other.seats.ask);
    let how = How::Changed {
        later_s,
        seats,
        other_seats,
    };
    (later_s != 0.0 || seats != other_seats).then(|| difference(one, how))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{InstructionId, Reason, Time};
    use crate::wire::{ReasonMessage, Seats};

    fn line(minute: i64, tier: &str, ask: u32) -> Line {
        let reason = Reason::WaitingAtMost {
            threshold: 5,
            held: Millis::ZERO,
            waiting: 0,
            judged: crate::core::Judged::Every,
        };
        Line {
            at: Stamp(Time(minute * 60_000)),
            queue: "inbound".into(),
            action: Action::SignIn,
            tier: tier.into(),
            pool: None,
            pools: None,
            seats: Seats {
                min: ask,
                max: ask,
                ask,
            },
            reason: ReasonMessage::from(&reason),
            people: Vec::new(),
            id: InstructionId(1),
            of: None,
            shadow: false,
        }
    }

    fn found(first: &[Line], other: &[Line]) -> Vec<(i64, String, How)> {
        let told = |it: Difference| (it.at.0.0 / 60_000, it.tier.to_string(), it.how);
        differences(first, other).into_iter().map(told).collect()
    }

    #[test]
    fn the_same_at_another_time_is_one_difference_and_what_nobody_has_is_one_each() {
        let changed = |later_s, seats, other_seats| How::Changed {
            later_s,
            seats,
            other_seats,
        };
        let first = [line(0, "expert", 4), line(10, "outbound", 2), line(200, "expert", 4)];
        assert_eq!(found(&first, &first), []);
        let other = [line(2, "expert", 4), line(10, "outbound", 3), line(90, "quality", 2)];
        let expected = [
            (0, "expert".to_owned(), changed(120.0, 4, 4)),
            (10, "outbound".to_owned(), changed(0.0, 2, 3)),
            (90, "quality".to_owned(), How::Come { other_seats: 2 }),
            (200, "expert".to_owned(), How::Gone { seats: 4 }),
        ];
        assert_eq!(found(&first, &other), expected);
    }

    #[test]
    fn each_is_paired_with_the_nearest() {
        let first = [line(0, "expert", 4), line(20, "expert", 4)];
        let other = [line(21, "expert", 4)];
        let later_s = 60.0;
        let moved = How::Changed {
            later_s,
            seats: 4,
            other_seats: 4,
        };
        let expected = [
            (0, "expert".to_owned(), How::Gone { seats: 4 }),
            (20, "expert".to_owned(), moved),
        ];
        assert_eq!(found(&first, &other), expected);
    }
}
