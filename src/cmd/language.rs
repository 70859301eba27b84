//! `--language`: in which language a command prints what people read.

use super::configuration::AtFault;
use crate::words::Language;
use clap::Args;

/// The language of what a command prints.
#[derive(Args, Debug)]
pub(super) struct InLanguage {
    /// In which language: en, zh-Hans or zh-Hant; without it as the terminal's LANG says
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

impl InLanguage {
    /// The one that was named, else the terminal's.
    pub(super) fn chosen(&self) -> Language {
        self.language.unwrap_or_else(Language::of_terminal)
    }

    /// What came of a command, with what kept it from being done in this language.
    pub(super) fn told<T>(&self, done: anyhow::Result<T>) -> anyhow::Result<T> {
        done.map_err(|error| in_language(error, self.chosen()))
    }
}

/// An error in words of this language; one that says more than words do, such as the exit status, stays as it is.
pub(super) fn in_language(error: anyhow::Error, language: Language) -> anyhow::Error {
    if error.is::<AtFault>() || error.is::<std::io::Error>() {
        return error;
    }
    anyhow::anyhow!("{}", language.cause(&format!("{error:#}")))
}

/// A language, as it is typed.
fn language(word: &str) -> Result<Language, String> {
    Language::read(word).ok_or_else(|| format!("expected one of {}; came {word:?}", Language::WORDS.join(", ")))
}
