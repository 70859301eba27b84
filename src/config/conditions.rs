//! Conditions: what is compared with what, for how long, and how that is judged.

use super::diagnostic::{Code, Problems};
use super::node::Node;
use crate::core::ladder::{Judge, Millionths, Threshold, When};

const MEASURES: [&str; 4] = [
    "waiting_above",
    "longest_wait_above",
    "waiting_per_seat_above",
    "expected_wait_above",
];

/// When a tier is due.
pub fn condition(node: Node<'_>, problems: &mut Problems) -> Option<When> {
    let said: Vec<&str> = MEASURES.into_iter().filter(|key| node.has(key)).collect();
    if said.len() != 1 {
        let help =
            "a condition has one of waiting_above, longest_wait_above, waiting_per_seat_above, expected_wait_above";
        let (code, message) = match said.as_slice() {
            [] => (
                Code::MissingKey,
                "this condition does not say what is compared".to_owned(),
            ),
            many => (
                Code::Contradiction,
                format!("this condition compares {} things at once", many.len()),
            ),
        };
        problems.error(code, node.span(), message, help);
    }
    let above = node.count("waiting_above");
    let at_most = node.count("waiting_at_most");
    if let (Some(at_most), false) = (&at_most, node.has("waiting_above")) {
        let message = "waiting_at_most closes the band of waiting_above, which is not there";
        problems.error(
            Code::Contradiction,
            at_most.span.clone(),
            message,
            "add waiting_above = ...",
        );
    }
    if let (Some(above), Some(at_most)) = (&above, &at_most)
        && at_most.value <= above.value
    {
        let message = format!(
            "no number of callers is above {} and at most {}",
            above.value, at_most.value
        );
        problems.error(
            Code::Contradiction,
            at_most.span.clone(),
            message,
            "write a larger waiting_at_most, or leave it out",
        );
    }
    let hold = hold(node, problems);
    let threshold = match *said.first()? {
        "waiting_above" => Threshold::WaitingAbove {
            above: above?.value,
            at_most: at_most.map(|said| said.value),
        },
        "longest_wait_above" => Threshold::LongestWaitAbove(node.duration("longest_wait_above")?.value),
        "waiting_per_seat_above" => {
            millionths(node, "waiting_per_seat_above", problems)?;
            Threshold::WaitingPerSeatAbove(node.number("waiting_per_seat_above")?)
        }
        _ => Threshold::ExpectedWaitAbove(node.duration("expected_wait_above")?.value),
    };
    Some(When { threshold, ..hold? })
}

/// How long a condition must hold, and how that is judged; its threshold is the caller's.
pub fn hold(when: Node<'_>, problems: &mut Problems) -> Option<When> {
    let judge = judge(when, problems);
    Some(When::of(
        Threshold::WaitingAtMost(0),
        when.duration("for")?.value,
        judge?,
    ))
}

fn judge(when: Node<'_>, problems: &mut Problems) -> Option<Judge> {
    let word = when.text("judge").map_or("every", |said| said.value);
    if word != "share" {
        if when.has("share") {
            let message =
                format!("share stands beside judge = \"share\" alone, and this condition is judged by {word:?}");
            let help = "write judge = \"share\", or leave share out";
            problems.error(Code::Contradiction, when.at("share"), message, help);
        }
        return Some(if word == "mean" { Judge::Mean } else { Judge::Every });
    }
    if !when.has("share") {
        let message = "judge = \"share\" does not say which share of the time";
        problems.error(Code::MissingKey, when.at("judge"), message, "add share = 0.8");
    }
    millionths(when, "share", problems).map(Judge::Share)
}

/// A number that is judged in whole millionths.
fn millionths(node: Node<'_>, key: &str, problems: &mut Problems) -> Option<Millionths> {
    let number = node.number(key)?;
    let millionths = Millionths::of(number);
    if number > 0.0 && millionths == Millionths(0) {
        let message = format!("`{key}` is judged in millionths, and {number} is less than half of one");
        problems.error(Code::BadValue, node.at(key), message, "write 0.000001 or more");
    }
    Some(millionths)
}
