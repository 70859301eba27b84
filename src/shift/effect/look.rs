//! The effect of one call, read out of the duty log.

use super::{Effect, Effects, WINDOW};
use crate::core::{Answer, Decision, InstructionId, Millis, Time, What};
use crate::journal::{Entry, JournalError, Look, Reader, Record};

/// Entries taken from the log at a time.
const PAGE: usize = 5_000;
/// A queue that nobody waits in may tell nothing for so long.
const LIMIT_SILENCE: Millis = Millis::from_mins(6 * 60);
/// A move that settled longer after its call than this is not looked for.
const LIMIT_SETTLING: Millis = Millis::from_mins(24 * 60);

/// The effect of the call whose settling this entry tells of; `None` where it tells of none, or its windows are not over yet or not
/// kept any more.
///
/// # Errors
/// The log cannot be read.
pub fn effect_settled_by(reader: &Reader, entry: &Entry) -> Result<Option<Effect>, JournalError> {
    let Record::Decision(decision) = &entry.record else {
        return Ok(None);
    };
    let Some(instruction) = settles(&decision.what) else {
        return Ok(None);
    };
    let Some(called) = called(reader, instruction, decision, entry.seq)? else {
        return Ok(None);
    };
    let mut effects = read(reader, decision, called)?;
    while let Some(effect) = effects.poll() {
        // A later word on people who were there already is no second effect.
        if effect.instruction == instruction && effect.settled == decision.at {
            return Ok(Some(effect));
        }
    }
    Ok(None)
}

/// The instruction whose people are there by this decision.
fn settles(what: &What) -> Option<InstructionId> {
    match what {
        What::Settled { instruction, .. }
        | What::Answered {
            instruction,
            answer: Answer::Done { .. },
            ..
        } => Some(*instruction),
        What::Answered { .. }
        | What::Instruct { .. }
        | What::Freed { .. }
        | What::TierSkipped { .. }
        | What::FeedLost { .. }
        | What::BlindLong { .. }
        | What::PassedUp { .. }
        | What::Unanswered { .. }
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
        | What::NobodyListening { .. }
        | What::Paused { .. }
        | What::Incident { .. }
        | What::IncidentOver { .. }
        | What::Approved { .. }
        | What::ApprovalRefused { .. }
        | What::OnlyMovesCounted { .. }
        | What::LadderChanged { .. } => None,
    }
}

/// What the log tells of both windows of a call.
fn read(reader: &Reader, decision: &Decision, called: Time) -> Result<Effects, JournalError> {
    let begin = called - WINDOW;
    let reading = Look {
        newest: true,
        from: Some(called - LIMIT_SILENCE),
        until: Some(begin),
        queue: Some(decision.queue.clone()),
        kinds: Some(vec!["reading"]),
        ..Look::default()
    };
    // How many were waiting when the first window began was told before it, and between the two it may have gone blind.
    let before = reader.look(&reading, 1)?.entries.pop();
    let of_queue = Look {
        from: Some(before.map_or(begin, |entry| entry.at)),
        until: Some(decision.at + WINDOW + Millis(1)),
        queue: Some(decision.queue.clone()),
        ..Look::default()
    };
    let mut of_all = Vec::new();
    let names_no_queue = Look {
        queue: None,
        kinds: Some(vec!["configured", "stood_still"]),
        ..of_queue.clone()
    };
    each(reader, names_no_queue, |entry| of_all.push(entry))?;
    let mut of_all = of_all.into_iter().peekable();
    let mut effects = Effects::default();
    each(reader, of_queue, |entry| {
        while let Some(earlier) = of_all.next_if(|it| it.seq < entry.seq) {
            effects.take(&earlier);
        }
        effects.take(&entry);
    })?;
    of_all.for_each(|entry| effects.take(&entry));
    // Whether the window is over is told by what was written after it, of any queue.
    let later = Look {
        from: Some(decision.at + WINDOW),
        ..Look::default()
    };
    if !reader.look(&later, 1)?.entries.is_empty() {
        effects.pass(decision.at + WINDOW);
    }
    Ok(effects)
}

/// Takes all that is looked for, oldest first, page by page.
fn each(reader: &Reader, mut look: Look, mut take: impl FnMut(Entry)) -> Result<(), JournalError> {
    loop {
        let looked = reader.look(&look, PAGE)?;
        looked.entries.into_iter().for_each(&mut take);
        match looked.next {
            Some(next) if looked.more => look.after = next,
            _ => return Ok(()),
        }
    }
}

/// When an instruction that brings people was given.
fn called(
    reader: &Reader,
    instruction: InstructionId,
    settled: &Decision,
    before: u64,
) -> Result<Option<Time>, JournalError> {
    let mut look = Look {
        newest: true,
        before: Some(before),
        from: Some(settled.at - LIMIT_SETTLING),
        queue: Some(settled.queue.clone()),
        kinds: Some(vec!["instruct"]),
        ..Look::default()
    };
    loop {
        let looked = reader.look(&look, PAGE)?;
        for entry in &looked.entries {
            if let Record::Decision(Decision {
                what: What::Instruct { instruction: it, .. },
                ..
            }) = &entry.record
                && it.id == instruction
            {
                return Ok((it.action.brings_people() && !it.shadow).then_some(it.at));
            }
        }
        match looked.next {
            Some(next) if looked.more => look.before = Some(next),
            _ => return Ok(None),
        }
    }
}
