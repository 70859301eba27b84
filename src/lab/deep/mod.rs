//! What is wrong with a plan that can be read: a linter that knows queueing.
//!
//! | file | finds |
//! |---|---|
//! | `still` | what the plan alone tells: people that are never asked, more asked than there are, steps in each other's way, and how long it takes at 400 waiting |
//! | `watched` | what days tell, simulated or recorded: steps that hardly ever fire or all the time, a line that is crossed all the time, walks to and fro, readings too rare for a timer, too few people |
//!
//! Everything found stands at its line, says why it matters, and what to do. None of it keeps a plan from being used.

mod recorded;
mod still;
mod watched;

pub use recorded::recorded;
pub use watched::{Watched, WatchedQueue, simulated};

use crate::calendar::Entry;
use crate::config::diagnostic::Problems;
use crate::config::places::Places;
use crate::config::sentence::{Sentence, say};
use crate::config::{Code, Config, Diagnostics};
use crate::core::ladder::{Ladder, Tier};
use crate::core::{Millis, Name};
use std::collections::BTreeSet;
use std::ops::Range;

/// A plan that is looked at.
struct Look<'a> {
    config: &'a Config,
    places: Places<'a>,
    found: Problems,
}

/// Looks at a plan that could be read, and at what watched days tell of it. `text` is the plan's, `file` what it is called.
pub fn look(text: &str, file: &str, config: &Config, watched: &[Watched]) -> Diagnostics {
    let mut look = Look {
        config,
        places: Places::of(text),
        found: Problems::default(),
    };
    look.still();
    for watched in watched {
        look.watched(watched);
    }
    look.found.of_file(file, text)
}

impl<'a> Look<'a> {
    fn find(&mut self, code: Code, at: Range<usize>, what: Sentence, why: Sentence, help: Sentence) {
        self.found.advise(code, at, what, why, help);
    }

    /// The ladders that a queue may come to climb, in the order of their names.
    fn ladders_of(&self, queue: &Name) -> Vec<(&'a Name, &'a Ladder)> {
        let config = self.config;
        let own = config.plan.queues.get(queue).map(|queue| &queue.ladder);
        let by_calendar = |entry: &&Entry| entry.is_for(queue);
        let names: BTreeSet<&Name> = config
            .calendar
            .entries
            .iter()
            .filter(by_calendar)
            .map(|entry| &entry.ladder)
            .chain(own)
            .collect();
        let known = names
            .into_iter()
            .filter_map(|name| config.plan.ladders.get_key_value(name));
        known.collect()
    }

    /// All ladders that any queue may come to climb.
    fn ladders(&self) -> Vec<(&'a Name, &'a Ladder)> {
        let queues = self.config.plan.queues.keys();
        let mut all: Vec<_> = queues.flat_map(|queue| self.ladders_of(queue)).collect();
        all.sort_by_key(|(name, _)| *name);
        all.dedup_by_key(|(name, _)| *name);
        all
    }

    /// How many people a tier's pools can lend while a ladder is in force.
    fn lends(&self, ladder: &Name, tier: &Tier) -> u32 {
        let pools = tier
            .pools
            .iter()
            .filter_map(|name| Some((name, self.config.plan.pools.get(name)?)));
        let lends = pools.map(|(name, pool)| {
            let all = if pool.people.is_empty() {
                pool.size
            } else {
                pool.people.len() as u32
            };
            let on_duty = pool.size_by.get(ladder).map_or(all, |size| *size);
            on_duty.saturating_sub(tier.keep.get(name).copied().unwrap_or(pool.keep))
        });
        lends.sum()
    }
}

/// Minutes for people: whole ones from ten on.
fn minutes(span: Millis) -> Sentence {
    let minutes = span.as_secs() / 60.0;
    match minutes {
        it if it >= 10.0 => say!("minutes", n = format!("{it:.0}")),
        it if it >= 2.0 => say!("minutes", n = format!("{it:.1}")),
        it => say!("seconds", n = format!("{:.0}", it * 60.0)),
    }
}
