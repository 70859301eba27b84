//! Reads what is plainly written, at a fraction of the cost: one flat object of known fields, strings without an escape, short numbers.
//! Recordings and nearly all sources write nothing else. What is not plain, and everything at fault, is left to serde_json, whose reading
//! is the one that counts: a property holds that both read the same.

use super::{Text, Wire};
use std::borrow::Cow;

/// So many digits are exact as a floating-point number, and so is the power of ten that a fraction of them is divided by.
const DIGITS: usize = 15;
const TENS: [f64; DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// An object; `None`: it is not plain, or not right.
pub(super) fn read(text: &str) -> Option<Wire<'_>> {
    let mut rest = Rest::of(text);
    let mut wire = Wire::default();
    rest.take(b'{')?;
    loop {
        let key = rest.string()?;
        rest.take(b':')?;
        rest.space();
        match key {
            "queue" => put(&mut wire.queue, rest.words()?)?,
            "at" => put(&mut wire.at, rest.words()?)?,
            "waiting" => put(&mut wire.waiting, rest.number()?)?,
            "longest_wait_s" => put(&mut wire.longest_wait_s, rest.number()?)?,
            "signed_in" => put(&mut wire.signed_in, rest.number()?)?,
            "available" => put(&mut wire.available, rest.number()?)?,
            "paused" => put(&mut wire.paused, rest.number()?)?,
            "offered" => put(&mut wire.offered, rest.number()?)?,
            "answered" => put(&mut wire.answered, rest.number()?)?,
            "answered_in_target" => put(&mut wire.answered_in_target, rest.number()?)?,
            "abandoned" => put(&mut wire.abandoned, rest.number()?)?,
            "heartbeat" => put(&mut wire.heartbeat, rest.truth()?)?,
            "feed" => put(&mut wire.feed, rest.words()?)?,
            "received" => put(&mut wire.received, rest.words()?)?,
            _ => return None,
        }
        match rest.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    rest.space();
    rest.left.is_empty().then_some(wire)
}

/// A field that comes twice is at fault.
fn put<T>(field: &mut Option<T>, value: T) -> Option<()> {
    field.replace(value).is_none().then_some(())
}

/// What is still to be read.
pub(super) struct Rest<'a> {
    /// All of it.
    text: &'a str,
    left: &'a [u8],
}

impl<'a> Rest<'a> {
    pub fn of(text: &str) -> Rest<'_> {
        Rest {
            text,
            left: text.as_bytes(),
        }
    }

    /// Where it begins in the text.
    pub fn at(&self) -> usize {
        self.text.len() - self.left.len()
    }

    pub fn space(&mut self) {
        while let [b' ' | b'\n' | b'\r' | b'\t', left @ ..] = self.left {
            self.left = left;
        }
    }

    /// The next byte that is no space.
    pub fn next(&mut self) -> Option<u8> {
        self.space();
        let (first, left) = self.left.split_first()?;
        self.left = left;
        Some(*first)
    }

    pub fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    pub fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let from = self.at();
        // Up to its end, an escape, or a control character, which may not stand there.
        let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let length = self.left.iter().position(ends)?;
        let (_, left) = self.left.split_at(length);
        self.left = left.strip_prefix(b"\"")?;
        self.text.get(from..from + length)
    }

    fn words(&mut self) -> Option<Text<'a>> {
        self.string().map(|text| Text(Cow::Borrowed(text)))
    }

    fn truth(&mut self) -> Option<bool> {
        let (left, truth) = match self.left.strip_prefix(b"true") {
            Some(left) => (left, true),
            None => (self.left.strip_prefix(b"false")?, false),
        };
        self.left = left;
        Some(truth)
    }

    /// Digits, and perhaps a fraction of them.
    pub fn number(&mut self) -> Option<f64> {
        // A zero may not stand before other digits.
        if let [b'0', b'0'..=b'9', ..] = self.left {
            return None;
        }
        let (whole, length) = self.digits(0);
        let (digits, fraction) = match self.left {
            [b'.', left @ ..] => {
                self.left = left;
                match self.digits(whole) {
                    (_, 0) => return None,
                    found => found,
                }
            }
            _ => (whole, 0),
        };
        let ends = !matches!(self.left, [b'e' | b'E' | b'.', ..]);
        let is_short = length > 0 && length + fraction <= DIGITS;
        (ends && is_short).then(|| digits as f64 / TENS[fraction])
    }

    /// Digits behind those that came `before`, and how many; of too many the number is worth nothing.
    fn digits(&mut self, before: u64) -> (u64, usize) {
        let (mut number, all) = (before, self.left.len());
        while let [digit @ b'0'..=b'9', left @ ..] = self.left {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.left = left;
        }
        (number, all - self.left.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Read plainly, it is read as serde_json reads it, or not at all.
    fn agrees(text: &str) -> bool {
        let plain = read(text);
        if let Some(plain) = &plain {
            assert_eq!(Some(plain), serde_json::from_str::<Wire>(text).ok().as_ref(), "{text}");
        }
        plain.is_some()
    }

    #[test]
    fn what_recordings_have_is_plain() {
        for text in [
            r#"{"queue":"inbound","at":"2026-11-21T08:00:05.250Z","feed":"hotline","waiting":7,"longest_wait_s":41.0,"signed_in":46,"available":0,"paused":2,"offered":1204,"answered":1180,"abandoned":17}"#,
            "{\"queue\": \"\u{5ba2}\u{670d}\", \"waiting\": 0, \"answered_in_target\": 12.125 }\r\n",
            r#"{"heartbeat":true,"received":"2026-11-21T08:00:05.250Z"}"#,
        ] {
            assert!(agrees(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        for text in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"queue":"a"#,
            r#"{"queue":"a","waiting":1"#,
            r#"{"queue":"a","waiting":1}}"#,
            r#"{"queue":"a","waiting":1,}"#,
            r#"{"queue":"a","waiting":1 2}"#,
            r#"{"queue":"a\n","waiting":1}"#,
            "{\"queue\":\"a\n\",\"waiting\":1}",
            r#"{"queue":"a","waiting":01}"#,
            r#"{"queue":"a","waiting":-1}"#,
            r#"{"queue":"a","waiting":1e3}"#,
            r#"{"queue":"a","waiting":1.}"#,
            r#"{"queue":"a","waiting":1.2.3}"#,
            r#"{"queue":"a","waiting":.5}"#,
            r#"{"queue":"a","waiting":1234567890123456}"#,
            r#"{"queue":"a","waiting":99999999999999999999999999}"#,
            r#"{"queue":"a","waiting":null}"#,
            r#"{"queue":"a","waiting":1,"waiting":2}"#,
            r#"{"queue":"a","waiting":1,"agents":[]}"#,
            r#"{"queue":"a","waiting":1,"more":1}"#,
            r#"{"heartbeat":truely}"#,
        ] {
            assert!(!agrees(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_read_the_same(
            queue in r#"[a-zü "\\]{0,6}"#, waiting in r"-?[0-9]{0,17}(\.[0-9]{0,17})?([eE]-?[0-9])?", wait in r"[0-9]{1,9}\.[0-9]{1,6}",
            heartbeat in "true|false|null|tru", between in "[ \t\n]{0,2}", end in "[ }]{0,2}",
        ) {
            agrees(&format!(r#"{{{between}"queue"{between}:{between}"{queue}","waiting":{between}{waiting}{between}}}{end}"#));
            agrees(&format!(r#"{{"longest_wait_s":{wait},"waiting":{waiting},"heartbeat":{heartbeat}{end}"#));
        }
    }
}
