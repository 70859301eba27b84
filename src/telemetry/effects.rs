//! What calls of tiers did to the callers, counted.

use super::names;
use metrics::counter;

/// How much an effect tells.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// Nothing in the log speaks against it.
    Clear,
    /// Something else may have made the difference.
    Doubtful,
    /// Nobody saw all of it: it is counted, and its waiting is not.
    Unseen,
}

/// Counts one call, with the caller-seconds of the windows before and after.
pub fn count(queue: &str, tier: &str, told: Told, before_s: f64, after_s: f64) {
    let word = match told {
        Told::Clear => "clear",
        Told::Doubtful => "doubtful",
        Told::Unseen => "unseen",
    };
    let one =
        |name: &'static str| counter!(name, "queue" => queue.to_owned(), "tier" => tier.to_owned(), "told" => word);
    one(names::TIER_EFFECTS).increment(1);
    if told != Told::Unseen {
        // Counters count in whole seconds.
        one(names::TIER_WAITING_BEFORE).increment(before_s.round() as u64);
        one(names::TIER_WAITING_AFTER).increment(after_s.round() as u64);
    }
}
