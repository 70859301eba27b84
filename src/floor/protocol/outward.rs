//! From what the core decided to what the floor is told.

use super::{
    AnswerMessage, AnswerStatus, ApprovalMessage, By, CallsPerHourMessage, ChosenMessage, FoundMessage,
    InstructionMessage, JudgeWord, JudgedMessage, Notice, NoticeMessage, OutOfPlaceMessage, PoolPart, ReasonMessage,
    RecountedMessage, RequirementMessage, ServerMessage, SkippedBecause, Stamp, TargetMessage,
};
use crate::core::{
    Actor, Answer, Decision, Instruction, InstructionId, Judged, Millis, Name, Part, Reason, Requirement, Settlement,
    Shortage, What,
};

/// The message for a decision, under the number of its record in the duty log; `None` for what only `state` shows.
pub fn outward(decision: &Decision, seq: u64) -> Option<ServerMessage> {
    if let What::Instruct { instruction, .. } = &decision.what {
        if instruction.shadow {
            return None;
        }
        return Some(ServerMessage::Instruction(InstructionMessage {
            seq: Some(seq),
            ..InstructionMessage::from(instruction)
        }));
    }
    if let Some(answer) = answer(decision, seq) {
        return Some(ServerMessage::Answer(answer));
    }
    notice(&decision.what).map(|notice| {
        ServerMessage::Notice(NoticeMessage {
            seq,
            at: Stamp(decision.at),
            queue: Some(decision.queue.clone()),
            notice,
        })
    })
}

fn answer(decision: &Decision, seq: u64) -> Option<AnswerMessage> {
    let bare = |instruction: InstructionId, status, by| AnswerMessage {
        seq,
        instruction,
        queue: decision.queue.clone(),
        status,
        by,
        seats: None,
        people: None,
        eta_s: None,
        note: None,
        at: Stamp(decision.at),
    };
    match &decision.what {
        What::Settled {
            instruction,
            how: Settlement::Shown | Settlement::ShownByNumber,
        } => Some(bare(*instruction, AnswerStatus::Confirmed, Some(By::feed()))),
        What::Unanswered { instruction } => Some(bare(*instruction, AnswerStatus::Unanswered, None)),
        What::Answered {
            instruction,
            by,
            answer,
        } => Some(answered(
            bare(*instruction, AnswerStatus::Seen, Some(By::from(by))),
            answer,
        )),
        _ => None,
    }
}

fn answered(mut message: AnswerMessage, answer: &Answer) -> AnswerMessage {
    match answer {
        Answer::Seen { eta } => message.eta_s = eta.map(Millis::as_secs),
        Answer::Done { seats, people, note } => {
            message.status = AnswerStatus::Done;
            message.seats = *seats;
            message.people = people.clone();
            message.note = note.clone();
        }
        Answer::Declined { reason } => {
            message.status = AnswerStatus::Declined;
            message.note = Some(reason.clone());
        }
        Answer::Left { people, seats, reason } => {
            message.status = AnswerStatus::Left;
            message.seats = *seats;
            message.people = (!people.is_empty()).then(|| people.clone());
            message.note = Some(reason.clone());
        }
        Answer::Escalate { note } => {
            message.status = AnswerStatus::Escalated;
            message.note = Some(note.clone());
        }
    }
    message
}

fn notice(what: &What) -> Option<Notice> {
    Some(match what {
        What::FeedLost { why } => Notice::FeedLost { why: why.clone() },
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
            ..
        } => Notice::PassedUp {
            instruction: *instruction,
            level: *level,
            role: role.clone(),
            skipped: skipped.clone(),
            respond_by: Stamp(*respond_by),
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
            ..
        } => Notice::NotShown {
            instruction: *instruction,
            seats: *seats,
            shown: *shown,
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
        What::IncidentEnds { until, over_at } => Notice::IncidentEnds {
            until: Stamp(*until),
            over_at: Stamp(*over_at),
        },
        What::OnlyMovesCounted {} => Notice::OnlyMovesCounted,
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
    let why = match why {
        Shortage::NoSeat { physical_seats } => {
            return Notice::SeatsExhausted {
                tier,
                physical_seats: *physical_seats,
            };
        }
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
    };
    Notice::TierSkipped { tier, why }
}

/// The pool where it is one, or all of them with their shares.
pub(super) fn one_pool_or_several(parts: &[Part]) -> (Option<Name>, Option<Vec<PoolPart>>) {
    match parts {
        [] => (None, None),
        [one] => (one.pool.clone(), None),
        several => (None, Some(several.iter().map(PoolPart::from).collect())),
    }
}

/// The people of all pools.
pub(super) fn everyone(parts: &[Part]) -> Vec<Name> {
    parts.iter().flat_map(|part| &part.people).cloned().collect()
}

impl From<&Instruction> for InstructionMessage {
    fn from(instruction: &Instruction) -> InstructionMessage {
        let (pool, pools) = one_pool_or_several(&instruction.parts);
        InstructionMessage {
            seq: None,
            id: instruction.id,
            at: Stamp(instruction.at),
            queue: instruction.queue.clone(),
            action: instruction.action,
            tier: instruction.tier.clone(),
            pool,
            pools,
            seats: instruction.seats.into(),
            computed: instruction.computed.as_deref().map(RequirementMessage::from),
            people: everyone(&instruction.parts),
            chosen: instruction.chosen.iter().map(ChosenMessage::from).collect(),
            reason: ReasonMessage::from(&instruction.reason),
            by: instruction.by.as_ref().map(By::from),
            respond_by: instruction.respond_by.map(Stamp),
            of: instruction.of,
            unlogged: false,
        }
    }
}

impl From<&Requirement> for RequirementMessage {
    fn from(it: &Requirement) -> RequirementMessage {
        RequirementMessage {
            calls_per_hour: it.calls_per_hour.map(|calls| CallsPerHourMessage {
                value: calls.value,
                origin: calls.origin,
            }),
            handle_time_s: it.handle_time.map(Millis::as_secs),
            patience_s: it.patience.map(Millis::as_secs),
            target: it.target.map(|target| TargetMessage {
                answered: target.answered,
                within_s: target.within.as_secs(),
            }),
            signed_in: it.signed_in,
            free_seats: it.free_seats,
            required: it.required,
            reachable: it.reachable,
            missing: it.missing.clone(),
        }
    }
}

impl From<&Reason> for ReasonMessage {
    fn from(reason: &Reason) -> ReasonMessage {
        match reason {
            &Reason::WaitingAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingAbove {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::WaitingAtMost {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingAtMost {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::LongestWaitAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::LongestWaitAbove {
                threshold_s: threshold.as_secs(),
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            &Reason::WaitingPerSeatAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::WaitingPerSeatAbove {
                threshold,
                held_s: held.as_secs(),
                waiting,
                judged: judged_in(judged),
            },
            &Reason::ExpectedWaitAbove {
                threshold,
                held,
                waiting,
                judged,
            } => ReasonMessage::ExpectedWaitAbove {
                threshold_s: threshold.as_secs(),
                held_s: held.as_secs(),
                waiting,
                judged: judged_s(judged),
            },
            Reason::Incident { note, until, waiting } => ReasonMessage::Incident {
                note: note.clone(),
                until: Stamp(*until),
                waiting: *waiting,
            },
            Reason::Order { by } => ReasonMessage::Order { by: By::from(by) },
            Reason::Severe { why } => ReasonMessage::Severe {
                why: Box::new(ReasonMessage::from(why.as_ref())),
            },
            Reason::MaxStay {
                pool,
                max_stay,
                waiting,
            } => ReasonMessage::MaxStay {
                pool: pool.clone(),
                max_stay_s: max_stay.as_secs(),
                waiting: *waiting,
            },
        }
    }
}

fn judged_in(judged: Judged) -> JudgedMessage {
    match judged {
        Judged::Every => JudgedMessage::default(),
        Judged::Mean { mean } => JudgedMessage {
            judge: Some(JudgeWord::Mean),
            mean,
            ..JudgedMessage::default()
        },
        Judged::Share { share } => JudgedMessage {
            judge: Some(JudgeWord::Share),
            share: Some(share),
            ..JudgedMessage::default()
        },
    }
}

/// Where what was measured is a time.
fn judged_s(judged: Judged) -> JudgedMessage {
    let JudgedMessage { judge, mean, share, .. } = judged_in(judged);
    JudgedMessage {
        judge,
        mean: None,
        mean_s: mean,
        share,
    }
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> By {
        By {
            name: actor.name.clone(),
            staff_no: actor.staff_no.clone(),
        }
    }
}

impl By {
    /// The phone system itself.
    fn feed() -> By {
        By {
            name: "phone system".into(),
            staff_no: "feed".into(),
        }
    }
}
