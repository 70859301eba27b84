//! "Chain of command": levels and their times, promises; and the end of an incident.

use super::{Incident, Model};
use surged_core::Name;

const QUARTER_OF_AN_HOUR: i64 = 15 * 60_000;

impl Model {
    pub fn chain(&mut self, name: &Name) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut words = Vec::new();
        for open in &mut self.queue(name).open {
            while let Some(due) = open.due.filter(|due| *due <= now) {
                debug_assert_eq!(due, now);
                if open.level + 1 < chain.len() {
                    open.level += 1;
                    open.extended = false;
                    open.due = Some(now + chain[open.level].respond_within.0);
                    words.push(format!("passed_up {} to {}", open.id, open.level));
                } else {
                    open.due = None;
                    words.push(format!("unanswered {}", open.id));
                }
            }
        }
        words.into_iter().for_each(|what| self.say(name, what));
    }

    /// Somebody takes it: that level has its time once more; or until they promised to be there, and a margin.
    pub fn taken(&mut self, name: &Name, id: u64, eta: Option<i64>) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut waiting = self.queue(name).open.iter_mut().filter(|open| open.due.is_some());
        let Some(open) = waiting.find(|open| open.id == id) else {
            return;
        };
        let level = &chain[open.level];
        match eta {
            Some(eta) => open.due = Some(now + eta + level.late_margin.0),
            None if !open.extended => open.due = Some(now + level.respond_within.0),
            None => {}
        }
        open.extended = true;
    }

    /// At its end an incident asks to be extended; it is over a quarter of an hour later unless it was.
    pub fn incident_ends(&mut self, name: &Name) {
        let now = self.now;
        let queue = self.queue(name);
        let Some(incident) = &mut queue.incident else { return };
        if incident.until + QUARTER_OF_AN_HOUR <= now {
            queue.incident = None;
            self.say(name, "incident_over".to_owned());
        } else if !incident.asked && incident.until <= now {
            incident.asked = true;
            self.say(name, "incident_ends".to_owned());
        }
    }
}

impl Incident {
    /// When it has something to say next.
    pub fn next(self) -> i64 {
        self.until + if self.asked { QUARTER_OF_AN_HOUR } else { 0 }
    }
}
