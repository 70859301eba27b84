//! The longest wait: it grows with the clock while somebody waits, since the caller at the head goes on waiting until a reading
//! says otherwise (plan: "Measures").
//!
//! In the millisecond from 60.000 s to 60.001 s a caller waits for 60.0005 s on average, and that is longer than 60 s. So the value
//! is in half-milliseconds, `2 x + 1` where the wait of `x` goes on and `2 x` where nobody waits: a tier at 60 s is due at
//! 60.000 s exactly, and a mean over a window is that of the growth itself.

use super::{Latest, Measured};
use crate::Millis;

/// Of one millisecond of waiting.
pub const UNITS: i128 = 2;

/// In half-milliseconds; `None`: the feed does not tell it.
pub fn measure(latest: Latest<'_>) -> Option<Measured> {
    let wait = UNITS * i128::from(longest_wait(latest)?.0);
    let grows = latest.reading.waiting > 0;
    Some(Measured {
        value: wait + i128::from(grows),
        rise: if grows { UNITS as u32 } else { 0 },
        weight: 1,
    })
}

/// How long the caller at the head has waited by now; `None`: the feed does not tell it.
pub fn longest_wait(latest: Latest<'_>) -> Option<Millis> {
    let told = latest.reading.longest_wait?;
    let grown = if latest.reading.waiting > 0 {
        latest.age
    } else {
        Millis::ZERO
    };
    Some(told + grown)
}
