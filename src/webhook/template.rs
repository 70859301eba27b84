//! The body of a request: the floor's own message, or what a template makes of it.
//!
//! Templates are Jinja's (minijinja): a name that is not there is an error, and so is a body that is not JSON. A template is tried
//! over one event of every kind ([`sample`](super::sample)) before it is taken up, so that what is wrong with it is known at a desk
//! and not in a surge.

use super::event::Event;
use crate::telemetry::plain;
use crate::words::Words;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The longest template, in bytes.
pub const LIMIT_SOURCE: u64 = 64 * 1024;
/// The longest body, in bytes.
pub const LIMIT_BODY: usize = 256 * 1024;
/// Steps that a template may take: loops end.
const FUEL: u64 = 50_000;

const WECOM: &str = include_str!("wecom.j2");

/// How a body is made, and what counts as delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Template {
    /// The message as the floor socket says it.
    Message,
    /// For a group robot of WeCom.
    WeCom,
    /// A file's.
    Own {
        /// The file's name, for messages.
        file: Arc<str>,
        /// Its text.
        source: Arc<str>,
    },
}

/// What is wrong with a template, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct TemplateFault {
    /// The template.
    pub file: String,
    /// From 1; `None` where it is about the whole.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// In words.
    pub message: String,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl Template {
    /// The words for the ready ones.
    pub const READY: &'static [&'static str] = &["message", "wecom"];

    /// Reads one of [`Template::READY`].
    pub fn ready(word: &str) -> Option<Template> {
        match word {
            "message" => Some(Template::Message),
            "wecom" => Some(Template::WeCom),
            _ => None,
        }
    }

    /// The body for an event: JSON.
    ///
    /// # Errors
    /// What is wrong with the template, or with what it makes.
    pub fn body(&self, event: &Event, words: &Words) -> Result<String, TemplateFault> {
        let (file, source) = match self {
            Template::Message => return Ok(event.message.to_string()),
            Template::WeCom => ("wecom", WECOM),
            Template::Own { file, source } => (&**file, &**source),
        };
        let whole = |message: String| TemplateFault {
            file: file.to_owned(),
            line: None,
            column: None,
            message,
        };
        let environment = environment(words);
        let template = environment
            .template_from_named_str(file, source)
            .map_err(|error| fault(file, source, &error))?;
        let context = context(event, words).map_err(|error| whole(error.to_string()))?;
        let mut body = Body::default();
        template
            .render_captured_to(context, &mut body)
            .map_err(|error| fault(file, source, &error))?;
        let body = String::from_utf8(body.0).map_err(|error| whole(error.to_string()))?;
        match serde_json::from_str::<serde::de::IgnoredAny>(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(whole(format!(
                "what it makes of {:?} is not JSON ({error}): put |tojson behind every value, without quotes around it",
                event.kind
            ))),
        }
    }

    /// Everything that is wrong with it for these kinds: each fault once.
    pub fn check(&self, kinds: &BTreeSet<&'static str>, words: &Words) -> Vec<TemplateFault> {
        let mut faults: Vec<TemplateFault> = Vec::new();
        for (kind, event) in super::sample::events() {
            if !kinds.contains(kind.as_str()) {
                continue;
            }
            if let Err(fault) = self.body(&event, words)
                && !faults
                    .iter()
                    .any(|known| (known.line, known.column) == (fault.line, fault.column))
            {
                faults.push(fault);
            }
        }
        faults
    }
}

/// What a template can use beside the values of an event: `t(key, n=3)`, `name(kind, key)`, `clock(at)`, and `|shorten(bytes)`.
fn environment(words: &Words) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    let say = words.clone();
    environment.add_function("t", move |key: String, values: minijinja::value::Kwargs| {
        let mut known: Vec<(String, String)> = Vec::new();
        for name in values.args().map(str::to_owned).collect::<Vec<_>>() {
            let value: Value = values.get(&name)?;
            known.push((name, value.to_string()));
        }
        let known: Vec<(&str, &str)> = known.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        Ok::<_, minijinja::Error>(say.text(&key, &known))
    });
    let say = words.clone();
    environment.add_function("name", move |kind: String, key: String| say.name(&kind, &key));
    let say = words.clone();
    environment.add_function("clock", move |at: String| say.time(&at));
    environment.add_filter("tojson", to_json);
    environment.add_filter("shorten", shorten);
    environment.add_filter("unmarked", unmarked);
    environment
}

/// The values of an event.
fn context(event: &Event, words: &Words) -> Result<Value, serde_json::Error> {
    let message: serde_json::Value = serde_json::from_str(&event.message)?;
    let about: Option<serde_json::Value> = event.about.as_deref().map(serde_json::from_str).transpose()?;
    let order = if event.kind == "instruction" {
        Some(&message)
    } else {
        about.as_ref()
    };
    let queue = event.queue.as_ref().map(|queue| words.name("queue", queue.as_str()));
    let values = [
        ("id", Value::from(event.id.clone())),
        ("kind", Value::from(event.kind.clone())),
        ("headline", words.headline(&message, about.as_ref()).into()),
        ("reason", words.reason(&message).into()),
        (
            "order_reason",
            order.map_or(String::new(), |it| words.reason(it)).into(),
        ),
        ("queue", Value::from(queue)),
        ("time", words.time(message["at"].as_str().unwrap_or_default()).into()),
        ("unlogged", Value::from(message["unlogged"] == true)),
        ("about", Value::from(Serde(about.clone()))),
        ("message", Value::from(Serde(message.clone()))),
    ];
    Ok(Value::from_pairs(values))
}

/// A value as JSON. The engine's own filter takes what is not there for `null`.
fn to_json(value: Value) -> Result<String, minijinja::Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    serde_json::to_string(&value).map_err(|error| minijinja::Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// At most so many bytes of a text; what is left out is shown as `…`.
pub(super) fn shorten(text: String, bytes: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes.saturating_sub(MORE.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned() + MORE
}

/// A text that is no markup to any chat: names and notes are people's own, and must neither call everybody (`<@all>`) nor set a link.
/// What would be markup is shown by its wide form, which every chat shows as it is.
fn unmarked(text: String) -> String {
    let wide = |it: char| match it {
        '<' | '>' | '[' | ']' | '*' | '`' | '@' | '\\' => {
            // The wide forms of ASCII lie at one distance from it.
            char::from_u32(it as u32 + 0xfee0).unwrap_or(' ')
        }
        it => it,
    };
    plain(&text).chars().map(wide).collect()
}

/// What a template has made so far, up to [`LIMIT_BODY`].
#[derive(Default)]
struct Body(Vec<u8>);

impl std::io::Write for Body {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LIMIT_BODY {
            return Err(std::io::Error::other(format!(
                "the body is longer than {LIMIT_BODY} bytes"
            )));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may tell more kinds of faults; whatever is not named is told as it comes"
)]
fn fault(file: &str, source: &str, error: &minijinja::Error) -> TemplateFault {
    let column = error.range().and_then(|range| {
        let before = source.get(..range.start)?;
        let line = before.rsplit('\n').next().unwrap_or(before);
        Some(line.chars().count() + 1)
    });
    let message = match error.kind() {
        ErrorKind::UndefinedError => {
            "a value that is not there; see the list of values that a template has, or test it with \
                                      `is defined`"
                .to_owned()
        }
        ErrorKind::OutOfFuel => format!("it takes more than {FUEL} steps: is there a loop without an end?"),
        kind => match error.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => match std::error::Error::source(error) {
                Some(source) => format!("{kind}: {source}"),
                None => kind.to_string(),
            },
        },
    };
    TemplateFault {
        file: file.to_owned(),
        line: error.line(),
        column,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KINDS, sample};
    use super::*;
    use crate::wire::House;
    use crate::words::Language;

    fn words(language: Language) -> Words {
        let house = House {
            zone: "Asia/Shanghai".into(),
            ..House::default()
        };
        Words::new(language, Arc::new(house))
    }

    fn own(source: &str) -> Template {
        Template::Own {
            file: "own.j2".into(),
            source: source.into(),
        }
    }

    fn faults(source: &str) -> Vec<TemplateFault> {
        own(source).check(&KINDS.into(), &words(Language::En))
    }

    #[test]
    fn the_message_goes_out_as_the_floor_socket_says_it() {
        for (_, event) in sample::events() {
            let body = Template::Message.body(&event, &words(Language::En)).unwrap();
            assert_eq!(body, *event.message);
        }
    }

    #[test]
    fn the_ready_template_for_wecom_says_everything_in_every_language() {
        for word in Language::WORDS {
            let words = words(Language::read(word).unwrap());
            assert_eq!(Template::WeCom.check(&KINDS.into(), &words), []);
        }
        let (_, event) = sample::events().remove(0);
        let body = Template::WeCom.body(&event, &words(Language::ZhHans)).unwrap();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["msgtype"], "markdown");
        assert_eq!(
            body["markdown"]["content"],
            "**签入 2 人 · 机动专家组**\n> 呼入\n> E01, E02\n> 8 人等待，超过 5 人已持续 5:00\n> 11:25:00"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let found = faults("{\n  \"a\": {{ headlin|tojson }}}");
        let [fault] = &found[..] else { panic!("{found:?}") };
        assert_eq!((fault.line, fault.column), (Some(2), Some(19)), "{fault}");
        assert!(
            fault
                .to_string()
                .contains("own.j2, line 2, column 19: a value that is not there"),
            "{fault}"
        );
        let found = faults("{{ headline");
        assert!(
            found[0].line == Some(1) && found[0].message.contains("syntax error"),
            "{found:?}"
        );
        let found = faults("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}");
        assert!(
            found[0].message.contains("steps") || found[0].message.contains("range"),
            "{found:?}"
        );
        let found = faults("\"{% for a in range(9000) %}{{ message }}{% endfor %}\"");
        assert!(!found.is_empty());
    }

    #[test]
    fn a_value_that_is_not_quoted_is_found_before_somebody_types_a_quote() {
        let found = faults("{\"text\": \"{{ reason }}\"}");
        assert!(found[0].message.contains("|tojson"), "{found:?}");
        assert_eq!(
            faults(
                "{\"text\": {{ reason|tojson }}, \"who\": {{ message.by.name|default('-')|tojson if message.by is defined else 'null' }}}"
            ),
            []
        );
    }

    #[test]
    fn a_text_is_shortened_by_its_bytes() {
        assert_eq!(shorten("等待人数".into(), 12), "等待人数");
        assert_eq!(shorten("等待人数".into(), 11), "等待…");
        assert_eq!(shorten("abc".into(), 0), "…");
    }
}
