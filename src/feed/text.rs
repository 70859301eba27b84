//! The text of a file, unpacked on the way, and how far it has been read.

use super::readings::ReadError;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What some editors put before UTF-8; it belongs to no line.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A file's text, unpacked where it is packed.
pub struct Text {
    pub(super) path: PathBuf,
    pub(super) text: Box<dyn BufRead + Send>,
    /// Bytes of the file itself, packed as they are.
    bytes: u64,
    read: Arc<AtomicU64>,
}

impl Text {
    /// Opens a file: plain, gzip or zstd, told by its first bytes.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path) -> Result<Text, ReadError> {
        let unreadable = |error| ReadError::File {
            path: path.to_owned(),
            error,
        };
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(unreadable(io::Error::other("it is a folder; name the files in it")));
        }
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted(file, Arc::clone(&read));
        let mut text = decompressed(counted).map_err(unreadable)?;
        if text.fill_buf().map_err(unreadable)?.starts_with(MARK) {
            text.consume(MARK.len());
        }
        Ok(Text {
            path: path.to_owned(),
            text,
            bytes: about.len(),
            read,
        })
    }

    /// A text that is part of the program, packed or not; `name` stands for a file's.
    ///
    /// # Errors
    /// It is packed and not whole.
    pub fn built_in(name: &str, bytes: &'static [u8]) -> Result<Text, ReadError> {
        let path = PathBuf::from(name);
        let unreadable = |error| ReadError::File {
            path: path.clone(),
            error,
        };
        let read = Arc::new(AtomicU64::new(0));
        Ok(Text {
            text: decompressed(bytes).map_err(unreadable)?,
            bytes: bytes.len() as u64,
            read,
            path,
        })
    }

    /// Its beginning, unpacked: what lies in the buffer, without taking it away.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn head(&mut self) -> Result<&[u8], ReadError> {
        let path = &self.path;
        self.text.fill_buf().map_err(|error| ReadError::File {
            path: path.clone(),
            error,
        })
    }

    /// How long it is on the disk, and how much of that was read; to be looked at while it is read.
    pub fn way(&self) -> Way {
        Way {
            bytes: self.bytes,
            read: Arc::clone(&self.read),
        }
    }

    /// The text itself.
    pub fn into_read(self) -> Box<dyn BufRead + Send> {
        self.text
    }
}

/// How far a file has been read.
#[derive(Clone, Debug)]
pub struct Way {
    /// Its length on the disk.
    pub bytes: u64,
    read: Arc<AtomicU64>,
}

impl Way {
    /// Bytes of it that were read.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

struct Counted(File, Arc<AtomicU64>);

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
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
