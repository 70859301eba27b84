//! What every session is welcomed with: zone, names in each language, chain of command.

use crate::clock::Clock;
use crate::config::{Config, Label};
use crate::core::Name;
use crate::wire::{ChainLevel, House};
use std::collections::BTreeMap;

/// The house as the configuration has it.
pub fn of(config: &Config, clock: &Clock, log: &str) -> House {
    House {
        speed: clock.speed(),
        log: log.to_owned(),
        ..on_paper(config)
    }
}

/// The same without a clock and a log.
pub fn on_paper(config: &Config) -> House {
    let labels = &config.labels;
    let kinds = [
        ("queue", &labels.queues),
        ("pool", &labels.pools),
        ("tier", &labels.tiers),
        ("ladder", &labels.ladders),
        ("role", &labels.roles),
    ];
    House {
        zone: config.calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
        labels: kinds
            .into_iter()
            .map(|(kind, labels)| (kind, labels.iter().map(by_language).collect()))
            .collect(),
        chain: config
            .plan
            .chain
            .iter()
            .map(|level| ChainLevel {
                role: level.role.clone(),
            })
            .collect(),
        ..House::default()
    }
}

fn by_language((name, label): (&Name, &Label)) -> (Name, BTreeMap<&'static str, String>) {
    let texts = [
        ("en", &label.en),
        ("zh-Hans", &label.zh_hans),
        ("zh-Hant", &label.zh_hant),
    ];
    let given = texts
        .into_iter()
        .filter_map(|(language, text)| Some((language, text.clone()?)));
    (name.clone(), given.collect())
}
