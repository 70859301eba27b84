//! Where a browser's push service is reached. The address comes from a page and is not to be trusted: surged would else knock wherever
//! somebody points it. So: `https` alone, a service that is known or that the operator has named, and none of the built-in ones at an address
//! within the house, whatever a name server says.

use super::super::Address;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The push services of browsers, by whole name or (with a dot in front) by the end of it.
pub const KNOWN: [&str; 4] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
];

/// Where one subscription is reached; never printed, since who has it can send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// The address.
    pub(in super::super) address: Address,
    /// The operator has named its host: it may be within the house.
    pub(in super::super) anywhere: bool,
}

impl Endpoint {
    /// Reads what a browser gave; `named`: hosts beside the known ones, as `name` or `name:port`.
    ///
    /// # Errors
    /// In words, without the address, why not.
    pub fn read(text: &str, named: &[String]) -> Result<Endpoint, &'static str> {
        let address = Address::read(text)?;
        if !address.tls {
            return Err("it does not begin with https://");
        }
        let host = address.host.to_ascii_lowercase();
        let is_named = named.iter().any(|it| match it.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => {
                name.eq_ignore_ascii_case(&host) && port.parse() == Ok(address.port)
            }
            _ => it.eq_ignore_ascii_case(&host) && address.port == 443,
        });
        let is_known = address.port == 443
            && KNOWN.iter().any(|known| match known.starts_with('.') {
                true => host.len() > known.len() && host.ends_with(known),
                false => host == *known,
            });
        match is_named || is_known {
            true => Ok(Endpoint {
                address,
                anywhere: is_named,
            }),
            false => {
                Err("its host is no push service that is known here: the operator can name further ones as push.hosts")
            }
        }
    }

    /// The service, as people may read it: without what is the subscription's own.
    pub fn service(&self) -> &str {
        &self.address.host
    }

    /// The service's origin, to which a signature is bound.
    pub(in super::super) fn origin(&self) -> String {
        match self.address.port {
            443 => format!("https://{}", self.address.host),
            port => format!("https://{}:{port}", self.address.host),
        }
    }

    /// Whether an address that its name leads to may be knocked at.
    pub(in super::super) fn may_be_at(&self, address: IpAddr) -> bool {
        self.anywhere || is_public(address)
    }
}

/// An address of the open internet: no loopback, no house, no other use.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special = (a, b, c) == (192, 0, 0) || (a == 198 && matches!(b, 18 | 19)) || (a, b, c) == (192, 88, 99);
    !(a == 0
        || a >= 224
        || shared
        || special
        || it.is_loopback()
        || it.is_private()
        || it.is_link_local()
        || it.is_documentation())
}

fn is_public_v6(it: Ipv6Addr) -> bool {
    let parts = it.segments();
    let within = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Translated (RFC 6052) and tunnelled (RFC 3056) addresses lead to an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => within(high, low),
        [0x2002, high, low, ..] => within(high, low),
        // Documentation, and Teredo, in which anything may hide.
        [0x2001, 0xdb8 | 0, ..] => false,
        // All that is handed out begins with 001.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_push_services_that_are_known_or_named_are_knocked_at() {
        let named = ["push.bank.example".to_owned(), "127.0.0.1:8443".to_owned()];
        let read = |text: &str| Endpoint::read(text, &named);
        for text in [
            "https://fcm.googleapis.com/fcm/send/a:b",
            "https://FCM.googleapis.com/wp/x",
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://web.push.apple.com/QK",
            "https://db5p.notify.windows.com/w/?token=x",
        ] {
            assert!(!read(text).unwrap().anywhere, "{text}");
        }
        for text in ["https://push.bank.example/1", "https://127.0.0.1:8443/1"] {
            assert!(read(text).unwrap().anywhere, "{text}");
        }
        for text in [
            "http://fcm.googleapis.com/fcm/send/x",
            "http://127.0.0.1:8443/1",
            "https://fcm.googleapis.com:8080/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evil.example/fcm.googleapis.com",
            "https://fcm.googleapis.com@evil.example/x",
            "https://evilpush.apple.com/x",
            "https://push.apple.com/x",
            "https://push.bank.example:8443/1",
            "https://127.0.0.1/1",
            "https://127.0.0.1:8444/1",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/x",
            "https://[::1]/x",
            "file:///etc/passwd",
            "fcm.googleapis.com/x",
            "",
        ] {
            let said = read(text).unwrap_err();
            assert!(!said.contains("evil") && !said.contains("169"), "{text}: {said}");
        }
    }

    #[test]
    fn a_known_name_that_leads_into_the_house_is_not_followed() {
        let known = Endpoint::read("https://fcm.googleapis.com/x", &[]).unwrap();
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001:0:a00:1::",
        ] {
            assert!(!known.may_be_at(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["142.250.1.95", "2607:f8b0::5f", "64:ff9b::8efa:15f", "172.32.0.1"] {
            assert!(known.may_be_at(outside.parse().unwrap()), "{outside}");
        }
        let named = Endpoint::read("https://push.bank.example/x", &["push.bank.example".to_owned()]).unwrap();
        assert!(
            named.may_be_at("10.1.2.3".parse().unwrap()),
            "the operator has named it"
        );
    }
}
