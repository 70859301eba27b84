//! Durations as people write them: `"90s"`, `"5m"`, `"1h30m"`, `"35d"`.

use super::sentence::{Sentence, say};
use crate::core::Millis;

/// Longest duration that is taken for meant: ten years.
pub const DURATION_MAX: Millis = Millis(3_660 * 86_400_000);

const UNITS: [(&str, i64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("ms", 1),
    ("m", 60_000),
    ("s", 1_000),
];

/// Why a text is no duration: what came, and what a duration looks like.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoDuration(pub Sentence);

/// Reads whole numbers with their units, larger units first, each once at most.
///
/// # Errors
/// In words: what came, and what a duration looks like.
pub fn parse(text: &str) -> Result<Millis, NoDuration> {
    let wrong = || NoDuration(say!("no_duration", text = format!("{text:?}")));
    let mut rest = text;
    let mut total: i64 = 0;
    let mut last_unit = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let (unit, millis) = UNITS
            .into_iter()
            .find(|(unit, _)| rest.starts_with(unit))
            .ok_or_else(wrong)?;
        if millis >= last_unit {
            return Err(wrong());
        }
        last_unit = millis;
        rest = &rest[unit.len()..];
        total = number
            .checked_mul(millis)
            .and_then(|span| total.checked_add(span))
            .ok_or_else(wrong)?;
    }
    match total {
        _ if last_unit == i64::MAX => Err(wrong()),
        total if total > DURATION_MAX.0 => Err(NoDuration(say!("years", text = format!("{text:?}")))),
        total => Ok(Millis(total)),
    }
}

/// The shortest way to write a duration.
pub fn format(span: Millis) -> String {
    let mut rest = span.0;
    let mut text = String::new();
    for (unit, millis) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ] {
        if rest >= millis {
            text.push_str(&format!("{}{unit}", rest / millis));
            rest %= millis;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, millis) in [
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("35d", 3_024_000_000),
            ("250ms", 250),
            ("1s5ms", 1_005),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Millis(millis)), "{text}");
        }
        for text in [
            "",
            "5",
            "m",
            "5 m",
            "-5m",
            "1.5h",
            "5m1h",
            "5m5m",
            "5x",
            "9999999999999999999d",
            "4000d",
            "五m",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(millis in 0..DURATION_MAX.0) {
            prop_assert_eq!(parse(&format(Millis(millis))), Ok(Millis(millis)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = parse(&text);
        }
    }
}
