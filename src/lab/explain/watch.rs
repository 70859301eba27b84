//! What moved the clocks of each queue, noted while a log is recalled or a recording replayed.

use crate::core::ladder::Threshold;
use crate::core::{Clocks, Core, Decision, Millis, Name, Reading, Seen, Shortage, Time, What};
use std::collections::{BTreeMap, VecDeque};

/// Decisions of one queue that are remembered, to find the one that moved the stack last. More do not fall into one moment.
const REMEMBERED: usize = 64;

/// Notes of all queues.
#[derive(Default)]
pub struct Watch {
    queues: BTreeMap<Name, Watched>,
}

struct Watched {
    since: Time,
    floor: Seen,
    floor_at: Time,
    /// The floor has moved since the watch began.
    moved: bool,
    holding: Vec<(Threshold, Option<Seen>)>,
    broken: Vec<(Threshold, Broken)>,
    changes: VecDeque<Decision>,
    /// When windows began anew last, after a long blindness.
    anew: Option<Time>,
    skipped: BTreeMap<Name, Shortage>,
}

/// The end of a window.
#[derive(Clone, PartialEq, Debug)]
pub struct Broken {
    /// When.
    pub at: Time,
    /// For how long it had held, counted from the last change of the stack.
    pub held: Millis,
    /// The reading that ended it.
    pub reading: Reading,
}

impl Watch {
    /// A watch that begins with this core.
    pub fn new(core: &Core) -> Watch {
        let mut watch = Watch::default();
        watch.look(core, None);
        watch
    }

    /// Takes note of a decision, before or after it is applied.
    pub fn note(&mut self, decision: &Decision) {
        let Some(watched) = self.queues.get_mut(&decision.queue) else {
            return;
        };
        match &decision.what {
            What::FeedBack { anew: true, .. } => watched.anew = Some(decision.at),
            What::TierSkipped { tier, why } => {
                watched.skipped.insert(tier.clone(), why.clone());
            }
            What::SurgeOver { .. } => watched.skipped.clear(),
            What::Instruct { .. } | What::Settled { .. } | What::Answered { .. } | What::Resumed { .. } => {
                if watched.changes.len() == REMEMBERED {
                    watched.changes.pop_front();
                }
                watched.changes.push_back(decision.clone());
            }
            What::Freed { .. }
            | What::FeedLost { .. }
            | What::BlindLong { .. }
            | What::PassedUp { .. }
            | What::Unanswered { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::Counted { .. }
            | What::FeedBack { .. }
            | What::NobodyListening { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted { .. }
            | What::LadderChanged { .. } => {}
        }
    }

    /// Looks at one queue, or at all of them.
    pub fn look(&mut self, core: &Core, queue: Option<&Name>) {
        match queue {
            Some(queue) => self.look_at(core, queue),
            None => core.queue_names().for_each(|queue| self.look_at(core, queue)),
        }
    }

    /// From when on a queue was watched.
    pub fn since(&self, queue: &Name) -> Option<Time> {
        self.queues.get(queue).map(|watched| watched.since)
    }

    /// The last end of a threshold's window.
    pub fn broken(&self, queue: &Name, threshold: &Threshold) -> Option<&Broken> {
        let broken = &self.queues.get(queue)?.broken;
        broken.iter().find(|(of, _)| of == threshold).map(|(_, broken)| broken)
    }

    /// The decision that was the last change of the stack, where it was seen.
    pub fn change(&self, queue: &Name) -> Option<&Decision> {
        let watched = self.queues.get(queue).filter(|watched| watched.moved)?;
        let changes = watched.changes.iter().rev();
        changes.into_iter().find(|decision| decision.at == watched.floor_at)
    }

    /// When windows began anew last, after a long blindness.
    pub fn anew(&self, queue: &Name) -> Option<Time> {
        self.queues.get(queue)?.anew
    }

    /// Why a tier was passed over in this surge.
    pub fn skipped(&self, queue: &Name, tier: &Name) -> Option<&Shortage> {
        self.queues.get(queue)?.skipped.get(tier)
    }

    fn look_at(&mut self, core: &Core, queue: &Name) {
        let Some(clocks) = core.clocks(queue) else {
            return;
        };
        match self.queues.get_mut(queue) {
            Some(watched) => watched.look(clocks, core.now()),
            None => {
                self.queues.insert(queue.clone(), Watched::begin(clocks, core.now()));
            }
        }
    }
}

impl Watched {
    fn begin(clocks: Clocks<'_>, now: Time) -> Watched {
        Watched {
            since: now,
            floor: clocks.floor,
            floor_at: clocks.floor_at,
            moved: false,
            holding: clocks.holding,
            broken: Vec::new(),
            changes: VecDeque::new(),
            anew: None,
            skipped: BTreeMap::new(),
        }
    }

    fn look(&mut self, clocks: Clocks<'_>, now: Time) {
        for (threshold, before) in &self.holding {
            let holds = clocks.holding.iter().find(|(of, _)| of == threshold);
            if let (Some(since), Some((_, None)), Some(reading)) = (before, holds, clocks.last) {
                let held = (clocks.now - (*since).max(clocks.floor)).max(Millis::ZERO);
                let broken = Broken {
                    at: now,
                    held,
                    reading: reading.clone(),
                };
                self.broken.retain(|(of, _)| of != threshold);
                self.broken.push((*threshold, broken));
            }
        }
        self.holding = clocks.holding;
        if self.floor != clocks.floor {
            (self.floor, self.floor_at, self.moved) = (clocks.floor, clocks.floor_at, true);
        }
    }
}
