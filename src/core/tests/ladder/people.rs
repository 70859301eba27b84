//! "Pools by name": who is asked is fair, rests, is on duty, and does not stay too long; whose shift is made longer.

use crate::support::floor::done;
use crate::support::{Floor, plan};
use surged_core::ladder::{Extend, Plan, Rostered, Shift, Step};
use surged_core::{Action, Chosen, Instruction, Millis, Name, Reading, Time};

/// The expert tier asks for two of its four, and nothing else is on the ladder.
fn two_experts(plan: &mut Plan) {
    plan.chain.clear();
    plan::ladder_of(plan, "day").tiers.truncate(1);
    plan::day_tier(plan, "expert").seats = plan::seats(2, 2);
}

/// A surge that begins now, is called after five minutes and is over after eleven; the people are back at once.
fn surge(floor: &mut Floor, begins: &str, called: &str, calm: &str, over: &str, who: [&str; 2]) {
    floor.at(begins).waiting("inbound", 6);
    floor.at(called).expect_sign_in("expert", who);
    floor.done("expert");
    floor.at(calm).waiting("inbound", 0);
    floor.at(over).expect_sign_out("expert", who);
    floor.done("expert");
}

fn chosen(instruction: &Instruction) -> Vec<(&str, bool, u32)> {
    let each = |one: &Chosen| (one.asked_at.is_some(), one.times);
    let chosen = instruction.chosen.iter();
    chosen
        .map(|one| (one.person.as_str(), each(one).0, each(one).1))
        .collect()
}

#[test]
fn who_was_asked_least_recently_is_asked_first_and_it_is_said_why() {
    let mut floor = Floor::with(two_experts);
    floor.at("00:00").waiting("inbound", 0);
    surge(&mut floor, "00:01", "05:01", "06:00", "11:00", ["E01", "E02"]);
    surge(&mut floor, "12:00", "17:00", "18:00", "23:00", ["E03", "E04"]);
    surge(&mut floor, "24:00", "29:00", "30:00", "35:00", ["E01", "E02"]);
    let third = floor.instruction("expert", |action| action == Action::SignIn);
    assert_eq!(chosen(third), [("E01", true, 1), ("E02", true, 1)]);
}

#[test]
fn a_plan_that_is_put_back_finds_who_was_asked_as_they_were() {
    let mut floor = Floor::with(two_experts);
    floor.at("00:00").waiting("inbound", 0);
    surge(&mut floor, "00:01", "05:01", "06:00", "11:00", ["E01", "E02"]);
    floor
        .at("11:10")
        .reload(|plan| plan::pool(plan, "expert").people.clear());
    floor.at("11:20").reload(|plan| {
        plan::pool(plan, "expert").people = ["E01", "E02", "E03", "E04"].map(Name::from).into();
    });
    floor.at("12:00").waiting("inbound", 6);
    floor.at("17:00").expect_sign_in("expert", ["E03", "E04"]);
    floor.done("expert").at("18:00").waiting("inbound", 0);
    floor.at("23:00").expect_sign_out("expert", ["E03", "E04"]);
    floor.done("expert").at("24:00").waiting("inbound", 6);
    floor.at("29:00").expect_sign_in("expert", ["E01", "E02"]);
    let asked = floor.instruction("expert", |action| action == Action::SignIn);
    assert_eq!(chosen(asked), [("E01", true, 1), ("E02", true, 1)]);
}

#[test]
fn a_person_rests_after_going_back_and_who_has_rested_comes_first() {
    let mut floor = Floor::with(|plan| {
        two_experts(plan);
        plan::pool(plan, "expert").rest_between = Millis::from_mins(10);
        plan::pool(plan, "expert").people.truncate(2);
    });
    floor.at("00:00").waiting("inbound", 0);
    surge(&mut floor, "00:01", "05:01", "06:00", "11:00", ["E01", "E02"]);
    floor.at("12:00").waiting("inbound", 6);
    let skipped = floor.at("17:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "resting");
    // Called in the very millisecond in which the rest is over: they went back at 11:00.
    floor.at("21:00").expect_sign_in("expert", ["E01", "E02"]);
}

#[test]
fn an_order_by_hand_does_not_break_a_rest() {
    let mut floor = Floor::with(|plan| {
        two_experts(plan);
        plan::pool(plan, "expert").rest_between = Millis::from_mins(60);
        plan::pool(plan, "expert").people.truncate(3);
    });
    floor.at("00:00").waiting("inbound", 0);
    surge(&mut floor, "00:01", "05:01", "06:00", "11:00", ["E01", "E02"]);
    floor.call("inbound", "expert").expect_sign_in("expert", ["E03"]);
}

#[test]
fn people_go_back_after_the_longest_stay_whatever_waits_and_others_come() {
    let mut floor = Floor::with(|plan| {
        two_experts(plan);
        let expert = plan::pool(plan, "expert");
        expert.max_stay = Some(Millis::from_mins(20));
        expert.rest_between = Millis::from_mins(60);
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.done("expert");
    floor.at("25:00").expect_sign_out("expert", ["E01", "E02"]);
    let why = &floor.instruction("expert", |action| action == Action::SignOut).reason;
    assert_eq!(why.code(), "max_stay");
    floor.done("expert");
    // The window begins anew with the change of the stack.
    floor.at("30:00").expect_sign_in("expert", ["E03", "E04"]);
}

#[test]
fn of_a_move_from_several_pools_only_those_go_back_who_have_stayed_too_long() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        let tier = plan::day_tier(plan, "expert");
        tier.pools = vec![Name::from("expert"), Name::from("quality")];
        tier.seats = plan::seats(6, 6);
        plan::pool(plan, "expert").max_stay = Some(Millis::from_mins(20));
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", 6);
    floor.done("expert");
    floor
        .at("25:00")
        .expect_sign_out("expert", ["E01", "E02", "E03", "E04"]);
    floor.expect_stack("inbound", &["expert"]).expect_lent("quality", 2);
    // Declined: they are put back to the rest of their move.
    floor.declined("expert").expect_lent("expert", 4);
    let view = floor.view("inbound");
    assert_eq!((view.moves.len(), view.leaving.len()), (1, 0));
    assert_eq!(view.moves[0].parts.iter().map(|part| part.seats).sum::<u32>(), 6);
    // "Keep them" holds for as long again.
    floor
        .at("45:00")
        .expect_sign_out("expert", ["E01", "E02", "E03", "E04"]);
}

#[test]
fn a_release_one_by_one_takes_the_last_asked_first_a_person_a_window() {
    let mut floor = Floor::with(|plan| {
        two_experts(plan);
        plan::ladder_of(plan, "day").release.step = Step::Person;
    });
    floor.at("00:00").waiting("inbound", 6);
    floor.at("05:00").expect_sign_in("expert", ["E01", "E02"]);
    floor.done("expert");
    floor.at("06:00").waiting("inbound", 3);
    floor.at("11:00").expect_sign_out("expert", ["E02"]);
    floor.expect_stack("inbound", &["expert"]).done("expert");
    floor.at("16:00").expect_sign_out("expert", ["E01"]);
    floor.expect_stack("inbound", &[]).done("expert");
    floor.at("21:00").expect_said("surge_over");
}

// ---- the roster

fn shift(floor: Time, from: i64, to: i64) -> Shift {
    Shift {
        from: floor + Millis::from_mins(from),
        to: floor + Millis::from_mins(to),
        day_left: Millis::MAX,
        week_left: Millis::MAX,
        week_from: floor,
    }
}

/// People with shifts, in minutes since the floor's midnight.
pub fn roster(midnight: Time, people: &[(&str, &[(i64, i64)])]) -> Vec<Rostered> {
    let shifts = |shifts: &[(i64, i64)]| shifts.iter().map(|&(from, to)| shift(midnight, from, to)).collect();
    let mut roster: Vec<Rostered> = people
        .iter()
        .map(|(person, of)| Rostered {
            person: Name::from(*person),
            shifts: shifts(of),
        })
        .collect();
    roster.sort_by(|one, other| one.person.cmp(&other.person));
    roster
}

pub fn midnight() -> Time {
    Floor::new().now()
}

#[test]
fn a_person_off_duty_is_not_asked() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan.roster = roster(midnight(), &[("E01", &[(-60, 3)]), ("E03", &[(0, 600)])]);
    });
    floor.at("00:00").waiting("inbound", 6);
    // E01 has gone home, E02 and E04 are not in the roster.
    floor.at("05:00").expect_sign_in("expert", ["E02", "E03", "E04"]);
    let chosen = &floor.instruction("expert", |_| true).chosen;
    assert_eq!(chosen[1].until, Some(midnight() + Millis::from_mins(600)));
}

#[test]
fn a_tier_whose_people_are_off_duty_is_called_when_the_first_comes_on() {
    let mut floor = Floor::with(|plan| {
        plan.chain.clear();
        plan::ladder_of(plan, "day").tiers.truncate(1);
        plan.roster = roster(
            midnight(),
            &[
                ("E01", &[(20, 60)]),
                ("E02", &[(30, 60)]),
                ("E03", &[(40, 60)]),
                ("E04", &[]),
            ],
        );
    });
    floor.at("00:00").waiting("inbound", 6);
    let skipped = floor.at("05:00").take_said("tier_skipped");
    assert_eq!(skipped["why"]["why"], "off_duty");
    assert_eq!(skipped["why"]["until"], (midnight() + Millis::from_mins(20)).0);
    floor.at("20:00").expect_sign_in("expert", ["E01"]);
    let people = floor.core.people();
    let on_duty: Vec<bool> = people.iter().map(|person| person.on_duty).collect();
    assert_eq!(on_duty, [true, false, false, false]);
    assert_eq!(people[0].lent_to, Some(Name::from("inbound")));
}

fn only_longer_shifts(plan: &mut Plan) {
    plan.chain.clear();
    plan::ladder_of(plan, "day")
        .tiers
        .retain(|tier| tier.action == Action::ExtendShift);
    plan::ladder_of(plan, "day").tiers[0].extend = Extend {
        ends_within: Millis::from_mins(60),
        by: Millis::from_mins(120),
    };
}

#[test]
fn people_on_the_phones_whose_shift_ends_soon_are_asked_to_stay() {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        plan.roster = roster(
            midnight(),
            &[
                ("P1", &[(-400, 30)]),
                // Ends too late, has ended, and begins again before the longer shift would end.
                ("P2", &[(-400, 66)]),
                ("P3", &[(-400, 1)]),
                ("P4", &[(-400, 30), (149, 200)]),
                // Ends in an hour from when they are asked.
                ("P5", &[(-400, 65)]),
                // Begins again in the very minute.
                ("P6", &[(-400, 30), (150, 200)]),
            ],
        );
    });
    floor.at("00:00").waiting("inbound", 11);
    floor
        .at("05:00")
        .expect(Action::ExtendShift, "extend_shift", ["P1", "P5", "P6"]);
    floor.done("extend_shift");
}

#[test]
fn nobody_stays_past_the_hours_of_their_day_and_week() {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        let mut people = roster(
            midnight(),
            &[("P1", &[(-400, 30)]), ("P2", &[(-400, 30)]), ("P3", &[(-400, 30)])],
        );
        people[0].shifts[0].day_left = Millis::from_mins(119);
        people[1].shifts[0].week_left = Millis::from_mins(119);
        people[2].shifts[0].week_left = Millis::from_mins(120);
        plan.roster = people;
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", ["P3"]);
}

/// P1 has two shifts and an hour less than two longer ones to work this week; the first is made longer, or not, and calm comes.
fn stayed_longer(answer: impl FnOnce(&mut Floor)) -> Floor {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        let mut people = roster(midnight(), &[("P1", &[(-400, 30), (600, 690)])]);
        for shift in &mut people[0].shifts {
            shift.week_left = Millis::from_mins(180);
        }
        plan.roster = people;
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", ["P1"]);
    answer(&mut floor);
    floor.at("10:00").waiting("inbound", 0);
    floor.at("15:00").expect_sign_out("extend_shift", ["P1"]);
    floor.done("extend_shift");
    floor.at("20:00").expect_said("surge_over");
    // Another plan forgets nobody who is in the roster.
    floor.reload(|_| ());
    floor.at("11:00:00").waiting("inbound", 11).at("11:05:00");
    floor
}

#[test]
fn what_somebody_stayed_longer_this_week_is_taken_off_their_hours() {
    let said_so = |floor: &mut Floor| {
        floor.done("extend_shift");
    };
    let had_seen_it = |floor: &mut Floor| {
        floor.seen("extend_shift");
    };
    let mut floors = [stayed_longer(said_so), stayed_longer(had_seen_it)];
    for floor in &mut floors {
        let skipped = floor.take_said("tier_skipped");
        assert_eq!(skipped["why"]["why"], "nobody_stays");
    }
}

#[test]
fn who_has_stayed_longer_least_recently_is_asked_first() {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        plan::ladder_of(plan, "day").tiers[0].seats = plan::seats(1, 1);
        plan.roster = roster(midnight(), &[("P1", &[(-400, 30), (600, 690)]), ("P2", &[(500, 700)])]);
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", ["P1"]);
    floor.done("extend_shift").waiting("inbound", 0);
    floor.at("10:00").expect_sign_out("extend_shift", ["P1"]);
    floor.done("extend_shift");
    floor.at("15:00").expect_said("surge_over");
    floor.at("11:00:00").waiting("inbound", 11);
    floor.at("11:05:00").expect(Action::ExtendShift, "extend_shift", ["P2"]);
}

#[test]
fn longer_shifts_leave_a_seat_to_everybody_who_comes_after() {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        plan.physical_seats = Some(3);
        plan.roster = roster(
            midnight(),
            &[
                ("P1", &[(-400, 30)]),
                ("P2", &[(-400, 30)]),
                ("N1", &[(30, 500)]),
                ("N2", &[(30, 500)]),
            ],
        );
    });
    floor.at("00:00").waiting("inbound", 11);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", ["P1"]);
}

#[test]
fn where_the_feed_names_who_is_on_the_phones_only_they_are_asked_to_stay() {
    let mut floor = Floor::with(|plan| {
        only_longer_shifts(plan);
        plan.roster = roster(midnight(), &[("P1", &[(-400, 30)]), ("P2", &[(-400, 30)])]);
    });
    floor.at("00:00").waiting_among("inbound", 11, &["P2", "P9"]);
    floor.at("05:00").expect(Action::ExtendShift, "extend_shift", ["P2"]);
}

// ---- proof by the feed

#[test]
fn a_done_that_the_feed_does_not_show_is_asked_about_once() {
    let mut floor = Floor::with(two_experts);
    floor.at("00:00").waiting_with("inbound", 6, 20);
    floor.at("05:00").expect_sign_in("expert", 2);
    floor.at("05:10").done("expert").waiting_with("inbound", 6, 21);
    let asked = floor.at("08:10").take_said("not_shown");
    assert_eq!((&asked["seats"], &asked["shown"]), (&2.into(), &1.into()));
    assert!(floor.view("inbound").moves[0].not_shown);
    // "They are there": taken for true, and not asked about again.
    let instruction = floor.latest("expert");
    floor.at("09:00").answer(instruction, done());
    assert!(!floor.view("inbound").moves[0].not_shown);
    floor.at("20:00").expect_unsaid("not_shown");
}

#[test]
fn a_done_that_shows_in_time_or_cannot_show_is_not_asked_about() {
    let mut floor = Floor::with(two_experts);
    floor.at("00:00").waiting_with("inbound", 6, 20);
    floor.at("05:00").expect_sign_in("expert", 2);
    floor.done("expert").at("07:00").waiting_with("inbound", 6, 22);
    floor.expect_said("settled").at("30:00").expect_unsaid("not_shown");

    let mut floor = Floor::with(two_experts);
    floor.at("00:00").reads(Reading::of("inbound", 6));
    floor.at("05:00").expect_sign_in("expert", 2);
    floor.done("expert").at("30:00").expect_unsaid("not_shown");
}
