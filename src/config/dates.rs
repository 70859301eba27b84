//! Calendar entries.

use super::diagnostic::{Code, Problems};
use super::endings::Ending;
use super::names::{self, Known};
use super::node::Node;
use super::sentence::say;
use crate::calendar::{Daily, Dates, Decrees, Entry, LOOK_AHEAD_DAYS, Lunar, Monthly, weekday};
use crate::core::Time;
use jiff::ToSpan;
use jiff::tz::TimeZone;

/// Reads the entries, first to last.
pub fn read(root: Node<'_>, known: &Known, problems: &mut Problems) -> Vec<Entry> {
    root.nodes("calendar")
        .into_iter()
        .filter_map(|node| entry(node, known, problems))
        .collect()
}

fn entry(node: Node<'_>, known: &Known, problems: &mut Problems) -> Option<Entry> {
    let queues = node.names("queues");
    for queue in &queues {
        names::expect(queue, &known.queues, "queue", problems);
    }
    if node.has("queues") && queues.is_empty() {
        let (message, help) = (say!("for_no_queue"), say!("for_no_queue_instead"));
        problems.error(Code::BadValue, node.at("queues"), message, help);
    }
    let narrowing = ["dates", "lunar", "decree", "weekdays", "workdays", "monthly", "daily"];
    if !narrowing.iter().any(|key| node.has(key)) {
        problems.error(Code::Contradiction, node.span(), say!("always"), say!("always_instead"));
    }
    for key in ["dates", "lunar", "weekdays"] {
        if node.has(key) && node.texts(key).is_empty() {
            problems.error(
                Code::BadValue,
                node.at(key),
                say!("no_day", key = key),
                say!("no_day_instead"),
            );
        }
    }
    let ladder = node.name("ladder")?;
    names::expect(&ladder, &known.ladders, "ladder", problems);
    Some(Entry {
        ladder: ladder.value,
        queues: queues.into_iter().map(|said| said.value).collect(),
        dates: node
            .texts("dates")
            .iter()
            .filter_map(|said| Dates::parse(said.value).ok())
            .collect(),
        lunar: node
            .texts("lunar")
            .iter()
            .filter_map(|said| Lunar::parse(said.value).ok())
            .collect(),
        weekdays: node
            .texts("weekdays")
            .iter()
            .filter_map(|said| weekday(said.value))
            .collect(),
        decree: decrees(node, "decree"),
        workdays: decrees(node, "workdays"),
        monthly: node.text("monthly").and_then(|said| Monthly::parse(said.value).ok()),
        daily: node.text("daily").and_then(|said| Daily::parse(said.value).ok()),
    })
}

fn decrees(node: Node<'_>, key: &str) -> Option<&'static Decrees> {
    node.text(key).and_then(|said| Decrees::of(said.value))
}

/// Decrees are warned of from when the calendar looks ahead to days of which they do not speak.
pub fn ending(root: Node<'_>, zone: &TimeZone) -> Option<Ending> {
    let named = root.nodes("calendar").into_iter().flat_map(|node| {
        let keys = ["decree", "workdays"].into_iter();
        keys.filter_map(move |key| Some((decrees(node, key)?.known_until(), node.text(key)?)))
    });
    let (known_until, said) = named.min_by_key(|(known_until, said)| (*known_until, said.span.start))?;
    let eve = known_until.saturating_sub(LOOK_AHEAD_DAYS.days());
    let from = zone.to_timestamp(eve.at(0, 0, 0, 0));
    let message = say!("decrees_end", place = said.value, day = known_until.to_string());
    Some(Ending {
        from: Time(from.map_or(i64::MIN, |from| from.as_millisecond())),
        span: said.span,
        message,
        help: say!("decrees_end_instead"),
    })
}
