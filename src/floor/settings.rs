//! What the floor server needs to know from the configuration, and its limits.

use std::path::PathBuf;
use std::time::Duration;

/// The floor server's settings.
#[derive(Clone, Debug, Default)]
pub struct FloorSettings {
    /// Another program ends TLS in front: nobody counts as local, tokens are needed.
    pub behind_proxy: bool,
    /// Origins of other pages that may use the floor, such as `https://wall.example:8443`.
    pub origins: Vec<String>,
    /// Further names by which a loopback listener may be called (`Host`), without port.
    pub hosts: Vec<String>,
    /// Certificate and key, where the floor ends TLS itself.
    pub tls: Option<TlsFiles>,
    /// What `/metrics` asks for as Bearer, if anything.
    pub metrics_token: Option<String>,
    /// The file in which the floor on one printable page is kept fresh, if any.
    pub paper: Option<PathBuf>,
    /// The language of that page.
    pub paper_language: crate::words::Language,
}

/// PEM files; read anew when they change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsFiles {
    /// The certificate chain, the server's own first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Limits of the floor server. The defaults suit 5,000 sessions.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections that have not become sessions: HTTP, handshakes.
    pub connections: usize,
    /// Sessions in all.
    pub sessions: usize,
    /// Sessions of one token.
    pub sessions_per_token: usize,
    /// Messages kept for resume.
    pub ring_frames: usize,
    /// Messages that a session whose socket takes nothing may be behind.
    pub outbox_frames: usize,
    /// Bytes that a session whose socket takes nothing may be behind.
    pub outbox_bytes: usize,
    /// How long a socket may take nothing.
    pub stall: Duration,
    /// How long a client has for its `hello`.
    pub hello: Duration,
    /// How often a session is pinged.
    pub ping_every: Duration,
    /// A session of which nothing is heard for so long is dead.
    pub dead_after: Duration,
    /// Bytes of a message from a client.
    pub message_bytes: usize,
    /// Messages that a client may send at once.
    pub burst: u32,
    /// Messages a second that it may send on average.
    pub per_second: u32,
    /// How long an HTTP client has for its request's head, and again for its body; and a TLS client for its handshake.
    pub request: Duration,
    /// Bytes of an HTTP request's body.
    pub body_bytes: usize,
    /// How long the daemon has to answer an HTTP request.
    pub reply: Duration,
    /// Days that are replayed for the bench at a time.
    pub benches: usize,
    /// How long a change on the bench waits for one of these places.
    pub bench_wait: Duration,
    /// How long one replay for the bench may compute.
    pub bench_work: Duration,
    /// How long sessions have to take their leave at shutdown.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            sessions: 10_000,
            sessions_per_token: 100,
            ring_frames: 8192,
            outbox_frames: 4096,
            outbox_bytes: 4 * 1024 * 1024,
            stall: Duration::from_secs(10),
            hello: Duration::from_secs(5),
            ping_every: Duration::from_secs(20),
            dead_after: Duration::from_secs(60),
            message_bytes: 16 * 1024,
            burst: 100,
            per_second: 20,
            request: Duration::from_secs(10),
            body_bytes: 64 * 1024,
            reply: Duration::from_secs(10),
            // The rest of the machine is the floor's.
            benches: std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).clamp(1, 4)),
            bench_wait: Duration::from_secs(3),
            bench_work: Duration::from_secs(20),
            grace: Duration::from_secs(5),
        }
    }
}
