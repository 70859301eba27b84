//! When each queue is due next, with the earliest of all at hand: a tournament over the queues, without allocation.

use super::Time;

/// The next due time of every queue. `log n` to change one, constant time to ask for the first.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// A complete binary tree: node `i` holds the earlier of `2i` and `2i + 1`; leaves from `leaves` on.
    tree: Vec<Time>,
    leaves: usize,
}

impl Due {
    /// For so many queues, none of them due.
    pub fn never(queues: usize) -> Due {
        let leaves = queues.next_power_of_two().max(1);
        Due {
            tree: vec![Time::NEVER; 2 * leaves],
            leaves,
        }
    }

    /// A queue is due then.
    pub fn set(&mut self, queue: usize, at: Time) {
        let mut node = self.leaves + queue;
        if self.tree[node] == at {
            return;
        }
        self.tree[node] = at;
        while node > 1 {
            node /= 2;
            let earlier = self.tree[2 * node].min(self.tree[2 * node + 1]);
            if self.tree[node] == earlier {
                return;
            }
            self.tree[node] = earlier;
        }
    }

    /// When a queue is due, as was set last.
    #[cfg(debug_assertions)]
    pub fn of(&self, queue: usize) -> Time {
        self.tree[self.leaves + queue]
    }

    /// The earliest due time; [`Time::NEVER`] where nothing is due.
    pub fn first(&self) -> Time {
        self.tree.get(1).copied().unwrap_or(Time::NEVER)
    }

    /// The queues that are due by `now`, in ascending order.
    pub fn by(&self, now: Time, found: &mut Vec<usize>) {
        if self.first() <= now {
            self.descend(1, now, found);
        }
    }

    fn descend(&self, node: usize, now: Time, found: &mut Vec<usize>) {
        if self.tree[node] > now {
            return;
        }
        if node >= self.leaves {
            found.push(node - self.leaves);
            return;
        }
        self.descend(2 * node, now, found);
        self.descend(2 * node + 1, now, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_the_same_as_a_plain_list(changes in prop::collection::vec((0usize..37, 0i64..1000), 1..200), now in 0i64..1000) {
            let mut due = Due::never(37);
            let mut list = vec![Time::NEVER; 37];
            for (queue, at) in changes {
                due.set(queue, Time(at));
                list[queue] = Time(at);
                prop_assert_eq!(due.first(), *list.iter().min().unwrap());
            }
            let mut found = Vec::new();
            due.by(Time(now), &mut found);
            let expected: Vec<usize> = (0..37).filter(|&queue| list[queue] <= Time(now)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
