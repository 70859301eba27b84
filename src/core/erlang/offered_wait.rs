//! Erlang A: how soon those are answered who find nobody free.

/// An integral ends where the integrand has fallen by this exponent (e^-42 is 6e-19).
const FALLEN: f64 = 42.0;

/// How long callers wait who find nobody free and are answered; time is counted in patiences.
///
/// A caller who would wait x for ever has the density v(x) ~ exp(η(1 - e^-x) - c·x), with η = arrivals and c = calls that
/// n people finish in one patience (Mandelbaum & Zeltyn, section "offered wait"). They are still there with e^-x, so
/// those answered after x have the density exp(g(x)), g(x) = η(1 - e^-x) - (c + 1)·x. It is concave: one peak, at
/// ln(η / (c + 1)) or at zero, and the share answered within t is its mass below t over its whole mass.
pub(super) struct OfferedWait {
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
    pub(super) fn new(seats: f64, load: f64, ratio: f64) -> OfferedWait {
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
    pub(super) fn share_within(&self, within: f64) -> f64 {
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
