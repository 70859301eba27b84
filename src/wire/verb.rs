//! What can be asked: one list, from which come the socket's messages, the routes of the HTTP interface, who may, and the documents.
//! [`Verb`] is made from the variants of [`ClientMessage`](super::ClientMessage): a new message has a route and a role, or does not
//! compile.

use super::{Refused, RefusedBecause, Role};
use crate::core::{Answer, Order};
use strum::VariantArray;

pub use super::incoming::Verb;

/// Over which path a verb goes as `POST /api/v1/…`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Route {
    /// `instructions/{id}/…`
    Instruction,
    /// `queues/{queue}/…`
    Queue,
}

/// Who may ask it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Asks {
    /// Whoever is let in.
    Everybody,
    /// Roles that answer instructions.
    Answering,
    /// Roles that order by hand.
    Ordering,
}

impl Verb {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Where it goes over HTTP; `None`: on the socket alone.
    pub fn route(self) -> Option<Route> {
        match self {
            Verb::Seen | Verb::Done | Verb::Decline | Verb::Left | Verb::Escalate => Some(Route::Instruction),
            Verb::Call
            | Verb::Approve
            | Verb::Refuse
            | Verb::Count
            | Verb::Release
            | Verb::Pause
            | Verb::Resume
            | Verb::Incident
            | Verb::IncidentOver
            | Verb::Quiet
            | Verb::QuietOver => Some(Route::Queue),
            Verb::Hello | Verb::Answering | Verb::Ping => None,
        }
    }

    /// Every verb of a route, in the order of the documents.
    pub fn on(route: Route) -> impl Iterator<Item = Verb> {
        Verb::VARIANTS
            .iter()
            .copied()
            .filter(move |verb| verb.route() == Some(route))
    }

    /// Who may ask it.
    pub fn asks(self) -> Asks {
        match self.route() {
            None if self == Verb::Answering => Asks::Answering,
            None => Asks::Everybody,
            // Nothing of the plan changes by it.
            Some(Route::Queue) if matches!(self, Verb::Quiet | Verb::QuietOver) => Asks::Answering,
            Some(Route::Instruction) => Asks::Answering,
            Some(Route::Queue) => Asks::Ordering,
        }
    }
}

impl From<&Answer> for Verb {
    fn from(answer: &Answer) -> Verb {
        match answer {
            Answer::Seen { .. } => Verb::Seen,
            Answer::Done { .. } => Verb::Done,
            Answer::Declined { .. } => Verb::Decline,
            Answer::Left { .. } => Verb::Left,
            Answer::Escalate { .. } => Verb::Escalate,
        }
    }
}

impl From<&Order> for Verb {
    fn from(order: &Order) -> Verb {
        match order {
            Order::Call { .. } => Verb::Call,
            Order::Release { .. } => Verb::Release,
            Order::Approve { .. } => Verb::Approve,
            Order::Refuse { .. } => Verb::Refuse,
            Order::Count { .. } => Verb::Count,
            Order::Pause { .. } => Verb::Pause,
            Order::Resume { .. } => Verb::Resume,
            Order::Incident { .. } => Verb::Incident,
            Order::IncidentOver { .. } => Verb::IncidentOver,
        }
    }
}

impl Asks {
    /// The roles that may.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| match self {
            Asks::Everybody => true,
            Asks::Answering => role.answers(),
            Asks::Ordering => role.orders(),
        })
    }

    /// Lets a role do what has this name.
    ///
    /// # Errors
    /// Code `not_allowed`.
    pub fn admit(self, role: Role, what: &str) -> Result<(), Refused> {
        if self.roles().any(|allowed| allowed == role) {
            return Ok(());
        }
        let who: Vec<&str> = self.roles().map(Role::as_str).collect();
        let (last, others) = who.split_last().unwrap_or((&"nobody", &[]));
        let who = match others {
            [] => (*last).to_owned(),
            others => format!("{} or {last}", others.join(", ")),
        };
        Err(Refused::new(
            RefusedBecause::NotAllowed,
            format!("{what:?} needs the token of a {who}; yours is of a {}", role.as_str()),
        ))
    }
}
