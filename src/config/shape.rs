//! How it is said what a configuration may say: tables, their keys, and what these take.

use super::duration;
use super::sentence::{Sentence, say};
use crate::core::Millis;
use serde_json::Value;
use std::net::SocketAddr;

/// What a table may hold.
#[derive(Debug)]
pub struct Shape {
    /// As people speak of it, with its article.
    pub what: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// One key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there.
    pub needed: bool,
    /// What it does.
    pub doc: &'static str,
    /// What stands for it where it is not there.
    pub default: Option<DefaultValue>,
}

/// What stands for a key that is not there.
#[derive(Copy, Clone, Debug)]
pub enum DefaultValue {
    /// A duration.
    Span(Millis),
    /// A whole number.
    Count(u32),
    /// A whole number that may be negative.
    Whole(i32),
    /// `true` or `false`.
    Flag(bool),
    /// A text, or one of the words.
    Text(&'static str),
    /// An address and port.
    Address(SocketAddr),
    /// No value of the key itself: what it is then.
    InWords(&'static str),
}

impl Key {
    /// The same key, with what stands for it where it is not there.
    pub const fn or(self, default: DefaultValue) -> Key {
        Key {
            default: Some(default),
            ..self
        }
    }

    /// What it does, and what stands for it.
    pub fn description(&self) -> String {
        match &self.default {
            None => self.doc.to_owned(),
            Some(DefaultValue::InWords(words)) => format!("{} Default: {words}.", self.doc),
            Some(default) => format!("{} Default {}.", self.doc, default.written()),
        }
    }
}

impl DefaultValue {
    /// As JSON, the way that a file would say it; `None`: a file cannot say it.
    pub fn value(&self) -> Option<Value> {
        Some(match self {
            DefaultValue::Count(number) => Value::from(*number),
            DefaultValue::Whole(number) => Value::from(*number),
            DefaultValue::Flag(flag) => Value::from(*flag),
            DefaultValue::Span(_) | DefaultValue::Text(_) | DefaultValue::Address(_) => Value::from(self.written()),
            DefaultValue::InWords(_) => return None,
        })
    }

    fn written(&self) -> String {
        match self {
            DefaultValue::Span(span) => duration::format(*span),
            DefaultValue::Count(number) => number.to_string(),
            DefaultValue::Whole(number) => number.to_string(),
            DefaultValue::Flag(flag) => flag.to_string(),
            DefaultValue::Text(text) | DefaultValue::InWords(text) => (*text).to_owned(),
            DefaultValue::Address(address) => address.to_string(),
        }
    }
}

/// What a value may be.
#[derive(Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// A name: short, not empty, no control characters.
    Name,
    /// A name, one of these: whoever reads the table says what is wrong with another.
    NameAmong(&'static [&'static str]),
    /// Text that a reader of its own understands: what it is, by its key in the tables of `words`, one that it understands, and the reader.
    Written(&'static str, &'static str, fn(&str) -> Result<(), Sentence>),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Count(u32, u32),
    /// A whole number that may be negative.
    Whole,
    /// A number above 0 and no more than the second; `false`: less than it.
    Number(f64, bool),
    /// A number from 0 to so much.
    Amount(f64),
    /// A duration of at least so much.
    Duration(Millis),
    /// A table.
    Table(&'static Shape),
    /// A table of another shape by the word under this key.
    Tagged(&'static str, &'static [(&'static str, &'static Shape)]),
    /// One of these words, or a table.
    WordOr(&'static [&'static str], &'static Shape),
    /// A table whose keys are names: at most so many.
    Named(&'static Kind, usize),
    /// An array of at most so many.
    List(&'static Kind, usize),
}

impl Kind {
    /// A value that it takes.
    pub fn example(&self) -> String {
        match self {
            Kind::Text => "\"text\"".to_owned(),
            Kind::Written(_, example, _) => format!("{example:?}"),
            Kind::Name => "\"name\"".to_owned(),
            Kind::Word(words) | Kind::NameAmong(words) => format!("{:?}", words.first().unwrap_or(&"")),
            Kind::Flag => "true".to_owned(),
            Kind::Count(least, most) => 5.clamp(*least, *most).to_string(),
            Kind::Whole => "10".to_owned(),
            Kind::Number(_, true) => "0.15".to_owned(),
            Kind::Number(_, false) => "0.9".to_owned(),
            Kind::Amount(_) => "0.5".to_owned(),
            Kind::Duration(least) => format!("{:?}", duration::format((*least).max(Millis::from_mins(5)))),
            Kind::Table(shape) | Kind::WordOr(_, shape) => {
                let needed = shape.keys.iter().filter(|key| key.needed);
                let keys: Vec<String> = needed
                    .map(|key| format!("{} = {}", key.name, key.kind.example()))
                    .collect();
                if keys.is_empty() {
                    "{ ... }".to_owned()
                } else {
                    format!("{{ {} }}", keys.join(", "))
                }
            }
            Kind::Tagged(tag, shapes) => {
                format!("{{ {tag} = {:?}, ... }}", shapes.first().map_or("", |(word, _)| *word))
            }
            Kind::Named(kind, _) => format!("{{ name = {} }}", kind.example()),
            Kind::List(kind, _) => format!("[{}]", kind.example()),
        }
    }

    /// What it takes, in words.
    pub fn expected(&self) -> Sentence {
        match self {
            Kind::Text => say!("text"),
            Kind::Name => say!("name"),
            Kind::Written(what, ..) => Sentence::of(what, []),
            Kind::Word(words) | Kind::NameAmong(words) => one_of(words),
            Kind::Flag => say!("flag"),
            Kind::Count(least, most) => say!("least_and_most", least = least.to_string(), most = most.to_string()),
            Kind::Whole => say!("whole"),
            Kind::Number(most, true) => say!("number_up_to", most = most.to_string()),
            Kind::Number(most, false) => say!("between_0", most = most.to_string()),
            Kind::Amount(most) => say!("number_to", most = most.to_string()),
            Kind::Duration(Millis::ZERO) => say!("duration"),
            Kind::Duration(least) => say!("duration_least", least = duration::format(*least)),
            Kind::Table(shape) => say!("table_of", table = shape.what),
            Kind::Tagged(tag, _) => say!("table_with", key = *tag),
            Kind::WordOr(words, shape) => {
                let keys: Vec<String> = shape.keys.iter().map(|k| format!("{} = ...", k.name)).collect();
                say!("word_or_table", words = one_of(words), keys = keys.join(", "))
            }
            Kind::Named(kind, _) => say!("named", each = kind.expected()),
            Kind::List(kind, _) => say!("list", each = kind.expected()),
        }
    }
}

/// `"a"`, `"b"` or `"c"`.
pub fn one_of(words: &[&str]) -> Sentence {
    let quoted: Vec<String> = words.iter().map(|w| format!("{w:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => say!("or", these = rest.join(", "), last = last.as_str()),
        _ => say!("written", text = quoted.concat()),
    }
}
