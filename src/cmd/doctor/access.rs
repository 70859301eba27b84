//! Who can get in: tokens, and the certificates that prove who is who.

use super::super::configuration::Place;
use super::Findings;
use crate::config::{Config, FeedKind};
use crate::core::{Millis, Time};
use crate::daemon::{tls_files, tokens_beside};
use crate::floor::{access, look_at_tls};
use crate::wire::Stamp;
use crate::words::Sentences;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;

/// What ends within this is told of.
const SOON: Millis = Millis(14 * 86_400_000);

pub(super) fn look(place: &Place, findings: &mut Findings) {
    let now = Time(jiff::Timestamp::now().as_millisecond());
    let words = Sentences::new(place.zone.clone());
    tokens(place, now, &words, findings);
    let Some(config) = &place.config else { return };
    if let Some(tls) = &config.floor.tls {
        certificates(&tls.certificate, "certificate of the floor", now, &words, findings);
    }
    if let Some(Err(fault)) = tls_files(config).map(|files| look_at_tls(&files)) {
        let what = "the certificate and the key that belong to it, readable by surged's user";
        findings.fault("TLS of the floor".to_owned(), fault.to_string(), what);
    }
    for (name, feed) in &config.feeds {
        if let FeedKind::AsteriskAmi(ami) = &feed.kind
            && let Some(ca_file) = ami.tls.as_ref().and_then(|tls| tls.ca_file.as_deref())
        {
            certificates(ca_file, &format!("ca_file of feed {name}"), now, &words, findings);
        }
    }
}

fn tokens(place: &Place, now: Time, words: &Sentences, findings: &mut Findings) {
    let path = tokens_beside(&place.journal);
    let of = format!("tokens {}", path.display());
    let known = match access::read(&path) {
        Ok(known) => known,
        Err(fault) => return findings.fault(of, fault.to_string(), ""),
    };
    let good: Vec<_> = known.iter().filter(|it| it.fault(Stamp(now)).is_none()).collect();
    let reachable = |config: &Config| !config.floor.listen.ip().is_loopback() || config.floor.behind_proxy;
    let make = "surged token new --name \"Li Na\" --staff-no S17 --role shift_leader";
    match (known.len(), good.len()) {
        (0, _) if place.config.as_ref().is_some_and(reachable) => {
            findings.fault(of, "there are none, so nobody is let in from another machine", make);
        }
        (0, _) => findings.warning(
            of,
            "there are none: everybody on this machine is let in as manager",
            make,
        ),
        (_, 0) => findings.fault(of, "none is good any more: nobody can get in", make),
        (_, good) => findings.good(of, format!("{good} are good")),
    }
    for token in good {
        if let Some(ends) = token.expires.filter(|ends| ends.0 <= now + SOON) {
            let found = format!("token {} of {} ends {}", token.id, token.name, words.time(ends.0));
            findings.warning("tokens", found, "make another in time, and revoke this one");
        }
    }
}

/// When the certificates of a file end. What cannot be read at all has been told with the configuration.
fn certificates(path: &Path, of: &str, now: Time, words: &Sentences, findings: &mut Findings) {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = match read {
        Ok(found) if !found.is_empty() => found,
        Ok(_) => return findings.fault(of, format!("{} holds no certificate", path.display()), "expected PEM"),
        Err(error) => {
            return findings.fault(
                of,
                format!("{}: {error}", path.display()),
                "expected PEM, readable by surged's user",
            );
        }
    };
    let ends = found.iter().filter_map(|der| {
        let (_, known) = x509_parser::parse_x509_certificate(der).ok()?;
        Some(Time(known.validity().not_after.timestamp().saturating_mul(1000)))
    });
    match ends.min() {
        None => findings.warning(
            of,
            format!("{} cannot be understood", path.display()),
            "have it made anew",
        ),
        Some(end) if end <= now => findings.warning(of, format!("ended {}", words.time(end)), "have it renewed"),
        Some(end) if end <= now + SOON => findings.warning(of, format!("ends {}", words.time(end)), "have it renewed"),
        Some(end) => findings.good(of, format!("good until {}", words.time(end))),
    }
}
