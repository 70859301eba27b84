//! Whether the daemon lives, is well and is ready: by its latches, and by the pulse of the loop that decides.
//!
//! ```text
//!  /livez    the loop turns                                        what may be started anew by a program
//!  /healthz  and nothing is failing, such as the duty log          what somebody should look at
//!  /readyz   and everything is as it should be, each feed as well  what is to be seen before the first shift
//! ```

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A loop that has not turned for so long hangs; idle it turns several times a second.
const TURNS_WITHIN: Duration = Duration::from_secs(10);

/// How the loop's latch is called.
const LOOP: &str = "loop";

/// How one thing stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "state", content = "words", rename_all = "snake_case")]
pub enum Latch {
    /// As it should be.
    Ok,
    /// Not there yet: alive, but not ready.
    Waiting(String),
    /// At fault: neither ready nor healthy.
    Failing(String),
}

/// All latches by name, such as `journal`, `feed hotline`; and when the loop turned last.
pub struct Health {
    latches: Mutex<BTreeMap<String, Latch>>,
    since: Instant,
    /// Milliseconds after `since`. Not behind the lock: it is written with every turn of the loop.
    turned: AtomicU64,
}

impl Default for Health {
    fn default() -> Health {
        Health {
            latches: Mutex::default(),
            since: Instant::now(),
            turned: AtomicU64::new(0),
        }
    }
}

/// What `/livez`, `/healthz` and `/readyz` say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// `false`: status 503.
    pub ok: bool,
    /// Every latch.
    pub latches: BTreeMap<String, Latch>,
}

impl Health {
    /// Sets a latch.
    pub fn set(&self, name: impl Into<String>, latch: Latch) {
        self.latches().insert(name.into(), latch);
    }

    /// Sets a latch to [`Latch::Ok`]; cheap where it is that already, since every reading does it.
    pub fn set_ok(&self, name: &str) {
        let mut latches = self.latches();
        match latches.get_mut(name) {
            Some(latch) => *latch = Latch::Ok,
            None => drop(latches.insert(name.to_owned(), Latch::Ok)),
        }
    }

    /// Takes a latch away: what it stood for has left the configuration.
    pub fn forget(&self, name: &str) {
        self.latches().remove(name);
    }

    /// The loop that decides has come round.
    pub fn turn(&self) {
        self.turned.store(self.lasted(), Ordering::Relaxed);
    }

    /// Alive: the loop that decides turns. Whatever else is at fault, another start would not mend it, and would lose what is in memory alone.
    pub fn alive(&self) -> Report {
        let pulse = self.pulse();
        Report {
            ok: pulse == Latch::Ok,
            latches: BTreeMap::from([(LOOP.to_owned(), pulse)]),
        }
    }

    /// Healthy: nothing is failing.
    pub fn healthy(&self) -> Report {
        self.report(|latch| !matches!(latch, Latch::Failing(_)))
    }

    /// Ready: everything is as it should be.
    pub fn ready(&self) -> Report {
        self.report(|latch| *latch == Latch::Ok)
    }

    fn report(&self, ok: impl Fn(&Latch) -> bool) -> Report {
        let mut latches = self.latches().clone();
        latches.insert(LOOP.to_owned(), self.pulse());
        Report {
            ok: latches.values().all(ok),
            latches,
        }
    }

    fn pulse(&self) -> Latch {
        let silent = Duration::from_millis(self.lasted().saturating_sub(self.turned.load(Ordering::Relaxed)));
        if silent <= TURNS_WITHIN {
            return Latch::Ok;
        }
        Latch::Failing(format!(
            "the loop that decides has not turned for {} s: the plan is not run; watch the queues by hand, and start surged anew where nothing \
             else does",
            silent.as_secs()
        ))
    }

    fn lasted(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn latches(&self) -> MutexGuard<'_, BTreeMap<String, Latch>> {
        self.latches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_well_and_failing_is_not_and_both_are_alive() {
        let health = Health::default();
        health.set("feed hotline", Latch::Waiting("no reading yet".into()));
        assert!(health.alive().ok && health.healthy().ok && !health.ready().ok);
        health.set("feed hotline", Latch::Ok);
        assert!(health.ready().ok);
        health.set("journal", Latch::Failing("disk full".into()));
        assert!(health.alive().ok && !health.healthy().ok && !health.ready().ok);
        health.forget("journal");
        assert!(health.ready().ok);
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_hangs_is_not_alive_until_it_turns_again() {
        let health = Health::default();
        tokio::time::advance(TURNS_WITHIN).await;
        assert!(health.alive().ok, "it may take so long");
        tokio::time::advance(Duration::from_secs(2)).await;
        let report = health.alive();
        assert!(!report.ok && !health.healthy().ok && !health.ready().ok);
        assert!(
            matches!(&report.latches[LOOP], Latch::Failing(words) if words.contains("has not turned for 12 s")),
            "{report:?}"
        );
        health.turn();
        assert!(health.alive().ok && health.ready().ok);
    }
}
