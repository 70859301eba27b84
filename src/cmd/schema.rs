//! `surged schema`: the JSON Schema of the configuration, or of scenarios.

use clap::Args;
use std::io::Write;
use std::process::ExitCode;

/// Print the JSON Schema of the configuration, from which editors complete and check it
///
/// Save it, and name it in the first line of a configuration: `#:schema surged.schema.json`.
#[derive(Args, Debug)]
pub struct Schema {
    /// Of the scenarios that `simulate` reads
    #[arg(long)]
    scenario: bool,
}

impl Schema {
    /// Writes the schema to standard output.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = std::io::stdout().lock();
        let schema = match self.scenario {
            true => crate::config::schema::scenario(),
            false => crate::config::schema::schema(),
        };
        writeln!(out, "{schema:#}")?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
