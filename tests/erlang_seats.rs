//! `surged seats` on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;

const FLOOR: [&str; 8] = [
    "--calls-per-hour",
    "920",
    "--handle",
    "180s",
    "--patience",
    "2m",
    "--target",
    "0.9/20s",
];

fn seats(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_surged"))
        .arg("seats")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn json_has_the_fields_that_programs_rely_on() {
    let (status, out, _) = seats(&[&FLOOR[..], &["--format", "json"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(status, 0);
    assert_eq!(answer["seats"], 50);
    let field = |name: &str| answer[name].as_f64().unwrap();
    assert!((0.9..0.92).contains(&field("answered_within")), "{out}");
    assert!((0.02..0.04).contains(&field("abandoned")), "{out}");
    assert!((0.88..0.9).contains(&field("occupancy")), "{out}");
    assert!((3.0..4.0).contains(&field("expected_wait_s")), "{out}");
}

#[test]
fn text_shows_the_neighbours() {
    let (status, out, _) = seats(&FLOOR);
    assert_eq!(status, 0);
    assert!(out.starts_with("50 people on the phones."), "{out}");
    let rows: Vec<String> = out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for row in [
        "49 89.0 % 3.7 % 4.4 s 90.4 %",
        "50 91.3 % 3.0 % 3.6 s 89.2 % <- required",
        "51 93.2 % 2.4 % 2.9 s 88.0 %",
    ] {
        assert!(rows.iter().any(|it| it == row), "no row {row:?} in\n{out}");
    }
}

#[test]
fn without_patience_it_is_erlang_c_and_too_few_people_wait_without_end() {
    let (status, out, _) = seats(&["--calls-per-hour", "20", "--handle", "3m", "--target", "0.1/20s"]);
    assert_eq!(status, 0);
    assert!(out.contains("nobody gives up (Erlang C)"), "{out}");
    assert!(out.starts_with("2 people"), "{out}");
    assert!(out.contains("no end"), "one person for one erlang: {out}");
}

#[test]
fn wrong_usage_is_said_with_status_2() {
    for (arguments, said) in [
        (
            ["--calls-per-hour", "-5", "--handle", "3m", "--target", "0.9/20s"],
            "calls",
        ),
        (
            ["--calls-per-hour", "920", "--handle", "180", "--target", "0.9/20s"],
            "is not a duration",
        ),
        (
            ["--calls-per-hour", "920", "--handle", "3m", "--target", "0.9"],
            "is not a target",
        ),
        (
            ["--calls-per-hour", "920", "--handle", "3m", "--target", "90/20s"],
            "write 0.9 for nine in ten",
        ),
        (
            ["--calls-per-hour", "1e9", "--handle", "3m", "--target", "0.9/20s"],
            "at most 100000 erlangs",
        ),
    ] {
        let (status, out, fault) = seats(&arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {fault}");
        assert!(fault.contains(said), "{fault:?} does not say {said:?}");
    }
}
