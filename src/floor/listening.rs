//! Who has the floor open and may answer: told to everybody who hears of the same queues, at the pace of states.

use super::access::Identity;
use crate::wire::{Listener, ListeningMessage, Scope};
use std::sync::Arc;

/// So many are named; of more only the number is told.
const NAMED: usize = 20;

/// Everybody with a session that may answer.
#[derive(Default)]
pub(super) struct Listeners {
    /// In the order in which they are told.
    all: Arc<Vec<Present>>,
}

/// Somebody, by the token that they came with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Present {
    token: Option<String>,
    who: Listener,
    scope: Scope,
    sessions: usize,
}

impl Listeners {
    /// Counts a session in; whether somebody has come.
    pub fn come(&mut self, who: &Identity) -> bool {
        let all = Arc::make_mut(&mut self.all);
        if let Some(there) = all
            .iter_mut()
            .find(|there| there.token == who.token && there.who.staff_no == who.staff_no)
        {
            there.sessions += 1;
            return false;
        }
        all.push(Present {
            token: who.token.clone(),
            who: Listener {
                name: who.name.clone(),
                staff_no: who.staff_no.clone(),
                role: who.role,
            },
            scope: who.scope.clone(),
            sessions: 1,
        });
        // Who orders comes first.
        all.sort_by(|one, other| {
            let rank = |it: &Present| std::cmp::Reverse(it.who.role.orders());
            (rank(one), &one.who.name).cmp(&(rank(other), &other.who.name))
        });
        true
    }

    /// Counts a session out; whether somebody has gone.
    pub fn go(&mut self, token: Option<&str>, staff_no: &str) -> bool {
        let all = Arc::make_mut(&mut self.all);
        let is = |there: &Present| there.token.as_deref() == token && there.who.staff_no == staff_no;
        let Some(place) = all.iter().position(is) else {
            return false;
        };
        all[place].sessions -= 1;
        let gone = all[place].sessions == 0;
        if gone {
            all.remove(place);
        }
        gone
    }

    pub fn all(&self) -> Arc<Vec<Present>> {
        Arc::clone(&self.all)
    }
}

/// What a scope is told of them.
pub(super) fn told(all: &[Present], scope: &Scope) -> ListeningMessage {
    let mut message = ListeningMessage::default();
    for present in all.iter().filter(|present| scope.meets(&present.scope)) {
        // Two tokens of one person are one person.
        if message.people.iter().any(|it| it.staff_no == present.who.staff_no) {
            continue;
        }
        match message.people.len() < NAMED {
            true => message.people.push(present.who.clone()),
            false => message.more += 1,
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Role;

    fn who(token: &str, name: &str, role: Role, queues: &[&str]) -> Identity {
        let queues: Vec<_> = queues.iter().map(|it| (*it).into()).collect();
        Identity {
            token: Some(token.into()),
            name: name.into(),
            staff_no: format!("no {name}"),
            role,
            scope: Scope::of(&queues),
        }
    }

    fn names(listeners: &Listeners, scope: &Scope) -> Vec<String> {
        let message = told(&listeners.all(), scope);
        message.people.into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn everybody_is_named_once_for_as_long_as_a_page_of_theirs_is_open() {
        let mut listeners = Listeners::default();
        assert!(listeners.come(&who("a", "Wang", Role::Supervisor, &[])));
        assert!(!listeners.come(&who("a", "Wang", Role::Supervisor, &[])));
        assert!(listeners.come(&who("phone", "Wang", Role::Supervisor, &[])));
        assert!(listeners.come(&who("b", "Zhao", Role::ShiftLeader, &[])));
        assert_eq!(
            names(&listeners, &Scope::WholeFloor),
            ["Zhao", "Wang"],
            "who orders comes first"
        );
        assert!(!listeners.go(Some("a"), "no Wang"));
        assert!(listeners.go(Some("a"), "no Wang"));
        assert_eq!(names(&listeners, &Scope::WholeFloor), ["Zhao", "Wang"], "by the phone");
        assert!(listeners.go(Some("phone"), "no Wang"));
        assert_eq!(names(&listeners, &Scope::WholeFloor), ["Zhao"]);
        assert!(!listeners.go(Some("nobody"), "no Zhao"));
    }

    #[test]
    fn a_scope_hears_of_whoever_may_answer_for_one_of_its_queues() {
        let mut listeners = Listeners::default();
        listeners.come(&who("a", "Wang", Role::Supervisor, &["cards"]));
        listeners.come(&who("b", "Li", Role::Supervisor, &["inbound", "cards"]));
        listeners.come(&who("c", "Chen", Role::Manager, &[]));
        assert_eq!(names(&listeners, &Scope::of(&["inbound".into()])), ["Chen", "Li"]);
        assert_eq!(names(&listeners, &Scope::WholeFloor), ["Chen", "Li", "Wang"]);
    }

    #[test]
    fn of_a_crowd_only_the_number_is_told() {
        let mut listeners = Listeners::default();
        for n in 0..50 {
            listeners.come(&who(&n.to_string(), &format!("p{n:02}"), Role::Supervisor, &[]));
        }
        let message = told(&listeners.all(), &Scope::WholeFloor);
        assert_eq!((message.people.len(), message.more), (NAMED, 30));
    }
}
