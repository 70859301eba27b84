//! Checks a parsed file against its [`Shape`]: everything that is wrong with keys and types, at once.

use super::diagnostic::{Code, Problems};
use super::duration;
use super::node::{float, integer};
use super::sentence::{Sentence, say};
use super::shape::{Key, Kind, Shape, one_of};
use super::slips;
use super::tables::{NAME_BYTES_MAX, NOT_OBEYED, NotObeyed, TEXT_BYTES_MAX};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Says all that is wrong with the keys and types of a table that stands at `span`.
pub fn check(table: &DeTable<'_>, span: Range<usize>, shape: &Shape, problems: &mut Problems) {
    for (key, value) in table {
        match shape.keys.iter().find(|known| known.name == key.get_ref().as_ref()) {
            Some(known) => check_value(value, &known.kind, Place::of(shape, known.name), problems),
            None => refuse_key(key, shape, problems),
        }
    }
    for missing in shape
        .keys
        .iter()
        .filter(|key| key.needed && !table.contains_key(key.name))
    {
        let message = say!("missing_key", table = shape.what, key = missing.name);
        let help = say!("add", example = example(missing), doc = missing.doc);
        problems.error(Code::MissingKey, span.clone(), message, help);
    }
}

fn example(key: &Key) -> Sentence {
    match key.kind {
        Kind::Named(..) => say!("written", text = format!("[{}.NAME]", key.name)),
        Kind::List(Kind::Table(_), _) => say!("written", text = format!("[[{}]]", key.name)),
        Kind::Text
        | Kind::Name
        | Kind::NameAmong(_)
        | Kind::Written(..)
        | Kind::Word(_)
        | Kind::Flag
        | Kind::Count(..)
        | Kind::Whole
        | Kind::Number(..)
        | Kind::Amount(_)
        | Kind::Duration(_)
        | Kind::Table(_)
        | Kind::Tagged(..)
        | Kind::WordOr(..)
        | Kind::List(..) => say!("key_and_kind", key = key.name, kind = key.kind.expected()),
    }
}

fn refuse_key(key: &Spanned<std::borrow::Cow<'_, str>>, shape: &Shape, problems: &mut Problems) {
    let name = key.get_ref().as_ref();
    if let Some(later) = NOT_OBEYED
        .iter()
        .find(|n| n.table == shape.what && n.key == name && n.value.is_none())
    {
        let message = say!("not_obeyed_key", key = name, table = shape.what);
        return problems.error(Code::NotObeyed, key.span(), message, Sentence::of(later.instead, []));
    }
    let help = match closest(name, shape.keys.iter().map(|k| k.name)) {
        Some(close) => say!("close", close = close),
        None => {
            let keys = listed(shape.keys.iter().map(|k| k.name));
            say!("keys", table = shape.what, keys = keys)
        }
    };
    let shown: String = name.chars().take(NAME_BYTES_MAX).collect();
    problems.error(
        Code::UnknownKey,
        key.span(),
        say!("unknown_key", table = shape.what, key = shown),
        help,
    );
}

/// The most similar of some names, if any is similar.
pub fn closest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Beyond this length no name is meant, and comparing costs the product of the lengths.
    let name: String = name.chars().take(NAME_BYTES_MAX).collect();
    let scored = names
        .map(|known| (strsim::jaro_winkler(&name, known), known))
        .filter(|(score, _)| *score > 0.8);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// Names in a row, for messages.
pub fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN_MAX: usize = 20;
    let names: Vec<&str> = names.collect();
    let shown = names
        .iter()
        .take(SHOWN_MAX)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN_MAX {
        format!("{shown} and {} more", names.len() - SHOWN_MAX)
    } else {
        shown
    }
}

/// The key that a value stands under.
#[derive(Copy, Clone)]
struct Place<'a> {
    shape: &'a Shape,
    key: &'a str,
    /// What the key itself takes, where the value is one of several under it.
    whole: Option<&'a Kind>,
}

impl<'a> Place<'a> {
    fn of(shape: &'a Shape, key: &'a str) -> Place<'a> {
        Place {
            shape,
            key,
            whole: None,
        }
    }

    /// One of several values under the key, which takes `whole`.
    fn within(self, whole: &'a Kind) -> Place<'a> {
        Place {
            whole: self.whole.or(Some(whole)),
            ..self
        }
    }

    /// A value as it is to be written: with its key, or, where it is one of several, alone.
    fn written(&self, value: &str) -> String {
        match self.whole {
            Some(_) => value.to_owned(),
            None => format!("{} = {value}", self.key),
        }
    }
}

fn check_value(value: &Spanned<DeValue<'_>>, kind: &Kind, place: Place<'_>, problems: &mut Problems) {
    let (span, outer) = (value.span(), kind);
    match (kind, value.get_ref()) {
        (_, DeValue::String(text)) if mistyped(text, kind).is_some() => {
            let plain = mistyped(text, kind).unwrap_or_default();
            let message = say!("typed_in", key = place.key, typed = slips::named(text));
            let help = say!("write", text = place.written(&format!("{plain:?}")));
            problems.error(Code::BadValue, span, message, help);
        }
        (Kind::Text, DeValue::String(text)) => check_text(text, span, problems),
        (Kind::Name | Kind::NameAmong(_), DeValue::String(text)) => check_name(text, span, problems),
        (Kind::Written(_, _, read), DeValue::String(text)) => {
            if let Err(message) = read(text) {
                problems.error(Code::BadValue, span, message, say!("write", text = kind.expected()));
            }
        }
        (Kind::Word(words), DeValue::String(word)) => check_word(word, words, span, place, problems),
        (Kind::WordOr(words, _), DeValue::String(word)) if words.contains(&word.as_ref()) => {}
        (Kind::WordOr(_, shape) | Kind::Table(shape), DeValue::Table(table)) => check(table, span, shape, problems),
        (Kind::Flag, DeValue::Boolean(_)) => {}
        (
            Kind::Count(..) | Kind::Whole | Kind::Number(..) | Kind::Amount(_),
            DeValue::Integer(_) | DeValue::Float(_),
        ) => {
            check_number(value, kind, place, problems);
        }
        (Kind::Duration(least), DeValue::String(text)) => match duration::parse(text) {
            Err(fault) => problems.error(Code::BadValue, span, fault.0, instead(kind, place)),
            Ok(given) if given < *least => wrong_value(kind, format!("{text:?}"), span, place, problems),
            Ok(_) => {}
        },
        (Kind::Duration(_), DeValue::Integer(number)) => {
            let number = number.to_string();
            let message = say!("no_unit", key = place.key, number = number.as_str());
            let help = say!("no_unit_instead", key = place.key, number = number);
            problems.error(Code::WrongType, span, message, help);
        }
        (Kind::Tagged(tag, shapes), DeValue::Table(table)) => check_tagged(table, span, tag, shapes, problems),
        (Kind::Named(kind, most), DeValue::Table(table)) => {
            check_length(table.len(), *most, span, place, problems);
            for (name, value) in table.iter().take(*most) {
                check_name(name.get_ref(), name.span(), problems);
                check_value(value, kind, place.within(outer), problems);
            }
        }
        (Kind::List(kind, most), DeValue::Array(values)) => {
            check_length(values.len(), *most, span, place, problems);
            values
                .iter()
                .take(*most)
                .for_each(|value| check_value(value, kind, place.within(outer), problems));
        }
        (Kind::WordOr(words, _), DeValue::String(word)) => {
            let message = say!(
                "takes",
                key = place.key,
                kind = kind.expected(),
                came = format!("{word:?}")
            );
            let close = closest(word, words.iter().copied());
            let close = close.map(|close| say!("close_word", close = format!("{close:?}")));
            let help = close.unwrap_or_else(|| instead(kind, place));
            problems.error(Code::BadValue, span, message, help);
        }
        (_, other) => wrong_type(other, kind, span, place, problems),
    }
}

fn wrong_type(came: &DeValue<'_>, kind: &Kind, span: Range<usize>, place: Place<'_>, problems: &mut Problems) {
    let came_as = match came {
        DeValue::String(text) => {
            let text = format!("{:?}", text.chars().take(40).collect::<String>());
            say!("text_came", text = text)
        }
        DeValue::Integer(number) => say!("number", number = number.to_string()),
        DeValue::Float(number) => say!("number", number = number.to_string()),
        DeValue::Boolean(flag) => say!("written", text = flag.to_string()),
        DeValue::Datetime(date) => say!("date", date = date.to_string()),
        DeValue::Array(_) => say!("array"),
        DeValue::Table(_) => say!("table"),
    };
    let help = match (kind, came) {
        (Kind::List(Kind::Table(_), _), DeValue::Table(_)) => say!("two_brackets", key = place.key),
        (Kind::List(..), DeValue::String(text)) => {
            say!("write", text = format!("{} = [{text:?}]", place.key))
        }
        (Kind::Written(..), DeValue::Datetime(date)) => say!("quotes", text = date.to_string()),
        (Kind::Flag, DeValue::String(text)) if text == "true" || text == "false" => {
            say!("without_quotes", text = text.as_ref())
        }
        (Kind::Count(..) | Kind::Number(..) | Kind::Amount(_), DeValue::String(text))
            if text.parse::<f64>().is_ok() =>
        {
            say!("without_quotes", text = text.as_ref())
        }
        _ => instead(kind, place),
    };
    let message = say!("takes", key = place.key, kind = kind.expected(), came = came_as);
    problems.error(Code::WrongType, span, message, help);
}

fn wrong_value(kind: &Kind, came: String, span: Range<usize>, place: Place<'_>, problems: &mut Problems) {
    let message = say!("takes", key = place.key, kind = kind.expected(), came = came);
    problems.error(Code::BadValue, span, message, instead(kind, place));
}

/// The whole of what the key takes: an example of one of its values alone would be refused in its turn.
fn instead(kind: &Kind, place: Place<'_>) -> Sentence {
    let example = place.whole.unwrap_or(kind).example();
    say!("example", key = place.key, example = example)
}

fn check_text(text: &str, span: Range<usize>, problems: &mut Problems) {
    if text.len() > TEXT_BYTES_MAX {
        let (bytes, most) = (text.len().to_string(), TEXT_BYTES_MAX.to_string());
        let message = say!("bytes_of_text", bytes = bytes, most = most);
        problems.error(Code::Limit, span, message, say!("shorter"));
    } else if text.is_empty() {
        problems.error(Code::BadValue, span, say!("empty"), say!("empty_instead"));
    }
}

/// Whether a character turns the direction in which all that follows is shown: a name with it reads as another.
pub fn turns_writing(it: char) -> bool {
    matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Says what is wrong with a name.
pub fn check_name(name: &str, span: Range<usize>, problems: &mut Problems) {
    if name.is_empty() || name.trim() != name || name.chars().any(|it| it.is_control() || turns_writing(it)) {
        let message = say!("no_name", text = format!("{name:?}"));
        problems.error(Code::BadValue, span, message, say!("name_instead"));
    } else if name.len() > NAME_BYTES_MAX {
        let (bytes, most) = (name.len().to_string(), NAME_BYTES_MAX.to_string());
        let message = say!("bytes_of_name", bytes = bytes, most = most);
        problems.error(Code::Limit, span, message, say!("name_shorter"));
    }
}

fn check_word(word: &str, words: &[&str], span: Range<usize>, place: Place<'_>, problems: &mut Problems) {
    if words.contains(&word) {
        return;
    }
    let here = |n: &&NotObeyed| n.table == place.shape.what && n.key == place.key && n.value == Some(word);
    if let Some(later) = NOT_OBEYED.iter().find(here) {
        let message = say!("not_obeyed_value", key = place.key, word = format!("{word:?}"));
        return problems.error(Code::NotObeyed, span, message, Sentence::of(later.instead, []));
    }
    let help = match closest(word, words.iter().copied()) {
        Some(close) => say!("close_word", close = format!("{close:?}")),
        None => say!("write", text = one_of(words)),
    };
    let message = say!(
        "takes",
        key = place.key,
        kind = one_of(words),
        came = format!("{word:?}")
    );
    problems.error(Code::BadValue, span, message, help);
}

fn check_number(value: &Spanned<DeValue<'_>>, kind: &Kind, place: Place<'_>, problems: &mut Problems) {
    let (fits, came) = match value.get_ref() {
        DeValue::Integer(number) => (integer(value.get_ref()), number.to_string()),
        other @ (DeValue::String(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_)) => (None, other.as_float().map(ToString::to_string).unwrap_or_default()),
    };
    let good = match *kind {
        Kind::Count(least, most) => fits.is_some_and(|n| (i64::from(least)..=i64::from(most)).contains(&n)),
        Kind::Whole => fits.is_some_and(|n| i32::try_from(n).is_ok()),
        Kind::Number(most, included) => {
            float(value.get_ref()).is_some_and(|n| n > 0.0 && (n < most || (included && n == most)))
        }
        Kind::Amount(most) => float(value.get_ref()).is_some_and(|n| (0.0..=most).contains(&n)),
        Kind::Text
        | Kind::Name
        | Kind::NameAmong(_)
        | Kind::Written(..)
        | Kind::Word(_)
        | Kind::Flag
        | Kind::Duration(_)
        | Kind::Table(_)
        | Kind::Tagged(..)
        | Kind::WordOr(..)
        | Kind::Named(..)
        | Kind::List(..) => false,
    };
    if !good {
        wrong_value(kind, came, value.span(), place, problems);
    }
}

fn check_tagged(
    table: &DeTable<'_>,
    span: Range<usize>,
    tag: &'static str,
    shapes: &[(&str, &'static Shape)],
    problems: &mut Problems,
) {
    let words: Vec<&str> = shapes.iter().map(|(word, _)| *word).collect();
    let Some((_, first)) = shapes.first() else { return };
    let place = Place::of(first, tag);
    match table.get(tag) {
        None => {
            let example = say!("key_and_kind", key = tag, kind = one_of(&words));
            let help = say!("add_key", example = example);
            let message = say!("missing_key", table = first.what, key = tag);
            problems.error(Code::MissingKey, span, message, help);
        }
        Some(value) => match value.get_ref() {
            DeValue::String(word) => match shapes.iter().find(|(known, _)| known == word) {
                Some((_, shape)) => check(table, span, shape, problems),
                None => check_word(word, &words, value.span(), place, problems),
            },
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                let message = say!("no_text_came", key = tag, kind = one_of(&words));
                let help = say!("write", text = format!("{tag} = {:?}", shapes[0].0));
                problems.error(Code::WrongType, value.span(), message, help);
            }
        },
    }
}

/// What was meant by a text that would be good but for the signs of a Chinese keyboard in it.
fn mistyped(text: &str, kind: &Kind) -> Option<String> {
    let plain = slips::plain(text)?;
    let good = match kind {
        Kind::Written(_, _, read) => read(&plain).is_ok(),
        Kind::Word(words) | Kind::WordOr(words, _) => words.contains(&plain.as_str()),
        Kind::Duration(_) => duration::parse(&plain).is_ok(),
        Kind::Text
        | Kind::Name
        | Kind::NameAmong(_)
        | Kind::Flag
        | Kind::Count(..)
        | Kind::Whole
        | Kind::Number(..)
        | Kind::Amount(_)
        | Kind::Table(_)
        | Kind::Tagged(..)
        | Kind::Named(..)
        | Kind::List(..) => false,
    };
    good.then_some(plain)
}

fn check_length(length: usize, most: usize, span: Range<usize>, place: Place<'_>, problems: &mut Problems) {
    if length > most {
        let (entries, most) = (length.to_string(), most.to_string());
        let message = say!("length", key = place.key, entries = entries, most = most);
        problems.error(Code::Limit, span, message, say!("length_instead"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::{ROOT, SCENARIO};
    use super::*;

    /// What a kind of value says that it takes, where that is a value and no table.
    fn is_whole(kind: &Kind) -> bool {
        match kind {
            Kind::Table(_) | Kind::WordOr(..) | Kind::Tagged(..) => false,
            Kind::Named(kind, _) | Kind::List(kind, _) => is_whole(kind),
            Kind::Text
            | Kind::Name
            | Kind::NameAmong(_)
            | Kind::Written(..)
            | Kind::Word(_)
            | Kind::Flag
            | Kind::Count(..)
            | Kind::Whole
            | Kind::Number(..)
            | Kind::Amount(_)
            | Kind::Duration(_) => true,
        }
    }

    fn tables_under(kind: &'static Kind) -> Vec<&'static Shape> {
        match kind {
            Kind::Table(shape) | Kind::WordOr(_, shape) => vec![shape],
            Kind::Tagged(_, shapes) => shapes.iter().map(|(_, shape)| *shape).collect(),
            Kind::Named(kind, _) | Kind::List(kind, _) => tables_under(kind),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_is_given_as_an_example_is_taken() {
        let (mut shapes, mut seen) = (vec![&ROOT, &SCENARIO], 0);
        while let Some(shape) = shapes.pop() {
            for key in shape.keys {
                shapes.extend(tables_under(&key.kind));
                if !is_whole(&key.kind) {
                    continue;
                }
                // Whatever comes, of the key itself or of one of its values.
                for wrong in ["[[1979-05-27]]", "[1979-05-27]", "{ a = 1979-05-27 }", "1979-05-27"] {
                    let text = format!("{} = {wrong}", key.name);
                    for said in told(&text, shape) {
                        let Some(example) = said.strip_prefix("for example ") else {
                            continue;
                        };
                        assert_eq!(told(example, shape), Vec::<String>::new(), "{}: {text}", shape.what);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }

    /// What is said to be written instead of what stands in a table of this shape; keys that are missing aside.
    fn told(text: &str, shape: &Shape) -> Vec<String> {
        let table = DeTable::parse(text).unwrap();
        let mut problems = Problems::default();
        check(table.get_ref(), 0..0, shape, &mut problems);
        let found = problems.of_file("a.toml", text);
        let wrong = found.found().iter().filter(|one| one.code != Code::MissingKey);
        wrong.map(|one| one.help.clone().unwrap_or_default()).collect()
    }
}
