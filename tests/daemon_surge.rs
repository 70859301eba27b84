//! The written plan end to end, in the floor's words: a phone system on a real socket, supervisors on real sockets, the daemon in
//! between, and a clock that the test moves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod house;

use house::{House, Log, clock, seats};
use serde_json::{Value, json};
use surged::core::Input;
use surged::journal::Record;

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_from_the_first_caller_to_the_last_sign_out() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let mut wang = house.join("Wang").await;
    let mut zhao = house.join("Zhao").await;

    // Step 1: more than five callers for five minutes.
    house.reading(7).await;
    house.pass("4m59s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(expert["people"], json!(["E01", "E02", "E03", "E04"]));
    assert_eq!(seats(&expert), (4, 4, 4));
    assert_eq!(
        expert["reason"],
        json!({ "code": "waiting_above", "threshold": 5, "held_s": 300.0, "waiting": 7 })
    );
    assert_eq!(
        (clock(&expert["at"]), clock(&expert["respond_by"])),
        ("09:05:00".into(), "09:06:00".into())
    );
    assert_eq!((&expert["of"], expert.get("unlogged")), (&Value::Null, None));
    assert_eq!(wang.instruction().await, expert, "everybody hears the same");
    assert_eq!(zhao.instruction().await, expert);
    li.ask(json!({ "type": "seen", "instruction": expert["id"] })).await;
    assert_eq!(
        wang.answer("seen", &expert).await["by"],
        json!({ "name": "Li", "staff_no": "no-Li" })
    );
    house.pass("1m").await;
    li.done(&expert).await;
    assert_eq!(clock(&zhao.answer("done", &expert).await["at"]), "09:06:00");

    // Step 2: five more minutes once the experts are there. More than ten callers: three seats.
    house.reading(12).await;
    house.pass("5m").await;
    let outbound = zhao.told("sign_in", "outbound").await;
    assert_eq!(
        (seats(&outbound), clock(&outbound["at"])),
        ((2, 3, 3), "09:11:00".into())
    );
    assert_eq!(
        (&outbound["pool"], &outbound["people"]),
        (&json!("outbound"), &json!([]))
    );
    wang.ask(json!({ "type": "seen", "instruction": outbound["id"], "eta_s": 120.0 }))
        .await;
    assert_eq!(li.answer("seen", &outbound).await["eta_s"], json!(120.0));

    // Step 3: five minutes after those on the way are taken to be there. Nobody looks: it goes up to the shift leader.
    house.reading(8).await;
    house.pass("7m").await;
    let quality = zhao.told("sign_in", "quality").await;
    assert_eq!((seats(&quality), clock(&quality["at"])), ((2, 3, 2), "09:18:00".into()));
    wang.done(&outbound).await;
    house.pass("1m").await;
    let passed_up = zhao
        .hear("quality goes up", |it| {
            it["code"] == "passed_up" && it["instruction"] == quality["id"]
        })
        .await;
    assert_eq!(
        (&passed_up["role"], &passed_up["level"]),
        (&json!("shift_leader"), &json!(1))
    );
    assert_eq!(clock(&passed_up["respond_by"]), "09:21:00");
    zhao.done(&quality).await;

    // Step 4: more than ten, at once. The shift leader cannot spare the back office.
    house.pass("1m").await;
    house.reading(11).await;
    let back_office = zhao.told("sign_in", "back_office").await;
    assert_eq!(
        (seats(&back_office), clock(&back_office["at"])),
        ((2, 3, 3), "09:20:00".into())
    );
    zhao.ask(json!({ "type": "decline", "instruction": back_office["id"], "reason": "month-end closing" }))
        .await;
    assert_eq!(li.answer("declined", &back_office).await["note"], "month-end closing");

    // Step 5: the clocks did not change; more than ten since 09:20.
    house.pass("5m").await;
    let extend = zhao.told("extend_shift", "extend_shift").await;
    assert_eq!(
        (&extend["action"], clock(&extend["at"])),
        (&json!("extend_shift"), "09:25:00".into())
    );
    zhao.ask(json!({ "type": "done", "instruction": extend["id"], "seats": 2, "note": "two can stay" }))
        .await;

    // Step 6: overtime. The feed tells no arrivals: the fallback, within the seats that are there.
    house.pass("5m").await;
    let overtime = zhao.told("overtime", "overtime").await;
    assert_eq!(
        (seats(&overtime), clock(&overtime["at"])),
        ((2, 6, 6), "09:30:00".into())
    );

    // The way back: nobody has answered the overtime call, so it is stood down after a minute of calm.
    house.reading(3).await;
    house.pass("1m").await;
    let stood_down = zhao.told("stand_down", "overtime").await;
    assert_eq!(
        (&stood_down["of"], clock(&stood_down["at"])),
        (&overtime["id"], "09:31:00".into())
    );
    zhao.done(&stood_down).await;

    // Last in, first out, one every five minutes; quality has lost one of its two by then.
    wang.ask(json!({ "type": "left", "instruction": quality["id"], "seats": 1, "reason": "went home ill" }))
        .await;
    for (of, seats, at) in [
        (&extend, 2, "09:36:00"),
        (&quality, 1, "09:41:00"),
        (&outbound, 3, "09:46:00"),
        (&expert, 4, "09:51:00"),
    ] {
        house.pass("5m").await;
        let sign_out = zhao.told("sign_out", of["tier"].as_str().unwrap()).await;
        assert_eq!(sign_out["of"], of["id"]);
        assert_eq!(
            (sign_out["seats"]["ask"].as_u64(), clock(&sign_out["at"])),
            (Some(seats), at.into())
        );
        assert_eq!(sign_out["people"], of["people"]);
        assert_eq!(sign_out["reason"]["code"], "waiting_at_most");
        zhao.done(&sign_out).await;
    }
    house.pass("10m").await;
    zhao.hears_no_instruction().await;
    let queue = house
        .queue("nobody is away", |queue| {
            queue["moves"] == json!([]) && queue["leaving"] == json!([])
        })
        .await;
    assert_eq!(queue["next"]["tier"], "expert");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_is_passed_over_and_a_late_done_is_welcome() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    li.ask(json!({ "type": "decline", "instruction": expert["id"], "reason": "in a meeting" }))
        .await;
    // The time already served counts: the next tier is asked in the same moment.
    let outbound = li.told("sign_in", "outbound").await;
    assert_eq!(
        (clock(&outbound["at"]), &outbound["reason"]["held_s"]),
        ("09:05:00".into(), &json!(300.0))
    );
    li.done(&outbound).await;
    house.pass("1m").await;
    li.ask(
        json!({ "type": "done", "instruction": expert["id"], "people": ["E03", "E04"], "note": "two of them came" }),
    )
    .await;
    let answer = li.answer("done", &expert).await;
    assert_eq!(
        (&answer["people"], &answer["note"]),
        (&json!(["E03", "E04"]), &json!("two of them came"))
    );
    let queue = house
        .queue("the experts are back in their own place", |queue| {
            queue["moves"][0]["tier"] == "expert"
        })
        .await;
    assert_eq!(queue["moves"][0]["people"], json!(["E03", "E04"]));
    // A sign-out that is declined keeps the people, and the next window begins then.
    house.reading(1).await;
    house.pass("5m").await;
    let sign_out = li.told("sign_out", "outbound").await;
    li.ask(json!({ "type": "decline", "instruction": sign_out["id"], "reason": "keep them, more is coming" }))
        .await;
    house.pass("4m59s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    assert_eq!(li.told("sign_out", "outbound").await["of"], outbound["id"]);
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_and_it_goes_up_to_the_end_of_the_chain() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let mut zhao = house.join("Zhao").await;
    let mut ma = house.join("Ma").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = ma.told("sign_in", "expert").await;
    house.pass("3m").await;
    for (role, at) in [("shift_leader", "09:06:00"), ("manager", "09:08:00")] {
        let up = ma.notice("passed_up").await;
        assert_eq!(
            (&up["instruction"], &up["role"], clock(&up["at"])),
            (&expert["id"], &json!(role), at.into())
        );
    }
    // Whoever takes it gives their level its time once more.
    house.pass("4m").await;
    ma.ask(json!({ "type": "seen", "instruction": expert["id"] })).await;
    house.pass("5m").await;
    let unanswered = zhao.answer("unanswered", &expert).await;
    assert_eq!(
        (clock(&unanswered["at"]), unanswered.get("by")),
        ("09:17:00".into(), None)
    );
    // Settled by time at 09:08, whoever answers: outbound five minutes later. Passed up by hand, a level is skipped and told.
    let outbound = ma.told("sign_in", "outbound").await;
    assert_eq!(clock(&outbound["at"]), "09:13:00");
    zhao.notice("passed_up").await;
    zhao.notice("passed_up").await;
    ma.done(&outbound).await;
    let refused = li
        .say(json!({ "type": "escalate", "instruction": outbound["id"], "note": "help" }))
        .await;
    assert_eq!(refused["type"], "error", "what is done goes nowhere: {refused}");
    house.pass("1m").await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instruction_is_passed_up_by_hand_and_who_was_skipped_is_told() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let mut zhao = house.join("Zhao").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = zhao.told("sign_in", "expert").await;
    zhao.ask(json!({ "type": "escalate", "instruction": expert["id"], "note": "they do not pick up" }))
        .await;
    assert_eq!(li.answer("escalated", &expert).await["note"], "they do not pick up");
    let up = li.notice("passed_up").await;
    assert_eq!(
        (&up["role"], &up["skipped"]),
        (&json!("manager"), &json!(["shift_leader"]))
    );
    assert_eq!(clock(&up["respond_by"]), "09:10:00");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_system_shows_that_people_have_come() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    house.pass("30s").await;
    house.tell(json!({ "waiting": 7, "signed_in": 44 })).await;
    let confirmed = li.answer("confirmed", &expert).await;
    assert_eq!(
        (clock(&confirmed["at"]), &confirmed["by"]["staff_no"]),
        ("09:05:30".into(), &json!("feed"))
    );
    house.pass("5m").await;
    assert_eq!(clock(&li.told("sign_in", "outbound").await["at"]), "09:10:30");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_floor_orders_by_hand() {
    let mut house = House::open().await;
    let mut li = house.join("Li").await;
    let mut zhao = house.join("Zhao").await;
    let call = json!({ "type": "call", "queue": "inbound", "tier": "quality" });
    let refused = li.say(call.clone()).await;
    assert_eq!(
        (&refused["type"], &refused["code"]),
        (&json!("error"), &json!("not_allowed")),
        "{refused}"
    );
    zhao.ask(call).await;
    let quality = li.told("sign_in", "quality").await;
    assert_eq!(
        quality["reason"],
        json!({ "code": "order", "by": { "name": "Zhao", "staff_no": "no-Zhao" } })
    );
    zhao.ask(json!({ "type": "release", "queue": "inbound", "instruction": quality["id"] }))
        .await;
    assert_eq!(
        li.told("stand_down", "quality").await["of"],
        quality["id"],
        "nobody had answered it"
    );

    // A pause has a reason and an end; windows begin anew at its end.
    house.reading(7).await;
    house.pass("4m").await;
    let pause = json!({ "for_s": 600, "reason": "a drill" });
    let refused = house.post("Li", "/api/v1/queues/inbound/pause", &pause).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(
        refused.json()["detail"].as_str().unwrap().contains("shift_leader"),
        "{refused:?}"
    );
    assert_eq!(
        house.post("Zhao", "/api/v1/queues/inbound/pause", &pause).await.status,
        200
    );
    let paused = li.notice("paused").await;
    assert_eq!(
        (clock(&paused["until"]), &paused["reason"]),
        ("09:14:00".into(), &json!("a drill"))
    );
    house.pass("10m").await;
    assert_eq!(li.notice("resumed").await.get("by"), None);
    house.pass("4m").await;
    zhao.ask(json!({ "type": "pause", "queue": "inbound", "for_s": 60, "reason": "once more" }))
        .await;
    zhao.ask(json!({ "type": "resume", "queue": "inbound" })).await;
    assert_eq!(li.notice("resumed").await["by"]["name"], "Zhao");
    house.pass("4m59s").await;
    li.hears_no_instruction().await;
    house.pass("1s").await;
    let expert = li.told("sign_in", "expert").await;
    assert_eq!(clock(&expert["at"]), "09:23:00");
    li.done(&expert).await;

    // A known fault that will last calls overtime at once, beside the ladder.
    zhao.ask(
        json!({ "type": "incident", "queue": "inbound", "note": "billing is down", "until": "2026-11-02T04:00:00Z" }),
    )
    .await;
    assert_eq!(clock(&li.notice("incident").await["until"]), "12:00:00");
    let overtime = li.told("overtime", "overtime").await;
    assert_eq!(
        (&overtime["reason"]["code"], &overtime["reason"]["note"]),
        (&json!("incident"), &json!("billing is down"))
    );
    zhao.ask(json!({ "type": "incident_over", "queue": "inbound" })).await;
    li.notice("incident_over").await;
    house.pass("5m").await;
    assert_eq!(
        clock(&li.told("sign_in", "outbound").await["at"]),
        "09:28:00",
        "the ladder goes on from where it was"
    );
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_eight_in_the_evening_the_night_ladder_is_in_force() {
    let mut house = House::open_at("2026-11-02T11:50:00.000Z").await;
    let mut li = house.join("Li").await;
    house.reading(7).await;
    house.pass("5m").await;
    let expert = li.told("sign_in", "expert").await;
    house.pass("1m").await;
    li.done(&expert).await;
    house.pass("4m").await;
    let changed = li.notice("ladder_changed").await;
    assert_eq!(
        (&changed["from"], &changed["to"], clock(&changed["at"])),
        (&json!("day"), &json!("night"), "20:00:00".into())
    );
    // Clocks carry over: five minutes since the experts came. Everyone joins but one of the two supervisors.
    house.pass("1m").await;
    let everyone = li.told("sign_in", "everyone").await;
    assert_eq!(clock(&everyone["at"]), "20:01:00");
    let drawn: Vec<_> = everyone["pools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["pool"].as_str().unwrap(), it["seats"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        drawn,
        [("outbound", 2), ("quality", 1), ("back_office", 1), ("supervisor", 1)]
    );
    li.done(&everyone).await;
    house.reading(5).await;
    for tier in ["everyone", "expert"] {
        house.pass("5m").await;
        let sign_out = li.told("sign_out", tier).await;
        li.done(&sign_out).await;
    }
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_from_which_nothing_follows_is_shown_at_once_and_written_with_the_next() {
    let mut house = House::open_with(|plan| {
        plan["journal"].as_table_mut().unwrap().remove("write_readings_within");
    })
    .await;
    let mut log = Log::of(house.journal());
    let written = |log: &Log| -> Vec<u32> {
        let entries = log.whole();
        let depth = entries.iter().filter_map(|entry| match &entry.record {
            Record::Input(Input::Reading { reading }) => Some(reading.waiting),
            _ => None,
        });
        depth.collect()
    };
    let wait = |house: &House, waiting: u32| {
        house
            .phones
            .reading(json!({ "queue": "inbound", "waiting": waiting, "signed_in": 40 }));
    };
    // Who comes is written down, and takes along what waits: the wall display has come before.
    house.queue("two wait", |queue| queue["waiting"] == 2).await;
    log.until("who looks", |entry| entry.record.kind() == "logged_in").await;
    wait(&house, 3);
    house.queue("three wait", |queue| queue["waiting"] == 3).await;
    assert_eq!(written(&log), [2], "nothing follows from three who wait");
    // A window begins.
    house.reading(8).await;
    assert_eq!(written(&log), [2, 3, 8]);
    wait(&house, 9);
    house.queue("nine wait", |queue| queue["waiting"] == 9).await;
    assert_eq!(written(&log), [2, 3, 8]);
    // A third of the plan's stale_after.
    house.pass_in_silence("5s");
    log.until(
        "a reading in time",
        |entry| matches!(&entry.record, Record::Input(Input::Reading { reading }) if reading.waiting == 9),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_instructions_comes_whole_and_the_floor_follows() {
    const QUEUES: usize = 200;
    const ANSWERED: usize = 10;
    let names: Vec<String> = (0..QUEUES).map(|number| format!("q{number:03}")).collect();
    let mut house = House::open_unseen(house::NINE, |plan| {
        let mut queue = plan["queue"]["inbound"].clone();
        queue.as_table_mut().unwrap().remove("source");
        let queues = names.iter().map(|name| (name.clone(), queue.clone())).collect();
        plan.insert("queue".into(), toml::Value::Table(queues));
        // As many as are asked for, so that each queue gets its people.
        for (_, pool) in plan["pool"].as_table_mut().unwrap() {
            let pool = pool.as_table_mut().unwrap();
            pool.remove("people");
            pool.insert("size".into(), 900.into());
        }
        plan["floor"].as_table_mut().unwrap().remove("physical_seats");
    })
    .await;
    let mut li = house.join("Li").await;
    for name in &names {
        house.phones.reading(json!({ "queue": name, "waiting": 8 }));
    }
    let heard = std::cell::Cell::new(0);
    let all = |entry: &surged::journal::Entry| {
        heard.set(heard.get() + usize::from(entry.record.is_reading()));
        heard.get() >= QUEUES
    };
    Log::of(house.journal()).until("all readings", all).await;
    house.pass("5m").await;
    let mut told = Vec::new();
    while told.len() < QUEUES {
        let it = li.instruction().await;
        if told.len() < ANSWERED {
            // Answers do not wait for the storm to be over.
            li.ask(json!({ "type": "seen", "instruction": it["id"] })).await;
        }
        told.push(it["queue"].as_str().unwrap().to_owned());
    }
    let log = Log::of(house.journal()).whole();
    let mut reached = std::collections::BTreeSet::new();
    for entry in log {
        match entry.record {
            Record::Input(Input::Delivery { instruction, .. }) => drop(reached.insert(instruction)),
            Record::Input(Input::Answer { instruction, .. }) => {
                assert!(
                    reached.contains(&instruction),
                    "answered before it was known to have come"
                );
            }
            _ => {}
        }
    }
    told.sort();
    assert_eq!(told, names);
    // Whoever comes now, whatever the state says by then, knows of all of them.
    let mut wang = house.join("Wang").await;
    let mut known = wang.state["instructions"].as_array().unwrap().len();
    while known < QUEUES {
        wang.instruction().await;
        known += 1;
    }
    house::until("the floor's state", || async {
        let open = house.get("/api/v1/instructions").await.json();
        let delivered = open["instructions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["delivered"] == true);
        (delivered.count() == QUEUES).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_takes_nothing_from_what_the_page_shows_of_the_last_half_hour() {
    let mut house = House::open().await;
    let counted = |waiting: u32, answered: u32| json!({ "waiting": waiting, "signed_in": 40, "answered": answered, "answered_in_target": answered - 5, "abandoned": 3 });
    for (waiting, answered) in [(2, 100), (7, 104), (12, 109), (6, 115)] {
        house.tell(counted(waiting, answered)).await;
        house.queue("it is shown", |queue| queue["waiting"] == waiting).await;
        house.pass("1m10s").await;
    }
    // Two readings of one moment: the later one stands.
    house.tell(counted(8, 116)).await;
    house.queue("it is shown", |queue| queue["waiting"] == 8).await;
    house.tell(counted(4, 117)).await;
    house.queue("it is shown", |queue| queue["waiting"] == 4).await;
    house.pass("10s").await;
    // Nobody sees it for a while.
    house.pass_in_silence("20s");
    house.queue("it is blind", |queue| queue["blind"] == true).await;
    house.pass_in_silence("40s");
    house.tell(counted(9, 122)).await;
    house.queue("it is seen again", |queue| queue["waiting"] == 9).await;
    house.pass("30s").await;
    house.tell(counted(9, 122)).await;
    house
        .queue("its calls are counted", |queue| queue["service"]["over_s"] == 420.0)
        .await;

    let shown = |state: &Value| {
        (
            state["queues"][0]["recent"].clone(),
            state["queues"][0]["service"].clone(),
        )
    };
    let before = shown(&house.join("Li").await.state);
    let depths: Vec<&Value> = before.0.as_array().unwrap().iter().map(|step| &step[1]).collect();
    assert_eq!(json!(depths), json!([2, 7, 12, 6, 8, 4, null, 9]));
    assert_eq!(
        (&before.1["answered"], &before.1["over_s"], &before.1["abandoned"]),
        (&json!(22), &json!(420.0), &json!(0))
    );

    house.stop().await;
    house.start().await;
    house.tell(counted(9, 122)).await;
    house
        .queue("it is seen again", |queue| queue["service"] != Value::Null)
        .await;
    assert_eq!(shown(&house.join("Li").await.state), before);
}
