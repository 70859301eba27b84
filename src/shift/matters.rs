//! The matters of a hand-over, for whoever reads its later steps in the duty log: these name them by their keys alone.

use crate::journal::{Fact, Group, Handover, Item, JournalError, Look, Reader, Record, Step};

/// Steps taken from the log at a time.
const PAGE: usize = 200;

/// Those of the hand-over that was read of last.
#[derive(Debug, Default)]
pub struct Matters {
    of: Option<u64>,
    items: Vec<Item>,
}

impl Matters {
    /// The matters of the hand-over that this step, entry `seq` of the log, is of, as they stood when it was drawn up. Looks back into the
    /// log where it has not come by that.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn of(&mut self, reader: &Reader, step: &Handover, seq: u64) -> Result<&[Item], JournalError> {
        if let Step::Begun { items, .. } = &step.step {
            (self.of, self.items) = (Some(step.id), items.clone());
        } else if self.of != Some(step.id) && matches!(step.step, Step::Settled { .. } | Step::TakenOver { .. }) {
            (self.of, self.items) = (Some(step.id), begun_with(reader, step.id, seq)?);
        }
        Ok(match self.of == Some(step.id) {
            true => &self.items,
            false => &[],
        })
    }
}

/// What was open when a hand-over was drawn up; nothing where that step is no longer there.
fn begun_with(reader: &Reader, id: u64, seq: u64) -> Result<Vec<Item>, JournalError> {
    let mut look = Look {
        newest: true,
        before: Some(seq),
        kinds: Some(Group::named("handover")),
        ..Look::default()
    };
    loop {
        let looked = reader.look(&look, PAGE)?;
        for entry in looked.entries {
            let Record::Fact(Fact::Handover(handover)) = entry.record else {
                continue;
            };
            // Numbers rise: what is older is of hand-overs before it.
            if handover.id < id {
                return Ok(Vec::new());
            }
            if let Step::Begun { items, .. } = handover.step
                && handover.id == id
            {
                return Ok(items);
            }
        }
        match looked.next {
            Some(next) if looked.more => look.before = Some(next),
            _ => return Ok(Vec::new()),
        }
    }
}
