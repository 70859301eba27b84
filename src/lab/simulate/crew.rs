//! People of one kind on one queue, by number.

use crate::core::InstructionId;
use std::collections::VecDeque;

/// People of one kind: the queue's own, or those of one pool.
///
/// Whoever is to go and is on a call ends it first. So `free + busy + on_break` may be more than `target`; never less, since
/// people come by raising both.
#[derive(Clone, Debug)]
pub(super) struct Crew {
    pub(super) free: u32,
    pub(super) busy: u32,
    pub(super) on_break: u32,
    /// How many are to be here.
    pub(super) target: u32,
    /// Handling times are multiplied by it.
    pub(super) pace: f64,
    /// Sign-outs under way, first to last, with how many have still to go.
    backs: VecDeque<(InstructionId, u32)>,
}

/// People who have gone, and the sign-outs that were completed by it.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Gone {
    pub(super) people: u32,
    pub(super) completed: Vec<InstructionId>,
}

impl Crew {
    pub(super) fn new(pace: f64) -> Crew {
        Crew {
            free: 0,
            busy: 0,
            on_break: 0,
            target: 0,
            pace,
            backs: VecDeque::new(),
        }
    }

    /// Everybody who is signed in.
    pub(super) fn here(&self) -> u32 {
        self.free + self.busy + self.on_break
    }

    /// So many more are to be here. Who was told to go, and counts as free again while the last call lasts, may be among them and
    /// stays. Tells how many have really come.
    pub(super) fn come(&mut self, people: u32) -> u32 {
        let going = self.here().saturating_sub(self.target);
        let waited_for: u32 = self.backs.iter().map(|(_, left)| left).sum();
        let staying = people.min(going.saturating_sub(waited_for));
        self.target += people;
        self.free += people - staying;
        people - staying
    }

    /// So many are to go: who is free at once, who is on a call after it. `of`: the sign-out that is done when they have gone.
    pub(super) fn go(&mut self, people: u32, of: Option<InstructionId>) -> Gone {
        let people = people.min(self.target);
        self.target -= people;
        if let Some(of) = of {
            self.backs.push_back((of, people));
        }
        let mut gone = Gone::default();
        let leaving = self.free.min(self.here().saturating_sub(self.target));
        self.free -= leaving;
        self.left(leaving, &mut gone);
        gone
    }

    /// A call has ended: its person goes, or is free.
    pub(super) fn end_call(&mut self) -> Gone {
        let mut gone = Gone::default();
        if self.here() > self.target {
            self.busy -= 1;
            self.left(1, &mut gone);
        } else {
            self.busy -= 1;
            self.free += 1;
        }
        gone
    }

    /// A break is over: its person goes, or is free.
    pub(super) fn end_break(&mut self) -> Gone {
        let mut gone = Gone::default();
        let too_many = self.here() > self.target;
        self.on_break -= 1;
        if too_many {
            self.left(1, &mut gone);
        } else {
            self.free += 1;
        }
        gone
    }

    fn left(&mut self, people: u32, gone: &mut Gone) {
        gone.people += people;
        let mut still = people;
        while let Some((of, left)) = self.backs.front_mut() {
            let counted = still.min(*left);
            *left -= counted;
            still -= counted;
            if *left > 0 {
                break;
            }
            gone.completed.push(*of);
            self.backs.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_on_a_call_ends_it_first_and_the_sign_out_is_done_with_the_last() {
        let mut crew = Crew::new(1.0);
        assert_eq!(crew.come(4), 4);
        (crew.free, crew.busy) = (2, 2);
        let of = InstructionId(7);
        assert_eq!(
            crew.go(4, Some(of)),
            Gone {
                people: 2,
                completed: vec![]
            }
        );
        assert_eq!((crew.free, crew.busy, crew.here()), (0, 2, 2));
        assert_eq!(
            crew.end_call(),
            Gone {
                people: 1,
                completed: vec![]
            }
        );
        assert_eq!(
            crew.end_call(),
            Gone {
                people: 1,
                completed: vec![of]
            }
        );
        assert_eq!(crew.here(), 0);
    }

    #[test]
    fn who_is_asked_again_before_the_last_call_has_ended_stays() {
        let mut crew = Crew::new(1.0);
        crew.come(4);
        (crew.free, crew.busy) = (0, 4);
        crew.go(4, None);
        crew.end_call();
        assert_eq!(crew.here(), 3);
        assert_eq!(crew.come(4), 1);
        assert_eq!((crew.free, crew.busy, crew.target), (1, 3, 4));
        assert_eq!(crew.end_call().people, 0);
        assert_eq!(crew.free, 2);
    }

    #[test]
    fn others_who_come_meanwhile_do_not_keep_those_who_go() {
        let mut crew = Crew::new(1.0);
        crew.come(2);
        (crew.free, crew.busy) = (0, 2);
        let of = InstructionId(7);
        crew.go(2, Some(of));
        assert_eq!(crew.come(2), 2);
        assert_eq!((crew.free, crew.busy, crew.target), (2, 2, 2));
        assert_eq!(crew.end_call().people, 1);
        assert_eq!(crew.end_call().completed, [of]);
        assert_eq!((crew.here(), crew.free), (2, 2));
    }

    #[test]
    fn somebody_on_a_break_who_is_to_go_goes_at_its_end() {
        let mut crew = Crew::new(1.0);
        crew.come(1);
        (crew.free, crew.on_break) = (0, 1);
        assert_eq!(crew.go(1, None).people, 0);
        assert_eq!(crew.end_break().people, 1);
        assert_eq!((crew.here(), crew.free), (0, 0));
    }
}
