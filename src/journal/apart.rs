//! References in place of people's names in a JSON text, which is gone through once and otherwise left as it is: to take it apart into
//! values and write it anew costs several times as much, and the state of a big floor has some hundred thousand of them.

use super::naming::{PHONE_SYSTEM, Person, PersonId};
use serde_json::ser::{CompactFormatter, Formatter};
use std::cell::Cell;
use std::io::{self, Write};
use std::ops::Range;

/// Deeper than any record or state.
const DEEPEST: usize = 100;

/// The keys under which people stand.
const KEYS: [&str; 3] = ["person", "people", "staff_no"];

/// Writes JSON in one line, and notices whether it can name people at all: one of [`KEYS`] stands in it, with something under it. To look for
/// that in the text afterwards costs as much as to write it.
pub(super) struct Noticing<'a> {
    somebody: &'a Cell<bool>,
    in_key: bool,
    /// The key was one of those, and what stands under it is still to come.
    is_under: bool,
}

impl<'a> Noticing<'a> {
    /// Raises `somebody` where it can.
    pub fn of(somebody: &'a Cell<bool>) -> Noticing<'a> {
        Noticing {
            somebody,
            in_key: false,
            is_under: false,
        }
    }

    fn something(&mut self) {
        if std::mem::take(&mut self.is_under) {
            self.somebody.set(true);
        }
    }
}

impl Formatter for Noticing<'_> {
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.in_key = true;
        CompactFormatter.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.in_key = false;
        CompactFormatter.end_object_key(writer)
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        self.is_under |= self.in_key && KEYS.contains(&fragment);
        CompactFormatter.write_string_fragment(writer, fragment)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.something();
        CompactFormatter.begin_object(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.something();
        CompactFormatter.begin_array_value(writer, first)
    }

    /// Of a list in which something stood that was noticed already.
    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_under = false;
        CompactFormatter.end_array(writer)
    }

    fn write_null<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_under = false;
        CompactFormatter.write_null(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.something();
        CompactFormatter.end_object_value(writer)
    }
}

/// The text with a reference in place of each person, by the rules of `naming.rs`; `None` where it names nobody. What is not JSON stays
/// as it is.
pub(super) fn set_apart<E>(
    json: &str,
    refer: &mut impl FnMut(Person) -> Result<PersonId, E>,
) -> Result<Option<String>, E> {
    let mut walk = Walk {
        json,
        at: 0,
        depth: 0,
        found: Vec::new(),
        refer,
    };
    walk.value()?;
    let Walk { mut found, .. } = walk;
    if found.is_empty() {
        return Ok(None);
    }
    found.sort_unstable_by_key(|(place, _)| place.start);
    let (mut told, mut text) = (0, String::with_capacity(json.len()));
    for (place, id) in found {
        text.push_str(json.get(told..place.start).unwrap_or_default());
        text.push('"');
        text.push_str(&id.reference());
        text.push('"');
        told = place.end;
    }
    text.push_str(json.get(told..).unwrap_or_default());
    Ok(Some(text))
}

struct Walk<'a, F> {
    json: &'a str,
    at: usize,
    depth: usize,
    /// Where a text stands, with its quotes, and whom it names.
    found: Vec<(Range<usize>, PersonId)>,
    refer: &'a mut F,
}

impl<E, F: FnMut(Person) -> Result<PersonId, E>> Walk<'_, F> {
    /// Passes over a value; where it is a text, its place.
    fn value(&mut self) -> Result<Option<Range<usize>>, E> {
        match self.peek() {
            Some(b'"') => return Ok(Some(self.text())),
            Some(b'{') if self.depth < DEEPEST => {
                self.depth += 1;
                self.object()?;
                self.depth -= 1;
            }
            Some(b'[') if self.depth < DEEPEST => {
                self.depth += 1;
                self.array(false)?;
                self.depth -= 1;
            }
            _ => self.plain(),
        }
        Ok(None)
    }

    fn object(&mut self) -> Result<(), E> {
        let (mut name, mut staff_no) = (None, None);
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(b'}') | None => break,
                Some(_) => {
                    self.at += 1;
                    continue;
                }
            }
            let key = self.text();
            if self.peek() == Some(b':') {
                self.at += 1;
            }
            let key = within(self.json, &key);
            if key == "people" && self.peek() == Some(b'[') {
                self.array(true)?;
                continue;
            }
            let text = self.value()?;
            match (key, text) {
                ("person", Some(place)) => self.known_by_one(place)?,
                ("name", text) => name = text,
                ("staff_no", text) => staff_no = text,
                _ => {}
            }
        }
        self.at += 1;
        match (name, staff_no) {
            (Some(name), Some(staff_no)) => self.with_token(name, staff_no),
            _ => Ok(()),
        }
    }

    fn array(&mut self, of_people: bool) -> Result<(), E> {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b']') | None => break,
                Some(b',') => self.at += 1,
                Some(_) => {
                    if let Some(place) = self.value()?.filter(|_| of_people) {
                        self.known_by_one(place)?;
                    }
                }
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Passes over a text, from its first quote to its last.
    fn text(&mut self) -> Range<usize> {
        let begin = self.at;
        let mut escaped = false;
        self.at += 1;
        while let Some(byte) = self.json.as_bytes().get(self.at) {
            self.at += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => break,
                _ => {}
            }
        }
        begin..self.at
    }

    /// Passes over a number or a word.
    fn plain(&mut self) {
        self.at += 1;
        let rest = self.json.as_bytes().get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}'));
        self.at += end.unwrap_or(rest.len());
    }

    /// What stands next, blanks apart.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.json.as_bytes().get(self.at..)?;
        let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.at += blanks;
        rest.get(blanks).copied()
    }

    fn known_by_one(&mut self, place: Range<usize>) -> Result<(), E> {
        let Some(staff_no) = read(self.json, &place) else {
            return Ok(());
        };
        let id = (self.refer)(Person { staff_no, name: None })?;
        self.found.push((place, id));
        Ok(())
    }

    fn with_token(&mut self, name: Range<usize>, staff_no: Range<usize>) -> Result<(), E> {
        let (Some(called), Some(number)) = (read(self.json, &name), read(self.json, &staff_no)) else {
            return Ok(());
        };
        if number == PHONE_SYSTEM {
            return Ok(());
        }
        let person = Person {
            staff_no: number,
            name: Some(called),
        };
        let id = (self.refer)(person)?;
        self.found.extend([(name, id), (staff_no, id)]);
        Ok(())
    }
}

/// A text without its quotes, as it stands there.
fn within<'a>(json: &'a str, place: &Range<usize>) -> &'a str {
    json.get(place.start + 1..place.end.saturating_sub(1))
        .unwrap_or_default()
}

/// A text as it reads; `None` where it does not.
fn read(json: &str, place: &Range<usize>) -> Option<String> {
    let text = within(json, place);
    match text.contains('\\') {
        true => serde_json::from_str(json.get(place.clone())?).ok(),
        false => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::naming::replace;
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Map, Serializer, Value, json};
    use std::convert::Infallible;

    /// A number for a person that only depends on who it is.
    fn id_of(person: &Person) -> PersonId {
        let text = format!("{person:?}");
        PersonId(text.bytes().fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 100_003))
    }

    fn apart(json: &str) -> Option<String> {
        set_apart(json, &mut |person| Ok::<_, Infallible>(id_of(&person))).unwrap()
    }

    /// The text, and whether it was noticed that it can name somebody.
    fn noticed(value: &Value) -> (String, bool) {
        let (mut text, somebody) = (Vec::new(), Cell::new(false));
        let mut serializer = Serializer::with_formatter(&mut text, Noticing::of(&somebody));
        value.serialize(&mut serializer).unwrap();
        (String::from_utf8(text).unwrap(), somebody.get())
    }

    /// The same by values.
    fn by_values(value: &Value) -> Value {
        let mut value = value.clone();
        let _: Result<(), Infallible> = replace(&mut value, &mut |person| {
            let reference = id_of(&person).reference();
            Ok(Some(Person {
                name: Some(reference.clone()),
                staff_no: reference,
            }))
        });
        value
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("feed".to_owned()),
            Just("E01".to_owned()),
            Just("a\"people\":[\"\\".to_owned()),
            Just("李娜 {[".to_owned()),
            Just(String::new()),
        ]
    }

    fn keys() -> impl Strategy<Value = String> {
        let keys = ["person", "people", "name", "staff_no", "other", "q\"u"];
        prop::sample::select(keys.map(str::to_owned).to_vec())
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            3 => texts().prop_map(Value::from),
            1 => any::<i32>().prop_map(Value::from),
            1 => Just(Value::Null),
            1 => Just(json!(true)),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::vec((keys(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_text_says_what_the_values_would(value in values(), pretty in any::<bool>()) {
            let json = if pretty { format!("{value:#}") } else { value.to_string() };
            let told = apart(&json);
            let expected = by_values(&value);
            prop_assert_eq!(told.is_some(), expected != value);
            prop_assert_eq!(serde_json::from_str::<Value>(&told.unwrap_or(json.clone())).unwrap(), expected);
            let (text, somebody) = noticed(&value);
            prop_assert_eq!(&text, &value.to_string());
            if !somebody {
                prop_assert_eq!(apart(&text), None);
            }
        }

        #[test]
        fn what_is_no_json_does_no_harm(text in "[\\[\\]{}\",:\\\\a-z李 ]{0,60}") {
            apart(&text);
        }
    }

    #[test]
    fn what_is_deep_is_passed_over() {
        apart(&"[".repeat(100_000));
        apart(&"{\"people\":[".repeat(100_000));
    }

    #[test]
    fn an_empty_list_names_nobody() {
        let somebody = |value| noticed(&value).1;
        assert!(!somebody(
            json!({"parts": [{"pool": "expert", "people": []}], "person": null, "other": ["person"]})
        ));
        assert!(somebody(json!({"people": [], "more": {"people": ["E01"]}})));
        assert!(somebody(json!({"person": "E01"})));
        assert!(somebody(json!({"by": {"staff_no": "S07"}})));
    }
}
