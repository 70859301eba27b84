//! Zones, shifts and holidays: which ladder is in force.
//!
//! An entry holds on the days that pass all it says of days, during all of the day or a part of it; the last entry that holds
//! wins. A part of a day belongs to the day on which it begins. Its ends are civil times: where the clock jumps over one,
//! it is moved with the clock; where the clock passes one twice, the first counts. So shifts that meet go on meeting on those days.

mod days;
mod decrees;

pub use days::{Daily, Dates, DatesFault, Lunar, Monthly, WEEKDAYS, weekday};
pub use decrees::{DECREES, Decrees};

use crate::core::{Name, Time};
use days::LunarDate;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How far ahead [`Calendar::next_change`] looks before it asks to be asked again.
pub const LOOK_AHEAD_DAYS: i64 = 40;

/// All entries, first to last, in one zone.
#[derive(Clone, PartialEq, Debug)]
pub struct Calendar {
    /// The zone in which days and times are meant.
    pub zone: TimeZone,
    /// The entries, in the order in which they are written.
    pub entries: Vec<Entry>,
}

/// Puts queues under a ladder at some times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The ladder.
    pub ladder: Name,
    /// Only these queues; empty: all.
    pub queues: Vec<Name>,
    /// Only these dates, `lunar` ones or days off by `decree`; all empty: any.
    pub dates: Vec<Dates>,
    /// Only these days by the Chinese calendar, `dates` or days off by `decree`.
    pub lunar: Vec<Lunar>,
    /// Only days off by these decrees, `dates` or `lunar` ones.
    pub decree: Option<&'static Decrees>,
    /// Only on days that are worked by these decrees.
    pub workdays: Option<&'static Decrees>,
    /// Only on these days of the week; empty: any.
    pub weekdays: Vec<Weekday>,
    /// Only on these days of the month.
    pub monthly: Option<Monthly>,
    /// Only during this part of the day.
    pub daily: Option<Daily>,
}

impl Calendar {
    /// The ladder in force for a queue whose own ladder is `default`.
    pub fn ladder_at(&self, queue: &Name, default: &Name, at: Time) -> Name {
        let Some((at, today)) = self.local(at) else {
            return default.clone();
        };
        let holds = |entry: &&Entry| {
            around(today).any(|day| {
                entry
                    .span_on(day, &self.zone)
                    .is_some_and(|(from, to)| from <= at && at < to)
            })
        };
        let entry = self.entries.iter().rev().filter(|e| e.is_for(queue)).find(holds);
        entry.map_or(default, |e| &e.ladder).clone()
    }

    /// Whether a day is one for a queue of which the calendar speaks by its date, by the Chinese calendar or by a decree: not a day
    /// of the week or month, and not a make-up day.
    pub fn is_holiday(&self, queue: &Name, day: Date) -> bool {
        let dated = |entry: &&Entry| !entry.dates.is_empty() || !entry.lunar.is_empty() || entry.decree.is_some();
        let entries = self.entries.iter().filter(|entry| entry.is_for(queue));
        entries.filter(dated).any(|entry| entry.is_on(day))
    }

    /// When to ask again: the next moment after `after` at which the answer changes, or else some [`LOOK_AHEAD_DAYS`] on. `None`:
    /// never, since no entry is for this queue.
    pub fn next_change(&self, queue: &Name, default: &Name, after: Time) -> Option<Time> {
        let entries: Vec<&Entry> = self.entries.iter().filter(|e| e.is_for(queue)).collect();
        let (now, today) = self.local(after)?;
        if entries.is_empty() {
            return None;
        }
        let current = self.ladder_at(queue, default, after);
        let horizon = now.checked_add(SignedDuration::from_hours(24 * LOOK_AHEAD_DAYS)).ok()?;
        let (mut at, mut day) = (now, today);
        while at < horizon {
            (at, day) = self.next_end(&entries, at, day)?;
            let told = Time(at.as_millisecond());
            if self.ladder_at(queue, default, told) != current {
                return Some(told);
            }
        }
        Some(Time(at.as_millisecond()))
    }

    /// The first end of a span after a moment, or the end of its day where that is sooner.
    fn next_end(&self, entries: &[&Entry], at: Timestamp, day: Date) -> Option<(Timestamp, Date)> {
        let spans = around(day).flat_map(|day| entries.iter().filter_map(move |entry| entry.span_on(day, &self.zone)));
        // A clock put back over midnight makes the next day begin in what is past already.
        let midnight = day
            .tomorrow()
            .ok()
            .and_then(|day| self.zone.to_timestamp(day.at(0, 0, 0, 0)).ok());
        let a_day_on = at.checked_add(SignedDuration::from_hours(24)).ok()?;
        let ends = spans
            .flat_map(|(from, to)| [from, to])
            .chain(midnight)
            .chain([a_day_on]);
        let next = ends.filter(|end| *end > at).min()?;
        Some((next, self.zone.to_datetime(next).date()))
    }

    /// A moment and its day here; `None` beyond the years that a calendar knows.
    fn local(&self, at: Time) -> Option<(Timestamp, Date)> {
        let at = Timestamp::from_millisecond(at.0).ok()?;
        Some((at, self.zone.to_datetime(at).date()))
    }
}

impl Entry {
    /// An entry that always holds, for every queue.
    pub fn of(ladder: Name) -> Entry {
        let (queues, dates, lunar, weekdays) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Entry {
            ladder,
            queues,
            dates,
            lunar,
            weekdays,
            decree: None,
            workdays: None,
            monthly: None,
            daily: None,
        }
    }

    /// Whether it is for this queue.
    pub fn is_for(&self, queue: &Name) -> bool {
        self.queues.is_empty() || self.queues.contains(queue)
    }

    /// From when to before when it holds on account of this day.
    fn span_on(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.is_on(day) {
            return None;
        }
        let tomorrow = day.tomorrow().ok()?;
        let (from, to) = match self.daily {
            None => (day.at(0, 0, 0, 0), tomorrow.at(0, 0, 0, 0)),
            Some(Daily { start, end }) => (
                day.to_datetime(start),
                if end <= start { tomorrow } else { day }.to_datetime(end),
            ),
        };
        Some((zone.to_timestamp(from).ok()?, zone.to_timestamp(to).ok()?))
    }

    fn is_on(&self, day: Date) -> bool {
        let dated = || {
            self.dates.iter().any(|dates| dates.holds(day))
                || self.decree.is_some_and(|decree| decree.is_off(day))
                || (!self.lunar.is_empty()
                    && LunarDate::of(day).is_some_and(|lunar| self.lunar.iter().any(|l| l.holds(lunar))))
        };
        (self.weekdays.is_empty() || self.weekdays.contains(&day.weekday()))
            && self.monthly.is_none_or(|monthly| monthly.holds(day))
            && self.workdays.is_none_or(|decree| decree.is_worked(day))
            && ((self.dates.is_empty() && self.lunar.is_empty() && self.decree.is_none()) || dated())
    }
}

/// The days whose spans may reach into a day: a part of the day before, and where a zone leaves a day out, the one before that.
fn around(day: Date) -> impl Iterator<Item = Date> {
    (-2..=1).filter_map(move |n: i64| day.checked_add(n.days()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    fn entry(ladder: &str) -> Entry {
        Entry::of(ladder.into())
    }

    fn night(span: &str) -> Entry {
        Entry {
            daily: Some(Daily::parse(span).unwrap()),
            ..entry("night")
        }
    }

    fn calendar(zone: &str, entries: Vec<Entry>) -> Calendar {
        Calendar {
            zone: TimeZone::get(zone).unwrap(),
            entries,
        }
    }

    fn ladder(calendar: &Calendar, moment: &str) -> String {
        calendar
            .ladder_at(&"inbound".into(), &"day".into(), at(moment))
            .to_string()
    }

    fn changes(calendar: &Calendar, from: &str, n: usize) -> Vec<String> {
        let next = |t: &Time| calendar.next_change(&"inbound".into(), &"day".into(), *t);
        let told = |t: Time| {
            let moment = Timestamp::from_millisecond(t.0).unwrap();
            format!("{moment} {}", calendar.ladder_at(&"inbound".into(), &"day".into(), t))
        };
        std::iter::successors(next(&at(from)), next).take(n).map(told).collect()
    }

    #[test]
    fn the_last_entry_that_holds_wins() {
        let holiday = Entry {
            lunar: vec![Lunar::parse("12-last/01-07").unwrap()],
            ..entry("holiday")
        };
        let shanghai = calendar("Asia/Shanghai", vec![holiday, night("20:00-08:00")]);
        assert_eq!(ladder(&shanghai, "2026-02-16T19:59:59+08:00"), "holiday");
        assert_eq!(ladder(&shanghai, "2026-02-16T20:00:00+08:00"), "night");
        assert_eq!(ladder(&shanghai, "2026-02-17T07:59:59.999+08:00"), "night");
        assert_eq!(ladder(&shanghai, "2026-02-24T08:00:00+08:00"), "day");
        let changes = changes(&shanghai, "2026-02-15T12:00:00+08:00", 4);
        let expected = [
            "2026-02-15T12:00:00Z night",
            "2026-02-16T00:00:00Z holiday",
            "2026-02-16T12:00:00Z night",
            "2026-02-17T00:00:00Z holiday",
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn a_span_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let friday = Entry {
            weekdays: vec![Weekday::Friday],
            ..night("20:00-08:00")
        };
        let shanghai = calendar("Asia/Shanghai", vec![friday]);
        assert_eq!(
            ladder(&shanghai, "2026-11-20T07:00:00+08:00"),
            "day",
            "Thursday's night is no night here"
        );
        assert_eq!(ladder(&shanghai, "2026-11-20T23:00:00+08:00"), "night");
        assert_eq!(
            ladder(&shanghai, "2026-11-21T07:00:00+08:00"),
            "night",
            "Saturday morning is Friday's night"
        );
        assert_eq!(ladder(&shanghai, "2026-11-21T23:00:00+08:00"), "day");
    }

    #[test]
    fn shifts_that_meet_go_on_meeting_where_the_clock_jumps() {
        // Berlin leaves out 02:00-03:00 on 29 March 2026 and has it twice on 25 October.
        let late = Entry {
            daily: Some(Daily::parse("02:30-08:00").unwrap()),
            ..entry("late")
        };
        let berlin = calendar("Europe/Berlin", vec![night("20:00-02:30"), late]);
        let expected = [
            "2026-03-28T19:00:00Z night",
            "2026-03-29T01:30:00Z late",
            "2026-03-29T06:00:00Z day",
        ];
        assert_eq!(changes(&berlin, "2026-03-28T12:00:00Z", 3), expected);
        let expected = [
            "2026-10-24T18:00:00Z night",
            "2026-10-25T00:30:00Z late",
            "2026-10-25T07:00:00Z day",
        ];
        assert_eq!(changes(&berlin, "2026-10-24T12:00:00Z", 3), expected);
        let whole = Entry {
            dates: vec![Dates::parse("10-25").unwrap()],
            ..entry("holiday")
        };
        let expected = ["2026-10-24T22:00:00Z holiday", "2026-10-25T23:00:00Z day"];
        assert_eq!(
            changes(&calendar("Europe/Berlin", vec![whole]), "2026-10-20T12:00:00Z", 2),
            expected,
            "25 hours"
        );
    }

    #[test]
    fn an_entry_holds_where_all_it_says_holds() {
        let mut payday = entry("peak");
        payday.monthly = Some(Monthly::parse("1-5").unwrap());
        payday.weekdays = vec![Weekday::Monday];
        payday.queues = vec!["billing".into()];
        let all = calendar("UTC", vec![payday]);
        assert_eq!(ladder(&all, "2026-11-02T12:00:00Z"), "day", "not for this queue");
        assert_eq!(
            all.next_change(&"inbound".into(), &"day".into(), at("2026-11-02T12:00:00Z")),
            None
        );
        let ladder = |moment| all.ladder_at(&"billing".into(), &"day".into(), at(moment)).to_string();
        assert_eq!(
            [ladder("2026-11-02T12:00:00Z"), ladder("2026-11-03T12:00:00Z")],
            ["peak", "day"]
        );
        assert_eq!(ladder("2026-11-09T12:00:00Z"), "day");
    }

    #[test]
    fn a_decree_gives_days_off_and_has_others_worked() {
        let mainland = Decrees::of("mainland");
        let holiday = Entry {
            decree: mainland,
            dates: vec![Dates::parse("05-17").unwrap()],
            ..entry("holiday")
        };
        let work = Entry {
            workdays: mainland,
            daily: Some(Daily::parse("09:00-18:00").unwrap()),
            ..entry("office")
        };
        let shanghai = calendar("Asia/Shanghai", vec![work, holiday]);
        let at_noon = |day: &str| ladder(&shanghai, &format!("{day}T12:00:00+08:00"));
        let found = [
            "2026-09-20",
            "2026-09-24",
            "2026-09-25",
            "2026-09-27",
            "2026-09-28",
            "2026-05-17",
            "2026-10-18",
        ]
        .map(at_noon);
        // Worked on a Sunday; Thursday; Mid-Autumn to Sunday; Monday; a date of the house's own; a plain Sunday.
        assert_eq!(
            found,
            ["office", "office", "holiday", "holiday", "office", "holiday", "day"]
        );
        let changes = changes(&shanghai, "2026-09-30T12:00:00+08:00", 3);
        let expected = [
            "2026-09-30T10:00:00Z day",
            "2026-09-30T16:00:00Z holiday",
            "2026-10-07T16:00:00Z day",
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn with_nothing_near_it_asks_to_be_asked_again() {
        let far = Entry {
            dates: vec![Dates::parse("2030-05-01").unwrap()],
            ..entry("holiday")
        };
        let again =
            calendar("UTC", vec![far]).next_change(&"inbound".into(), &"day".into(), at("2026-11-01T12:00:00Z"));
        assert_eq!(
            again,
            Some(at("2026-12-12T00:00:00Z")),
            "the end of the last day that was looked at"
        );
    }

    #[test]
    fn no_moment_brings_it_down() {
        let lunar = Entry {
            lunar: vec![Lunar::parse("01-01").unwrap()],
            ..entry("holiday")
        };
        let any = calendar("Pacific/Apia", vec![lunar, night("20:00-08:00")]);
        let edge = [Timestamp::MIN, Timestamp::MAX].map(|t| t.as_millisecond());
        for moment in [i64::MIN, edge[0], -1, 0, edge[1], i64::MAX] {
            any.ladder_at(&"inbound".into(), &"day".into(), Time(moment));
            let _ = any.next_change(&"inbound".into(), &"day".into(), Time(moment));
        }
    }
}
