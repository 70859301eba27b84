//! The floor server over real sockets, with a fake daemon behind it.

mod api;
mod doors;
mod golden;
mod hostile;
mod sessions;
mod stage;
