//! What must always be true of the core, whatever the day.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;
mod support;

use model::compare::meant;
use model::day::{Day, Step};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use support::log::{Entry, prove};
use support::plan;
use surged_core::ladder::{Mode, Rostered, Seats, Shift, Tier};
use surged_core::{
    Action, Actor, Answer, Core, Counted, Decision, Input, Instruction, InstructionId, Millis, Name, Order, Part, Plan,
    Reading, Reason, Time, What,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariants 5, 6 and the core's part of 7: the same log gives the same bytes, woken whenever, crashed wherever.
    #[test]
    fn the_log_of_any_day_stands(seed: u64, inputs in 1usize..150) {
        let mut watch = Watch::default();
        let end = watch.run(&Day::new(seed).steps(inputs));
        prop_assert_eq!(prove(Time(0), &watch.log, end), Ok(()));
    }

    /// Invariants 2, 3 and 8.
    #[test]
    fn every_instruction_of_any_day_is_sound(seed: u64) {
        let mut watch = Watch::default();
        watch.run(&Day::new(seed).steps(150));
        prop_assert_eq!(watch.faults, Vec::<String>::new());
    }

    /// Invariant 6: before the time at which it wants to be woken, the core has nothing to say and nothing to change.
    #[test]
    fn nothing_happens_before_the_core_wants_to_be_woken(seed: u64, inputs in 1usize..80) {
        let mut core = Core::new(Time(0));
        for (at, input) in Day::new(seed).steps(inputs) {
            core.handle_timeout(Time(at));
            let _ = core.handle(input, Time(at));
            while core.poll_effect().is_some() {}
            let before = without_now(&core);
            let mut woken = core.clone();
            let quiet = core.due_at().min(Time(at + 1000)) - Millis(1);
            woken.handle_timeout(quiet);
            prop_assert_eq!(woken.poll_effect(), None);
            prop_assert_eq!(without_now(&woken), before);
            prop_assert_eq!(core.poll_timeout().map_or(Time::NEVER, |due| due.0), core.due_at());
        }
    }

    /// Nothing from outside brings the core down: times that run backwards, numbers at their ends, names of nobody.
    #[test]
    fn no_input_brings_the_core_down(inputs in prop::collection::vec((any_time(), any_input()), 1..60)) {
        let mut core = Core::new(Time(0));
        for (at, input) in inputs {
            core.handle_timeout(at);
            let _ = core.handle(input, at);
            while let Some(decision) = core.poll_effect() {
                serde_json::to_string(&decision).unwrap();
            }
            core.views();
            core.open_instructions();
        }
        let again: Core = serde_json::from_str(&support::log::bytes(&core)).unwrap();
        prop_assert_eq!(support::log::bytes(&again), support::log::bytes(&core));
    }

    /// Invariant 4: more callers never bring help later.
    #[test]
    fn more_callers_never_bring_help_later(
        tiers in prop::collection::vec((0u32..12, 0i64..40, 1i64..30, answers()), 1..6),
        day in prop::collection::vec((1i64..40, 0u32..14, 0u32..6), 1..60),
    ) {
        let plan = open_ladder(&tiers);
        let policy: BTreeMap<Name, Policy> = tiers.iter().enumerate().map(|(index, tier)| (name(index), tier.3)).collect();
        let fewer: Vec<(i64, u32)> = day.iter().map(|&(after, depth, _)| (after, depth)).collect();
        let more: Vec<(i64, u32)> = day.iter().map(|&(after, depth, extra)| (after, depth + extra)).collect();
        let (with_fewer, with_more) = (first_calls(&plan, &fewer, &policy), first_calls(&plan, &more, &policy));
        for (tier, called) in &with_fewer {
            let sooner = with_more.get(tier);
            prop_assert!(
                sooner.is_some_and(|sooner| sooner <= called),
                "{tier} was called at {called:?} with fewer callers and at {sooner:?} with more"
            );
        }
    }
}

/// Runs a day and keeps its log, and what is wrong with it.
#[derive(Default)]
struct Watch {
    log: Vec<Entry>,
    calls: BTreeMap<u64, Instruction>,
    /// The last number of an instruction or of a move that a count found.
    last: u64,
    /// Moves that a count found, and everybody whom people named.
    found: BTreeMap<u64, Name>,
    named: BTreeSet<Name>,
    faults: Vec<String>,
}

impl Watch {
    fn run(&mut self, steps: &[Step]) -> Time {
        let mut core = Core::new(Time(0));
        let end = Time(steps.last().map_or(0, |step| step.0) + 500);
        for (at, input) in steps {
            core.handle_timeout(Time(*at));
            self.look(&mut core);
            let given = self.calls.keys().last().copied().unwrap_or_default();
            let Some(input) = meant(input, given) else { continue };
            if core.handle(input.clone(), Time(*at)).is_ok() {
                self.name(&input);
                self.log.push(Entry::Input(Time(*at), input));
                self.look(&mut core);
            }
        }
        core.handle_timeout(end);
        self.look(&mut core);
        end
    }

    fn look(&mut self, core: &mut Core) {
        let decisions: Vec<Decision> = std::iter::from_fn(|| core.poll_effect()).collect();
        for (index, decision) in decisions.iter().enumerate() {
            self.log.push(Entry::Decision(decision.clone()));
            if let What::Counted { found, .. } = &decision.what {
                let numbers = found.iter().map(|one| (one.instruction.0, one.tier.clone()));
                self.found.extend(numbers);
                self.last = found.iter().map(|one| one.instruction.0).fold(self.last, u64::max);
            }
            let What::Instruct { instruction, .. } = &decision.what else {
                continue;
            };
            let later = &decisions[index + 1..];
            let lost_later = later
                .iter()
                .any(|other| other.queue == decision.queue && matches!(other.what, What::FeedLost { .. }));
            let blind = core
                .view(&decision.queue)
                .is_some_and(|view| view.blind_since.is_some());
            self.check(
                blind && !lost_later && instruction.by.is_none(),
                "acts while blind",
                decision,
            );
            self.check(instruction.seats.ask == 0, "asks nobody", decision);
            self.check(instruction.at != decision.at, "is of another time", decision);
            self.check(instruction.id.0 != self.last + 1, "is out of number", decision);
            self.last = instruction.id.0;
            if instruction.action.brings_people() {
                self.check(instruction.of.is_some(), "calls of something", decision);
            } else {
                self.goes_back(core, instruction, decision);
            }
            self.calls.insert(instruction.id.0, instruction.clone());
        }
    }

    /// Only people asked before, of the same queue and tier, last in first out; and they are off the stack, so once.
    fn goes_back(&mut self, core: &Core, back: &Instruction, decision: &Decision) {
        let Some(of) = back.of else {
            return self.check(true, "is of nothing", decision);
        };
        let moves = core.view(&back.queue).map(|view| view.moves).unwrap_or_default();
        let stands = moves.iter().find(|one| one.instruction == of);
        let mut going = back.parts.iter().flat_map(|part| &part.people);
        let on_stack =
            |person: &Name| stands.is_some_and(|one| one.parts.iter().any(|part| part.people.contains(person)));
        self.check(going.any(on_stack), "leaves its people on the stack", decision);
        if let Some(tier) = self.found.get(&of.0) {
            return self.check(*tier != back.tier, "is of something else", decision);
        }
        let Some(call) = self.calls.get(&of.0).cloned() else {
            return self.check(true, "is of nothing", decision);
        };
        let same = call.queue == back.queue && call.tier == back.tier && call.action.brings_people();
        self.check(!same, "is of something else", decision);
        let asked =
            |person: &Name| self.named.contains(person) || call.parts.iter().any(|part| part.people.contains(person));
        let strangers = back
            .parts
            .iter()
            .flat_map(|part| &part.people)
            .any(|person| !asked(person));
        self.check(strangers, "names people who were not asked", decision);
        let on_top = moves
            .iter()
            .any(|one| one.instruction > call.id && one.instruction < back.id);
        let in_turn = back.by.is_none() && !matches!(back.reason, Reason::MaxStay { .. });
        self.check(in_turn && on_top, "is not the last in", decision);
    }

    /// Whom people name themselves may go back without having been asked.
    fn name(&mut self, input: &Input) {
        match input {
            Input::Answer {
                answer: Answer::Done {
                    people: Some(people), ..
                },
                ..
            } => self.named.extend(people.iter().cloned()),
            Input::Order {
                order: Order::Count { moves, extra, .. },
                ..
            } => {
                self.named.extend(moves.iter().flat_map(|one| one.people.clone()));
                self.named.extend(extra.iter().flat_map(|part| part.people.clone()));
            }
            _ => {}
        }
    }

    fn check(&mut self, wrong: bool, words: &str, decision: &Decision) {
        if wrong {
            self.faults.push(format!("{decision:?} {words}"));
        }
    }
}

/// What somebody does about a tier, and how long after it was called.
type Policy = (u8, i64);

fn answers() -> impl Strategy<Value = Policy> {
    (0u8..3, 0i64..40)
}

fn name(tier: usize) -> Name {
    Name::from(format!("tier{tier}"))
}

/// Open conditions on depth, no caps, and a release that never comes.
fn open_ladder(tiers: &[(u32, i64, i64, Policy)]) -> Plan {
    let mut plan = plan::written();
    plan.physical_seats = None;
    plan.feeds.insert("hotline".into(), plan::feed(1_000_000, 1_000_000));
    plan.pools.insert("many".into(), plan::size(1_000_000));
    let tiers = tiers
        .iter()
        .enumerate()
        .map(|(index, &(above, hold, settle_within, _))| {
            let mut when = plan::above(above, 0);
            when.hold = Millis(hold);
            let settle_within = Some(Millis(settle_within));
            Tier {
                settle_within,
                ..plan::tier(name(index).as_str(), "many", plan::seats(1, 2), when)
            }
        });
    let mut ladder = plan::ladder(tiers.collect());
    ladder.release.when.hold = Millis::from_mins(1_000_000);
    ladder.stand_down_after = Millis::from_mins(1_000_000);
    plan.ladders = BTreeMap::from([("day".into(), ladder)]);
    plan
}

/// When each tier was first called on a day of (after, depth).
fn first_calls(plan: &Plan, day: &[(i64, u32)], policy: &BTreeMap<Name, Policy>) -> BTreeMap<Name, Time> {
    let mut core = Core::new(Time(0));
    core.handle(
        Input::Configured {
            plan: Arc::new(plan.clone()),
        },
        Time(0),
    )
    .unwrap();
    let mut first = BTreeMap::new();
    let mut answers: Vec<(Time, InstructionId, u8)> = Vec::new();
    let mut at = Time(0);
    let readings = day
        .iter()
        .map(|&(after, depth)| (after, Some(depth)))
        .chain([(1000, None)]);
    for (after, depth) in readings {
        let next = at + Millis(after);
        while at < next {
            at = at + Millis(1);
            core.handle_timeout(at);
            called(&mut core, at, policy, &mut first, &mut answers);
            while let Some(due) = answers.iter().position(|answer| answer.0 <= at) {
                let (_, instruction, what) = answers.remove(due);
                let answer = match what {
                    1 => support::floor::done(),
                    _ => Answer::Declined {
                        reason: "no".to_owned(),
                    },
                };
                let _ = core.handle(
                    Input::Answer {
                        sure: false,
                        instruction,
                        by: actor(),
                        answer,
                    },
                    at,
                );
                called(&mut core, at, policy, &mut first, &mut answers);
            }
        }
        if let Some(depth) = depth {
            core.handle(
                Input::Reading {
                    reading: Reading::of("inbound", depth),
                },
                at,
            )
            .unwrap();
            called(&mut core, at, policy, &mut first, &mut answers);
        }
    }
    first
}

fn called(
    core: &mut Core,
    at: Time,
    policy: &BTreeMap<Name, Policy>,
    first: &mut BTreeMap<Name, Time>,
    answers: &mut Vec<(Time, InstructionId, u8)>,
) {
    while let Some(decision) = core.poll_effect() {
        if let What::Instruct { instruction, .. } = decision.what {
            assert_eq!(instruction.action, Action::SignIn);
            first.entry(instruction.tier.clone()).or_insert(at);
            let (what, after) = policy[&instruction.tier];
            if what > 0 {
                answers.push((at + Millis(after), instruction.id, what));
            }
            core.handle(
                Input::Delivery {
                    instruction: instruction.id,
                    reached: true,
                },
                at,
            )
            .unwrap();
        }
    }
}

// ---- absurd inputs

fn any_time() -> impl Strategy<Value = Time> {
    prop_oneof![
        4 => (0i64..2_000_000).prop_map(Time),
        1 => any::<i64>().prop_map(Time),
        1 => prop_oneof![Just(Time(i64::MIN)), Just(Time(i64::MAX - 1)), Just(Time(0)), Just(Time(-1))],
    ]
}

fn any_span() -> impl Strategy<Value = Millis> {
    prop_oneof![
        (0i64..600_000).prop_map(Millis),
        any::<i64>().prop_map(Millis),
        Just(Millis(i64::MAX)),
        Just(Millis(i64::MIN))
    ]
}

fn any_number() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..20, 1 => Just(u32::MAX), 1 => any::<u32>()]
}

fn any_name(known: &'static [&'static str]) -> impl Strategy<Value = Name> {
    prop_oneof![6 => prop::sample::select(known).prop_map(Name::from), 1 => ".{0,4}".prop_map(Name::from)]
}

fn a_queue() -> impl Strategy<Value = Name> {
    any_name(&["inbound", "sales"])
}

fn a_person() -> impl Strategy<Value = Name> {
    any_name(&["E01", "E02", "E03", "E04"])
}

fn a_tier() -> impl Strategy<Value = Name> {
    any_name(&[
        "expert",
        "outbound",
        "quality",
        "back_office",
        "extend_shift",
        "overtime",
        "everyone",
        "standby",
    ])
}

fn an_instruction() -> impl Strategy<Value = InstructionId> {
    prop_oneof![8 => 0u64..12, 1 => any::<u64>()].prop_map(InstructionId)
}

fn any_input() -> impl Strategy<Value = Input> {
    let feed = || any_name(&["hotline"]);
    prop_oneof![
        2 => any_plan().prop_map(|plan| Input::Configured { plan: Arc::new(plan) }),
        8 => any_reading().prop_map(|reading| Input::Reading { reading }),
        1 => (a_queue(), any_name(&["day", "night", "holiday"])).prop_map(|(queue, ladder)| Input::LadderInForce { queue, ladder }),
        1 => feed().prop_map(|feed| Input::FeedConnected { feed }),
        2 => feed().prop_map(|feed| Input::Heartbeat { feed }),
        1 => feed().prop_map(|feed| Input::SourceLost { feed, why: String::new() }),
        1 => a_queue().prop_map(|queue| Input::QueueMissing { queue }),
        1 => any_time().prop_map(|until| Input::StoodStill { until }),
        3 => (an_instruction(), any::<bool>()).prop_map(|(instruction, reached)| Input::Delivery { instruction, reached }),
        8 => (an_instruction(), any_answer()).prop_map(|(instruction, answer)| Input::Answer { instruction, by: actor(), answer, sure: false }),
        6 => any_order().prop_map(|order| Input::Order { by: actor(), order }),
    ]
}

fn any_reading() -> impl Strategy<Value = Reading> {
    let known = (
        prop::option::of(any_number()),
        prop::option::of(any_span()),
        prop::option::of(any_time()),
        prop::option::of(any::<u64>()),
    );
    let people = prop::option::of(prop::collection::vec(a_person(), 0..4));
    (a_queue(), any_number(), known, people).prop_map(
        |(queue, waiting, (signed_in, longest_wait, at, offered), people)| {
            let busy = |person| surged_core::Agent {
                person,
                state: surged_core::AgentState::Busy,
            };
            let agents = people.map(|people| people.into_iter().map(busy).collect());
            Reading {
                at,
                signed_in,
                longest_wait,
                agents,
                offered,
                ..Reading::of(queue, waiting)
            }
        },
    )
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let people = || prop::collection::vec(a_person(), 0..4);
    let reason = String::new;
    prop_oneof![
        prop::option::of(any_span()).prop_map(|eta| Answer::Seen { eta }),
        (prop::option::of(any_number()), prop::option::of(people())).prop_map(|(seats, people)| Answer::Done {
            seats,
            people,
            note: None
        }),
        Just(Answer::Declined { reason: reason() }),
        (people(), prop::option::of(any_number())).prop_map(move |(people, seats)| Answer::Left {
            people,
            seats,
            reason: reason()
        }),
        Just(Answer::Escalate { note: reason() }),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    let reason = || "because".to_owned();
    prop_oneof![
        4 => (a_queue(), prop::option::of(a_tier()), prop::option::of(any_number()))
            .prop_map(|(queue, tier, seats)| Order::Call { queue, tier, seats, hold: None }),
        2 => (a_queue(), a_tier()).prop_map(|(queue, tier)| Order::Approve { queue, tier }),
        1 => (a_queue(), a_tier()).prop_map(move |(queue, tier)| Order::Refuse { queue, tier, reason: reason() }),
        3 => any_count(),
        3 => (a_queue(), an_instruction()).prop_map(|(queue, instruction)| Order::Release { queue, instruction }),
        1 => (a_queue(), any_span()).prop_map(move |(queue, lasting)| Order::Pause { queue, lasting, reason: reason() }),
        1 => a_queue().prop_map(|queue| Order::Resume { queue }),
        1 => (a_queue(), any_time()).prop_map(move |(queue, until)| Order::Incident { queue, note: reason(), until }),
        1 => a_queue().prop_map(|queue| Order::IncidentOver { queue }),
    ]
}

fn any_count() -> impl Strategy<Value = Order> {
    let people = || prop::collection::vec(a_person(), 0..3);
    let counted = (an_instruction(), any_number(), people());
    let counted = counted.prop_map(|(instruction, seats, people)| Counted {
        instruction,
        seats: if people.is_empty() { seats } else { people.len() as u32 },
        people,
    });
    let pool = prop::option::of(any_name(&["expert", "outbound", "quality", "standby"]));
    let part = (pool, any_number(), people()).prop_map(|(pool, seats, people)| Part {
        pool,
        seats: if people.is_empty() { seats } else { people.len() as u32 },
        people,
    });
    let (moves, extra) = (prop::collection::vec(counted, 0..3), prop::collection::vec(part, 0..3));
    (a_queue(), moves, extra).prop_map(|(queue, moves, extra)| Order::Count { queue, moves, extra })
}

/// The caps of a plan, its modes and shifts. Nothing that comes again and again, by which a leap to the end of time would take
/// for ever: nobody goes back one by one, nobody is asked again, and a stay takes half of all time.
fn capped(plan: &mut Plan, number: u32, span: Millis, mode: Mode, from: Time) {
    for ladder in plan.ladders.values_mut() {
        ladder.max_borrowed = Some(number.max(1));
        ladder.ask_again_after = Millis::MAX;
    }
    for pool in plan.pools.values_mut() {
        (pool.rest_between, pool.max_stay) = (span, Some(Millis(i64::MAX / 2)));
        pool.home = Some("sales".into());
    }
    for queue in plan.queues.values_mut() {
        queue.mode = mode;
        queue.max_moves_per_hour = Some(number.max(1));
        queue.lend_only_while = Some(number);
    }
    let shift = Shift {
        from,
        to: from + span,
        day_left: span,
        week_left: Millis::MAX,
        week_from: from,
    };
    plan.roster = ["E01", "E03", "X01"]
        .map(|person| Rostered {
            person: person.into(),
            shifts: vec![shift],
        })
        .to_vec();
}

/// The written plan with numbers at their ends. Spans of a plan are never negative: `config` sees to that.
fn any_plan() -> impl Strategy<Value = Plan> {
    let span = || prop_oneof![2 => (1i64..600_000).prop_map(Millis), 1 => Just(Millis(i64::MAX))];
    let sizes = (any_number(), any_number(), any_number(), prop::option::of(any_number()));
    let mode = prop::sample::select(&[Mode::Live, Mode::Approve, Mode::Shadow][..]);
    let caps = prop::option::of((any_number(), span(), mode, 0i64..1_000_000));
    (
        sizes,
        span(),
        span(),
        span(),
        0usize..4,
        any::<bool>(),
        any_number(),
        caps,
    )
        .prop_map(
            |((size, keep, ask, physical), hold, settle, stale, levels, sales, min, caps)| {
                let mut plan = plan::written();
                plan.physical_seats = physical;
                plan.chain.truncate(levels);
                plan.chain.iter_mut().for_each(|level| level.respond_within = settle);
                *plan::pool(&mut plan, "outbound") = surged_core::ladder::Pool {
                    keep,
                    ..plan::size(size)
                };
                plan::ladder_of(&mut plan, "day").settle_within = settle;
                plan::ladder_of(&mut plan, "day").ask_max_above = ask;
                plan::day_tier(&mut plan, "expert").when.hold = hold;
                plan::day_tier(&mut plan, "quality").seats = plan::seats(min, min.saturating_add(1));
                plan::day_tier(&mut plan, "back_office").seats = Seats::All;
                let limits = plan.feeds.get_mut("hotline").unwrap();
                (limits.stale_after, limits.forget_after) = (stale, hold);
                if sales {
                    plan.queues.insert("sales".into(), plan::queue("night", i32::MIN));
                }
                if let Some((number, span, mode, from)) = caps {
                    capped(&mut plan, number, span, mode, Time(from));
                }
                plan
            },
        )
}

fn actor() -> Actor {
    Actor {
        name: "Li Na".to_owned(),
        staff_no: "S01".to_owned(),
        role: "shift_leader".into(),
    }
}

fn without_now(core: &Core) -> serde_json::Value {
    let mut state = serde_json::to_value(core).unwrap();
    state.as_object_mut().unwrap().remove("now");
    state
}
