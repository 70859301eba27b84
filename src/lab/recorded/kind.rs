//! What a file is: told by its first lines, or by whoever knows better.

use super::{Form, OpenFault, calls, queue_log};
use crate::config::is_utf_16;
use crate::feed::readings::ReadError;
use crate::journal::DATABASE;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What a file is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Readings, one JSON object a line.
    Readings,
    /// Asterisk's `queue_log`.
    QueueLog,
    /// Calls, one a row of a CSV file.
    Calls,
    /// The duty log of a daemon.
    DutyLog,
}

impl Kind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Readings => "readings, one JSON object a line",
            Kind::QueueLog => "Asterisk's queue_log",
            Kind::Calls => "a call list (CSV)",
            Kind::DutyLog => "a duty log",
        }
    }
}

/// What a file is: as it is said to be, or by its beginning.
pub(super) fn kind_of_file(path: &Path, head: &[u8], form: &Form) -> Result<Kind, OpenFault> {
    let path = path.to_owned();
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(OpenFault::Empty(path));
    }
    if let Some(encoding) = other_encoding(head) {
        return Err(OpenFault::Encoding { path, encoding });
    }
    if let Some(kind) = form.kind.or_else(|| kind_of(head)) {
        return Ok(kind);
    }
    let head = String::from_utf8_lossy(head);
    let begins = head.lines().next().unwrap_or_default().chars().take(60).collect();
    Err(OpenFault::Unknown { path, begins })
}

/// Refuses a duty log that does not lie in a plain file of its own, which alone can be read as a database.
pub(super) fn is_in_place(path: &Path) -> Result<(), OpenFault> {
    let unreadable = |error| ReadError::File {
        path: path.to_owned(),
        error,
    };
    let elsewhere = |what, command| OpenFault::LogElsewhere {
        path: path.to_owned(),
        what,
        how: format!("{command} {}", path.display()),
    };
    // A pipe is not opened again: whoever wrote into it is gone.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(elsewhere("a pipe", "cat"));
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(4).read_to_end(&mut head).map_err(unreadable)?;
    match head[..] {
        [0x1f, 0x8b, ..] => Err(elsewhere("packed", "gunzip -c")),
        [0x28, 0xb5, 0x2f, 0xfd] => Err(elsewhere("packed", "zstd -dc")),
        _ => Ok(()),
    }
}

/// What a text is kept in where that is seen to be other than UTF-8. A heading that is none is taken for what lists in Chinese are kept in.
fn other_encoding(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(DATABASE) {
        return None;
    }
    if is_utf_16(head) {
        return Some("UTF-16");
    }
    let end = head.iter().position(|byte| *byte == b'\n')?;
    let heading = &head[..end];
    (!heading.contains(&0) && std::str::from_utf8(heading).is_err()).then_some("GB18030")
}

/// What a text is, by its beginning. A first line that is broken does not hide what the others are.
pub(super) fn kind_of(head: &[u8]) -> Option<Kind> {
    if head.starts_with(DATABASE) {
        return Some(Kind::DutyLog);
    }
    let head = String::from_utf8_lossy(head);
    let lines = head.lines().map(|line| line.trim().trim_start_matches('\u{feff}'));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).take(20).collect();
    if lines.iter().any(|line| line.starts_with('{')) {
        Some(Kind::Readings)
    } else if lines.iter().any(|line| queue_log::is_event(line)) {
        Some(Kind::QueueLog)
    } else {
        is_table(&head).then_some(Kind::Calls)
    }
}

/// Whether a text begins as a table: a heading of several columns, and as many in the lines below it.
fn is_table(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}');
    let heading = head.lines().next().unwrap_or_default();
    let plain = !heading.chars().any(|it| it.is_control() && it != '\t') && !heading.contains(['<', '\u{fffd}']);
    let Some(delimiter) = calls::delimiter(heading).filter(|_| plain) else {
        return false;
    };
    // The last line of what was read so far may be cut.
    let whole = head.rfind('\n').map_or(head, |end| &head[..end]);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(whole.as_bytes())
        .into_records();
    let columns = rows.next().and_then(Result::ok).map_or(0, |heading| heading.len());
    rows.take(3).all(|row| row.is_ok_and(|row| row.len() == columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_encoding_is_known_by_its_first_bytes() {
        let utf16 = |text: &str, of: fn(u16) -> [u8; 2]| Vec::from_iter(text.encode_utf16().flat_map(of));
        let heading = "arrival,wait_s,outcome\n";
        for (head, encoding) in [
            (utf16(&format!("\u{feff}{heading}"), u16::to_le_bytes), Some("UTF-16")),
            (utf16(&format!("\u{feff}{heading}"), u16::to_be_bytes), Some("UTF-16")),
            (utf16(heading, u16::to_le_bytes), Some("UTF-16")),
            (utf16(heading, u16::to_be_bytes), Some("UTF-16")),
            // "Queue, time of arrival" as Excel saves it in China.
            (
                b"\xb6\xd3\xc1\xd0,\xb5\xbd\xb4\xef\xca\xb1\xbc\xe4\na,9\n".to_vec(),
                Some("GB18030"),
            ),
            ("队列,到达时间\n".into(), None),
            (heading.into(), None),
            (b"SQLite format 3\0\x10\0\x02\x02\0\x40\x20\x20".to_vec(), None),
            (b"a".to_vec(), None),
        ] {
            assert_eq!(other_encoding(&head), encoding, "{head:?}");
        }
    }

    #[test]
    fn a_packed_duty_log_is_to_be_unpacked_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("surged.db.packed");
        let log = [DATABASE, &[0; 200]].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &log).unwrap();
        let form = calls::tests::form();
        for (bytes, how) in [
            (gzip.finish().unwrap(), "gunzip -c "),
            (zstd::encode_all(&log[..], 1).unwrap(), "zstd -dc "),
        ] {
            std::fs::write(&path, bytes).unwrap();
            for kind in [None, Some(Kind::DutyLog)] {
                let refused = super::super::open(&path, &Form { kind, ..form.clone() });
                let refused = refused.err().unwrap().to_string();
                assert!(refused.contains("packed") && refused.contains(how), "{refused}");
            }
            let refused = calls::read_as_far(&path, &form).unwrap_err().to_string();
            assert!(refused.contains(how), "{refused}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_content() {
        let kinds = [
            ("SQLite format 3\0\u{1}", Some(Kind::DutyLog)),
            ("\n {\"queue\":\"a\"}", Some(Kind::Readings)),
            ("broken\n{\"queue\":\"a\"}\n", Some(Kind::Readings)),
            ("1793581205|NONE|NONE|NONE|QUEUESTART|", Some(Kind::QueueLog)),
            ("arrival,wait_s,outcome\n", Some(Kind::Calls)),
            ("\u{feff}arrival;wait_s;outcome\n", Some(Kind::Calls)),
            ("time_zone = \"UTC\"\n[feed.a]\n", None),
            ("# Who is asked, in which order\n# and when.\na = 1\n", None),
            ("<html><body>a, b, c</body></html>", None),
            ("\u{1}\u{2},\u{3},", None),
            ("", None),
        ];
        for (head, kind) in kinds {
            assert_eq!(kind_of(head.as_bytes()), kind, "{head:?}");
        }
    }
}
