//! Finding and reading the configuration, for every command that needs it.

use crate::config::{self, Config, Purpose};
use crate::words::Language;
use anyhow::anyhow;
use clap::Args;
use jiff::tz::TimeZone;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Where a configuration is looked for when none is named.
const PLACES: [&str; 3] = ["surged.toml", "config/surged.toml", "/etc/surged/surged.toml"];

/// The configuration file.
#[derive(Args, Debug, Clone)]
pub struct ConfigFile {
    /// The configuration; without it ./surged.toml, then ./config/surged.toml, then /etc/surged/surged.toml
    #[arg(short = 'c', long = "config", value_name = "FILE", env = "SURGED_CONFIG")]
    config: Option<PathBuf>,
}

/// Where the duty log is, and how its times are told.
pub struct Place {
    /// The duty log.
    pub journal: PathBuf,
    /// The plan's zone; UTC where no plan says.
    pub zone: TimeZone,
    /// The configuration, where it is good.
    pub config: Option<Config>,
}

/// The configuration is at fault; everything that is wrong has been told.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is at fault; nothing was started")]
pub struct AtFault;

impl ConfigFile {
    /// Where a command line names none.
    pub fn unnamed() -> ConfigFile {
        ConfigFile {
            config: std::env::var_os("SURGED_CONFIG").map(PathBuf::from),
        }
    }

    /// The file.
    ///
    /// # Errors
    /// None is named and none is in the usual places.
    pub fn path(&self) -> anyhow::Result<PathBuf> {
        // An empty SURGED_CONFIG names none.
        if let Some(named) = self.config.as_ref().filter(|it| !it.as_os_str().is_empty()) {
            return Ok(named.clone());
        }
        // Of one that this user may not even look for, reading it says so.
        let found = PLACES
            .iter()
            .map(PathBuf::from)
            .find(|place| place.try_exists().unwrap_or(true));
        found.ok_or_else(|| {
            anyhow!(
                "no configuration: expected {}, {} or {}; name one with -c FILE or SURGED_CONFIG",
                PLACES[0],
                PLACES[1],
                PLACES[2]
            )
        })
    }

    /// Reads it for where the duty log is. A configuration at fault keeps nobody from the log or from the tokens.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn place(&self) -> anyhow::Result<Place> {
        let path = self.path()?;
        let found = match config::load(&path, Purpose::Look) {
            Ok(config) => {
                return Ok(Place {
                    journal: config.journal.path.clone(),
                    zone: config.calendar.zone.clone(),
                    config: Some(config),
                });
            }
            Err(found) => found,
        };
        let gist = config::gist(&path).map_err(|found| {
            tell!("{}", found.told_in(Language::of_terminal()));
            AtFault
        })?;
        tell!(
            "surged: {} is at fault ({} found; `surged check` tells what); going on with the duty log {}",
            path.display(),
            found.found().len() + found.left_out(),
            gist.journal.display()
        );
        Ok(Place {
            journal: gist.journal,
            zone: gist.zone,
            config: None,
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(&self, purpose: Purpose, language: Language) -> anyhow::Result<Config> {
        load(&self.path()?, purpose, language)
    }
}

/// Reads a configuration, and tells on standard error all that keeps it from being used; of one to run also what it is warned of.
///
/// # Errors
/// [`AtFault`] where it cannot be used.
pub fn load(path: &Path, purpose: Purpose, language: Language) -> anyhow::Result<Config> {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match config::load(path, purpose) {
        Ok(config) => {
            // Who looks at a plan need not have its secrets; `surged check` tells of them.
            if purpose == Purpose::Run && !config.warnings.found().is_empty() {
                tell!("{}", config.warnings.clone().told_in(language).render(colour));
            }
            Ok(config)
        }
        Err(found) => {
            tell!("{}", found.told_in(language).render(colour));
            Err(AtFault.into())
        }
    }
}
