//! Which tier is due, who may be asked for it, and who has to say yes first.

use super::super::ladder::{Mode, SeatRange, Seats, Tier};
use super::super::measure::Running;
use super::super::queue::Queue;
use super::super::roster::{self, Request, Supply, Wish};
use super::super::{Actor, Approval, Core, Name, Reason, Requirement, Seen, Shortage, Time, What};
use super::Told;

/// Whether a tier that is due may be called.
enum Gate {
    /// Yes.
    Call(Told),
    /// A leader is asked first, for this time.
    Ask { times: u32, since: Time },
    /// A leader has been asked.
    Wait,
}

impl Core {
    /// Who hears of what is decided for a tier.
    pub(crate) fn mode(&self, queue: &Queue, tier: &Tier) -> Mode {
        let queues = || self.plan.queues.get(&queue.name).map(|plan| plan.mode);
        tier.mode.or_else(queues).unwrap_or_default()
    }

    /// Whether a tier is passed over whatever its condition: on the stack, declined in this surge, refused a while ago, or still
    /// signing out.
    pub(crate) fn is_taken(&self, queue: &Queue, tier: &Tier) -> bool {
        queue.is_on_stack(&tier.name)
            || queue.declined.contains(&tier.name)
            || queue.is_signing_out(&tier.name)
            || queue.refused.get(&tier.name).is_some_and(|until| *until > self.now)
    }

    /// Who can be asked now; in shadow those whom it has asked before count as away.
    pub(crate) fn supply(&self, shadow: bool) -> Supply<'_> {
        let lent = if shadow {
            &self.derived.lent_in_shadow
        } else {
            &self.derived.lent
        };
        Supply {
            plan: &self.plan,
            lent,
            people: &self.people,
            queues: &self.queues,
            now: self.now,
        }
    }

    fn has_anyone(&self, queue: &Queue, tier: &Tier) -> bool {
        self.supply(self.mode(queue, tier) == Mode::Shadow)
            .has_anyone(queue, tier)
    }

    /// The tiers that may be called, in order: each with its window where that runs, and whether its pools have anyone to give.
    /// The first with anyone is the next tier.
    fn turns<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = (&'a Tier, Option<Running>, bool)> {
        let ladder = self
            .ladder(queue)
            .filter(|_| queue.acts() && queue.unsettled().is_none());
        let now = queue.seen(self.now);
        ladder
            .into_iter()
            .flat_map(|ladder| &ladder.tiers)
            .filter(|tier| !self.is_taken(queue, tier))
            .map(move |tier| {
                let running = queue.windows.running(&tier.when, queue.floor, now);
                (tier, running, self.has_anyone(queue, tier))
            })
    }

    /// Those of them that are due, up to the first that has somebody to give and is not.
    fn due_turns<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = (&'a Tier, Running)> {
        let now = queue.seen(self.now);
        let due = move |running: &Running| running.due <= now;
        self.turns(queue)
            .take_while(move |(_, running, anyone)| !anyone || running.as_ref().is_some_and(due))
            .filter_map(move |(tier, running, _)| Some((tier, running.filter(due)?)))
    }

    pub(super) fn next_call(&self, queue: &Queue) -> Option<Seen> {
        let now = queue.seen(self.now);
        let mut next: Option<Seen> = None;
        for (tier, running, anyone) in self.turns(queue) {
            match running.map(|running| running.due) {
                // Due and still here: it is short of people or of seats, which has been said, or waits for a yes.
                Some(due) if due <= now => continue,
                Some(due) if anyone || !queue.skipped.contains(&tier.name) => {
                    next = Some(next.map_or(due, |known| known.min(due)));
                }
                _ => {}
            }
            if anyone {
                break;
            }
        }
        next
    }

    pub(super) fn decide_call(&self, queue: &Queue, at: Time) -> Option<What> {
        if let Some(approval) = queue
            .approval
            .as_ref()
            .filter(|approval| !self.is_still_due(queue, approval))
        {
            let tier = approval.tier.clone();
            return Some(What::ApprovalLapsed { tier });
        }
        if let Some(what) = self.decide_incident_call(queue, at) {
            return Some(what);
        }
        let now = queue.seen(at);
        for (tier, running) in self.due_turns(queue) {
            let reason = || queue.windows.reason(&tier.when, running.since, now, queue.waiting());
            match self.compose(queue, tier, at) {
                Ok(request) => return self.call_or_ask(queue, tier, request, reason(), false, at),
                Err(why) if !queue.skipped.contains(&tier.name) => {
                    let tier = tier.name.clone();
                    return Some(What::TierSkipped { tier, why });
                }
                Err(_) => {}
            }
        }
        None
    }

    /// The tier that is next on the ladder, and its window where that runs.
    pub(crate) fn next_tier<'a>(&'a self, queue: &'a Queue) -> Option<(&'a Tier, Option<Running>)> {
        let ladder = self.ladder(queue)?;
        let tier = ladder
            .tiers
            .iter()
            .find(|tier| !self.is_taken(queue, tier) && self.has_anyone(queue, tier))?;
        let runs = queue.acts() && queue.unsettled().is_none();
        let running = queue.windows.running(&tier.when, queue.floor, queue.seen(self.now));
        Some((tier, running.filter(|_| runs)))
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
        let room = roster::room(&self.plan, &self.queues, wish.shadow);
        self.supply(wish.shadow).request(queue, tier, wish, room, reserved)
    }

    /// What the daemon itself would wish for of a tier.
    pub(crate) fn wish(&self, queue: &Queue, tier: &Tier) -> Wish {
        Wish {
            seats: tier.seats,
            by_hand: false,
            shadow: self.mode(queue, tier) == Mode::Shadow,
        }
    }

    /// What a tier that is due asks for.
    fn compose(&self, queue: &Queue, tier: &Tier, at: Time) -> Result<Request, Shortage> {
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
        let (Seats::Required { fallback }, Some(configured)) = (&wish.seats, self.plan.queues.get(&queue.name)) else {
            return Ok(request);
        };
        let room = roster::room(&self.plan, &self.queues, wish.shadow);
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
    fn reserved(&self, lower: &Queue, pool: &Name) -> Option<(u32, Name)> {
        let priority = |queue: &Queue| self.plan.queues.get(&queue.name).map_or(i32::MIN, |plan| plan.priority);
        let floor = priority(lower);
        let mut reserved: Option<(u32, Name)> = None;
        for higher in self.queues.iter().filter(|queue| priority(queue) > floor) {
            let Some((tier, Some(running))) = self.next_tier(higher) else {
                continue;
            };
            // What only begins by itself later leaves nothing yet.
            if running.since > higher.seen(self.now) {
                continue;
            }
            if tier.pools.contains(pool) && self.mode(higher, tier) != Mode::Shadow {
                let known = reserved.as_ref().map_or(0, |known| known.0);
                let seats = roster::smallest_ask(tier).saturating_add(known);
                reserved = Some((seats, higher.name.clone()));
            }
        }
        reserved
    }

    // ---- incidents

    /// Tiers that a declared incident brings forward, while the first tier's threshold is passed. They are due at once or not at
    /// all: nothing about them waits for a clock, so that they never need a wake-up.
    fn incident_tiers<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Tier> {
        let incident = queue
            .incident
            .as_ref()
            .filter(|_| queue.acts() && self.above_since(queue).is_some());
        let ladder = self.ladder(queue);
        incident.into_iter().flat_map(move |incident| {
            let tiers = ladder.into_iter().flat_map(|ladder| &ladder.tiers);
            tiers.filter(move |tier| {
                let worth_it = incident.until - self.now > tier.worth_it_beyond;
                tier.on_incident && worth_it && !self.is_taken(queue, tier)
            })
        })
    }

    /// When the end of the incident has come too near for what it brought forward and what waits for a yes.
    pub(super) fn no_longer_worth_it(&self, queue: &Queue, approval: &Approval) -> Option<Time> {
        let incident = queue.incident.as_ref().filter(|_| approval.beside)?;
        let mut tiers = self.ladder(queue)?.tiers.iter();
        let tier = tiers.find(|tier| tier.name == approval.tier)?;
        Some(incident.until - tier.worth_it_beyond)
    }

    fn decide_incident_call(&self, queue: &Queue, at: Time) -> Option<What> {
        let incident = queue.incident.as_ref()?;
        for tier in self.incident_tiers(queue) {
            match self.compose(queue, tier, at) {
                Ok(request) => {
                    let reason = Reason::Incident {
                        note: incident.note.clone(),
                        until: incident.until,
                        waiting: queue.waiting(),
                    };
                    // It stands beside the ladder: where it waits for a yes, the ladder does not wait with it.
                    if let Some(what) = self.call_or_ask(queue, tier, request, reason, true, at) {
                        return Some(what);
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

    // ---- approval

    /// Calls a tier that is due, or asks a leader first; `None`: a leader has been asked.
    fn call_or_ask(
        &self,
        queue: &Queue,
        tier: &Tier,
        request: Request,
        reason: Reason,
        beside: bool,
        at: Time,
    ) -> Option<What> {
        match self.gate(queue, tier, at) {
            Gate::Call(told) => Some(self.instruct(queue, tier, request, reason, told, beside, at)),
            Gate::Wait => None,
            Gate::Ask { times, since } => {
                let ask_again_after = self.ladder(queue)?.ask_again_after;
                let approval = Approval {
                    tier: tier.name.clone(),
                    action: tier.action,
                    parts: request.parts,
                    seats: request.seats,
                    reason,
                    beside,
                    since,
                    times,
                    again_at: at + ask_again_after,
                    role: None,
                    granted: None,
                };
                Some(What::ApprovalAsked { approval })
            }
        }
    }

    fn gate(&self, queue: &Queue, tier: &Tier, at: Time) -> Gate {
        let by_daemon = |shadow| Gate::Call(Told { by: None, shadow });
        match (self.mode(queue, tier), &queue.approval) {
            (Mode::Live, _) => by_daemon(false),
            (Mode::Shadow, _) => by_daemon(true),
            (Mode::Approve, None) => Gate::Ask { times: 1, since: at },
            (Mode::Approve, Some(asked)) if asked.tier != tier.name => Gate::Wait,
            (Mode::Approve, Some(asked)) => match &asked.granted {
                Some(by) => Gate::Call(Told {
                    by: Some(Actor::clone(by)),
                    shadow: false,
                }),
                None if asked.again_at <= at => Gate::Ask {
                    times: asked.times.saturating_add(1),
                    since: asked.since,
                },
                None => Gate::Wait,
            },
        }
    }

    /// Whether what a leader was asked for is still due, and there is still somebody to ask.
    fn is_still_due(&self, queue: &Queue, approval: &Approval) -> bool {
        let same = |tier: &&Tier| tier.name == approval.tier;
        let tier = if approval.beside {
            self.incident_tiers(queue).find(same)
        } else {
            self.due_turns(queue).map(|(tier, _)| tier).find(same)
        };
        tier.is_some_and(|tier| {
            let wish = self.wish(queue, tier);
            self.mode(queue, tier) == Mode::Approve
                && self
                    .request(queue, tier, wish, |pool| self.reserved(queue, pool))
                    .is_ok()
        })
    }
}
