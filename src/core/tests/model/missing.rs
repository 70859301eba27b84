//! "What the feed proves": whoever stands on a move and is shown gone without a sign-out is asked about.

use super::Model;
use super::moves::Missing;
use surged_core::Name;

impl Model {
    /// The source has spoken: who of those who had come is not there any more.
    pub fn look_for_the_missing(&mut self, name: &Name) {
        let present = self.present(name);
        if present.people.is_none() {
            return;
        }
        let queue = self.queue(name);
        let clock = queue.clock;
        for one in queue.stack.iter_mut().filter(|one| one.can_be_shown()) {
            for person in one.people().cloned().collect::<Vec<Name>>() {
                if present.has(&person) {
                    if one.missing.remove(&person).is_none() {
                        one.came.insert(person);
                    }
                } else if one.came.contains(&person) {
                    one.missing.entry(person).or_insert(Missing {
                        since: clock,
                        left_at: None,
                        replaced: false,
                    });
                }
            }
        }
    }

    /// Who is not there for long is asked about, and has left where nobody says otherwise.
    pub fn missing_are_asked_about(&mut self, name: &Name) {
        if self.queues[name].blind {
            return;
        }
        let after = self.plan.feeds[&self.plan.queues[name].feed].gone_after.0 as usize;
        let left_at = self.now + self.ladder_of(name).settle_within.0;
        let (now, mut index) = (self.now, 0);
        while index < self.queues[name].stack.len() {
            let queue = self.queue(name);
            let (clock, standing) = (queue.clock, queue.stack.len());
            let one = &mut queue.stack[index];
            let id = one.id;
            // As they went; of those who went at once, as they had been asked for.
            let mut went: Vec<Name> = one.people().cloned().collect();
            went.retain(|person| one.missing.contains_key(person));
            went.sort_by_key(|person| one.missing[person].since);
            let (mut left, mut asked) = (Vec::new(), Vec::new());
            for person in went {
                let missing = one.missing.get_mut(&person).unwrap();
                match missing.left_at {
                    Some(at) if at <= now => left.push(person),
                    None if missing.since + after <= clock => {
                        missing.left_at = Some(left_at);
                        asked.push(person);
                    }
                    Some(_) | None => {}
                }
            }
            if !left.is_empty() {
                self.say(name, format!("left {id} {left:?}"));
                self.leave(name, index, &left, 0);
            }
            if !asked.is_empty() {
                self.say(name, format!("gone {id} {asked:?}"));
            }
            index += usize::from(self.queues[name].stack.len() == standing);
        }
    }
}
