//! Where a record, or a state of the core, names people; and references in place of their names.
//!
//! A reference is `#17`. It stands in place of
//! - a text under `person`, and each text of a list under `people`;
//! - `name` and `staff_no` of one object, whatever that stands under: somebody with a token.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;

/// What is not a person: the phone system, where it shows that something was done (`Actor::staff_no`).
pub(super) const PHONE_SYSTEM: &str = "feed";

/// A row of the table of people. Never used for somebody else.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "person {}", self.0)
    }
}

impl PersonId {
    pub(super) fn reference(self) -> String {
        format!("#{}", self.0)
    }

    pub(super) fn of_reference(text: &str) -> Option<PersonId> {
        text.strip_prefix('#')?.parse().ok().map(PersonId)
    }

    /// What stands for a person who is forgotten, everywhere that the name stood.
    pub fn forgotten(self) -> String {
        format!("forgotten ({self})")
    }

    pub(super) fn of_forgotten(text: &str) -> Option<PersonId> {
        let id = text.strip_prefix("forgotten (person ")?.strip_suffix(')')?;
        id.parse().ok().map(PersonId)
    }
}

/// A person as a record names them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Person {
    /// The staff number; of people without a token the name by which plan and phone system know them.
    pub(super) staff_no: String,
    /// As their token shows them.
    pub(super) name: Option<String>,
}

/// Shows each person in `value`, and puts in their place whom `with` says. Of those who are named by one text alone, it is the
/// staff number that takes its place.
pub(super) fn replace<E>(
    value: &mut Value,
    with: &mut impl FnMut(Person) -> Result<Option<Person>, E>,
) -> Result<(), E> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| replace(item, with)),
        Value::Object(fields) => {
            replace_token(fields, with)?;
            for (key, value) in fields.iter_mut() {
                match (key.as_str(), value) {
                    ("person", Value::String(text)) => replace_text(text, with)?,
                    ("people", Value::Array(items)) => {
                        for item in items {
                            match item {
                                Value::String(text) => replace_text(text, with)?,
                                other @ (Value::Null
                                | Value::Bool(_)
                                | Value::Number(_)
                                | Value::Array(_)
                                | Value::Object(_)) => replace(other, with)?,
                            }
                        }
                    }
                    (_, value) => replace(value, with)?,
                }
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn replace_text<E>(text: &mut String, with: &mut impl FnMut(Person) -> Result<Option<Person>, E>) -> Result<(), E> {
    let (staff_no, name) = (text.clone(), None);
    if let Some(other) = with(Person { staff_no, name })? {
        *text = other.staff_no;
    }
    Ok(())
}

fn replace_token<E>(
    fields: &mut Map<String, Value>,
    with: &mut impl FnMut(Person) -> Result<Option<Person>, E>,
) -> Result<(), E> {
    let (Some(Value::String(staff_no)), Some(Value::String(name))) = (fields.get("staff_no"), fields.get("name"))
    else {
        return Ok(());
    };
    if staff_no == PHONE_SYSTEM {
        return Ok(());
    }
    let person = Person {
        staff_no: staff_no.clone(),
        name: Some(name.clone()),
    };
    if let Some(Person { staff_no, name }) = with(person)? {
        fields.insert(
            "name".to_owned(),
            Value::String(name.unwrap_or_else(|| staff_no.clone())),
        );
        fields.insert("staff_no".to_owned(), Value::String(staff_no));
    }
    Ok(())
}

/// All whom a value refers to.
pub(super) fn references(value: &mut Value) -> BTreeSet<PersonId> {
    let mut found = BTreeSet::new();
    let _: Result<(), Infallible> = replace(value, &mut |person| {
        found.extend(PersonId::of_reference(&person.staff_no));
        Ok(None)
    });
    found
}
