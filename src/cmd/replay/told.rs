//! What a replay came to, in the words of the floor: the same for text and page.

use crate::core::{Action, Millis, Name, Plan, Time};
use crate::lab::replay::{Difference, How, Summary};
use crate::wire::Stamp;
use crate::words::span;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::fmt::Write;

/// Said below every replay.
pub(super) const CAVEAT: &str = "Recorded callers are not made fewer by moves: this shows when the plan would have acted, not what it would have achieved.";

/// A moment on the wall of the plan's zone.
pub(super) fn local(at: Time, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

/// `3 August 09:35`, with seconds where there are any.
pub(super) fn moment(at: Time, zone: &TimeZone) -> String {
    let local = local(at, zone);
    let form = if local.second() == 0 {
        "%-d %B %H:%M"
    } else {
        "%-d %B %H:%M:%S"
    };
    local.strftime(form).to_string()
}

/// `1 August 1999 00:26 to 31 August 1999 23:54`; `None`: nothing was read.
pub(super) fn period(summary: &Summary, zone: &TimeZone) -> Option<String> {
    let told = |at: Stamp| local(at.0, zone).strftime("%-d %B %Y %H:%M").to_string();
    Some(format!("{} to {}", told(summary.from?), told(summary.to?)))
}

/// A whole number with its thousands apart.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

fn whole(value: f64) -> String {
    number(value.round().max(0.0) as u64)
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_owned(),
        little if little < 9.95 => format!("{little:.1} %"),
        more => format!("{more:.0} %"),
    }
}

/// The lines of the summary's table: what, and how much under this plan.
pub(super) fn rows(summary: &Summary) -> Vec<(String, String)> {
    let sum = |of: fn(&crate::lab::replay::QueueSummary) -> f64| summary.queues.iter().map(of).sum::<f64>();
    let line = |what: &str, value: String| (what.to_owned(), value);
    let alarms = &summary.alarms;
    let mut rows = vec![
        line("surges", number(summary.surges)),
        line("minutes with more than 5 waiting", whole(sum(|it| it.above_5_min))),
        line("minutes with more than 10 waiting", whole(sum(|it| it.above_10_min))),
        line("minutes in which nobody could see", whole(sum(|it| it.blind_min))),
        line("moves", number(summary.moves)),
        line("people asked for, counting each call", number(summary.people_asked)),
        line("people moved", number(summary.people_moved)),
        line("moves taken back", number(summary.stays)),
        line("  of these within ten minutes", number(summary.short_stays)),
        line("tiers due with nobody to ask", number(summary.skipped)),
        line("asks that each supervisor heard", number(alarms.asks)),
        line("  in ten minutes, mean", format!("{:.2}", alarms.mean_per_10_min)),
        line("  in ten minutes, at most", number(alarms.peak_per_10_min)),
        line("  time with more than ten in ten minutes", percent(alarms.flood_share)),
    ];
    if summary.answers_without_instruction > 0 {
        let count = number(summary.answers_without_instruction);
        rows.push(line("recorded answers to what it did not ask", count));
    }
    rows
}

/// The place of a tier among those of its queue's ladder; of another ladder's, behind them.
pub(super) fn place(plan: &Plan, queue: &Name, tier: &Name) -> usize {
    let ladder = plan.queues.get(queue).map(|queue| &queue.ladder);
    let tiers = ladder.and_then(|ladder| plan.ladders.get(ladder));
    let found = tiers.and_then(|ladder| ladder.tiers.iter().position(|known| known.name == *tier));
    found.unwrap_or(usize::MAX)
}

/// A tier's queue, name and action, and under each plan how often it was called and for how many.
pub(super) type Called = (Name, Name, Action, Vec<(u64, u64)>);

/// Every tier that any of these plans called, in the order of the ladder.
pub(super) fn calls(summaries: &[&Summary], plan: &Plan) -> Vec<Called> {
    let mut all: Vec<(Name, Name, Action)> = summaries
        .iter()
        .flat_map(|summary| &summary.instructions)
        .map(|it| (it.queue.clone(), it.tier.clone(), it.action))
        .collect();
    all.sort_by_cached_key(|it| (it.0.clone(), place(plan, &it.0, &it.1), it.clone()));
    all.dedup();
    let times = |summary: &Summary, key: &(Name, Name, Action)| {
        let found = summary
            .instructions
            .iter()
            .find(|it| (&it.queue, &it.tier, it.action) == (&key.0, &key.1, key.2));
        found.map_or((0, 0), |it| (it.times, it.seats))
    };
    let called = all.into_iter().filter(|(_, _, action)| action.brings_people());
    called
        .map(|key| {
            let each = summaries.iter().map(|summary| times(summary, &key)).collect();
            (key.0, key.1, key.2, each)
        })
        .collect()
}

/// `expert called 2:00 earlier on 3 August 09:35`.
pub(super) fn sentence(difference: &Difference, several_queues: bool, zone: &TimeZone) -> String {
    let Difference {
        at,
        queue,
        tier,
        action,
        how,
    } = difference;
    let done = match action {
        Action::SignIn => "called",
        Action::SignOut => "sent back",
        Action::StandDown => "stood down",
        Action::ExtendShift => "asked to stay",
        Action::Overtime => "called",
        Action::CallIn => "called in",
    };
    let at = moment(at.0, zone);
    let mut text = match several_queues {
        true => format!("{queue}: {tier}"),
        false => tier.to_string(),
    };
    let _ = match how {
        How::Gone { seats } => write!(text, " not {done} on {at} (before: {seats})"),
        How::Come { other_seats } => write!(text, " {done} on {at}, for {other_seats}"),
        How::Changed {
            later_s,
            seats,
            other_seats,
        } => {
            let by = span(Millis((later_s.abs() * 1000.0) as i64));
            let when = match *later_s {
                0.0 => String::new(),
                later if later > 0.0 => format!(" {by} later"),
                _ => format!(" {by} earlier"),
            };
            let number = match seats == other_seats {
                true => String::new(),
                false => format!(", {other_seats} instead of {seats}"),
            };
            write!(text, " {done}{when} on {at}{number}")
        }
    };
    text
}

/// `41 moves instead of 63; 12 surges as before`: what differs most, in one sentence.
pub(super) fn gist(first: &Summary, other: &Summary) -> String {
    let told = |one: &str, several: &str, ours: u64, theirs: u64| {
        let what = if theirs == 1 { one } else { several };
        match ours == theirs {
            true => format!("{} {what} as before", number(theirs)),
            false => format!("{} {what} instead of {}", number(theirs), number(ours)),
        }
    };
    [
        told("move", "moves", first.moves, other.moves),
        told(
            "person asked for",
            "people asked for",
            first.people_asked,
            other.people_asked,
        ),
        told("short stay", "short stays", first.short_stays, other.short_stays),
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_as_people_say_them() {
        let difference = |how| Difference {
            at: Stamp(Time(
                "1999-08-03T06:35:00Z".parse::<Timestamp>().unwrap().as_millisecond(),
            )),
            queue: "inbound".into(),
            tier: "expert".into(),
            action: Action::SignIn,
            how,
        };
        let zone = TimeZone::get("Asia/Jerusalem").unwrap();
        let changed = |later_s, seats, other_seats| {
            difference(How::Changed {
                later_s,
                seats,
                other_seats,
            })
        };
        let told = |difference: &Difference| sentence(difference, false, &zone);
        assert_eq!(
            told(&changed(-120.0, 4, 4)),
            "expert called 2:00 earlier on 3 August 09:35"
        );
        assert_eq!(
            told(&changed(0.0, 2, 3)),
            "expert called on 3 August 09:35, 3 instead of 2"
        );
        let gone = difference(How::Gone { seats: 4 });
        assert_eq!(
            sentence(&gone, true, &zone),
            "inbound: expert not called on 3 August 09:35 (before: 4)"
        );
        assert_eq!(number(1_234_567), "1,234,567");
    }
}
