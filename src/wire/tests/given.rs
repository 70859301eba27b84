//! What messages are made of: nothing of it is at its default, and no two fields that could be taken for each other are alike.

use crate::core::ladder::{
    Extend, Judge, Ladder, Mode, Plan, QueuePlan, Release, Seats, Step, Target, Threshold, Tier, When,
};
use crate::core::{
    Action, Actor, Approval, Ask, Began, CallsPerHour, Chosen, Clock, Conflict, Incident, Instruction, InstructionId,
    Judged, Millis, Missing, MoveView, Name, NextTier, Origin, Part, Pause, QueueView, Reason, Refusal, Requirement,
    Reserve, Shortage, Standing, TierView, Time,
};
use std::collections::BTreeMap;

pub fn at(minutes: i64) -> Time {
    Time(1_793_589_900_000) + Millis::from_mins(minutes)
}

pub fn by(name: &str) -> Actor {
    Actor {
        name: name.into(),
        staff_no: format!("number of {name}"),
        role: "supervisor".into(),
    }
}

pub fn people(of: &str) -> Vec<Name> {
    [1, 2].map(|number| Name::from(format!("{of} {number}"))).to_vec()
}

pub fn part(pool: &str) -> Part {
    Part {
        pool: Some(pool.into()),
        seats: 2,
        people: people(pool),
    }
}

pub fn reason() -> Reason {
    Reason::LongestWaitAbove {
        threshold: Millis(60_000),
        measured: Some(75.5),
        held: Millis(300_000),
        waiting: 8,
        judged: Judged::Mean { mean: Some(65.5) },
    }
}

pub fn requirement() -> Requirement {
    Requirement {
        calls_per_hour: Some(CallsPerHour {
            value: 920,
            origin: Origin::Measured,
        }),
        handle_time: Some(Millis(180_000)),
        patience: Some(Millis(90_000)),
        target: Some(Target {
            answered: 0.9,
            within: Millis(20_000),
        }),
        signed_in: Some(40),
        paused: Some(2),
        on_their_way: 3,
        free_seats: Some(9),
        required: Some(63),
        reachable: Some(true),
        missing: vec![Missing::Bounds],
    }
}

pub fn instruction() -> Instruction {
    Instruction {
        id: InstructionId(4),
        at: at(1),
        queue: "inbound".into(),
        action: Action::StandDown,
        tier: "expert".into(),
        parts: vec![part("expert"), part("outbound")],
        seats: Ask { min: 2, max: 5, ask: 4 },
        chosen: vec![Chosen {
            person: "expert 1".into(),
            asked_at: Some(at(2)),
            times: 3,
            until: Some(at(4)),
        }],
        computed: Some(Box::new(requirement())),
        reason: reason(),
        respond_by: Some(at(5)),
        of: Some(InstructionId(3)),
        by: Some(by("Li Na")),
        shadow: false,
        hold: None,
        lasting: None,
    }
}

/// The priority of the queue, and pools that two tiers draw on, one of them both.
pub fn plan() -> Plan {
    let tier = |name: &str, pools: &[&str]| Tier {
        name: name.into(),
        action: Action::SignIn,
        pools: pools.iter().copied().map(Name::from).collect(),
        seats: Seats::All,
        keep: BTreeMap::new(),
        when: When::of(Threshold::WaitingAtMost(5), Millis(300_000), Judge::Every),
        settle_within: None,
        next_after: None,
        lasting: None,
        on_incident: false,
        worth_it_beyond: Millis::ZERO,
        mode: None,
        extend: Extend::default(),
    };
    let ladder = Ladder {
        tiers: vec![
            tier("expert", &["expert", "trainer"]),
            tier("all", &["outbound", "expert"]),
        ],
        release: Release {
            when: When::of(Threshold::WaitingAtMost(5), Millis(300_000), Judge::Every),
            min_stay: Millis::ZERO,
            step: Step::Move,
        },
        settle_within: Millis(60_000),
        stand_down_after: Millis(60_000),
        ask_max_above: 8,
        max_borrowed: None,
        ask_again_after: Millis(60_000),
        severe: None,
        ask_again_after_no: Millis(60_000),
        late_within: Millis(60_000),
        hold_for: Millis(60_000),
    };
    let queue = QueuePlan {
        feed: "pbx".into(),
        ladder: "day".into(),
        priority: 30,
        calls_per_hour: None,
        handle_time: None,
        patience: None,
        target: None,
        mode: Mode::Live,
        max_moves_per_hour: None,
        lend_only_while: None,
        paused: None,
    };
    Plan {
        queues: [("inbound".into(), queue)].into(),
        ladders: [("day".into(), ladder)].into(),
        ..Plan::default()
    }
}

/// A move as it cannot be: everything that can be said of one at once.
pub fn moved(instruction: u64, parts: Vec<Part>) -> MoveView {
    MoveView {
        instruction: InstructionId(instruction),
        action: Action::CallIn,
        tier: "expert".into(),
        parts,
        issued: at(1),
        settled: true,
        settles_at: Some(at(2)),
        stay_until: Some(at(3)),
        answered: true,
        shadow: true,
        not_shown: true,
        shown: Some(1),
        by_number: true,
        there: people("there"),
        missing: people("missing"),
        hold_until: Some(at(4)),
    }
}

pub fn view() -> QueueView {
    QueueView {
        queue: "inbound".into(),
        waiting: Some(11),
        longest_wait: Some(Millis(95_500)),
        longest_wait_since: Some(at(1)),
        signed_in: Some(41),
        vouched_at: Some(at(2)),
        blind_since: Some(at(3)),
        ladder: Some("day".into()),
        next: Some(NextTier {
            tier: "trainer".into(),
            clock: Some(Clock {
                since: at(4),
                due_at: at(5),
            }),
        }),
        surge_since: Some(at(14)),
        release: Some(Clock {
            since: at(6),
            due_at: at(7),
        }),
        moves: vec![moved(4, vec![part("expert"), part("outbound")])],
        leaving: vec![moved(5, vec![part("trainer")])],
        approval: Some(Approval {
            tier: "outbound".into(),
            action: Action::Overtime,
            parts: vec![part("outbound"), part("trainer")],
            seats: Ask { min: 3, max: 6, ask: 4 },
            reason: reason(),
            beside: true,
            since: at(8),
            times: 2,
            again_at: at(9),
            role: Some("manager".into()),
            granted: Some(by("Chen Jie")),
        }),
        mode: Mode::Approve,
        paused: Some(Pause {
            by: by("Li Na"),
            until: at(10),
            reason: "lunch".into(),
        }),
        incident: Some(Incident {
            by: by("Lin"),
            note: "billing is down".into(),
            until: at(11),
            over_at: Some(at(12)),
        }),
        physical_seats: Some(60),
        free_seats: Some(9),
        seats_known: true,
        tiers: vec![TierView {
            tier: "expert".into(),
            held: Millis(150_500),
            began: Some(Began {
                at: at(13),
                by_stack: true,
            }),
            standing: Standing::Running { due_at: at(14) },
            mode: Mode::Shadow,
            reserve: Some(Reserve { can_come: 6, of: 8 }),
        }],
        lines: vec![5, 12],
    }
}

pub fn refusals() -> Vec<Refusal> {
    let (queue, tier, ladder) = (|| Name::from("inbound"), || Name::from("expert"), || Name::from("day"));
    let it = InstructionId(4);
    let too_much = |what| Refusal::TooMuch {
        what,
        came: 90_000,
        limit: 60_000,
    };
    vec![
        Refusal::NoSuchQueue(queue()),
        Refusal::NoSuchLadder(ladder()),
        Refusal::NoSuchTier {
            ladder: ladder(),
            tier: tier(),
        },
        Refusal::NoSuchInstruction(it),
        Refusal::Closed(it),
        Refusal::TakenElsewhere(it),
        Refusal::DoesNotFit {
            what: "left",
            instruction: it,
            action: "sign_out",
        },
        Refusal::AlreadyCalled(tier()),
        Refusal::NobodyToGive(tier()),
        Refusal::NoSeat(tier()),
        Refusal::Short {
            tier: tier(),
            why: Shortage::Resting { until: at(1) },
        },
        Refusal::NoTierLeft(queue()),
        Refusal::NothingToApprove {
            queue: queue(),
            tier: tier(),
        },
        Refusal::NoWithoutReason,
        Refusal::InShadow(it),
        Refusal::NotOnQueue {
            queue: queue(),
            instruction: it,
        },
        Refusal::NoTierFor {
            queue: queue(),
            pool: Some("outbound".into()),
        },
        Refusal::NotACount { what: "twice" },
        Refusal::NothingToRelease(it),
        Refusal::PauseWithoutEnd,
        Refusal::NotPaused(queue()),
        Refusal::IncidentWithoutEnd,
        Refusal::NoIncident(queue()),
        Refusal::NobodyAbove(it),
        Refusal::NotOnMove {
            instruction: it,
            people: people("expert"),
        },
        Refusal::TooLate {
            instruction: it,
            within: Millis(1_800_000),
        },
        Refusal::Conflict(Box::new(Conflict {
            instruction: it,
            by: Some(by("Li Na")),
            status: "done",
            at: at(2),
            people: people("there"),
        })),
        too_much("seats"),
        too_much("eta"),
        too_much("hold"),
    ]
}
