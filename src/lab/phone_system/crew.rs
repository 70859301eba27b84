//! The people of one queue.
//!
//! ```text
//!            sign_in                take_call
//! signed out ───────► free ◄──────────────────► on a call ──► (leaving) ──► signed out
//!     ▲                │            end_call        sign_out      end_call
//!     └── sign_out ────┘
//! ```

use crate::core::{Agent, AgentState, Name, Part};
use std::collections::VecDeque;

/// Who may take calls, and who is on one.
pub(super) struct Crew {
    /// Never shrinks: who signs out keeps the place, since a call's end refers to it.
    people: Vec<Person>,
    /// Places of those who are free, the longest free first.
    free: VecDeque<usize>,
    signed_in: u32,
}

struct Person {
    name: Name,
    /// The pool that lent them without a name.
    pool: Option<Name>,
    state: State,
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    SignedOut,
    Free,
    OnCall,
    /// On a call, and signed out after it.
    Leaving,
}

impl Crew {
    pub(super) fn new(staff: &[Name], floating: &[Name]) -> Crew {
        let mut crew = Crew {
            people: Vec::new(),
            free: VecDeque::new(),
            signed_in: 0,
        };
        for name in staff.iter().chain(floating) {
            crew.add(name.clone(), None);
        }
        for place in 0..staff.len() {
            crew.come(place);
        }
        crew
    }

    pub(super) fn signed_in(&self) -> u32 {
        self.signed_in
    }

    pub(super) fn available(&self) -> u32 {
        self.free.len() as u32
    }

    pub(super) fn agents(&self) -> Vec<Agent> {
        let agent = |person: &Person| Agent {
            person: person.name.clone(),
            state: match person.state {
                State::SignedOut => AgentState::SignedOut,
                State::Free => AgentState::Available,
                State::OnCall | State::Leaving => AgentState::Busy,
            },
        };
        self.people.iter().map(agent).collect()
    }

    /// The longest free person takes a call; tells their place.
    pub(super) fn take_call(&mut self) -> Option<usize> {
        let place = self.free.pop_front()?;
        self.people[place].state = State::OnCall;
        Some(place)
    }

    pub(super) fn end_call(&mut self, place: usize) {
        match self.people[place].state {
            State::OnCall => {
                self.people[place].state = State::Free;
                self.free.push_back(place);
            }
            State::Leaving => {
                self.people[place].state = State::SignedOut;
                self.signed_in -= 1;
            }
            State::Free | State::SignedOut => debug_assert!(false, "a call ended that nobody had"),
        }
    }

    /// Tells how many more are here than before; no more than `limit` people in all.
    pub(super) fn sign_in(&mut self, part: &Part, limit: usize) -> u32 {
        let mut came = 0;
        for name in &part.people {
            let known = self.people.iter().position(|it| it.name == *name);
            let place = match known {
                Some(place) => place,
                None if self.people.len() < limit => self.add(name.clone(), None),
                None => break,
            };
            came += u32::from(self.come(place));
        }
        if !part.people.is_empty() {
            return came;
        }
        let pool = lender(part);
        let mut place = 0;
        while came < part.seats {
            if place == self.people.len() {
                if place >= limit {
                    break;
                }
                let lent = self.people.iter().filter(|it| it.pool.as_ref() == Some(&pool)).count();
                self.add(Name::from(format!("{pool}-{}", lent + 1)), Some(pool.clone()));
            }
            if self.people[place].pool.as_ref() == Some(&pool) {
                came += u32::from(self.come(place));
            }
            place += 1;
        }
        came
    }

    /// Tells how many leave, now or after their call.
    pub(super) fn sign_out(&mut self, part: &Part) -> u32 {
        let mut gone = 0;
        if part.people.is_empty() {
            let pool = lender(part);
            for place in (0..self.people.len()).rev() {
                if gone < part.seats && self.people[place].pool.as_ref() == Some(&pool) {
                    gone += u32::from(self.leave(place));
                }
            }
            return gone;
        }
        for place in 0..self.people.len() {
            if part.people.contains(&self.people[place].name) {
                gone += u32::from(self.leave(place));
            }
        }
        gone
    }

    fn add(&mut self, name: Name, pool: Option<Name>) -> usize {
        self.people.push(Person {
            name,
            pool,
            state: State::SignedOut,
        });
        self.people.len() - 1
    }

    /// Whether that changed anything.
    fn come(&mut self, place: usize) -> bool {
        match self.people[place].state {
            State::SignedOut => {
                self.people[place].state = State::Free;
                self.free.push_back(place);
                self.signed_in += 1;
                true
            }
            State::Leaving => {
                self.people[place].state = State::OnCall;
                true
            }
            State::Free | State::OnCall => false,
        }
    }

    /// Whether that changed anything.
    fn leave(&mut self, place: usize) -> bool {
        match self.people[place].state {
            State::Free => {
                self.people[place].state = State::SignedOut;
                self.free.retain(|it| *it != place);
                self.signed_in -= 1;
                true
            }
            State::OnCall => {
                self.people[place].state = State::Leaving;
                true
            }
            State::SignedOut | State::Leaving => false,
        }
    }
}

/// Who lends people without a name.
fn lender(part: &Part) -> Name {
    part.pool.clone().unwrap_or_else(|| Name::from("extra"))
}
