//! Where a webhook goes. The whole address counts as a secret: many receivers put their key into it.

use axum::http::Uri;
use std::fmt;
use std::net::IpAddr;

/// The longest address, in bytes.
pub const LIMIT_BYTES: usize = 2_048;

/// An address; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// By TLS.
    pub(super) tls: bool,
    /// A name or an address, without brackets.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// As `Host` has it.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

impl Address {
    /// Reads `https://…`; `http://` only to this machine.
    ///
    /// # Errors
    /// In words, without the address, what was expected.
    pub fn read(text: &str) -> Result<Address, &'static str> {
        if text.len() > LIMIT_BYTES {
            return Err("it is longer than 2,048 bytes");
        }
        let uri: Uri = text.parse().map_err(|_| "it is no web address")?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("it does not begin with https://"),
        };
        let authority = uri.authority().ok_or("it names no host")?;
        if authority.as_str().contains('@') {
            return Err("it names a user: receivers know surged by its signature, or by a key in the path");
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.is_empty() {
            return Err("it names no host");
        }
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
        if !tls && !here {
            return Err("it goes to another machine in the clear: write https://");
        }
        Ok(Address {
            tls,
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            authority: authority.to_string(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host,
        })
    }

    /// `host:port`, to connect to.
    pub(super) fn socket(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// Words without any of it.
    pub(super) fn hide(&self, words: &str) -> String {
        words
            .replace(&format!("{:?}", self.socket()), "its host")
            .replace(&self.socket(), "its host")
            .replace(&self.host, "its host")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_anywhere_and_http_to_this_machine() {
        let address = Address::read("https://hooks.example/cgi-bin/send?key=k1").unwrap();
        assert_eq!(
            (address.socket(), address.path.as_str(), address.tls),
            ("hooks.example:443".to_owned(), "/cgi-bin/send?key=k1", true)
        );
        assert_eq!(Address::read("http://[::1]:8080").unwrap().socket(), "[::1]:8080");
        assert!(Address::read("http://127.0.0.1/x").is_ok() && Address::read("http://localhost:1/x").is_ok());
        for (text, why) in [
            ("http://hooks.example/k1", "write https://"),
            ("ftp://hooks.example/k1", "does not begin with https://"),
            ("hooks.example/k1", "no web address"),
            ("https://li:k1@hooks.example/", "names a user"),
            ("https://hooks.example/k1 k1", "no web address"),
        ] {
            let said = Address::read(text).unwrap_err();
            assert!(said.contains(why) && !said.contains("k1"), "{text}: {said}");
        }
        assert!(Address::read(&format!("https://a.example/{}", "x".repeat(2048))).is_err());
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let address = Address::read("https://key123.hooks.example:8443/k1").unwrap();
        assert_eq!(format!("{address:?}"), "Address(not shown)");
        let said = address.hide("\"key123.hooks.example:8443\" cannot be resolved: key123.hooks.example");
        assert_eq!(said, "its host cannot be resolved: its host");
    }
}
