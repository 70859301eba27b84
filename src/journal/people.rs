//! Names of people, apart from what they did: entries and snapshots refer to a row of the table `person`, and whoever is
//! forgotten leaves an empty row. The hash chain seals references (`naming.rs`), so that it stays whole.
//!
//! The first chained entry that refers to a person holds a seal of the name: SHA-256 of 16 random bytes and the name. The
//! bytes stand in the person's row. With them `surged log verify` proves that the row was not changed; once they are gone
//! with the name, the seal tells nothing about it, however few staff numbers there are to be tried.

use super::Hash;
use super::apart::set_apart;
use super::naming::{Person, PersonId, replace};
use super::write::column;
use crate::core::{Millis, Time};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// The last time that somebody was named is kept to this, so that a person who is named every second costs no write each.
const NOTED_EVERY: Millis = Millis::from_mins(60);

/// Bytes that make a seal tell nothing by itself.
const SALT_BYTES: u32 = 16;

/// Why somebody was forgotten.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgetting {
    /// An operator asked for it.
    Asked,
    /// They were not named for `keep_log`.
    Unnamed,
}

impl Forgetting {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Forgetting::Asked => "asked",
            Forgetting::Unnamed => "unnamed",
        }
    }

    fn of(text: &str) -> Forgetting {
        match text {
            "unnamed" => Forgetting::Unnamed,
            _ => Forgetting::Asked,
        }
    }
}

impl Person {
    fn seal(&self, id: PersonId, salt: &[u8]) -> Hash {
        let mut digest = Sha256::new();
        digest.update(salt);
        digest.update(id.0.to_be_bytes());
        for text in [Some(&self.staff_no), self.name.as_ref()].into_iter().flatten() {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        Hash(digest.finalize().into())
    }
}

/// Seals by reference, as the body of an entry holds them.
pub(super) type Seals = BTreeMap<String, String>;

/// Whom an entry names.
pub(super) struct Named {
    /// The text with references in their place; `None`: it names nobody.
    pub(super) text: Option<String>,
    /// Those whom no chained entry before it named.
    pub(super) seals: Seals,
}

/// Where somebody is named.
#[derive(Copy, Clone)]
pub(super) struct Place {
    pub(super) seq: u64,
    pub(super) at: Time,
    /// The entry is part of the hash chain, and holds the seals of those named first in it.
    pub(super) chained: bool,
}

/// The table of people as its writer knows it.
#[derive(Default)]
pub(super) struct People {
    known: BTreeMap<Person, Known>,
    forgotten: BTreeSet<PersonId>,
    /// Forgotten, and the log's owner has not been told to say so.
    unsaid: BTreeMap<PersonId, Forgetting>,
    told: BTreeSet<PersonId>,
    last: u64,
    snapshot: u64,
}

#[derive(Clone)]
struct Known {
    id: PersonId,
    salt: [u8; SALT_BYTES as usize],
    sealed: bool,
    last_seq: u64,
    last_at: Time,
}

impl People {
    /// Reads the table.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<People> {
        let mut people = People {
            snapshot: newest_snapshot(connection)?,
            ..People::default()
        };
        let mut statement =
            connection.prepare("SELECT id, staff_no, name, salt, sealed, last_seq, last_at FROM person ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = PersonId(row.get::<_, i64>(0)?.unsigned_abs());
            people.last = id.0;
            let (Some(staff_no), Some(salt)) = (row.get(1)?, row.get(3)?) else {
                people.forgotten.insert(id);
                continue;
            };
            let name = row.get(2)?;
            let known = Known {
                id,
                salt,
                sealed: row.get(4)?,
                last_seq: row.get::<_, i64>(5)?.unsigned_abs(),
                last_at: Time(row.get(6)?),
            };
            people.known.insert(Person { staff_no, name }, known);
        }
        people.notice(connection)?;
        Ok(people)
    }

    /// Reads the table anew; what its owner has been told stays told.
    pub(super) fn read_anew(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut people = People::load(connection)?;
        people.unsaid.retain(|id, _| !self.told.contains(id));
        people.told = std::mem::take(&mut self.told);
        *self = people;
        Ok(())
    }

    /// Learns whom somebody else has had forgotten.
    pub(super) fn notice(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement =
            connection.prepare_cached("SELECT id, forgotten FROM person WHERE forgotten IS NOT NULL AND said = 0")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = PersonId(row.get::<_, i64>(0)?.unsigned_abs());
            self.forgotten.insert(id);
            if !self.told.contains(&id) {
                self.unsaid.insert(id, Forgetting::of(row.get_ref(1)?.as_str()?));
            }
        }
        // Whoever acts with a token is somebody from here on: the log must tell who did what. A name of the plan that the running
        // core may hold stays who it was, or the core that comes back would take it for two people.
        let forgotten = &self.forgotten;
        self.known
            .retain(|person, known| person.name.is_none() || !forgotten.contains(&known.id));
        Ok(())
    }

    /// Takes out whom the writer itself has had forgotten.
    pub(super) fn forget(&mut self, ids: &BTreeSet<PersonId>, why: Forgetting) {
        self.known.retain(|_, known| !ids.contains(&known.id));
        self.forgotten.extend(ids);
        self.unsaid.extend(ids.iter().map(|id| (*id, why)));
    }

    /// Who was forgotten and is not said to be; each told once.
    pub(super) fn take_unsaid(&mut self) -> BTreeMap<PersonId, Forgetting> {
        self.told.extend(self.unsaid.keys());
        std::mem::take(&mut self.unsaid)
    }

    /// Who would be named anew. Becomes part of the table with [`People::keep`], after the commit.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            changed: BTreeMap::new(),
            last: self.last,
            snapshot: self.snapshot,
        }
    }

    /// Takes in what was committed.
    pub(super) fn keep(&mut self, draft: Draft) {
        self.known.extend(draft.changed);
        self.last = draft.last;
        self.snapshot = draft.snapshot;
    }
}

/// People who are named in a transaction that may yet fail.
#[derive(Clone)]
pub(super) struct Draft {
    changed: BTreeMap<Person, Known>,
    last: u64,
    /// The newest snapshot: whoever is named after it may be in the core's state.
    pub(super) snapshot: u64,
}

impl Draft {
    /// Puts references in place of all names in the JSON of an entry.
    pub(super) fn set_apart(
        &mut self,
        people: &People,
        connection: &Connection,
        json: &str,
        place: Place,
    ) -> rusqlite::Result<Named> {
        let mut seals = Seals::new();
        let text = set_apart(json, &mut |person| -> rusqlite::Result<_> {
            let mut known = self.refer(people, connection, &person, place)?;
            let id = known.id;
            if place.chained && !known.sealed {
                known.sealed = true;
                let seal = person.seal(id, &known.salt).to_string();
                seals.insert(id.reference(), seal);
                self.changed.insert(person, known);
            }
            Ok(id)
        })?;
        Ok(Named { text, seals })
    }

    /// Writes down whom the transaction names.
    pub(super) fn store(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        for (Person { staff_no, name }, known) in &self.changed {
            // A row that was emptied meanwhile stays empty.
            transaction
                .prepare_cached(
                    "INSERT INTO person (id, staff_no, name, salt, sealed, last_seq, last_at, said)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
                     ON CONFLICT (id) DO UPDATE SET sealed = ?5, last_seq = ?6, last_at = ?7",
                )?
                .execute((
                    column(known.id.0),
                    staff_no,
                    name,
                    known.salt,
                    known.sealed,
                    column(known.last_seq),
                    known.last_at.0,
                ))?;
        }
        Ok(())
    }

    fn refer(
        &mut self,
        people: &People,
        connection: &Connection,
        person: &Person,
        Place { seq, at, .. }: Place,
    ) -> rusqlite::Result<Known> {
        if let Some(known) = self.changed.get(person).or_else(|| people.known.get(person)) {
            let mut known = known.clone();
            let first_since = known.last_seq <= self.snapshot && self.snapshot < seq;
            if first_since || (at - known.last_at) >= NOTED_EVERY {
                known.last_seq = known.last_seq.max(seq);
                known.last_at = known.last_at.max(at);
                self.changed.insert(person.clone(), known.clone());
            }
            return Ok(known);
        }
        let mut known = Known {
            id: PersonId(self.last + 1),
            salt: [0; SALT_BYTES as usize],
            sealed: true,
            last_seq: seq,
            last_at: at,
        };
        // Somebody forgotten whom the core still knows by what stands for the name.
        if let Some(id) = PersonId::of_forgotten(&person.staff_no).filter(|id| people.forgotten.contains(id)) {
            return Ok(Known { id, ..known });
        }
        self.last += 1;
        known.sealed = false;
        // SQLite's generator is seeded by the system's.
        known.salt = connection
            .prepare_cached("SELECT randomblob(?1)")?
            .query_row([SALT_BYTES], |row| row.get(0))?;
        self.changed.insert(person.clone(), known.clone());
        Ok(known)
    }
}

/// The table of people as a reader knows it: `None` for whoever is forgotten.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<PersonId, Option<Person>>);

impl Names {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Names> {
        let mut names = BTreeMap::new();
        let mut statement = connection.prepare_cached("SELECT id, staff_no, name FROM person")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = PersonId(row.get::<_, i64>(0)?.unsigned_abs());
            let staff_no: Option<String> = row.get(1)?;
            let name = row.get(2)?;
            names.insert(id, staff_no.map(|staff_no| Person { staff_no, name }));
        }
        Ok(Names(names))
    }

    /// Puts names back in place of references.
    pub(super) fn put_back(&self, value: &mut Value) {
        let _: Result<(), Infallible> = replace(value, &mut |person| {
            let Some(id) = PersonId::of_reference(&person.staff_no) else {
                return Ok(None);
            };
            let known = self.0.get(&id).and_then(Option::as_ref);
            Ok(Some(match known {
                Some(known) => known.clone(),
                None => Person {
                    staff_no: id.forgotten(),
                    name: Some(id.forgotten()),
                },
            }))
        });
    }
}

/// What the chain says of people's names, compared in the end with the table.
#[derive(Default)]
pub(super) struct Sealed {
    seals: BTreeMap<PersonId, (u64, String)>,
    forgotten: BTreeSet<PersonId>,
}

impl Sealed {
    /// Takes in what an entry seals.
    pub(super) fn note(&mut self, seq: u64, seals: Seals) {
        for (reference, seal) in seals {
            if let Some(id) = PersonId::of_reference(&reference) {
                self.seals.entry(id).or_insert((seq, seal));
            }
        }
    }

    /// Takes in whom an entry says to be forgotten.
    pub(super) fn forget(&mut self, ids: impl IntoIterator<Item = PersonId>) {
        self.forgotten.extend(ids);
    }

    /// The first person whose name is not the one that was sealed, and the entry that sealed it.
    pub(super) fn differs(&self, connection: &Connection) -> rusqlite::Result<Option<(PersonId, u64)>> {
        let mut statement = connection
            .prepare("SELECT staff_no, name, salt, forgotten IS NOT NULL AND said = 0 FROM person WHERE id = ?1")?;
        for (id, (seq, seal)) in &self.seals {
            let mut rows = statement.query([column(id.0)])?;
            let same = match rows.next()? {
                None => false,
                Some(row) => match (row.get(0)?, row.get::<_, Option<Vec<u8>>>(2)?) {
                    (Some(staff_no), Some(salt)) => {
                        let name = row.get(1)?;
                        Person { staff_no, name }.seal(*id, &salt).to_string() == *seal
                    }
                    // Emptied: an entry says so, or is about to.
                    _ => self.forgotten.contains(id) || row.get(3)?,
                },
            };
            if !same {
                return Ok(Some((*id, *seq)));
            }
        }
        Ok(None)
    }
}

/// The newest snapshot's number; 0: there is none.
fn newest_snapshot(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT ifnull(max(seq), 0) FROM snapshots", [], |row| {
        row.get(0).map(i64::unsigned_abs)
    })
}
