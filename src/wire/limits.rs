//! What a client may say at most, and what its words and numbers must be.

use super::{Refused, Stamp};
use crate::core::{Millis, Name, Time};
use crate::telemetry::plain;

/// The most characters of a note or a reason.
pub const LIMIT_TEXT: usize = 1000;
/// The most people in one answer.
pub const LIMIT_PEOPLE: usize = 1000;
/// The most characters of a queue's, tier's or person's name, and of a token.
pub const LIMIT_NAME: usize = 200;
/// The longest span that a request may name: a week.
const LIMIT_SPAN_S: f64 = 7.0 * 86_400.0;

pub(super) fn text(field: &str, text: String) -> Result<String, Refused> {
    limited(field, &text, LIMIT_TEXT)?;
    Ok(plain(&text).into_owned())
}

/// A text that must say something.
pub(super) fn words(field: &str, words: String) -> Result<String, Refused> {
    if words.trim().is_empty() {
        return Err(Refused::not_understood(format!(
            "expected words in {field:?}; it is empty"
        )));
    }
    text(field, words)
}

pub(super) fn name(field: &str, name: Name) -> Result<Name, Refused> {
    limited(field, name.as_str(), LIMIT_NAME)?;
    if plain(name.as_str()) != name.as_str() {
        let words = format!("expected {field:?} without control characters and marks of direction");
        return Err(Refused::not_understood(words));
    }
    Ok(name)
}

pub(super) fn people(people: Vec<Name>) -> Result<Vec<Name>, Refused> {
    let came = people.len();
    if came > LIMIT_PEOPLE {
        return Err(Refused::too_long(format!(
            "\"people\" names {came} people; at most {LIMIT_PEOPLE} are taken in one answer"
        )));
    }
    people.into_iter().map(|person| name("people", person)).collect()
}

pub(super) fn span(field: &str, seconds: f64) -> Result<Millis, Refused> {
    if !(0.0..=LIMIT_SPAN_S).contains(&seconds) {
        return Err(Refused::not_understood(format!(
            "expected {field:?} to be seconds from 0 to {LIMIT_SPAN_S}; it is {seconds}"
        )));
    }
    Ok(Millis((seconds * 1000.0).round() as i64))
}

pub(super) fn moment(field: &str, text: &str) -> Result<Time, Refused> {
    match Stamp::read(text) {
        Ok(Stamp(time)) => Ok(time),
        Err(fault) => Err(Refused::not_understood(format!("{field:?}: {fault}"))),
    }
}

fn limited(field: &str, text: &str, limit: usize) -> Result<(), Refused> {
    let came = text.chars().count();
    if came > limit {
        return Err(Refused::too_long(format!(
            "{field:?} has {came} characters; at most {limit} are taken: shorten it"
        )));
    }
    Ok(())
}
