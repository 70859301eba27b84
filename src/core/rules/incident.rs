//! A known fault, declared with a note and an expected end: it brings tiers forward, which stand beside the stack (plan: "Incident").
//!
//! ```text
//!  declared ──its end──► asks to be extended ──declared anew──► declared
//!     └── over by hand       └── a quarter of an hour later ──► over
//! ```

use super::limit;
use crate::ladder::Tier;
use crate::queue::Queue;
use crate::{Actor, Approval, Core, Incident, Millis, Reason, Refusal, Time, What};

/// An incident may be expected to last this long.
const INCIDENT_LIMIT: Millis = Millis::from_mins(31 * 24 * 60);

/// It is over so long after its expected end, unless it was extended.
const GRACE: Millis = Millis::from_mins(15);

pub(super) fn admit_end(queue: &Queue) -> Result<(), Refusal> {
    let declared = queue.incident.as_ref().map(drop);
    declared.ok_or_else(|| Refusal::NoIncident(queue.name.clone()))
}

impl Core {
    pub(super) fn admit_incident(&self, until: Time, note: &str) -> Result<(), Refusal> {
        let bounded = until > self.now && !note.trim().is_empty();
        bounded.then_some(()).ok_or(Refusal::IncidentWithoutEnd)?;
        limit("incident", (until - self.now).0, INCIDENT_LIMIT.0)
    }

    pub(super) fn absorb_incident(&mut self, index: usize, by: Actor, note: String, until: Time, at: Time) {
        self.queues[index].incident = Some(Incident {
            by: by.clone(),
            note: note.clone(),
            until,
            over_at: None,
        });
        self.say(index, at, What::Incident { by, note, until });
    }

    pub(super) fn absorb_incident_over(&mut self, index: usize, by: Actor, at: Time) {
        self.queues[index].incident = None;
        self.say(index, at, What::IncidentOver { by: Some(by) });
    }

    /// When it is at its end, and when it is over.
    pub(super) fn incident_due(&self, queue: &Queue) -> Option<Time> {
        let incident = queue.incident.as_ref()?;
        Some(incident.over_at.unwrap_or(incident.until))
    }

    pub(super) fn decide_incident_end(&self, queue: &Queue, at: Time) -> Option<What> {
        let incident = queue
            .incident
            .as_ref()
            .filter(|_| self.incident_due(queue).is_some_and(|due| due <= at))?;
        Some(match incident.over_at {
            None => What::IncidentEnds {
                until: incident.until,
                over_at: at + GRACE,
            },
            Some(_) => What::IncidentOver { by: None },
        })
    }

    pub(super) fn apply_incident_ends(&mut self, index: usize, over_at: Time) {
        if let Some(incident) = &mut self.queues[index].incident {
            incident.over_at = Some(over_at);
        }
    }

    /// Tiers that a declared incident brings forward, while the first tier's threshold is passed. They are due at once or not at
    /// all: nothing about them waits for a clock, so that they never need a wake-up.
    pub(super) fn incident_tiers<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Tier> {
        let incident = queue.incident.as_ref();
        let incident = incident.filter(|_| queue.acts() && self.above_since(queue).is_some());
        let ladder = self.ladder(queue);
        incident.into_iter().flat_map(move |incident| {
            let tiers = ladder.into_iter().flat_map(|ladder| &ladder.tiers);
            tiers.filter(move |tier| {
                let worth_it = incident.until - self.now > tier.worth_it_beyond;
                tier.on_incident && worth_it && !queue.is_on_stack(&tier.name) && !self.is_taken(queue, tier)
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

    pub(super) fn decide_incident_call(&self, queue: &Queue, at: Time) -> Option<What> {
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
}
