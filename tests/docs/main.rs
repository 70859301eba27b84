//! The documents say what the code says: generated tables are as they would be generated now, links lead somewhere, and nobody
//! names a metric or a command that is not there.
//!
//! `BLESS=1 cargo test --test docs` writes the generated parts anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod configuration;
mod protocol;
mod schema;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use surged::telemetry::names::{self, Kind};

const END: &str = "<!-- end of generated -->";

/// Compares the part of a document after `<!-- generated: NAME -->` with what it must be.
fn is_generated(document: &str, name: &str, wanted: &str) {
    let path = Path::new("docs").join(document);
    let text = text_of(&path);
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{document} has no line {begin:?}"));
    let (came, after) = rest
        .split_once(END)
        .unwrap_or_else(|| panic!("{document}: {name} does not end with {END:?}"));
    let wanted = format!("\n{}\n\n", wanted.trim());
    if came == wanted {
        return;
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{wanted}{END}{after}")).unwrap();
        return;
    }
    let differs = came.lines().zip(wanted.lines()).find(|(came, wanted)| came != wanted);
    panic!(
        "docs/{document}: the part {name} is not what the code says; first difference: {differs:#?}\n\
         `BLESS=1 cargo test --test docs` writes it anew"
    );
}

fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

// Tests of one file run one after the other: parts of one document are written by several.

#[test]
fn generated_parts_are_what_the_code_says() {
    is_generated("metrics.md", "metrics", &metrics());
    let client = text_of(Path::new("docs/python_client.py"));
    is_generated("protocol.md", "python", &format!("```python\n{client}```"));
    is_generated("protocol.md", "verbs", &protocol::verbs());
    is_generated("protocol.md", "server", &protocol::server());
    is_generated("protocol.md", "client", &protocol::client());
    is_generated("protocol.md", "types", &protocol::types());
    is_generated("operators-guide.md", "configuration", &configuration::tables());
}

fn metrics() -> String {
    let mut text = "| metric | kind | labels | what it tells |\n|---|---|---|---|\n".to_owned();
    for metric in names::ALL {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let help = cell(metric.help);
        let _ = writeln!(text, "| `{}` | {kind} | {} | {help} |", metric.name, labels.join(", "));
    }
    text.push_str("\nBuckets of the histograms, in seconds:\n\n");
    for metric in names::ALL {
        if let Kind::Histogram(buckets) = metric.kind {
            let buckets: Vec<String> = buckets.iter().map(f64::to_string).collect();
            let _ = writeln!(text, "- `{}`: {}", metric.name, buckets.join(", "));
        }
    }
    text
}

/// Files under a folder, with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no files in {folder}");
    found
}

/// Words of letters, digits and `_` that begin so.
fn words<'a>(text: &'a str, beginning: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
        .filter(move |word| word.starts_with(beginning))
}

#[test]
fn nobody_names_a_metric_that_is_not_there() {
    let known = |word: &str| {
        let of_histogram = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|part| word.strip_suffix(part));
        names::ALL.iter().any(|metric| {
            metric.name == word || (matches!(metric.kind, Kind::Histogram(_)) && of_histogram == Some(metric.name))
        })
    };
    let mut seen = BTreeSet::new();
    for path in files("deploy", &["yml", "json"])
        .into_iter()
        .chain(files("docs", &["md"]))
    {
        let text = text_of(&path);
        for word in words(&text, "surged_").filter(|word| *word != "surged_") {
            assert!(known(word), "{}: there is no metric {word}", path.display());
            seen.insert(word.to_owned());
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[test]
fn links_lead_somewhere() {
    let mut checked = 0;
    for path in files("docs", &["md"]) {
        let text = text_of(&path);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link} leads nowhere", path.display());
            if !place.is_empty() {
                let there = text_of(&target)
                    .lines()
                    .any(|line| anchor(line) == Some(place.to_owned()));
                assert!(there, "{}: no heading for {link}", path.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} links");
}

/// The name by which a heading is linked to.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading
        .chars()
        .filter(|it| it.is_alphanumeric() || [' ', '-', '_'].contains(it));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn nobody_names_a_command_that_is_not_there() {
    let help = Command::new(env!("CARGO_BIN_EXE_surged"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands: BTreeSet<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains("run"), "{help}");
    let mut seen = 0;
    for path in files("docs", &["md"])
        .into_iter()
        .chain(files("deploy", &["md", "conf", "service", "yml"]))
    {
        let text = text_of(&path);
        for rest in named_commands(&text) {
            let word = rest
                .split(|it: char| !it.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            if !word.is_empty() {
                assert!(commands.contains(word), "{}: there is no surged {word}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen} commands");
}

/// What follows `surged` where that is the program: in code, and in lines to be typed.
fn named_commands(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = ["`surged ", "surged-in-service ", "/bin/surged "]
        .iter()
        .flat_map(|begin| text.split(begin).skip(1))
        .collect();
    let mut typed = false;
    for line in text.lines() {
        if line.starts_with("```") {
            typed = !typed;
        }
        found.extend(line.strip_prefix("surged ").filter(|_| typed));
    }
    found
}

/// Whether a test, or a file of tests, is there under such a name: `file::test`, `folder::file::test`, `file`.
fn is_a_test(name: &str, sources: &[PathBuf]) -> bool {
    let words: Vec<&str> = name.split("::").collect();
    let Some((last, places)) = words.split_last() else {
        return false;
    };
    sources.iter().any(|file| {
        let within = |place: &&str| {
            let mut parts = file.iter().filter_map(|part| part.to_str());
            parts.any(|part| part.strip_suffix(".rs").unwrap_or(part) == *place)
        };
        let text = || text_of(file);
        places.iter().all(within) && (within(last) || text().contains(&format!("fn {last}(")))
    })
}

#[test]
fn every_line_of_the_threat_model_names_a_test_that_is_there() {
    let model = text_of(Path::new("SECURITY.md"));
    let sources = [files("tests", &["rs"]), files("src", &["rs"])].concat();
    let mut lines = 0;
    for line in model
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| cannot"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        // The table of who reaches what has three.
        let [what, test] = cells[..] else { continue };
        let named: Vec<&str> = test.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test holds: {what}");
        for name in named {
            assert!(is_a_test(name, &sources), "{what}: there is no test {name}");
        }
        lines += 1;
    }
    assert!(lines >= 15, "{lines}");
    // In what is said beside the tables as well.
    for name in model
        .split('`')
        .filter(|part| part.contains("::") && !part.contains(' '))
    {
        assert!(is_a_test(name, &sources), "there is no test {name}");
    }
    assert!(!is_a_test("journal::main::no_such_test", &sources) && !is_a_test("no_such_file", &sources));
}
