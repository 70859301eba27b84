//! What was decided, counted.

use super::names;
use crate::core::ladder::Tier;
use crate::core::{Action, Decision, Shortage, What};
use metrics::counter;

/// Counts one decision.
pub fn count(decision: &Decision) {
    let queue = decision.queue.to_string();
    let one = |name: &'static str| counter!(name, "queue" => queue.clone()).increment(1);
    match &decision.what {
        What::Instruct { instruction, .. } => {
            let name = match instruction.shadow {
                true => names::SHADOW_INSTRUCTIONS,
                false => names::INSTRUCTIONS,
            };
            let (tier, action) = (instruction.tier.to_string(), instruction.action.as_str());
            counter!(name, "queue" => queue, "tier" => tier, "action" => action).increment(1);
        }
        What::TierSkipped { tier, why } => {
            let reason = match why {
                Shortage::NobodyToGive { .. } => "nobody_to_give",
                Shortage::NoSeat { .. } => "no_seat",
                Shortage::Reserved { .. } => "reserved",
                Shortage::Resting { .. } => "resting",
                Shortage::OffDuty { .. } => "off_duty",
                Shortage::Protected { .. } => "protected",
                Shortage::MaxBorrowed { .. } => "max_borrowed",
                Shortage::MaxMovesPerHour { .. } => "max_moves_per_hour",
                Shortage::NobodyStays { .. } => "nobody_stays",
            };
            let tier = tier.to_string();
            counter!(names::TIERS_SKIPPED, "queue" => queue, "tier" => tier, "reason" => reason).increment(1);
        }
        What::PassedUp { .. } => one(names::PASSED_UP),
        What::Unanswered { .. } => one(names::UNANSWERED),
        What::NobodyListening { .. } => one(names::NOBODY_LISTENING),
        What::Settled { .. }
        | What::Freed { .. }
        | What::FeedLost { .. }
        | What::BlindLong { .. }
        | What::SurgeOver { .. }
        | What::ApprovalAsked { .. }
        | What::ApprovalLapsed { .. }
        | What::NotShown { .. }
        | What::Gone { .. }
        | What::TakenAsLeft { .. }
        | What::IncidentEnds { .. }
        | What::Counted { .. }
        | What::Resumed { .. }
        | What::FeedBack { .. }
        | What::Answered { .. }
        | What::Paused { .. }
        | What::Incident { .. }
        | What::IncidentOver { .. }
        | What::Approved { .. }
        | What::ApprovalRefused { .. }
        | What::OnlyMovesCounted { .. }
        | What::LadderChanged { .. } => {}
    }
}

/// Begins the counters of a queue at zero, and of the tiers whose instructions people hear, so that the first of a kind is seen as a rise.
pub fn begin<'a>(queue: &str, told: impl Iterator<Item = &'a Tier>) {
    for name in [names::PASSED_UP, names::UNANSWERED, names::NOBODY_LISTENING] {
        counter!(name, "queue" => queue.to_owned()).absolute(0);
    }
    for tier in told {
        for action in [tier.action, Action::SignOut] {
            let (queue, tier) = (queue.to_owned(), tier.name.to_string());
            counter!(names::INSTRUCTIONS, "queue" => queue, "tier" => tier, "action" => action.as_str()).absolute(0);
        }
    }
}
