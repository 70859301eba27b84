//! Webhooks: addresses and secrets that may stand in files, and templates that are tried before they are taken up.

use super::Surroundings;
use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::sentence::say;
use super::settings::Secret;
use super::tables::{TEXT_BYTES_MAX, default};
use crate::core::{Millis, Name};
use crate::webhook::push::PREFIX;
use crate::webhook::{Address, KINDS, LIMIT_SOURCE, Settings, SigningKey, Template};
use crate::wire::House;
use crate::words::{Language, Words};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

/// What is sent where nothing is said: what somebody must do something about.
const DEFAULT_KINDS: [&str; 9] = [
    "instruction",
    "passed_up",
    "unanswered",
    "nobody_listening",
    "feed_lost",
    "blind_long",
    "approval_asked",
    "not_shown",
    "journal_failing",
];
const TIMEOUT_MAX: Millis = Millis::from_mins(1);

/// Reads the webhooks. One whose address or secret is only missing on this machine is left out.
pub fn read(
    root: Node<'_>,
    known: &Known,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> BTreeMap<Name, Settings> {
    let levels: BTreeSet<Name> = root
        .nodes("chain")
        .iter()
        .filter_map(|level| level.name("role"))
        .map(|role| role.value)
        .collect();
    let hooks = root.named("webhook").into_iter();
    let hooks = hooks.filter_map(|(name, node)| {
        let settings = webhook(&name, node, known, &levels, surroundings, problems)?;
        Some((name.value, settings))
    });
    hooks.collect()
}

fn webhook(
    name: &Said<Name>,
    node: Node<'_>,
    known: &Known,
    levels: &BTreeSet<Name>,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Settings> {
    let queues = node.names("queues");
    for queue in &queues {
        names::expect(queue, &known.queues, "queue", problems);
    }
    let roles = node.names("roles");
    for role in roles.iter().filter(|role| !levels.contains(&role.value)) {
        let message = say!("no_level", role = role.value.as_str());
        problems.error(Code::UnknownName, role.span.clone(), message, say!("no_level_instead"));
    }
    if name.value.as_str().starts_with(PREFIX) {
        let message =
            format!("a webhook's name cannot begin with {PREFIX:?}: so browsers are named that are called by push");
        problems.error(Code::BadValue, name.span.clone(), message, "give it another name");
    }
    let timeout = node.duration_or("timeout", default::TIMEOUT);
    if timeout > TIMEOUT_MAX {
        let (message, help) = (say!("attempt_long"), say!("attempt_long_instead"));
        problems.error(Code::Limit, node.at("timeout"), message, help);
    }
    let kinds: BTreeSet<&'static str> = match node.has("kinds") {
        false => DEFAULT_KINDS.into(),
        true => {
            let said = node.texts("kinds");
            let kinds = KINDS
                .into_iter()
                .filter(|kind| said.iter().any(|said| said.value == *kind));
            kinds.collect()
        }
    };
    let language = node.text("language").and_then(|said| Language::read(said.value));
    let language = language.unwrap_or_default();
    let template = template(node, surroundings, problems);
    if let Some(template) = &template {
        try_template(template, &kinds, language, node, problems);
    }
    let ca_file = node.text("ca_file").map(|said| surroundings.file(&said, problems));
    let key = key(node, surroundings, problems);
    let address = address(name, node, surroundings, problems);
    let some = |names: Vec<Said<Name>>| (!names.is_empty()).then(|| names.into_iter().map(|it| it.value).collect());
    Some(Settings {
        address: address?,
        ca_file,
        key: key?,
        template: template?,
        language,
        kinds,
        queues: some(queues),
        roles: some(roles),
        timeout: Duration::from_millis(timeout.0.unsigned_abs()),
        retries: node.count("retries").map_or(default::RETRIES, |said| said.value),
        give_up_after: node.duration_or("give_up_after", default::GIVE_UP_AFTER),
    })
}

/// What is said in the file, in a file of its own, or in a variable; told where there is more than one of them.
fn only_one<'a>(
    node: Node<'a>,
    keys: &[&str],
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<(Said<&'a str>, Option<Secret>)> {
    let mut said = keys.iter().filter_map(|key| Some((*key, node.text(key)?)));
    let (key, first) = said.next()?;
    if let Some((other, second)) = said.next() {
        let message = say!("both_there", one = key, other = other);
        problems.error(Code::Contradiction, second.span, message, say!("leave_one_out"));
    }
    let secret = if key.ends_with("_file") {
        surroundings.secret_of_file(&first, problems)
    } else if key.ends_with("_env") {
        surroundings.secret_of_variable(&first, problems)
    } else {
        Some(Secret::from(first.value))
    };
    Some((first, secret))
}

fn address(
    name: &Said<Name>,
    node: Node<'_>,
    surroundings: &Surroundings<'_>,
    problems: &mut Problems,
) -> Option<Address> {
    const KEYS: [&str; 3] = ["url", "url_file", "url_env"];
    let Some((said, secret)) = only_one(node, &KEYS, surroundings, problems) else {
        if !KEYS.iter().any(|key| node.has(key)) {
            let message = say!("no_address", webhook = name.value.as_str());
            problems.error(Code::MissingKey, name.span.clone(), message, say!("no_address_instead"));
        }
        return None;
    };
    let read = Address::read(secret?.expose());
    // What stands in this file has been checked with its line.
    if let Err(why) = &read
        && !node.has("url")
    {
        let message = say!("kept_address", why = why.to_string());
        problems.error(Code::BadValue, said.span, message, say!("kept_address_instead"));
    }
    read.ok()
}

/// `None` only where it is there and cannot be used.
fn key(node: Node<'_>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<Option<SigningKey>> {
    let Some((said, secret)) = only_one(node, &["secret_file", "secret_env"], surroundings, problems) else {
        return Some(None);
    };
    match SigningKey::read(secret?.expose()) {
        Ok(key) => Some(Some(key)),
        Err(why) => {
            let message = say!("kept_secret", why = why.to_string());
            problems.error(Code::BadValue, said.span, message, say!("kept_secret_instead"));
            None
        }
    }
}

fn template(node: Node<'_>, surroundings: &Surroundings<'_>, problems: &mut Problems) -> Option<Template> {
    let ready = node.text("template");
    let Some(file) = node.text("template_file") else {
        return match ready {
            Some(word) => Template::ready(word.value),
            None => Some(Template::Message),
        };
    };
    if ready.is_some() {
        let message = say!("both_there", one = "template", other = "template_file");
        problems.error(Code::Contradiction, file.span.clone(), message, say!("leave_one_out"));
    }
    let path = surroundings.folder.join(file.value);
    let read = std::fs::File::open(&path).and_then(|opened| {
        let mut text = String::new();
        opened.take(LIMIT_SOURCE + 1).read_to_string(&mut text)?;
        Ok(text)
    });
    match read {
        Ok(text) if text.len() as u64 > LIMIT_SOURCE => {
            let (path, most) = (path.display().to_string(), LIMIT_SOURCE.to_string());
            let message = say!("template_long", path = path, most = most);
            problems.error(Code::Limit, file.span, message, say!("shorter"));
            None
        }
        Ok(text) => Some(Template::Own {
            file: file.value.into(),
            source: text.into(),
        }),
        Err(fault) => {
            let (path, why) = (path.display().to_string(), fault.to_string());
            let message = say!("template_unreadable", path = path, why = why);
            let help = say!("file_unusable_instead");
            problems.note(surroundings.severity(), Code::File, file.span, message, help);
            None
        }
    }
}

/// Tries it over one message of each kind, by the keys as names.
fn try_template(
    template: &Template,
    kinds: &BTreeSet<&'static str>,
    language: Language,
    node: Node<'_>,
    problems: &mut Problems,
) {
    let words = Words::new(language, Arc::new(House::default()));
    for fault in template.check(kinds, &words) {
        let mut message = fault.to_string();
        message.truncate(message.floor_char_boundary(TEXT_BYTES_MAX));
        // What the template engine says of it is in its own words.
        let message = say!("template_fault", why = message);
        problems.error(
            Code::BadValue,
            node.at("template_file"),
            message,
            say!("template_instead"),
        );
    }
}
