//! What a token's role lets a person do.

use super::{Asks, Refused, Request, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A role, as in tokens and in the chain of command.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Answers instructions.
    Supervisor,
    /// Answers and orders by hand.
    ShiftLeader,
    /// Answers and orders by hand.
    Manager,
    /// Tunes the daemon, and reads.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [
        Role::Viewer,
        Role::Supervisor,
        Role::ShiftLeader,
        Role::Manager,
        Role::Operator,
    ];

    /// The word on the wire and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Supervisor => "supervisor",
            Role::ShiftLeader => "shift_leader",
            Role::Manager => "manager",
            Role::Operator => "operator",
        }
    }

    /// May answer instructions: such a session is what "reached" means.
    pub fn answers(self) -> bool {
        matches!(self, Role::Supervisor | Role::ShiftLeader | Role::Manager)
    }

    /// May call, release, pause, resume and declare incidents.
    pub fn orders(self) -> bool {
        matches!(self, Role::ShiftLeader | Role::Manager)
    }

    /// Whether this role may ask that.
    ///
    /// # Errors
    /// Code `not_allowed`, in words, where it may not.
    pub fn may(self, request: &Request) -> Result<(), Refused> {
        match request {
            Request::Answer { answer, .. } => self.may_ask(Verb::from(answer)),
            Request::Order(order) => self.may_ask(Verb::from(order)),
            Request::Quiet(ask) => self.may_ask(match ask.wanted {
                Some(_) => Verb::Quiet,
                None => Verb::QuietOver,
            }),
            Request::Handover(ask) => Asks::Answering.admit(self, ask.wanted.as_str()),
        }
    }

    /// Whether this role may ask by that verb.
    ///
    /// # Errors
    /// As [`Role::may`].
    pub fn may_ask(self, verb: Verb) -> Result<(), Refused> {
        verb.asks().admit(self, verb.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Answer, InstructionId, Order};

    #[test]
    fn roles_may_what_the_contract_says() {
        let answer = Request::Answer {
            instruction: InstructionId(1),
            answer: Answer::Seen { eta: None },
            sure: false,
        };
        let order = Request::Order(Order::Resume {
            queue: "inbound".into(),
        });
        let may = |request: &Request| Role::ALL.map(|role| role.may(request).is_ok());
        assert_eq!(may(&answer), [false, true, true, true, false]);
        assert_eq!(may(&order), [false, false, true, true, false]);
        let said = Role::Supervisor.may(&order).unwrap_err();
        assert_eq!(said.code(), "not_allowed");
        assert!(said.detail.contains("yours is of a supervisor"), "{said}");
    }
}
