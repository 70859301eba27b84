//! The written plan end to end, in the floor's words: a phone system on a real socket, supervisors on real sockets, the daemon in
//! between, and a clock that the test moves.

mod house;

use house::{House, Line, get};
use serde_json::{Value, json};

/// What an instruction asks for, without its numbers and times.
fn asks(it: &Value) -> (u64, u64, u64) {
    let seats = &it["seats"];
    let number = |key: &str| seats[key].as_u64().unwrap();
    (number("min"), number("max"), number("ask"))
}

/// The hour and minute in Shanghai, of a time on the wire.
fn clock(it: &Value) -> String {
    let time: jiff::Timestamp = it.as_str().unwrap_or_else(|| panic!("no time: {it}")).parse().unwrap();
    time.in_tz("Asia/Shanghai").unwrap().strftime("%H:%M:%S%.f").to_string()
}

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
    assert_eq!(asks(&expert), (4, 4, 4));
    assert_eq!(
        expert["reason"],
        json!({ "code": "waiting_above", "threshold": 5, "held_s": 300.0, "waiting": 7 })
    );
    assert_eq!((clock(&expert["at"]), clock(&expert["respond_by"])), ("09:05:00".into(), "09:06:00".into()));
    assert_eq!((&expert["of"], expert.get("unlogged")), (&Value::Null, None));
    assert_eq!(wang.instruction().await, expert, "everybody hears the same");
    assert_eq!(zhao.instruction().await, expert);
    li.ask(json!({ "type": "seen", "instruction": expert["id"] })).await;
    assert_eq!(wang.answer("seen", &expert).await["by"], json!({ "name": "Li", "staff_no": "no-Li" }));
    house.pass("1m").await;
    li.done(&expert).await;
    assert_eq!(clock(&zhao.answer("done", &expert).await["at"]), "09:06:00");

    // Step 2: five more minutes once the experts are there. More than ten callers: three seats.
    house.reading(12).await;
    house.pass("5m").await;
    let outbound = zhao.told("sign_in", "outbound").await;
    assert_eq!((asks(&outbound), clock(&outbound["at"])), ((2, 3, 3), "09:11:00".into()));
    assert_eq!((&outbound["pool"], &outbound["people"]), (&json!("outbound"), &json!([])));
    wang.ask(json!({ "type": "seen", "instruction": outbound["id"], "eta_s": 120.0 })).await;
    assert_eq!(li.answer("seen", &outbound).await["eta_s"], json!(120.0));

    // Step 3: five minutes after those on the way are taken to be there. Nobody looks: it goes up to the shift leader.
    house.reading(8).await;
    house.pass("7m").await;
    let quality = zhao.told("sign_in", "quality").await;
    assert_eq!((asks(&quality), clock(&quality["at"])), ((2, 3, 2), "09:18:00".into()));
    wang.done(&outbound).await;
    house.pass("1m").await;
    let passed_up = zhao
        .hear("quality goes up", |it| it["code"] == "passed_up" && it["instruction"] == quality["id"])
        .await;
    assert_eq!((&passed_up["role"], &passed_up["level"]), (&json!("shift_leader"), &json!(1)));
    assert_eq!(clock(&passed_up["respond_by"]), "09:21:00");
    zhao.done(&quality).await;

    // Step 4: more than ten, at once. The shift leader cannot spare the back office.
    house.pass("1m").await;
    house.reading(11).await;
    let back_office = zhao.told("sign_in", "back_office").await;
    assert_eq!((asks(&back_office), clock(&back_office["at"])), ((2, 3, 3), "09:20:00".into()));
    zhao.ask(json!({ "type": "decline", "instruction": back_office["id"], "reason": "month-end closing" })).await;
    assert_eq!(li.answer("declined", &back_office).await["note"], "month-end closing");

    // Step 5: the clocks did not change; more than ten since 09:20.
    house.pass("5m").await;
    let extend = zhao.told("extend_shift", "extend_shift").await;
    assert_eq!((&extend["action"], clock(&extend["at"])), (&json!("extend_shift"), "09:25:00".into()));
    zhao.ask(json!({ "type": "done", "instruction": extend["id"], "seats": 2, "note": "two can stay" })).await;

    // Step 6: overtime. The feed tells no arrivals: the fallback, within the seats that are there.
    house.pass("5m").await;
    let overtime = zhao.told("overtime", "overtime").await;
    assert_eq!((asks(&overtime), clock(&overtime["at"])), ((2, 6, 6), "09:30:00".into()));

    // The way back: nobody has answered the overtime call, so it is stood down after a minute of calm.
    house.reading(3).await;
    house.pass("1m").await;
    let stood_down = zhao.told("stand_down", "overtime").await;
    assert_eq!((&stood_down["of"], clock(&stood_down["at"])), (&overtime["id"], "09:31:00".into()));
    zhao.done(&stood_down).await;

    // Last in, first out, one every five minutes; quality has lost one of its two by then.
    wang.ask(json!({ "type": "left", "instruction": quality["id"], "seats": 1, "reason": "went home ill" })).await;
    for (of, seats, at) in [(&extend, 2, "09:36:00"), (&quality, 1, "09:41:00"), (&outbound, 3, "09:46:00"), (&expert, 4, "09:51:00")] {
        house.pass("5m").await;
        let sign_out = zhao.told("sign_out", of["tier"].as_str().unwrap()).await;
        assert_eq!(sign_out["of"], of["id"]);
        assert_eq!((sign_out["seats"]["ask"].as_u64(), clock(&sign_out["at"])), (Some(seats), at.into()));
        assert_eq!(sign_out["people"], of["people"]);
        assert_eq!(sign_out["reason"]["code"], "waiting_at_most");
        zhao.done(&sign_out).await;
    }
    house.pass("10m").await;
    zhao.hears_no_instruction().await;
    let queue = house.queue("nobody is away", |queue| queue["moves"] == json!([]) && queue["leaving"] == json!([])).await;
    assert_eq!(queue["next"]["tier"], "expert");
    house.stop().await;
}
