//! Files of recorded readings: one JSON object a line, plain or compressed.
//!
//! Besides readings a recording holds what else was heard: signs of life, losses, queues that were missing, and when each feed was
//! connected. When the queues were seen and when not is part of what happened. [`Recording`] writes it, [`Lines`] reads it.

use super::json::{self, Familiar, FileLine, Said, read_line, rfc3339};
use super::text::Text;
use super::{FeedEvent, Heard};
use crate::core::{Name, Reading, Time};
use serde_json::json;
use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = 1024 * 1024;

/// One thing that was heard, as a file has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Recorded {
    /// When it was received.
    pub at: Time,
    /// Who spoke; `None`: the file does not tell.
    pub feed: Option<Name>,
    /// What. A reading has its own `at`; queues go by the names that the file has.
    pub what: Heard,
}

/// Why a file or a line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file itself; nothing more can be read.
    #[error("{}: cannot be read: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// One line; the next one can be read.
    #[error("{}:{line}: {detail}", path.display())]
    Line {
        /// In which file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What came and what was expected.
        detail: String,
    },
}

/// Opens a file of readings. The iterator gives each line's number, from 1, and what it says; empty lines are passed over. A line at
/// fault is an error of its own, and the next one follows.
///
/// # Errors
/// It cannot be read.
pub fn read_file(path: &Path) -> Result<Lines, ReadError> {
    Ok(Lines::of(Text::open(path)?))
}

/// The lines of one file.
pub struct Lines {
    path: PathBuf,
    text: Box<dyn BufRead + Send>,
    buffer: Vec<u8>,
    familiar: Familiar,
    number: u64,
    /// Why the file cannot be read on, behind a last line that is whole.
    broken: Option<io::Error>,
    ended: bool,
}

impl Iterator for Lines {
    type Item = Result<(u64, Recorded), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.broken.take() {
            return Some(Err(self.broken(error)));
        }
        match self.alike() {
            Ok(Some(read)) => return Some(Ok(read)),
            Ok(None) => {}
            Err(error) => return Some(Err(self.broken(error))),
        }
        loop {
            if self.ended {
                return None;
            }
            match self.next_line() {
                Ok(false) => return None,
                Ok(true) if self.buffer.len() > LINE_LIMIT => {
                    let detail = format!("the line is longer than {LINE_LIMIT} bytes; expected one reading a line");
                    return Some(Err(self.fault(detail)));
                }
                Ok(true) if self.buffer.trim_ascii().is_empty() => {}
                Ok(true) => return Some(self.parse()),
                // A packed file that is cut may lack no more than its end.
                Err(error) => match self.parse() {
                    Ok(last) => {
                        self.broken = Some(error);
                        return Some(Ok(last));
                    }
                    Err(_) => return Some(Err(self.broken(error))),
                },
            }
        }
    }
}

impl Lines {
    /// The lines of a text.
    pub fn of(text: Text) -> Lines {
        Lines {
            path: text.path,
            text: text.text,
            buffer: Vec::new(),
            familiar: Familiar::default(),
            number: 0,
            broken: None,
            ended: false,
        }
    }

    /// The next line, where it is like one before and lies in memory whole.
    fn alike(&mut self) -> io::Result<Option<(u64, Recorded)>> {
        if self.ended {
            return Ok(None);
        }
        let Some(read) = self.familiar.alike(self.text.fill_buf()?) else {
            return Ok(None);
        };
        let Some(at) = read.received.or(read.reading.at) else {
            return Ok(None);
        };
        self.text.consume(read.length);
        self.number += 1;
        let (feed, what) = (read.feed, Heard::Reading(read.reading));
        Ok(Some((self.number, Recorded { at, feed, what })))
    }

    /// The next line into the buffer; of one over the limit only its beginning. `false` at the end.
    fn next_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        self.number += 1;
        let limit = LINE_LIMIT as u64 + 1;
        let read = (&mut self.text).take(limit).read_until(b'\n', &mut self.buffer)?;
        if self.buffer.len() > LINE_LIMIT && self.buffer.last() != Some(&b'\n') {
            self.text.skip_until(b'\n')?;
        }
        Ok(read > 0)
    }

    fn parse(&mut self) -> Result<(u64, Recorded), ReadError> {
        let Ok(text) = std::str::from_utf8(&self.buffer) else {
            return Err(self.fault("the line is not UTF-8; expected one JSON object".into()));
        };
        let FileLine { feed, received, said } = read_line(text, &mut self.familiar);
        let (at, what) = match said {
            Said::Reading(reading) => {
                self.familiar.remember(text);
                (reading.at, Heard::Reading(reading))
            }
            Said::Heartbeat { at } => (at, Heard::Heartbeat),
            Said::Lost { at, why } => {
                let why = why.unwrap_or_else(|| "the source lost sight of its queues".into());
                (at, Heard::SourceLost { why })
            }
            Said::Missing { queue, at } => (at, Heard::QueueMissing { queue }),
            Said::Line {
                connected: true, at, ..
            } => (at, Heard::Connected),
            Said::Line { at, why, .. } => {
                let why = why.unwrap_or_else(|| "the connection was lost".into());
                (at, Heard::Disconnected { why })
            }
            Said::Bad(bad) => return Err(self.fault(bad.detail)),
        };
        let Some(at) = at else {
            let detail = "the reading has no at; in a file it must be there, as in 2026-11-21T08:00:05.250Z";
            return Err(self.fault(detail.into()));
        };
        let at = received.unwrap_or(at);
        Ok((self.number, Recorded { at, feed, what }))
    }

    /// The file itself cannot be read: nothing more comes of it.
    fn broken(&mut self, error: io::Error) -> ReadError {
        self.ended = true;
        ReadError::File {
            path: self.path.clone(),
            error,
        }
    }

    fn fault(&self, detail: String) -> ReadError {
        ReadError::Line {
            path: self.path.clone(),
            line: self.number,
            detail,
        }
    }
}

/// Writes a recording, one line at a time; readings without a time of their own get that of their receipt.
#[derive(Debug)]
pub struct Recording<W> {
    out: W,
    lines: u64,
}

impl<W: Write> Recording<W> {
    /// A recording into anything.
    pub fn new(out: W) -> Recording<W> {
        Recording { out, lines: 0 }
    }

    /// Writes down what was heard and by whom; what was rejected is not kept. Flushing is the caller's.
    pub fn write(&mut self, event: &FeedEvent) -> io::Result<()> {
        let (at, feed) = (rfc3339(event.received), &event.feed);
        let line = match &event.what {
            Heard::Reading(reading) => {
                let elsewhere = reading.at.is_some_and(|at| at != event.received);
                let reading = Reading {
                    at: reading.at.or(Some(event.received)),
                    ..reading.clone()
                };
                json::write_heard(&reading, Some(feed), elsewhere.then_some(event.received))
            }
            Heard::Heartbeat => json!({ "at": at, "feed": feed, "heartbeat": true }).to_string(),
            Heard::SourceLost { why } => json!({ "at": at, "feed": feed, "lost": true, "why": why }).to_string(),
            Heard::QueueMissing { queue } => {
                json!({ "at": at, "feed": feed, "queue": queue, "missing": true }).to_string()
            }
            Heard::Connected => json!({ "at": at, "feed": feed, "connected": true }).to_string(),
            Heard::Disconnected { why } => {
                json!({ "at": at, "feed": feed, "connected": false, "why": why }).to_string()
            }
            Heard::ClockDiffers { .. } | Heard::Rejected { .. } => return Ok(()),
        };
        self.lines += 1;
        writeln!(self.out, "{line}")
    }

    /// Lines written.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Hands what was written on to the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Flushes, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: &str = "{\"queue\":\"a\",\"at\":\"2026-11-21T08:00:00Z\",\"waiting\":1}\n\n\
                         {\"at\":\"2026-11-21T08:00:01Z\",\"heartbeat\":true}\n\
                         {\"at\":\"2026-11-21T08:00:02Z\",\"lost\":true,\"why\":\"gone\"}";

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn lines(bytes: &[u8]) -> Vec<Result<(u64, Recorded), String>> {
        let file = file(bytes);
        let strip = |error: ReadError| error.to_string().replace(&file.path().display().to_string(), "FILE");
        read_file(file.path())
            .unwrap()
            .map(|line| line.map_err(strip))
            .collect()
    }

    fn recorded(at: i64, what: Heard) -> Recorded {
        let (at, feed) = (Time(at), None);
        Recorded { at, feed, what }
    }

    #[test]
    fn plain_gzip_and_zstd_read_the_same() {
        let plain = lines(THREE.as_bytes());
        let first = Reading {
            at: Some(Time(1_795_248_000_000)),
            ..Reading::of("a", 1)
        };
        assert_eq!(plain[0], Ok((1, recorded(1_795_248_000_000, Heard::Reading(first)))));
        assert_eq!(plain[1], Ok((3, recorded(1_795_248_001_000, Heard::Heartbeat))));
        let why = "gone".into();
        assert_eq!(
            plain[2],
            Ok((4, recorded(1_795_248_002_000, Heard::SourceLost { why })))
        );
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(THREE.as_bytes()).unwrap();
        assert_eq!(lines(&gzip.finish().unwrap()), plain);
        assert_eq!(lines(&zstd::encode_all(THREE.as_bytes(), 1).unwrap()), plain);
    }

    #[test]
    fn a_bad_line_names_its_place_and_the_next_one_is_read() {
        let long = "x".repeat(LINE_LIMIT + 10);
        let text = format!(
            "{{\"queue\":\"a\",\"waiting\":1}}\n[]\n{long}\nhello\n{}\n{THREE}\n",
            "y".repeat(LINE_LIMIT)
        );
        let all = lines(text.as_bytes());
        let error = |index: usize| all[index].as_ref().unwrap_err().as_str();
        assert!(error(0).starts_with("FILE:1: the reading has no at"), "{}", error(0));
        assert!(error(1).starts_with("FILE:2: expected"), "{}", error(1));
        assert!(error(2).starts_with("FILE:3: the line is longer"), "{}", error(2));
        assert!(error(3).starts_with("FILE:4: expected a reading"), "{}", error(3));
        assert!(error(4).starts_with("FILE:5: the line is longer"), "{}", error(4));
        assert_eq!(all[5].as_ref().map(|(number, _)| *number), Ok(6));
        assert_eq!(all.len(), 8);
    }

    #[test]
    fn a_cut_archive_gives_what_is_whole_and_then_its_fault() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(THREE.as_bytes()).unwrap();
        let bytes = gzip.finish().unwrap();
        // Without its last byte it lacks no line.
        let without_end = lines(&bytes[..bytes.len() - 1]);
        assert_eq!(
            (without_end.len(), without_end[2].is_ok()),
            (4, true),
            "{without_end:?}"
        );
        let all = lines(&bytes[..bytes.len() - 60]);
        assert!(all[0].is_ok());
        assert!(
            all.last()
                .unwrap()
                .as_ref()
                .unwrap_err()
                .starts_with("FILE: cannot be read"),
            "{all:?}"
        );
    }

    #[test]
    fn a_recording_is_read_as_it_was_heard() {
        let mut recording = Recording::new(Vec::new());
        let event = |received, what| FeedEvent {
            feed: "f".into(),
            received: Time(received),
            what,
        };
        let at = |at, waiting| Reading {
            at: Some(Time(at)),
            ..Reading::of("a", waiting)
        };
        let why = || "restart".to_owned();
        let heard = [
            event(0, Heard::Connected),
            event(1, Heard::Reading(at(1, 7))),
            event(2_500, Heard::Reading(at(2_000, 8))),
            event(2_600, Heard::Heartbeat),
            event(3_000, Heard::SourceLost { why: why() }),
            event(3_001, Heard::QueueMissing { queue: "a".into() }),
            event(3_002, Heard::Disconnected { why: why() }),
        ];
        heard.iter().for_each(|event| recording.write(event).unwrap());
        let (reason, detail) = ("not_a_reading", String::new());
        recording.write(&event(4, Heard::Rejected { reason, detail })).unwrap();
        recording.write(&event(5, Heard::Reading(Reading::of("a", 9)))).unwrap();
        assert_eq!(recording.lines(), 8);
        let read = lines(&recording.finish().unwrap());
        let read: Vec<FeedEvent> = read
            .into_iter()
            .map(|line| line.unwrap().1)
            .map(|Recorded { at, feed, what }| FeedEvent {
                feed: feed.unwrap(),
                received: at,
                what,
            })
            .collect();
        // A reading without a time of its own has that of its receipt.
        let last = event(5, Heard::Reading(at(5, 9)));
        assert_eq!(read, heard.into_iter().chain([last]).collect::<Vec<_>>());
    }
}
