//! What the floor must know beside instructions and answers: a code with numbers.

use super::{ApprovalMessage, By, FoundMessage, NearMissMessage, PoolPart, PromiseMessage, RecountedMessage, Stamp};
use crate::core::{Action, InstructionId, Lost, Name, Shortage, Unseen, What};
use crate::journal::Fact;
use schemars::JsonSchema;
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

/// Something that the floor must know.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct NoticeMessage {
    /// The message's number.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// The queue; absent where it concerns them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Name>,
    /// What.
    #[serde(flatten)]
    pub notice: Notice,
}

/// What a notice says.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema, IntoStaticStr, VariantNames)]
#[serde(tag = "code", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[allow(missing_docs)]
pub enum Notice {
    /// The queue is blind.
    FeedLost {
        #[serde(flatten)]
        why: LostBecause,
    },
    /// It is seen again; `anew`: its windows begin anew.
    FeedBack { blind_s: f64, anew: bool },
    /// It has been blind for ten minutes; these moves' people are out of place.
    BlindLong {
        since: Stamp,
        out_of_place: Vec<OutOfPlaceMessage>,
    },
    /// A tier was due, and nobody could be asked.
    TierSkipped {
        tier: Name,
        #[serde(flatten)]
        why: SkippedBecause,
    },
    /// A tier was due, and the floor has no free seat.
    SeatsExhausted { tier: Name, physical_seats: u32 },
    /// An instruction went to the next level as well; with the promise that was broken, where somebody had said when the people would be
    /// there.
    PassedUp {
        instruction: InstructionId,
        level: usize,
        role: Name,
        skipped: Vec<Name>,
        respond_by: Stamp,
        /// Absent: nobody had said when the people would be there.
        #[serde(skip_serializing_if = "Option::is_none")]
        promise: Option<PromiseMessage>,
    },
    /// An instruction reached nobody who may answer it.
    NobodyListening { instruction: InstructionId },
    /// A tier is due and waits for a leader's yes; again where nobody has said anything.
    ApprovalAsked {
        #[serde(flatten)]
        approval: ApprovalMessage,
    },
    /// A tier that waited for a yes is not due any more.
    ApprovalLapsed { tier: Name },
    /// A leader said yes; the tier's instruction follows.
    Approved { by: By, tier: Name },
    /// A leader said no: the tier is passed over until then, and asked again if it is still due.
    ApprovalRefused {
        by: By,
        tier: Name,
        reason: String,
        until: Stamp,
    },
    /// So many were said to be there, and the phone system shows fewer: are they there? A `done` or `left` answers it. `near` tells what
    /// it shows in place of them, so that a slip of a name is seen.
    NotShown {
        instruction: InstructionId,
        seats: u32,
        shown: u32,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        near: Vec<NearMissMessage>,
    },
    /// The floor was counted: what that changed.
    Counted {
        by: By,
        moves: Vec<RecountedMessage>,
        found: Vec<FoundMessage>,
    },
    /// An incident was declared or changed.
    Incident { by: By, note: String, until: Stamp },
    /// An incident is at its expected end: it is over at `over_at` unless it is declared anew.
    IncidentEnds { until: Stamp, over_at: Stamp },
    /// An incident is over; absent `by`: nobody has extended it in time.
    IncidentOver {
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// People of a move are not on the phones any more, and nobody has told them to go: back, or left? They count as left at `left_at`.
    Gone {
        instruction: InstructionId,
        people: Vec<Name>,
        left_at: Stamp,
    },
    /// Nobody has said otherwise of people who are gone: they have left the move.
    TakenAsLeft {
        instruction: InstructionId,
        people: Vec<Name>,
    },
    /// The feed does not tell who is signed in: of the physical seats only moves are counted.
    OnlyMovesCounted,
    /// Nothing is done of the daemon's own accord until then.
    Paused { by: By, until: Stamp, reason: String },
    /// A pause is over; absent `by`: its time was up.
    Resumed {
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// Somebody wants no sound of the queue until then; what is asked is asked as ever.
    Quieted { by: By, until: Stamp, reason: String },
    /// The queue sounds again; absent `by`: the time was up.
    QuietOver {
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// Another ladder is in force.
    LadderChanged { from: Name, to: Name },
    /// A new configuration is in force, or a file that was refused is again as it was before.
    ConfigChanged { changes: Vec<String> },
    /// A new configuration is at fault; the one before stays in force.
    ConfigRefused { problems: Vec<String> },
    /// The duty log cannot be written; instructions go out marked `unlogged`. Or, with `failing: false`, it can again.
    JournalFailing { failing: bool, why: String },
}

impl Notice {
    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

/// Why nobody can see a queue.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "lost", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum LostBecause {
    /// No reading and no sign of life for so long.
    Silent { after_s: f64 },
    /// No first reading within so long.
    NeverRead { after_s: f64 },
    /// The phone system no longer lists it.
    Missing,
    /// The phone system, or who speaks to it, said so, in words.
    Said { why: String },
}

impl From<&Lost> for LostBecause {
    fn from(lost: &Lost) -> LostBecause {
        match lost {
            Lost::Found(Unseen::Silent { after }) => LostBecause::Silent {
                after_s: after.as_secs(),
            },
            Lost::Found(Unseen::NeverRead { after }) => LostBecause::NeverRead {
                after_s: after.as_secs(),
            },
            Lost::Found(Unseen::Missing) => LostBecause::Missing,
            Lost::Said(why) => LostBecause::Said { why: why.clone() },
        }
    }
}

/// Why nobody could be asked.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum SkippedBecause {
    /// The pools have nobody to give above what they keep.
    NobodyToGive { pools: Vec<Name> },
    /// Every seat of the floor is taken.
    NoSeat { physical_seats: u32 },
    /// What is left is kept for a queue of higher priority.
    Reserved { for_queue: Name },
    /// Who is left has gone back too short a while ago.
    Resting { until: Stamp },
    /// Nobody is on duty by the roster.
    OffDuty { until: Option<Stamp> },
    /// The pools' own queue lends only while at most so many wait there.
    Protected { by_queue: Name, waiting_at_most: u32 },
    /// As many are borrowed as the ladder allows.
    MaxBorrowed { max: u32 },
    /// As many calls were made within an hour as the queue allows.
    MaxMovesPerHour { max: u32, until: Stamp },
    /// Nobody whose shift ends soon may stay longer.
    NobodyStays { ends_within_s: f64 },
}

/// A move whose people are away from their own place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct OutOfPlaceMessage {
    /// The instruction that moved them.
    pub instruction: InstructionId,
    /// What it asked for.
    pub action: Action,
    /// The tier.
    pub tier: Name,
    /// Who, and from where.
    pub pools: Vec<PoolPart>,
}

/// The notice of a decision; `None` for what is no notice.
pub(super) fn of_decision(what: &What) -> Option<Notice> {
    Some(match what {
        What::FeedLost { why } => Notice::FeedLost {
            why: LostBecause::from(why),
        },
        What::FeedBack { blind, anew } => Notice::FeedBack {
            blind_s: blind.as_secs(),
            anew: *anew,
        },
        What::BlindLong { since, out_of_place } => Notice::BlindLong {
            since: Stamp(*since),
            out_of_place: out_of_place
                .iter()
                .map(|it| OutOfPlaceMessage {
                    instruction: it.instruction,
                    action: it.action,
                    tier: it.tier.clone(),
                    pools: it.parts.iter().map(PoolPart::from).collect(),
                })
                .collect(),
        },
        What::TierSkipped { tier, why } => skipped(tier, why),
        What::PassedUp {
            instruction,
            level,
            role,
            skipped,
            respond_by,
            promise,
        } => Notice::PassedUp {
            instruction: *instruction,
            level: *level,
            role: role.clone(),
            skipped: skipped.clone(),
            respond_by: Stamp(*respond_by),
            promise: promise.as_ref().map(PromiseMessage::from),
        },
        What::NobodyListening { instruction } => Notice::NobodyListening {
            instruction: *instruction,
        },
        What::Incident { by, note, until } => Notice::Incident {
            by: By::from(by),
            note: note.clone(),
            until: Stamp(*until),
        },
        What::IncidentOver { by } => Notice::IncidentOver {
            by: by.as_ref().map(By::from),
        },
        What::IncidentEnds { until, over_at } => Notice::IncidentEnds {
            until: Stamp(*until),
            over_at: Stamp(*over_at),
        },
        What::Gone {
            instruction,
            people,
            left_at,
        } => Notice::Gone {
            instruction: *instruction,
            people: people.clone(),
            left_at: Stamp(*left_at),
        },
        What::TakenAsLeft { instruction, people } => Notice::TakenAsLeft {
            instruction: *instruction,
            people: people.clone(),
        },
        What::OnlyMovesCounted {} => Notice::OnlyMovesCounted,
        What::Paused { by, until, reason } => Notice::Paused {
            by: By::from(by),
            until: Stamp(*until),
            reason: reason.clone(),
        },
        What::Resumed { by } => Notice::Resumed {
            by: by.as_ref().map(By::from),
        },
        What::LadderChanged { from, to } => Notice::LadderChanged {
            from: from.clone(),
            to: to.clone(),
        },
        What::ApprovalAsked { approval } => Notice::ApprovalAsked {
            approval: ApprovalMessage::from(approval),
        },
        What::ApprovalLapsed { tier } => Notice::ApprovalLapsed { tier: tier.clone() },
        What::Approved { by, tier } => Notice::Approved {
            by: By::from(by),
            tier: tier.clone(),
        },
        What::ApprovalRefused {
            by,
            tier,
            reason,
            until,
        } => Notice::ApprovalRefused {
            by: By::from(by),
            tier: tier.clone(),
            reason: reason.clone(),
            until: Stamp(*until),
        },
        What::NotShown {
            instruction,
            seats,
            shown,
            near,
        } => Notice::NotShown {
            instruction: *instruction,
            seats: *seats,
            shown: *shown,
            near: near.iter().map(NearMissMessage::from).collect(),
        },
        What::Counted { by, moves, found } => Notice::Counted {
            by: By::from(by),
            moves: moves.iter().map(RecountedMessage::from).collect(),
            found: found.iter().map(FoundMessage::from).collect(),
        },
        What::Instruct { .. }
        | What::Settled { .. }
        | What::Freed { .. }
        | What::Unanswered { .. }
        | What::SurgeOver { .. }
        | What::Answered { .. } => return None,
    })
}

fn skipped(tier: &Name, why: &Shortage) -> Notice {
    let tier = tier.clone();
    match SkippedBecause::from(why) {
        SkippedBecause::NoSeat { physical_seats } => Notice::SeatsExhausted { tier, physical_seats },
        why @ (SkippedBecause::NobodyToGive { .. }
        | SkippedBecause::Reserved { .. }
        | SkippedBecause::Resting { .. }
        | SkippedBecause::OffDuty { .. }
        | SkippedBecause::Protected { .. }
        | SkippedBecause::MaxBorrowed { .. }
        | SkippedBecause::MaxMovesPerHour { .. }
        | SkippedBecause::NobodyStays { .. }) => Notice::TierSkipped { tier, why },
    }
}

impl From<&Shortage> for SkippedBecause {
    fn from(why: &Shortage) -> SkippedBecause {
        match why {
            Shortage::NoSeat { physical_seats } => SkippedBecause::NoSeat {
                physical_seats: *physical_seats,
            },
            Shortage::NobodyToGive { pools } => SkippedBecause::NobodyToGive { pools: pools.clone() },
            Shortage::Reserved { queue } => SkippedBecause::Reserved {
                for_queue: queue.clone(),
            },
            Shortage::Resting { until } => SkippedBecause::Resting { until: Stamp(*until) },
            Shortage::OffDuty { until } => SkippedBecause::OffDuty {
                until: until.map(Stamp),
            },
            Shortage::Protected { queue, waiting_at_most } => SkippedBecause::Protected {
                by_queue: queue.clone(),
                waiting_at_most: *waiting_at_most,
            },
            Shortage::MaxBorrowed { max } => SkippedBecause::MaxBorrowed { max: *max },
            Shortage::MaxMovesPerHour { max, until } => SkippedBecause::MaxMovesPerHour {
                max: *max,
                until: Stamp(*until),
            },
            Shortage::NobodyStays { ends_within } => SkippedBecause::NobodyStays {
                ends_within_s: ends_within.as_secs(),
            },
        }
    }
}

/// The notice of something about the daemon itself; `None` for what the floor is not told.
pub(super) fn of_fact(fact: &Fact) -> Option<Notice> {
    Some(match fact {
        Fact::ConfigChanged { changes, .. } => Notice::ConfigChanged {
            changes: changes.clone(),
        },
        Fact::ConfigRefused { problems } => Notice::ConfigRefused {
            problems: problems.clone(),
        },
        Fact::JournalFailing { failing, why } => Notice::JournalFailing {
            failing: *failing,
            why: why.clone(),
        },
        Fact::Quieted { by, until, reason, .. } => Notice::Quieted {
            by: By::from(by),
            until: Stamp(*until),
            reason: reason.clone(),
        },
        Fact::QuietOver { by, .. } => Notice::QuietOver {
            by: by.as_ref().map(By::from),
        },
        Fact::Started { .. }
        | Fact::Stopped
        | Fact::WentOutUnlogged { .. }
        | Fact::Forgotten { .. }
        | Fact::LoggedIn { .. }
        | Fact::LoggedOut { .. }
        | Fact::NotLetIn { .. }
        | Fact::Handover(_)
        | Fact::Undelivered { .. } => return None,
    })
}
