//! "Chain of command": levels and their times, promises; and the end of an incident.

use super::{Incident, Model};
use surged_core::Name;

const QUARTER_OF_AN_HOUR: i64 = 15 * 60_000;

impl Model {
    pub fn chain(&mut self, name: &Name) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut words = Vec::new();
        let leaving: Vec<u64> = self.queues[name].leaving.iter().map(|leaving| leaving.id).collect();
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
                    open.unanswered = true;
                    words.push(format!("unanswered {}", open.id));
                }
            }
        }
        // What takes people back stays open only until they are free.
        self.queue(name)
            .open
            .retain(|open| !open.unanswered || open.brings || leaving.contains(&open.id));
        words.into_iter().for_each(|what| self.say(name, what));
    }

    /// Somebody takes it: that level has its time once more; or until they promised to be there, and a margin.
    pub fn taken(&mut self, name: &Name, id: u64, eta: Option<i64>) {
        let (now, chain) = (self.now, self.plan.chain.clone());
        let mut open = self.queue(name).open.iter_mut().filter(|open| !open.unanswered);
        let Some(open) = open.find(|open| open.id == id) else {
            return;
        };
        let Some(level) = chain.get(open.level) else { return };
        if let Some(eta) = eta {
            open.due = Some(now + eta + level.late_margin.0);
        } else if !open.extended {
            open.extended = true;
            open.due = Some(now + level.respond_within.0);
        }
    }

    /// At its end an incident asks to be extended; it is over a quarter of an hour later unless it was.
    pub fn incident_ends(&mut self, name: &Name) {
        let now = self.now;
        let queue = self.queue(name);
        let Some(incident) = &mut queue.incident else { return };
        if incident.next() > now {
            return;
        }
        if incident.over_at.is_some() {
            queue.incident = None;
            self.say(name, "incident_over".to_owned());
        } else {
            incident.over_at = Some(now + QUARTER_OF_AN_HOUR);
            self.say(name, "incident_ends".to_owned());
        }
    }
}

impl Incident {
    /// When it has something to say next.
    pub fn next(self) -> i64 {
        self.over_at.unwrap_or(self.until)
    }
}
