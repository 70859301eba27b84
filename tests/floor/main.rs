//! The floor server over real sockets, with a fake daemon behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod bench;
mod doors;
mod frames;
mod golden;
mod hostile;
mod links;
mod scopes;
mod sessions;
mod shift;
mod stage;
mod token;
