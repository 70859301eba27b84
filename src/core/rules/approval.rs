//! A tier that waits for a leader's yes (`mode = "approve"`): leader first, then manager (plan: "Chain of command").
//!
//! ```text
//!  due ──► asked of the first level ──no answer in its time──► asked of the next as well ──► … again and again at the last
//!             ├── yes ──► called                 ├── no ──► passed over for a while
//!             └── not due any more ──► lapsed
//! ```

use super::{Word, chain};
use crate::ladder::{Mode, Tier};
use crate::queue::Queue;
use crate::supply::Request;
use crate::{Actor, Approval, Core, Millis, Name, Reason, Refusal, Time, What};

/// Whether a tier that is due may be called.
enum Gate {
    /// Yes.
    Call(Word),
    /// A leader is asked first, for this time.
    Ask { times: u32, since: Time },
    /// A leader has been asked.
    Wait,
}

pub(super) fn admit(queue: &Queue, tier: &Name) -> Result<(), Refusal> {
    let waits = queue.approval.as_ref();
    let waits = waits.is_some_and(|asked| asked.tier == *tier && asked.granted.is_none());
    waits.then_some(()).ok_or_else(|| Refusal::NothingToApprove {
        queue: queue.name.clone(),
        tier: tier.clone(),
    })
}

pub(super) fn admit_no(queue: &Queue, tier: &Name, reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::NoWithoutReason);
    }
    admit(queue, tier)
}

impl Core {
    pub(super) fn absorb_yes(&mut self, index: usize, by: Actor, tier: Name, at: Time) {
        if let Some(asked) = &mut self.queues[index].approval {
            asked.granted = Some(by.clone());
        }
        self.say(index, at, What::Approved { by, tier });
    }

    pub(super) fn absorb_no(&mut self, index: usize, by: Actor, tier: Name, reason: String, at: Time) {
        let ladder = self.ladder(&self.queues[index]);
        let until = at + ladder.map_or(Millis::ZERO, |ladder| ladder.ask_again_after);
        let queue = &mut self.queues[index];
        queue.approval = None;
        queue.refused.insert(tier.clone(), until);
        let what = What::ApprovalRefused {
            by,
            tier,
            reason,
            until,
        };
        self.say(index, at, what);
        // Nothing is kept for it any longer.
        self.touch_neighbours(index);
    }

    /// When a leader is asked again, or the end of an incident comes too near for what it brought forward.
    pub(super) fn approval_due(&self, queue: &Queue) -> Option<Time> {
        let asked = queue.approval.as_ref().filter(|asked| asked.granted.is_none())?;
        let lapses = self.no_longer_worth_it(queue, asked).filter(|at| *at > self.now);
        lapses.into_iter().chain([asked.again_at]).min()
    }

    pub(super) fn decide_approval_lapsed(&self, queue: &Queue) -> Option<What> {
        let asked = queue.approval.as_ref()?;
        let tier = asked.tier.clone();
        (!self.is_still_due(queue, asked)).then_some(What::ApprovalLapsed { tier })
    }

    /// Calls a tier that is due, or asks a leader first; `None`: a leader has been asked.
    pub(super) fn call_or_ask(
        &self,
        queue: &Queue,
        tier: &Tier,
        request: Request,
        reason: Reason,
        beside: bool,
        at: Time,
    ) -> Option<What> {
        match self.gate(queue, tier, at) {
            Gate::Call(word) => Some(self.instruct(queue, tier, request, reason, word, beside, at)),
            Gate::Wait => None,
            Gate::Ask { times, since } => {
                let ask_again_after = self.ladder(queue)?.ask_again_after;
                let leaders = chain::leaders(&self.plan);
                let asked = leaders.get((times - 1) as usize).or(leaders.last());
                let above = leaders.get(times as usize).is_some();
                let again = asked
                    .filter(|_| above)
                    .map_or(ask_again_after, |level| level.respond_within);
                let approval = Approval {
                    tier: tier.name.clone(),
                    action: tier.action,
                    parts: request.parts,
                    seats: request.seats,
                    reason,
                    beside,
                    since,
                    times,
                    again_at: at + again.max(Millis(1)),
                    role: asked.map(|level| level.role.clone()),
                    granted: None,
                };
                Some(What::ApprovalAsked { approval })
            }
        }
    }

    fn gate(&self, queue: &Queue, tier: &Tier, at: Time) -> Gate {
        let by_daemon = |shadow| Gate::Call(Word::of_the_daemon(shadow));
        match (self.mode(queue, tier), &queue.approval) {
            (Mode::Live, _) => by_daemon(false),
            (Mode::Shadow, _) => by_daemon(true),
            (Mode::Approve, None) => Gate::Ask { times: 1, since: at },
            (Mode::Approve, _) if self.waits_for_another_question(queue, tier) => Gate::Wait,
            (Mode::Approve, Some(asked)) => match &asked.granted {
                Some(by) => Gate::Call(Word {
                    by: Some(Actor::clone(by)),
                    ..Word::of_the_daemon(false)
                }),
                None if asked.again_at <= at => Gate::Ask {
                    times: asked.times.saturating_add(1),
                    since: asked.since,
                },
                None => Gate::Wait,
            },
        }
    }

    /// Whether a leader would have to be asked about a tier, and has been asked about another: one question at a time.
    pub(crate) fn waits_for_another_question(&self, queue: &Queue, tier: &Tier) -> bool {
        let another = queue.approval.as_ref().is_some_and(|asked| asked.tier != tier.name);
        another && self.mode(queue, tier) == Mode::Approve
    }

    /// Whether what a leader was asked for is still due, and there is still somebody to ask.
    fn is_still_due(&self, queue: &Queue, approval: &Approval) -> bool {
        let same = |tier: &&Tier| tier.name == approval.tier;
        let tier = if approval.beside {
            self.incident_tiers(queue).find(same)
        } else {
            self.due_turns(queue).map(|turn| turn.tier).find(same)
        };
        tier.is_some_and(|tier| {
            let wish = self.wish(queue, tier);
            self.mode(queue, tier) == Mode::Approve
                && self
                    .request(queue, tier, wish, |pool| self.reserved(queue, pool))
                    .is_ok()
        })
    }
}
