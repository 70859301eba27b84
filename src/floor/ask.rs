//! What people on the floor ask of the daemon.

use super::access::{Identity, Scope};
use super::protocol::{Mistake, Request};
use crate::core::{Actor, Refusal};
use tokio::sync::{mpsc, oneshot};

/// An answer or an order on its way to the daemon, already checked against the role of who asks.
#[derive(Debug)]
pub struct Ask {
    /// Who.
    pub by: Actor,
    /// For which queues they may ask: the daemon alone knows of which queue an instruction is.
    pub scope: Scope,
    /// What.
    pub request: Request,
    /// The daemon's word, once it is durable.
    pub reply: oneshot::Sender<Result<(), Refused>>,
}

/// Why the daemon did not take it; nothing changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// A word for programs.
    pub code: String,
    /// Words for people.
    pub message: String,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Refused {
        Refused {
            code: refusal.code().into(),
            message: refusal.to_string(),
        }
    }
}

impl From<Mistake> for Refused {
    fn from(mistake: Mistake) -> Refused {
        Refused {
            code: mistake.code.into(),
            message: mistake.message,
        }
    }
}

impl Refused {
    /// The daemon ends; whether it took the request is not known.
    pub(super) fn ending() -> Refused {
        Refused {
            code: "shutting_down".into(),
            message: "the daemon is shutting down: look at the state once it is back before you ask again".into(),
        }
    }
}

/// Hands a request to the daemon.
///
/// # Errors
/// `not_allowed` by role, `busy` where the daemon has too much to do, `shutting_down`.
pub(super) fn ask(
    daemon: &mpsc::Sender<Ask>,
    who: &Identity,
    request: Request,
) -> Result<oneshot::Receiver<Result<(), Refused>>, Refused> {
    who.role.may(&request)?;
    let (reply, replied) = oneshot::channel();
    let (by, scope) = (who.actor(), who.scope.clone());
    match daemon.try_send(Ask {
        by,
        scope,
        request,
        reply,
    }) {
        Ok(()) => Ok(replied),
        Err(mpsc::error::TrySendError::Closed(_)) => Err(Refused::ending()),
        Err(mpsc::error::TrySendError::Full(_)) => Err(Refused {
            code: "busy".into(),
            message: "the daemon has more requests waiting than it takes: try again in a moment".into(),
        }),
    }
}
