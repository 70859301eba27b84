//! How sure a mean over seeds is.
//!
//! Most of what is said is a share or a mean of callers: a ratio of two sums that both differ from seed to seed. It is estimated by
//! the ratio of the sums over all seeds, and its error by linearisation (the delta method); the mean of each seed's own ratio would be
//! off where busy days are also the bad ones.

use serde::Serialize;

/// A mean with its standard error.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Estimate {
    /// The mean; for a difference, theirs minus ours.
    pub mean: f64,
    /// Its standard error; absent with one seed alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Half the width of the 95 % interval; absent with one seed alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plus_minus: Option<f64>,
}

/// Of each seed a sum and what it is divided by.
pub type Pairs = [(f64, f64)];

impl Estimate {
    /// Of a ratio. `None`: nothing to divide by.
    pub fn of(pairs: &Pairs) -> Option<Estimate> {
        let (ratio, deviations) = linear(pairs)?;
        Some(Estimate::from_deviations(ratio, &deviations))
    }

    /// Of the difference of a ratio under two plans that met the same callers, seed by seed: the second minus the first.
    pub fn of_difference(one: &Pairs, other: &Pairs) -> Option<Estimate> {
        let ((ours, of_ours), (theirs, of_theirs)) = (linear(one)?, linear(other)?);
        let deviations: Vec<f64> = of_theirs
            .iter()
            .zip(&of_ours)
            .map(|(theirs, ours)| theirs - ours)
            .collect();
        Some(Estimate::from_deviations(theirs - ours, &deviations))
    }

    fn from_deviations(mean: f64, deviations: &[f64]) -> Estimate {
        let count = deviations.len();
        let error = (count > 1).then(|| {
            let squares: f64 = deviations.iter().map(|it| it * it).sum();
            (squares / (count as f64 * (count - 1) as f64)).sqrt()
        });
        Estimate {
            mean,
            standard_error: error,
            plus_minus: error.map(|error| error * t_quantile_975(count - 1)),
        }
    }

    /// Whether the 95 % interval leaves out zero.
    pub fn is_clear(&self) -> bool {
        self.plus_minus.is_some_and(|half| self.mean.abs() > half)
    }
}

/// The ratio of the sums, and each seed's part in its deviation.
fn linear(pairs: &Pairs) -> Option<(f64, Vec<f64>)> {
    let count = pairs.len() as f64;
    let above: f64 = pairs.iter().map(|(above, _)| above).sum();
    let below: f64 = pairs.iter().map(|(_, below)| below).sum();
    if below <= 0.0 || !below.is_finite() {
        return None;
    }
    let ratio = above / below;
    let deviation = |(above, below_of_one): &(f64, f64)| (above - ratio * below_of_one) / (below / count);
    Some((ratio, pairs.iter().map(deviation).collect()))
}

/// The value that Student's t of so many degrees of freedom stays below in 97.5 of 100 cases (Hill 1970, algorithm 396; exact for
/// one and two).
pub fn t_quantile_975(degrees: usize) -> f64 {
    const TWO_SIDED: f64 = 0.05;
    let n = degrees as f64;
    match degrees {
        0 => f64::INFINITY,
        1 => 12.706_204_736_432_095,
        2 => (2.0 / (TWO_SIDED * (2.0 - TWO_SIDED)) - 2.0).sqrt(),
        _ => {
            let a = 1.0 / (n - 0.5);
            let b = 48.0 / (a * a);
            let mut c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
            let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * std::f64::consts::FRAC_PI_2).sqrt() * n;
            let mut y = libm::pow(d * TWO_SIDED, 2.0 / n);
            if y > 0.05 + a {
                let x = -1.959_963_984_540_054;
                y = x * x;
                if degrees < 5 {
                    c += 0.3 * (n - 4.5) * (x + 0.6);
                }
                c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
                y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
                y = libm::expm1(a * y * y);
            } else {
                let first = (n + 6.0) / (n * y) - 0.089 * d - 0.822;
                y = ((1.0 / (first * (n + 2.0) * 3.0) + 0.5 / (n + 4.0)) * y - 1.0) * (n + 1.0) / (n + 2.0) + 1.0 / y;
            }
            (n * y).sqrt()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_t_of_the_tables() {
        for (degrees, expected) in [
            (1, 12.706_2),
            (2, 4.302_7),
            (3, 3.182_4),
            (4, 2.776_4),
            (5, 2.570_6),
            (9, 2.262_2),
            (29, 2.045_2),
            (100, 1.984_0),
            (10_000, 1.960_2),
        ] {
            let got = t_quantile_975(degrees);
            assert!((got - expected).abs() < 2e-4, "{degrees}: {got}");
        }
    }

    #[test]
    fn a_ratio_is_that_of_the_sums_and_its_error_that_of_the_mean_where_the_divisor_is_fixed() {
        let estimate = Estimate::of(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]).unwrap();
        assert_eq!(estimate.mean, 2.0);
        assert!((estimate.standard_error.unwrap() - (1.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(Estimate::of(&[(1.0, 10.0), (9.0, 10.0)]).unwrap().mean, 0.5);
        assert_eq!(Estimate::of(&[(0.0, 0.0)]), None);
        assert_eq!(Estimate::of(&[(1.0, 2.0)]).unwrap().standard_error, None);
    }

    #[test]
    fn callers_who_are_the_same_make_a_difference_surer() {
        let ours = [(10.0, 100.0), (30.0, 100.0), (50.0, 100.0)];
        let theirs = [(11.0, 100.0), (31.5, 100.0), (50.5, 100.0)];
        let difference = Estimate::of_difference(&ours, &theirs).unwrap();
        assert!((difference.mean - 0.01).abs() < 1e-12);
        assert!(difference.standard_error.unwrap() < 0.003);
        assert!(Estimate::of(&ours).unwrap().standard_error.unwrap() > 0.1);
        assert!(!difference.is_clear());
    }
}
