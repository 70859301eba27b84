//! What can be seen of the core from outside: each queue, each tier's standing, each open instruction.

use super::ladder::{Mode, Tier};
use super::queue::{Queue, Sight};
use super::supply::people;
use super::{
    Away, Began, Clock, Clocks, Core, InstructionId, Millis, MoveView, Name, NextTier, OpenView, PersonView, QueueView,
    Reading, Standing, TierView, Time,
};

impl Core {
    /// The names of all queues, sorted.
    pub fn queue_names(&self) -> impl Iterator<Item = &Name> {
        self.queues.iter().map(|queue| &queue.name)
    }

    /// Whether anybody is called to a queue: a move of it was asked for and not taken back.
    pub fn calls_to(&self, queue: &Name) -> bool {
        let index = self.index(queue);
        index.is_some_and(|index| !self.queues[index].stack.is_empty())
    }

    /// One queue as it stands.
    pub fn view(&self, queue: &Name) -> Option<QueueView> {
        self.index(queue).map(|index| self.view_of(&self.queues[index]))
    }

    /// Every queue as it stands, sorted by name.
    pub fn views(&self) -> Vec<QueueView> {
        self.queues.iter().map(|queue| self.view_of(queue)).collect()
    }

    /// How many queues there are.
    pub fn queue_count(&self) -> usize {
        self.queues.len()
    }

    /// One queue as it stands, by its place in the order of names.
    pub fn view_at(&self, place: usize) -> Option<QueueView> {
        self.queues.get(place).map(|queue| self.view_of(queue))
    }

    /// The instructions of one queue that wait for their last word, oldest first.
    pub fn open_at(&self, place: usize) -> Vec<OpenView> {
        let queue = self.queues.get(place);
        queue.iter().flat_map(|queue| &queue.open).map(open_view).collect()
    }

    /// Whether any queue looks otherwise from one moment to the next, though nothing happens: a caller at its head goes on waiting.
    pub fn waits_grow(&self) -> bool {
        self.queues.iter().any(|queue| self.waits_since(queue).is_some())
    }

    /// What the windows of one queue stand on.
    pub fn clocks(&self, queue: &Name) -> Option<Clocks<'_>> {
        let queue = &self.queues[self.index(queue)?];
        Some(Clocks {
            last: queue.last.as_ref(),
            now: queue.seen(self.now),
            floor: queue.floor,
            floor_at: queue.real(queue.floor),
            holding: queue.windows.all(queue.seen(self.now)).collect(),
        })
    }

    /// The instructions that wait for their last word, oldest first.
    pub fn open_instructions(&self) -> Vec<OpenView> {
        let mut open: Vec<OpenView> = self
            .queues
            .iter()
            .flat_map(|queue| &queue.open)
            .map(open_view)
            .collect();
        open.sort_by_key(|open| open.instruction.id);
        open
    }

    /// One open instruction.
    pub fn open_instruction(&self, instruction: InstructionId) -> Option<OpenView> {
        let queue = &self.queues[self.index_of_instruction(instruction)?];
        queue.open(instruction).map(open_view)
    }

    /// The queue and the tier of an instruction that is open, whose move stands, or that may still be answered.
    pub fn of_instruction(&self, instruction: InstructionId) -> Option<(&Name, &Name)> {
        let queue = &self.queues[self.index_of_instruction(instruction)?];
        Some((&queue.name, queue.tier_of(instruction)?))
    }

    /// The queue of an instruction that is open, or whose move still stands.
    pub fn queue_of(&self, instruction: InstructionId) -> Option<&Name> {
        self.index_of_instruction(instruction)
            .map(|index| &self.queues[index].name)
    }

    /// The last reading of a queue, by its place in the order of names; `None` before the first.
    pub fn reading_at(&self, place: usize) -> Option<&Reading> {
        self.queues.get(place)?.last.as_ref()
    }

    /// Instructions that have reached nobody yet.
    pub fn undelivered(&self) -> Vec<InstructionId> {
        let open = self.queues.iter().flat_map(|queue| &queue.open);
        open.filter(|open| !open.delivered)
            .map(|open| open.instruction.id)
            .collect()
    }

    /// Everybody who is on other phones than their own by the books: people of moves that have settled, and of these who have been told to
    /// go back until they are free. What is decided in shadow moves nobody.
    pub fn away(&self) -> impl Iterator<Item = Away<'_>> {
        let moves = self
            .queues
            .iter()
            .flat_map(|queue| queue.away().map(move |one| (queue, one)));
        let there = moves.filter(|(_, one)| one.is_settled() && !one.shadow);
        there.flat_map(|(queue, one)| {
            one.parts.iter().map(|part| Away {
                queue: &queue.name,
                instruction: one.instruction,
                pool: part.pool.as_ref(),
                seats: part.seats,
                people: super::moves::known(part),
            })
        })
    }

    /// Since when there are more callers on a queue than its plan allows; `None`: there is no surge.
    pub fn surge_since(&self, queue: &Name) -> Option<Time> {
        self.queues[self.index(queue)?].surge
    }

    /// How many people of a pool are away from it.
    pub fn lent(&self, pool: &Name) -> u32 {
        self.derived.ledger.seats(pool, false)
    }

    /// Everybody of the pools by name, pool by pool in the order of the plan.
    pub fn people(&self) -> Vec<PersonView> {
        let of_pools = self.plan.pools.iter().flat_map(|(name, pool)| {
            let people = pool.people.iter();
            people.map(move |person| (name, pool, person))
        });
        of_pools
            .map(|(name, pool, person)| {
                let (asked_at, times) = self.people.turn(person);
                let shifts = self.plan.shifts(person);
                let current = shifts.and_then(|shifts| people::current(shifts, self.now));
                let next = shifts.and_then(|shifts| people::next(shifts, self.now));
                PersonView {
                    person: person.clone(),
                    pool: name.clone(),
                    lent_to: self
                        .derived
                        .ledger
                        .queue_of(person)
                        .map(|queue| self.queues[queue].name.clone()),
                    on_duty: shifts.is_none() || current.is_some(),
                    on_duty_until: current.map(|shift| shift.to).or(next.map(|shift| shift.from)),
                    asked_at,
                    times,
                    resting_until: self.people.resting_until(pool, person, self.now),
                }
            })
            .collect()
    }

    /// The pools that a queue may draw on, has drawn on or is the home of.
    pub fn pools_of(&self, queue: &Name) -> impl Iterator<Item = &Name> {
        let index = self.index(queue);
        index
            .into_iter()
            .flat_map(move |index| self.derived.sharing.pools(index))
    }

    /// Free physical seats; `None` where no limit is configured.
    pub fn room(&self) -> Option<u32> {
        self.derived.ledger.room(&self.plan, false)
    }

    fn view_of(&self, queue: &Queue) -> QueueView {
        let blind_since = match queue.sight {
            Sight::Seeing if queue.retired => Some(queue.vouched_at),
            Sight::Seeing => None,
            Sight::Blind { since, .. } => Some(since),
        };
        let tiers = self.tiers_of(queue);
        let release = self.release_clock(queue);
        let release = release.map(|running| clock(queue, running.since, running.due));
        let real = |moment| queue.real(moment);
        let stay_until = |one: &super::moves::Move| self.stay_ends(queue, one).map(real);
        QueueView {
            queue: queue.name.clone(),
            waiting: queue.last.as_ref().map(|last| last.waiting),
            longest_wait: queue.longest_wait(self.now),
            longest_wait_since: self.waits_since(queue),
            signed_in: queue.signed_in(),
            vouched_at: queue.last.as_ref().map(|_| queue.vouched_at),
            blind_since,
            ladder: self.ladder(queue).map(|_| queue.ladder.clone()),
            next: self.next_of(queue, &tiers),
            surge_since: queue.surge,
            release,
            moves: queue
                .stack
                .iter()
                .map(|one| MoveView {
                    stay_until: stay_until(one),
                    ..one.view(&queue.present, real)
                })
                .collect(),
            leaving: queue
                .leaving
                .iter()
                .map(|leaving| leaving.view(&queue.present, real))
                .collect(),
            approval: queue.approval.clone(),
            mode: queue.setting.plan.as_ref().map(|plan| plan.mode).unwrap_or_default(),
            paused: queue.pause.clone(),
            incident: queue.incident.clone(),
            physical_seats: self.plan.physical_seats,
            free_seats: self.room(),
            seats_known: queue.present.number.is_some(),
            tiers,
            lines: self.lines_of(queue),
        }
    }

    /// The tier that is next, as far as by what is shown of them all; where each is short of people or seats, the first of those who have
    /// people at all.
    fn next_of(&self, queue: &Queue, views: &[TierView]) -> Option<NextTier> {
        let ladder = self.ladder(queue)?;
        let running = views.iter().filter_map(|view| Some((view, view.standing.due_at()?)));
        let soonest = running.min_by_key(|(_, due_at)| *due_at).map(|(view, _)| view);
        let next = soonest.or_else(|| views.iter().find(|view| view.standing.is_next()));
        let tier = match next {
            Some(next) => ladder.tiers.iter().find(|tier| tier.name == next.tier)?,
            None => self.next_tier(queue)?,
        };
        let windows = [self.in_turn(queue, tier), self.by_severity(queue, tier)];
        let mut windows = windows.into_iter().flatten();
        // A leader has been asked already: their answer is waited for, and no clock.
        let is_asked = next.is_some_and(|next| matches!(next.standing, Standing::Approval { .. }));
        let due = match next.map(|next| next.standing.due_at()) {
            _ if is_asked => None,
            Some(Some(due_at)) => windows.find(|window| queue.real(window.due) == due_at),
            // What was said to be passed over is not said again.
            None if queue.skipped.contains(&tier.name) => None,
            Some(None) | None => windows.min_by_key(|window| window.due),
        };
        Some(NextTier {
            tier: tier.name.clone(),
            clock: due.map(|running| clock(queue, running.since, running.due)),
        })
    }

    /// Since when the caller at the head has waited, where that wait grows from one moment to the next.
    fn waits_since(&self, queue: &Queue) -> Option<Time> {
        let grows = queue.waiting() > 0 && !queue.is_blind();
        let wait = queue.longest_wait(self.now).filter(|_| grows);
        wait.map(|wait| self.now - wait)
    }

    fn lines_of(&self, queue: &Queue) -> Vec<u32> {
        let tiers = self.ladder(queue).into_iter().flat_map(|ladder| &ladder.tiers);
        let mut lines: Vec<u32> = tiers
            .flat_map(|tier| tier.when.thresholds())
            .filter_map(|threshold| threshold.band().map(|(above, _)| above))
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    fn tiers_of(&self, queue: &Queue) -> Vec<TierView> {
        let Some(ladder) = self.ladder(queue) else {
            return Vec::new();
        };
        let mut next_found = false;
        let mut views = Vec::with_capacity(ladder.tiers.len());
        for tier in &ladder.tiers {
            let running = queue.windows.running(&tier.when, queue.floor, queue.seen(self.now));
            let standing = self.standing(queue, tier, next_found);
            // Steps behind one that will wait for its question wait with it.
            let waits = standing == Standing::Later && self.waits_for_another_question(queue, tier);
            next_found |= standing.is_next() || waits;
            let held = running.map_or(Millis::ZERO, |running| {
                (queue.seen(self.now) - running.since).max(Millis::ZERO)
            });
            views.push(TierView {
                tier: tier.name.clone(),
                held,
                began: running.map(|running| Began {
                    at: queue.real(running.since),
                    by_stack: queue.windows.since(&tier.when, queue.seen(self.now)) != Some(running.since),
                }),
                standing,
                mode: self.mode(queue, tier),
                reserve: self.supply(self.mode(queue, tier) == Mode::Shadow).reserve(queue, tier),
            });
        }
        views
    }

    fn standing(&self, queue: &Queue, tier: &Tier, next_found: bool) -> Standing {
        if queue.is_on_stack(&tier.name) && self.is_taken(queue, tier) {
            return Standing::OnStack;
        }
        if queue.is_signing_out(&tier.name) {
            return Standing::SigningOut;
        }
        if let Some(until) = queue.declined.get(&tier.name).filter(|until| **until > self.now) {
            return Standing::Declined { until: *until };
        }
        if let Some(asked) = queue.approval.as_ref().filter(|asked| asked.tier == tier.name) {
            return Standing::Approval { since: asked.since };
        }
        if let Some(until) = queue.refused.get(&tier.name).filter(|until| **until > self.now) {
            return Standing::Refused { until: *until };
        }
        if let Err(why) = self.request(queue, tier, self.wish(queue, tier), |_| None) {
            return Standing::Short { why };
        }
        let running = if next_found {
            self.by_severity(queue, tier)
        } else {
            self.due_by(queue, tier)
        };
        let is_due = running.is_some_and(|running| running.due <= queue.seen(self.now));
        if is_due || queue.skipped.contains(&tier.name) {
            // People are kept for others only when it comes to it.
            let reserved = |pool: &Name| self.reserved(queue, pool);
            if let Err(why) = self.request(queue, tier, self.wish(queue, tier), reserved) {
                return Standing::Short { why };
            }
        }
        if let Some(running) = running.filter(|_| !is_due && !self.waits_for_another_question(queue, tier)) {
            return Standing::Running {
                due_at: queue.real(running.due),
            };
        }
        // What is due and still here waits for another's yes, and so will what is not due yet.
        if running.is_some() || next_found || self.waits_for_its_turn(queue, tier) {
            return Standing::Later;
        }
        if queue.is_blind() {
            return Standing::Blind;
        }
        if queue.pause.is_some() {
            return Standing::Paused;
        }
        if let Some(unsettled) = queue.unsettled().filter(|_| self.is_held_up(queue)) {
            return Standing::Unsettled {
                instruction: unsettled.instruction,
            };
        }
        let unknown = queue.windows.is_unknown(&tier.when, queue.seen(self.now));
        Standing::NotMet { unknown }
    }
}

fn clock(queue: &Queue, since: super::Seen, due: super::Seen) -> Clock {
    Clock {
        since: queue.real(since),
        due_at: queue.real(due),
    }
}

fn open_view(open: &super::queue::Open) -> OpenView {
    OpenView {
        instruction: open.instruction.clone(),
        seen_by: open.seen_by.clone(),
        seen_at: open.seen_at,
        eta: open.eta,
        level: open.level,
        respond_by: open.due.filter(|due| *due != Time::NEVER),
        unanswered: open.unanswered,
        delivered: open.delivered,
    }
}
