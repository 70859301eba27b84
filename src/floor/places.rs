//! Room for connections: no one address takes all of it, and the floor never takes the files that feeds and the duty log need.

use super::settings::Limits;
use rustix::process::{Resource, getrlimit};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What part of all places one address may have.
const SHARE: usize = 4;

/// Connections of one address that may wait for a place: a whole floor that comes back at once is welcome.
const WAITING: usize = 8192;

/// Files that the floor leaves to the feeds, the duty log and its readers, webhooks and the configuration.
const RESERVED: usize = 128;

/// Places for connections that have not become sessions.
pub(super) struct Places {
    all: Arc<Semaphore>,
    per_address: usize,
    /// Connections of one address in all, with a place or without.
    connections_per_address: usize,
    addresses: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

/// A place that is taken, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    _of_all: OwnedSemaphorePermit,
    of_address: Option<(Arc<Semaphore>, OwnedSemaphorePermit)>,
}

impl Places {
    /// Behind a proxy everybody has its address: they share all places.
    pub fn new(limits: &Limits, behind_proxy: bool, files: Files) -> Places {
        let per_address = if behind_proxy {
            limits.connections
        } else {
            limits.connections.div_ceil(SHARE)
        };
        Places {
            all: Arc::new(Semaphore::new(limits.connections)),
            per_address: per_address.max(1),
            // With few files at all, half of them stay for others.
            connections_per_address: per_address.max(1) + WAITING.min(files.for_floor() / 2),
            addresses: Mutex::default(),
        }
    }

    /// Takes a place, waiting for so long at most. Who waits for those of their own address holds up nobody else.
    pub async fn take(self: Arc<Places>, peer: IpAddr, patience: Duration) -> Option<Place> {
        let address = network(peer);
        let of_address = self.of(address);
        // The table's own, ours, and two of everybody else: with a place or waiting for it.
        let too_many = Arc::strong_count(&of_address) > 2 + 2 * self.connections_per_address;
        let mut place = Waiting {
            places: Arc::clone(&self),
            address,
            of_address: Some(of_address),
        };
        if too_many {
            return None;
        }
        let taken = async {
            let of_address = place.of_address.as_ref()?;
            let one = Arc::clone(of_address).acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some((one, all))
        };
        let (one, all) = timeout(patience, taken).await.ok()??;
        Some(Place {
            of_address: place.of_address.take().map(|semaphore| (semaphore, one)),
            _of_all: all,
            address,
            places: self,
        })
    }

    fn of(&self, address: IpAddr) -> Arc<Semaphore> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let semaphore = addresses.entry(address);
        Arc::clone(semaphore.or_insert_with(|| Arc::new(Semaphore::new(self.per_address))))
    }

    /// Forgets an address of which nobody has, or waits for, a place.
    fn leave(&self, address: IpAddr, semaphore: Arc<Semaphore>) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        // The table's own, and this one.
        if Arc::strong_count(&semaphore) == 2 {
            addresses.remove(&address);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((semaphore, permit)) = self.of_address.take() {
            drop(permit);
            self.places.leave(self.address, semaphore);
        }
    }
}

/// Somebody who has no place yet, and may give up.
struct Waiting {
    places: Arc<Places>,
    address: IpAddr,
    of_address: Option<Arc<Semaphore>>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(semaphore) = self.of_address.take() {
            self.places.leave(self.address, semaphore);
        }
    }
}

/// Who counts as one: an address, of IPv6 its network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

/// How many files this process may have open.
#[derive(Copy, Clone, Debug)]
pub(super) struct Files {
    limit: usize,
}

impl Files {
    pub fn of_this_process() -> Files {
        let limit = getrlimit(Resource::Nofile).current;
        Files {
            limit: limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        }
    }

    /// How many of them the floor may have.
    pub fn for_floor(self) -> usize {
        // With few at all the floor still has half.
        self.limit - RESERVED.min(self.limit / 2)
    }

    /// Whether a fault means that there are no more.
    pub fn run_out(fault: &std::io::Error) -> bool {
        let code = fault.raw_os_error();
        [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE]
            .iter()
            .any(|one| code == Some(one.raw_os_error()))
    }

    pub fn words(self) -> String {
        format!(
            "connections are turned away: this process may have {} files open, and those for the floor are used up; raise \
             LimitNOFILE= of its unit (ulimit -n), or close consoles that nobody looks at",
            self.limit
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(connections: usize, behind_proxy: bool) -> Arc<Places> {
        let limits = Limits {
            connections,
            ..Limits::default()
        };
        Arc::new(Places::new(&limits, behind_proxy, Files { limit: 1024 }))
    }

    async fn take(places: &Arc<Places>, address: &str) -> Option<Place> {
        Arc::clone(places).take(address.parse().unwrap(), Duration::ZERO).await
    }

    #[tokio::test]
    async fn one_address_has_a_part_of_the_places_and_others_have_the_rest() {
        let places = places(8, false);
        let first = take(&places, "10.0.0.1").await.unwrap();
        let _second = take(&places, "10.0.0.1").await.unwrap();
        assert!(take(&places, "10.0.0.1").await.is_none());
        assert!(
            take(&places, "::ffff:10.0.0.1").await.is_none(),
            "the same address in other words"
        );
        let _other = take(&places, "10.0.0.2").await.unwrap();
        let _v6 = take(&places, "2001:db8::1").await.unwrap();
        let _v6 = take(&places, "2001:db8::2").await.unwrap();
        assert!(
            take(&places, "2001:db8::3").await.is_none(),
            "a network of IPv6 counts as one"
        );
        drop(first);
        assert!(take(&places, "10.0.0.1").await.is_some());
    }

    #[tokio::test]
    async fn behind_a_proxy_all_places_are_the_proxys() {
        let places = places(3, true);
        let held = [(); 3].map(|()| take(&places, "10.0.0.1"));
        let held = futures_util::future::join_all(held).await;
        assert!(held.iter().all(Option::is_some));
        assert!(take(&places, "10.0.0.1").await.is_none());
    }

    #[tokio::test]
    async fn an_address_is_forgotten_when_its_last_has_left() {
        let places = places(4, false);
        let held = take(&places, "10.0.0.1").await;
        assert!(take(&places, "10.0.0.1").await.is_none());
        assert_eq!(places.addresses.lock().unwrap().len(), 1);
        drop(held);
        assert!(places.addresses.lock().unwrap().is_empty());
    }

    #[test]
    fn the_floor_leaves_files_for_the_rest() {
        assert_eq!(Files { limit: 1024 }.for_floor(), 896);
        assert_eq!(Files { limit: 64 }.for_floor(), 32);
        assert!(Files::run_out(&std::io::Error::from_raw_os_error(24)));
        assert!(!Files::run_out(&std::io::Error::from_raw_os_error(104)));
    }
}
