//! What a configuration knows only until some day: it is warned of before that day comes.

use super::diagnostic::{Code, Problems, Severity};
use super::sentence::Sentence;
use crate::core::Time;
use std::ops::Range;

/// Something that is about to run out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// From when it is warned of.
    pub from: Time,
    /// Where the configuration speaks of it, in bytes of its text.
    pub span: Range<usize>,
    /// What runs out, when, and what it means.
    pub message: Sentence,
    /// What to do.
    pub help: Sentence,
}

/// Warns of what is due to be warned of.
pub fn warn(endings: &[Ending], now: Time, problems: &mut Problems) {
    for ending in endings.iter().filter(|ending| ending.from <= now) {
        let (message, help) = (ending.message.clone(), ending.help.clone());
        problems.note(Severity::Warning, Code::RunsOut, ending.span.clone(), message, help);
    }
}
