//! Callers waiting. It changes with readings: depth between two of them is the depth of the earlier one (plan: "Reading").

use super::Measured;
use crate::Reading;

/// In callers.
pub fn measure(reading: &Reading) -> Measured {
    Measured::steady(reading.waiting.into())
}
