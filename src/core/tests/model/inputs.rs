//! What happens outside: readings, answers and orders, each as the core has admitted it.

use super::{Model, Part, Queue, Told, in_words};
use std::collections::BTreeSet;
use std::sync::Arc;
use surged_core::ladder::{SeatRange, Seats, Threshold, Tier};
use surged_core::{Action, Answer, Counted, Input, Name, Order, Plan, Reading};

impl Model {
    /// Takes in an input that the core has admitted.
    pub fn handle(&mut self, input: &Input) {
        match input {
            Input::Configured { plan } => self.configured(plan),
            Input::LadderInForce { queue, ladder } => self.queue(queue).ladder = ladder.clone(),
            Input::FeedConnected { feed } => self.each_of(feed, |queue| queue.reported = false),
            Input::FeedDisconnected { .. } => {}
            Input::Reading { reading } => self.reading(reading),
            Input::Heartbeat { feed } => self.heartbeat(feed),
            Input::SourceLost { feed, .. } => self.each_of(feed, Queue::lose),
            Input::QueueMissing { queue } => self.queue(queue).lose(),
            Input::StoodStill { until } => self.stood_still(until.0),
            Input::Delivery {
                instruction,
                reached: true,
            } => self.delivered(instruction.0),
            Input::Delivery { .. } => {}
            Input::Answer {
                instruction, answer, ..
            } => self.answered(instruction.0, answer),
            Input::Order { order, .. } => self.ordered(order),
        }
        self.settle_everything();
    }

    fn each_of(&mut self, feed: &Name, change: impl Fn(&mut Queue)) {
        let of_feed = self
            .queues
            .iter_mut()
            .filter(|(name, _)| self.plan.queues[*name].feed == *feed);
        of_feed.for_each(|(_, queue)| change(queue));
    }

    fn configured(&mut self, plan: &Arc<Plan>) {
        self.plan = plan.clone();
        for (name, configured) in &plan.queues {
            let fresh = || Queue::new(configured.ladder.clone(), self.now);
            self.queues.entry(name.clone()).or_insert_with(fresh);
        }
        let named: BTreeSet<&Name> = plan.pools.values().flat_map(|pool| &pool.people).collect();
        let known = |person: &Name| named.contains(person) || plan.roster.iter().any(|one| one.person == *person);
        self.asked.retain(|person, _| known(person));
        self.back_at.retain(|person, _| known(person));
        let ladders = plan.ladders.values();
        let whens = ladders.flat_map(|ladder| ladder.tiers.iter().map(|tier| tier.when).chain([ladder.release.when]));
        let thresholds: Vec<Threshold> = whens.map(|when| when.threshold).collect();
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            let before = std::mem::take(&mut queue.named);
            let since = |threshold| before.iter().find(|named| named.0 == threshold).map(|named| named.1);
            queue.named = thresholds
                .iter()
                .map(|&threshold| (threshold, since(threshold).unwrap_or(clock)))
                .collect();
        }
    }

    fn reading(&mut self, reading: &Reading) {
        let (now, forget) = (self.now, self.limits(&reading.queue).1);
        let queue = self.queue(&reading.queue);
        queue.vouch(now, forget);
        queue.last = Some(reading.clone());
        queue.read_at = now;
        queue.readings.push((queue.clock, reading.clone()));
        (queue.reported, queue.lost) = (true, false);
    }

    fn heartbeat(&mut self, feed: &Name) {
        for name in self.names() {
            let (now, forget) = (self.now, self.limits(&name).1);
            let of_feed = self.plan.queues[&name].feed == *feed;
            let queue = self.queue(&name);
            if queue.reported && of_feed {
                queue.vouch(now, forget);
                queue.read_again(now);
            }
        }
    }

    fn stood_still(&mut self, until: i64) {
        let gap = until - self.now;
        for name in self.names() {
            let (now, stale) = (self.now, self.limits(&name).0);
            let queue = self.queue(&name);
            if gap >= stale {
                let due = queue.open.iter_mut().filter_map(|open| open.due.as_mut());
                due.for_each(|due| *due += gap);
                queue.question.iter_mut().for_each(|question| question.again_at += gap);
            }
            if until - queue.vouched_at < stale || queue.blind {
                continue;
            }
            // What was seen since the last sign of life counts for nothing, save what has come of it.
            queue.blind = true;
            let vouched = queue.clock - (now - queue.vouched_at) as usize;
            let stack = queue.stack.iter();
            let moves = stack
                .flat_map(|one| [Some(one.issued), one.settled, one.kept])
                .flatten();
            let holding = queue
                .named
                .iter()
                .filter(|named| queue.holds(named.0))
                .map(|named| named.1);
            let clock = moves.chain(holding).chain([vouched, queue.changed, queue.anew]).max();
            queue.clock = clock.unwrap_or(vouched);
            queue
                .named
                .iter_mut()
                .for_each(|named| named.1 = named.1.min(queue.clock));
        }
    }

    fn delivered(&mut self, id: u64) {
        for queue in self.queues.values_mut() {
            let clock = queue.clock;
            for one in queue
                .stack
                .iter_mut()
                .filter(|one| one.id == id && one.settled.is_none())
            {
                one.deadline = one.deadline.or(Some(clock + one.settle_within));
            }
            for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
                leaving.deadline = leaving.deadline.or(Some(clock + leaving.settle_within));
            }
        }
    }

    // ---- answers

    fn answered(&mut self, id: u64, answer: &Answer) {
        let Some(name) = self.names().into_iter().find(|name| self.queues[name].knows(id)) else {
            return;
        };
        match answer {
            Answer::Seen { eta } => self.seen(&name, id, eta.map(|eta| eta.0 as usize)),
            Answer::Done { seats, people, .. } => self.done(&name, id, *seats, people.as_deref().unwrap_or_default()),
            Answer::Declined { .. } => self.declined(&name, id),
            Answer::Left { people, seats, .. } => self.left(&name, id, people, seats.unwrap_or(0)),
            Answer::Escalate { .. } => {
                let (now, chain) = (self.now, self.plan.chain.clone());
                let mut open = self.queue(&name).open.iter_mut();
                if let Some(open) = open.find(|open| open.id == id) {
                    open.level += 1;
                    open.extended = false;
                    open.due = Some(now + chain[open.level].respond_within.0);
                    let what = format!("passed_up {id} to {}", open.level);
                    self.say(&name, what);
                }
            }
        }
    }

    fn seen(&mut self, name: &Name, id: u64, eta: Option<usize>) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let queue = self.queue(name);
        let clock = queue.clock;
        for one in queue.stack.iter_mut().filter(|one| one.id == id) {
            one.seen = true;
            if one.settled.is_none() {
                let by_time = one.deadline.unwrap_or(clock + one.settle_within);
                one.deadline = Some(eta.map_or(by_time, |eta| clock + eta));
            }
        }
        for leaving in queue.leaving.iter_mut().filter(|leaving| leaving.id == id) {
            let by_time = leaving.deadline.unwrap_or(clock + leaving.settle_within);
            leaving.deadline = Some(eta.map_or(by_time, |eta| clock + eta));
        }
        let mut waiting = queue
            .open
            .iter_mut()
            .filter(|open| !open.extended && open.due.is_some());
        if let Some(open) = waiting.find(|open| open.id == id) {
            open.due = Some(now + chain[open.level].respond_within.0);
            open.extended = true;
        }
    }

    fn done(&mut self, name: &Name, id: u64, seats: Option<u32>, people: &[Name]) {
        let queue = self.queue(name);
        queue.open.retain(|open| open.id != id);
        let back: Vec<_> = queue.leaving.extract_if(.., |leaving| leaving.id == id).collect();
        back.iter().for_each(|leaving| self.back(&leaving.one));
        let queue = &self.queues[name];
        if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
            // Whoever has been told to go back is not there.
            let leaving = |person: &&Name| queue.leaving.iter().any(|leaving| leaving.one.names(person));
            let people: Vec<Name> = people.iter().filter(|person| !leaving(person)).cloned().collect();
            let parts = self.corrected(&queue.stack[index].parts, seats, &people);
            self.done_with(name, index, parts);
        } else if let Some(index) = queue.gone.iter().position(|one| one.id == id) {
            let mut one = self.queue(name).gone.remove(index);
            one.parts = self.corrected(&self.still_theirs(&one.parts), seats, people);
            let queue = self.queue(name);
            queue.open.retain(|open| Some(open.id) != one.stood_down_by);
            if !one.parts.is_empty() {
                queue.put_back(one);
            }
        }
    }

    fn done_with(&mut self, name: &Name, index: usize, parts: Vec<Part>) {
        let queue = self.queue(name);
        let (clock, last) = (queue.clock, queue.last.clone());
        if parts.is_empty() {
            let mut one = queue.stack.remove(index);
            queue.declined.insert(one.tier.clone());
            one.parts = parts;
            queue.gone.push(one);
            return;
        }
        let one = &mut queue.stack[index];
        one.parts = parts;
        one.there = true;
        let shown = one.shown && last.is_some_and(|last| one.shown_by(&last).is_some_and(|shown| shown >= one.seats()));
        one.doubted_from = (!one.asked_about && !shown).then_some(clock + one.settle_within);
        one.asked_about = false;
        if one.settled.is_none() {
            one.settled = Some(clock);
            if !one.beside {
                queue.changed = clock;
            }
        }
    }

    fn declined(&mut self, name: &Name, id: u64) {
        let queue = self.queue(name);
        queue.open.retain(|open| open.id != id);
        if let Some(index) = queue.stack.iter().position(|one| one.id == id) {
            let one = queue.stack.remove(index);
            queue.declined.insert(one.tier.clone());
            queue.gone.push(one);
        } else if let Some(index) = queue.leaving.iter().position(|leaving| leaving.id == id) {
            let one = queue.leaving.remove(index).one;
            queue.put_back(one);
        } else if let Some(index) = queue.gone.iter().position(|one| one.stood_down_by == Some(id)) {
            let mut one = queue.gone.remove(index);
            one.parts = self.still_theirs(&one.parts);
            if !one.parts.is_empty() {
                self.queue(name).put_back(one);
            }
        }
    }

    fn left(&mut self, name: &Name, id: u64, people: &[Name], seats: u32) {
        let queue = self.queue(name);
        let Some(index) = queue.stack.iter().position(|one| one.id == id) else {
            return;
        };
        let mut gone = queue.stack[index].clone();
        gone.parts
            .iter_mut()
            .for_each(|part| part.people.retain(|person| people.contains(person)));
        let one = &mut queue.stack[index];
        let mut left = seats;
        for part in &mut one.parts {
            let before = part.people.len();
            part.people.retain(|person| !people.contains(person));
            part.seats -= (before - part.people.len()) as u32;
            let nameless = left.min(part.seats);
            part.seats -= nameless;
            left -= nameless;
            part.people.truncate(part.seats as usize);
        }
        one.parts.retain(|part| part.seats > 0);
        if one.parts.is_empty() {
            queue.stack.remove(index);
            queue.open.retain(|open| open.id != id);
            queue.changed = queue.clock;
        }
        self.back(&gone);
    }

    /// Who is there of those asked for, by what somebody says: people by name, each with the pool that knows them, or a number.
    fn corrected(&self, parts: &[Part], seats: Option<u32>, people: &[Name]) -> Vec<Part> {
        let mut parts = parts.to_vec();
        if !people.is_empty() {
            let first = parts.first().and_then(|part| part.pool.clone());
            parts.clear();
            for person in people {
                let known = self.plan.pools.iter().find(|(_, pool)| pool.people.contains(person));
                let pool = known.map(|known| known.0.clone()).or(first.clone());
                if !parts.iter().any(|part| part.pool == pool) {
                    parts.push(Part {
                        pool: pool.clone(),
                        seats: 0,
                        people: Vec::new(),
                    });
                }
                let part = parts.iter_mut().find(|part| part.pool == pool).unwrap();
                if !part.people.contains(person) {
                    part.people.push(person.clone());
                    part.seats += 1;
                }
            }
        }
        // Of a number each pool gives what it was asked for, as far as it goes; what is more comes from the last.
        if let Some(seats) = seats {
            let mut left = seats;
            for part in &mut parts {
                part.seats = part.seats.min(left);
                left -= part.seats;
            }
            if let Some(last) = parts.last_mut() {
                last.seats += left;
            }
            parts
                .iter_mut()
                .for_each(|part| part.people.truncate(part.seats as usize));
        }
        parts.retain(|part| part.seats > 0);
        parts
    }

    // ---- orders by hand

    fn ordered(&mut self, order: &Order) {
        let name = order.queue().clone();
        let (now, again) = (self.now, self.ladder_of(&name).ask_again_after.0);
        match order {
            Order::Call { tier, seats, .. } => self.called_by_hand(&name, tier.as_ref(), *seats),
            Order::Release { instruction, .. } => {
                let stack = &self.queue(&name).stack;
                if let Some(index) = stack.iter().position(|one| one.id == instruction.0) {
                    let one = stack[index].clone();
                    let stand_down = !one.there && (!one.seen || one.action.from_outside());
                    self.take_back(&name, index, one.parts, stand_down, "order", true);
                }
            }
            Order::Count { moves, extra, .. } => self.counted(&name, moves, extra),
            Order::Approve { .. } => {
                if let Some(question) = &mut self.queue(&name).question {
                    question.granted = true;
                }
            }
            Order::Refuse { tier, .. } => {
                let queue = self.queue(&name);
                queue.question = None;
                queue.refused.insert(tier.clone(), now + again);
            }
            Order::Pause { lasting, .. } => self.queue(&name).pause_until = Some(now + lasting.0),
            Order::Resume { .. } => self.resume(&name),
            Order::Incident { until, .. } => self.queue(&name).incident_until = Some(until.0),
            Order::IncidentOver { .. } => self.queue(&name).incident_until = None,
        }
    }

    /// The tier that is named; or those that are next and draw on pools, until there are enough.
    fn called_by_hand(&mut self, name: &Name, tier: Option<&Name>, seats: Option<u32>) {
        let told = Told {
            beside: false,
            by_hand: true,
            shadow: false,
            reason: "order",
        };
        let mut left = seats;
        for one in self.ladder_of(name).tiers {
            let is_meant = tier.map_or(!one.pools.is_empty() && self.may_be_called(name, &one), |tier| {
                *tier == one.name
            });
            let parts = self.parts_by_hand(name, &one, left);
            if !is_meant || parts.is_empty() {
                continue;
            }
            let there: u32 = parts.iter().map(|part| part.seats).sum();
            self.call(name, &one, parts, told);
            left = left.map(|left| left - there);
            if tier.is_some() || left.unwrap_or(0) == 0 {
                return;
            }
        }
    }

    fn parts_by_hand(&self, name: &Name, tier: &Tier, seats: Option<u32>) -> Vec<Part> {
        let wish = super::supply::Wish {
            seats: seats.map_or(tier.seats, |seats| Seats::Range(SeatRange { min: seats, max: seats })),
            by_hand: true,
            shadow: false,
        };
        self.parts(name, tier, wish)
    }

    /// Who is there is there, and who is not is back; what is not counted stays as it is.
    fn counted(&mut self, name: &Name, moves: &[Counted], extra: &[surged_core::Part]) {
        let tiers = self.ladder_of(name).tiers;
        let tier_of = |part: &surged_core::Part| {
            let drawn = |tier: &&Tier| part.pool.as_ref().is_some_and(|pool| tier.pools.contains(pool));
            tiers.iter().find(drawn).map(|tier| tier.name.clone())
        };
        // Who is found stands with the move of that tier that stood when the floor was counted, else on a new one.
        let stood = |tier: &Name| {
            let mut stack = self.queues[name].stack.iter();
            stack.find(|one| one.tier == *tier && !one.shadow).map(|one| one.id)
        };
        let mut next = self.last_instruction;
        let mut found: Vec<(u64, Name, Part)> = Vec::new();
        for part in extra {
            let Some(tier) = tier_of(part) else { continue };
            let same = found.iter().find(|found| found.1 == tier).map(|found| found.0);
            let id = stood(&tier).or(same).unwrap_or_else(|| {
                next += 1;
                next
            });
            let part = Part {
                pool: part.pool.clone(),
                seats: part.seats,
                people: part.people.clone(),
            };
            found.push((id, tier, part));
        }
        self.last_instruction = next;
        let mut words = vec!["counted".to_owned()];
        for counted in moves {
            let away = self.queues[name].away().find(|one| one.id == counted.instruction.0);
            let before = away.unwrap().clone();
            let parts = self.corrected(&before.parts, Some(counted.seats), &counted.people);
            words.push(format!("{} {}", before.id, in_words(&parts)));
            let mut missing = before.clone();
            let is_there = |person: &Name| parts.iter().any(|part| part.people.contains(person));
            missing
                .parts
                .iter_mut()
                .for_each(|part| part.people.retain(|person| !is_there(person)));
            self.back(&missing);
            self.count_move(name, before.id, parts);
        }
        words.extend(
            found
                .iter()
                .map(|(id, tier, part)| format!("found {id} {tier} {}", in_words(std::slice::from_ref(part)))),
        );
        for (id, tier, part) in found {
            self.find(name, id, tier, part);
        }
        let queue = self.queue(name);
        queue.surge |= !queue.stack.is_empty();
        queue.changed = queue.clock;
        self.say(name, words.join(" "));
    }

    fn count_move(&mut self, name: &Name, id: u64, parts: Vec<Part>) {
        let queue = self.queue(name);
        let clock = queue.clock;
        if let Some(one) = queue.stack.iter_mut().find(|one| one.id == id) {
            queue.open.retain(|open| open.id != id);
            one.parts = parts;
            one.there = true;
            (one.doubted_from, one.asked_about) = (None, false);
            one.settled = one.settled.or(Some(clock));
            queue.stack.retain(|one| !one.parts.is_empty());
        } else if let Some(leaving) = queue.leaving.iter_mut().find(|leaving| leaving.one.id == id) {
            leaving.one.parts = parts;
            let freed = leaving.id;
            if leaving.one.parts.is_empty() {
                queue.open.retain(|open| open.id != freed);
                queue.leaving.retain(|leaving| leaving.id != freed);
            }
        }
    }

    fn find(&mut self, name: &Name, id: u64, tier: Name, part: Part) {
        let settle_within = self.ladder_of(name).settle_within.0 as usize;
        let queue = self.queue(name);
        if let Some(one) = queue.stack.iter_mut().find(|one| one.id == id) {
            one.join(part);
            return;
        }
        // What was only decided in shadow has come true.
        queue.stack.retain(|one| one.tier != tier);
        let clock = queue.clock;
        queue.stack.push(super::Move {
            id,
            action: Action::SignIn,
            tier,
            parts: vec![part],
            beside: false,
            shadow: false,
            settle_within,
            issued: clock,
            deadline: None,
            settled: Some(clock),
            kept: None,
            seen: false,
            there: true,
            shown: false,
            doubted_from: None,
            asked_about: false,
            signed_in_before: None,
            stood_down_by: None,
        });
        queue.stack.sort_by_key(|one| one.id);
    }

    pub(super) fn resume(&mut self, name: &Name) {
        let queue = self.queue(name);
        queue.pause_until = None;
        queue.anew = queue.clock;
        self.say(name, "resumed".to_owned());
    }
}

impl super::Move {
    fn names(&self, person: &Name) -> bool {
        self.parts.iter().any(|part| part.people.contains(person))
    }
}
