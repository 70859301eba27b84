//! The process's own log and counters: every decision in words, once nothing that goes to the floor would wait for it.

use super::Driver;
use crate::core::{Decision, What};
use crate::journal::Journal;
use crate::shift::Effect;
use crate::telemetry::{decisions, effects, plain, zone_of_times};

/// How many decisions are put into words in one turn, before the disk and the floor are looked at again.
const REPORTS_A_TURN: usize = 32;

/// So many decisions wait at most for words while the disk is at work.
const REPORTS_WAITING: usize = 16_384;

impl<J: Journal> Driver<J> {
    /// Whether there are decisions to be put into words, and nothing that is on its way to the floor would wait for it.
    pub(super) fn may_report(&self) -> bool {
        let late = self.unreported.len() > REPORTS_WAITING;
        !self.unreported.is_empty() && (late || !self.ledger.is_at_the_disk())
    }

    /// Puts decisions into the process's own log and counters: some of them, so that whatever waits for a whole storm's words does not wait
    /// long.
    pub(super) fn report_some(&mut self) {
        let some = self.unreported.len().min(REPORTS_A_TURN);
        self.unreported.drain(..some).for_each(|decision| report(&decision));
    }

    /// All that are left, at the end.
    pub(super) fn report_all(&mut self) {
        self.unreported.drain(..).for_each(|decision| report(&decision));
    }
}

/// One log line and its counts a call whose windows are over.
pub(super) fn measured(effect: &Effect) {
    let told = match effect.is_whole() {
        false => effects::Told::Unseen,
        true if effect.doubts.is_empty() => effects::Told::Clear,
        true => effects::Told::Doubtful,
    };
    let [before, after] = [effect.before, effect.after].map(|it| it.caller_minutes * 60.0);
    effects::count(effect.queue.as_str(), effect.tier.as_str(), told, before, after);
    let words = effect.told(&crate::words::Words::as_written(crate::words::Language::En));
    tracing::info!(queue = %effect.queue, "{}", plain(&words));
}

/// One log line and one count a decision.
fn report(decision: &Decision) {
    decisions::count(decision);
    let words = crate::words::Sentences::new(zone_of_times()).decision(decision);
    let words = plain(&words);
    match decision.what {
        What::FeedLost { .. } | What::BlindLong { .. } | What::Unanswered { .. } | What::NobodyListening { .. } => {
            tracing::warn!(queue = %decision.queue, "{words}");
        }
        What::Instruct { .. }
        | What::Settled { .. }
        | What::Freed { .. }
        | What::TierSkipped { .. }
        | What::PassedUp { .. }
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
        | What::LadderChanged { .. } => tracing::info!(queue = %decision.queue, "{words}"),
    }
}
