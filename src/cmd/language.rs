//! `--language`: in which language a command prints what people read.

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
}

/// A language, as it is typed.
fn language(word: &str) -> Result<Language, String> {
    Language::read(word).ok_or_else(|| format!("expected one of {}; came {word:?}", Language::WORDS.join(", ")))
}
