//! Conditions: what is compared with what, for how long, and how that is judged.

use super::diagnostic::{Code, Problems};
use super::node::Node;
use super::sentence::say;
use super::tables::{self, default};
use crate::core::ladder::{Also, Judge, Millionths, RisingOver, ShareOver, Threshold, When};

/// Each may stand in a condition, alone or beside others: then all of them must hold.
const MEASURES: [&str; 7] = [
    "waiting_above",
    "longest_wait_above",
    "waiting_per_seat_above",
    "expected_wait_above",
    "answered_share_below",
    "abandoned_share_above",
    "rising_above",
];

/// When a tier is due, or a surge is severe.
pub fn condition(node: Node<'_>, problems: &mut Problems) -> Option<When> {
    let said: Vec<&str> = MEASURES.into_iter().filter(|key| node.has(key)).collect();
    // A measure that is misspelt has been told of already.
    if said.is_empty() && node.has_only(tables::is_of_condition) {
        let help = say!("no_measure_instead", keys = MEASURES.join(", "));
        problems.error(Code::MissingKey, node.span(), say!("no_measure"), help);
    }
    check_band(node, problems);
    let thresholds: Vec<Option<Threshold>> = said.iter().map(|key| threshold(node, key, problems)).collect();
    let hold = hold(node, problems);
    when(thresholds.into_iter().collect::<Option<Vec<Threshold>>>()?, hold?)
}

/// When a move is taken back: calm, and where it says so the aim met as well.
pub fn calm(node: Node<'_>, problems: &mut Problems) -> Option<When> {
    let hold = hold(node, problems);
    let mut thresholds = vec![Threshold::WaitingAtMost(node.count("waiting_at_most")?.value)];
    if node.has("answered_share_at_least") {
        let share = share_over(node, "answered_share_at_least", problems)?;
        thresholds.push(Threshold::AnsweredShareAtLeast(share));
    }
    when(thresholds, hold?)
}

/// How long a condition must hold, and how that is judged.
struct Hold(crate::core::Millis, Judge);

fn hold(node: Node<'_>, problems: &mut Problems) -> Option<Hold> {
    let judge = judge(node, problems);
    Some(Hold(node.duration("for")?.value, judge?))
}

fn when(mut thresholds: Vec<Threshold>, Hold(hold, judge): Hold) -> Option<When> {
    if thresholds.is_empty() {
        return None;
    }
    let first = thresholds.remove(0);
    Some(When {
        also: Also::try_from(thresholds).ok()?,
        ..When::of(first, hold, judge)
    })
}

fn check_band(node: Node<'_>, problems: &mut Problems) {
    let above = node.count("waiting_above");
    let at_most = node.count("waiting_at_most");
    if let (Some(at_most), false) = (&at_most, node.has("waiting_above")) {
        let (message, help) = (say!("band_without_start"), say!("band_without_start_instead"));
        problems.error(Code::Contradiction, at_most.span.clone(), message, help);
    }
    if let (Some(above), Some(at_most)) = (&above, &at_most)
        && at_most.value <= above.value
    {
        let (above, most) = (above.value.to_string(), at_most.value.to_string());
        let message = say!("band_empty", above = above, most = most);
        problems.error(
            Code::Contradiction,
            at_most.span.clone(),
            message,
            say!("band_empty_instead"),
        );
    }
}

fn threshold(node: Node<'_>, key: &str, problems: &mut Problems) -> Option<Threshold> {
    Some(match key {
        "waiting_above" => Threshold::WaitingAbove {
            above: node.count(key)?.value,
            at_most: node.count("waiting_at_most").map(|said| said.value),
        },
        "longest_wait_above" => Threshold::LongestWaitAbove(node.duration(key)?.value),
        "waiting_per_seat_above" => {
            millionths(node, key, problems)?;
            Threshold::WaitingPerSeatAbove(node.number(key)?)
        }
        "expected_wait_above" => Threshold::ExpectedWaitAbove(node.duration(key)?.value),
        "answered_share_below" => Threshold::AnsweredShareBelow(share_over(node, key, problems)?),
        "abandoned_share_above" => Threshold::AbandonedShareAbove(share_over(node, key, problems)?),
        "rising_above" => {
            let rising = node.node(key)?;
            Threshold::RisingAbove(RisingOver {
                callers: rising.count("callers")?.value,
                over: rising.duration("over")?.value,
            })
        }
        _ => return None,
    })
}

fn share_over(node: Node<'_>, key: &str, problems: &mut Problems) -> Option<ShareOver> {
    let table = node.node(key)?;
    Some(ShareOver {
        share: millionths(table, "share", problems)?,
        over: table.duration("over")?.value,
    })
}

fn judge(when: Node<'_>, problems: &mut Problems) -> Option<Judge> {
    let word = when.text("judge").map_or(default::JUDGE, |said| said.value);
    if word != "share" {
        if when.has("share") {
            let message = say!("share_without_judge", word = word);
            problems.error(
                Code::Contradiction,
                when.at("share"),
                message,
                say!("share_without_judge_instead"),
            );
        }
        return Some(if word == "mean" { Judge::Mean } else { Judge::Every });
    }
    if !when.has("share") {
        let (message, help) = (say!("judge_without_share"), say!("judge_without_share_instead"));
        problems.error(Code::MissingKey, when.at("judge"), message, help);
    }
    millionths(when, "share", problems).map(Judge::Share)
}

/// A number that is judged in whole millionths.
fn millionths(node: Node<'_>, key: &str, problems: &mut Problems) -> Option<Millionths> {
    let number = node.number(key)?;
    let millionths = Millionths::of(number);
    if number > 0.0 && millionths == Millionths(0) {
        let message = say!("too_fine", key = key, number = number.to_string());
        problems.error(Code::BadValue, node.at(key), message, say!("too_fine_instead"));
    }
    Some(millionths)
}
