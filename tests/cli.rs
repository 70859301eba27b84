//! The command line: what each page of help says, and exit statuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;

fn surged(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surged"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

fn output(arguments: &[&str], code: i32) -> (String, String) {
    let done = surged(arguments).assert().code(code);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&done.get_output().stdout), text(&done.get_output().stderr))
}

#[test]
fn every_subcommand_has_a_page_of_help() {
    let pages: [(&[&str], &str); 16] = [
        (&[], "call centre"),
        (&["run"], "/metrics"),
        (&["check"], "what to write instead"),
        (&["seats"], "people"),
        (&["simulate"], "95 % interval"),
        (&["tune"], "has not seen"),
        (&["log"], "duty log"),
        (&["log", "show"], "in sentences"),
        (&["log", "verify"], "changed the log"),
        (&["log", "export"], "csv"),
        (&["log", "sign"], "Two people sign"),
        (&["log", "forget"], "cannot be undone"),
        (&["token"], "people and programs"),
        (&["token", "new"], "--role"),
        (&["token", "revoke"], "sessions end"),
        (&["schema"], "JSON Schema"),
    ];
    for (command, says) in pages {
        let (help, errors) = output(&[command, &["--help"]].concat(), 0);
        assert!(
            help.contains("Usage: surged") && help.contains(says),
            "{command:?}: {help}"
        );
        assert_eq!(errors, "", "{command:?}");
    }
    // Every subcommand there is stands on the first page.
    let (help, _) = output(&["--help"], 0);
    for command in ["run", "check", "seats", "simulate", "tune", "log", "token", "schema"] {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(command)),
            "{command}: {help}"
        );
    }
}

#[test]
fn wrong_usage_is_2_and_says_what_was_expected() {
    let cases: [(&[&str], &str); 5] = [
        (&["climb"], "unrecognized subcommand 'climb'"),
        (&["run", "--no-such"], "unexpected argument '--no-such'"),
        (
            &[
                "seats",
                "--calls-per-hour",
                "lots",
                "--handle",
                "3m",
                "--target",
                "0.9/20s",
            ],
            "'lots'",
        ),
        (
            &["seats", "--calls-per-hour", "100", "--handle", "3m", "--target", "90%"],
            "write share/time",
        ),
        (
            &["token", "new", "--name", "Li", "--staff-no", "1", "--role", "king"],
            "'king'",
        ),
    ];
    for (arguments, says) in cases {
        let (out, errors) = output(arguments, 2);
        assert!(errors.contains(says), "{arguments:?}: {errors}");
        assert_eq!(out, "", "{arguments:?}");
    }
}

#[test]
fn a_configuration_at_fault_is_78() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bad.toml");
    std::fs::write(&file, "time_zone = \"Mars/Olympus\"\n").unwrap();
    let file = file.to_str().unwrap();
    let (report, _) = output(&["check", file], 78);
    assert!(
        report.contains("bad.toml") && report.contains("Mars/Olympus"),
        "{report}"
    );
    // Named as for every other command, or found as by every other.
    assert_eq!(output(&["check", "-c", file], 78).0, report);
    let found_as = |name: &str| {
        let mut check = surged(&["check"]);
        check.current_dir(dir.path()).env_remove("SURGED_CONFIG");
        std::fs::copy(file, dir.path().join(name)).unwrap();
        let done = check.assert().code(78);
        String::from_utf8_lossy(&done.get_output().stdout).into_owned()
    };
    let usual = found_as("surged.toml");
    assert!(
        usual.contains("surged.toml") && usual.contains("Mars/Olympus"),
        "{usual}"
    );
    let both = output(&["check", "-c", file, file], 78).0;
    assert_eq!(
        both.matches("Mars/Olympus").count(),
        2 * report.matches("Mars/Olympus").count()
    );
    let (json, _) = output(&["check", "--format", "json", file], 78);
    let problems: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(
        problems.as_array().is_some_and(|problems| !problems.is_empty()),
        "{json}"
    );
    let (out, errors) = output(&["run", "-c", file], 78);
    assert!(
        out.is_empty() && errors.contains("Mars/Olympus") && errors.contains("nothing was started"),
        "{errors}"
    );
    // The log can be read all the same; here there is none.
    let done = surged(&["log", "show", "-c", file])
        .current_dir(dir.path())
        .assert()
        .code(1);
    let errors = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        errors.contains("bad.toml is at fault") && errors.contains("there is no duty log at surged.db"),
        "{errors}"
    );
    output(
        &["check", concat!(env!("CARGO_MANIFEST_DIR"), "/config/surged.toml")],
        0,
    );
}

#[test]
fn what_cannot_be_done_is_1_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none.db");
    let (_, errors) = output(&["log", "verify", "--journal", missing.to_str().unwrap()], 1);
    assert!(errors.contains("there is no duty log at"), "{errors}");
    let done = surged(&["check"])
        .current_dir(dir.path())
        .env_remove("SURGED_CONFIG")
        .assert()
        .code(1);
    let errors = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(errors.contains("no configuration: expected surged.toml"), "{errors}");
    let done = surged(&["run"]).current_dir(dir.path()).assert().code(1);
    let errors = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(errors.contains("-c FILE"), "{errors}");
}

#[test]
fn a_token_is_made_listed_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tokens.json");
    let file = file.to_str().unwrap();
    let new = [
        "token",
        "new",
        "--tokens",
        file,
        "--name",
        "Li",
        "--staff-no",
        "1001",
        "--role",
        "supervisor",
    ];
    let (token, words) = output(&new, 0);
    assert!(
        token.trim().len() >= 32 && words.contains("not shown again"),
        "{token}{words}"
    );
    let (list, _) = output(&["token", "--tokens", file, "list"], 0);
    let id = list
        .lines()
        .find(|line| line.contains("Li"))
        .and_then(|line| line.split('\t').next())
        .unwrap();
    output(&["token", "revoke", "--tokens", file, id], 0);
    let (list, _) = output(&["token", "list", "--tokens", file], 0);
    assert!(list.contains("revoked") && !list.contains(token.trim()), "{list}");
    // Without --tokens it is the file beside the duty log of the configuration.
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/config/surged.toml");
    let mut beside = surged(&["token", "list", "-c", plan]);
    let done = beside
        .current_dir(dir.path())
        .env_remove("STATE_DIRECTORY")
        .assert()
        .success();
    // The same tokens, with times in the zone of the plan.
    let of_plan = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let known = |list: &str| -> Vec<String> {
        let columns = list
            .lines()
            .map(|line| line.split('\t').take(5).collect::<Vec<_>>().join(" "));
        columns.collect()
    };
    assert_eq!(known(&of_plan), known(&list));
    assert!(of_plan.contains("+08:00") && list.contains("+00:00"), "{of_plan}{list}");
}

#[test]
fn seats_answers_for_people_and_for_programs() {
    let traffic = [
        "seats",
        "--calls-per-hour",
        "920",
        "--handle",
        "180s",
        "--patience",
        "120s",
        "--target",
        "0.9/20s",
    ];
    let (text, errors) = output(&traffic, 0);
    assert!(
        text.contains("people on the phones") && errors.is_empty(),
        "{text}{errors}"
    );
    let (json, _) = output(&[&traffic[..], &["--format", "json"]].concat(), 0);
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(text.starts_with(&format!("{} people", found["seats"])), "{text}{json}");
    for key in ["answered_within", "abandoned", "occupancy", "expected_wait_s"] {
        assert!(found[key].is_number(), "{key}: {json}");
    }
}
