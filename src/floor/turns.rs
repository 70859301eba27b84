//! Sessions take turns at the news: so many at a time, first come first served.
//!
//! ```text
//!          news                    a place is free               begin
//!  waiting ────► due, in a queue ──────────────────► under way ───────► at work ──► waits again
//!     ▲                                                                    │
//!     └────────────────────────────────────────────────────────────────────┘
//! ```
//! Were all of thousands woken at once, whoever asks something, and the daemon itself, would stand in the runtime's queue behind the last
//! of them; and what they had to tell would go out in another round. So few are under way, each wakes the next, and whoever is due longer
//! finds more to write at once. To say that there is news costs the same whether ten sessions wait or ten thousand, but for a list.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// So many are under way at a time: enough for all of a machine's threads.
const UNDER_WAY: usize = 16;

/// The sessions' turns.
#[derive(Default)]
pub(super) struct Turns(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Rises with all news.
    version: u64,
    places: Vec<Place>,
    free: Vec<usize>,
    waiting: Vec<usize>,
    due: VecDeque<usize>,
    under_way: usize,
}

/// Of one session.
#[derive(Default)]
struct Place {
    /// The version that it has seen.
    seen: u64,
    /// It waits.
    waker: Option<Waker>,
    /// It is under way.
    has_turn: bool,
    /// In which list it stands. It may have gone on to something else meanwhile, and is passed over then.
    list: Option<List>,
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum List {
    Waiting,
    Due,
}

impl Turns {
    /// There may be something for every session.
    pub fn news(&self) {
        let mut inner = self.inner();
        inner.version += 1;
        let waiting = std::mem::take(&mut inner.waiting);
        for place in &waiting {
            inner.places[*place].list = Some(List::Due);
        }
        inner.due.extend(&waiting);
        // Its room is kept.
        inner.waiting = waiting;
        inner.waiting.clear();
        inner.go_on();
    }

    /// Takes a session in. What there is already is no news to it.
    pub fn join(self: &Arc<Self>) -> Sitting {
        let mut inner = self.inner();
        let place = inner.free.pop().unwrap_or_else(|| {
            inner.places.push(Place::default());
            inner.places.len() - 1
        });
        inner.places[place].seen = inner.version;
        Sitting {
            turns: Arc::clone(self),
            place,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn over(&self) {
        let mut inner = self.inner();
        inner.under_way -= 1;
        inner.go_on();
    }
}

impl Inner {
    /// Gives free turns to those who are due.
    fn go_on(&mut self) {
        while self.under_way < UNDER_WAY {
            let Some(number) = self.due.pop_front() else { return };
            let place = &mut self.places[number];
            place.list = None;
            match &place.waker {
                Some(waker) if place.seen < self.version => {
                    place.has_turn = true;
                    waker.wake_by_ref();
                    self.under_way += 1;
                }
                // It has seen all there is, and waits for more.
                Some(_) => self.wait(number),
                None => {}
            }
        }
    }

    fn wait(&mut self, number: usize) {
        self.places[number].list = Some(List::Waiting);
        self.waiting.push(number);
    }
}

/// A session's place among the others.
pub(super) struct Sitting {
    turns: Arc<Turns>,
    place: usize,
}

impl Sitting {
    /// To be called before the session looks what there is: from here on anything is news to it again. What it holds afterwards is its
    /// turn, if it had one, to be let go as soon as it has written.
    pub fn begin(&mut self) -> Option<Turn> {
        let mut inner = self.turns.inner();
        let version = inner.version;
        let place = &mut inner.places[self.place];
        place.seen = version;
        place.waker = None;
        std::mem::take(&mut place.has_turn).then(|| Turn(Arc::clone(&self.turns)))
    }

    /// Waits until there is news and it is this session's turn. Losing the future loses nothing.
    pub async fn news(&mut self) {
        poll_fn(|context| {
            let mut inner = self.turns.inner();
            let version = inner.version;
            // Whoever is due stands in the queue only where no turn is free.
            let free = inner.under_way < UNDER_WAY;
            let place = &mut inner.places[self.place];
            if place.has_turn {
                return Poll::Ready(());
            }
            if place.seen != version && free {
                place.has_turn = true;
                inner.under_way += 1;
                return Poll::Ready(());
            }
            match &mut place.waker {
                Some(waker) => waker.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            }
            match (place.list, place.seen == version) {
                (Some(_), _) => {}
                (None, true) => inner.wait(self.place),
                (None, false) => {
                    place.list = Some(List::Due);
                    inner.due.push_back(self.place);
                }
            }
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Sitting {
    fn drop(&mut self) {
        drop(self.begin());
        self.turns.inner().free.push(self.place);
    }
}

/// A session is under way; the next is, once this is dropped.
pub(super) struct Turn(Arc<Turns>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.over();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use proptest::prelude::*;

    fn is_woken(sitting: &mut Sitting) -> bool {
        sitting.news().now_or_never().is_some()
    }

    #[test]
    fn news_of_before_its_time_is_none_and_what_comes_is_told_once() {
        let turns = Arc::new(Turns::default());
        turns.news();
        let mut sitting = turns.join();
        assert!(!is_woken(&mut sitting));
        turns.news();
        turns.news();
        assert!(is_woken(&mut sitting));
        assert!(sitting.begin().is_some());
        assert!(!is_woken(&mut sitting));
    }

    #[test]
    fn what_comes_while_a_session_is_at_work_is_news_to_it() {
        let turns = Arc::new(Turns::default());
        let mut sitting = turns.join();
        assert!(sitting.begin().is_none());
        turns.news();
        assert!(is_woken(&mut sitting));
    }

    #[test]
    fn so_many_at_a_time_and_each_lets_the_next_go() {
        let turns = Arc::new(Turns::default());
        let mut all: Vec<Sitting> = (0..UNDER_WAY + 3).map(|_| turns.join()).collect();
        all.iter_mut().for_each(|it| assert!(!is_woken(it)));
        turns.news();
        let woken: Vec<bool> = all.iter_mut().map(is_woken).collect();
        assert_eq!(woken.iter().filter(|it| **it).count(), UNDER_WAY);
        assert!(!woken[UNDER_WAY], "the first to wait is the first to go");

        // One is done, one is gone.
        drop(all[0].begin());
        drop(all.remove(1));
        let woken = all.iter_mut().map(is_woken).filter(|it| *it).count();
        assert_eq!(woken, UNDER_WAY);
    }

    #[derive(Clone, Debug)]
    enum Step {
        News,
        Join,
        Leave(usize),
        Wait(usize),
        Work(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let one = prop_oneof![
            2 => Just(Step::News),
            2 => Just(Step::Join),
            1 => any::<usize>().prop_map(Step::Leave),
            6 => any::<usize>().prop_map(Step::Wait),
            4 => any::<usize>().prop_map(Step::Work),
        ];
        proptest::collection::vec(one, 0..400)
    }

    proptest! {
        #[test]
        fn whoever_waits_hears_of_all_news_whatever_the_others_do(steps in steps()) {
            let turns = Arc::new(Turns::default());
            let mut all: Vec<Sitting> = Vec::new();
            for step in steps {
                match step {
                    Step::News => turns.news(),
                    Step::Join => all.push(turns.join()),
                    _ if all.is_empty() => {}
                    Step::Leave(one) => drop(all.swap_remove(one % all.len())),
                    Step::Wait(one) => { let one = one % all.len(); is_woken(&mut all[one]); }
                    Step::Work(one) => { let one = one % all.len(); drop(all[one].begin()); }
                }
                prop_assert!(turns.inner().under_way <= UNDER_WAY);
            }
            // From here on everybody only does what a session does: waits, and works when its turn comes.
            turns.news();
            let version = turns.inner().version;
            for _ in 0..all.len() + 2 {
                for one in &mut all {
                    if is_woken(one) {
                        drop(one.begin());
                    }
                }
            }
            let inner = turns.inner();
            prop_assert_eq!(inner.under_way, 0);
            for one in &all {
                prop_assert_eq!(inner.places[one.place].seen, version);
            }
            prop_assert!(inner.waiting.len() + inner.due.len() <= inner.places.len());
        }
    }
}
