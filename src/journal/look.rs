//! Looking something up in the duty log: filtered, in pages, newest or oldest first.

use super::error::{JournalError, at};
use super::read::End;
use super::readings::{Blocks, Wanted};
use super::schema::{PACKED, SELDOM, are_seldom};
use super::write::column;
use super::{Entry, Reader, Record};
use crate::core::{Answer, Input, Name, Part, Time, What};
use rusqlite::{OptionalExtension, ToSql, named_params};
use std::collections::BTreeSet;

/// The most entries that one look goes through: what a filter passes over counts, so that no question holds up the log.
pub const LIMIT_LOOKED: usize = 20_000;

/// Parts of one compound select; SQLite takes 500.
const SELECTS_MAX: usize = 200;

/// What is looked for. The default is everything, oldest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Look {
    /// Only after this number.
    pub after: u64,
    /// Only before this number.
    pub before: Option<u64>,
    /// The newest first.
    pub newest: bool,
    /// Handled at this time or later.
    pub from: Option<Time>,
    /// Handled before this time.
    pub until: Option<Time>,
    /// Only what names this queue.
    pub queue: Option<Name>,
    /// Only what names one of these queues, whatever else is asked for: rows of others are not even gone through, so that neither what
    /// is found nor how far a page reaches tells anything of them. `None`: all, and what names no queue.
    pub scope: Option<BTreeSet<Name>>,
    /// Only these kinds; `None`: all, readings included.
    pub kinds: Option<Vec<&'static str>>,
    /// Only what a person did, or was asked to do: staff number or name.
    pub who: Option<String>,
    /// Only what has this text in its sentence, in either case.
    pub text: Option<String>,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Looked {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The last number that was gone through: the next page begins behind it.
    pub next: Option<u64>,
    /// There may be more.
    pub more: bool,
}

impl Reader {
    /// Up to `limit` entries that are looked for by anything but a text.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn look(&self, look: &Look, limit: usize) -> Result<Looked, JournalError> {
        self.look_in_words(look, limit, |_| String::new())
    }

    /// Up to `limit` entries that are looked for; goes through [`LIMIT_LOOKED`] at most. A text is looked for in what `sentence` makes
    /// of a record: the log itself has codes and numbers.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn look_in_words(
        &self,
        look: &Look,
        limit: usize,
        sentence: impl Fn(&Record) -> String,
    ) -> Result<Looked, JournalError> {
        let after = match look.from {
            Some(from) => look.after.max(self.first_at(from)?.saturating_sub(1)),
            None => look.after,
        };
        let before = match look.until {
            Some(until) => look.before.unwrap_or(u64::MAX).min(self.first_at(until)?),
            None => look.before.unwrap_or(u64::MAX),
        };
        let (mut looked, mut gone_through) = (
            Looked {
                entries: Vec::new(),
                next: None,
                more: false,
            },
            0,
        );
        let wanted = Wanted {
            after,
            before: if look.is_for_readings() { before } else { 0 },
            newest: look.newest,
            ..Wanted::default()
        };
        let (after, before) = (column(after), column(before));
        let queue = look.queue.as_ref().map(Name::as_str);
        let mut parameters: Vec<(&str, &dyn ToSql)> = vec![(":after", &after), (":before", &before)];
        if queue.is_some() {
            parameters.push((":queue", &queue));
        }
        let scope: Vec<&str> = look.scope.iter().flatten().map(Name::as_str).collect();
        let places: Vec<String> = (0..scope.len()).map(|place| format!(":scope{place}")).collect();
        parameters.extend(
            places
                .iter()
                .zip(&scope)
                .map(|(place, queue)| (place.as_str(), queue as &dyn ToSql)),
        );
        if look.scope.as_ref().is_some_and(BTreeSet::is_empty) {
            return Ok(looked);
        }
        let wants = |entry: &Entry| look.goes_through(entry);
        let went = self.merged(&look.sql(), parameters.as_slice(), wanted, wants, |entry| {
            if looked.entries.len() == limit || gone_through == LIMIT_LOOKED {
                looked.more = true;
                return Err(End::Enough);
            }
            gone_through += 1;
            looked.next = Some(entry.seq);
            if look.wants(&entry, &sentence) {
                looked.entries.push(entry);
            }
            Ok(())
        });
        match went {
            Err(End::Fault(fault)) => Err(fault),
            Ok(()) | Err(End::Enough) => Ok(looked),
        }
    }

    /// The number of the first entry that was handled at `time` or later; beyond all numbers where there is none. Time never goes back
    /// in the log, so that it is found without reading all of it.
    pub(super) fn first_at(&self, time: Time) -> Result<u64, JournalError> {
        let first = self
            .first_in("log", "seq", "at", time)?
            .min(self.first_in("readings", "seq", "at", time)?);
        if self.schema < PACKED {
            return Ok(first);
        }
        // The first block that reaches so far, and in it the first reading.
        let block = self.first_in("packed", "first", "until", time)?;
        if block == u64::MAX {
            return Ok(first);
        }
        let wanted = Wanted {
            after: block.saturating_sub(1),
            since: time.0,
            ..Wanted::default()
        };
        let fault = at(&self.path);
        let mut blocks = Blocks::of(self.table(), wanted).map_err(&fault)?;
        let reading = blocks.peek(self.table()).map_err(&fault)?;
        Ok(first.min(reading.unwrap_or(u64::MAX)))
    }

    fn first_in(&self, table: &str, seq: &str, time_of: &str, time: Time) -> Result<u64, JournalError> {
        let fault = at(&self.path);
        let last: Option<i64> = self
            .connection
            .query_row(&format!("SELECT max({seq}) FROM {table}"), [], |row| row.get(0))
            .map_err(&fault)?;
        let mut rows = self
            .connection
            .prepare(&format!(
                "SELECT {seq}, {time_of} FROM {table} WHERE {seq} >= :seq ORDER BY {seq} LIMIT 1"
            ))
            .map_err(&fault)?;
        let mut first = u64::MAX;
        let (mut low, mut high) = (0, last.unwrap_or(0) + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let found = rows
                .query_row(named_params! { ":seq": middle }, |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                })
                .optional()
                .map_err(&fault)?;
            match found {
                Some((seq, at)) if at < time.0 => low = seq + 1,
                // Numbers in one table have gaps where the other table has them.
                Some((seq, _)) => (first, high) = (seq.unsigned_abs(), middle),
                None => high = middle,
            }
        }
        Ok(first)
    }
}

impl Look {
    fn is_for_readings(&self) -> bool {
        let readings = |kind: &&str| ["reading", "heartbeat"].contains(kind);
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(readings))
    }

    /// Whether a packed reading is one that a select would go through: see [`Look::sql`].
    fn goes_through(&self, entry: &Entry) -> bool {
        let queue = entry.record.queue();
        (self.queue.is_none() || queue == self.queue.as_ref())
            && (self.scope.as_ref()).is_none_or(|scope| queue.is_some_and(|queue| scope.contains(queue)))
            && (self.kinds.as_ref()).is_none_or(|kinds| kinds.contains(&entry.record.kind()))
    }

    fn sql(&self) -> String {
        let mut only = String::from("seq > :after AND seq < :before");
        if self.queue.is_some() {
            only.push_str(" AND queue = :queue");
        }
        if let Some(kinds) = &self.kinds {
            // Words of our own, never what somebody typed.
            let kinds: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
            only.push_str(&format!(" AND kind IN ({})", kinds.join(", ")));
        }
        if self.kinds.as_ref().is_some_and(|kinds| are_seldom(kinds)) {
            only.push_str(&format!(" AND {SELDOM}"));
        }
        let tables = match self.is_for_readings() {
            true => &["log", "readings"][..],
            false => &["log"],
        };
        // A select a queue: each walks its index, and they are merged by number.
        let scopes = match &self.scope {
            None => vec![String::new()],
            Some(scope) if tables.len() * scope.len() <= SELECTS_MAX => (0..scope.len())
                .map(|place| format!(" AND queue = :scope{place}"))
                .collect(),
            Some(scope) => {
                let places: Vec<String> = (0..scope.len()).map(|place| format!(":scope{place}")).collect();
                vec![format!(" AND queue IN ({})", places.join(", "))]
            }
        };
        let selects = tables.iter().flat_map(|table| {
            let only = &only;
            let select = move |scope| format!("SELECT seq, at, body FROM {table} WHERE {only}{scope}");
            scopes.iter().map(select)
        });
        let selects: Vec<String> = selects.collect();
        let order = if self.newest { " DESC" } else { "" };
        format!("{} ORDER BY seq{order}", selects.join(" UNION ALL "))
    }

    fn wants(&self, entry: &Entry, sentence: &impl Fn(&Record) -> String) -> bool {
        self.from.is_none_or(|from| entry.at >= from)
            && self.until.is_none_or(|until| entry.at < until)
            && self.who.as_ref().is_none_or(|who| names(&entry.record, who))
            && self.text.as_ref().is_none_or(|text| {
                let sentence = sentence(&entry.record).to_lowercase();
                sentence.contains(&text.to_lowercase())
            })
    }
}

/// Whether a record is of a person, by staff number or name: they did it, or are among those who were moved.
fn names(record: &Record, who: &str) -> bool {
    let is = |text: &str| text.eq_ignore_ascii_case(who);
    if record.who().is_some_and(|by| is(&by.staff_no) || is(&by.name)) {
        return true;
    }
    let among = |people: &[Name]| people.iter().any(|person| is(person.as_str()));
    let in_parts = |parts: &[Part]| parts.iter().any(|part| among(&part.people));
    let answered = |answer: &Answer| match answer {
        Answer::Done { people, .. } => people.as_deref().is_some_and(among),
        Answer::Left { people, .. } => among(people),
        Answer::Seen { .. } | Answer::Declined { .. } | Answer::Escalate { .. } => false,
    };
    match record {
        Record::Input(Input::Answer { answer, .. }) => answered(answer),
        Record::Decision(decision) => match &decision.what {
            What::Instruct { instruction, .. } => in_parts(&instruction.parts),
            What::Answered { answer, .. } => answered(answer),
            What::BlindLong { out_of_place, .. } => out_of_place.iter().any(|it| in_parts(&it.parts)),
            What::Settled { .. }
            | What::Freed { .. }
            | What::TierSkipped { .. }
            | What::FeedLost { .. }
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
            | What::LadderChanged { .. } => false,
        },
        Record::Input(_) | Record::Fact(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Group;
    use crate::journal::schema::open;
    use std::time::Duration;

    #[test]
    fn what_a_start_looks_for_is_found_by_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder.path().join("surged.db"), Duration::ZERO).unwrap();
        for kinds in [Group::named("handover"), vec!["quieted", "quiet_over"]] {
            let look = Look {
                newest: true,
                kinds: Some(kinds),
                ..Look::default()
            };
            let plan = format!("EXPLAIN QUERY PLAN {}", look.sql());
            let plan: String = connection
                .query_row(&plan, named_params! { ":after": 0, ":before": i64::MAX }, |row| {
                    row.get(3)
                })
                .unwrap();
            assert!(plan.contains("log_seldom"), "{plan}");
        }
    }
}
