//! Tokens that are for some queues: what they hear, read and reach.

use crate::stage::{Props, Stage, get, http, long_message, message, new_token, open, queue, soon, told};
use serde_json::{Value, json};
use surged::core::{self, InstructionId, Time};
use surged::floor::Reach;
use surged::floor::access::{NewToken, issue};
use surged::wire::Role;
use surged::wire::{House, Notice, NoticeMessage, ServerMessage, Stamp};

/// A floor with a token for the whole floor and one for `vip` alone.
async fn floor() -> (Stage, String, String) {
    let (stage, mut tokens) = Stage::with(Props {
        tokens: vec![Role::Manager],
        ..Props::default()
    })
    .await;
    let new = NewToken {
        name: "Xu".into(),
        staff_no: "S50".into(),
        role: Role::ShiftLeader,
        queues: vec!["vip".into()],
        expires: None,
    };
    let (vip, _) = issue(&stage.token_file(), new).unwrap();
    // The running floor takes up the new token by itself.
    soon(async {
        while get_as(&stage, "/api/v1/queues", &vip).await.0 != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    (stage, tokens.remove(0), vip)
}

async fn get_as(stage: &Stage, path: &str, token: &str) -> (u16, Value) {
    let request = format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n");
    let reply = http(stage.address, &request).await;
    (reply.status, reply.json())
}

/// An instruction of a queue, as the floor is told of it.
fn instruction_of(seq: u64, queue: &str) -> (u64, ServerMessage) {
    let decision = core::Decision {
        at: Time(0),
        queue: queue.into(),
        what: core::What::Instruct {
            instruction: core::Instruction {
                hold: None,
                lasting: None,
                queue: queue.into(),
                ..crate::stage::instruction(seq)
            },
            beside: false,
        },
    };
    (seq, told(seq, decision))
}

fn notice(seq: u64, notice: Notice) -> (u64, ServerMessage) {
    let message = NoticeMessage {
        seq,
        at: Stamp(Time(0)),
        queue: None,
        notice,
    };
    (seq, ServerMessage::Notice(message))
}

#[tokio::test]
async fn a_scoped_session_hears_of_its_queues_alone_live_and_on_resume() {
    let (stage, _, vip) = floor().await;
    stage
        .hub
        .preload(0, [message(1), instruction_of(2, "vip"), long_message(3, 50)]);
    stage.hub.publish(&[message(4), instruction_of(5, "vip")]);
    let (mut client, welcome) = stage.hello(json!({ "type": "hello", "token": vip, "since": 0 })).await;
    assert_eq!(welcome["you"]["queues"], json!(["vip"]));
    assert_eq!(client.message().await["type"], "state");
    assert_eq!(client.message().await["seq"], 2);
    assert_eq!(client.message().await["seq"], 5);

    let refused = Notice::ConfigRefused {
        problems: vec!["queue `inbound`".into()],
    };
    let failing = Notice::JournalFailing {
        failing: true,
        why: "full".into(),
    };
    stage.hub.publish(&[message(6), notice(7, refused), notice(8, failing)]);
    assert_eq!(
        client.message().await["seq"],
        8,
        "what fails for everybody is told to everybody, the words of others are not"
    );

    let hello = json!({ "type": "hello", "token": vip, "last": 2 });
    let (mut client, _) = stage.hello(hello).await;
    assert_eq!(client.message().await["type"], "state");
    for seq in [5, 8] {
        assert_eq!(client.message().await["seq"], seq, "the last two of its own");
    }
}

#[tokio::test]
async fn a_scoped_session_sees_the_state_of_its_queues_alone() {
    let (stage, all, vip) = floor().await;
    let show = |inbound, of_vip| {
        let queues = vec![queue("inbound", inbound), queue("vip", of_vip)];
        stage.hub.set_state(queues, vec![open(1)], Vec::new());
    };
    show(7, 1);
    let (mut scoped, _) = stage.hello(json!({ "type": "hello", "token": vip })).await;
    let (mut whole, _) = stage.hello(json!({ "type": "hello", "token": all })).await;
    let names = |state: &Value| -> Vec<String> {
        let queues = state["queues"].as_array().unwrap().iter();
        queues.map(|it| it["queue"].as_str().unwrap().to_owned()).collect()
    };
    let state = scoped.message().await;
    assert_eq!(
        (names(&state), &state["instructions"]),
        (vec!["vip".to_owned()], &json!([]))
    );
    assert_eq!(names(&whole.message().await), ["inbound", "vip"]);
    show(8, 1);
    while whole.message().await["queues"][0]["waiting"] != 8 {}
    show(8, 2);
    let state = loop {
        let state = scoped.next("state").await;
        assert_eq!(names(&state), ["vip"], "{state}");
        if state["queues"][0]["waiting"] == 2 {
            break state;
        }
    };
    assert_eq!(state["whole"], false);
}

#[tokio::test]
async fn names_of_other_queues_are_left_out_of_the_welcome() {
    let (stage, all, vip) = floor().await;
    let names = ["inbound", "vip"].map(|name| (name.into(), [("en", format!("The {name}"))].into()));
    stage.hub.set_house(House {
        labels: [("queue", names.into())].into(),
        ..House::default()
    });
    let (_, welcome) = stage.hello(json!({ "type": "hello", "token": vip })).await;
    assert_eq!(welcome["labels"]["queue"], json!({ "vip": { "en": "The vip" } }));
    let (_, welcome) = stage.hello(json!({ "type": "hello", "token": all })).await;
    assert_eq!(welcome["labels"]["queue"].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn an_instruction_reaches_only_sessions_that_it_is_for() {
    let (stage, all, vip) = floor().await;
    let reach = |seq, sessions| Reach {
        instruction: InstructionId(seq),
        sessions,
    };
    let (scoped, _) = stage.hello(json!({ "type": "hello", "token": vip })).await;
    let mut presence = stage.hub.presence();
    soon(presence.wait_for(|able| *able == 1)).await.unwrap();
    let told = stage.hub.publish(&[message(1), instruction_of(2, "vip")]);
    assert_eq!(told, [reach(1, 0), reach(2, 1)]);
    assert_eq!(
        (
            stage.hub.listeners(&"inbound".into()),
            stage.hub.listeners(&"vip".into())
        ),
        (0, 1)
    );
    let (_whole, _) = stage.hello(json!({ "type": "hello", "token": all })).await;
    soon(presence.wait_for(|able| *able == 2)).await.unwrap();
    let told = stage.hub.publish(&[message(3), instruction_of(4, "vip")]);
    assert_eq!(told, [reach(3, 1), reach(4, 2)]);
    drop(scoped);
    soon(presence.wait_for(|able| *able == 1)).await.unwrap();
    assert_eq!(stage.hub.publish(&[instruction_of(5, "vip")]), [reach(5, 1)]);
}

#[tokio::test]
async fn the_http_interface_reads_its_queues_alone() {
    let (stage, all, vip) = floor().await;
    stage
        .hub
        .set_state(vec![queue("inbound", 7), queue("vip", 1)], vec![open(1)], Vec::new());
    stage.hub.publish(&[message(1), instruction_of(2, "vip")]);
    for (token, queues, open, since, log) in [(&all, 2, 1, 2, 5), (&vip, 1, 0, 1, 1)] {
        let count = async |path: &str, key: &str| {
            let (status, body) = get_as(&stage, path, token).await;
            assert_eq!(status, 200, "{path}: {body}");
            body[key].as_array().unwrap().len()
        };
        assert_eq!(count("/api/v1/queues", "queues").await, queues);
        assert_eq!(count("/api/v1/instructions", "instructions").await, open);
        assert_eq!(count("/api/v1/instructions?since=0", "instructions").await, since);
        assert_eq!(count("/api/v1/log", "records").await, log);
    }
    let (_, page) = get_as(&stage, "/api/v1/log?limit=3", &vip).await;
    assert_eq!(
        (&page["records"][0]["seq"], &page["next"], &page["more"]),
        (&json!(4), &json!(4), &json!(false)),
        "a page reaches as far as their own records do, and no further"
    );
    let (status, refused) = get_as(&stage, "/api/v1/log?queue=inbound", &vip).await;
    assert_eq!((status, &refused["code"]), (403, &json!("not_your_queue")));
    assert_eq!(get(stage.address, "/api/v1/queues").await.status, 401);
    let (_, record) = new_token(&stage.token_file(), Role::Viewer);
    assert!(record.queues.is_empty());
}
