//! When callers come: a Poisson process whose rate follows a profile, by inverting the integral of the rate exactly.

use super::scenario::Profile;
use crate::core::Millis;

const HOUR_MS: f64 = 3_600_000.0;

/// The arrivals of one queue. Times are milliseconds since the beginning, with fractions, so that nothing drifts.
pub(super) struct Arrivals {
    pieces: Vec<Piece>,
    /// The piece that holds now.
    piece: usize,
    /// When its round began.
    round: f64,
    /// Length of a round; infinite where the profile does not repeat.
    length: f64,
    /// The last arrival, or the beginning of the piece.
    at: f64,
}

/// A stretch over which the rate is linear.
struct Piece {
    /// Since the beginning of the round.
    from: f64,
    to: f64,
    /// Calls a millisecond at its beginning.
    rate: f64,
    /// Change of the rate a millisecond.
    slope: f64,
}

impl Piece {
    /// After how long `due` arrivals are to be expected, from where the rate is so much on; `None`: it falls to zero before.
    fn expected(&self, due: f64, rate: f64) -> Option<f64> {
        if self.slope == 0.0 {
            return (rate > 0.0).then(|| due / rate);
        }
        // due = rate x + slope x²/2, solved without cancellation.
        let root = rate * rate + 2.0 * self.slope * due;
        let both = (root >= 0.0).then(|| rate + root.sqrt())?;
        (both > 0.0).then(|| 2.0 * due / both)
    }
}

impl Arrivals {
    /// Of a checked profile.
    pub(super) fn new(profile: &Profile) -> Arrivals {
        let length = profile.repeats_after.map_or(f64::INFINITY, |after| after.0 as f64);
        let corner = |i: usize| {
            let point = &profile.points[i];
            (point.after.0 as f64, point.calls_per_hour / HOUR_MS)
        };
        let (first, last) = (corner(0), corner(profile.points.len() - 1));
        let mut corners = vec![(0.0, first.1)];
        corners.extend((0..profile.points.len()).map(corner));
        corners.push((length, last.1));
        let piece = |pair: &[(f64, f64)]| {
            let ((from, rate), (to, then)) = (pair[0], pair[1]);
            let slope = (then - rate) / (to - from);
            Piece { from, to, rate, slope }
        };
        let pieces = corners
            .windows(2)
            .filter(|pair| pair[0].0 < pair[1].0)
            .map(piece)
            .collect();
        Arrivals {
            pieces,
            piece: 0,
            round: 0.0,
            length,
            at: 0.0,
        }
    }

    /// So many calls an hour in each interval of that length; the last holds on.
    pub(super) fn by_interval(calls_per_hour: &[f64], every: Millis) -> Arrivals {
        let every = every.0 as f64;
        let last = calls_per_hour.len().saturating_sub(1);
        let piece = |(n, rate): (usize, &f64)| Piece {
            from: n as f64 * every,
            to: if n == last {
                f64::INFINITY
            } else {
                (n + 1) as f64 * every
            },
            rate: rate / HOUR_MS,
            slope: 0.0,
        };
        Arrivals {
            pieces: calls_per_hour.iter().enumerate().map(piece).collect(),
            piece: 0,
            round: 0.0,
            length: f64::INFINITY,
            at: 0.0,
        }
    }

    /// The arrival after `due` more are to be expected (exponential, mean 1). `None`: nobody comes any more.
    pub(super) fn next(&mut self, mut due: f64) -> Option<f64> {
        loop {
            let piece = &self.pieces[self.piece];
            let (from, to) = (self.round + piece.from, self.round + piece.to);
            let rate = (piece.rate + piece.slope * (self.at - from)).max(0.0);
            if let Some(after) = piece.expected(due, rate)
                && self.at + after <= to
            {
                self.at += after;
                return Some(self.at);
            }
            if to == f64::INFINITY {
                return None;
            }
            let left = to - self.at;
            due = (due - left * (rate + piece.slope * left / 2.0)).max(0.0);
            self.at = to;
            self.piece += 1;
            if self.piece == self.pieces.len() {
                self.piece = 0;
                self.round += self.length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: f64 = 60_000.0;

    #[test]
    fn callers_come_where_the_integral_of_the_rate_says() {
        // 60 an hour for 10 minutes, up to 180 within 10 more, then 180: 10 calls, 20 calls, 3 a minute.
        let mut arrivals = Arrivals::new(&Profile::by_minute(&[(10, 60.0), (20, 180.0)]));
        assert_eq!(arrivals.next(5.0), Some(5.0 * MINUTE));
        assert_eq!(arrivals.next(25.0), Some(20.0 * MINUTE));
        assert_eq!(arrivals.next(3.0), Some(21.0 * MINUTE));
        // In the middle of the rise: x + x²/10 = 20 - 12.5 calls.
        let mut arrivals = Arrivals::new(&Profile::by_minute(&[(10, 60.0), (20, 180.0)]));
        assert!((arrivals.next(10.0 + 7.5).unwrap() - 15.0 * MINUTE).abs() < 1e-6);
    }

    #[test]
    fn intervals_have_their_own_rate_and_the_last_holds_on() {
        let mut arrivals = Arrivals::by_interval(&[60.0, 0.0, 120.0], Millis::from_mins(10));
        assert_eq!(arrivals.next(4.0), Some(4.0 * MINUTE));
        assert_eq!(arrivals.next(8.0), Some(21.0 * MINUTE));
        assert_eq!(arrivals.next(180.0), Some(111.0 * MINUTE));
        assert_eq!(
            Arrivals::by_interval(&[60.0, 0.0], Millis::from_mins(10)).next(10.1),
            None
        );
    }

    #[test]
    fn a_rate_that_falls_to_zero_lets_nobody_through_and_a_repeated_one_goes_round() {
        let falling = Profile::by_minute(&[(0, 60.0), (10, 0.0)]);
        assert_eq!(Arrivals::new(&falling).next(5.1), None);
        let again = Profile {
            repeats_after: Some(Millis::from_mins(30)),
            ..falling
        };
        let mut arrivals = Arrivals::new(&again);
        let in_second_round = arrivals.next(5.0 + 0.95).unwrap();
        assert!((in_second_round - 31.0 * MINUTE).abs() < 1e-6, "{in_second_round}");
    }
}
