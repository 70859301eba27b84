//! A moment in words and numbers, for people and for programs.

use super::{Moment, Watch};
use crate::core::ladder::{Tier, When};
use crate::core::{Action, Began, Millis, MoveView, Name, QueueView, Standing, TierView, Time};
use crate::wire::{Stamp, TierStanding};
use crate::words::{self as floor, Language};
use crate::words::{Sentences, span};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// One queue at a moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ToldQueue {
    /// The queue.
    pub queue: Name,
    /// How it stands, in sentences.
    pub words: Vec<String>,
    /// The ladder in force; `None`: the queue has left the configuration.
    pub ladder: Option<Name>,
    /// Callers waiting at the last reading.
    pub waiting: Option<u32>,
    /// Since when it is blind.
    pub blind_since: Option<Stamp>,
    /// The tiers of the ladder in force, in order.
    pub tiers: Vec<ToldTier>,
    /// How its people are taken back.
    pub release: Option<ToldRelease>,
}

/// One tier at a moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ToldTier {
    /// The tier.
    pub tier: Name,
    /// What it asks for.
    pub action: Action,
    /// Its clock.
    #[serde(flatten)]
    pub clock: ToldClock,
    /// What keeps it from being called.
    #[serde(flatten)]
    pub standing: TierStanding,
    /// The same in words.
    pub why: String,
    /// When it would be called next, if nothing else changed; `None`: that cannot be said.
    pub next_due_at: Option<Stamp>,
}

/// The release at a moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ToldRelease {
    /// Its clock.
    #[serde(flatten)]
    pub clock: ToldClock,
    /// How it stands, in words.
    pub why: String,
    /// When the next move goes back.
    pub next_due_at: Option<Stamp>,
}

/// A condition and how far it has got.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ToldClock {
    /// In words.
    pub condition: String,
    /// For how long it has to hold.
    pub for_s: f64,
    /// For how long it has held, counted from the last change of the stack.
    pub held_s: f64,
    /// When that began; `None`: it does not hold.
    pub since: Option<Stamp>,
    /// What began it.
    pub began_by: Option<BeganBy>,
    /// When it was broken last, as far back as was looked.
    pub broken_at: Option<Stamp>,
    /// What reset it last, in words.
    pub reset: String,
}

/// What began a window.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BeganBy {
    /// A reading that passed the threshold.
    Reading,
    /// The last change of the stack, or the end of a pause.
    Stack,
    /// The first reading after a long blindness.
    Sight,
}

/// Puts a moment into words, with times of one zone.
pub struct Teller<'a> {
    moment: &'a Moment,
    words: Sentences,
    zone: TimeZone,
}

impl<'a> Teller<'a> {
    /// For one moment.
    pub fn new(moment: &'a Moment, zone: TimeZone) -> Teller<'a> {
        let words = Sentences::new(zone.clone());
        Teller { moment, words, zone }
    }

    /// The names of all queues.
    pub fn queues(&self) -> Vec<Name> {
        self.moment.core.queue_names().cloned().collect()
    }

    /// One queue; `None` where there was no such queue.
    pub fn queue(&self, queue: &Name) -> Option<ToldQueue> {
        let view = self.moment.core.view(queue)?;
        let plan = self.moment.core.plan();
        let ladder = view.ladder.as_ref().and_then(|ladder| plan.ladders.get(ladder));
        let tiers = ladder.map_or(&[][..], |ladder| &ladder.tiers);
        Some(ToldQueue {
            words: self.sentences(&view),
            tiers: tiers
                .iter()
                .zip(&view.tiers)
                .map(|(tier, seen)| self.tier(&view, tier, seen))
                .collect(),
            release: ladder.map(|ladder| self.release(&view, &ladder.release.when)),
            waiting: view.waiting,
            blind_since: view.blind_since.map(Stamp),
            ladder: view.ladder,
            queue: view.queue,
        })
    }

    /// A moment as short as it can be told: the time of day, with the day where it is another one.
    pub fn time(&self, time: Time) -> String {
        let zoned = |time: Time| Timestamp::from_millisecond(time.0).map(|it| it.to_zoned(self.zone.clone()));
        match (zoned(time), zoned(self.moment.at)) {
            (Ok(it), Ok(at)) if it.date() == at.date() => it.strftime("%H:%M:%S").to_string(),
            (Ok(it), _) => it.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            (Err(_), _) => "a time beyond the calendar".to_owned(),
        }
    }

    fn watch(&self) -> &Watch {
        &self.moment.watch
    }

    fn sentences(&self, view: &QueueView) -> Vec<String> {
        let mut first = match view.waiting {
            Some(waiting) => format!("{waiting} waiting"),
            None => "no reading yet".to_owned(),
        };
        if let Some(longest) = view.longest_wait {
            first.push_str(&format!(", longest {}", span(longest)));
        }
        if let Some(signed_in) = view.signed_in {
            first.push_str(&format!(", {signed_in} signed in"));
        }
        if let Some(vouched_at) = view.vouched_at {
            first.push_str(&format!("; last heard of at {}", self.time(vouched_at)));
        }
        first.push_str(&match &view.ladder {
            Some(ladder) => format!("; ladder {ladder}"),
            None => "; it has left the configuration, its people are released by hand".to_owned(),
        });
        let mut sentences = vec![first];
        if let Some(since) = view.blind_since {
            let since = self.time(since);
            sentences.push(format!(
                "blind since {since}: nothing is called or released of its own accord"
            ));
        }
        if let Some(pause) = &view.paused {
            let until = self.time(pause.until);
            sentences.push(format!("paused by {} until {until}: {}", pause.by.name, pause.reason));
        }
        if let Some(incident) = &view.incident {
            let until = self.time(incident.until);
            sentences.push(format!("incident, expected until {until}: {}", incident.note));
        }
        sentences
    }

    fn tier(&self, view: &QueueView, tier: &Tier, seen: &TierView) -> ToldTier {
        let unsettled = match &seen.standing {
            Standing::Unsettled { instruction } => view.moves.iter().find(|one| one.instruction == *instruction),
            _ => None,
        };
        let holds = seen.began.is_some();
        let next_due_at = match &seen.standing {
            Standing::Running { due_at } => Some(*due_at),
            Standing::Unsettled { .. } if holds => unsettled
                .and_then(|one| one.settles_at)
                .map(|settles_at| settles_at + tier.when.hold),
            Standing::Paused if holds => view.paused.as_ref().map(|pause| pause.until + tier.when.hold),
            _ => None,
        };
        ToldTier {
            tier: tier.name.clone(),
            action: tier.action,
            clock: self.clock(view, &tier.when, seen.held, seen.began),
            standing: TierStanding::from(&seen.standing),
            why: self.why(view, seen, unsettled),
            next_due_at: next_due_at.map(Stamp),
        }
    }

    fn why(&self, view: &QueueView, seen: &TierView, unsettled: Option<&MoveView>) -> String {
        match &seen.standing {
            Standing::OnStack => match view.moves.iter().find(|one| one.tier == seen.tier) {
                Some(one) => {
                    let settled = match (one.settled, one.settles_at) {
                        (true, _) => "settled".to_owned(),
                        (false, Some(at)) => format!("settles by {}", self.time(at)),
                        (false, None) => "has reached nobody".to_owned(),
                    };
                    format!(
                        "called at {} (instruction {}), {settled}",
                        self.time(one.issued),
                        one.instruction
                    )
                }
                None => "called already".to_owned(),
            },
            Standing::SigningOut => "its people are still signing out".to_owned(),
            Standing::Declined { until } => format!(
                "declined, or done with nobody; it may be due again after {}",
                self.time(*until)
            ),
            Standing::Short { why } => floor::Words::as_written(Language::En).shortage(why),
            Standing::Approval { since } => format!("due, and waits for a leader's yes since {}", self.time(*since)),
            Standing::Refused { until } => {
                format!(
                    "a leader said no; it is asked again after {}, if it is still due",
                    self.time(*until)
                )
            }
            Standing::Later => match &view.next {
                Some(next) => format!("{} comes first", next.tier),
                None => "a tier before it comes first".to_owned(),
            },
            Standing::Unsettled { instruction } => match unsettled.and_then(|one| one.settles_at) {
                Some(at) => format!("instruction {instruction} has to settle first, by {}", self.time(at)),
                None => format!("instruction {instruction} has reached nobody, and so does not settle"),
            },
            Standing::NotMet { unknown: true } => "the feed does not tell what it measures".to_owned(),
            Standing::NotMet { unknown: false } => match view.waiting {
                Some(waiting) => format!("not met: {waiting} waiting"),
                None => "not met".to_owned(),
            },
            Standing::Running { due_at } if *due_at > self.moment.at => "its clock runs".to_owned(),
            Standing::Running { .. } => match self.watch().skipped(&view.queue, &seen.tier) {
                Some(why) => {
                    let why = floor::Words::as_written(Language::En).shortage(why);
                    format!("due, but passed over: {why}")
                }
                None => "due".to_owned(),
            },
            Standing::Blind => "the queue is blind, its clock stands still".to_owned(),
            Standing::Paused => "the queue is paused".to_owned(),
        }
    }

    fn release(&self, view: &QueueView, when: &When) -> ToldRelease {
        let holding = self.moment.core.clocks(&view.queue);
        let window = holding.and_then(|clocks| {
            let held = clocks.holding.iter().find(|(of, _)| *of == when.threshold);
            let since = held.and_then(|(_, since)| *since)?;
            let by_stack = since < clocks.floor;
            let held = (clocks.now - since.max(clocks.floor)).max(Millis::ZERO);
            let real = clocks.floor_at + (since.max(clocks.floor) - clocks.floor);
            Some((held, Began { at: real, by_stack }))
        });
        let (held, began) = window.map_or((Millis::ZERO, None), |(held, began)| (held, Some(began)));
        let top = view.moves.last();
        let why = match (top, &view.release) {
            (None, _) => "nobody is to be sent back".to_owned(),
            (Some(one), Some(_)) => format!("{} goes back next", one.tier),
            (Some(_), None) if view.blind_since.is_some() => "the queue is blind, its clock stands still".to_owned(),
            (Some(_), None) if view.paused.is_some() => "the queue is paused".to_owned(),
            (Some(one), None) if began.is_some() => format!("{} has to settle first", one.tier),
            (Some(_), None) => match view.waiting {
                Some(waiting) => format!("not met: {waiting} waiting"),
                None => "not met".to_owned(),
            },
        };
        ToldRelease {
            clock: self.clock(view, when, held, began),
            why,
            next_due_at: view.release.map(|clock| Stamp(clock.due_at)),
        }
    }

    fn clock(&self, view: &QueueView, when: &When, held: Millis, began: Option<Began>) -> ToldClock {
        let broken = self.watch().broken(&view.queue, &when.threshold);
        let began_by = began.map(|began| match began {
            Began { by_stack: true, .. } => BeganBy::Stack,
            Began { at, .. } if self.watch().anew(&view.queue) == Some(at) => BeganBy::Sight,
            Began { .. } => BeganBy::Reading,
        });
        let last_broken = broken.map(|broken| {
            let held = match broken.held {
                Millis::ZERO => String::new(),
                held => format!(" after {}", span(held)),
            };
            let at = self.time(broken.at);
            format!(
                "broken at {at}{held} by a reading of {} waiting",
                broken.reading.waiting
            )
        });
        let reset = match (began, began_by) {
            (Some(began), Some(BeganBy::Stack)) => match self.watch().change(&view.queue) {
                Some(change) => format!("since {}: {}", self.time(began.at), self.words.decision(change)),
                None => format!("since the last change of the stack, at {}", self.time(began.at)),
            },
            (Some(began), Some(BeganBy::Sight)) => {
                format!("since {}: seen again after a long blindness", self.time(began.at))
            }
            (Some(began), _) => {
                let before = last_broken.map_or(String::new(), |broken| format!("; before that {broken}"));
                format!("since a reading at {}{before}", self.time(began.at))
            }
            (None, _) => last_broken.unwrap_or_else(|| match self.watch().since(&view.queue) {
                Some(since) => format!("has not held since {}, where the look back begins", self.time(since)),
                None => "has not held".to_owned(),
            }),
        };
        ToldClock {
            condition: self.words.condition(when),
            for_s: when.hold.as_secs(),
            held_s: held.as_secs(),
            since: began.map(|began| Stamp(began.at)),
            began_by,
            broken_at: broken.map(|broken| Stamp(broken.at)),
            reset,
        }
    }
}
