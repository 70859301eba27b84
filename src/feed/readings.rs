//! Files of recorded readings: one JSON object a line, plain or compressed.
//!
//! Besides readings a recording holds `{"at":…,"heartbeat":true}` and `{"at":…,"lost":true,"why":…}`: when the queues
//! were seen and when not is part of what happened.

use super::json::{self, Said, read_object, rfc3339};
use super::{FeedEvent, Heard};
use crate::core::{Reading, Time};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = 1024 * 1024;

/// One line of a recording.
#[derive(Clone, PartialEq, Debug)]
pub enum Recorded {
    /// A queue's state; its `at` is there.
    Reading(Reading),
    /// The source lived and nothing changed.
    Heartbeat {
        /// When.
        at: Time,
    },
    /// The source lost sight of its queues.
    Lost {
        /// When.
        at: Time,
        /// In words.
        why: String,
    },
}

impl Recorded {
    /// When it happened.
    pub fn at(&self) -> Time {
        match self {
            Recorded::Reading(reading) => reading.at.unwrap_or_default(),
            Recorded::Heartbeat { at } | Recorded::Lost { at, .. } => *at,
        }
    }
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

/// Opens a file of readings: plain, gzip or zstd, told by its first bytes. The iterator gives each line's number, from 1,
/// and what it says; empty lines are passed over. A line at fault is an error of its own, and the next one follows.
pub fn read_file(path: &Path) -> Result<Lines, ReadError> {
    let unreadable = |error| ReadError::File {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(unreadable)?;
    let text = decompressed(file).map_err(unreadable)?;
    Ok(Lines {
        path: path.to_owned(),
        text,
        buffer: Vec::new(),
        number: 0,
        ended: false,
    })
}

/// The lines of one file.
pub struct Lines {
    path: PathBuf,
    text: Box<dyn BufRead + Send>,
    buffer: Vec<u8>,
    number: u64,
    ended: bool,
}

impl Iterator for Lines {
    type Item = Result<(u64, Recorded), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
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
                Err(error) => {
                    self.ended = true;
                    return Some(Err(ReadError::File {
                        path: self.path.clone(),
                        error,
                    }));
                }
            }
        }
    }
}

impl Lines {
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

    fn parse(&self) -> Result<(u64, Recorded), ReadError> {
        let Ok(text) = std::str::from_utf8(&self.buffer) else {
            return Err(self.fault("the line is not UTF-8; expected one JSON object".into()));
        };
        let no_time =
            || self.fault("the reading has no at; in a file it must be there, as in 2026-11-21T08:00:05.250Z".into());
        // Of what is wrong beside a reading (a bad name among its agents), the reading counts.
        match read_object(text).pop() {
            Some(Said::Reading(reading)) if reading.at.is_none() => Err(no_time()),
            Some(Said::Reading(reading)) => Ok((self.number, Recorded::Reading(reading))),
            Some(Said::Heartbeat { at }) => Ok((
                self.number,
                Recorded::Heartbeat {
                    at: at.ok_or_else(no_time)?,
                },
            )),
            Some(Said::Lost { at, why }) => {
                let why = why.unwrap_or_else(|| "the source lost sight of its queues".into());
                Ok((
                    self.number,
                    Recorded::Lost {
                        at: at.ok_or_else(no_time)?,
                        why,
                    },
                ))
            }
            Some(Said::Bad(bad)) => Err(self.fault(bad.detail)),
            None => Err(self.fault("the line says nothing; expected one JSON object".into())),
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

    /// Writes what an event says about queues, if anything. Flushing is the caller's.
    pub fn write(&mut self, event: &FeedEvent) -> io::Result<()> {
        let at = rfc3339(event.received);
        let line = match &event.what {
            Heard::Reading(reading) => json::write(&Reading {
                at: reading.at.or(Some(event.received)),
                ..reading.clone()
            }),
            Heard::Heartbeat => serde_json::json!({ "at": at, "heartbeat": true }).to_string(),
            Heard::SourceLost { why } => serde_json::json!({ "at": at, "lost": true, "why": why }).to_string(),
            Heard::Connected | Heard::Disconnected { .. } | Heard::QueueMissing { .. } | Heard::Rejected { .. } => {
                return Ok(());
            }
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

fn decompressed(file: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let mut raw = BufReader::with_capacity(256 * 1024, file);
    let head = raw.fill_buf()?;
    if head.starts_with(GZIP) {
        Ok(Box::new(BufReader::with_capacity(256 * 1024, MultiGzDecoder::new(raw))))
    } else if head.starts_with(ZSTD) {
        Ok(Box::new(BufReader::with_capacity(
            256 * 1024,
            zstd::Decoder::with_buffer(raw)?,
        )))
    } else {
        Ok(Box::new(raw))
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

    #[test]
    fn plain_gzip_and_zstd_read_the_same() {
        let plain = lines(THREE.as_bytes());
        let first = Reading {
            at: Some(Time(1_795_248_000_000)),
            ..Reading::of("a", 1)
        };
        assert_eq!(plain[0], Ok((1, Recorded::Reading(first))));
        assert_eq!(
            plain[1],
            Ok((
                3,
                Recorded::Heartbeat {
                    at: Time(1_795_248_001_000)
                }
            ))
        );
        assert_eq!(
            plain[2],
            Ok((
                4,
                Recorded::Lost {
                    at: Time(1_795_248_002_000),
                    why: "gone".into()
                }
            ))
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
        let why = "restart".to_owned();
        recording.write(&event(0, Heard::Connected)).unwrap();
        recording.write(&event(1, Heard::Reading(Reading::of("a", 7)))).unwrap();
        recording.write(&event(2, Heard::Heartbeat)).unwrap();
        recording
            .write(&event(3, Heard::SourceLost { why: why.clone() }))
            .unwrap();
        assert_eq!(recording.lines(), 3);
        let all = lines(&recording.finish().unwrap());
        let reading = Reading {
            at: Some(Time(1)),
            ..Reading::of("a", 7)
        };
        assert_eq!(all[0], Ok((1, Recorded::Reading(reading))));
        assert_eq!(all[1], Ok((2, Recorded::Heartbeat { at: Time(2) })));
        assert_eq!(all[2], Ok((3, Recorded::Lost { at: Time(3), why })));
    }
}
