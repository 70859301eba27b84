//! The exact chain of a ladder with one tier: what a plan brings an hour in the long run, by linear algebra and without any chance.
//!
//! A state is how many callers there are, what became of the tier, and how many of its people are on a call:
//!
//! ```text
//!   off ──more than the threshold waiting──► asked ──all come, after `settling`──► in
//!    ▲                                         │                                   │
//!    └────────────── nobody waits ─────────────┴───────────────────────────────────┘   who is on a call ends it first
//! ```
//!
//! Own people take calls first; people of the tier are free to be asked again at once, also while their last call lasts.

/// A floor and its tier. Times in seconds.
#[derive(Copy, Clone, Debug)]
pub struct Chain {
    pub erlangs: f64,
    pub seats: usize,
    pub handling: f64,
    pub patience: f64,
    pub settling: f64,
    /// Asked at more than so many waiting.
    pub above: usize,
    /// How many are asked.
    pub size: usize,
}

/// What it brings.
#[derive(Copy, Clone, Debug, Default)]
pub struct Brought {
    pub mean_waiting: f64,
    pub abandoned_share: f64,
    pub above_5_share: f64,
    pub above_10_share: f64,
    pub moved_share: f64,
    pub asks_an_hour: f64,
    pub lost_an_hour: f64,
}

/// So many waiting that more hardly ever are.
const WAITING_MAX: usize = 120;

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Tier {
    Off,
    Asked,
    In,
}

/// Callers at the queue's own people and waiting; the tier; how many of its people are on a call.
type State = (usize, Tier, usize);

impl Chain {
    fn waiting(&self, state: State) -> usize {
        state.0.saturating_sub(self.seats)
    }

    /// In the order of callers, so that transitions lead to near states.
    fn states(&self) -> Vec<State> {
        let mut states = Vec::new();
        for callers in 0..=self.seats + WAITING_MAX {
            let waiting = callers.saturating_sub(self.seats);
            if waiting <= self.above {
                states.extend((0..=self.size).map(|busy| (callers, Tier::Off, busy)));
            }
            if waiting > 0 {
                states.extend((0..=self.size).map(|busy| (callers, Tier::Asked, busy)));
                states.push((callers, Tier::In, self.size));
            }
        }
        states
    }

    /// Where a state leads once its number of callers has changed.
    fn settled(&self, (callers, tier, busy): State) -> State {
        let waiting = callers.saturating_sub(self.seats);
        let tier = match tier {
            Tier::Off if waiting > self.above => Tier::Asked,
            Tier::Asked | Tier::In if waiting == 0 => Tier::Off,
            other => other,
        };
        (callers, tier, busy)
    }

    /// Where it leads and how often a second.
    fn leads(&self, state: State) -> Vec<(State, f64)> {
        let (callers, tier, busy) = state;
        let (waiting, own_busy) = (self.waiting(state), callers.min(self.seats));
        let each = 1.0 / self.handling;
        let mut leads = Vec::new();
        if waiting < WAITING_MAX {
            leads.push((self.settled((callers + 1, tier, busy)), self.erlangs * each));
        }
        // Somebody of the own people ends a call, or a caller gives up.
        let away = own_busy as f64 * each + waiting as f64 / self.patience;
        if callers > 0 {
            leads.push((self.settled((callers - 1, tier, busy)), away));
        }
        if busy > 0 {
            let next = match tier {
                // The next caller comes from the queue.
                Tier::In => self.settled((callers - 1, tier, busy)),
                Tier::Off | Tier::Asked => (callers, tier, busy - 1),
            };
            leads.push((next, busy as f64 * each));
        }
        if tier == Tier::Asked {
            let taken = (self.size - busy).min(waiting);
            leads.push((
                self.settled((callers - taken, Tier::In, busy + taken)),
                1.0 / self.settling,
            ));
        }
        leads
    }

    /// How long it is in each state, by elimination without a subtraction (Grassmann, Taksar, Heyman).
    fn stationary(&self, states: &[State]) -> Vec<f64> {
        let count = states.len();
        let place = |state: State| states.binary_search(&state).expect("a state leads to a state");
        let mut rates = vec![vec![0.0; count]; count];
        for (from, state) in states.iter().enumerate() {
            for (to, rate) in self.leads(*state) {
                let to = place(to);
                if to != from {
                    rates[from][to] += rate;
                }
            }
        }
        // Callers are one more at most, and at most the tier's people fewer: all else is nothing and is passed over.
        let level = 2 * self.size + 3;
        let (above, below) = (2 * level, (self.size + 2) * level);
        let mut out = vec![0.0; count];
        for last in (1..count).rev() {
            let near = last.saturating_sub(below)..last;
            let to: Vec<(usize, f64)> = near
                .map(|to| (to, rates[last][to]))
                .filter(|(_, rate)| *rate > 0.0)
                .collect();
            out[last] = to.iter().map(|(_, rate)| rate).sum();
            for row in &mut rates[last.saturating_sub(above)..last] {
                let into = row[last];
                if into > 0.0 {
                    for (to, rate) in &to {
                        row[*to] += into * rate / out[last];
                    }
                }
            }
        }
        let mut shares = vec![0.0; count];
        shares[0] = 1.0;
        for state in 1..count {
            let near = state.saturating_sub(above)..state;
            let into: f64 = near.map(|from| shares[from] * rates[from][state]).sum();
            shares[state] = into / out[state];
        }
        let all: f64 = shares.iter().sum();
        shares.iter().map(|share| share / all).collect()
    }

    /// What it brings in the long run.
    pub fn brought(&self) -> Brought {
        let states = self.states();
        let shares = self.stationary(&states);
        let mut brought = Brought::default();
        for (state, share) in states.iter().zip(shares) {
            let waiting = self.waiting(*state);
            brought.mean_waiting += share * waiting as f64;
            brought.above_5_share += if waiting > 5 { share } else { 0.0 };
            brought.above_10_share += if waiting > 10 { share } else { 0.0 };
            brought.moved_share += if state.1 == Tier::In { share } else { 0.0 };
            if state.1 == Tier::Off {
                let asks = self.leads(*state).into_iter().filter(|(to, _)| to.1 == Tier::Asked);
                brought.asks_an_hour += share * 3600.0 * asks.map(|(_, rate)| rate).sum::<f64>();
            }
        }
        brought.lost_an_hour = 3600.0 * brought.mean_waiting / self.patience;
        brought.abandoned_share = brought.mean_waiting / self.patience / (self.erlangs / self.handling);
        brought
    }
}
