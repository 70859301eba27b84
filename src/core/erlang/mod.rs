//! Seats and waits of one queue in steady state: Erlang B, C and A.
//!
//! Callers arrive at random (Poisson), calls last an exponential time, people answer first come first served. Erlang B
//! lets nobody wait, Erlang C lets everybody wait for ever, Erlang A (M/M/n+M) gives each caller an exponential patience.
//! It is the one that has an answer where the load is above the seats, which is when overtime is computed.
//!
//! Source: A. Mandelbaum, S. Zeltyn, "Service engineering in action: the Palm/Erlang-A queue, with applications to call
//! centers" (2007). Their integrals are not computed as they stand: they overflow, or cancel where a result is small. Here
//! all sums and integrals have terms of one sign and are scaled to the largest, so that results keep their relative
//! precision. Arithmetic is IEEE double and the portable `libm` only: the same bits on every machine.

mod chain;
mod offered_wait;

use super::Millis;
use super::ladder::Target;
use chain::Chain;
use offered_wait::OfferedWait;
use std::fmt;

/// The greatest load that is computed, in erlangs (calls an hour times handling time in hours).
pub const MAX_LOAD: f64 = 100_000.0;
/// The greatest number of seats that is computed or searched.
pub const MAX_SEATS: u32 = 200_000;
/// The longest handling time and patience that are computed. Who waits longer than a day waits for ever: leave patience out.
pub const MAX_SPAN: Millis = Millis::from_mins(24 * 60);

/// Share of calls lost with `seats` people at `load` erlangs where nobody can wait, by the recurrence.
pub fn erlang_b(seats: u32, load: f64) -> f64 {
    if load <= 0.0 {
        return if seats == 0 { 1.0 } else { 0.0 };
    }
    // On the inverse the recurrence is 1 + n/a · I(n-1): nothing is subtracted, and infinity is a loss of zero.
    let mut inverse = 1.0;
    for n in 1..=seats {
        inverse = 1.0 + f64::from(n) / load * inverse;
    }
    1.0 / inverse
}

/// Share of callers who must wait with `seats` people at `load` erlangs where everybody waits for ever.
/// 1 where the load is not below the seats: then the queue grows without end.
pub fn erlang_c(seats: u32, load: f64) -> f64 {
    if load <= 0.0 {
        return 0.0;
    }
    waiting_by_loss(f64::from(seats), load, erlang_b(seats, load))
}

/// Erlang C from Erlang B.
fn waiting_by_loss(seats: f64, load: f64, lost: f64) -> f64 {
    if seats <= load {
        return 1.0;
    }
    seats * lost / ((seats - load) + load * lost)
}

/// The callers of one queue, checked.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Traffic {
    /// Erlangs.
    load: f64,
    /// Mean handling time, seconds.
    handle_s: f64,
    /// Mean patience, seconds; `None`: nobody gives up.
    patience_s: Option<f64>,
}

/// What a number of seats gives.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Measures {
    /// Share of all callers who find nobody free.
    pub waits: f64,
    /// Share of all callers who give up.
    pub abandoned: f64,
    /// Share of all callers who are answered within the target's time; who gives up sooner is not.
    pub answered_within: f64,
    /// Mean time in the queue of all callers, who gives up and who is answered at once included, in seconds.
    /// Infinite where nobody gives up and the load is not below the seats.
    pub expected_wait_s: f64,
    /// Share of their time that people are on calls.
    pub occupancy: f64,
}

/// The fewest seats that meet a target, and what they give.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Seats {
    /// People on the phones.
    pub seats: u32,
    /// What they give.
    pub measures: Measures,
}

/// The fewest seats with which at least `target.answered` of all callers are answered within `target.within`.
/// Erlang A; without `patience` Erlang C.
pub fn seats_required(
    arrivals_per_hour: f64,
    handle: Millis,
    patience: Option<Millis>,
    target: Target,
) -> Result<Seats, NoSeats> {
    let traffic = Traffic::new(arrivals_per_hour, handle, patience)?;
    if !(target.answered > 0.0 && target.answered < 1.0) {
        return Err(NoSeats::Target(target.answered));
    }
    let seats = match traffic.patience_s {
        None => traffic.fewest_without_patience(target),
        Some(_) => traffic.fewest_with_patience(target),
    };
    let seats = seats.ok_or(NoSeats::Load { load: traffic.load })?;
    Ok(Seats {
        seats,
        measures: traffic.with(seats, target.within),
    })
}

impl Traffic {
    /// `patience`: the mean of what callers would wait before they give up; `None`: they never do.
    pub fn new(arrivals_per_hour: f64, handle: Millis, patience: Option<Millis>) -> Result<Traffic, NoSeats> {
        if !(arrivals_per_hour >= 0.0 && arrivals_per_hour.is_finite()) {
            return Err(NoSeats::Arrivals(arrivals_per_hour));
        }
        if handle <= Millis::ZERO || handle > MAX_SPAN {
            return Err(NoSeats::Handle(handle));
        }
        if let Some(patience) = patience
            && (patience < Millis::ZERO || patience > MAX_SPAN)
        {
            return Err(NoSeats::Patience(patience));
        }
        let load = arrivals_per_hour * (handle.0 as f64) / 3_600_000.0;
        if load > MAX_LOAD {
            return Err(NoSeats::Load { load });
        }
        Ok(Traffic {
            load,
            handle_s: handle.as_secs(),
            patience_s: patience.map(Millis::as_secs),
        })
    }

    /// Erlangs: how many people are on calls in the mean if nobody gives up.
    pub fn load(&self) -> f64 {
        self.load
    }

    /// What `seats` people give; no more than [`MAX_SEATS`] are counted.
    pub fn with(&self, seats: u32, within: Millis) -> Measures {
        let seats = seats.min(MAX_SEATS);
        let within_s = within.0.max(0) as f64 / 1000.0;
        if self.load <= 0.0 {
            return Measures {
                waits: 0.0,
                abandoned: 0.0,
                answered_within: 1.0,
                expected_wait_s: 0.0,
                occupancy: 0.0,
            };
        }
        match self.patience_s {
            None => self.everybody_waits(seats, within_s),
            Some(patience_s) if patience_s <= 0.0 => self.nobody_waits(seats),
            Some(patience_s) => self.patience_ends(seats, patience_s, within_s),
        }
    }

    /// Erlang C.
    fn everybody_waits(&self, seats: u32, within_s: f64) -> Measures {
        let lost = erlang_b(seats, self.load);
        let waits = waiting_by_loss(f64::from(seats), self.load, lost);
        let spare = f64::from(seats) - self.load;
        if spare <= 0.0 {
            return Measures {
                waits: 1.0,
                abandoned: 0.0,
                answered_within: 0.0,
                expected_wait_s: f64::INFINITY,
                occupancy: 1.0,
            };
        }
        Measures {
            waits,
            abandoned: 0.0,
            // 1 - waits, and those who wait but not for long.
            answered_within: spare * (1.0 - lost) / (spare + self.load * lost)
                - waits * libm::expm1(-spare * within_s / self.handle_s),
            expected_wait_s: waits * self.handle_s / spare,
            occupancy: self.load / f64::from(seats),
        }
    }

    /// Erlang B: who finds nobody free is gone.
    fn nobody_waits(&self, seats: u32) -> Measures {
        let lost = erlang_b(seats, self.load);
        let answered = if lost < 0.5 || seats == 0 {
            1.0 - lost
        } else {
            // The same by the recurrence, since the difference would cancel.
            f64::from(seats) / self.load * lost / erlang_b(seats - 1, self.load)
        };
        Measures {
            waits: lost,
            abandoned: lost,
            answered_within: answered,
            expected_wait_s: 0.0,
            occupancy: self.load * answered / f64::from(seats.max(1)),
        }
    }

    /// Erlang A.
    fn patience_ends(&self, seats: u32, patience_s: f64, within_s: f64) -> Measures {
        let n = f64::from(seats);
        let ratio = patience_s / self.handle_s;
        let chain = Chain::of(n, self.load, ratio);
        // Each caller who waits and is answered begins a call as another one ends while somebody waits.
        let answered_late = n / self.load * chain.queued / chain.total();
        let in_time = if answered_late > 0.0 {
            OfferedWait::new(n, self.load, ratio).share_within(within_s / patience_s)
        } else {
            0.0
        };
        let abandoned = chain.queue / (self.load * ratio * chain.total());
        Measures {
            waits: chain.full / chain.total(),
            abandoned,
            answered_within: chain.free / chain.total() + answered_late * in_time,
            expected_wait_s: abandoned * patience_s,
            occupancy: if seats == 0 {
                0.0
            } else {
                (chain.busy + n * chain.full) / (n * chain.total())
            },
        }
    }

    /// One pass of the recurrence upwards.
    fn fewest_without_patience(&self, target: Target) -> Option<u32> {
        if self.load <= 0.0 {
            return Some(0);
        }
        let decay = target.within.0.max(0) as f64 / 1000.0 / self.handle_s;
        let mut inverse = 1.0;
        (1..=MAX_SEATS).find(|&seats| {
            let n = f64::from(seats);
            inverse = 1.0 + n / self.load * inverse;
            let waits = waiting_by_loss(n, self.load, 1.0 / inverse);
            n > self.load && 1.0 - waits * libm::exp(-(n - self.load) * decay) >= target.answered
        })
    }

    /// The share answered in time only rises with the seats: steps that double from a first guess, then halving.
    fn fewest_with_patience(&self, target: Target) -> Option<u32> {
        let enough = |seats: u32| self.with(seats, target.within).answered_within >= target.answered;
        if enough(0) {
            return Some(0);
        }
        let mut above = ((self.load * target.answered) as u32).clamp(1, MAX_SEATS);
        let mut below = 0;
        let mut step = 1;
        if enough(above) {
            while above > step && enough(above - step) {
                above -= step;
                step *= 2;
            }
            below = above.saturating_sub(step);
        } else {
            while below < above {
                if above == MAX_SEATS {
                    return None;
                }
                below = above;
                above = above.saturating_add(step).min(MAX_SEATS);
                step *= 2;
                if enough(above) {
                    break;
                }
            }
        }
        // `below` seats are not enough, `above` are.
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if enough(middle) {
                above = middle;
            } else {
                below = middle;
            }
        }
        Some(above)
    }
}

/// Why seats cannot be computed.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum NoSeats {
    /// Calls an hour.
    Arrivals(f64),
    /// The handling time.
    Handle(Millis),
    /// The patience.
    Patience(Millis),
    /// The share to be answered.
    Target(f64),
    /// More load than is computed, or a target that [`MAX_SEATS`] do not meet.
    Load {
        /// Erlangs.
        load: f64,
    },
}

impl fmt::Display for NoSeats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest_h = MAX_SPAN.0 / 3_600_000;
        match self {
            NoSeats::Arrivals(came) => write!(f, "calls an hour are {came}; a number of 0 or more is needed"),
            NoSeats::Handle(came) => write!(
                f,
                "the handling time is {} s; more than 0 s and at most {longest_h} h is needed",
                came.as_secs()
            ),
            NoSeats::Patience(came) => write!(
                f,
                "the patience is {} s; 0 s to {longest_h} h is needed: leave it out where nobody gives up",
                came.as_secs()
            ),
            NoSeats::Target(came) => write!(
                f,
                "the share to be answered is {came}; it must lie between 0 and 1, both excluded: write 0.9 for nine in ten"
            ),
            NoSeats::Load { load } => write!(
                f,
                "the load is {load} erlangs (calls an hour times handling time in hours); at most {MAX_LOAD} erlangs and \
                 {MAX_SEATS} seats are computed: check the calls an hour and the handling time, or split the queue"
            ),
        }
    }
}

impl std::error::Error for NoSeats {}
