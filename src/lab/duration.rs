//! Durations as people write them: `"90s"`, `"5m"`, `"1h30m"`, `"35d"`.

use crate::core::Millis;

/// Reads days, hours, minutes and seconds in this order, each at most once, in whole numbers.
pub(crate) fn parse_duration(text: &str) -> Result<Millis, String> {
    let fault = || {
        format!(
            "{text:?} is not a duration: write whole numbers with units, the greater first, like 90s, 5m, 1h30m or 35d"
        )
    };
    let mut units = [('d', 86_400_000i64), ('h', 3_600_000), ('m', 60_000), ('s', 1_000)].iter();
    let mut rest = text;
    let mut total = 0i64;
    while !rest.is_empty() || text.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(fault)?;
        let number: i64 = rest[..digits].parse().map_err(|_| fault())?;
        let unit = rest[digits..].chars().next().ok_or_else(fault)?;
        let (_, millis) = units.find(|(name, _)| *name == unit).ok_or_else(fault)?;
        total = number
            .checked_mul(*millis)
            .and_then(|span| total.checked_add(span))
            .ok_or_else(fault)?;
        rest = &rest[digits + unit.len_utf8()..];
    }
    Ok(Millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("1h30m", 5_400),
            ("35d", 3_024_000),
            ("0s", 0),
            ("1d2h3m4s", 93_784),
        ] {
            assert_eq!(parse_duration(text), Ok(Millis::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_in_words() {
        for text in [
            "",
            "90",
            "s",
            "5 m",
            "1.5h",
            "-5m",
            "30m1h",
            "5m5m",
            "5分",
            "99999999999999999999s",
            "9999999999999999d",
        ] {
            let fault = parse_duration(text).unwrap_err();
            assert!(fault.contains("is not a duration"), "{text}: {fault}");
        }
    }
}
