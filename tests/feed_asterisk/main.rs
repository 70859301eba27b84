//! The Asterisk feed against recordings of a real one: the machine alone at the recorded times, and the whole adapter
//! over a real socket.

mod bench;
mod phone_system;
mod recording;

mod machine;
mod socket;
