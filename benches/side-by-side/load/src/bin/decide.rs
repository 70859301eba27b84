//! Frames of readings to decisions, on one core, without a socket: read as the `json` feed reads them, judged, told to the core.

#![allow(missing_docs)]

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use surged::config::{self, Purpose};
use surged::core::{Core, Input, Millis, Time};
use surged::feed::json::{Familiar, Said, read_knowing};
use surged::feed::session::Session;

#[derive(Deserialize)]
struct Asked {
    plan: PathBuf,
    frames: PathBuf,
}

fn main() -> Result<()> {
    let asked: Asked = side_by_side::asked()?;
    let config = config::load(&asked.plan, Purpose::Look)
        .ok()
        .context("the plan cannot be read")?;
    let mut file = BufReader::with_capacity(256 * 1024, File::open(&asked.frames)?);
    let (mut frame, mut core) = (String::new(), None);
    let (mut familiar, mut session) = (Familiar::default(), Session::new(Millis::from_secs(15)));
    let (mut readings, mut decisions) = (0u64, 0u64);
    while file.read_line(&mut frame)? > 0 {
        for said in read_knowing(&frame, &mut familiar) {
            let Said::Reading(reading) = said else { continue };
            let at = reading.at.context("a reading without its time")?;
            let core = core.get_or_insert_with(|| {
                let mut core = Core::new(at);
                let plan = config.plan.clone().into();
                // A plan is never refused.
                let _ = core.handle(Input::Configured { plan }, at);
                core
            });
            if session.judge(&reading, at).is_ok() {
                decisions += told(core, Input::Reading { reading }, at)?;
                readings += 1;
            }
        }
        frame.clear();
    }
    side_by_side::found(&json!({ "readings": readings, "decisions": decisions }))
}

/// What was due before it, then it and what it brings about: the daemon's order.
fn told(core: &mut Core, input: Input, at: Time) -> Result<u64> {
    core.handle_timeout(at);
    let mut decisions = 0;
    while core.poll_effect().is_some() {
        decisions += 1;
    }
    core.handle(input, at)
        .map_err(|refusal| anyhow!("a reading was refused: {refusal:?}"))?;
    while core.poll_effect().is_some() {
        decisions += 1;
    }
    Ok(decisions)
}
