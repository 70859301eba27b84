//! Erlang A: how many callers are present, as a birth-death chain.

/// Steps of the scaled chain end where a state is this much less likely than the likeliest.
const NEGLIGIBLE: f64 = 1e-290;
/// A sum ends where its next term is this share of it.
const ROUNDING: f64 = 1e-18;

/// The stationary distribution of the number of callers present, summed outwards from its mode, which counts as 1.
pub(super) struct Chain {
    /// Weight of the states in which somebody is free.
    pub(super) free: f64,
    /// The same, times those on calls.
    pub(super) busy: f64,
    /// Weight of the states in which nobody is free.
    pub(super) full: f64,
    /// Weight of those in which somebody waits.
    pub(super) queued: f64,
    /// The same, times those waiting.
    pub(super) queue: f64,
}

impl Chain {
    /// `ratio`: patience over handling time.
    pub(super) fn of(seats: f64, load: f64, ratio: f64) -> Chain {
        // How fast callers leave, counted in handling times: by a call's end or by giving up.
        let leaving = |present: f64| {
            if present <= seats {
                present
            } else {
                seats + (present - seats) / ratio
            }
        };
        let mode = if load < seats {
            load.floor()
        } else {
            seats + ((load - seats) * ratio).floor()
        };
        let mut chain = Chain {
            free: 0.0,
            busy: 0.0,
            full: 0.0,
            queued: 0.0,
            queue: 0.0,
        };
        chain.add(seats, mode, 1.0);
        let (mut present, mut weight) = (mode, 1.0);
        loop {
            present += 1.0;
            weight *= load / leaving(present);
            chain.add(seats, present, weight);
            let summed = present > seats && weight * (present - seats) <= ROUNDING * chain.queue;
            if summed || weight < NEGLIGIBLE {
                break;
            }
        }
        (present, weight) = (mode, 1.0);
        while present > 0.0 {
            weight *= leaving(present) / load;
            present -= 1.0;
            chain.add(seats, present, weight);
            let summed = present < seats && weight * present.max(1.0) <= ROUNDING * chain.busy.min(chain.free);
            if summed || weight < NEGLIGIBLE {
                break;
            }
        }
        chain
    }

    fn add(&mut self, seats: f64, present: f64, weight: f64) {
        if present < seats {
            self.free += weight;
            self.busy += weight * present;
        } else {
            self.full += weight;
            if present > seats {
                self.queued += weight;
                self.queue += weight * (present - seats);
            }
        }
    }

    pub(super) fn total(&self) -> f64 {
        self.free + self.full
    }
}
