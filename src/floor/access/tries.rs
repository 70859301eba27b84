//! Wrong tokens, counted by address and slowed down.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// So many wrong tokens are answered at once.
pub(super) const FREE: u32 = 5;
/// The most addresses remembered; the one heard of longest ago makes room.
const LIMIT_ADDRESSES: usize = 1024;
/// The longest wait; quiet for ten of these, an address starts anew.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Wrong tokens by address.
#[derive(Default)]
pub(super) struct Tries {
    by_address: HashMap<IpAddr, Failed>,
}

struct Failed {
    count: u32,
    last: Instant,
}

impl Tries {
    /// Counts a wrong token; tells how long this address must wait, if it must.
    pub(super) fn failed(&mut self, address: IpAddr, now: Instant) -> Option<Duration> {
        let address = neighbourhood(address);
        self.make_room(&address, now);
        let entry = self.by_address.entry(address).or_insert(Failed { count: 0, last: now });
        let waited = now.saturating_duration_since(entry.last);
        if waited > LONGEST_WAIT * 10 {
            entry.count = 0;
        }
        let wait = wait_after(entry.count);
        if waited < wait {
            return Some(wait.saturating_sub(waited));
        }
        entry.count = entry.count.saturating_add(1);
        entry.last = now;
        None
    }

    fn make_room(&mut self, address: &IpAddr, now: Instant) {
        if self.by_address.len() < LIMIT_ADDRESSES || self.by_address.contains_key(address) {
            return;
        }
        self.by_address
            .retain(|_, entry| now.saturating_duration_since(entry.last) <= LONGEST_WAIT * 10);
        if self.by_address.len() < LIMIT_ADDRESSES {
            return;
        }
        let oldest = self.by_address.iter().min_by_key(|(_, entry)| entry.last);
        if let Some(oldest) = oldest.map(|(address, _)| *address) {
            self.by_address.remove(&oldest);
        }
    }
}

fn wait_after(count: u32) -> Duration {
    match count.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1 << beyond.min(6)).min(LONGEST_WAIT),
    }
}

/// One house has a whole /64 of IPv6 addresses to try from.
pub(super) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(it) => IpAddr::V4(it),
        IpAddr::V6(it) => IpAddr::V6(Ipv6Addr::from(u128::from(it) & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let mut tries = Tries::default();
        let start = Instant::now();
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        for _ in 0..FREE {
            assert_eq!(tries.failed(address, start), None);
        }
        assert_eq!(tries.failed(address, start), Some(Duration::from_secs(1)));
        let neighbour = "2001:db8::2".parse().unwrap();
        assert_eq!(tries.failed(neighbour, start), Some(Duration::from_secs(1)));
        let later = start + Duration::from_secs(1);
        assert_eq!(tries.failed(address, later), None);
        assert_eq!(tries.failed(address, later), Some(Duration::from_secs(2)));
        assert_eq!(tries.failed(address, later + LONGEST_WAIT * 11), None);
    }

    #[test]
    fn the_table_is_bounded() {
        let mut tries = Tries::default();
        let now = Instant::now();
        for n in 0..3 * LIMIT_ADDRESSES as u32 {
            tries.failed(IpAddr::V4(n.into()), now);
        }
        assert_eq!(tries.by_address.len(), LIMIT_ADDRESSES);
    }
}
