//! Chance: everything that a simulated floor draws. Named generator, portable arithmetic: the same seed gives the same
//! day on every machine.

use crate::core::Millis;
use crate::lab::scenario::Handling;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded source of chance.
pub(super) struct Draw(ChaCha8Rng);

/// Handling times, ready to be drawn.
pub(super) enum Lasting {
    /// Mean, milliseconds.
    Exponential(f64),
    /// Mean and deviation of the logarithm of milliseconds.
    Lognormal(f64, f64),
}

impl Draw {
    pub(super) fn new(seed: u64) -> Draw {
        Draw(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Above 0, up to 1: 53 bits.
    fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential, mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log(self.share())
    }

    /// Normal, mean 0 and deviation 1 (Box and Muller).
    fn normal(&mut self) -> f64 {
        let far = (2.0 * self.exponential()).sqrt();
        far * libm::cos(std::f64::consts::TAU * self.share())
    }

    /// A handling time.
    pub(super) fn lasting(&mut self, of: &Lasting) -> Millis {
        match *of {
            Lasting::Exponential(mean) => whole(mean * self.exponential()),
            Lasting::Lognormal(mean, deviation) => whole(libm::exp(mean + deviation * self.normal())),
        }
    }
}

impl Lasting {
    pub(super) fn new(handling: Handling) -> Lasting {
        match handling {
            Handling::Exponential { mean } => Lasting::Exponential(mean.0 as f64),
            Handling::Lognormal { mean, deviation } => {
                let (mean, deviation) = (mean.0 as f64, deviation.0 as f64);
                let variance = libm::log1p((deviation / mean) * (deviation / mean));
                Lasting::Lognormal(libm::log(mean) - variance / 2.0, variance.sqrt())
            }
        }
    }
}

/// The nearest whole millisecond.
pub(super) fn whole(millis: f64) -> Millis {
    Millis((millis + 0.5).floor() as i64)
}
