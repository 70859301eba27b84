//! `surged log show --paper`: the floor on one page out of the duty log alone, where the daemon does not answer.

use super::log::{PATIENCE, tell_passed_over};
use crate::config::Config;
use crate::core::{Core, SNAPSHOT_VERSION};
use crate::floor::paper::Sheet;
use crate::journal::Reader;
use crate::wire::{House, OpenInstruction, QueueState};
use crate::words::{Language, Sentences, Words};
use anyhow::anyhow;
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Writes the page.
///
/// # Errors
/// The log cannot be read, or nothing ever happened in it.
pub(super) fn print(
    path: &Path,
    config: Option<&Config>,
    language: Language,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let log = Sentences::in_language(
        language,
        config.map_or(TimeZone::UTC, |config| config.calendar.zone.clone()),
    );
    let core = recall(&Reader::open(path, PATIENCE)?, &log)?;
    let plan = core.plan();
    let queues: Vec<QueueState> = core.views().iter().map(|view| QueueState::of(view, plan)).collect();
    let open = core.open_instructions();
    let told = open.iter().filter(|open| !open.instruction.shadow);
    let open: Vec<OpenInstruction> = told.map(OpenInstruction::from).collect();
    let house = config.map_or_else(House::default, crate::daemon::house_on_paper);
    let zone = TimeZone::get(&house.zone).unwrap_or(TimeZone::UTC);
    let words = Words::new(language, Arc::new(house));
    let sheet = Sheet {
        plan,
        words: &words,
        zone: &zone,
        queues: &queues,
        open: &open,
        at: core.now(),
        from_log: true,
    };
    out.write_all(sheet.html().as_bytes())?;
    Ok(())
}

/// The core as the log left it, from the newest snapshot that this version understands.
fn recall(reader: &Reader, words: &Sentences) -> anyhow::Result<Core> {
    let mut before = u64::MAX;
    loop {
        let recovered = reader.recover_before(before)?;
        tell_passed_over(&recovered.spoiled, words);
        let known = recovered.snapshot.as_ref().map(|snapshot| {
            let core = serde_json::from_slice::<Core>(&snapshot.state).ok();
            (snapshot.seq, core.filter(|_| snapshot.version == SNAPSHOT_VERSION))
        });
        let mut core = match known {
            Some((seq, None)) => {
                before = seq;
                continue;
            }
            Some((_, Some(core))) => core,
            None => {
                let first = recovered.entries_after.first();
                Core::new(
                    first
                        .ok_or_else(|| anyhow!("the duty log is empty: there is nothing to go on with"))?
                        .at,
                )
            }
        };
        for entry in recovered.entries_after {
            entry.recall(&mut core);
        }
        core.recalled();
        return Ok(core);
    }
}
