//! Which tier is due, who may be asked for it, and how that stands on the stack (plan: "The stack", "Severity", "Arbitration").
//!
//! Tiers are due in the order of the ladder. One is passed over while it is on the stack, still signing out, declined or refused; one
//! that had nobody to give when it was due is passed over until somebody is there.

use super::overtime::Requirement;
use crate::ladder::{Judge, Ladder, Mode, SeatRange, Seats, Tier, When};
use crate::measure::Running;
use crate::moves::{self, Doubt, Move, Response, Settling};
use crate::queue::{Call, Queue};
use crate::supply::{Claim, HOUR, Request, Supply, Wish, people, smallest_ask};
use crate::{Action, Core, Instruction, Millis, Name, Reason, Seen, Shortage, Time, What};

/// As many calls within an hour are remembered: more than any `max_moves_per_hour` allows.
const CALLS_LIMIT: usize = 1_000;

/// A tier whose turn it may be.
pub(super) struct Turn<'a> {
    pub tier: &'a Tier,
    /// Its window, where that runs.
    running: Option<Running>,
    /// The window after which the surge is severe, where its threshold is passed: then it is due whatever its own window.
    severe: Option<Running>,
}

impl Turn<'_> {
    /// When it is due.
    fn due(&self) -> Option<Seen> {
        let windows = self.severe.into_iter().chain(self.running);
        windows.map(|running| running.due).min()
    }
}

impl Core {
    /// Who hears of what is decided for a tier.
    pub(crate) fn mode(&self, queue: &Queue, tier: &Tier) -> Mode {
        let queues = || queue.setting.plan.as_ref().map(|plan| plan.mode);
        tier.mode.or_else(queues).unwrap_or_default()
    }

    /// Whether a tier is passed over whatever its condition: on the stack with all its people, declined or refused a while ago, or
    /// still signing out.
    pub(crate) fn is_taken(&self, queue: &Queue, tier: &Tier) -> bool {
        let all_there = queue.is_on_stack(&tier.name) && queue.empty_places(&tier.name) == 0;
        all_there
            || queue.is_signing_out(&tier.name)
            || queue.declined.get(&tier.name).is_some_and(|until| *until > self.now)
            || queue.refused.get(&tier.name).is_some_and(|until| *until > self.now)
    }

    /// Who can be asked now; in shadow those whom it has asked before count as away.
    pub(crate) fn supply(&self, shadow: bool) -> Supply<'_> {
        Supply {
            plan: &self.plan,
            ledger: &self.derived.ledger,
            shadow,
            people: &self.people,
            queues: &self.queues,
            now: self.now,
        }
    }

    fn has_anyone(&self, queue: &Queue, tier: &Tier) -> bool {
        self.supply(self.mode(queue, tier) == Mode::Shadow)
            .has_anyone(queue, tier)
    }

    /// From when on the next tier's window may run: once all before it has settled, or goes on without it.
    fn begins(&self, queue: &Queue) -> Option<Seen> {
        let unsettled = queue.stack.iter().filter(|one| !one.beside && !one.is_settled());
        unsettled
            .map(|one| one.next_from)
            .try_fold(queue.floor, |floor, next| Some(floor.max(next?)))
    }

    /// Since when the surge is severe.
    fn severe_since(&self, queue: &Queue, ladder: &Ladder) -> Option<Running> {
        let severe = ladder.severe.as_ref()?;
        queue.windows.running(severe, queue.floor, queue.seen(self.now))
    }

    /// Whether steps are not waited for one after the other.
    pub(super) fn is_severe(&self, queue: &Queue) -> bool {
        let severe = self.ladder(queue).and_then(|ladder| self.severe_since(queue, ladder));
        severe.is_some_and(|severe| severe.due <= queue.seen(self.now))
    }

    /// The tiers that may be called, in order. Those that had nobody to give, and still have nobody, are left out.
    fn turns<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = Turn<'a>> {
        let ladder = self.ladder(queue).filter(|_| queue.acts());
        let now = queue.seen(self.now);
        let begins = self.begins(queue);
        let severe = ladder.and_then(|ladder| self.severe_since(queue, ladder));
        let tiers = ladder.into_iter().flat_map(|ladder| &ladder.tiers);
        tiers
            .filter(|tier| !self.is_taken(queue, tier))
            .filter(|tier| !queue.skipped.contains(&tier.name) || self.has_anyone(queue, tier))
            .map(move |tier| Turn {
                tier,
                running: begins.and_then(|begins| queue.windows.running(&tier.when, begins, now.max(begins))),
                severe: severe.filter(|_| queue.windows.since(&tier.when, now).is_some()),
            })
    }

    /// Those of them that are due: up to the first that is not, or where the surge is severe all of which the threshold is passed.
    pub(super) fn due_turns<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = Turn<'a>> {
        let now = queue.seen(self.now);
        let is_severe = self.is_severe(queue);
        let due = move |turn: &Turn<'_>| turn.due().is_some_and(|due| due <= now);
        self.turns(queue)
            .take_while(move |turn| is_severe || due(turn))
            .filter(due)
    }

    /// When the next tier is due.
    pub(super) fn call_due(&self, queue: &Queue) -> Option<Time> {
        let now = queue.seen(self.now);
        let mut next: Option<Seen> = None;
        let mut in_turn = true;
        for turn in self.turns(queue) {
            // A severe surge brings any of them forward, also those that wait behind others.
            let severe = turn.severe.map(|severe| severe.due).filter(|due| *due > now);
            // Due and still here: it is short of seats, which has been said, or waits for a yes; those after it have their turn.
            let own = turn.running.map(|running| running.due).filter(|_| in_turn);
            in_turn &= own.is_some_and(|due| due <= now);
            next = severe.into_iter().chain(own.filter(|due| *due > now)).chain(next).min();
        }
        next.map(|due| queue.real(due))
    }

    /// When a tier that was passed over may be asked again, or, where a queue would call if it could, somebody may be asked again.
    pub(super) fn asked_again_due(&self, queue: &Queue, attentive: bool) -> Option<Time> {
        let passed_over = queue.refused.values().chain(queue.declined.values()).copied();
        let passed_over = passed_over.filter(|until| *until > self.now).min();
        if !attentive {
            return passed_over;
        }
        let duty = people::next_change(&self.derived.changes_of_duty, self.now);
        let eased = self.supply(false).eases_at(queue);
        passed_over.into_iter().chain(duty).chain(eased).min()
    }

    /// Whether people or seats that move elsewhere may change what is next here.
    pub(crate) fn is_pressed(&self, queue: &Queue) -> bool {
        let now = queue.seen(self.now);
        self.is_just_ordered(queue)
            || queue.acts()
                && self.ladder(queue).is_some_and(|ladder| {
                    let running = |tier: &Tier| queue.windows.running(&tier.when, queue.floor, now).is_some();
                    ladder.tiers.iter().any(running)
                })
    }

    /// Whether something was ordered of a queue in this very moment, and may not be done with.
    fn is_just_ordered(&self, queue: &Queue) -> bool {
        queue.ordered.as_ref().is_some_and(|ordered| ordered.at == self.now)
    }

    /// Whether people or seats that move elsewhere may change at once what a queue does: it waits for a leader's yes, was ordered something in this
    /// very moment, or a tier of it is due or had nobody to give when it was, and nobody can be asked. Whoever's clock still runs looks at the pools
    /// when it is due.
    pub(crate) fn is_attentive(&self, queue: &Queue) -> bool {
        let would_call =
            || queue.incident.is_some() || !queue.skipped.is_empty() || self.due_turns(queue).next().is_some();
        queue.approval.is_some() || self.is_just_ordered(queue) || self.is_pressed(queue) && would_call()
    }

    /// What others leave to a queue; `None`: nothing, until something of it changes.
    pub(crate) fn claim<'a>(&'a self, queue: &'a Queue) -> Option<Claim<'a>> {
        let open = || self.may_call(queue).then_some(Claim::Open);
        self.sure_claim(queue).or_else(open)
    }

    /// Where the clock of the first tier that a queue may call runs, and a number alone tells that there is somebody for it, that one is
    /// next until something of the queue changes.
    fn sure_claim<'a>(&'a self, queue: &'a Queue) -> Option<Claim<'a>> {
        let ladder = self.ladder(queue).filter(|_| queue.acts())?;
        let (now, begins) = (queue.seen(self.now), self.begins(queue)?);
        let tier = ladder.tiers.iter().find(|tier| !self.is_taken(queue, tier))?;
        let running = queue.windows.running(&tier.when, begins, now.max(begins))?;
        // What is judged by a sum begins anew with every moment.
        let runs = running.since <= now && tier.when.judge == Judge::Every;
        if !runs || self.mode(queue, tier) == Mode::Shadow {
            return None;
        }
        let supply = self.supply(false);
        tier.pools.iter().find_map(|on| {
            let below = supply.has_anyone_below(queue, tier, on)?;
            (supply.out_of_reach(on, false) < below).then_some(Claim::Sure { tier, on, below })
        })
    }

    /// Whether a clock of a queue runs, or will by itself, for a tier that it may call, whoever there is to give.
    fn may_call(&self, queue: &Queue) -> bool {
        let now = queue.seen(self.now);
        let ladder = self.ladder(queue).filter(|_| queue.acts());
        ladder.zip(self.begins(queue)).is_some_and(|(ladder, begins)| {
            ladder.tiers.iter().any(|tier| {
                !self.is_taken(queue, tier) && queue.windows.running(&tier.when, begins, now.max(begins)).is_some()
            })
        })
    }

    pub(super) fn decide_call(&self, queue: &Queue, at: Time) -> Option<What> {
        let now = queue.seen(at);
        // What a leader has been asked comes first, once there is something to be done about it: another question waits for this one.
        let asked = queue.approval.as_ref().filter(|asked| asked.is_at(at) && !asked.beside);
        let asked = asked.and_then(|asked| self.due_turns(queue).find(|turn| turn.tier.name == asked.tier));
        for turn in asked.into_iter().chain(self.due_turns(queue)) {
            let tier = turn.tier;
            match self.compose(queue, tier, at) {
                Ok(request) => {
                    let reason = self.why(queue, &turn, now)?;
                    let what = self.call_or_ask(queue, tier, request, reason, false, at);
                    // Steps wait for one that waits for a yes, unless it is too much for waiting.
                    if what.is_some() || !self.is_severe(queue) {
                        return what;
                    }
                }
                Err(why) if !queue.skipped.contains(&tier.name) => {
                    let tier = tier.name.clone();
                    return Some(What::TierSkipped { tier, why });
                }
                Err(_) => {}
            }
        }
        None
    }

    /// Why a tier is due: by its own window, or else because the surge is severe.
    fn why(&self, queue: &Queue, turn: &Turn<'_>, now: Seen) -> Option<Reason> {
        let waiting = queue.waiting();
        match turn.running.filter(|running| running.due <= now) {
            Some(running) => Some(queue.windows.reason(&turn.tier.when, running.since, now, waiting)),
            None => {
                let ladder = self.ladder(queue)?;
                let since = self.severe_since(queue, ladder)?.since;
                let why = queue.windows.reason(ladder.severe.as_ref()?, since, now, waiting);
                Some(Reason::Severe { why: Box::new(why) })
            }
        }
    }

    /// The tier that is next on the ladder.
    pub(crate) fn next_tier<'a>(&'a self, queue: &'a Queue) -> Option<&'a Tier> {
        let mut tiers = self.ladder(queue)?.tiers.iter();
        tiers.find(|tier| !self.is_taken(queue, tier) && self.has_anyone(queue, tier))
    }

    /// Whether the clock of a tier runs, and those of all before it: what only begins by itself later does not yet.
    fn runs_in_turn(&self, queue: &Queue, tier: &Tier) -> bool {
        let now = queue.seen(self.now);
        let runs = |turn: &Turn<'_>| turn.running.is_some_and(|running| running.since <= now);
        let mut turns = self.turns(queue).take_while(runs);
        turns.any(|turn| turn.tier.name == tier.name)
    }

    /// The window after which a tier is due in its turn: no earlier than those before it, whether they have anyone to give or not.
    pub(crate) fn in_turn(&self, queue: &Queue, tier: &Tier) -> Option<Running> {
        let mut due = Seen(i64::MIN);
        for turn in self.turns(queue) {
            let running = turn.running?;
            due = due.max(running.due);
            if turn.tier.name == tier.name {
                return Some(Running { due, ..running });
            }
        }
        None
    }

    /// The window after which a tier is due because the surge is severe, whatever comes before it: once its own threshold is passed,
    /// which may come by itself.
    pub(crate) fn by_severity(&self, queue: &Queue, tier: &Tier) -> Option<Running> {
        let severe = self.severe_since(queue, self.ladder(queue)?)?;
        self.turns(queue).find(|turn| turn.tier.name == tier.name)?;
        let passed = When {
            hold: Millis::ZERO,
            ..tier.when
        };
        let passed = queue.windows.running(&passed, Seen(i64::MIN), queue.seen(self.now))?;
        Some(Running {
            due: severe.due.max(passed.due),
            ..severe
        })
    }

    /// The window after which a tier is due if nothing changes, whichever way.
    pub(crate) fn due_by(&self, queue: &Queue, tier: &Tier) -> Option<Running> {
        let ways = self.in_turn(queue, tier).into_iter();
        ways.chain(self.by_severity(queue, tier))
            .min_by_key(|running| running.due)
    }

    /// Whether an earlier move holds up the next tier until it has settled.
    pub(crate) fn is_held_up(&self, queue: &Queue) -> bool {
        self.begins(queue).is_none()
    }

    /// Whether a tier waits for one before it and for nothing else.
    pub(crate) fn waits_for_its_turn(&self, queue: &Queue, tier: &Tier) -> bool {
        let mut turns = self.turns(queue);
        let own = turns.find(|turn| turn.tier.name == tier.name);
        own.is_some_and(|turn| turn.running.is_some()) && self.in_turn(queue, tier).is_none()
    }

    // ---- who is asked for

    /// What a tier can ask for at all, cheaply: the seats required are not computed, the fallback stands for them.
    ///
    /// # Errors
    /// Why nobody can be asked.
    pub(crate) fn request(
        &self,
        queue: &Queue,
        tier: &Tier,
        wish: Wish,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Request, Shortage> {
        let room = self.derived.ledger.room(&self.plan, wish.shadow);
        self.supply(wish.shadow).request(queue, tier, wish, room, reserved)
    }

    /// What the daemon itself would wish for of a tier: where some of it have gone and others stay, as many as went.
    pub(crate) fn wish(&self, queue: &Queue, tier: &Tier) -> Wish {
        let went = queue.empty_places(&tier.name);
        let again = queue.is_on_stack(&tier.name) && went > 0;
        Wish {
            seats: if again {
                Seats::Range(SeatRange { min: went, max: went })
            } else {
                tier.seats
            },
            by_hand: false,
            shadow: self.mode(queue, tier) == Mode::Shadow,
        }
    }

    /// What a tier that is due asks for.
    pub(super) fn compose(&self, queue: &Queue, tier: &Tier, at: Time) -> Result<Request, Shortage> {
        let wish = self.wish(queue, tier);
        self.compose_as(queue, tier, wish, at, |pool| self.reserved(queue, pool))
    }

    /// What a tier asks for, the seats required computed. It is due because all before it was not enough: the fallback's minimum is
    /// asked for even where nothing is lacking by the numbers.
    pub(super) fn compose_as(
        &self,
        queue: &Queue,
        tier: &Tier,
        wish: Wish,
        at: Time,
        reserved: impl Fn(&Name) -> Option<(u32, Name)>,
    ) -> Result<Request, Shortage> {
        let request = self.request(queue, tier, wish, &reserved)?;
        let (Seats::Required { fallback }, Some(configured)) = (&wish.seats, &queue.setting.plan) else {
            return Ok(request);
        };
        let room = self.derived.ledger.room(&self.plan, wish.shadow);
        let mut computed = Requirement::compute(queue, configured, room, at);
        let mut request = match computed.lacking() {
            None => request,
            Some(lacking) => {
                let wanted = lacking.max(fallback.min);
                let seats = Seats::Range(SeatRange {
                    min: wanted,
                    max: wanted,
                });
                self.request(queue, tier, Wish { seats, ..wish }, reserved)?
            }
        };
        computed.reachable = computed.lacking().map(|lacking| lacking <= request.seats.ask);
        request.computed = Some(Box::new(computed));
        Ok(request)
    }

    /// What a lower queue leaves of a pool: the smallest ask of a higher one whose clock for it runs. A higher one in shadow takes
    /// nobody, and leaves all.
    pub(crate) fn reserved(&self, lower: &Queue, pool: &Name) -> Option<(u32, Name)> {
        let (seats, last, open) = self.derived.sharing.claimed_above(pool, lower.priority());
        let reserved = self.kept_for(lower, pool, (seats, last), open);
        debug_assert!(
            self.queues.len() > super::FEW
                || reserved == self.kept_for(lower, pool, (0, None), self.derived.sharing.queues(pool)),
            "some queue calls, and it is not known"
        );
        reserved.1.map(|last| (reserved.0, self.queues[last].name.clone()))
    }

    /// What is kept of a pool for those of these queues that are above one, with the last of them, on top of what is known.
    fn kept_for(
        &self,
        lower: &Queue,
        pool: &Name,
        known: (u32, Option<usize>),
        sharing: impl Iterator<Item = usize>,
    ) -> (u32, Option<usize>) {
        let floor = lower.priority();
        let (mut seats, mut last) = known;
        for index in sharing {
            let higher = &self.queues[index];
            if higher.priority() <= floor {
                continue;
            }
            let Some(tier) = self.next_tier(higher).filter(|tier| self.runs_in_turn(higher, tier)) else {
                continue;
            };
            if tier.pools.contains(pool) && self.mode(higher, tier) != Mode::Shadow {
                seats = seats.saturating_add(smallest_ask(tier));
                last = last.max(Some(index));
            }
        }
        (seats, last)
    }

    /// Puts the queues in the order in which they may ask: higher priority first, then longer above.
    pub(crate) fn arbitrate(&self, due: &mut [usize]) {
        if due.len() < 2 {
            return;
        }
        due.sort_by_cached_key(|&index| {
            let queue = &self.queues[index];
            let above = self.above_since(queue).map_or(Time::NEVER, |since| queue.real(since));
            (std::cmp::Reverse(queue.priority()), above, index)
        });
    }

    // ---- how it stands

    pub(super) fn apply_call(&mut self, index: usize, instruction: &Instruction, beside: bool) {
        let ladder = self.queues[index].setting.ladder.clone();
        let ladder = ladder.as_deref();
        let tier = ladder.and_then(|ladder| ladder.tiers.iter().find(|tier| tier.name == instruction.tier));
        let of_ladder = ladder.map(|ladder| ladder.settle_within).unwrap_or_default();
        let settle_within = tier.and_then(|tier| tier.settle_within).unwrap_or(of_ladder);
        let next_after = tier.and_then(|tier| tier.next_after);
        let next_after = next_after.or(instruction.action.from_outside().then_some(of_ladder));
        let longer_by = tier
            .filter(|tier| tier.action == Action::ExtendShift)
            .map_or(Millis::ZERO, |tier| tier.extend.by);
        if !instruction.shadow {
            self.people.asked(&instruction.parts, instruction.at);
        }
        let queue = &mut self.queues[index];
        queue.called(instruction);
        let now = queue.seen(instruction.at);
        let settling = match instruction.shadow {
            // It reaches nobody, and runs its time from the first.
            true => Settling::Until(now + settle_within),
            false => Settling::Undelivered,
        };
        let awaited = queue.awaited_by_number(instruction.at);
        queue.surge.get_or_insert(instruction.at);
        // Most queues have one at most.
        queue.stack.reserve_exact(usize::from(queue.stack.is_empty()));
        queue.stack.push(Move {
            instruction: instruction.id,
            action: instruction.action,
            tier: instruction.tier.clone(),
            parts: instruction.parts.clone(),
            issued: instruction.at,
            asked: now,
            beside,
            settle_within,
            settling,
            next_after,
            next_from: next_after.filter(|_| instruction.shadow).map(|after| now + after),
            hold_until: instruction.hold.map(|hold| now + hold),
            response: Response::None,
            done_by: None,
            number_before: queue.present.others.map(|others| others.saturating_add(awaited)),
            vouched: false,
            shadow: instruction.shadow,
            longer_by,
            doubt: Doubt::None,
            kept: None,
            there: Vec::new(),
            missing: Vec::new(),
        });
        self.recount(index);
    }

    pub(super) fn apply_skipped(&mut self, index: usize, tier: &Name, at: Time) {
        let queue = &mut self.queues[index];
        queue.surge.get_or_insert(at);
        queue.skipped.insert(tier.clone());
    }
}

impl Queue {
    /// A tier was called: no yes is waited for any more, what stood of it in shadow has come true, and it counts for the hour.
    fn called(&mut self, instruction: &Instruction) {
        let (tier, at) = (&instruction.tier, instruction.at);
        if self.approval.as_ref().is_some_and(|asked| asked.tier == *tier) {
            self.approval = None;
        }
        self.refused.remove(tier);
        self.declined.remove(tier);
        if !instruction.shadow {
            self.stack.retain(|one| !one.shadow || one.tier != *tier);
        }
        self.take_places(tier, moves::seats(&instruction.parts));
        while self.calls.front().is_some_and(|call| call.at + HOUR <= at) || self.calls.len() == CALLS_LIMIT {
            self.calls.pop_front();
        }
        self.calls.push_back(Call {
            at,
            shadow: instruction.shadow,
        });
    }
}
