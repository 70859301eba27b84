//! Lines of a file that are like one before but for their values: a recording says the same fields in the same order all the time. What
//! stands between the values is compared, the values are taken, and nothing is copied. Whatever is not so is read as ever, and a property
//! holds that both read the same.

use super::familiar::{Day, Names};
use super::plain::{self, Rest};
use crate::core::{Millis, Name, Reading, Time};

/// The most kinds of lines that are remembered.
const REMEMBERED: usize = 8;

/// So many lines are looked at for their kind: a file that has not shown how it is written by then is read as ever.
const LOOKED_AT: usize = 1_000;

/// The most digits of a number, and of whole seconds: whatever has no more of them is exact, and not too large to be taken.
const TOTAL: usize = 15;
const SECONDS: usize = 9;

/// Kinds of lines that have come so far.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    known: Vec<Kind>,
    /// The one that came last.
    last: usize,
    looked_at: usize,
}

/// What lines of one kind have in common.
#[derive(PartialEq, Eq, Debug)]
struct Kind {
    /// Each field with what stands before its value.
    fields: Vec<(Box<[u8]>, Field)>,
    /// What stands behind the last value.
    end: Box<[u8]>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Field {
    Queue,
    At,
    Feed,
    Received,
    Waiting,
    LongestWait,
    SignedIn,
    Available,
    Paused,
    Offered,
    Answered,
    AnsweredInTarget,
    Abandoned,
}

/// A reading as a line has it.
#[derive(Debug)]
pub(crate) struct Read {
    /// Bytes of the line, its end included.
    pub length: usize,
    pub feed: Option<Name>,
    pub received: Option<Time>,
    pub reading: Reading,
}

impl Kinds {
    /// Reads the line that a text begins with; `None`: it is like none before, is not of a queue and a feed that are known, or there is
    /// more to it.
    pub fn read(&mut self, text: &[u8], queues: &mut Names, feeds: &mut Names, day: &Day) -> Option<Read> {
        let last = self.known.get(self.last)?;
        if let Some(read) = last.read(text, queues, feeds, day) {
            return Some(read);
        }
        let (place, read) = (self.known.iter().enumerate())
            .find_map(|(place, kind)| Some((place, kind.read(text, queues, feeds, day)?)))?;
        self.last = place;
        Some(read)
    }

    /// Remembers how a line, which has its end, is written.
    pub fn remember(&mut self, line: &str) {
        if self.looked_at == LOOKED_AT {
            return;
        }
        self.looked_at += 1;
        if self.known.len() < REMEMBERED
            && plain::read(line).is_some()
            && let Some(kind) = Kind::of(line)
            && !self.known.contains(&kind)
        {
            self.last = self.known.len();
            self.known.push(kind);
        }
    }
}

impl Field {
    fn of(key: &str) -> Option<Field> {
        Some(match key {
            "queue" => Field::Queue,
            "at" => Field::At,
            "feed" => Field::Feed,
            "received" => Field::Received,
            "waiting" => Field::Waiting,
            "longest_wait_s" => Field::LongestWait,
            "signed_in" => Field::SignedIn,
            "available" => Field::Available,
            "paused" => Field::Paused,
            "offered" => Field::Offered,
            "answered" => Field::Answered,
            "answered_in_target" => Field::AnsweredInTarget,
            "abandoned" => Field::Abandoned,
            _ => return None,
        })
    }

    fn is_text(self) -> bool {
        matches!(self, Field::Queue | Field::At | Field::Feed | Field::Received)
    }
}

impl Kind {
    /// Of a plain line; `None`: it says something else than a reading.
    fn of(line: &str) -> Option<Kind> {
        let mut rest = Rest::of(line);
        let (mut fields, mut from) = (Vec::new(), 0);
        rest.take(b'{')?;
        loop {
            let field = Field::of(rest.string()?)?;
            rest.take(b':')?;
            rest.space();
            let begins = rest.at() + usize::from(field.is_text());
            fields.push((line.as_bytes()[from..begins].into(), field));
            if field.is_text() {
                rest.string()?;
                from = rest.at() - 1;
            } else {
                rest.number()?;
                from = rest.at();
            }
            if rest.next()? == b'}' {
                break;
            }
        }
        let says = |wanted| fields.iter().any(|(_, field)| *field == wanted);
        let begins = fields.first().is_some_and(|(_, field)| *field == Field::Queue);
        let end = line.as_bytes()[from..].into();
        (begins && says(Field::Waiting) && says(Field::At) && line.ends_with('\n')).then_some(Kind { fields, end })
    }

    fn read(&self, text: &[u8], queues: &mut Names, feeds: &mut Names, day: &Day) -> Option<Read> {
        let ((begin, _), fields) = self.fields.split_first()?;
        let mut rest = text.strip_prefix(&**begin)?;
        let mut reading = Reading::of(queues.known(words(&mut rest)?)?, 0);
        let (mut feed, mut received) = (None, None);
        for (before, field) in fields {
            rest = rest.strip_prefix(&**before)?;
            match field {
                Field::Queue => return None,
                Field::Feed => feed = Some(feeds.known(words(&mut rest)?)?),
                Field::At => reading.at = Some(time(&mut rest, day)?),
                Field::Received => received = Some(time(&mut rest, day)?),
                Field::Waiting => reading.waiting = small(&mut rest)?,
                Field::LongestWait => reading.longest_wait = Some(seconds(&mut rest)?),
                Field::SignedIn => reading.signed_in = Some(small(&mut rest)?),
                Field::Available => reading.available = Some(small(&mut rest)?),
                Field::Paused => reading.paused = Some(small(&mut rest)?),
                Field::Offered => reading.offered = Some(number(&mut rest)?),
                Field::Answered => reading.answered = Some(number(&mut rest)?),
                Field::AnsweredInTarget => reading.answered_in_target = Some(number(&mut rest)?),
                Field::Abandoned => reading.abandoned = Some(number(&mut rest)?),
            }
        }
        rest = rest.strip_prefix(&*self.end)?;
        Some(Read {
            length: text.len() - rest.len(),
            feed,
            received,
            reading,
        })
    }
}

/// Up to the quote that ends it; one with an escape is no name that is known.
fn words<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = rest.iter().position(|byte| *byte == b'"')?;
    let (words, behind) = rest.split_at(length);
    *rest = behind;
    Some(words)
}

fn time(rest: &mut &[u8], day: &Day) -> Option<Time> {
    // With milliseconds, or without.
    let length = match rest.get(23) {
        Some(b'Z') => 24,
        _ => 20,
    };
    let (time, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    day.moment(time)
}

fn small(rest: &mut &[u8]) -> Option<u32> {
    u32::try_from(number(rest)?).ok()
}

/// A whole number.
fn number(rest: &mut &[u8]) -> Option<u64> {
    digits(rest, TOTAL)
}

/// Seconds, and perhaps thousandths of them.
fn seconds(rest: &mut &[u8]) -> Option<Millis> {
    let seconds = digits(rest, SECONDS)?;
    let mut millis = 0;
    if let Some(behind) = rest.strip_prefix(b".") {
        let length = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, behind) = behind.split_at(length);
        *rest = behind;
        let of = |fraction: &[u8]| {
            fraction
                .iter()
                .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
        };
        millis = match fraction {
            [_] => 100 * of(fraction),
            [_, _] => 10 * of(fraction),
            [_, _, _] => of(fraction),
            _ => return None,
        };
    }
    Some(Millis((seconds * 1_000 + millis) as i64))
}

/// Digits, and no more than so many. A zero does not stand before others.
fn digits(rest: &mut &[u8], most: usize) -> Option<u64> {
    let (mut number, mut length) = (0, 0);
    while let Some(digit @ b'0'..=b'9') = rest.get(length) {
        number = number * 10 + u64::from(digit - b'0');
        length += 1;
        if length > most {
            return None;
        }
    }
    if length == 0 || (length > 1 && rest[0] == b'0') {
        return None;
    }
    *rest = &rest[length..];
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::super::{Familiar, FileLine, Said, read_line};
    use proptest::prelude::*;

    /// Reads lines one after another; how many of them were alike. Each is read as it is read by itself.
    fn alike(lines: &[String]) -> usize {
        let (mut familiar, mut alike) = (Familiar::default(), 0);
        for line in lines {
            let by_itself = read_line(line, &mut Familiar::default());
            let text = format!("{line}more");
            if let Some(read) = familiar.alike(text.as_bytes()) {
                assert_eq!(read.length, line.len());
                let (feed, received, said) = (read.feed, read.received, Said::Reading(read.reading));
                assert_eq!(FileLine { feed, received, said }, by_itself, "{line}");
                alike += 1;
            } else {
                assert_eq!(read_line(line, &mut familiar), by_itself);
                familiar.remember(line);
            }
        }
        alike
    }

    fn at(second: usize) -> String {
        format!("2026-11-21T08:00:{second:02}.250Z")
    }

    #[test]
    fn lines_of_a_recording_are_alike() {
        let whole = |second: usize| {
            let (at, calls) = (at(second), 1_200 + second);
            format!(
                "{{\"queue\":\"inbound\",\"at\":\"{at}\",\"feed\":\"hotline\",\"waiting\":7,\"longest_wait_s\":{second}.125,\"signed_in\":46,\
                 \"available\":0,\"paused\":2,\"offered\":{calls},\"answered\":1180,\"answered_in_target\":900,\"abandoned\":17}}\n"
            )
        };
        let lines: Vec<String> = (0..60).map(whole).collect();
        assert_eq!(alike(&lines), 59);
        // Two kinds in turn, and signs of life between them.
        let bare = |second| {
            format!(
                "{{\"queue\": \"b\", \"at\": \"{}\", \"waiting\": {second}}}\r\n",
                at(second)
            )
        };
        let lives = |second| format!("{{\"at\":\"{}\",\"heartbeat\":true}}\n", at(second));
        let lines: Vec<String> = (0..60)
            .flat_map(|second| [whole(second), bare(second), lives(second)])
            .collect();
        assert_eq!(alike(&lines), 2 * 59);
    }

    #[test]
    fn what_is_not_alike_is_left_alone() {
        let first = "{\"queue\":\"a\",\"at\":\"2026-11-21T08:00:05.250Z\",\"waiting\":1,\"longest_wait_s\":1.5}\n";
        for other in [
            first.replace("08:00", "24:00"),
            first.replace(":1,", ":01,"),
            first.replace(":1,", ":-1,"),
            first.replace(":1,", ":1.0,"),
            first.replace(":1,", ":4294967296,"),
            first.replace(":1,", ":1234567890123456,"),
            first.replace(":1,", ":,"),
            first.replace("1.5", "1.2345"),
            first.replace("1.5", "1."),
            first.replace("1.5", "1.5e1"),
            first.replace("1.5", "4294967296.0"),
            first.replace("\"a\"", "\"b\""),
            first.replace("\"a\"", "\"a\\\"\""),
            first.replace('}', ",\"more\":1}"),
            first.replace("waiting", "signed_in"),
            first.trim_end().to_owned(),
        ] {
            assert_eq!(alike(&[first.to_owned(), other.clone()]), 0, "{other}");
        }
    }

    proptest! {
        #[test]
        fn both_read_the_same(
            lines in prop::collection::vec(
                ("[ab\"ü]", 0_usize..70, r"-?[0-9]{0,12}(\.[0-9]{0,4})?", r"[0-9]{1,12}(\.[0-9]{0,5})?", 0_usize..3, any::<bool>()), 0..20,
            ),
        ) {
            let lines: Vec<String> = (lines.into_iter())
                .map(|(queue, second, waiting, wait, kind, fed)| {
                    let (at, feed) = (at(second), if fed { "\"feed\":\"f\"," } else { "" });
                    match kind {
                        0 => format!("{{\"queue\":\"{queue}\",\"at\":\"{at}\",{feed}\"waiting\":{waiting}}}\n"),
                        1 => format!("{{\"queue\":\"{queue}\",\"at\":\"{at}\",\"received\":\"{at}\",\"waiting\":2,\"longest_wait_s\":{wait}}}\n"),
                        _ => format!("{{\"queue\":\"{queue}\",\"waiting\":{waiting},\"at\":\"{at}\",\"answered\":{waiting},\"signed_in\":{waiting}}}\n"),
                    }
                })
                .collect();
            alike(&lines);
        }
    }
}
