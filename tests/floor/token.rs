//! `surged token`, as an operator types it.

use assert_cmd::Command;

fn token(folder: &tempfile::TempDir, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("surged").unwrap();
    command.env("STATE_DIRECTORY", folder.path()).arg("token").args(words);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_token_is_made_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let new = [
        "new",
        "--name",
        "Li Na",
        "--staff-no",
        "S1",
        "--role",
        "shift_leader",
        "--expires-in",
        "90d",
    ];
    let (status, made, said) = token(&folder, &new);
    assert_eq!(status, 0, "{said}");
    assert!(
        made.starts_with("surged_") && made.trim_end().len() == 71,
        "the token and nothing else: {made:?}"
    );
    let file = folder.path().join("tokens.json");
    assert!(!std::fs::read_to_string(&file).unwrap().contains(made.trim_end()));

    let (_, list, _) = token(&folder, &["list"]);
    let row: Vec<&str> = list.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!(row[1..5], ["good", "shift_leader", "S1", "Li Na"]);
    let (status, _, said) = token(&folder, &["revoke", row[0]]);
    assert_eq!(status, 0);
    assert!(said.contains("No good token is left"), "{said}");
    assert!(token(&folder, &["list"]).1.contains("revoked"));
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (status, _, said) = token(&folder, &["revoke", "nobody"]);
    assert_eq!(status, 1);
    assert!(said.contains("surged token list"), "{said}");
    let new = ["new", "--name", "", "--staff-no", "S1", "--role", "viewer"];
    let (status, _, said) = token(&folder, &new);
    assert_eq!(status, 1);
    assert!(said.contains("expected --name with 1 to 200 characters"), "{said}");
    assert_eq!(token(&folder, &["new", "--role", "king"]).0, 2);
}

#[test]
fn a_token_for_some_queues_names_queues_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let who = ["new", "--name", "Xu", "--staff-no", "S2", "--role", "supervisor"];
    let (status, _, said) = token(&folder, &[&who[..], &["--queue", "inbond"]].concat());
    assert_eq!(status, 1);
    assert!(
        said.contains("no queue `inbond`") && said.contains("there are inbound"),
        "{said}"
    );
    let (status, _, said) = token(&folder, &[&who[..], &["--queue", "inbound"]].concat());
    assert_eq!(status, 0, "{said}");
    let (_, list, _) = token(&folder, &["list"]);
    assert!(list.lines().nth(1).unwrap().ends_with("\tinbound"), "{list}");
}
