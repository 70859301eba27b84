//! The fuzzers' targets over their corpora, and over so many mutations of each, by seed: what the fuzzers found stays found, and every run
//! looks a little further. `SURGED_FUZZ=100000` looks so much further.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../fuzz/src/targets.rs"]
mod targets;

use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::PathBuf;
use targets::{TARGETS, Target};

/// Mutations of a target's corpus in an ordinary run.
const MUTATIONS: u64 = 400;

/// No mutation is longer.
const LONGEST: usize = 64 * 1024;

#[test]
fn nothing_that_others_wrote_brings_it_down() {
    let mutations = std::env::var("SURGED_FUZZ")
        .ok()
        .and_then(|it| it.parse().ok())
        .unwrap_or(MUTATIONS);
    std::thread::scope(|scope| {
        for target in TARGETS {
            scope.spawn(move || withstands(target, mutations));
        }
    });
}

fn withstands((name, target): Target, mutations: u64) {
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "{name} has no corpus");
    for seed in &corpus {
        tried(name, target, seed);
    }
    for number in 0..mutations {
        let mut dice = ChaCha8Rng::seed_from_u64(number);
        tried(name, target, &mutated(&corpus, &mut dice));
    }
}

/// Runs it; what brings it down is kept, so that it can be looked at and put into the corpus.
fn tried(name: &str, target: fn(&[u8]), bytes: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| target(bytes)) {
        let kept = std::env::temp_dir().join(format!("surged-fuzz-{name}"));
        std::fs::write(&kept, bytes).unwrap();
        eprintln!(
            "{name} does not withstand {}: {:?}",
            kept.display(),
            String::from_utf8_lossy(bytes)
        );
        std::panic::resume_unwind(panic);
    }
}

/// Every file of a corpus, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// What breaks readers: ends of numbers, of texts, of nesting.
const WORDS: [&[u8]; 22] = [
    b"-1",
    b"0",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"18446744073709551615",
    b"1e308",
    b"-0.0",
    b"null",
    b"\"\"",
    b"{}",
    b"[",
    b"]",
    b"\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    b"9999-12-31T23:59:59Z",
    b"{{",
    b"#",
    b"100000d",
];

/// One of the corpus with a few things done to it.
fn mutated(corpus: &[Vec<u8>], dice: &mut impl Rng) -> Vec<u8> {
    let mut bytes = corpus.choose(dice).unwrap().clone();
    for _ in 0..dice.random_range(1..8) {
        let at = dice.random_range(0..=bytes.len());
        let to = dice.random_range(at..=bytes.len().min(at + 40));
        match dice.random_range(0..6) {
            0 => bytes[at..to]
                .iter_mut()
                .for_each(|byte| *byte ^= 1 << dice.random_range(0..8)),
            1 => drop(bytes.drain(at..to)),
            2 => drop(bytes.splice(at..at, WORDS.choose(dice).unwrap().iter().copied())),
            3 => drop(bytes.splice(at..to, WORDS.choose(dice).unwrap().iter().copied())),
            4 => {
                let again = bytes[at..to].to_vec();
                let times = dice.random_range(1..30);
                drop(bytes.splice(at..at, again.repeat(times)));
            }
            _ => {
                let other = corpus.choose(dice).unwrap();
                let from = dice.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
        bytes.truncate(LONGEST);
    }
    bytes
}
