//! Whether the daemon is well and ready, as latches that the daemon sets.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// All latches by name, such as `journal`, `feed hotline`.
#[derive(Default)]
pub struct Health {
    latches: Mutex<BTreeMap<String, Latch>>,
}

/// What `/healthz` and `/readyz` say.
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

    /// Healthy: nothing is failing.
    pub fn healthy(&self) -> Report {
        self.report(|latch| !matches!(latch, Latch::Failing(_)))
    }

    /// Ready: everything is as it should be.
    pub fn ready(&self) -> Report {
        self.report(|latch| *latch == Latch::Ok)
    }

    fn report(&self, ok: impl Fn(&Latch) -> bool) -> Report {
        let latches = self.latches().clone();
        Report {
            ok: latches.values().all(ok),
            latches,
        }
    }

    fn latches(&self) -> MutexGuard<'_, BTreeMap<String, Latch>> {
        self.latches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_alive_and_failing_is_not() {
        let health = Health::default();
        health.set("feed hotline", Latch::Waiting("no reading yet".into()));
        assert!(health.healthy().ok && !health.ready().ok);
        health.set("feed hotline", Latch::Ok);
        assert!(health.ready().ok);
        health.set("journal", Latch::Failing("disk full".into()));
        assert!(!health.healthy().ok && !health.ready().ok);
        health.forget("journal");
        assert!(health.ready().ok);
    }
}
