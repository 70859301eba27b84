//! What the core deliberately does without, held by reading its files; and a `main` that stays a page.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What no line of the core may contain, and why.
const ABSENT: [(&str, &str); 22] = [
    ("std::time", "time is told to the core, never asked for"),
    ("Instant", "time is told to the core, never asked for"),
    ("SystemTime", "time is told to the core, never asked for"),
    ("std::fs", "the core reads and writes nothing"),
    ("std::io", "the core reads and writes nothing"),
    ("std::net", "the core reads and writes nothing"),
    ("std::env", "the core knows nothing of where it runs"),
    ("std::process", "the core knows nothing of where it runs"),
    ("std::thread", "one task owns the core"),
    ("std::sync::Mutex", "one task owns the core"),
    ("std::sync::RwLock", "one task owns the core"),
    ("std::sync::atomic", "one task owns the core"),
    ("async ", "the core never waits"),
    (".await", "the core never waits"),
    ("tokio", "the core never waits"),
    ("HashMap", "its order differs from run to run; BTreeMap or a sorted Vec"),
    ("HashSet", "its order differs from run to run; BTreeSet or a sorted Vec"),
    ("rand", "the core knows no chance"),
    ("println!", "the core says what it has to say in decisions"),
    ("tracing::", "the core says what it has to say in decisions"),
    ("metrics::", "the core says what it has to say in decisions"),
    ("thread_local!", "the state of the core is the core"),
];

/// Functions of doubles that do not give the same bits on every machine. Plus, minus, times, divided by and square root do;
/// libm is the same everywhere.
const NOT_PORTABLE: [&str; 28] = [
    "ln", "ln_1p", "log", "log2", "log10", "exp", "exp2", "exp_m1", "powf", "powi", "cbrt", "hypot", "sin", "cos",
    "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "sin_cos", "asinh", "acosh", "atanh", "mul_add",
    "gamma",
];

/// What the core may depend on, held by its own manifest; `schemars` behind a feature, for the schemas of its plain types alone.
const CRATES: [&str; 3] = ["libm", "schemars", "serde"];

#[test]
fn the_core_is_pure() {
    let mut faults = Vec::new();
    for (file, number, line) in lines_of("src/core") {
        let mut fault = |why: String| faults.push(format!("{}:{number}: {why}\n    {}", file.display(), line.trim()));
        for (word, why) in ABSENT {
            if holds_word(&line, word) {
                fault(format!("{word:?}: {why}"));
            }
        }
        for function in NOT_PORTABLE {
            if line.contains(&format!(".{function}(")) || line.contains(&format!("f64::{function}")) {
                fault(format!("{function} of a double differs between machines; use libm"));
            }
        }
        for other in paths_into_the_house(&line) {
            fault(format!("{other}: the core uses nothing of this package but itself"));
        }
    }
    assert!(faults.is_empty(), "the core must be pure:\n{}", faults.join("\n"));
}

#[test]
fn the_core_depends_on_next_to_nothing() {
    let manifest = fs::read_to_string(root().join("src/core/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let crates: Vec<&str> = manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(crates, CRATES);
}

#[test]
fn the_core_has_files_to_look_at() {
    let files = files_of("src/core");
    assert!(files.len() > 10, "the core has moved; tell this test where: {files:?}");
}

/// The rooms of the house, lowest first: each uses only those before it.
const ROOMS: [&str; 15] = [
    "core",
    "calendar",
    "telemetry",
    "journal",
    "clock",
    "wire",
    "words",
    "feed",
    "webhook",
    "config",
    "shift",
    "report",
    "floor",
    "daemon",
    "lab",
];

#[test]
fn the_rooms_lie_in_one_direction() {
    let mut faults = Vec::new();
    for (file, number, line) in lines_of("src") {
        let Some(room) = room_of(&file) else {
            continue;
        };
        let rank = |room: &str| ROOMS.iter().position(|known| *known == room);
        let Some(own) = rank(&room) else {
            faults.push(format!(
                "{}: {room:?} has no place in the order of the rooms",
                file.display()
            ));
            continue;
        };
        for other in rooms_used(&line) {
            if rank(&other).is_none_or(|other| other > own) {
                faults.push(format!(
                    "{}:{number}: {room} uses {other}, which lies above it",
                    file.display()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "arrows go down only:\n{}", faults.join("\n"));
}

#[test]
fn the_plan_names_the_file_of_each_rule_and_the_code_quotes_its_headings() {
    let plan = fs::read_to_string(root().join("docs/plan.md")).unwrap();
    let files: Vec<&str> = plan.split('`').filter(|text| text.starts_with("src/core/")).collect();
    assert!(files.len() > 15, "docs/plan.md names {} files", files.len());
    let missing: Vec<&&str> = files.iter().filter(|file| !root().join(file).exists()).collect();
    assert!(missing.is_empty(), "docs/plan.md names what is not there: {missing:?}");
    let headings: Vec<&str> = plan.lines().filter_map(|line| line.strip_prefix('#')).collect();
    let known = |quoted: &str| {
        headings
            .iter()
            .any(|heading| heading.trim_start_matches('#').trim() == quoted)
    };
    let mut faults = Vec::new();
    for file in files_of("src/core") {
        let text = fs::read_to_string(root().join(&file))
            .unwrap()
            .replace("\n//! ", " ")
            .replace("\n    /// ", " ");
        for quote in text.split("(plan: ").skip(1).filter_map(|rest| rest.split(')').next()) {
            let quoted = quote.split('"').skip(1).step_by(2);
            let unknown = quoted.filter(|heading| !known(heading));
            faults.extend(unknown.map(|heading| format!("{}: no heading {heading:?} in docs/plan.md", file.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn main_stays_a_page() {
    let lines = fs::read_to_string(root().join("src/main.rs")).unwrap().lines().count();
    assert!(
        lines < 60,
        "src/main.rs has {lines} lines; under 60 keep it a page, the rest belongs into src/cmd"
    );
}

#[test]
fn what_the_scan_looks_for_is_found() {
    assert!(holds_word("use std::time::Duration;", "std::time"));
    assert!(!holds_word("let operand = 1;", "rand"));
    assert_eq!(paths_into_the_house("use surged::journal::Log;"), ["surged::journal"]);
    assert_eq!(paths_into_the_house("use crate::Time;"), Vec::<String>::new());
    assert_eq!(paths_into_the_house("let x = surged::lab::run();"), ["surged::lab"]);
}

/// Every line of code of a folder: neither comments nor what stands behind `#[cfg(test)]`.
fn lines_of(folder: &str) -> Vec<(PathBuf, usize, String)> {
    let mut lines = Vec::new();
    for file in files_of(folder) {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for (index, line) in text.lines().enumerate() {
            if line.trim() == "#[cfg(test)]" {
                break;
            }
            let code = line.split("//").next().unwrap_or_default();
            if !code.trim().is_empty() {
                lines.push((file.clone(), index + 1, code.to_owned()));
            }
        }
    }
    lines
}

fn files_of(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                if !path.ends_with("tests") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a line holds a word that is no part of a longer one.
fn holds_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let longer_before = word.starts_with(part) && before.is_some_and(part);
        let longer_behind = word.ends_with(part) && after.is_some_and(part);
        !longer_before && !longer_behind
    })
}

/// Paths into the package around the core.
fn paths_into_the_house(line: &str) -> Vec<String> {
    let start = "surged::";
    let rooms = line.match_indices(start).map(|(at, _)| {
        let room = line[at + start.len()..].chars();
        let room: String = room.take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        format!("{start}{room}")
    });
    rooms.collect()
}

/// The room of a file: the folder of `src`, or the file in it. The binary, the library's list of rooms and the commands lie above all.
fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix("src").unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    let room = first.trim_end_matches(".rs");
    (!["core", "main", "lib", "cmd"].contains(&room)).then(|| room.to_owned())
}

/// Rooms that a line brings in.
fn rooms_used(line: &str) -> Vec<String> {
    let names = line.split("crate::").skip(1).map(|rest| {
        let name = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_');
        name.collect::<String>()
    });
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_library_that_writes_log_lines_is_known_by_name() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = lock.parse().unwrap();
    // What carries the lines, and what only a model checker uses.
    let passes_on = [
        "surged",
        "tracing",
        "tracing-log",
        "tracing-subscriber",
        "loom",
        "generator",
    ];
    let writes = |package: &&toml::Value| {
        let uses = package.get("dependencies").and_then(toml::Value::as_array);
        uses.into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .any(|it| matches!(it.split(' ').next(), Some("log" | "tracing")))
    };
    let packages = lock["package"].as_array().unwrap().iter().filter(writes);
    let names = packages.filter_map(|it| it["name"].as_str());
    let names: BTreeSet<String> = names
        .filter(|it| !passes_on.contains(it))
        .map(|it| it.replace('-', "_"))
        .collect();
    let known: BTreeSet<String> = surged::telemetry::LIBRARIES.map(str::to_owned).into();
    assert_eq!(names, known, "src/telemetry/rust_log.rs");
}
