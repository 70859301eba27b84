//! People and seats: who can be asked, who is where, and which seats are taken.
//!
//! | file | does |
//! |---|---|
//! | `presence` | who is on the phones of one queue, by the word of its feed, and what that proves of a move |
//! | `ledger` | one ledger over all queues: who is away, who is shown, which physical seats are free |
//! | `sharing` | which queues draw on which pools, and who has to look again when one changes |
//! | `people` | what is remembered of each person: when they were asked, when they went back, how long they stayed |
//! | `pools` | what a tier may ask of its pools now |
//! | `staying` | who on the phones may be asked to stay longer |

mod ledger;
pub mod people;
mod pools;
mod presence;
mod sharing;
mod staying;

pub use ledger::Ledger;
pub use people::People;
pub use pools::{HOUR, Request, Supply, Wish, smallest_ask};
pub use presence::{Present, Proof, Shown, Staff};
pub use sharing::{Claim, Sharing};
