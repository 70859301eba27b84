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

use super::Millis;
use super::ladder::Target;
use std::fmt;

/// The greatest load that is computed, in erlangs (calls an hour times handling time in hours).
pub const MAX_LOAD: f64 = 100_000.0;
/// The greatest number of seats that is computed or searched.
pub const MAX_SEATS: u32 = 200_000;
/// The longest handling time and patience that are computed. Who waits longer than a day waits for ever: leave patience out.
pub const MAX_SPAN: Millis = Millis::from_mins(24 * 60);

/// Steps of the scaled chain end where a state is this much less likely than the likeliest.
const NEGLIGIBLE: f64 = 1e-290;
/// A sum ends where its next term is this share of it.
const ROUNDING: f64 = 1e-18;
/// An integral ends where the integrand has fallen by this exponent (e^-42 is 6e-19).
const FALLEN: f64 = 42.0;

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

/// The stationary distribution of the number of callers present, summed outwards from its mode, which counts as 1.
struct Chain {
    /// Weight of the states in which somebody is free.
    free: f64,
    /// The same, times those on calls.
    busy: f64,
    /// Weight of the states in which nobody is free.
    full: f64,
    /// Weight of those in which somebody waits.
    queued: f64,
    /// The same, times those waiting.
    queue: f64,
}

impl Chain {
    /// `ratio`: patience over handling time.
    fn of(seats: f64, load: f64, ratio: f64) -> Chain {
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

    fn total(&self) -> f64 {
        self.free + self.full
    }
}

/// How long callers wait who find nobody free and are answered; time is counted in patiences.
///
/// A caller who would wait x for ever has the density v(x) ~ exp(η(1 - e^-x) - c·x), with η = arrivals and c = calls that
/// n people finish in one patience (Mandelbaum & Zeltyn, section "offered wait"). They are still there with e^-x, so
/// those answered after x have the density exp(g(x)), g(x) = η(1 - e^-x) - (c + 1)·x. It is concave: one peak, at
/// ln(η / (c + 1)) or at zero, and the share answered within t is its mass below t over its whole mass.
struct OfferedWait {
    /// η.
    arrivals: f64,
    /// c + 1.
    drift: f64,
    /// c + 1 - η, without the rounding of either.
    excess: f64,
    /// Where g is highest.
    peak: f64,
}

impl OfferedWait {
    fn new(seats: f64, load: f64, ratio: f64) -> OfferedWait {
        let arrivals = load * ratio;
        let drift = seats * ratio + 1.0;
        let excess = (seats - load) * ratio + 1.0;
        let peak = if excess < 0.0 {
            libm::log1p(-excess / drift)
        } else {
            0.0
        };
        OfferedWait {
            arrivals,
            drift,
            excess,
            peak,
        }
    }

    /// Share of them who waited at most `within`.
    fn share_within(&self, within: f64) -> f64 {
        let sooner = self.mass(0.0, within);
        let later = self.mass(within, f64::INFINITY);
        sooner / (sooner + later)
    }

    /// g(x) - g(peak), free of cancellation.
    fn height(&self, x: f64) -> f64 {
        if self.excess < 0.0 {
            self.drift * sag(x - self.peak)
        } else {
            self.arrivals * sag(x) - self.excess * x
        }
    }

    /// The integral of exp(height) from `from` to `to`.
    fn mass(&self, from: f64, to: f64) -> f64 {
        let top = self.peak.max(from).min(to);
        self.slope_from(top, to) + self.slope_from(top, from)
    }

    /// The integral from the highest point of an interval to one of its ends, in panels over which exp(height) is so
    /// smooth that 16 points are exact to rounding, as far as it is not negligible beside the highest.
    fn slope_from(&self, top: f64, end: f64) -> f64 {
        let lowest = self.height(top) - FALLEN;
        let (mut sum, mut at) = (0.0, top);
        while at != end && self.height(at) > lowest {
            let bend = self.arrivals * libm::exp(-at);
            let slope = (bend - self.drift).abs();
            let width = (2.0 / bend.sqrt()).min(6.0 / slope);
            let next = if end > at {
                (at + width).min(end)
            } else {
                (at - width).max(end)
            };
            if next == at {
                break;
            }
            sum += self.panel(at, next);
            at = next;
        }
        sum
    }

    fn panel(&self, from: f64, to: f64) -> f64 {
        let (middle, half) = ((from + to) / 2.0, (to - from).abs() / 2.0);
        let pairs = GAUSS_16.iter().map(|&(node, weight)| {
            let left = libm::exp(self.height(middle - half * node));
            let right = libm::exp(self.height(middle + half * node));
            weight * (left + right)
        });
        half * pairs.sum::<f64>()
    }
}

/// 1 - e^-x - x, which is about -x²/2 near zero, to full precision.
fn sag(x: f64) -> f64 {
    if x.abs() > 0.5 {
        return -libm::expm1(-x) - x;
    }
    // -x²/2! + x³/3! - …, from the smallest term.
    (3..=16).rev().fold(1.0, |sum, k| 1.0 - x / f64::from(k) * sum) * (-0.5 * x * x)
}

/// Nodes and weights of the 16-point Gauss-Legendre rule, one side.
const GAUSS_16: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

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
