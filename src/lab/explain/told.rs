//! A moment in words and numbers, for people and for programs.

use super::{Moment, Watch};
use crate::core::ladder::{Tier, When};
use crate::core::{Action, Began, Millis, MoveView, Name, QueueView, Standing, TierView, Time};
use crate::wire::{Stamp, TierStanding};
use crate::words::{Language, Sentences, span};
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

/// Puts a moment into words, in one language and with times of one zone.
pub struct Teller<'a> {
    moment: &'a Moment,
    words: Sentences,
    zone: TimeZone,
}

impl<'a> Teller<'a> {
    /// For one moment.
    pub fn new(moment: &'a Moment, language: Language, zone: TimeZone) -> Teller<'a> {
        let words = Sentences::in_language(language, zone.clone());
        Teller { moment, words, zone }
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.words().text(&format!("explain.{key}"), values)
    }

    fn tier_name(&self, tier: &Name) -> String {
        self.words.words().name("tier", tier.as_str())
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
            (Err(_), _) => self.words.time(time),
        }
    }

    fn watch(&self) -> &Watch {
        &self.moment.watch
    }

    fn sentences(&self, view: &QueueView) -> Vec<String> {
        let signed_in = [("signed_in", view.signed_in)];
        let reading = self.words.queue_state(view.waiting, view.longest_wait, &signed_in);
        let heard = view
            .vouched_at
            .map(|at| self.say("queue_heard", &[("at", &self.time(at))]));
        let ladder = match &view.ladder {
            Some(ladder) => {
                let ladder = self.words.words().name("ladder", ladder.as_str());
                self.say("ladder", &[("ladder", &ladder)])
            }
            None => self.say("left", &[]),
        };
        let values = [
            ("reading", &reading[..]),
            ("heard", &heard.unwrap_or_default()),
            ("ladder", &ladder),
        ];
        let mut sentences = vec![self.say("queue", &values)];
        if let Some(since) = view.blind_since {
            sentences.push(self.say("blind_since", &[("since", &self.time(since))]));
        }
        if let Some(pause) = &view.paused {
            let until = self.time(pause.until);
            let by = self.words.words().called(&pause.by.name, &pause.by.staff_no);
            let values = [("by", &by[..]), ("until", &until), ("reason", &pause.reason)];
            sentences.push(self.say("paused_by", &values));
        }
        if let Some(incident) = &view.incident {
            let until = self.time(incident.until);
            sentences.push(self.say("incident", &[("until", &until), ("note", &incident.note)]));
        }
        sentences
    }

    fn tier(&self, view: &QueueView, tier: &Tier, seen: &TierView) -> ToldTier {
        let unsettled = match &seen.standing {
            Standing::Unsettled { instruction } => view.moves.iter().find(|one| one.instruction == *instruction),
            Standing::OnStack
            | Standing::SigningOut
            | Standing::Declined { .. }
            | Standing::Short { .. }
            | Standing::Approval { .. }
            | Standing::Refused { .. }
            | Standing::Later
            | Standing::NotMet { .. }
            | Standing::Running { .. }
            | Standing::Blind
            | Standing::Paused => None,
        };
        let holds = seen.began.is_some();
        let next_due_at = match &seen.standing {
            Standing::Running { due_at } => Some(*due_at),
            Standing::Unsettled { .. } if holds => unsettled
                .and_then(|one| one.settles_at)
                .map(|settles_at| settles_at + tier.when.hold),
            Standing::Paused if holds => view.paused.as_ref().map(|pause| pause.until + tier.when.hold),
            Standing::OnStack
            | Standing::SigningOut
            | Standing::Declined { .. }
            | Standing::Short { .. }
            | Standing::Approval { .. }
            | Standing::Refused { .. }
            | Standing::Later
            | Standing::Unsettled { .. }
            | Standing::NotMet { .. }
            | Standing::Blind
            | Standing::Paused => None,
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
            Standing::OnStack => self.called(view.moves.iter().find(|one| one.tier == seen.tier)),
            Standing::SigningOut => self.say("signing_out", &[]),
            Standing::Declined { until } => self.say("declined", &[("until", &self.time(*until))]),
            Standing::Short { why } => self.words.shortage(why),
            Standing::Approval { since } => self.say("approval", &[("since", &self.time(*since))]),
            Standing::Refused { until } => self.say("refused", &[("until", &self.time(*until))]),
            Standing::Later => match &view.next {
                Some(next) => self.say("comes_first", &[("tier", &self.tier_name(&next.tier))]),
                None => self.say("one_comes_first", &[]),
            },
            Standing::Unsettled { instruction } => {
                let id = instruction.to_string();
                match unsettled.and_then(|one| one.settles_at) {
                    Some(at) => self.say("unsettled", &[("id", &id), ("at", &self.time(at))]),
                    None => self.say("unsettled_nobody", &[("id", &id)]),
                }
            }
            Standing::NotMet { unknown: true } => self.say("not_told", &[]),
            Standing::NotMet { unknown: false } => self.not_met(view),
            Standing::Running { due_at } if *due_at > self.moment.at => self.say("clock_runs", &[]),
            Standing::Running { .. } => match self.watch().skipped(&view.queue, &seen.tier) {
                Some(why) => self.say("due_skipped", &[("why", &self.words.shortage(why))]),
                None => self.say("due", &[]),
            },
            Standing::Blind => self.say("blind", &[]),
            Standing::Paused => self.say("paused", &[]),
        }
    }

    /// A tier that was called, by its move where it still has one.
    fn called(&self, one: Option<&MoveView>) -> String {
        let Some(one) = one else {
            return self.say("called_already", &[]);
        };
        let settled = match (one.settled, one.settles_at) {
            (true, _) => self.say("settled", &[]),
            (false, Some(at)) => self.say("settles_by", &[("at", &self.time(at))]),
            (false, None) => self.say("reached_nobody", &[]),
        };
        let values = [
            ("at", &self.time(one.issued)[..]),
            ("id", &one.instruction.to_string()),
            ("settled", &settled),
        ];
        self.say("called", &values)
    }

    fn not_met(&self, view: &QueueView) -> String {
        match view.waiting {
            Some(waiting) => self.say("not_met_waiting", &[("n", &waiting.to_string())]),
            None => self.say("not_met", &[]),
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
            (None, _) => self.say("nobody_goes_back", &[]),
            (Some(one), Some(_)) => self.say("goes_back", &[("tier", &self.tier_name(&one.tier))]),
            (Some(_), None) if view.blind_since.is_some() => self.say("blind", &[]),
            (Some(_), None) if view.paused.is_some() => self.say("paused", &[]),
            (Some(one), None) if began.is_some() => self.say("settles_first", &[("tier", &self.tier_name(&one.tier))]),
            (Some(_), None) => self.not_met(view),
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
            let (at, n) = (self.time(broken.at), broken.reading.waiting.to_string());
            match broken.held {
                Millis::ZERO => self.say("broken", &[("at", &at), ("n", &n)]),
                held => self.say("broken_after", &[("at", &at), ("span", &span(held)), ("n", &n)]),
            }
        });
        let reset = match (began, began_by) {
            (Some(began), by) => self.began(&view.queue, self.time(began.at), by, last_broken),
            (None, _) => last_broken.unwrap_or_else(|| match self.watch().since(&view.queue) {
                Some(since) => self.say("not_held_since", &[("since", &self.time(since))]),
                None => self.say("not_held", &[]),
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
    /// Since when a window runs, and what began it.
    fn began(&self, queue: &Name, at: String, by: Option<BeganBy>, broken: Option<String>) -> String {
        match by {
            Some(BeganBy::Stack) => match self.watch().change(queue) {
                Some(change) => {
                    let what = self.words.decision(change);
                    self.say("since_change", &[("at", &at), ("what", &what)])
                }
                None => self.say("since_stack", &[("at", &at)]),
            },
            Some(BeganBy::Sight) => self.say("since_sight", &[("at", &at)]),
            Some(BeganBy::Reading) | None => match broken {
                Some(broken) => self.say("since_reading_before", &[("at", &at), ("broken", &broken)]),
                None => self.say("since_reading", &[("at", &at)]),
            },
        }
    }
}
