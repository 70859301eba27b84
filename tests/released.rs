//! Files as released versions wrote them open; those of a newer one are refused in words. Duty logs of every schema are in
//! `tests/journal`, since what they hold is looked at there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use surged::config::{self, Purpose};
use surged::floor::Access;
use surged::wire::Role;

const RELEASED: &str = "tests/released";

/// A folder a version.
fn versions() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(RELEASED).unwrap();
    let mut versions: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    versions.sort();
    assert!(!versions.is_empty());
    versions
}

#[test]
fn the_shipped_plan_of_every_version_is_good() {
    for version in versions() {
        let file = version.join("surged.toml");
        let config = config::load(&file, Purpose::Look).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(config.plan.ladders.len(), 3, "{}", version.display());
    }
}

#[test]
fn tokens_of_every_version_let_in_whom_they_let_in() {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for version in versions() {
        // It notes when a token was used.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens.json");
        std::fs::copy(version.join("tokens.json"), &file).unwrap();
        let access = Access::open(Some(file), false).unwrap();
        let text = std::fs::read_to_string(version.join("token.txt")).unwrap();
        let li = access.let_in(here, Some(text.trim())).unwrap();
        assert_eq!(
            (li.name.as_str(), li.staff_no.as_str(), li.role),
            ("Li Na", "S07", Role::Supervisor)
        );
        assert!(access.let_in(here, Some("surged_0000")).is_err());
    }
}

#[test]
fn what_a_newer_surged_wrote_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens.json");
    std::fs::write(&tokens, r#"{"format":2,"tokens":{"69c6c652":{"kind":"passkey"}}}"#).unwrap();
    let fault = Access::open(Some(tokens.clone()), false).err().unwrap().to_string();
    assert!(
        fault.contains("format 2") && fault.contains("the newer surged that wrote it"),
        "{fault}"
    );
    let text = std::fs::read_to_string(&tokens).unwrap();
    assert!(text.contains("passkey"), "it is left as it was");

    let plan = std::fs::read_to_string(Path::new("config/surged.toml")).unwrap();
    let file = folder.path().join("surged.toml");
    std::fs::write(&file, format!("{plan}\n[clairvoyance]\nhorizon = \"2h\"\n")).unwrap();
    let problems = config::load(&file, Purpose::Look).err().unwrap().to_string();
    assert!(problems.contains("has no key `clairvoyance`"), "{problems}");
}
