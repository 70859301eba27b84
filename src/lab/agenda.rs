//! What is planned, in the order of time; of one moment, in the order in which it was planned.
//!
//! ```text
//!  pages, a second each  │ ▒ │   │ ▒ │ ▒ │   │ ▒ │   │   later
//!               taken last ▲     what comes soon ──►     a tree
//! ```
//!
//! Nearly all that is planned comes within minutes: a page is found at once, and few stand on it. A heap of as many would ask the way at
//! every level, and half of the time nobody could have guessed it.

use crate::core::Time;
use std::collections::BTreeMap;

/// A page has the milliseconds that differ in so many bits: a second or so.
const PAGE_BITS: u32 = 10;
/// Pages at hand: a quarter of an hour and more.
const PAGES: usize = 1_024;
/// Pages of which a word tells whether anything stands on them.
const OF_A_WORD: usize = u64::BITS as usize;
/// No entry.
const NONE: u32 = u32::MAX;

/// What is planned.
pub(super) struct Agenda<T> {
    /// Those of the pages, and room that became free.
    entries: Vec<Entry<T>>,
    /// The first entry with room; each tells the next.
    free: u32,
    /// The first entry of each page, counted round.
    first: Vec<u32>,
    /// Whether there is one, a bit a page.
    used: [u64; PAGES / OF_A_WORD],
    /// The page of what was taken last. What is planned for earlier stands on it too, in the order of time.
    page: i64,
    /// What lies beyond the pages, by its moment and the number of its planning.
    later: BTreeMap<(Time, u64), T>,
    count: u64,
    /// When something is due next, and its page.
    next_at: Time,
    next_page: i64,
}

#[derive(Copy, Clone)]
struct Entry<T> {
    at: Time,
    what: T,
    /// The next on its page, no earlier; or the next with room.
    next: u32,
}

impl<T: Copy> Agenda<T> {
    /// Nothing is planned; the first is due some time after a beginning.
    pub(super) fn new(beginning: Time) -> Agenda<T> {
        Agenda {
            entries: Vec::new(),
            free: NONE,
            first: vec![NONE; PAGES],
            used: [0; PAGES / OF_A_WORD],
            page: page_of(beginning),
            later: BTreeMap::new(),
            count: 0,
            next_at: Time::NEVER,
            next_page: page_of(beginning),
        }
    }

    /// Plans something.
    pub(super) fn plan(&mut self, at: Time, what: T) {
        let page = page_of(at).max(self.page);
        if at < self.next_at {
            (self.next_at, self.next_page) = (at, page);
        }
        if self.is_at_hand(page) {
            self.write(page, at, what);
        } else {
            self.count += 1;
            self.later.insert((at, self.count), what);
        }
    }

    /// When something is due next; [`Time::NEVER`] where nothing is planned.
    pub(super) fn next_at(&self) -> Time {
        self.next_at
    }

    /// Takes what is due next.
    pub(super) fn pop(&mut self) -> Option<(Time, T)> {
        self.turn_to(self.next_page);
        let place = self.first[slot(self.page)];
        let entry = self.entries.get_mut(place as usize)?;
        let Entry { at, what, next } = *entry;
        entry.next = std::mem::replace(&mut self.free, place);
        self.head(self.page, next);
        (self.next_at, self.next_page) = match self.next_used() {
            Some(page) => (self.entries[self.first[slot(page)] as usize].at, page),
            None => self.later_at().map_or((Time::NEVER, self.page), |at| (at, page_of(at))),
        };
        Some((at, what))
    }

    fn is_at_hand(&self, page: i64) -> bool {
        page - self.page < PAGES as i64
    }

    /// When the first is due of what lies beyond the pages.
    fn later_at(&self) -> Option<Time> {
        self.later.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first page at hand on which anything stands.
    fn next_used(&self) -> Option<i64> {
        let (word, bit) = (slot(self.page) / OF_A_WORD, slot(self.page) % OF_A_WORD);
        let ahead = self.used[word] >> bit;
        if ahead != 0 {
            return Some(self.page + i64::from(ahead.trailing_zeros()));
        }
        // The last word looked at is the first one again, with what stands before the page: that is furthest ahead.
        (1..=self.used.len()).find_map(|words| {
            let used = self.used[(word + words) % self.used.len()];
            let ahead = (words * OF_A_WORD - bit) as i64 + i64::from(used.trailing_zeros());
            (used != 0).then_some(self.page + ahead)
        })
    }

    /// Goes on to a page: what lay beyond the pages may come to lie on one. It comes before all that is planned from now on.
    fn turn_to(&mut self, page: i64) {
        if page == self.page {
            return;
        }
        self.page = page;
        while !self.later.is_empty()
            && self.later_at().is_some_and(|at| self.is_at_hand(page_of(at)))
            && let Some(((at, _), what)) = self.later.pop_first()
        {
            self.write(page_of(at), at, what);
        }
    }

    /// Writes an entry behind all of its page that are no later.
    fn write(&mut self, page: i64, at: Time, what: T) {
        let (mut before, mut next) = (NONE, self.first[slot(page)]);
        while let Some(entry) = self.entries.get(next as usize)
            && entry.at <= at
        {
            (before, next) = (next, entry.next);
        }
        let entry = Entry { at, what, next };
        let place = self.free;
        let place = match self.entries.get_mut(place as usize) {
            Some(room) => {
                self.free = room.next;
                *room = entry;
                place
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        };
        match self.entries.get_mut(before as usize) {
            Some(before) => before.next = place,
            None => self.head(page, place),
        }
    }

    /// An entry stands first on a page, or [`NONE`].
    fn head(&mut self, page: i64, place: u32) {
        let slot = slot(page);
        self.first[slot] = place;
        let (word, bit) = (&mut self.used[slot / OF_A_WORD], 1 << (slot % OF_A_WORD));
        if place == NONE {
            *word &= !bit;
        } else {
            *word |= bit;
        }
    }
}

fn page_of(at: Time) -> i64 {
    at.0 >> PAGE_BITS
}

fn slot(page: i64) -> usize {
    page as usize % PAGES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Moments close together, some pages apart, and beyond all pages, before 1970 and after.
    fn moment() -> impl Strategy<Value = i64> {
        let page = 1i64 << PAGE_BITS;
        let all = page * PAGES as i64;
        prop_oneof![
            -3i64..3,
            -3 * page..3 * page,
            all - 3..all + 3,
            -all..all,
            -9 * all..9 * all
        ]
    }

    /// Plans what is `Some` so long after what was taken last, and takes where there is `None`.
    fn steps() -> impl Strategy<Value = Vec<Option<i64>>> {
        prop::collection::vec(prop::option::weighted(0.6, moment()), 0..200)
    }

    proptest! {
        #[test]
        fn the_earliest_comes_first_and_of_one_moment_what_was_planned_first(beginning in moment(), steps in steps()) {
            let mut agenda = Agenda::new(Time(beginning));
            let mut planned: Vec<(i64, usize)> = Vec::new();
            let mut now = beginning;
            for (number, step) in steps.into_iter().chain(std::iter::repeat_n(None, 200)).enumerate() {
                match step {
                    Some(after) => {
                        agenda.plan(Time(now + after), number);
                        planned.push((now + after, number));
                    }
                    None => {
                        planned.sort_unstable();
                        let first = (!planned.is_empty()).then(|| planned.remove(0));
                        now = first.map_or(now, |(at, _)| at);
                        prop_assert_eq!(agenda.pop(), first.map(|(at, number)| (Time(at), number)));
                    }
                }
                let next = planned.iter().map(|(at, _)| *at).min();
                prop_assert_eq!(agenda.next_at(), next.map_or(Time::NEVER, Time));
            }
            prop_assert!(planned.is_empty());
        }
    }
}
