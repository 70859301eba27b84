//! Chance: everything that a simulated floor draws. Named generator, portable arithmetic: the same seed gives the same
//! day on every machine.

use super::scenario::Handling;
use crate::core::Millis;
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
    /// Always so many milliseconds.
    Always(f64),
    /// As observed.
    Observed(Observed),
}

/// Spans as they were observed, some perhaps only in part.
pub(super) struct Observed {
    /// Ascending milliseconds, each with the share of spans that are no longer.
    steps: Vec<(f64, f64)>,
    /// Mean of what those have left who outlast the last step.
    tail: f64,
}

impl Observed {
    /// Spans in milliseconds. `false`: it lasted longer, but nobody saw how long (a caller who was answered shows only that patience
    /// was longer). Product limit of Kaplan and Meier. `None` where no span was seen to its end.
    pub(super) fn product_limit(mut spans: Vec<(f64, bool)>) -> Option<Observed> {
        spans.retain(|(span, _)| span.is_finite() && *span >= 0.0);
        // Who ended and who was lost sight of in the same moment: the ends come first.
        spans.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        let (mut left, mut steps, mut ends, mut exposure) = (1.0, Vec::new(), 0.0, 0.0);
        for (n, &(span, ended)) in spans.iter().enumerate() {
            exposure += span;
            if !ended {
                continue;
            }
            ends += 1.0;
            left *= 1.0 - 1.0 / (spans.len() - n) as f64;
            match steps.last_mut() {
                Some((known, share)) if *known == span => *share = 1.0 - left,
                _ => steps.push((span, 1.0 - left)),
            }
        }
        (ends > 0.0).then_some(Observed {
            steps,
            tail: exposure / ends,
        })
    }
}

impl Draw {
    pub(super) fn new(seed: u64) -> Draw {
        Draw(ChaCha8Rng::seed_from_u64(seed))
    }

    /// One purpose's own chance on one day of a seed: what is drawn for another changes nothing here.
    pub(super) fn stream(seed: u64, day: u32, purpose: u64) -> Draw {
        let mut key = *b"seed....day.surged simulate     ";
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&day.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose);
        Draw(generator)
    }

    /// Above 0, up to 1: 53 bits.
    pub(super) fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential, mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log(self.share())
    }

    /// Normal, mean 0 and deviation 1 (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let far = (2.0 * self.exponential()).sqrt();
        far * libm::cos(std::f64::consts::TAU * self.share())
    }

    /// Gamma of mean 1 (Marsaglia and Tsang); `shape` from 1 on.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let root = 1.0 + c * normal;
            let v = root * root * root;
            let least = 0.5 * normal * normal + d - d * v;
            if v > 0.0 && libm::log(self.share()) < least + d * libm::log(v) {
                return d * v / shape;
            }
        }
    }

    /// A handling time.
    pub(super) fn lasting(&mut self, of: &Lasting) -> Millis {
        whole(self.millis(of))
    }

    /// A span in milliseconds, with fractions.
    pub(super) fn millis(&mut self, of: &Lasting) -> f64 {
        match of {
            Lasting::Exponential(mean) => mean * self.exponential(),
            Lasting::Lognormal(mean, deviation) => libm::exp(mean + deviation * self.normal()),
            Lasting::Always(span) => *span,
            Lasting::Observed(observed) => {
                let share = self.share();
                let step = observed.steps.partition_point(|(_, below)| *below < share);
                match observed.steps.get(step) {
                    Some((span, _)) => *span,
                    None => {
                        let last = observed.steps.last().map_or(0.0, |(span, _)| *span);
                        last + observed.tail * self.exponential()
                    }
                }
            }
        }
    }
}

impl Lasting {
    pub(super) fn new(handling: Handling) -> Lasting {
        match handling {
            Handling::Exponential { mean } => Lasting::Exponential(mean.0 as f64),
            Handling::Lognormal { mean, deviation } => Lasting::lognormal(mean, deviation),
        }
    }

    /// By the mean and the deviation of the span itself.
    pub(super) fn lognormal(mean: Millis, deviation: Millis) -> Lasting {
        let (mean, deviation) = (mean.0 as f64, deviation.0 as f64);
        let variance = libm::log1p((deviation / mean) * (deviation / mean));
        Lasting::Lognormal(libm::log(mean) - variance / 2.0, variance.sqrt())
    }
}

/// The nearest whole millisecond of a span, which is never negative.
pub(super) fn whole(millis: f64) -> Millis {
    Millis((millis + 0.5) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_answered_counts_as_patient_for_longer_than_was_seen() {
        // One of four gave up after 1 s; of the two still watched at 3 s one gave up; the last was answered at 5 s.
        let seen = vec![(5_000.0, false), (1_000.0, true), (2_000.0, false), (3_000.0, true)];
        let observed = Observed::product_limit(seen).unwrap();
        assert_eq!(observed.steps, [(1_000.0, 0.25), (3_000.0, 0.625)]);
        assert_eq!(observed.tail, 11_000.0 / 2.0);
        assert!(Observed::product_limit(vec![(5_000.0, false)]).is_none());
        let mut draw = Draw::stream(3, 0, 0);
        let lasting = Lasting::Observed(observed);
        let drawn: Vec<f64> = (0..40_000).map(|_| draw.millis(&lasting)).collect();
        let share = |is: fn(f64) -> bool| drawn.iter().filter(|it| is(**it)).count() as f64 / 40_000.0;
        assert!((share(|it| it == 1_000.0) - 0.25).abs() < 0.01);
        assert!((share(|it| it > 3_000.0) - 0.375).abs() < 0.01);
    }

    #[test]
    fn a_gamma_has_its_mean_and_its_deviation_and_streams_do_not_touch_each_other() {
        for shape in [1.0, 2.5, 10.0] {
            let mut draw = Draw::stream(7, 0, 1);
            let drawn: Vec<f64> = (0..40_000).map(|_| draw.gamma(shape)).collect();
            let mean = drawn.iter().sum::<f64>() / 40_000.0;
            let variance = drawn.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / 40_000.0;
            assert!((mean - 1.0).abs() < 0.02, "{shape}: mean {mean}");
            assert!((variance * shape - 1.0).abs() < 0.06, "{shape}: variance {variance}");
        }
        let first = |seed, day, purpose| Draw::stream(seed, day, purpose).share();
        let one = first(1, 0, 1);
        assert_eq!(one, first(1, 0, 1));
        assert!(one != first(2, 0, 1) && one != first(1, 1, 1) && one != first(1, 0, 2));
    }
}
