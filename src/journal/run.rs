//! Readings that follow one another in a duty log, as numbers: whoever goes through millions of them needs no text of any.

use super::form::Form;
use super::pack::Unpacked;
use super::record::{Entry, Record};
use crate::core::{Name, Reading, Time};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Readings one behind the other, with nothing of the log between them; each says no more than its queue and numbers. None of it is copied:
/// it lies where it was unpacked. As an iterator it gives what is left of it as entries.
#[derive(Clone)]
pub struct Run {
    of: Arc<Unpacked>,
    places: Range<usize>,
}

/// A reading of a run.
pub struct Plain<'a> {
    /// When the core handled it.
    pub at: Time,
    /// Its queue ([`Run::queue`]).
    pub queue: usize,
    form: &'a Form,
    values: &'a [i64],
}

impl Run {
    /// All of them are plain.
    pub(super) fn of(unpacked: &Arc<Unpacked>, places: Range<usize>) -> Run {
        let of = Arc::clone(unpacked);
        Run { of, places }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// When the core handled the first.
    pub fn begins(&self) -> Option<Time> {
        self.of.places.get(self.places.start).map(|place| Time(place.at))
    }

    /// Lets those go that come before any from a moment on.
    pub fn skip_to(&mut self, from: Time) {
        let places = &self.of.places[self.places.clone()];
        self.places.start += places.iter().take_while(|place| Time(place.at) < from).count();
    }

    /// Whether both number their queues alike.
    pub fn numbers_as(&self, other: &Run) -> bool {
        Arc::ptr_eq(&self.of, &other.of)
    }

    /// What a queue of a number is called.
    pub fn queue(&self, number: usize) -> Option<&Name> {
        self.of.text(number)
    }

    /// All of them.
    pub fn plain(&self) -> impl Iterator<Item = Plain<'_>> {
        let places = &self.of.places[self.places.clone()];
        places.iter().filter_map(|place| {
            let (form, values, queue) = self.of.plain(place)?;
            let at = Time(place.at);
            Some(Plain {
                at,
                queue,
                form,
                values,
            })
        })
    }
}

impl Plain<'_> {
    /// Writes it over another reading of its queue.
    #[inline]
    pub fn write(&self, over: &mut Reading) {
        self.form.write(self.values, over);
    }
}

impl Iterator for Run {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let place = self.of.places.get(self.places.next()?)?;
        let record = Record::Input(self.of.input(place)?);
        Some(Entry {
            seq: place.seq,
            at: Time(place.at),
            record,
            unlogged: false,
        })
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Run) -> bool {
        self.len() == other.len() && Iterator::eq(self.clone(), other.clone())
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
