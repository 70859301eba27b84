//! Reading ahead: files are read and unpacked on a thread of their own while the core goes through what came before.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;
use std::vec::IntoIter;

/// Handed over at once: few enough to stay in a core's own cache, and enough that handing over costs nothing.
const AT_ONCE: usize = 256;

/// So many times as many are read ahead at most.
const AHEAD: usize = 4;

/// What is read on another thread, in the same order.
pub struct Ahead<T> {
    read: Receiver<Vec<T>>,
    now: IntoIter<T>,
    reader: Option<JoinHandle<()>>,
}

/// Goes through `items` on a thread of its own, a little ahead of whoever takes them, until there are none left or nobody takes them.
/// `weight`: for how many an item counts.
pub fn ahead<T: Send + 'static>(
    items: impl Iterator<Item = T> + Send + 'static,
    weight: impl Fn(&T) -> usize + Send + 'static,
) -> Ahead<T> {
    let (give, read) = sync_channel(AHEAD);
    let reader = std::thread::spawn(move || {
        let mut items = items;
        loop {
            let (mut some, mut weighed) = (Vec::new(), 0);
            while weighed < AT_ONCE
                && let Some(item) = items.next()
            {
                weighed += weight(&item);
                some.push(item);
            }
            if some.is_empty() || give.send(some).is_err() {
                return;
            }
        }
    });
    Ahead {
        read,
        now: Vec::new().into_iter(),
        reader: Some(reader),
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            if let Some(item) = self.now.next() {
                return Some(item);
            }
            let Ok(read) = self.read.recv() else {
                // It has ended; if it broke down, so does whoever needs what it read.
                if let Some(Err(broken)) = self.reader.take().map(JoinHandle::join) {
                    resume_unwind(broken);
                }
                return None;
            };
            self.now = read.into_iter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn all_come_in_their_order() {
        for many in [0, 1, AT_ONCE, 10 * AT_ONCE + 7] {
            assert!(ahead(0..many, |_| 1).eq(0..many));
            assert!(ahead(0..many, |_| AT_ONCE / 3).eq(0..many));
        }
    }

    #[test]
    fn no_more_is_read_than_a_little_ahead_and_nothing_once_nobody_takes_it() {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&read);
        let mut items = ahead(
            (0..).inspect(move |_: &u64| {
                counted.fetch_add(1, Ordering::SeqCst);
            }),
            |_| 1,
        );
        assert_eq!(items.next(), Some(0));
        let reader = items.reader.take();
        drop(items);
        reader.map(JoinHandle::join).unwrap().unwrap();
        // What was taken, what lay ready, and what was about to be handed over.
        assert!(read.load(Ordering::SeqCst) <= (AHEAD + 2) * AT_ONCE);
    }

    #[test]
    #[should_panic(expected = "the file is on fire")]
    fn a_reader_that_breaks_down_is_no_end() {
        ahead(
            (0..1_000).inspect(|it| assert!(*it < 700, "the file is on fire")),
            |_| 1,
        )
        .count();
    }
}
