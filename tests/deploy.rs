//! What is in deploy/ fits together: every file can be read, names what is there, and is as safe as its comments say. What needs a
//! program that is not on this machine is left to one that has it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use surged::config::{self, Purpose, Surroundings};
use surged::core::Time;
use surged::telemetry::names;
use yaml_rust2::{Yaml, YamlLoader};

fn text_of(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn yaml(path: impl AsRef<Path>) -> Vec<Yaml> {
    let text = text_of(path.as_ref());
    YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// Whether a program is on this machine.
fn has(program: &str) -> bool {
    let found = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&found).any(|folder| folder.join(program).exists())
}

fn texts(list: &Yaml) -> Vec<&str> {
    list.as_vec().into_iter().flatten().filter_map(Yaml::as_str).collect()
}

#[test]
fn every_yaml_file_can_be_read() {
    let mut folders = vec![PathBuf::from("deploy")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if matches!(ending, "yml" | "yaml") {
                assert!(!yaml(&path).is_empty(), "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 9, "{seen}");
}

#[test]
fn every_alert_has_a_page_and_a_severity() {
    let rules = yaml("deploy/prometheus/alerts.yml");
    let mut names = Vec::new();
    for rule in rules[0]["groups"]
        .as_vec()
        .unwrap()
        .iter()
        .flat_map(|it| it["rules"].as_vec().unwrap())
    {
        let name = rule["alert"].as_str().unwrap();
        let severity = rule["labels"]["severity"].as_str().unwrap();
        assert!(["critical", "warning"].contains(&severity), "{name}: {severity}");
        let annotations = &rule["annotations"];
        assert_eq!(
            annotations["runbook_url"].as_str(),
            Some(
                format!("{{{{ with $externalLabels.docs_of_surged }}}}{{{{ . }}}}/{{{{ end }}}}docs/alerts/{name}.md")
                    .as_str()
            )
        );
        assert!(
            annotations["summary"].as_str().is_some() && annotations["action"].as_str().is_some(),
            "{name}"
        );
        let page = text_of(format!("docs/alerts/{name}.md"));
        assert!(
            page.starts_with(&format!("# {name}\n\nSeverity: {severity}.\n")),
            "docs/alerts/{name}.md"
        );
        for heading in ["## What it means", "## What to do", "## It clears when"] {
            assert!(page.contains(heading), "docs/alerts/{name}.md: {heading}");
        }
        names.push(name.to_owned());
    }
    let pages = fs::read_dir("docs/alerts").unwrap().count();
    assert_eq!(pages, names.len() + 1, "a page an alert, and their list");
    let tests = text_of("deploy/prometheus/alerts.test.yml");
    let guide = text_of("docs/operators-guide.md");
    for name in &names {
        assert!(
            tests.contains(name.as_str())
                || ["SurgedClockSet", "SurgedDiskSlow", "SurgedFeedClockOff"].contains(&name.as_str()),
            "{name} is not tested"
        );
        assert!(guide.contains(name.as_str()), "{name} is not in the guide");
    }
}

/// The labels by which an alert tells its cases apart: those of what it looks at.
fn labels_of_alert(name: &str) -> Vec<String> {
    let rules = yaml("deploy/prometheus/alerts.yml");
    let groups = rules[0]["groups"].as_vec().unwrap().iter();
    let mut rules = groups.flat_map(|it| it["rules"].as_vec().unwrap());
    let rule = rules.find(|it| it["alert"].as_str() == Some(name));
    let rule = rule.unwrap_or_else(|| panic!("no alert {name}"));
    let looked_at = rule["expr"].as_str().unwrap();
    let metrics = names::ALL.iter().filter(|it| looked_at.contains(it.name));
    let own = metrics.flat_map(|it| it.labels).map(|label| (*label).to_owned());
    own.chain(["instance".to_owned()]).collect()
}

#[test]
fn no_alert_silences_one_that_is_not_its_consequence() {
    let alertmanager = &yaml("deploy/compose/alertmanager.yml")[0];
    for rule in alertmanager["inhibit_rules"].as_vec().unwrap() {
        let source = texts(&rule["source_matchers"]);
        let name = source
            .iter()
            .find_map(|it| it.strip_prefix("alertname=\"")?.strip_suffix('"'));
        let name = name.unwrap_or_else(|| panic!("one alert by its name: {source:?}"));
        let equal = texts(&rule["equal"]);
        // Else the trouble of one feed would keep that of another's queues quiet.
        for label in labels_of_alert(name) {
            assert!(
                equal.contains(&label.as_str()),
                "{name} tells of a {label}, and silences alerts of any other: {equal:?}"
            );
        }
    }
}

#[test]
fn the_compose_file_mounts_what_is_there_and_opens_no_port_to_the_network() {
    let compose = &yaml("deploy/compose/compose.yaml")[0];
    let services = compose["services"].as_hash().unwrap();
    assert_eq!(services.len(), 4);
    for (name, service) in services {
        let name = name.as_str().unwrap();
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port}");
        }
        for volume in texts(&service["volumes"]) {
            let source = volume.split(':').next().unwrap();
            // etc is the operator's own.
            if source.starts_with('.') && source != "./etc" {
                assert!(Path::new("deploy/compose").join(source).exists(), "{name}: {source}");
            } else if source != "./etc" {
                assert!(!compose["volumes"][source].is_badvalue(), "{name}: {source}");
            }
        }
    }
    let surged = &compose["services"]["surged"];
    assert_eq!(surged["read_only"].as_bool(), Some(true));
    assert!(Path::new(surged["build"]["dockerfile"].as_str().unwrap()).exists());
}

#[test]
fn the_container_is_not_root_and_checks_its_health_by_commands_that_are_there() {
    let text = text_of("deploy/container/Containerfile");
    assert!(text.contains("\nUSER 10001:10001\n"));
    let check = text.lines().find(|line| line.starts_with("HEALTHCHECK")).unwrap();
    let (_, command) = check.split_once("CMD ").unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    // Nobody listens there: it says so, and is no wrong usage.
    let mut asked: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    *asked.last_mut().unwrap() = "http://127.0.0.1:1";
    assert!(
        asked.contains(&"--alive"),
        "a disk that is full is no reason to end it: {asked:?}"
    );
    let done = Command::new(env!("CARGO_BIN_EXE_surged"))
        .args(&asked)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(text.contains("rust:1.95-"), "the version of Cargo.toml");
}

#[test]
fn the_cluster_runs_one_pod_that_may_do_nothing_with_a_plan_that_is_good() {
    let all = yaml("deploy/kubernetes/surged.yaml");
    let of = |kind: &str| {
        all.iter()
            .find(|it| it["kind"].as_str() == Some(kind))
            .unwrap_or_else(|| panic!("no {kind}"))
    };
    let set = &of("StatefulSet")["spec"];
    assert_eq!(set["replicas"].as_i64(), Some(1), "two would fight for one duty log");
    let pod = &set["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
    let container = &pod["containers"][0];
    let context = &container["securityContext"];
    assert_eq!(context["readOnlyRootFilesystem"].as_bool(), Some(true));
    assert_eq!(context["allowPrivilegeEscalation"].as_bool(), Some(false));
    assert_eq!(texts(&context["capabilities"]["drop"]), ["ALL"]);
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        assert_eq!(
            container[probe]["httpGet"]["path"].as_str(),
            Some("/livez"),
            "{probe}: a disk that is full must neither end the pod nor cut the floor off"
        );
    }
    for mount in container["volumeMounts"].as_vec().unwrap() {
        let name = mount["name"].as_str();
        let volumes = pod["volumes"].as_vec().unwrap().iter().map(|it| it["name"].as_str());
        let claims = set["volumeClaimTemplates"].as_vec().unwrap().iter();
        let mut known = volumes.chain(claims.map(|it| it["metadata"]["name"].as_str()));
        assert!(known.any(|it| it == name), "{name:?}");
    }
    assert_eq!(of("PodDisruptionBudget")["spec"]["maxUnavailable"].as_i64(), Some(0));
    let selected = [
        &of("Service")["spec"]["selector"],
        &of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ];
    assert!(
        selected
            .iter()
            .all(|it| it["app.kubernetes.io/name"].as_str() == Some("surged"))
    );

    let plan = of("ConfigMap")["data"]["surged.toml"].as_str().unwrap();
    let surroundings = Surroundings {
        folder: Path::new(""),
        variable: &|_| None,
        purpose: Purpose::Look,
        now: Time(1_795_248_000_000),
    };
    let config = config::parse(plan, "surged.toml", &surroundings).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.floor.behind_proxy);
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_as_tight_as_it_says() {
    if !has("systemd-analyze") {
        eprintln!("not looked at: there is no systemd-analyze here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("surged.service");
    // systemd looks for the program.
    let text = text_of("deploy/systemd/surged.service").replace("/usr/local/bin/surged", env!("CARGO_BIN_EXE_surged"));
    fs::write(&unit, text).unwrap();
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&unit)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("surged.service")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
    let secure = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold=12"])
        .arg(&unit)
        .output()
        .unwrap();
    assert!(secure.status.success(), "{}", String::from_utf8_lossy(&secure.stdout));
}

#[test]
fn the_manager_user_may_see_all_that_it_needs_and_do_nothing() {
    let text = text_of("deploy/asterisk/manager.conf");
    let said: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with(';') && !line.is_empty())
        .collect();
    for line in [
        "read = agent,system",
        "write =",
        "allowmultiplelogin = yes",
        "deny = 0.0.0.0/0.0.0.0",
    ] {
        assert!(said.contains(&line), "{line}: {said:#?}");
    }
}

#[test]
fn a_command_in_the_service_has_its_files_environment_and_credentials() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let stand_in = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    stand_in("systemd-run", "printf '%s\\n' \"$@\"");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let asked = || {
        let mut command = Command::new("deploy/systemd/surged-in-service");
        let done = command
            .args(["token", "new", "--name", "Li Na"])
            .env("PATH", &path)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    const RUN: &str = "/usr/local/bin/surged\ntoken\nnew\n--name\nLi Na\n";
    // As systemctl prints what the unit has: one a line, or nothing.
    stand_in(
        "systemctl",
        "printf 'ami.secret:/etc/surged/ami.secret\\nkey.pem:/etc/surged/key.pem\\n'",
    );
    let said = asked();
    assert!(
        said.ends_with(RUN) && said.contains("--property=EnvironmentFile=-/etc/surged/surged.env\n"),
        "{said}"
    );
    for credential in ["ami.secret", "key.pem"] {
        let wanted = format!("--property=LoadCredential={credential}:/etc/surged/{credential}\n");
        assert!(said.contains(&wanted), "{said}");
    }
    for of in ["echo", "echo 'Unit surged.service not found.' >&2; exit 4"] {
        stand_in("systemctl", of);
        let said = asked();
        assert!(said.ends_with(RUN) && !said.contains("LoadCredential"), "{said}");
    }
}

#[test]
#[ignore = "needs cargo-deb, dpkg-dev and `cargo build --features otel`: tests/run.sh installs them and runs this"]
fn the_debian_package_holds_what_it_should_and_runs_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("deploy/debian/build.sh")
        .arg(folder.path())
        .env("PROFILE", "dev")
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let package = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let root = folder.path().join("root");
    let unpacked = Command::new("dpkg-deb")
        .arg("-R")
        .arg(&package)
        .arg(&root)
        .status()
        .unwrap();
    assert!(unpacked.success());
    assert_eq!(text_of(root.join("DEBIAN/conffiles")).trim(), "/etc/surged/surged.toml");
    for file in [
        "usr/lib/systemd/system/surged.service",
        "usr/sbin/surged-in-service",
        "usr/share/man/man1/surged.1.gz",
        "usr/share/man/man1/surged-log-show.1.gz",
        "usr/share/man/man8/surged-in-service.8.gz",
        "usr/share/bash-completion/completions/surged",
        "usr/share/zsh/vendor-completions/_surged",
        "usr/share/fish/vendor_completions.d/surged.fish",
        "usr/share/doc/surged/copyright",
        "usr/share/doc/surged/examples/asterisk/manager.conf",
    ] {
        assert!(root.join(file).exists(), "{file}");
    }
    let unit = text_of(root.join("usr/lib/systemd/system/surged.service"));
    assert!(
        unit.contains("ExecStart=/usr/bin/surged run") && !unit.contains("/usr/local"),
        "{unit}"
    );
    // Installed anew it starts nothing and enables nothing; an upgrade starts it again.
    let after = text_of(root.join("DEBIAN/postinst"));
    assert!(
        after.contains("--quiet was-enabled") && after.contains("try-restart"),
        "{after}"
    );
    assert!(!after.contains("deb-systemd-invoke start"), "{after}");
    let checked = Command::new(root.join("usr/bin/surged"))
        .arg("check")
        .arg(root.join("etc/surged/surged.toml"))
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

/// promtool from the path, or where `tests/run.sh` has put it.
fn promtool() -> Option<PathBuf> {
    let fetched = PathBuf::from("target/promtool/usr/bin/promtool");
    match has("promtool") {
        true => Some("promtool".into()),
        false => Some(fetched).filter(|it| it.exists()),
    }
}

#[test]
fn every_query_of_the_dashboard_is_one_that_prometheus_understands() {
    let board: serde_json::Value = serde_json::from_str(&text_of("deploy/grafana/surged.json")).unwrap();
    let mut queries = Vec::new();
    for panel in board["panels"].as_array().unwrap() {
        assert!(
            panel["description"].as_str().is_some_and(|it| !it.is_empty()),
            "{}",
            panel["title"]
        );
        queries.extend(
            panel["targets"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["expr"].as_str().unwrap()),
        );
    }
    let notes = board["annotations"]["list"].as_array().unwrap();
    queries.extend(notes.iter().map(|it| it["expr"].as_str().unwrap()));
    assert!(queries.len() > 25, "{}", queries.len());
    for query in &queries {
        assert!(query.contains("instance=~\"$instance\""), "{query}");
    }
    let Some(promtool) = promtool() else {
        eprintln!("not looked at: there is no promtool here");
        return;
    };
    let rules: Vec<_> = queries
        .iter()
        .enumerate()
        .map(|(n, query)| {
            let query = query
                .replace("$__rate_interval", "1m")
                .replace("$__interval", "30s")
                .replace("$instance", ".*")
                .replace("$queue", ".*");
            serde_json::json!({ "record": format!("query:{n}"), "expr": query })
        })
        .collect();
    // JSON is YAML.
    let file = tempfile::Builder::new().suffix(".yml").tempfile().unwrap();
    let text = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string();
    fs::write(file.path(), text).unwrap();
    let checked = Command::new(promtool)
        .args(["check", "rules"])
        .arg(file.path())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
