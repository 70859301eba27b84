//! From a line of the duty log to what the floor is told of it: the one place where that is decided. The hub uses it live and on
//! resume, the HTTP interface in lists and in the log, webhooks for their bodies.

use super::{InstructionMessage, NoticeMessage, ServerMessage, Stamp, answer, handover, notice};
use crate::core::{Decision, What};
use crate::journal::{Entry, Fact, Record};

impl ServerMessage {
    /// The message for an entry, under its number; `None` for what is told to nobody or shown by `state` alone.
    pub fn of(entry: &Entry) -> Option<ServerMessage> {
        let mut message = match &entry.record {
            Record::Input(_) => None,
            Record::Decision(decision) => of_decision(decision, entry.seq),
            Record::Fact(Fact::Handover(step)) => {
                Some(ServerMessage::Handover(handover::of_step(step, entry.seq, entry.at)))
            }
            Record::Fact(fact) => notice::of_fact(fact).map(|notice| {
                ServerMessage::Notice(NoticeMessage {
                    seq: entry.seq,
                    at: Stamp(entry.at),
                    queue: entry.record.queue().cloned(),
                    notice,
                })
            }),
        }?;
        if entry.unlogged {
            message.mark_unlogged();
        }
        Some(message)
    }
}

fn of_decision(decision: &Decision, seq: u64) -> Option<ServerMessage> {
    if let What::Instruct { instruction, .. } = &decision.what {
        let told = || InstructionMessage {
            seq: Some(seq),
            ..InstructionMessage::from(instruction)
        };
        // What was decided in shadow is told to nobody.
        return (!instruction.shadow).then(|| ServerMessage::Instruction(told()));
    }
    if let Some(answer) = answer::of_decision(decision, seq) {
        return Some(ServerMessage::Answer(answer));
    }
    let notice = notice::of_decision(&decision.what)?;
    Some(ServerMessage::Notice(NoticeMessage {
        seq,
        at: Stamp(decision.at),
        queue: Some(decision.queue.clone()),
        notice,
    }))
}
