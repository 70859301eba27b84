//! Queues that make no sound for a while (shelving, as ISA-18.2 has it). The core knows nothing of it: what is asked is asked as
//! ever, and goes up the chain of command in its time; the pages alone are silent.

use crate::core::{Actor, Millis, Name, Plan, Time};
use crate::journal::{Fact, JournalError, Look, Reader, Record};
use crate::wire::{By, PauseState, QuietAsk, Refused, RefusedBecause, Stamp};
use std::collections::BTreeMap;

/// The longest quiet that is taken: whoever wants more has not to be silent but to pause the plan.
const LIMIT: Millis = Millis::from_mins(60);

/// So many of the newest entries say it all, since each ends within [`LIMIT`].
const NEWEST: usize = 1_000;

/// The queues that are quiet.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Quiets {
    queues: BTreeMap<Name, Quiet>,
}

#[derive(Clone, PartialEq, Debug)]
struct Quiet {
    by: Actor,
    until: Time,
    reason: String,
}

impl Quiets {
    /// As the duty log left them. Blocks.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn recall(reader: &Reader) -> Result<Quiets, JournalError> {
        let look = Look {
            newest: true,
            kinds: Some(vec!["quieted", "quiet_over"]),
            ..Look::default()
        };
        let mut quiets = Quiets::default();
        for entry in reader.look(&look, NEWEST)?.entries.iter().rev() {
            if let Record::Fact(fact) = &entry.record {
                quiets.apply(fact);
            }
        }
        Ok(quiets)
    }

    /// What is to be written down of what is wanted.
    ///
    /// # Errors
    /// Why not; nothing changes.
    pub fn decide(&self, ask: QuietAsk, by: Actor, plan: &Plan, now: Time) -> Result<Fact, Refused> {
        let queue = ask.queue;
        if !plan.queues.contains_key(&queue) {
            return Err(RefusedBecause::NoSuchQueue { queue }.into());
        }
        match ask.wanted {
            Some((lasting, _)) if lasting > LIMIT => Err(RefusedBecause::TooMuch {
                what: "quiet".to_owned(),
                came: whole_seconds(lasting),
                limit: whole_seconds(LIMIT),
            }
            .into()),
            Some((lasting, _)) if lasting <= Millis::ZERO => Err(Refused::not_understood(
                "expected \"for_s\" to be above 0: to end the quiet say quiet_over",
            )),
            Some((lasting, reason)) => Ok(Fact::Quieted {
                queue,
                by,
                until: now + lasting,
                reason,
            }),
            None if self.queues.contains_key(&queue) => Ok(Fact::QuietOver { queue, by: Some(by) }),
            None => Err(RefusedBecause::NotQuiet { queue }.into()),
        }
    }

    /// Carries out what was written down.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Quieted {
                queue,
                by,
                until,
                reason,
            } => {
                let quiet = Quiet {
                    by: by.clone(),
                    until: *until,
                    reason: reason.clone(),
                };
                self.queues.insert(queue.clone(), quiet);
            }
            Fact::QuietOver { queue, .. } => {
                self.queues.remove(queue);
            }
            Fact::Started { .. }
            | Fact::Stopped
            | Fact::ConfigChanged { .. }
            | Fact::JournalFailing { .. }
            | Fact::WentOutUnlogged { .. }
            | Fact::ConfigRefused { .. }
            | Fact::LoggedIn { .. }
            | Fact::LoggedOut { .. }
            | Fact::NotLetIn { .. }
            | Fact::Forgotten { .. }
            | Fact::Handover(_)
            | Fact::Undelivered { .. } => {}
        }
    }

    /// When the next is over; [`Time::NEVER`] where none is quiet.
    pub fn next_over(&self) -> Time {
        let ends = self.queues.values().map(|quiet| quiet.until);
        ends.min().unwrap_or(Time::NEVER)
    }

    /// Those whose time is up.
    pub fn over_by(&self, now: Time) -> Vec<Fact> {
        let over = self.queues.iter().filter(|(_, quiet)| quiet.until <= now);
        over.map(|(queue, _)| Fact::QuietOver {
            queue: queue.clone(),
            by: None,
        })
        .collect()
    }

    /// Those that are quiet.
    pub fn queues(&self) -> impl Iterator<Item = &Name> {
        self.queues.keys()
    }

    /// Of one queue.
    pub fn of(&self, queue: &Name) -> Option<PauseState> {
        self.queues.get(queue).map(|quiet| PauseState {
            by: By::from(&quiet.by),
            until: Stamp(quiet.until),
            reason: quiet.reason.clone(),
        })
    }
}

fn whole_seconds(span: Millis) -> u64 {
    u64::try_from(span.0 / 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ladder::QueuePlan;

    const NOON: Time = Time(1_793_592_000_000);

    fn by() -> Actor {
        Actor {
            name: "Li Na".into(),
            staff_no: "S07".into(),
            role: "supervisor".into(),
        }
    }

    fn plan() -> Plan {
        let queue: QueuePlan = serde_json::from_value(serde_json::json!({
            "feed": "hotline", "ladder": "day", "priority": 0, "calls_per_hour": null, "handle_time": null,
            "patience": null, "target": null,
        }))
        .unwrap();
        Plan {
            queues: [("inbound".into(), queue)].into(),
            ..Plan::default()
        }
    }

    fn decide(quiets: &Quiets, queue: &str, minutes: Option<i64>) -> Result<Fact, Refused> {
        let ask = QuietAsk {
            queue: queue.into(),
            wanted: minutes.map(|minutes| (Millis::from_mins(minutes), "outage known".into())),
        };
        quiets.decide(ask, by(), &plan(), NOON)
    }

    #[test]
    fn a_queue_is_quiet_until_its_time_is_up_or_somebody_ends_it() {
        let mut quiets = Quiets::default();
        quiets.apply(&decide(&quiets, "inbound", Some(15)).unwrap());
        let told = quiets.of(&"inbound".into()).unwrap();
        assert_eq!(
            (told.until.0, told.reason.as_str()),
            (NOON + Millis::from_mins(15), "outage known")
        );
        assert_eq!(quiets.next_over(), NOON + Millis::from_mins(15));
        assert_eq!(quiets.over_by(NOON + Millis(15 * 60_000 - 1)), []);
        let over = quiets.over_by(NOON + Millis::from_mins(15));
        assert_eq!(
            over,
            [Fact::QuietOver {
                queue: "inbound".into(),
                by: None
            }]
        );
        let ended = decide(&quiets, "inbound", None).unwrap();
        quiets.apply(&ended);
        assert_eq!(quiets, Quiets::default());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let quiets = Quiets::default();
        let code = |queue, minutes| decide(&quiets, queue, minutes).unwrap_err().code();
        assert_eq!(code("elsewhere", Some(15)), "no_such_queue");
        assert_eq!(code("inbound", Some(61)), "too_much");
        assert_eq!(code("inbound", Some(0)), "not_understood");
        assert_eq!(code("inbound", None), "not_quiet");
    }
}
