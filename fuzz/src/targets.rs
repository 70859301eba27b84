//! The targets: what reads what others wrote. Each must return, whatever the bytes; where something can be said twice, both are the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use surged::config::{self, Purpose};
use surged::core::{Core, Millis, Name, Time};
use surged::feed::ami::Reader;
use surged::feed::asterisk::{Account, Dialogue};
use surged::feed::{json, readings};
use surged::journal::{Entry, Record};
use surged::webhook::{KINDS, Template};
use surged::wire::{self, ServerMessage};
use surged::words::{Language, Sentences, Words};

/// What a target is called, and what it is.
pub type Target = (&'static str, fn(&[u8]));

/// All of them; each has a corpus of its name.
pub const TARGETS: [Target; 9] = [
    ("ami", ami),
    ("readings", readings),
    ("recording", recording),
    ("floor_message", floor_message),
    ("config", config),
    ("roster", roster),
    ("entry", entry),
    ("snapshot", snapshot),
    ("template", template),
];

/// Bytes of a phone system that says it is Asterisk, in pieces, with time passing between them.
pub fn ami(bytes: &[u8]) {
    let account = Account {
        address: "pbx:5038".into(),
        username: "surged".into(),
        secret: "secret".into(),
        stale_after: Millis::from_secs(15),
    };
    let queues = BTreeMap::from([
        ("inbound".to_owned(), Name::from("inbound")),
        ("600".to_owned(), Name::from("billing")),
    ]);
    let mut dialogue = Dialogue::new(account, &queues);
    let mut reader = Reader::new();
    let mut now = Time(1_000);
    dialogue.connected(true, now);
    let piece = bytes.first().map_or(1, |first| usize::from(*first) + 1);
    for some in bytes.chunks(piece * 7) {
        reader.push(some);
        while let Some(frame) = reader.poll() {
            dialogue.hear(frame, now);
        }
        while dialogue.poll_effect().is_some() {}
        now = now + Millis(i64::from(some[0]) * 40);
        dialogue.handle_timeout(now);
        while dialogue.poll_effect().is_some() {}
    }
    dialogue.closed("closed the connection", now);
    while dialogue.poll_effect().is_some() {}
}

/// A text of a JSON source.
pub fn readings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for said in json::read(text) {
        // What is written of a reading is read as the same.
        if let json::Said::Reading(reading) = said {
            let again = json::read(&json::write(&reading));
            assert_eq!(again, [json::Said::Reading(reading)]);
        }
    }
}

/// A file of readings, plain or compressed.
pub fn recording(bytes: &[u8]) {
    // Compressed, a few bytes may be many; a limit on them is the file's own.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("readings");
    std::fs::write(&file, bytes).unwrap();
    if let Ok(lines) = readings::read_file(&file) {
        lines.take(1_000).for_each(drop);
    }
}

/// A message of a client on the floor.
pub fn floor_message(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(envelope) = wire::decode(text)
        && let Ok(message) = envelope.message
    {
        let _ = message.into_request(envelope.sure);
    }
}

/// A configuration.
pub fn config(bytes: &[u8]) {
    match config::load_from(bytes, "surged.toml", Purpose::Look) {
        Ok(config) => drop(config.plan_at(Time(1_800_000_000_000))),
        Err(found) => {
            assert!(!found.found().is_empty(), "refused without a reason");
            found.render(false);
            found.found().iter().for_each(|problem| drop(problem.one_line()));
        }
    }
}

/// A roster.
pub fn roster(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("roster.csv"), bytes).unwrap();
    let plan = folder.path().join("surged.toml");
    std::fs::write(&plan, include_str!("../corpus/roster.toml")).unwrap();
    if let Err(found) = config::load(&plan, Purpose::Look) {
        found.render(false);
    }
}

/// A record of the duty log, from a file that somebody may have written by hand.
pub fn entry(bytes: &[u8]) {
    let Ok(record) = serde_json::from_slice::<Record>(bytes) else {
        return;
    };
    let entry = Entry {
        seq: 7,
        at: Time(1_800_000_000_000),
        record,
        unlogged: false,
    };
    let words = Sentences::new(jiff::tz::TimeZone::UTC);
    words.record(&entry.record);
    if let Some(message) = ServerMessage::of(&entry) {
        message.encode();
    }
    // A recorded decision is a fact, and is not asked whether it may be; what the core was told is.
    if let Record::Input(input) = entry.record {
        let mut core = known_core();
        let _ = core.handle(input, entry.at);
        goes_on(core);
    }
}

/// A state of the core, from a snapshot.
pub fn snapshot(bytes: &[u8]) {
    if let Ok(core) = serde_json::from_slice::<Core>(bytes) {
        let mut core = core;
        core.recalled();
        goes_on(core);
    }
}

/// A template of a webhook.
pub fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let template = Template::Own {
        file: "page.j2".into(),
        source: Arc::from(text),
    };
    let kinds = KINDS.iter().copied().collect();
    for fault in template.check(&kinds, &Words::as_written(Language::En)) {
        fault.to_string();
    }
}

/// Whatever a core was brought back from, it can be asked.
fn goes_on(mut core: Core) {
    core.handle_timeout(core.now() + Millis::from_mins(10));
    while core.poll_effect().is_some() {}
    core.views();
    core.open_instructions();
    core.people();
}

fn known_core() -> Core {
    let plan = config::load_from(
        include_str!("../corpus/roster.toml")
            .replace("[roster]\npath = \"roster.csv\"\n", "")
            .as_bytes(),
        "surged.toml",
        Purpose::Look,
    );
    let mut core = Core::new(Time(1_700_000_000_000));
    if let Ok(config) = plan {
        let plan = Arc::new(config.plan_at(Time(1_700_000_000_000)));
        let _ = core.handle(surged::core::Input::Configured { plan }, Time(1_700_000_000_000));
    }
    while core.poll_effect().is_some() {}
    core
}
