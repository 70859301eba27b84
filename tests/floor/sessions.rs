//! Hello, state, resume, answers: the life of a session that means well.

use crate::stage::{Props, Stage, get, message, new_token, open, post, queue, soon};
use serde_json::{Value, json};
use std::sync::Arc;
use surged::core::{Actor, Answer, Conflict, InstructionId, Millis, Order, Refusal, Time};
use surged::floor::{Reach, access};
use surged::wire::{House, Refused, RefusedBecause, Request, Role};

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn hello_brings_welcome_and_the_whole_state() {
    let stage = Stage::start().await;
    stage
        .hub
        .set_state(vec![queue("inbound", 7)], vec![open(1)], Vec::new());
    stage.hub.publish(&[message(41)]);
    let (mut client, welcome) = stage.hello(json!({ "type": "hello" })).await;
    let you = json!({ "name": "local", "role": "manager", "staff_no": "local" });
    assert_eq!((&welcome["you"], &welcome["seq"]), (&you, &json!(41)));
    let state = client.message().await;
    assert_eq!(state["queues"][0]["waiting"], 7);
    assert_eq!(state["queues"][0]["longest_wait_s"], 41.0);
    assert_eq!(state["queues"][0]["release"], Value::Null);
    assert_eq!(state["instructions"][0]["id"], 1);
    assert_eq!(
        client.reply(json!({ "type": "ping", "ref": 3 })).await,
        json!({ "type": "pong", "ref": 3 })
    );
}

#[tokio::test]
async fn whoever_comes_while_the_state_is_behind_is_told_what_it_does_not_speak_of() {
    let stage = Stage::start().await;
    let numbers = |told: &Value| (told["seq"].clone(), told["instructions"].as_array().map_or(0, Vec::len));
    let queues = || vec![Arc::new(queue("inbound", 7))];
    stage.hub.publish(&[message(1)]);
    stage
        .hub
        .set_shared_state(queues(), vec![Arc::new(open(1))], Vec::new(), 1);
    // A storm: its state follows.
    stage.hub.publish(&[message(2), message(3)]);
    assert_eq!(
        numbers(&get(stage.address, "/api/v1/instructions").await.json()),
        (json!(1), 1)
    );
    for hello in [json!({ "type": "hello" }), json!({ "type": "hello", "last": 1 })] {
        let (mut anew, welcome) = stage.hello(hello).await;
        assert_eq!((&welcome["seq"], numbers(&anew.message().await).1), (&json!(1), 1));
        for seq in [2, 3] {
            assert_eq!(anew.next("instruction").await["seq"], seq);
        }
    }
    // Whoever has heard them is not told twice.
    let (mut back, welcome) = stage.hello(json!({ "type": "hello", "since": 3 })).await;
    assert_eq!((&welcome["seq"], numbers(&back.message().await).1), (&json!(3), 1));
    let open = [1, 2, 3].map(|id| Arc::new(open(id))).to_vec();
    stage.hub.set_shared_state(queues(), open, Vec::new(), 3);
    assert_eq!(
        numbers(&get(stage.address, "/api/v1/instructions").await.json()),
        (json!(3), 3)
    );
    assert_eq!(
        numbers(&back.message().await).1,
        3,
        "the state, and no message before it"
    );
}

#[tokio::test]
async fn an_instruction_reads_as_the_contract_says() {
    let stage = Stage::start().await;
    let mut client = stage.join().await;
    stage.hub.publish(&[message(9)]);
    let told = client.next("instruction").await;
    let expected = json!({
        "type": "instruction", "seq": 9, "id": 9, "at": "2026-11-02T03:25:00.000Z", "queue": "inbound",
        "action": "sign_in", "tier": "expert", "pool": "expert", "seats": { "min": 2, "max": 3, "ask": 2 },
        "people": ["E01", "E02"],
        "reason": { "code": "waiting_above", "threshold": 5, "held_s": 300.0, "waiting": 8 },
        "respond_by": "2026-11-02T03:26:00.000Z", "of": null,
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_an_instruction_changed_of_its_queue_comes_with_it_in_one_frame() {
    let stage = Stage::start().await;
    let state = |inbound| vec![queue("cards", 1), queue("inbound", inbound)];
    stage.hub.set_state(state(1), vec![], Vec::new());
    let (mut changes, _) = stage.hello(json!({ "type": "hello", "changes": true })).await;
    changes.next("state").await;
    let mut whole = stage.join().await;
    // Whatever is still on its way from the beginning has been told before this.
    stage.hub.set_state(state(2), vec![], Vec::new());
    while changes.next("state").await["queues"][0]["waiting"] != 2 {}
    while whole.next("state").await["queues"][0]["waiting"] != 2 {}

    let page = stage.hub.page();
    let mut queues = state(3);
    queues[0].waiting = Some(9);
    stage.hub.set_state(queues, vec![open(7)], Vec::new());
    assert_eq!(stage.hub.publish(&[message(7)]).len(), 1);
    drop(page);
    let told = changes.next("together").await;
    assert_eq!(
        (&told["messages"][0]["type"], &told["messages"][0]["seq"]),
        (&json!("instruction"), &json!(7))
    );
    let of_its_queue = json!({
        "type": "state", "whole": false, "changes": true,
        "queues": [{ "queue": "inbound", "waiting": 3, "open": [7] }], "instructions": [],
    });
    assert_eq!(told["messages"][1], of_its_queue, "it has reached this very session");
    let others = changes.next("state").await;
    assert_eq!(others["queues"], json!([{ "queue": "cards", "waiting": 9 }]));

    // Whoever did not ask for it hears as ever: each message alone, then whole queues.
    assert_eq!(whole.next("instruction").await["seq"], 7);
    let state = whole.next("state").await;
    assert_eq!(state["queues"].as_array().unwrap().len(), 2);
    assert_eq!(state["instructions"][0]["delivered"], true);
}

#[tokio::test]
async fn resume_tells_every_missed_message_once_and_goes_on_live() {
    let stage = Stage::start().await;
    stage.hub.preload(3, [message(5), message(8)]);
    stage.hub.publish(&[message(9), message(12)]);
    let (mut client, _) = stage.hello(json!({ "type": "hello", "since": 5 })).await;
    stage.hub.publish(&[message(13)]);
    for seq in [8, 9, 12, 13] {
        assert_eq!(client.next("instruction").await["seq"], seq);
    }
    assert_eq!(client.reply(json!({ "type": "ping" })).await, json!({ "type": "pong" }));

    let (mut client, _) = stage.hello(json!({ "type": "hello", "since": 1 })).await;
    let gap = client.next("gap").await;
    assert_eq!(gap, json!({ "type": "gap", "from": 2, "to": 3 }));
    assert_eq!(client.message().await["seq"], 5);
}

#[tokio::test]
async fn who_is_new_may_begin_with_the_last_few_messages() {
    let stage = Stage::start().await;
    stage.hub.preload(3, [message(5), message(8)]);
    stage.hub.publish(&[message(9)]);
    let (mut client, welcome) = stage.hello(json!({ "type": "hello", "last": 2 })).await;
    assert_eq!(welcome["seq"], 9);
    stage.hub.publish(&[message(12)]);
    for seq in [8, 9, 12] {
        assert_eq!(client.next("instruction").await["seq"], seq);
    }
    let (mut client, _) = stage.hello(json!({ "type": "hello", "last": 1000 })).await;
    assert_eq!(client.message().await["type"], "state");
    assert_eq!(
        client.message().await["seq"],
        5,
        "what is no longer here is no gap for who never saw it"
    );
}

#[tokio::test]
async fn new_names_are_welcomed_without_a_new_session() {
    let stage = Stage::start().await;
    let mut client = stage.join().await;
    let house = House {
        zone: "Asia/Shanghai".into(),
        ..House::default()
    };
    stage.hub.publish(&[message(4)]);
    assert_eq!(client.next("instruction").await["seq"], 4);
    stage.hub.set_house(house.clone());
    let welcome = client.next("welcome").await;
    assert_eq!(
        (&welcome["zone"], &welcome["seq"]),
        (&json!("Asia/Shanghai"), &json!(4))
    );
    stage.hub.set_house(house);
    assert_eq!(
        client.reply(json!({ "type": "ping" })).await,
        json!({ "type": "pong" }),
        "the same is no news"
    );
}

#[tokio::test]
async fn a_client_that_comes_and_goes_during_a_storm_misses_nothing() {
    let stage = Stage::start().await;
    let hub = stage.hub.clone();
    let storm = tokio::spawn(async move {
        for seq in 1..=2000 {
            hub.publish(&[message(seq)]);
            tokio::task::yield_now().await;
        }
    });
    let mut since = 0;
    while since < 2000 {
        let (mut client, _) = stage.hello(json!({ "type": "hello", "since": since })).await;
        for _ in 0..150.min(2000 - since) {
            let told = client.next("instruction").await;
            assert_eq!(told["seq"], since + 1);
            since += 1;
        }
    }
    soon(storm).await.unwrap();
}

#[tokio::test]
async fn whoever_asks_for_changes_is_told_nothing_else() {
    let stage = Stage::start().await;
    stage
        .hub
        .set_state(vec![queue("a", 1), queue("b", 1)], vec![], Vec::new());
    let (mut client, _) = stage.hello(json!({ "type": "hello", "changes": true })).await;
    let mut other = stage.join().await;
    assert_eq!(client.next("state").await["whole"], true);

    stage
        .hub
        .set_state(vec![queue("a", 2), queue("b", 1)], vec![], Vec::new());
    assert_eq!(
        client.next("state").await,
        json!({"type":"state","whole":false,"changes":true,"queues":[{"queue":"a","waiting":2}],"instructions":[]})
    );
    let whole = other.next("state").await;
    assert_eq!(
        (&whole["queues"][0]["waiting"], &whole["queues"][0]["blind"]),
        (&json!(2), &json!(false))
    );
    assert!(whole.get("changes").is_none());
}

#[tokio::test]
async fn state_is_told_by_what_changed_and_the_latest_wins() {
    let stage = Stage::start().await;
    stage
        .hub
        .set_state(vec![queue("a", 1), queue("b", 1)], vec![], Vec::new());
    let mut client = stage.join().await;
    for depth in 2..=500 {
        stage
            .hub
            .set_state(vec![queue("a", depth), queue("b", 1)], vec![], Vec::new());
    }
    let (mut told, mut depth) = (0, 0);
    while depth < 500 {
        let state = client.next("state").await;
        assert_eq!(state["whole"], false);
        for queue in state["queues"].as_array().unwrap() {
            if queue["queue"] == "a" {
                depth = queue["waiting"].as_u64().unwrap();
            }
        }
        told += 1;
    }
    assert!(told <= 3, "{told} states for one moment's changes");

    stage.hub.set_state(vec![queue("b", 1)], vec![], Vec::new());
    let state = client.next("state").await;
    assert_eq!(
        (&state["whole"], state["queues"].as_array().unwrap().len()),
        (&json!(true), 1)
    );
}

#[tokio::test]
async fn answers_and_orders_reach_the_daemon_and_its_word_comes_back() {
    let mut stage = Stage::start().await;
    let mut client = stage.join().await;
    client
        .say(json!({ "type": "done", "instruction": 7, "seats": 2, "people": ["E01", "E02"], "ref": "a" }))
        .await;
    let ask = stage.take_ask().await;
    assert_eq!(ask.by.staff_no, "local");
    let answer = Answer::Done {
        seats: Some(2),
        people: Some(vec!["E01".into(), "E02".into()]),
        note: None,
    };
    let instruction = InstructionId(7);
    assert_eq!(
        ask.request,
        Request::Answer {
            instruction,
            answer,
            sure: false
        }
    );
    ask.reply.send(Ok(())).unwrap();
    assert_eq!(client.message().await, json!({ "type": "ok", "ref": "a" }));

    client
        .say(json!({ "type": "pause", "queue": "inbound", "for_s": 600, "reason": "drill", "ref": 2 }))
        .await;
    let ask = stage.take_ask().await;
    let order = Order::Pause {
        queue: "inbound".into(),
        lasting: Millis::from_mins(10),
        reason: "drill".into(),
    };
    assert_eq!(ask.request, Request::Order(order));
    let refused = Refused::from(RefusedBecause::NoSuchQueue {
        queue: "inbound".into(),
    });
    ask.reply.send(Err(refused)).unwrap();
    let error = json!({ "type": "error", "ref": 2, "code": "no_such_queue", "queue": "inbound",
        "message": "There is no queue inbound in the plan in force." });
    assert_eq!(client.message().await, error);
}

/// Somebody else has said otherwise: what they said comes with it, and the same with "sure" goes through as such.
#[tokio::test]
async fn a_conflict_says_with_whom_and_is_said_again() {
    let mut stage = Stage::start().await;
    let client_address = stage.address;
    let mut client = stage.join().await;
    let decline = json!({ "type": "decline", "instruction": 7, "reason": "ill", "ref": 1 });
    client.say(decline.clone()).await;
    let ask = stage.take_ask().await;
    let said = Conflict {
        instruction: InstructionId(7),
        by: Some(Actor {
            name: "Wang".into(),
            staff_no: "S02".into(),
            role: "supervisor".into(),
        }),
        status: "done",
        at: Time(1_793_589_900_000),
        people: Vec::new(),
    };
    let refused = Refused::from(&Refusal::Conflict(Box::new(said)));
    ask.reply.send(Err(refused.clone())).unwrap();
    let with = json!({
        "instruction": 7, "by": { "name": "Wang", "staff_no": "S02" }, "status": "done",
        "at": "2026-11-02T03:25:00.000Z", "people": [],
    });
    assert_eq!(
        client.message().await,
        json!({
            "type": "conflict", "ref": 1, "code": "conflict", "with": with,
            "message": "Wang (S02) has said otherwise (done) on instruction 7. Say it again if yours is to count.",
        })
    );

    let body = r#"{"reason":"ill","sure":true}"#;
    let path = "/api/v1/instructions/7/decline";
    let daemon = async {
        let ask = stage.take_ask().await;
        assert!(matches!(ask.request, Request::Answer { sure: true, .. }), "{ask:?}");
        ask.reply.send(Err(refused)).unwrap();
    };
    let ((), reply) = tokio::join!(daemon, post(client_address, path, JSON, body));
    assert_eq!((reply.status, &reply.json()["code"]), (409, &json!("conflict")));
    assert_eq!(reply.json()["with"], with);
}

#[tokio::test]
async fn instructions_go_on_while_a_request_waits_for_the_daemon() {
    let mut stage = Stage::start().await;
    let mut client = stage.join().await;
    client.say(json!({ "type": "seen", "instruction": 1, "ref": 1 })).await;
    client.say(json!({ "type": "seen", "instruction": 2, "ref": 2 })).await;
    let first = stage.take_ask().await;
    stage.hub.publish(&[message(1)]);
    assert_eq!(client.next("instruction").await["id"], 1);
    first.reply.send(Ok(())).unwrap();
    assert_eq!(client.message().await["ref"], 1);
    // A daemon that lets go of a request: the client is told that nobody knows.
    drop(stage.take_ask().await);
    assert_eq!(client.message().await["code"], "shutting_down");
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let roles = [Role::Viewer, Role::Supervisor, Role::Operator, Role::ShiftLeader];
    let props = Props {
        tokens: roles.into(),
        ..Props::default()
    };
    let (mut stage, tokens) = Stage::with(props).await;
    let mut presence = stage.hub.presence();
    let seen = json!({ "type": "seen", "instruction": 1 });
    let resume = json!({ "type": "resume", "queue": "inbound" });
    let may = [(false, false), (true, false), (false, false), (true, true)];
    for ((token, role), (answers, orders)) in tokens.iter().zip(roles).zip(may) {
        let (mut client, welcome) = stage.hello(json!({ "type": "hello", "token": token })).await;
        assert_eq!(welcome["you"]["role"], role.as_str());
        client.next("state").await;
        assert_eq!(*presence.borrow_and_update() > 0, answers);
        let reached = stage.hub.publish(&[message(stage.hub.head() + 1)]);
        assert_eq!(reached[0].sessions, usize::from(answers));
        client.next("instruction").await;
        for (request, allowed) in [(&seen, answers), (&resume, orders)] {
            client.say(request.clone()).await;
            if allowed {
                stage.take_ask().await.reply.send(Ok(())).unwrap();
                assert_eq!(client.message().await["type"], "ok");
            } else {
                assert_eq!(client.message().await["code"], "not_allowed");
            }
        }
        drop(client);
        soon(presence.wait_for(|able| *able == 0)).await.unwrap();
    }
}

#[tokio::test]
async fn an_instruction_without_anybody_reaches_nobody() {
    let stage = Stage::start().await;
    let instruction = InstructionId(4);
    assert_eq!(
        stage.hub.publish(&[message(4)]),
        [Reach {
            instruction,
            sessions: 0
        }]
    );
    let mut presence = stage.hub.presence();
    let _client = stage.join().await;
    soon(presence.wait_for(|able| *able == 1)).await.unwrap();
}

#[tokio::test]
async fn a_revoked_token_ends_its_session_and_no_other() {
    let props = Props {
        tokens: vec![Role::Supervisor],
        ..Props::default()
    };
    let (stage, tokens) = Stage::with(props).await;
    let (second, record) = new_token(&stage.token_file(), Role::Manager);
    let (mut stays, _) = stage.hello(json!({ "type": "hello", "token": tokens[0] })).await;
    let mut goes = loop {
        // The running daemon takes up the new token by itself.
        let mut client = stage.connect().await;
        client.say(json!({ "type": "hello", "token": second })).await;
        match soon(futures_util::StreamExt::next(&mut client.socket)).await {
            Some(Ok(message)) if message.is_text() => break client,
            _ => tokio::task::yield_now().await,
        }
    };
    access::revoke(&stage.token_file(), &record.id).unwrap();
    let (code, words) = goes.closed().await;
    assert_eq!(code, 4401);
    assert!(words.contains("revoked"), "{words}");
    stays.next("state").await;
    assert_eq!(stays.reply(json!({ "type": "ping" })).await["type"], "pong");
}

#[tokio::test]
async fn at_shutdown_every_session_is_told() {
    let stage = Stage::start().await;
    let mut client = stage.join().await;
    let mut before_hello = stage.connect().await;
    stage.cancel.cancel();
    assert_eq!(client.closed().await.0, 1001);
    assert_eq!(before_hello.closed().await.0, 1001);
    soon(stage.served).await.unwrap();
}

#[tokio::test]
async fn that_somebody_is_at_a_card_is_told_to_the_others_while_it_is_open() {
    let props = Props {
        tokens: vec![Role::Supervisor, Role::ShiftLeader, Role::Viewer],
        ..Props::default()
    };
    let (stage, tokens) = Stage::with(props).await;
    stage
        .hub
        .set_state(vec![queue("inbound", 7)], vec![open(1)], Vec::new());
    let hello = |token: &String| json!({ "type": "hello", "token": token });
    let (mut at_it, _) = stage.hello(hello(&tokens[0])).await;
    let (mut other, _) = stage.hello(hello(&tokens[1])).await;
    let (mut viewer, _) = stage.hello(hello(&tokens[2])).await;
    // Of one that is not open nothing is told; what comes first is what is said of the open one.
    at_it.say(json!({ "type": "answering", "instruction": 77 })).await;
    at_it.say(json!({ "type": "answering", "instruction": 1 })).await;
    let by = json!({ "name": "the supervisor", "staff_no": "S42" });
    let told = json!({ "type": "answering", "instruction": 1, "by": by });
    assert_eq!(other.next("answering").await, told);
    assert_eq!(viewer.next("answering").await, told);
    viewer
        .say(json!({ "type": "answering", "instruction": 1, "ref": 5 }))
        .await;
    assert_eq!(viewer.next("error").await["code"], "not_allowed");
}
