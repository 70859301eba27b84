//! Why an answer or an order was not taken. Nothing changes by a refused input.

use super::{Actor, InstructionId, Millis, Name, Shortage, Time};
use std::fmt;

/// A refused input, in words that say what is so and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No such queue.
    NoSuchQueue(Name),
    /// No such ladder.
    NoSuchLadder(Name),
    /// No such tier in the ladder in force.
    NoSuchTier {
        /// The ladder.
        ladder: Name,
        /// The tier.
        tier: Name,
    },
    /// No such instruction.
    NoSuchInstruction(InstructionId),
    /// The instruction's people have been taken back already.
    Closed(InstructionId),
    /// The people have been asked elsewhere in the meantime.
    TakenElsewhere(InstructionId),
    /// It makes no sense for this kind of instruction.
    DoesNotFit {
        /// What was tried.
        what: &'static str,
        /// The instruction.
        instruction: InstructionId,
        /// Its action.
        action: &'static str,
    },
    /// The tier is on the stack already.
    AlreadyCalled(Name),
    /// Nobody to give.
    NobodyToGive(Name),
    /// No free seat.
    NoSeat(Name),
    /// Who is there is needed elsewhere, or rests.
    Short {
        /// The tier.
        tier: Name,
        /// What holds it back.
        why: Shortage,
    },
    /// No tier that draws on pools is left.
    NoTierLeft(Name),
    /// Nothing waits for a yes.
    NothingToApprove {
        /// The queue.
        queue: Name,
        /// The tier.
        tier: Name,
    },
    /// A no needs a reason.
    NoWithoutReason,
    /// Nobody was told of it.
    InShadow(InstructionId),
    /// A count that names something not on the queue.
    NotOnQueue {
        /// The queue.
        queue: Name,
        /// The instruction.
        instruction: InstructionId,
    },
    /// A count of people whom no tier draws on.
    NoTierFor {
        /// The queue.
        queue: Name,
        /// The pool; `None`: none was named.
        pool: Option<Name>,
    },
    /// A count that says the same twice, or nothing.
    NotACount {
        /// What is wrong with it.
        what: &'static str,
    },
    /// No move with that instruction.
    NothingToRelease(InstructionId),
    /// A pause needs a reason and an end.
    PauseWithoutEnd,
    /// No pause to end.
    NotPaused(Name),
    /// An incident needs words and an end.
    IncidentWithoutEnd,
    /// No incident to end.
    NoIncident(Name),
    /// At the top already.
    NobodyAbove(InstructionId),
    /// People who are not on the move.
    NotOnMove {
        /// The instruction that began the move.
        instruction: InstructionId,
        /// Who is not on it.
        people: Vec<Name>,
    },
    /// A word on an instruction that was stood down or declined too long ago.
    TooLate {
        /// The instruction.
        instruction: InstructionId,
        /// Such words are taken for so long.
        within: Millis,
    },
    /// It contradicts what somebody else has said: asked about, and obeyed where it is said again with `sure` (plan: "Late answers").
    Conflict(Box<Conflict>),
    /// Too much.
    TooMuch {
        /// What.
        what: &'static str,
        /// How much came.
        came: u64,
        /// The most.
        limit: u64,
    },
}

/// What somebody else has said otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The instruction on which it was said: the same, or the one on whose move the people stand.
    pub instruction: InstructionId,
    /// Who said it; `None`: it stands in the books, and nobody has answered yet.
    pub by: Option<Actor>,
    /// What they said, as on the wire ([`super::Answer::status`]).
    pub status: &'static str,
    /// When.
    pub at: Time,
    /// The people who stand elsewhere, where that is the contradiction.
    pub people: Vec<Name>,
}

impl Refusal {
    /// The word on the wire.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoSuchQueue(_) => "no_such_queue",
            Refusal::NoSuchLadder(_) => "no_such_ladder",
            Refusal::NoSuchTier { .. } => "no_such_tier",
            Refusal::NoSuchInstruction(_) => "no_such_instruction",
            Refusal::Closed(_) => "closed",
            Refusal::TakenElsewhere(_) => "taken_elsewhere",
            Refusal::DoesNotFit { .. } => "does_not_fit",
            Refusal::AlreadyCalled(_) => "already_called",
            Refusal::NobodyToGive(_) => "nobody_to_give",
            Refusal::NoSeat(_) => "no_seat",
            Refusal::Short { .. } => "short",
            Refusal::NoTierLeft(_) => "no_tier_left",
            Refusal::NothingToApprove { .. } => "nothing_to_approve",
            Refusal::NoWithoutReason => "no_without_reason",
            Refusal::InShadow(_) => "in_shadow",
            Refusal::NotOnQueue { .. } => "not_on_queue",
            Refusal::NoTierFor { .. } => "no_tier_for",
            Refusal::NotACount { .. } => "not_a_count",
            Refusal::NothingToRelease(_) => "nothing_to_release",
            Refusal::PauseWithoutEnd => "pause_without_end",
            Refusal::NotPaused(_) => "not_paused",
            Refusal::IncidentWithoutEnd => "incident_without_end",
            Refusal::NoIncident(_) => "no_incident",
            Refusal::NobodyAbove(_) => "nobody_above",
            Refusal::NotOnMove { .. } => "not_on_move",
            Refusal::TooLate { .. } => "too_late",
            Refusal::Conflict(_) => "conflict",
            Refusal::TooMuch { .. } => "too_much",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoSuchQueue(it) => write!(
                f,
                "there is no queue {it:?}; see the list of queues for the names in force"
            ),
            Refusal::NoSuchLadder(it) => write!(f, "there is no ladder {it:?} in the plan in force"),
            Refusal::NoSuchTier { ladder, tier } => write!(f, "the ladder {ladder:?} in force has no tier {tier:?}"),
            Refusal::NoSuchInstruction(it) => write!(f, "there is no instruction {it}, or it was closed long ago"),
            Refusal::Closed(it) => write!(
                f,
                "instruction {it} is closed: its people have been signed out; order by hand if they are still needed"
            ),
            Refusal::TakenElsewhere(it) => write!(
                f,
                "the people of instruction {it} have been asked elsewhere in the meantime; call the tier again instead"
            ),
            Refusal::DoesNotFit {
                what,
                instruction,
                action,
            } => write!(f, "{what} does not fit instruction {instruction}, which is a {action}"),
            Refusal::AlreadyCalled(it) => write!(
                f,
                "tier {it:?} has been called already; answer or release its instruction instead"
            ),
            Refusal::NobodyToGive(it) => write!(
                f,
                "tier {it:?} has nobody to give now: its pools are at what they keep, or its people are asked elsewhere"
            ),
            Refusal::NoSeat(it) => write!(f, "the floor has no free seat for tier {it:?}"),
            Refusal::Short { tier, why } => write!(f, "tier {tier:?} cannot be called now: {why}"),
            Refusal::NoTierLeft(it) => write!(
                f,
                "no tier of queue {it:?} is left that draws on pools and has anyone to give; name a tier to call overtime or longer shifts"
            ),
            Refusal::NothingToApprove { queue, tier } => write!(
                f,
                "tier {tier:?} of queue {queue:?} does not wait for a yes: somebody was faster, or it is not due any more; call it by hand if it is needed"
            ),
            Refusal::NoWithoutReason => f.write_str("a no needs a reason in words, for those who asked"),
            Refusal::InShadow(it) => write!(
                f,
                "instruction {it} was decided in shadow: nobody was told of it, so that there is nothing to answer"
            ),
            Refusal::NotOnQueue { queue, instruction } => write!(
                f,
                "instruction {instruction} has no move on queue {queue:?}; count those that its state lists, and name others under \"extra\""
            ),
            Refusal::NoTierFor {
                queue,
                pool: Some(pool),
            } => write!(
                f,
                "no tier of queue {queue:?} draws on pool {pool:?}; count its people to a pool that one draws on"
            ),
            Refusal::NoTierFor { queue, pool: None } => write!(
                f,
                "people who are extra on queue {queue:?} need the pool that they are from"
            ),
            Refusal::NotACount { what } => write!(f, "expected who is there, move by move, each once; {what}"),
            Refusal::NothingToRelease(it) => write!(f, "instruction {it} has no people on this queue to release"),
            Refusal::PauseWithoutEnd => {
                f.write_str("a pause needs a reason in words and an end between 1 second and 24 hours from now")
            }
            Refusal::NotPaused(it) => write!(f, "queue {it:?} is not paused"),
            Refusal::IncidentWithoutEnd => {
                f.write_str("an incident needs a note of what is broken, and an expected end that lies ahead")
            }
            Refusal::NoIncident(it) => write!(f, "queue {it:?} has no incident"),
            Refusal::NobodyAbove(it) => write!(f, "instruction {it} is with the highest level of the chain already"),
            Refusal::NotOnMove { instruction, people } => {
                let people: Vec<&str> = people.iter().map(Name::as_str).collect();
                write!(
                    f,
                    "{} stand not on the move of instruction {instruction}; name who has left it, or answer the instruction that they are on",
                    people.join(", ")
                )
            }
            Refusal::TooLate { instruction, within } => write!(
                f,
                "instruction {instruction} was taken back more than {} min ago; order by hand if its people are still needed",
                within.0 / 60_000
            ),
            Refusal::Conflict(with) if with.people.is_empty() => write!(
                f,
                "{} has said {:?} to instruction {}; say it again with \"sure\": true if yours is to count",
                with.by.as_ref().map_or("nobody", |by| by.name.as_str()),
                with.status,
                with.instruction
            ),
            Refusal::Conflict(with) => {
                let people: Vec<&str> = with.people.iter().map(Name::as_str).collect();
                write!(
                    f,
                    "by the word of {} {} stand on instruction {}; say it again with \"sure\": true if they are here",
                    with.by.as_ref().map_or("the books", |by| by.name.as_str()),
                    people.join(", "),
                    with.instruction
                )
            }
            Refusal::TooMuch { what, came, limit } => write!(f, "{what} is {came}; at most {limit} is possible here"),
        }
    }
}

impl std::error::Error for Refusal {}
