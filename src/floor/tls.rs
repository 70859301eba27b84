//! TLS on the floor's own listener: certificate and key from files, read anew when they change.

use super::settings::TlsFiles;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file.
    #[error("{}: expected {expected} in PEM; {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// The two together.
    #[error("{} and {} do not go together: {fault}", files.certificate.display(), files.key.display())]
    Pair {
        /// The files.
        files: TlsFiles,
        /// What is wrong.
        fault: rustls::Error,
    },
}

/// The certificate in force.
pub(super) struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
}

impl Tls {
    pub fn open(files: TlsFiles) -> Result<Tls, TlsFault> {
        let config = ArcSwap::new(Arc::new(load(&files)?));
        Ok(Tls { files, config })
    }

    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.load_full())
    }

    /// Follows the files until cancelled; files at fault keep the certificate in force.
    pub async fn watch(self: Arc<Self>, cancel: CancellationToken) {
        let mut seen = self.versions();
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                _ = tick.tick() => {}
            }
            let versions = self.versions();
            if versions != seen {
                seen = versions;
                self.reload();
            }
        }
    }

    fn reload(&self) {
        match load(&self.files) {
            Ok(config) => {
                self.config.store(Arc::new(config));
                tracing::info!(certificate = %self.files.certificate.display(), "certificate read anew");
            }
            Err(fault) => tracing::error!(%fault, "the new certificate cannot be used: the one before stays in force"),
        }
    }

    fn versions(&self) -> [Option<SystemTime>; 2] {
        let version = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
        [version(&self.files.certificate), version(&self.files.key)]
    }
}

/// Whether TLS can be spoken with these files.
///
/// # Errors
/// Which of them is at fault, or that they do not go together.
pub fn look_at_tls(files: &TlsFiles) -> Result<(), TlsFault> {
    load(files).map(drop)
}

fn load(files: &TlsFiles) -> Result<ServerConfig, TlsFault> {
    let at_fault = |path: &Path, expected, fault: String| TlsFault::File {
        path: path.into(),
        expected,
        fault,
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|fault| at_fault(&files.certificate, "certificates", fault.to_string()))?;
    if chain.is_empty() {
        let fault = "there is none".to_string();
        return Err(at_fault(&files.certificate, "certificates", fault));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|fault| at_fault(&files.key, "a private key", fault.to_string()))?;
    let pair = |fault| TlsFault::Pair {
        files: files.clone(),
        fault,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_certificate_is_taken_and_a_damaged_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles {
            certificate: folder.path().join("cert.pem"),
            key: folder.path().join("key.pem"),
        };
        let issue = || {
            let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
            std::fs::write(&files.certificate, made.cert.pem()).unwrap();
            std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        };
        issue();
        let tls = Tls::open(files.clone()).unwrap();
        let first = tls.config.load_full();
        issue();
        tls.reload();
        let second = tls.config.load_full();
        assert!(!Arc::ptr_eq(&first, &second));
        std::fs::write(&files.certificate, "not a certificate").unwrap();
        tls.reload();
        assert!(Arc::ptr_eq(&second, &tls.config.load_full()));
        let said = Tls::open(files).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains("cert.pem: expected certificates in PEM"), "{said}");
    }
}
