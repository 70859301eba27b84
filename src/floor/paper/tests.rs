use super::*;
use crate::config::{self, Purpose, Surroundings};
use crate::core::{Ask, Instruction, InstructionId, Part, Reason};
use crate::floor::board::tests::queue;
use crate::wire::{By, House, PauseState, Stamp};
use crate::words::Language;
use serde::Deserialize;
use std::collections::BTreeMap;

const AT: Time = Time(1_793_589_900_000);

fn plan() -> Plan {
    let surroundings = Surroundings {
        folder: std::path::Path::new("config"),
        variable: &|_| None,
        purpose: Purpose::Look,
        now: AT,
    };
    let text = include_str!("../../lab/demo.toml");
    config::parse(text, "the demo's plan", &surroundings).unwrap().plan
}

fn called(tier: &str, seats: u32, people: &[&str]) -> MoveState {
    MoveState {
        instruction: InstructionId(7),
        action: Action::SignIn,
        tier: tier.into(),
        pool: Some(tier.into()),
        pools: None,
        seats,
        people: people.iter().map(|it| Name::from(*it)).collect(),
        issued: Stamp(AT),
        settled: false,
        answered: false,
        shadow: false,
        not_shown: false,
        shown: None,
        by_number: false,
        there: Vec::new(),
        missing: Vec::new(),
        hold_until: None,
        stay_until: None,
    }
}

fn sheet(queue: QueueState, house: House, language: Language) -> String {
    let plan = plan();
    let queues = [queue];
    let words = Words::new(language, std::sync::Arc::new(house));
    Sheet {
        plan: &plan,
        words: &words,
        zone: &TimeZone::UTC,
        queues: &queues,
        open: &[],
        at: AT,
        from_log: false,
    }
    .html()
}

/// People of an earlier call are to go back.
fn back(seats: u32, people: &[&str]) -> InstructionMessage {
    InstructionMessage::from(&Instruction {
        id: InstructionId(8),
        at: AT,
        queue: "inbound".into(),
        action: Action::SignOut,
        tier: "expert".into(),
        parts: vec![Part {
            pool: Some("expert".into()),
            seats,
            people: people.iter().map(|it| Name::from(*it)).collect(),
        }],
        seats: Ask {
            min: seats,
            max: seats,
            ask: seats,
        },
        chosen: Vec::new(),
        computed: None,
        reason: Reason::WaitingAtMost {
            threshold: 5,
            held: Millis::from_mins(5),
            waiting: 2,
            judged: Default::default(),
        },
        respond_by: None,
        of: Some(InstructionId(7)),
        by: None,
        shadow: false,
        hold: None,
        lasting: None,
    })
}

/// Nobody has answered that the experts go back, and some of them have been called again since.
fn opposite(again: &[&str], people: &[&str]) -> String {
    let plan = plan();
    let words = Words::new(Language::En, std::sync::Arc::new(House::default()));
    let mut state = queue("inbound", 12);
    state.ladder = Some("day".into());
    state.moves = vec![MoveState {
        instruction: InstructionId(9),
        ..called("expert", 2, again)
    }];
    let open = OpenInstruction::given(back(3, people));
    Sheet {
        plan: &plan,
        words: &words,
        zone: &TimeZone::UTC,
        queues: &[state],
        open: &[open],
        at: AT,
        from_log: false,
    }
    .html()
}

/// The cases that the console's own test has as well (`tests/console/again.test.mjs`).
#[derive(Deserialize)]
struct Case {
    says: String,
    back: Back,
    calls: Vec<Call>,
    again: Vec<(u64, Vec<Name>, u32)>,
}

#[derive(Deserialize)]
struct Back {
    people: Vec<String>,
    seats: u32,
    #[serde(default)]
    leaving: bool,
}

#[derive(Deserialize)]
struct Call {
    id: u64,
    queue: Option<Name>,
    pool: Option<String>,
    people: Vec<String>,
    seats: u32,
    #[serde(default)]
    shadow: bool,
}

#[test]
fn on_paper_the_same_people_are_asked_for_again_as_on_the_page() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/console/again.json")).unwrap();
    for case in cases {
        let people: Vec<&str> = case.back.people.iter().map(String::as_str).collect();
        let back = back(case.back.seats, &people);
        let mut queues = [queue("inbound", 12), queue("cards", 12)];
        if case.back.leaving {
            queues[0].leaving = vec![called("expert", case.back.seats, &people)];
        }
        for call in case.calls {
            let people: Vec<&str> = call.people.iter().map(String::as_str).collect();
            let on = usize::from(call.queue.is_some_and(|name| name == queues[1].queue));
            queues[on].moves.push(MoveState {
                instruction: InstructionId(call.id),
                shadow: call.shadow,
                ..called(call.pool.as_deref().unwrap_or("expert"), call.seats, &people)
            });
        }
        let again = again::asked_again(&back, &queues);
        let of = |it: &Again<'_>| {
            let people: Vec<Name> = it.people.iter().map(|it| (*it).clone()).collect();
            (it.call.instruction.0, people, it.seats)
        };
        let again: Vec<_> = again.iter().rev().map(of).collect();
        assert_eq!(again, case.again, "{}", case.says);
    }
}

#[test]
fn who_is_to_go_back_and_has_been_asked_for_again_stands_there_too() {
    let named = opposite(&["E01", "E02"], &["E01", "E02", "E03"]);
    let words = "Sign out 3 · Experts: E01, E02, E03<br>E01, E02 asked for again since: Experts for Inbound, 03:25. Who has not gone stays.";
    assert!(named.contains(words), "{named}");
    assert!(!opposite(&["E04"], &["E01", "E02", "E03"]).contains("asked for again"));
    let counted = opposite(&[], &[]);
    assert!(counted.contains("2 of them asked for again since"), "{counted}");
}

fn in_a_surge() -> QueueState {
    let mut state = queue("inbound", 12);
    state.ladder = Some("day".into());
    state.moves = vec![called("expert", 4, &["E01", "E02", "E03", "E04"])];
    state
}

#[test]
fn the_plan_stands_there_with_its_numbers_and_who_is_out() {
    let html = sheet(in_a_surge(), House::default(), Language::En);
    for words in [
        "more than 5 wait, for 5:00",
        "<td>Call for overtime</td>",
        "<td>Ask to stay on</td>",
        "<td>Sign in Experts</td>",
        "as many as the load needs; if you cannot tell, 2 to 6",
        "2; 3 where more than 10 wait",
        "Send the last step back when at most 5 wait, for 5:00",
        "4 E01, E02, E03, E04",
        "nobody has answered",
        "Supervisor: goes up if not seen within 1:00",
        "12 people",
        "4 must stay",
    ] {
        assert!(html.contains(words), "expected {words:?} in {html}");
    }
    let body = html.split("</style>").nth(1).unwrap();
    assert!(!body.contains('{'), "a value is missing in {body}");
}

#[test]
fn it_speaks_the_sites_language_and_names_things_as_the_site_does() {
    let label = |text: &str| BTreeMap::from([("zh-Hans", text.to_owned())]);
    let house = House {
        zone: "Asia/Shanghai".into(),
        labels: BTreeMap::from([("queue", BTreeMap::from([(Name::from("inbound"), label("热线"))]))]),
        ..House::default()
    };
    let html = sheet(in_a_surge(), house, Language::ZhHans);
    assert!(html.contains("<html lang=\"zh-Hans\">"));
    assert!(
        html.contains("手工执行：热线") && html.contains("等待超过 5 人，持续 5:00"),
        "{html}"
    );
}

#[test]
fn nothing_that_somebody_wrote_becomes_markup() {
    let mut state = in_a_surge();
    state.paused = Some(PauseState {
        by: By {
            name: "Li".into(),
            staff_no: "S12".into(),
        },
        until: Stamp(AT),
        reason: "<script>alert(1)</script>".into(),
    });
    let html = sheet(state, House::default(), Language::En);
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
}

#[test]
fn what_is_decided_in_shadow_calls_nobody() {
    let mut state = in_a_surge();
    state.moves[0].shadow = true;
    let html = sheet(state, House::default(), Language::En);
    assert!(
        html.contains("nobody is called") && !html.contains("E01, E02, E03, E04</td><td>Experts"),
        "{html}"
    );
}
