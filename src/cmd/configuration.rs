//! Finding and reading the configuration, for every command that needs it.

use crate::config::{self, Config, Purpose};
use anyhow::anyhow;
use clap::Args;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Where a configuration is looked for when none is named.
const PLACES: [&str; 2] = ["config/surged.toml", "/etc/surged/surged.toml"];

/// The configuration file.
#[derive(Args, Debug, Clone)]
pub struct ConfigFile {
    /// The configuration; without it ./config/surged.toml, then /etc/surged/surged.toml
    #[arg(short = 'c', long = "config", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The configuration is at fault; everything that is wrong has been told.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is at fault; nothing was started")]
pub struct AtFault;

impl ConfigFile {
    /// The file.
    ///
    /// # Errors
    /// None is named and none is in the usual places.
    pub fn path(&self) -> anyhow::Result<PathBuf> {
        if let Some(named) = &self.config {
            return Ok(named.clone());
        }
        let found = PLACES.iter().map(PathBuf::from).find(|place| place.exists());
        found.ok_or_else(|| {
            anyhow!(
                "no configuration: expected {} or {}; name one with -c FILE",
                PLACES[0],
                PLACES[1]
            )
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(&self, purpose: Purpose) -> anyhow::Result<Config> {
        load(&self.path()?, purpose)
    }
}

/// Reads a configuration, and tells on standard error all that is wrong with it.
///
/// # Errors
/// [`AtFault`] where it cannot be used.
pub fn load(path: &Path, purpose: Purpose) -> anyhow::Result<Config> {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match config::load(path, purpose) {
        Ok(config) => {
            if !config.warnings.found().is_empty() {
                eprintln!("{}", config.warnings.render(colour));
            }
            Ok(config)
        }
        Err(found) => {
            eprintln!("{}", found.render(colour));
            Err(AtFault.into())
        }
    }
}
