//! The messages whole: each is made of something that has no field at its default, and what is said of it is kept in `snapshots`. A
//! field that is forgotten, or filled from another, shows there.

mod given;

use super::*;
use crate::core::ladder::Plan;
use crate::core::{Action, Answer, Decision, Found, Millis, OpenView, PersonView, QueueView, Recounted, What};
use crate::journal::{Entry, Fact, Handover, Item, ItemKind, Record, Side, Step};
use given::{at, by, instruction, part, people, plan, refusals, view};
use serde_json::{Value, json};

/// What is said, as it is kept; nothing of it is at its default.
fn whole(said: impl Serialize) -> String {
    fn is_at_default(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(false) => true,
            Value::Bool(true) => false,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty(),
            Value::Array(all) => all.is_empty() || all.iter().any(is_at_default),
            Value::Object(fields) => fields.is_empty() || fields.values().any(is_at_default),
        }
    }
    let said = json!(said);
    assert!(!is_at_default(&said), "something of it says nothing: {said:#}");
    format!("{said:#}")
}

fn told(record: Record, unlogged: bool) -> ServerMessage {
    let entry = Entry {
        seq: 7,
        at: at(20),
        record,
        unlogged,
    };
    ServerMessage::of(&entry).unwrap()
}

fn decided(what: What) -> ServerMessage {
    let decision = Decision {
        at: at(20),
        queue: "inbound".into(),
        what,
    };
    told(Record::Decision(decision), true)
}

#[test]
fn a_queue() {
    let state = QueueState {
        // These are known to the daemon and not to the core.
        quiet: Some(PauseState {
            by: By::from(&by("Wang")),
            until: Stamp(at(15)),
            reason: "drill".into(),
        }),
        service: Some(ServiceState {
            over_s: 1800.0,
            answered: 100,
            in_target: Some(80),
            abandoned: Some(7),
            target: Some(TargetMessage {
                answered: 0.9,
                within_s: 20.0,
            }),
        }),
        recent: Some(vec![(Stamp(at(16)), Some(3))].into()),
        ..QueueState::of(&view(), &plan())
    };
    insta::assert_snapshot!(whole(state));
}

#[test]
fn what_is_not_known_of_a_queue_is_null() {
    let view = QueueView {
        blind_since: None,
        longest_wait: None,
        ladder: None,
        next: None,
        ..view()
    };
    let state = QueueState::of(&view, &Plan::default());
    assert_eq!(
        (
            state.blind,
            state.longest_wait_s,
            state.ladder,
            state.next,
            state.priority,
            state.pools
        ),
        (false, None, None, None, 0, vec![])
    );
}

#[test]
fn an_open_instruction() {
    let open = OpenInstruction::from(&OpenView {
        instruction: instruction(),
        seen_by: Some(by("Chen Jie")),
        seen_at: Some(at(6)),
        eta: Some(Millis(90_500)),
        level: 2,
        // Of the level that has it now, in place of the instruction's own.
        respond_by: Some(at(8)),
        unanswered: true,
        delivered: true,
    });
    insta::assert_snapshot!(whole(open));
}

#[test]
fn an_instruction_that_the_log_did_not_take() {
    let (instruction, beside) = (instruction(), true);
    let told = decided(What::Instruct { instruction, beside });
    insta::assert_snapshot!(whole(told));
}

#[test]
fn a_person() {
    let state = PersonState::from(&PersonView {
        person: "E01".into(),
        pool: "expert".into(),
        lent_to: Some("inbound".into()),
        on_duty: true,
        on_duty_until: Some(at(1)),
        asked_at: Some(at(2)),
        times: 3,
        resting_until: Some(at(4)),
    });
    insta::assert_snapshot!(whole(state));
}

/// What else is said of some decisions than is kept with the tests of the floor.
#[test]
fn rarer_words() {
    let left = Answer::Left {
        people: people("left"),
        seats: Some(2),
        reason: "needed elsewhere".into(),
    };
    let said = [
        What::Resumed { by: Some(by("Li Na")) },
        What::Answered {
            instruction: InstructionId(4),
            by: by("Chen Jie"),
            answer: left,
        },
        What::Counted {
            by: by("Lin"),
            moves: vec![Recounted {
                instruction: InstructionId(4),
                tier: "expert".into(),
                before: vec![part("expert")],
                after: vec![part("outbound")],
            }],
            found: vec![Found {
                instruction: InstructionId(9),
                tier: "outbound".into(),
                part: part("trainer"),
            }],
        },
    ];
    insta::assert_snapshot!(whole(said.map(decided)));
}

#[test]
fn each_step_of_a_handover() {
    let item = Item {
        key: "instruction-4".into(),
        kind: ItemKind::Move,
        queue: "inbound".into(),
        instruction: Some(InstructionId(4)),
        action: Some(Action::SignIn),
        tier: Some("expert".into()),
        seats: Some(2),
        note: Some("they stay".into()),
        at: Some(at(1)),
    };
    let state = ItemState {
        who: Some(SignatureState {
            by: By::from(&by("Lin")),
            unproven: true,
            at: Stamp(at(2)),
        }),
        how: Some("by hand".into()),
        ..ItemState::from(&item)
    };
    insta::assert_snapshot!("a_matter_of_a_handover", whole(state));
    let (note, digest) = (|what: &str| format!("why {what}"), || "d1".to_owned());
    let steps = [
        Step::Begun {
            from: at(3),
            to: at(4),
            upto: 99,
            digest: digest(),
            items: vec![item],
        },
        Step::Noted { note: note("noted") },
        Step::Settled {
            item: "pause-inbound".into(),
            note: note("settled"),
        },
        Step::TakenOver {
            items: vec!["instruction-4".into()],
        },
        Step::Signed {
            side: Side::Coming,
            digest: digest(),
        },
        Step::Completed,
        Step::Withdrawn {
            note: note("withdrawn"),
        },
    ];
    let steps = steps.map(|step| {
        let (id, by, unproven) = (5, by("Li Na"), true);
        told(Record::Fact(Fact::Handover(Handover { id, by, unproven, step })), false)
    });
    insta::assert_snapshot!(whole(steps));
}

#[test]
fn each_refusal_has_the_core_s_own_code_and_its_numbers() {
    let said: Vec<ServerMessage> = refusals()
        .iter()
        .map(|refusal| {
            let refused = Refused::from(refusal);
            assert_eq!(refused.code(), refusal.code());
            refused.reply(Reference::of(json!("r1")), format!("words for {}", refused.code()))
        })
        .collect();
    insta::assert_snapshot!(whole(said));
}

#[test]
fn who_sees_some_queues_alone_hears_of_no_other_and_of_no_feed() {
    let names = |queues: &[&str]| {
        let named = |queue: &&str| (Name::from(*queue), [("en", format!("name of {queue}"))].into());
        BTreeMap::from([
            ("queue", queues.iter().map(named).collect()),
            ("pool", ["expert"].iter().map(named).collect()),
        ])
    };
    let house = House {
        speed: 1,
        zone: "Asia/Shanghai".into(),
        labels: names(&["inbound", "vip"]),
        chain: vec![ChainLevel { role: "manager".into() }],
        log: "d1".into(),
        clocks: [("pbx".into(), 7)].into(),
    };
    assert_eq!(house.within(&Scope::WholeFloor), house);
    let less = House {
        labels: names(&["inbound"]),
        clocks: BTreeMap::new(),
        ..house.clone()
    };
    assert_eq!(house.within(&Scope::of(&["inbound".into()])), less);
}
