//! What people on the floor ask of the daemon.

use super::access::Identity;
use crate::core::Actor;
use crate::wire::{Refused, RefusedBecause, Request, Scope};
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
        Err(mpsc::error::TrySendError::Full(_)) => Err(RefusedBecause::Busy.into()),
    }
}
