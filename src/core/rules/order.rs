//! Orders by hand that move people (plan: "Orders by hand"). They are carried out in the very millisecond in which they were given.

use super::answer::{AHEAD_LIMIT, PEOPLE_LIMIT};
use super::{Word, limit};
use crate::ladder::{SeatRange, Seats, Tier};
use crate::queue::{Ordered, Queue, Wanted};
use crate::supply::{Request, Wish};
use crate::{Actor, Core, Instruction, InstructionId, Millis, Name, Reason, Refusal, Shortage, Time, What};

impl Core {
    pub(super) fn admit_call(
        &self,
        queue: &Queue,
        tier: Option<&Name>,
        seats: Option<u32>,
        hold: Option<Millis>,
    ) -> Result<(), Refusal> {
        if let Some(seats) = seats.filter(|seats| *seats == 0 || *seats > PEOPLE_LIMIT) {
            return Err(Refusal::TooMuch {
                what: "seats",
                came: u64::from(seats),
                limit: u64::from(PEOPLE_LIMIT),
            });
        }
        limit("hold", hold.map_or(0, |hold| hold.0), AHEAD_LIMIT.0)?;
        if let Some(tier) = tier {
            let ladder = self.ladder(queue);
            if !ladder.is_some_and(|ladder| ladder.tiers.iter().any(|one| one.name == *tier)) {
                return Err(Refusal::NoSuchTier {
                    ladder: queue.ladder.clone(),
                    tier: tier.clone(),
                });
            }
            if stands(queue, tier) {
                return Err(Refusal::AlreadyCalled(tier.clone()));
            }
        }
        match (self.ordered_call(queue, tier, seats, self.now), tier) {
            (Some(Ok(_)), _) => Ok(()),
            (Some(Err(why)), Some(tier)) => Err(match why {
                Shortage::NoSeat { .. } => Refusal::NoSeat(tier.clone()),
                Shortage::NobodyToGive { .. } | Shortage::Reserved { .. } => Refusal::NobodyToGive(tier.clone()),
                why @ (Shortage::Resting { .. }
                | Shortage::OffDuty { .. }
                | Shortage::Protected { .. }
                | Shortage::MaxBorrowed { .. }
                | Shortage::MaxMovesPerHour { .. }
                | Shortage::NobodyStays { .. }) => Refusal::Short {
                    tier: tier.clone(),
                    why,
                },
            }),
            _ => Err(Refusal::NoTierLeft(queue.name.clone())),
        }
    }

    pub(super) fn absorb_call(
        &mut self,
        index: usize,
        by: Actor,
        tier: Option<Name>,
        seats: Option<u32>,
        hold: Option<Millis>,
        at: Time,
    ) {
        let what = Wanted::Call { tier, seats, hold };
        self.queues[index].ordered = Some(Ordered { at, by, what });
    }

    pub(super) fn absorb_release(&mut self, index: usize, by: Actor, instruction: InstructionId, at: Time) {
        let what = Wanted::Release { instruction };
        self.queues[index].ordered = Some(Ordered { at, by, what });
    }

    pub(super) fn decide_order(&self, queue: &Queue, at: Time) -> Option<What> {
        let Ordered { by, what, .. } = queue.ordered.as_ref().filter(|ordered| ordered.at == at)?;
        let reason = Reason::Order { by: by.clone() };
        match what {
            Wanted::Call { tier, seats, hold } => {
                let (tier, request) = self.ordered_call(queue, tier.as_ref(), *seats, at)?.ok()?;
                let word = Word {
                    by: Some(by.clone()),
                    shadow: false,
                    hold: hold.or_else(|| self.hold(queue)),
                };
                Some(self.instruct(queue, tier, request, reason, word, false, at))
            }
            Wanted::Release { instruction } => {
                let one = queue.on_stack(*instruction)?;
                let back = one.going_back(one.parts.clone());
                Some(self.take_back(queue, one, back, reason, Some(by.clone()), at))
            }
            Wanted::Count { .. } => None,
        }
    }

    /// How long the daemon leaves people there who are called by hand: on a calm queue it would send them back again.
    fn hold(&self, queue: &Queue) -> Option<Millis> {
        let ladder = self.ladder(queue)?;
        let calm = queue
            .windows
            .since(&ladder.release.when, queue.seen(self.now))
            .is_some();
        calm.then_some(ladder.hold_for)
    }

    /// The tier that an order to call is for, and what it asks for: the one that it names, else the first that draws on pools and has
    /// anyone to give. `None`: there is no such tier.
    ///
    /// # Errors
    /// Why nobody can be asked.
    fn ordered_call<'a>(
        &'a self,
        queue: &'a Queue,
        tier: Option<&Name>,
        seats: Option<u32>,
        at: Time,
    ) -> Option<Result<(&'a Tier, Request), Shortage>> {
        let ask = |tier: &'a Tier| {
            let wish = Wish {
                seats: seats.map_or(tier.seats, |seats| Seats::Range(SeatRange { min: seats, max: seats })),
                by_hand: true,
                shadow: false,
            };
            self.compose_as(queue, tier, wish, at, |_| None)
                .map(|request| (tier, request))
        };
        let mut tiers = self.ladder(queue)?.tiers.iter();
        if let Some(name) = tier {
            return tiers.find(|one| one.name == *name).map(ask);
        }
        tiers
            .filter(|tier| !tier.pools.is_empty() && !stands(queue, &tier.name) && !self.is_passed_over(queue, tier))
            .map(ask)
            .find(Result::is_ok)
    }

    /// Whether a tier was declined or refused a while ago.
    fn is_passed_over(&self, queue: &Queue, tier: &Tier) -> bool {
        let mut until = queue
            .declined
            .get(&tier.name)
            .into_iter()
            .chain(queue.refused.get(&tier.name));
        until.any(|until| *until > self.now)
    }
}

/// Whether a tier has been called, or its people are still on their way back. What was only decided in shadow can be called.
fn stands(queue: &Queue, tier: &Name) -> bool {
    let mut away = queue.away().filter(|one| !one.shadow);
    away.any(|one| one.tier == *tier)
}

impl Queue {
    /// An order by hand has become an instruction: what is left of it is for the next tier.
    pub(super) fn carried_out(&mut self, instruction: &Instruction) {
        let wanted = self.ordered.as_mut().map(|ordered| &mut ordered.what);
        if let Some(Wanted::Call {
            tier: None,
            seats: Some(seats),
            ..
        }) = wanted
        {
            *seats = seats.saturating_sub(instruction.seats.ask);
            if *seats > 0 {
                return;
            }
        }
        self.ordered = None;
    }
}
