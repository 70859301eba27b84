//! How the queues were shown to the floor last. A decision shows anew the queues that it concerns; what only goes on by itself, or
//! follows from the floor as a whole, is looked at little by little: the cost of a decision does not grow with the floor.

use super::quiet::Quiets;
use super::recent::RecentDepths;
use super::service::Services;
use crate::core::{Core, Plan, QueueView};
use crate::wire::{OpenInstruction, QueueState, Recent};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// So many queues are looked at together, whether something of them changed or not: a small floor is looked at whole.
const TOGETHER: usize = 64;

/// Every queue of a big floor is looked at this often at least.
const ROUND: Duration = Duration::from_secs(1);

/// What the floor was shown.
#[derive(Default)]
pub struct Shown {
    plan: Arc<Plan>,
    /// In the order of their names.
    queues: Vec<Arc<QueueState>>,
    recent: Vec<Recent>,
    open: Vec<Vec<Arc<OpenInstruction>>>,
    depths: RecentDepths,
    services: Services,
    /// Where the round goes on, and since when it rests there.
    next: usize,
    looked: Option<Instant>,
    changed: Vec<usize>,
}

impl Shown {
    /// Nothing yet, beside what was seen before the start.
    pub fn after(depths: RecentDepths, services: Services) -> Shown {
        Shown {
            depths,
            services,
            ..Shown::default()
        }
    }

    /// Looks at what may have changed since the last time.
    pub fn look(&mut self, core: &mut Core, quiets: &Quiets) {
        let now = Instant::now();
        core.poll_looks(&mut self.changed);
        let mut changed = std::mem::take(&mut self.changed);
        if self.queues.len() != core.queue_count() || !Arc::ptr_eq(&self.plan, core.plan()) {
            self.all_anew(core, quiets);
        } else {
            changed.iter().for_each(|place| self.look_at(core, quiets, *place));
            self.go_round(core, quiets, now);
        }
        changed.clear();
        self.changed = changed;
    }

    /// The queues, in the order of their names.
    pub fn queues(&self) -> Vec<Arc<QueueState>> {
        self.queues.clone()
    }

    /// The last half hour of each, in the same order.
    pub fn recent(&self) -> Vec<Recent> {
        self.recent.clone()
    }

    /// Open instructions, oldest first.
    pub fn open(&self) -> Vec<Arc<OpenInstruction>> {
        let mut open: Vec<Arc<OpenInstruction>> = self.open.iter().flatten().cloned().collect();
        open.sort_by_key(|open| open.instruction.id);
        open
    }

    /// Another plan is in force: other queues, or the same under other names.
    fn all_anew(&mut self, core: &Core, quiets: &Quiets) {
        self.plan = Arc::clone(core.plan());
        (self.queues, self.recent, self.open) = Default::default();
        let views: Vec<_> = (0..core.queue_count())
            .filter_map(|place| core.view_at(place))
            .collect();
        self.depths.keep(&views);
        self.services.keep(&self.plan);
        for (place, view) in views.iter().enumerate() {
            let state = self.state_of(core, quiets, view, place);
            self.queues.push(Arc::new(state));
            self.recent.push(self.depths.note(view, core.now()));
            self.open.push(open_at(core, place));
        }
    }

    fn look_at(&mut self, core: &Core, quiets: &Quiets, place: usize) {
        let Some(view) = core.view_at(place) else { return };
        let state = self.state_of(core, quiets, &view, place);
        if *self.queues[place] != state {
            self.queues[place] = Arc::new(state);
        }
        self.recent[place] = self.depths.note(&view, core.now());
        let open = open_at(core, place);
        if self.open[place] != open {
            self.open[place] = open;
        }
    }

    fn state_of(&mut self, core: &Core, quiets: &Quiets, view: &QueueView, place: usize) -> QueueState {
        QueueState {
            service: self.services.note(core, &view.queue, place),
            quiet: quiets.of(&view.queue),
            ..QueueState::of(view, &self.plan)
        }
    }

    /// Looks at those whose turn it is: as many as the time since the last look allows.
    fn go_round(&mut self, core: &Core, quiets: &Quiets, now: Instant) {
        let count = self.queues.len();
        let since = self.looked.map_or(ROUND, |looked| now.duration_since(looked));
        let share = count as f64 * (since.as_secs_f64() / ROUND.as_secs_f64()).min(1.0);
        let turns = if count <= TOGETHER { count } else { share as usize };
        // A share is saved up until it is worth the look.
        if turns < TOGETHER.min(count) || count == 0 {
            return;
        }
        self.looked = Some(now);
        for _ in 0..turns {
            self.next = (self.next + 1) % count;
            self.look_at(core, quiets, self.next);
        }
    }
}

/// What was decided in shadow is told to nobody.
fn open_at(core: &Core, place: usize) -> Vec<Arc<OpenInstruction>> {
    let open = core.open_at(place).into_iter();
    let told = open.filter(|open| !open.instruction.shadow);
    told.map(|open| Arc::new(OpenInstruction::from(&open))).collect()
}
