//! Tables of a file that has been checked: what is well-formed is handed out with its place, the rest is kept silent about, since
//! it has been told already.

use super::duration;
use crate::core::{Millis, Name};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// A table that has been checked.
#[derive(Copy, Clone)]
pub struct Node<'a> {
    table: &'a DeTable<'a>,
    from: usize,
    to: usize,
}

impl<'a> Node<'a> {
    /// The whole file.
    pub fn root(table: &'a DeTable<'a>) -> Node<'a> {
        Node { table, from: 0, to: 0 }
    }

    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        self.from..self.to
    }

    /// Where a key's value stands; else the table.
    pub fn at(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or(self.span(), Spanned::span)
    }

    /// Whether all its keys are such.
    pub fn has_only(&self, known: impl Fn(&str) -> bool) -> bool {
        self.table.keys().all(|key| known(key.get_ref()))
    }

    /// Whether the key is there, well-formed or not.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the key's array has nothing in it.
    pub fn is_empty_array(&self, key: &str) -> bool {
        self.table
            .get(key)
            .and_then(|v| v.get_ref().as_array())
            .is_some_and(|array| array.is_empty())
    }

    fn get<T>(&self, key: &str, read: impl Fn(&'a DeValue<'a>) -> Option<T>) -> Option<Said<T>> {
        let value = self.table.get(key)?;
        Some(Said {
            value: read(value.get_ref())?,
            span: value.span(),
        })
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<Said<&'a str>> {
        self.get(key, DeValue::as_str)
    }

    /// A name.
    pub fn name(&self, key: &str) -> Option<Said<Name>> {
        self.get(key, |value| value.as_str().map(Name::from))
    }

    /// `true` or `false`; `false` where it is not there.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key, DeValue::as_bool).is_some_and(|said| said.value)
    }

    /// A count.
    pub fn count(&self, key: &str) -> Option<Said<u32>> {
        self.get(key, |value| integer(value)?.try_into().ok())
    }

    /// A whole number.
    pub fn whole(&self, key: &str) -> Option<i32> {
        self.get(key, |value| integer(value)?.try_into().ok())
            .map(|said| said.value)
    }

    /// A number.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key, float).map(|said| said.value)
    }

    /// An array of numbers.
    pub fn numbers(&self, key: &str) -> Vec<f64> {
        self.array(key).filter_map(|value| float(value.get_ref())).collect()
    }

    /// An array of counts.
    pub fn count_list(&self, key: &str) -> Vec<u32> {
        self.array(key)
            .filter_map(|value| integer(value.get_ref())?.try_into().ok())
            .collect()
    }

    /// A duration.
    pub fn duration(&self, key: &str) -> Option<Said<Millis>> {
        self.get(key, |value| duration::parse(value.as_str()?).ok())
    }

    /// A duration, or what stands for it where it is not there.
    pub fn duration_or(&self, key: &str, default: Millis) -> Millis {
        self.duration(key).map_or(default, |said| said.value)
    }

    /// A table.
    pub fn node(&self, key: &str) -> Option<Node<'a>> {
        self.table.get(key).and_then(node)
    }

    /// An array of tables.
    pub fn nodes(&self, key: &str) -> Vec<Node<'a>> {
        self.array(key).filter_map(node).collect()
    }

    /// An array of texts.
    pub fn texts(&self, key: &str) -> Vec<Said<&'a str>> {
        self.array(key)
            .filter_map(|v| {
                Some(Said {
                    value: v.get_ref().as_str()?,
                    span: v.span(),
                })
            })
            .collect()
    }

    /// An array of names.
    pub fn names(&self, key: &str) -> Vec<Said<Name>> {
        self.texts(key)
            .into_iter()
            .map(|said| Said {
                value: said.value.into(),
                span: said.span,
            })
            .collect()
    }

    /// A table of named tables, in the order of their names.
    pub fn named(&self, key: &str) -> Vec<(Said<Name>, Node<'a>)> {
        self.entries(key)
            .filter_map(|(name, value)| Some((name, node(value)?)))
            .collect()
    }

    /// The names of a table of names, also where what they name is at fault.
    pub fn keys(&self, key: &str) -> impl Iterator<Item = Name> + use<'a> {
        self.entries(key).map(|(name, _)| name.value)
    }

    /// A table of named counts.
    pub fn counts(&self, key: &str) -> Vec<(Said<Name>, u32)> {
        self.entries(key)
            .filter_map(|(name, v)| Some((name, integer(v.get_ref())?.try_into().ok()?)))
            .collect()
    }

    /// A table of named texts.
    pub fn named_texts(&self, key: &str) -> Vec<(Said<Name>, &'a str)> {
        self.entries(key)
            .filter_map(|(name, v)| Some((name, v.get_ref().as_str()?)))
            .collect()
    }

    fn array(&self, key: &str) -> impl Iterator<Item = &'a Spanned<DeValue<'a>>> + use<'a> {
        self.table
            .get(key)
            .and_then(|v| v.get_ref().as_array())
            .into_iter()
            .flat_map(|array| array.iter())
    }

    fn entries(&self, key: &str) -> impl Iterator<Item = (Said<Name>, &'a Spanned<DeValue<'a>>)> + use<'a> {
        let table = self.table.get(key).and_then(|v| v.get_ref().as_table());
        table.into_iter().flatten().map(|(name, value)| {
            (
                Said {
                    value: Name::from(name.get_ref().as_ref()),
                    span: name.span(),
                },
                value,
            )
        })
    }
}

/// A whole number, however it is written.
pub fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A finite number.
pub fn float(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(number) => number.as_str().parse().ok().filter(|n: &f64| n.is_finite()),
        other @ (DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_)) => integer(other).map(|n| n as f64),
    }
}

fn node<'a>(value: &'a Spanned<DeValue<'a>>) -> Option<Node<'a>> {
    let span = value.span();
    value.get_ref().as_table().map(|table| Node {
        table,
        from: span.start,
        to: span.end,
    })
}
