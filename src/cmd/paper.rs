//! `surged log show --paper`: the floor on one page out of the duty log alone, where the daemon does not answer.

use super::log::PATIENCE;
use crate::config::Config;
use crate::core::{Core, SNAPSHOT_VERSION};
use crate::floor::paper::{Language, Sheet};
use crate::floor::protocol::{House, OpenInstruction, QueueState};
use crate::journal::Reader;
use anyhow::anyhow;
use std::io::Write;
use std::path::Path;

/// Reads a language of the command line.
pub(super) fn language(tag: &str) -> Result<Language, String> {
    Language::read(tag).ok_or_else(|| format!("{tag:?} is no language of the page; write en, zh-Hans or zh-Hant"))
}

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
    let core = recall(&Reader::open(path, PATIENCE)?)?;
    let plan = core.plan();
    let queues: Vec<QueueState> = core.views().iter().map(|view| QueueState::of(view, plan)).collect();
    let open = core.open_instructions();
    let told = open.iter().filter(|open| !open.instruction.shadow);
    let open: Vec<OpenInstruction> = told.map(OpenInstruction::from).collect();
    let house = config.map_or_else(House::default, crate::daemon::house_on_paper);
    let sheet = Sheet {
        plan,
        house: &house,
        queues: &queues,
        open: &open,
        at: core.now(),
        language,
        from_log: true,
    };
    out.write_all(sheet.html().as_bytes())?;
    Ok(())
}

/// The core as the log left it, from the newest snapshot that this version understands.
fn recall(reader: &Reader) -> anyhow::Result<Core> {
    let mut before = u64::MAX;
    loop {
        let recovered = reader.recover_before(before)?;
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
