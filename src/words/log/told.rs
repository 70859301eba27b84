//! What the core was told: by feeds, by the calendar, by people.

use super::Sentences;
use crate::core::{Answer, Input, Millis, Order, Plan};
use crate::words::span;

impl Sentences {
    /// What the core was told.
    pub fn input(&self, input: &Input) -> String {
        match input {
            Input::Configured { plan } => self.plan(plan),
            Input::LadderInForce { ladder, .. } => self.say("ladder_in_force", &[("ladder", &self.ladder(ladder))]),
            Input::FeedConnected { feed } => self.say("feed_connected", &[("feed", feed.as_str())]),
            Input::FeedDisconnected { feed, why } => self.say(
                "feed_disconnected",
                &[("feed", feed.as_str()), ("why", &self.cause(why))],
            ),
            Input::Reading { reading } => {
                let numbers = [
                    ("signed_in", reading.signed_in),
                    ("available", reading.available),
                    ("paused", reading.paused),
                ];
                self.queue_state(Some(reading.waiting), reading.longest_wait, &numbers)
            }
            Input::Heartbeat { feed } => self.say("heartbeat", &[("feed", feed.as_str())]),
            Input::SourceLost { feed, why } => {
                self.say("source_lost", &[("feed", feed.as_str()), ("why", &self.cause(why))])
            }
            Input::QueueMissing { queue } => self.say("queue_missing", &[("queue", &self.queue(queue))]),
            Input::StoodStill { until } => self.say("stood_still", &[("until", &self.time(*until))]),
            Input::Delivery { instruction, reached } => {
                let key = if *reached { "reached" } else { "reached_nobody" };
                self.say(key, &[("id", &instruction.to_string())])
            }
            Input::Answer {
                sure: _,
                instruction,
                by,
                answer,
            } => {
                let values = [
                    ("by", &self.person(by)[..]),
                    ("id", &instruction.to_string()),
                    ("answer", &self.answer(answer)),
                ];
                self.say("answer", &values)
            }
            Input::Order { by, order } => self.say("order", &[("by", &self.person(by)), ("order", &self.order(order))]),
        }
    }

    fn plan(&self, plan: &Plan) -> String {
        let values = [
            ("queues", &plan.queues.len().to_string()[..]),
            ("pools", &plan.pools.len().to_string()),
            ("ladders", &plan.ladders.len().to_string()),
        ];
        self.say("configured", &values)
    }

    /// A queue's state, as far as it is known: `7 waiting, longest 0:41, 46 signed in`.
    pub(crate) fn queue_state(
        &self,
        waiting: Option<u32>,
        longest: Option<Millis>,
        numbers: &[(&str, Option<u32>)],
    ) -> String {
        let number = |key: &str, n: u32| self.say(&format!("reading_{key}"), &[("n", &n.to_string())]);
        let longest = longest.map(|longest| self.say("reading_longest", &[("span", &span(longest))]));
        let first = match waiting {
            Some(waiting) => number("waiting", waiting),
            None => self.say("reading_none", &[]),
        };
        let more = numbers.iter().filter_map(|(key, n)| Some(number(key, (*n)?)));
        let told: Vec<String> = [first].into_iter().chain(longest).chain(more).collect();
        self.list(&told)
    }

    /// An answer, without who gave it.
    pub(super) fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Seen { eta: None } => self.say("answer_seen", &[]),
            Answer::Seen { eta: Some(eta) } => self.say("answer_seen_eta", &[("span", &span(*eta))]),
            Answer::Done { seats, people, note } => {
                let seats = seats.map(|it| self.say("answer_done_seats", &[("n", &it.to_string())]));
                let people = people.as_ref();
                let people = people.map(|it| self.say("answer_done_people", &[("people", &self.list(it))]));
                let note = note.as_ref();
                let note = note.map(|it| self.say("answer_done_note", &[("note", it)]));
                let [seats, people, note] = [seats, people, note].map(Option::unwrap_or_default);
                self.say(
                    "answer_done",
                    &[("seats", &seats), ("people", &people), ("note", &note)],
                )
            }
            Answer::Declined { reason } => self.say("answer_declined", &[("reason", reason)]),
            Answer::Left { people, seats, reason } => {
                let who = match (people.as_slice(), seats) {
                    ([], Some(seats)) => self.number_of(*seats, ""),
                    ([], None) => self.say("answer_left_some", &[]),
                    (people, _) => self.list(people),
                };
                self.say("answer_left", &[("who", &who), ("reason", reason)])
            }
            Answer::Escalate { note } => self.say("answer_escalated", &[("note", note)]),
        }
    }

    fn order(&self, order: &Order) -> String {
        match order {
            Order::Call { tier, seats, hold, .. } => {
                let hold = hold.map(|hold| self.say("order_call_hold", &[("span", &span(hold))]));
                let hold = hold.unwrap_or_default();
                let tier = tier.as_ref().map(|it| self.tier(it));
                let seats = seats.map(|it| it.to_string());
                let call = match (tier, seats) {
                    (Some(tier), None) => self.say("order_call_tier", &[("tier", &tier)]),
                    (Some(tier), Some(seats)) => self.say("order_call_some", &[("n", &seats), ("tier", &tier)]),
                    (None, Some(seats)) => self.say("order_call_people", &[("n", &seats)]),
                    (None, None) => self.say("order_call_next", &[]),
                };
                call + &hold
            }
            Order::Approve { tier, .. } => self.say("order_approve", &[("tier", &self.tier(tier))]),
            Order::Refuse { tier, reason, .. } => {
                self.say("order_refuse", &[("tier", &self.tier(tier)), ("reason", reason)])
            }
            Order::Count { moves, extra, .. } => {
                let there: u32 = moves.iter().map(|one| one.seats).sum();
                let values = [
                    ("there", &there.to_string()[..]),
                    ("moves", &moves.len().to_string()),
                    ("extra", &super::seats_of(extra).to_string()),
                ];
                self.say("order_count", &values)
            }
            Order::Release { instruction, .. } => self.say("order_release", &[("id", &instruction.to_string())]),
            Order::Pause { lasting, reason, .. } => {
                self.say("order_pause", &[("span", &span(*lasting)), ("reason", reason)])
            }
            Order::Resume { .. } => self.say("order_resume", &[]),
            Order::Incident { note, until, .. } => {
                self.say("order_incident", &[("until", &self.time(*until)), ("note", note)])
            }
            Order::IncidentOver { .. } => self.say("order_incident_over", &[]),
        }
    }
}
