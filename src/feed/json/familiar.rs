//! What was read before and mostly comes again: a name that is known costs no allocation, and of a day that is known only the time is read.

use super::alike::{Kinds, Read};
use crate::core::{Name, Time};
use crate::feed::rounds::Rounds;

/// More different names than this are not remembered together: a file that never says the same name twice must not fill the memory.
const REMEMBERED: usize = 20_000;

/// Of one source, or of one file.
#[derive(Debug, Default)]
pub struct Familiar {
    pub(super) queues: Names,
    pub(super) feeds: Names,
    pub(super) day: Day,
    kinds: Kinds,
}

impl Familiar {
    /// Reads the line of a file that a text begins with, where it is like one before; `None`: it is read as ever.
    pub(crate) fn alike(&mut self, text: &[u8]) -> Option<Read> {
        self.kinds.read(text, &mut self.queues, &mut self.feeds, &self.day)
    }

    /// A line, with its end, has been read as a reading: others may be like it.
    pub(crate) fn remember(&mut self, line: &str) {
        self.kinds.remember(line);
    }
}

/// Names of one kind.
#[derive(Debug, Default)]
pub(super) struct Names(Rounds<()>);

impl Names {
    /// A text as a name.
    pub fn of(&mut self, text: &str) -> Name {
        self.known(text).unwrap_or_else(|| self.remember(text))
    }

    /// A text as a name, if it came before.
    pub fn known(&mut self, text: impl AsRef<[u8]>) -> Option<Name> {
        self.0.get(text).map(|(known, ())| known.clone())
    }

    fn remember(&mut self, text: &str) -> Name {
        if self.0.count() >= REMEMBERED {
            self.0.clear();
        }
        let name = Name::from(text);
        self.0.get_or_insert(&name, || ());
        name
    }
}

/// The day in UTC that was read last.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// As it is written, with the T behind it, and when it began.
    known: Option<([u8; 11], Time)>,
}

impl Day {
    /// A moment, such as `2026-11-21T08:00:05.250Z`, of the day that was read last; `None`: it is of another, or written otherwise.
    pub fn moment(&self, text: &[u8]) -> Option<Time> {
        let (known, begin) = self.known?;
        let (written, time) = text.split_first_chunk()?;
        (*written == known).then_some(())?;
        Some(Time(begin.0 + of_day(time)?))
    }

    /// From now on this is the day, if it is written as [`Day::moment`] reads it.
    pub fn remember(&mut self, text: &str, at: Time) {
        let parts = text.as_bytes().split_first_chunk();
        if let Some((written, Some(since))) = parts.map(|(written, time)| (*written, of_day(time))) {
            self.known = Some((written, Time(at.0 - since)));
        }
    }
}

/// Milliseconds since midnight of `08:00:05Z` or `08:00:05.250Z`.
fn of_day(time: &[u8]) -> Option<i64> {
    let (hms, millis) = match time {
        [hms @ .., b'.', a, b, c, b'Z'] => (hms, number(&[*a, *b, *c])?),
        [hms @ .., b'Z'] => (hms, 0),
        _ => return None,
    };
    let [h1, h2, b':', m1, m2, b':', s1, s2] = hms else {
        return None;
    };
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    let is_one = hour < 24 && minute < 60 && second < 60;
    is_one.then_some(((hour * 60 + minute) * 60 + second) * 1_000 + millis)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_remembered_and_not_without_end() {
        let mut names = Names::default();
        let (first, second) = (names.of("a"), names.of("b"));
        assert_eq!(first.as_str().as_ptr(), names.of("a").as_str().as_ptr());
        assert_eq!(second.as_str().as_ptr(), names.of("b").as_str().as_ptr());
        for number in 0..3 * REMEMBERED {
            assert_eq!(names.of(&number.to_string()).as_str(), number.to_string());
            assert!(names.0.count() <= REMEMBERED);
        }
    }

    #[test]
    fn a_time_of_another_day_or_form_is_not_of_this_one() {
        let mut day = Day::default();
        assert_eq!(day.moment(format!("{}12:00:00Z", "\0".repeat(11)).as_bytes()), None);
        let noon = Time(1_795_262_400_000);
        day.remember("2026-11-21T12:00:00Z", noon);
        assert_eq!(day.moment(b"2026-11-21T12:00:00.250Z"), Some(Time(noon.0 + 250)));
        for text in [
            "2026-11-22T12:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T12:60:00Z",
            "2026-11-21T12:00:60Z",
            "2026-11-21T12:00:00+01:00",
            "2026-11-21T12:00:00.25Z",
            "2026-11-21T12:00Z",
            "2026-11-21T1a:00:00Z",
            "2026-11-21",
            "",
        ] {
            assert_eq!(day.moment(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_time_of_the_day_is_what_it_is_without_it(at in -60_000_000_000_000_i64..4_000_000_000_000, later in 0..86_400_000_i64, digits in 0..4_usize) {
            let written = |at: i64| {
                let at = jiff::Timestamp::from_millisecond(at).unwrap();
                if digits == 0 { at.to_string() } else { format!("{at:.digits$}") }
            };
            let mut day = Day::default();
            let read = |text: &str| Time(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
            for text in [written(at), written(at + later)] {
                if let Some(quick) = day.moment(text.as_bytes()) {
                    prop_assert_eq!(quick, read(&text));
                }
                day.remember(&text, read(&text));
            }
        }
    }
}
