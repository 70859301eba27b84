//! How a file goes over the wire: packed once for each of its versions, in the best way that a browser takes.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

/// The best, which takes a file some tens of milliseconds, once; a build for tests is not optimised, and takes what is quick.
const QUALITY: u32 = if cfg!(debug_assertions) { 5 } else { 11 };

/// How a file is packed.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Packing {
    /// Browsers ask for it over TLS, and on this machine.
    Brotli,
    Gzip,
}

impl Packing {
    /// The best that a client takes.
    pub fn wanted(headers: &HeaderMap) -> Option<Packing> {
        let said = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default();
        let takes = |packing: &Packing| {
            said.split(',').any(|one| {
                let (name, weight) = one.split_once(';').unwrap_or((one, ""));
                let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
                name.trim().eq_ignore_ascii_case(packing.word()) && !refused
            })
        };
        [Packing::Brotli, Packing::Gzip].into_iter().find(takes)
    }

    pub fn word(self) -> &'static str {
        match self {
            Packing::Brotli => "br",
            Packing::Gzip => "gzip",
        }
    }

    /// What it adds to a version's mark: the bytes are others.
    pub fn tag(self) -> &'static str {
        match self {
            Packing::Brotli => "-br",
            Packing::Gzip => "-gz",
        }
    }

    /// A file packed once for each of its versions; there are as many as the page has files.
    pub fn packed(self, path: &str, mark: &str, data: impl FnOnce() -> Vec<u8>) -> Bytes {
        type Kept = HashMap<(String, Packing), (String, Bytes)>;
        static PACKED: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
        let key = (path.to_owned(), self);
        let kept = || PACKED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = kept().get(&key).filter(|(of, _)| of == mark) {
            return bytes.clone();
        }
        // Without the lock: two who come first may both pack, and nobody waits for another's file. Writing to a Vec cannot fail.
        let bytes = Bytes::from(self.pack(&data()).unwrap_or_default());
        kept().insert(key, (mark.to_owned(), bytes.clone()));
        bytes
    }

    fn pack(self, data: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Packing::Brotli => {
                let mut packer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, 22);
                packer.write_all(data)?;
                Ok(packer.into_inner())
            }
            Packing::Gzip => {
                let mut packer = GzEncoder::new(Vec::new(), Compression::best());
                packer.write_all(data)?;
                packer.finish()
            }
        }
    }
}
