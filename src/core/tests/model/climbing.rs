//! Which tier is due, and what is to be said of it: "The stack", "Severity", "Declined", "Arbitration".

use super::windows::reason;
use super::{Model, Move, Part, Question, Told, Word, in_words};
use surged_core::Name;
use surged_core::ladder::{Mode, Tier};

impl Model {
    /// Higher priority first, then longer above. Who may call as things stand goes before whom that lets call in turn.
    pub fn calls(&mut self) -> bool {
        let mut order: Vec<Name> = self.names();
        order.retain(|name| self.next_word(name).is_some());
        order.sort_by_key(|name| {
            let first = &self.ladder_of(name).tiers[0].when;
            let above = self.queues[name].held_from(first, 0);
            (
                std::cmp::Reverse(self.plan.queues[name].priority),
                std::cmp::Reverse(above),
                name.clone(),
            )
        });
        for name in &order {
            while let Some(word) = self.next_word(name) {
                self.give(name, word);
            }
        }
        !order.is_empty()
    }

    /// What is to be said now of the tiers of a queue.
    fn next_word(&self, name: &Name) -> Option<Word> {
        let queue = &self.queues[name];
        if queue
            .question
            .as_ref()
            .is_some_and(|question| !self.still_due(name, question))
        {
            return Some(Word::Lapse);
        }
        for tier in self.incident_tiers(name) {
            let word = self.word_on(name, tier, true);
            if word.is_some() {
                return word;
            }
        }
        let severe = self.is_severe(name);
        // A yes is carried out, and a question asked again, whatever else is due beside it.
        let now = self.now;
        let ripe = queue
            .question
            .as_ref()
            .filter(|it| !it.beside && (it.granted || it.again_at <= now));
        let mut due = self.due_tiers(name);
        due.sort_by_key(|tier| ripe.is_none_or(|question| question.tier != tier.name));
        for tier in due {
            let (waits, word) = (self.waits(name, &tier), self.word_on(name, tier, false));
            if word.is_some() || (waits && !severe) {
                return word;
            }
        }
        None
    }

    /// Whether a tier that is due and has people is held by a question to a leader.
    fn waits(&self, name: &Name, tier: &Tier) -> bool {
        let people = !self.parts(name, tier, self.wish(name, tier)).is_empty();
        people && self.mode(name, tier) == Mode::Approve && self.queues[name].question.is_some()
    }

    fn word_on(&self, name: &Name, tier: Tier, beside: bool) -> Option<Word> {
        let queue = &self.queues[name];
        let parts: Vec<Part> = self.parts(name, &tier, self.wish(name, &tier));
        if parts.is_empty() {
            return (!queue.skipped.contains(&tier.name)).then_some(Word::Skip(tier));
        }
        let mode = self.mode(name, &tier);
        let told = Told {
            beside,
            by_hand: mode == Mode::Approve,
            shadow: mode == Mode::Shadow,
            reason: match (beside, queue.is_due(&tier.when)) {
                (true, _) => "incident",
                (false, false) => "severe",
                (false, true) => reason(&tier.when),
            },
            hold: None,
        };
        match &queue.question {
            _ if mode != Mode::Approve => Some(Word::Call(tier, parts, told)),
            None => Some(Word::Ask(tier, parts, beside)),
            Some(question) if question.tier != tier.name => None,
            Some(question) if question.granted => Some(Word::Call(tier, parts, told)),
            Some(question) => (question.again_at <= self.now).then_some(Word::Ask(tier, parts, beside)),
        }
    }

    fn give(&mut self, name: &Name, word: Word) {
        let (now, again) = (self.now, self.ladder_of(name).ask_again_after.0);
        let queue = self.queue(name);
        match word {
            Word::Lapse => {
                let tier = queue.question.take().unwrap().tier;
                self.say(name, format!("approval_lapsed {tier}"));
            }
            Word::Skip(tier) => {
                queue.skipped.insert(tier.name.clone());
                queue.surge = true;
                self.say(name, format!("tier_skipped {}", tier.name));
            }
            Word::Ask(tier, parts, beside) => {
                let times = queue.question.as_ref().map_or(0, |question| question.times) + 1;
                let parts = in_words(&parts);
                self.queue(name).question = Some(Question {
                    tier: tier.name.clone(),
                    beside,
                    times,
                    again_at: now + again,
                    granted: false,
                });
                self.say(
                    name,
                    format!("approval_asked {} {times} times {parts} {beside}", tier.name),
                );
            }
            Word::Call(tier, parts, told) => self.call(name, &tier, parts, told),
        }
    }

    /// Tiers that a declared incident brings forward, while the first tier's threshold is passed.
    fn incident_tiers(&self, name: &Name) -> Vec<Tier> {
        let queue = &self.queues[name];
        let mut tiers = self.ladder_of(name).tiers;
        let passed = queue.holds_now(&tiers[0].when);
        let Some(incident) = queue.incident.filter(|_| queue.acts() && passed) else {
            return Vec::new();
        };
        let far = |tier: &Tier| incident.until - self.now > tier.worth_it_beyond.0;
        let stands = |tier: &Tier| queue.stack.iter().any(|one| one.tier == tier.name);
        tiers.retain(|tier| tier.on_incident && far(tier) && !stands(tier) && self.may_be_called(name, tier));
        tiers
    }

    /// Whether steps are not waited for one after the other.
    pub fn is_severe(&self, name: &Name) -> bool {
        let queue = &self.queues[name];
        let severe = self.ladder_of(name).severe.filter(|_| queue.acts());
        severe.is_some_and(|severe| {
            let held = queue.held(&severe);
            held.is_some_and(|held| held >= severe.hold.0 as usize)
        })
    }

    /// Tiers whose window is full, up to the first whose window is not; one that was passed over for want of people does not hold
    /// up those after it. While it is severe, those whose threshold is passed.
    pub fn due_tiers(&self, name: &Name) -> Vec<Tier> {
        let queue = &self.queues[name];
        let mut tiers = self.ladder_of(name).tiers;
        tiers.retain(|tier| self.may_be_called(name, tier));
        if self.is_severe(name) {
            tiers.retain(|tier| queue.holds_now(&tier.when));
            return tiers;
        }
        let mut due = Vec::new();
        if !queue.acts() {
            return due;
        }
        for tier in tiers {
            if queue.is_due(&tier.when) {
                due.push(tier);
            } else if self.has_anyone(name, &tier) || !queue.skipped.contains(&tier.name) {
                break;
            }
        }
        due
    }

    pub fn may_be_called(&self, name: &Name, tier: &Tier) -> bool {
        let queue = &self.queues[name];
        let stands = queue.stack.iter().any(|one| one.tier == tier.name);
        let again = self.empty_places(name, &tier.name) > 0;
        let leaving = queue.leaving.iter().any(|leaving| leaving.one.tier == tier.name);
        let refused = queue.refused.get(&tier.name).is_some_and(|until| *until > self.now);
        let no = queue.no.get(&tier.name).is_some_and(|until| *until > self.now);
        (!stands || again) && !leaving && !refused && !no
    }

    /// How many of a tier have gone back in this surge while others of it stay, or were asked about and are not there; less those in
    /// whose place somebody was asked for.
    pub fn empty_places(&self, name: &Name, tier: &Name) -> u32 {
        let queue = &self.queues[name];
        let of_tier: Vec<&Move> = queue.stack.iter().filter(|one| one.tier == *tier).collect();
        if of_tier.is_empty() {
            return 0;
        }
        let missing = |one: &Move| {
            let asked_about = one.asked_about();
            asked_about.len() as u32 - one.replaced(&asked_about)
        };
        let missing: u32 = of_tier.into_iter().map(missing).sum();
        queue.went.get(tier).copied().unwrap_or(0) + missing
    }

    fn still_due(&self, name: &Name, question: &Question) -> bool {
        let tiers = if question.beside {
            self.incident_tiers(name)
        } else {
            self.due_tiers(name)
        };
        let tier = tiers.iter().find(|tier| tier.name == question.tier);
        tier.is_some_and(|tier| {
            self.mode(name, tier) == Mode::Approve && !self.parts(name, tier, self.wish(name, tier)).is_empty()
        })
    }
}
