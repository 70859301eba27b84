//! "What the feed proves": whoever stands on a move and is shown gone without a sign-out is asked about.

use super::Model;
use surged_core::Name;

impl Model {
    /// A reading has come: who of those who had come is not there any more.
    pub fn look_for_the_missing(&mut self, name: &Name) {
        let Some(reading) = self.queues[name].last.clone() else {
            return;
        };
        if reading.agents.is_none() {
            return;
        }
        let stack = self.queues[name].stack.iter().filter(|one| !one.shadow);
        let people: Vec<Name> = stack
            .flat_map(|one| &one.parts)
            .flat_map(|part| part.people.clone())
            .collect();
        let there: Vec<bool> = people.iter().map(|person| self.shows(name, &reading, person)).collect();
        let queue = self.queue(name);
        let clock = queue.clock;
        for (person, there) in people.iter().zip(there) {
            for one in queue.stack.iter_mut().filter(|one| one.names(person)) {
                if there {
                    one.came.insert(person.clone());
                    one.missing.remove(person);
                    one.asked_gone.remove(person);
                } else if one.came.contains(person) {
                    one.missing.entry(person.clone()).or_insert(clock);
                }
            }
        }
    }

    pub fn missing_are_asked_about(&mut self, name: &Name) {
        if self.queues[name].blind {
            return;
        }
        let after = self.plan.feeds[&self.plan.queues[name].feed].gone_after.0 as usize;
        let queue = self.queue(name);
        let clock = queue.clock;
        let mut words = Vec::new();
        for one in &mut queue.stack {
            let mut missing: Vec<Name> = Vec::new();
            for person in one.parts.iter().flat_map(|part| &part.people) {
                let is_long = one.missing.get(person).is_some_and(|since| since + after <= clock);
                if is_long && !one.asked_gone.contains(person) {
                    missing.push(person.clone());
                }
            }
            if !missing.is_empty() {
                one.asked_gone.extend(missing.iter().cloned());
                words.push(format!("gone {} {missing:?}", one.id));
            }
        }
        words.into_iter().for_each(|what| self.say(name, what));
    }

    /// Nobody has said otherwise of people who were asked about: they have left. When that is, is the core's to say; that they had
    /// been asked about, and have not come back, is not.
    ///
    /// # Errors
    /// Why they cannot be taken as left.
    pub fn taken_as_left(&mut self, name: &Name, id: u64, people: &[Name]) -> Result<(), String> {
        let stack = &self.queues[name].stack;
        let Some(index) = stack.iter().position(|one| one.id == id) else {
            return Err(format!("{people:?} are taken as left of {id}, which does not stand"));
        };
        if let Some(person) = people.iter().find(|person| !stack[index].asked_gone.contains(*person)) {
            return Err(format!(
                "{person:?} is taken as left of {id} and has not been asked about"
            ));
        }
        self.leave(name, index, people, 0);
        Ok(())
    }
}
