//! `surged log forget`: takes a person's name out of the duty log.

use super::log::PATIENCE;
use crate::config::Config;
use crate::core::{Name, Time};
use crate::daemon::tokens_beside;
use crate::floor::access;
use crate::journal;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Forgets, and tells what is left to be done. `config`: the plan in which the person may still stand.
///
/// # Errors
/// Nobody, or more than one person, is called that; the log cannot be written; the tokens cannot be read.
pub(super) fn forget(path: &Path, config: Option<&Config>, who: &str) -> anyhow::Result<ExitCode> {
    let now = Time(jiff::Timestamp::now().as_millisecond());
    let done = journal::forget(path, who, now, PATIENCE)?;
    let persons: Vec<String> = done.persons.iter().map(ToString::to_string).collect();
    let persons = persons.join(", ");
    writeln!(
        io::stdout(),
        "{who} is {persons} from now on; the hash chain stays as it is"
    )?;
    match done.daemon_says {
        true => tell!("surged is running: it writes the entry that says so with what it writes next."),
        false => tell!("The last entry of the log says so, without the name."),
    }
    if done.lingers {
        tell!(
            "Another program is reading the log: until it ends, and surged writes on or is stopped, copies of the name are left in {}-wal.",
            path.display()
        );
    }
    if !done.namesakes.is_empty() {
        tell!(
            "Not forgotten: {} by staff number, who is shown as {who} too. Name the number if it is the same person.",
            done.namesakes.join(", ")
        );
    }
    let (first, many) = done.mentions;
    if many > 0 {
        let first: Vec<String> = first.iter().map(u64::to_string).collect();
        let more = if many > first.len() { ", …" } else { "" };
        tell!(
            "The name or number still stands in the text of {many} {}: {}{more}. Notes and reasons are free text, and what was written \
             before names stood apart is sealed with them: both stay.",
            if many == 1 { "entry" } else { "entries" },
            first.join(", ")
        );
    }
    let named = |people: &[Name]| people.iter().any(|it| it.as_str() == who);
    let pools = config.iter().flat_map(|config| &config.plan.pools);
    for (pool, _) in pools.filter(|(_, pool)| named(&pool.people)) {
        tell!(
            "{who} stands in pool {pool} of the plan: take them out, or the log knows them again when surged is started next."
        );
    }
    let tokens = access::read(&tokens_beside(path))?;
    for token in tokens.iter().filter(|it| it.staff_no == who || it.name == who) {
        tell!(
            "Token {} in {} names them{}; what is done with it is logged under the name again.",
            token.id,
            tokens_beside(path).display(),
            if token.revoked.is_some() { " (revoked)" } else { "" }
        );
    }
    Ok(ExitCode::SUCCESS)
}
