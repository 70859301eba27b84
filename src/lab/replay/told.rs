//! What a replay came to, in the words of the floor: the same for `surged replay` and the bench, in every language.

use super::{Difference, How, Summary};
use crate::core::{Action, Millis, Name, Plan, Time};
use crate::wire::Stamp;
use crate::words::{Language, span};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// What something of a kind (`queue`, `tier`) is called.
pub type Naming<'a> = dyn Fn(&str, &Name) -> String + 'a;

/// Tells what a replay came to.
#[derive(Copy, Clone)]
pub struct Teller<'a> {
    /// In which language.
    pub language: Language,
    /// Times are told on the wall of this zone.
    pub zone: &'a TimeZone,
    /// What a queue or a tier is called; `None`: as the plan writes it.
    pub name: Option<&'a Naming<'a>>,
}

/// A line of the summary's table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// For programs.
    pub key: &'static str,
    /// What is counted.
    pub what: String,
    /// It is a part of the line above it.
    pub part: bool,
    /// How much.
    pub value: String,
}

impl<'a> Teller<'a> {
    /// The text of a key, as in `replay.caveat`.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        // A test holds that every key is there.
        self.language.text(key, values).unwrap_or_else(|| key.to_owned())
    }

    fn called(&self, kind: &str, name: &Name) -> String {
        self.name.map_or_else(|| name.to_string(), |of| of(kind, name))
    }

    /// What a queue is called.
    pub fn queue(&self, queue: &Name) -> String {
        self.called("queue", queue)
    }

    /// What a tier is called.
    pub fn tier(&self, tier: &Name) -> String {
        self.called("tier", tier)
    }

    /// A tier of a queue; with the queue's name where there are several.
    pub fn step(&self, queue: &Name, tier: &Name, several_queues: bool) -> String {
        let tier = self.tier(tier);
        match several_queues {
            true => self.text("replay.of_queue", &[("queue", &self.queue(queue)), ("tier", &tier)]),
            false => tier,
        }
    }

    /// What is said below every replay.
    pub fn caveat(&self) -> String {
        self.text("replay.caveat", &[])
    }

    /// By whose clock it was replayed, and under which ladders: a day that was recorded elsewhere may be a night here.
    pub fn clock(&self, summary: &Summary) -> String {
        let zone = self.zone.iana_name().unwrap_or("UTC");
        let ladders: Vec<String> = summary.ladders.iter().map(|it| self.called("ladder", it)).collect();
        let ladders = self.language.list(&ladders);
        self.text("replay.clock", &[("zone", zone), ("ladders", &ladders)])
    }

    /// Who is taken to answer: it decides how far a surge goes, and differs from one way of replaying to another.
    pub fn answers(&self, summary: &Summary) -> String {
        match (summary.answer_after_s, summary.answers) {
            (Some(after), _) => {
                let after = span(Millis((after * 1000.0) as i64));
                self.text("replay.answers_after", &[("span", &after)])
            }
            (None, 0) => self.text("replay.answers_nobody", &[]),
            (None, n) => self.text(
                "replay.answers_recorded",
                &[("n", &n.to_string()), ("shown", &number(n))],
            ),
        }
    }

    /// `3 August 09:35`, with seconds where there are any.
    pub fn moment(&self, at: Time) -> String {
        let local = local(at, self.zone);
        let form = match (self.language, local.second()) {
            (Language::En, 0) => "%-d %B %H:%M",
            (Language::En, _) => "%-d %B %H:%M:%S",
            (_, 0) => "%-m月%-d日 %H:%M",
            (_, _) => "%-m月%-d日 %H:%M:%S",
        };
        local.strftime(form).to_string()
    }

    /// `1 August 1999 00:26 to 31 August 1999 23:54`; `None`: nothing was read.
    pub fn period(&self, summary: &Summary) -> Option<String> {
        let form = match self.language {
            Language::En => "%-d %B %Y %H:%M",
            Language::ZhHans | Language::ZhHant => "%Y年%-m月%-d日 %H:%M",
        };
        let told = |at: Stamp| local(at.0, self.zone).strftime(form).to_string();
        let (from, to) = (told(summary.from?), told(summary.to?));
        Some(self.text("replay.period", &[("from", &from), ("to", &to)]))
    }

    /// The same with how much was read: `…; 8,640 readings`.
    pub fn read(&self, summary: &Summary) -> Option<String> {
        let (n, shown) = (summary.readings.to_string(), number(summary.readings));
        let period = self.period(summary)?;
        Some(self.text("replay.read", &[("period", &period), ("n", &n), ("shown", &shown)]))
    }

    /// A day, with its weekday where the language puts it first.
    pub fn day(&self, day: Date) -> String {
        let form = match self.language {
            Language::En => "%A, %-d %B %Y",
            Language::ZhHans | Language::ZhHant => "%Y年%-m月%-d日",
        };
        day.strftime(form).to_string()
    }

    /// The lines of the summary's table: what, and how much under this plan.
    pub fn rows(&self, summary: &Summary) -> Vec<Row> {
        let sum = |of: fn(&super::QueueSummary) -> f64| summary.queues.iter().map(of).sum::<f64>();
        let row = |key: &'static str, part: bool, value: String| Row {
            key,
            what: self.text(&format!("replay.{key}"), &[]),
            part,
            value,
        };
        let alarms = &summary.alarms;
        let mut rows = vec![
            row("surges", false, number(summary.surges)),
            row("above_5", false, whole(sum(|it| it.above_5_min))),
            row("above_10", false, whole(sum(|it| it.above_10_min))),
            row("blind", false, whole(sum(|it| it.blind_min))),
        ];
        if let Some(given_up) = &summary.given_up {
            rows.push(row("given_up", false, number(given_up.all)));
            rows.push(row("given_up_uncalled", true, number(given_up.nobody_called)));
        }
        rows.extend([
            row("moves", false, number(summary.moves)),
            row("asked", false, number(summary.people_asked)),
            row("moved", false, number(summary.people_moved)),
            row("taken_back", false, number(summary.stays)),
            row("short_stays", true, number(summary.short_stays)),
            row("skipped", false, number(summary.skipped)),
            row("asks", false, number(alarms.asks)),
            row("asks_mean", true, format!("{:.2}", alarms.mean_per_10_min)),
            row("asks_peak", true, number(alarms.peak_per_10_min)),
            row("asks_flood", true, percent(alarms.flood_share)),
        ]);
        if summary.answers_without_instruction > 0 {
            let count = number(summary.answers_without_instruction);
            rows.push(row("answers_elsewhere", false, count));
        }
        rows
    }

    /// `expert called 2:00 earlier on 3 August 09:35`.
    pub fn sentence(&self, difference: &Difference, several_queues: bool) -> String {
        let what = self.step(&difference.queue, &difference.tier, several_queues);
        let done = self.text(&format!("replay.done_{}", difference.action.as_str()), &[]);
        let at = self.moment(difference.at.0);
        let said = [("what", &what[..]), ("done", &done), ("at", &at)];
        let with = |key: &str, more: &[(&str, &str)]| self.text(key, &[&said[..], more].concat());
        match &difference.how {
            How::Gone { seats } => with("replay.gone", &[("n", &seats.to_string())]),
            How::Come { other_seats } => with("replay.come", &[("n", &other_seats.to_string())]),
            How::Changed {
                later_s,
                seats,
                other_seats,
            } => {
                let by = span(Millis((later_s.abs() * 1000.0) as i64));
                let number = match seats == other_seats {
                    true => String::new(),
                    false => {
                        let (n, before) = (other_seats.to_string(), seats.to_string());
                        self.text("replay.other_number", &[("n", &n), ("before", &before)])
                    }
                };
                let key = match *later_s {
                    0.0 => "replay.same_time",
                    later if later > 0.0 => "replay.later",
                    _ => "replay.earlier",
                };
                with(key, &[("by", &by), ("number", &number)])
            }
        }
    }

    /// `41 moves instead of 63; 12 people asked for as before`: what differs most, in one sentence.
    pub fn gist(&self, first: &Summary, other: &Summary) -> String {
        let told = |key: &str, ours: u64, theirs: u64| {
            let (n, shown) = (theirs.to_string(), number(theirs));
            let what = self.text(&format!("replay.{key}"), &[("n", &n), ("shown", &shown)]);
            match ours == theirs {
                true => self.text("replay.as_before", &[("what", &what)]),
                false => self.text("replay.instead_of", &[("what", &what), ("before", &number(ours))]),
            }
        };
        let said = [
            told("gist_moves", first.moves, other.moves),
            told("gist_asked", first.people_asked, other.people_asked),
            told("gist_short_stays", first.short_stays, other.short_stays),
        ];
        said.join(match self.language {
            Language::En => "; ",
            Language::ZhHans | Language::ZhHant => "；",
        })
    }
}

/// A moment on the wall of the plan's zone.
pub fn local(at: Time, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

/// A whole number with its thousands apart.
pub fn number(value: u64) -> String {
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

/// The place of a tier among those of its queue's ladder; of another ladder's, behind them.
pub fn place(plan: &Plan, queue: &Name, tier: &Name) -> usize {
    let ladder = plan.queues.get(queue).map(|queue| &queue.ladder);
    let tiers = ladder.and_then(|ladder| plan.ladders.get(ladder));
    let found = tiers.and_then(|ladder| ladder.tiers.iter().position(|known| known.name == *tier));
    found.unwrap_or(usize::MAX)
}

/// A tier's queue, name and action, and under each plan how often it was called and for how many.
pub type Called = (Name, Name, Action, Vec<(u64, u64)>);

/// Every tier that any of these plans called, in the order of the ladder.
pub fn calls(summaries: &[&Summary], plan: &Plan) -> Vec<Called> {
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
        let teller = Teller {
            language: Language::En,
            zone: &zone,
            name: None,
        };
        let told = |difference: &Difference| teller.sentence(difference, false);
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
            teller.sentence(&gone, true),
            "inbound: expert not called on 3 August 09:35 (before: 4)"
        );
        assert_eq!(number(1_234_567), "1,234,567");
        let other = |language| Teller { language, ..teller };
        let later = changed(90.0, 4, 3);
        assert_eq!(
            other(Language::ZhHans).sentence(&later, false),
            "8月3日 09:35：expert 晚 1:30 调用，3 人而非 4 人"
        );
        assert_eq!(
            other(Language::ZhHant).sentence(&later, false),
            "8月3日 09:35：expert 晚 1:30 調用，3 人而非 4 人"
        );
    }
}
