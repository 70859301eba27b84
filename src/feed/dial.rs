//! Connecting to a source: TCP and TLS, and words for what can go wrong.

use super::pinned::Pinned;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How long one connection may take to be made: name, TCP and TLS each.
pub const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{why}")]
pub struct Unreached {
    /// In words, with what to do.
    pub why: String,
    /// The machine answered that nobody listens there: asking again soon costs nothing.
    pub nothing_listens: bool,
}

impl From<Unreached> for String {
    fn from(unreached: Unreached) -> String {
        unreached.why
    }
}

/// A connection, however it is made.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Through what sources are reached.
#[derive(Clone, Default)]
pub enum Network {
    /// The machine's.
    #[default]
    Machine,
    /// A simulation's: whoever listens at `host:port`, if anybody does.
    Simulated(Arc<Simulated>),
}

/// Whoever listens at `host:port` of a simulated network.
pub type Simulated = dyn Fn(&str) -> Option<DuplexStream> + Send + Sync;

impl Network {
    /// Connects to `host:port`, as [`tcp`] does.
    pub async fn reach(&self, address: &str, hint: &str) -> Result<Box<dyn Stream>, Unreached> {
        match self {
            Network::Machine => Ok(Box::new(tcp(address, hint).await?)),
            Network::Simulated(listening) => match listening(address) {
                Some(stream) => Ok(Box::new(stream)),
                None => Err(unreachable(address, &io::ErrorKind::ConnectionRefused.into(), hint)),
            },
        }
    }
}

/// Connects to `host:port`, trying each of its addresses. The error says what to do; `hint` is what to check where
/// nothing listens.
pub async fn tcp(address: &str, hint: &str) -> Result<TcpStream, Unreached> {
    tcp_where(address, hint, &|_| true).await
}

/// The same where a name comes from a stranger: only addresses that `may_be_at` lets pass are knocked at, and no name is looked up again
/// after that.
pub async fn tcp_where(
    address: &str,
    hint: &str,
    may_be_at: &(dyn Fn(IpAddr) -> bool + Sync),
) -> Result<TcpStream, Unreached> {
    let found = match timeout(CONNECT_WITHIN, lookup_host(address)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(unresolved(address, &error.to_string())),
        Err(_) => return Err(unresolved(address, "no answer in time")),
    };
    let mut last = None;
    for one in found.filter(|one| may_be_at(one.ip())) {
        match timeout(CONNECT_WITHIN, TcpStream::connect(one)).await {
            Ok(Ok(stream)) => {
                // Only latency is at stake.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(io::Error::from(io::ErrorKind::TimedOut)),
        }
    }
    Err(last.map_or_else(
        || unresolved(address, "it has no address that may be used"),
        |error| unreachable(address, &error, hint),
    ))
}

/// How a connection ended, to complete "the phone system ...".
pub fn how_ended(error: Option<&io::Error>) -> String {
    match error {
        None => "closed the connection".into(),
        Some(error) if error.kind() == io::ErrorKind::ConnectionReset => "reset the connection".into(),
        // TLS without a farewell.
        Some(error) if error.kind() == io::ErrorKind::UnexpectedEof => "closed the connection".into(),
        Some(error) => format!("broke the connection ({error})"),
    }
}

/// TLS that trusts the public authorities and those of a PEM file. A server that shows the very certificate that is in the
/// file is trusted by that alone: it is how a self-signed one is trusted, which often has another name in it and is
/// marked as an authority's.
pub fn tls_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let mut named = Vec::new();
    if let Some(path) = ca_file {
        let unreadable = |error: &dyn std::fmt::Display| {
            format!(
                "cannot read the certificates of ca_file {}: {error}; expected a PEM file",
                path.display()
            )
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate.clone()).map_err(|error| unreadable(&error))?;
            named.push(certificate);
        }
        if named.is_empty() {
            return Err(unreadable(&"it holds no certificate"));
        }
    }
    let unusable = |error: &dyn std::fmt::Display| format!("TLS cannot be set up: {error}");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    let verifier = Pinned::new(named, chains.map_err(|error| unusable(&error))?);
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| unusable(&error))?.dangerous();
    Ok(Arc::new(
        config
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
    ))
}

/// TLS over a connection.
pub async fn tls(stream: TcpStream, config: Arc<ClientConfig>, name: &str) -> Result<TlsStream<TcpStream>, String> {
    let server = ServerName::try_from(name.to_owned())
        .map_err(|_| format!("{name:?} cannot be the name in a certificate; set server_name to the one that is"))?;
    match timeout(CONNECT_WITHIN, TlsConnector::from(config).connect(server, stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(tls_failed(name, &error)),
        Err(_) => Err(format!("{name} did not begin TLS in time; is that port one for TLS?")),
    }
}

/// Words for a TLS handshake that failed.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
pub fn tls_failed(name: &str, error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(cause)) => {
            use rustls::CertificateError as Cause;
            let remedy = match cause {
                // A self-signed one that may sign others is told of as something else.
                Cause::UnknownIssuer | Cause::Other(_) => {
                    "set ca_file to the PEM file of the authority that issued it, or of the certificate itself where it is self-signed"
                }
                Cause::Expired | Cause::ExpiredContext { .. } => "have it renewed, and check this machine's clock",
                Cause::NotValidYet | Cause::NotValidYetContext { .. } => "check this machine's clock",
                Cause::NotValidForName | Cause::NotValidForNameContext { .. } => {
                    "connect by the name that is in it, or set server_name"
                }
                _ => "have it replaced",
            };
            format!("the certificate of {name} is not accepted ({cause}); {remedy}")
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            format!("{name} answered TLS with something that is not TLS; is that port a plain one?")
        }
        Some(other) => format!("TLS with {name} failed: {other}"),
        None => format!(
            "{name} {} during the TLS handshake; is that port one for TLS?",
            how_ended(Some(error))
        ),
    }
}

fn unresolved(address: &str, error: &str) -> Unreached {
    let why = format!(
        "{address:?} cannot be resolved ({error}); expected host:port, with a host that this machine's DNS knows"
    );
    Unreached {
        why,
        nothing_listens: false,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
fn unreachable(address: &str, error: &io::Error, hint: &str) -> Unreached {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("nothing listens at {address} (connection refused); {hint}"),
        io::ErrorKind::TimedOut => {
            format!("{address} does not answer; check the address, the network, and what firewalls let through")
        }
        _ => format!("{address} cannot be reached ({error}); check the address and the network"),
    };
    Unreached {
        why,
        nothing_listens: error.kind() == io::ErrorKind::ConnectionRefused,
    }
}
