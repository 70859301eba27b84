//! Random days, small enough to be stepped through by the millisecond, and the comparison of the model with the core.

use super::{Model, Said};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use surged::core::ladder::{
    FeedLimits, Judge, Ladder, Level, Plan, Pool, QueuePlan, Release, SeatRange, Seats, Threshold, Tier, When,
};
use surged::core::{
    Action, Actor, Answer, Core, Decision, Input, InstructionId, Millis, Name, Order, Reading, Time, What,
};

/// An input and when it comes.
pub type Step = (i64, Input);

/// A day of so many inputs.
pub struct Day {
    random: u64,
}

impl Day {
    pub fn new(seed: u64) -> Day {
        Day { random: seed }
    }

    /// The steps of this day. Answers are for instructions that may or may not have been given by then.
    pub fn steps(&mut self, count: usize) -> Vec<Step> {
        let mut plan = self.plan();
        let mut steps = vec![(
            0,
            Input::Configured {
                plan: Arc::new(plan.clone()),
            },
        )];
        let queues: Vec<Name> = plan.queues.keys().cloned().collect();
        let busy = self.up_to(12) as u32;
        let mut at = 0;
        for _ in 0..count {
            at += if self.one_in(25) {
                self.up_to(160)
            } else {
                self.up_to(14)
            };
            let queue = queues[self.up_to(queues.len() as i64 - 1) as usize].clone();
            let input = match self.up_to(99) {
                0..=44 => self.reading(queue, busy),
                45..=54 => Input::Heartbeat { feed: "feed".into() },
                55 => Input::FeedConnected { feed: "feed".into() },
                56 if self.one_in(2) => Input::SourceLost {
                    feed: "feed".into(),
                    why: "going away".to_owned(),
                },
                56 => Input::QueueMissing { queue },
                57 if plan.ladders.len() > 1 => {
                    let ladder = if self.one_in(2) { "day" } else { "night" };
                    Input::LadderInForce {
                        queue,
                        ladder: ladder.into(),
                    }
                }
                58 => {
                    self.changed(&mut plan);
                    Input::Configured {
                        plan: Arc::new(plan.clone()),
                    }
                }
                59..=66 => self.order(queue, at),
                _ => self.answer(),
            };
            steps.push((at, input));
        }
        steps
    }

    fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        let limits = FeedLimits {
            stale_after: Millis(20 + self.up_to(30)),
            forget_after: Millis(60 + self.up_to(60)),
        };
        plan.feeds.insert("feed".into(), limits);
        plan.physical_seats = self.one_in(2).then(|| 2 + self.up_to(14) as u32);
        for level in 0..self.up_to(3) {
            let role = Name::from(format!("level{level}"));
            plan.chain.push(Level {
                role,
                respond_within: Millis(5 + self.up_to(40)),
            });
        }
        for pool in ["red", "green", "blue"] {
            let pool_of = self.pool(pool);
            plan.pools.insert(pool.into(), pool_of);
        }
        plan.ladders.insert("day".into(), self.ladder());
        plan.ladders.insert("night".into(), self.ladder());
        for queue in ["alpha", "beta", "gamma"].into_iter().take(1 + self.up_to(2) as usize) {
            let ladder = if self.one_in(3) { "night" } else { "day" };
            let configured = QueuePlan {
                mode: surged::core::ladder::Mode::Live,
                max_moves_per_hour: None,
                lend_only_while: None,
                feed: "feed".into(),
                ladder: ladder.into(),
                priority: self.up_to(2) as i32,
                calls_per_hour: None,
                handle_time: None,
                patience: None,
                target: None,
            };
            plan.queues.insert(queue.into(), configured);
        }
        plan
    }

    fn pool(&mut self, name: &str) -> Pool {
        let size = self.up_to(7) as u32;
        let mut pool = Pool {
            keep: self.up_to(2) as u32,
            own_desk: self.one_in(3),
            ..Pool::default()
        };
        if self.one_in(3) {
            pool.people = (0..size).map(|number| Name::from(format!("{name}{number}"))).collect();
        } else {
            pool.size = size;
        }
        if self.one_in(3) {
            pool.size_by.insert("night".into(), self.up_to(i64::from(size)) as u32);
        }
        pool
    }

    fn ladder(&mut self) -> Ladder {
        let mut tiers: Vec<Tier> = Vec::new();
        for name in ["one", "two", "three", "four"]
            .into_iter()
            .take(1 + self.up_to(3) as usize)
        {
            tiers.push(self.tier(name));
        }
        let when = When {
            threshold: Threshold::WaitingAtMost(self.up_to(6) as u32),
            hold: Millis(1 + self.up_to(25)),
            judge: Judge::Every,
        };
        Ladder {
            max_borrowed: None,
            ask_again_after: surged::core::Millis::from_mins(2),
            tiers,
            release: Release {
                step: surged::core::ladder::Step::Move,
                when,
                min_stay: Millis(if self.one_in(2) { 0 } else { self.up_to(60) }),
            },
            settle_within: Millis(1 + self.up_to(30)),
            stand_down_after: Millis(1 + self.up_to(15)),
            ask_max_above: self.up_to(12) as u32,
        }
    }

    fn tier(&mut self, name: &str) -> Tier {
        let action = match self.up_to(9) {
            0 => Action::ExtendShift,
            1 => Action::Overtime,
            2 => Action::CallIn,
            _ => Action::SignIn,
        };
        let drawn = matches!(action, Action::SignIn | Action::CallIn);
        let pool = ["red", "green", "blue"][self.up_to(2) as usize];
        let range = self.range();
        let seats = match action {
            Action::Overtime => Seats::Required { fallback: range },
            Action::SignIn if self.one_in(4) => Seats::All,
            _ => Seats::Range(range),
        };
        let above = self.up_to(8) as u32;
        let threshold = match self.up_to(9) {
            0 => Threshold::LongestWaitAbove(Millis(self.up_to(8))),
            1 => Threshold::WaitingPerSeatAbove([0.25, 0.5, 1.0][self.up_to(2) as usize]),
            2 => Threshold::WaitingAbove {
                above,
                at_most: Some(above + 1 + self.up_to(5) as u32),
            },
            _ => Threshold::WaitingAbove { above, at_most: None },
        };
        Tier {
            mode: None,
            extend: surged::core::ladder::Extend {
                ends_within: surged::core::Millis::from_mins(60),
                by: surged::core::Millis::from_mins(120),
            },
            name: name.into(),
            action,
            pools: if drawn { vec![pool.into()] } else { Vec::new() },
            seats,
            keep: if self.one_in(5) {
                BTreeMap::from([(pool.into(), self.up_to(2) as u32)])
            } else {
                BTreeMap::new()
            },
            when: When {
                threshold,
                hold: Millis(self.up_to(25)),
                judge: Judge::Every,
            },
            settle_within: self.one_in(4).then(|| Millis(1 + self.up_to(60))),
            on_incident: self.one_in(6),
            worth_it_beyond: Millis(self.up_to(60)),
        }
    }

    fn range(&mut self) -> SeatRange {
        let min = 1 + self.up_to(2) as u32;
        SeatRange {
            min,
            max: min + self.up_to(2) as u32,
        }
    }

    fn changed(&mut self, plan: &mut Plan) {
        match self.up_to(2) {
            0 => plan.physical_seats = self.one_in(2).then(|| 2 + self.up_to(14) as u32),
            1 => {
                let pool = self.pool("red");
                plan.pools.insert("red".into(), pool);
            }
            _ => {
                let ladder = self.ladder();
                plan.ladders.insert("day".into(), ladder);
            }
        }
    }

    fn reading(&mut self, queue: Name, busy: u32) -> Input {
        let waiting = if self.one_in(3) {
            self.up_to(4) as u32
        } else {
            busy + self.up_to(4) as u32
        };
        let longest_wait = self.one_in(2).then(|| Millis(self.up_to(16)));
        Input::Reading {
            reading: Reading {
                longest_wait,
                ..Reading::of(queue, waiting)
            },
        }
    }

    fn order(&mut self, queue: Name, at: i64) -> Input {
        let tier = ["one", "two", "three", "four"][self.up_to(3) as usize].into();
        let reason = "because".to_owned();
        let order = match self.up_to(9) {
            0..=2 => Order::Call {
                queue,
                tier: Some(tier),
                seats: None,
            },
            3..=4 => Order::Release {
                queue,
                instruction: self.instruction(),
            },
            5 if self.one_in(3) => Order::Pause {
                queue,
                lasting: Millis(1000),
                reason,
            },
            5..=6 => Order::Resume { queue },
            7..=8 => Order::Incident {
                queue,
                note: reason,
                until: Time(at + 1 + self.up_to(150)),
            },
            _ => Order::IncidentOver { queue },
        };
        Input::Order { by: actor(), order }
    }

    fn answer(&mut self) -> Input {
        let instruction = self.instruction();
        let answer = match self.up_to(19) {
            0..=6 => {
                return Input::Delivery {
                    instruction,
                    reached: true,
                };
            }
            7..=9 => Answer::Seen {
                eta: self.one_in(2).then(|| Millis(self.up_to(40))),
            },
            10..=14 => Answer::Done {
                seats: None,
                people: None,
                note: None,
            },
            15 => Answer::Done {
                seats: Some(self.up_to(3) as u32),
                people: None,
                note: None,
            },
            16..=17 => Answer::Declined {
                reason: "no".to_owned(),
            },
            18 => Answer::Left {
                people: Vec::new(),
                seats: Some(1 + self.up_to(2) as u32),
                reason: "home".to_owned(),
            },
            _ => Answer::Escalate { note: "up".to_owned() },
        };
        Input::Answer {
            instruction,
            by: actor(),
            answer,
        }
    }

    /// Mostly one of the latest; what is meant is put right when the day is run.
    fn instruction(&mut self) -> InstructionId {
        InstructionId(self.up_to(3) as u64)
    }

    fn one_in(&mut self, times: i64) -> bool {
        self.up_to(times - 1) == 0
    }

    /// From 0 to `most`, both included.
    fn up_to(&mut self, most: i64) -> i64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % (most as u64 + 1)) as i64
    }
}

/// How much a day has in it, so that a quiet generator is noticed.
#[derive(Default, Debug)]
pub struct Tally {
    pub kinds: BTreeMap<String, u32>,
}

/// Runs a day through the core and the model.
///
/// # Errors
/// Where they part, in words.
pub fn compare(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let run = std::panic::AssertUnwindSafe(|| side_by_side(steps, tally));
    std::panic::catch_unwind(run).unwrap_or_else(|fault| {
        let words = fault
            .downcast::<String>()
            .map_or_else(|_| "no words".to_owned(), |words| *words);
        Err(format!("panicked: {words}"))
    })
}

fn side_by_side(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let mut core = Core::new(Time(0));
    let mut model = Model::new(0);
    let mut given = 0;
    let end = steps.last().map_or(0, |step| step.0) + 200;
    for (at, input) in steps {
        core.handle_timeout(Time(*at));
        model.advance(*at);
        same(&mut core, &mut model, &mut given, tally)?;
        let Some(input) = meant(input, given) else { continue };
        if core.handle(input.clone(), Time(*at)).is_ok() {
            model.handle(&input);
            same(&mut core, &mut model, &mut given, tally).map_err(|fault| format!("{fault}\nafter {input:?}"))?;
        }
    }
    core.handle_timeout(Time(end));
    model.advance(end);
    same(&mut core, &mut model, &mut given, tally)
}

/// A shorter day on which they still part.
pub fn shortest(steps: &[Step]) -> Vec<Step> {
    let mut steps = steps.to_vec();
    let mut length = usize::MAX;
    while steps.len() < length {
        length = steps.len();
        for index in (1..steps.len()).rev() {
            let mut shorter = steps.clone();
            shorter.remove(index);
            if compare(&shorter, &mut Tally::default()).is_err() {
                steps = shorter;
            }
        }
    }
    steps
}

/// A day as text.
pub fn timeline(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |mut text, (at, input)| {
        let _ = writeln!(text, "  {at:>5} {}", serde_json::to_string(input).unwrap());
        text
    })
}

pub fn instruction_in_words(id: u64, action: Action, tier: &Name, parts: Vec<String>, of: Option<u64>) -> String {
    format!(
        "instruct {id} {} {tier} {} of {of:?}",
        action.as_str(),
        parts.join(" + ")
    )
}

pub fn part_in_words(pool: Option<&Name>, seats: u32, people: &[Name]) -> String {
    format!("{seats} of {} {people:?}", pool.map_or("nobody's", Name::as_str))
}

/// Answers count back from the latest instruction, so that a shorter day still means the same.
pub fn meant(input: &Input, given: u64) -> Option<Input> {
    let mut input = input.clone();
    let id = match &mut input {
        Input::Answer { instruction, .. } | Input::Delivery { instruction, .. } => instruction,
        Input::Order {
            order: Order::Release { instruction, .. },
            ..
        } => instruction,
        _ => return Some(input),
    };
    *id = InstructionId(given.checked_sub(id.0).filter(|id| *id > 0)?);
    Some(input)
}

fn same(core: &mut Core, model: &mut Model, given: &mut u64, tally: &mut Tally) -> Result<(), String> {
    let mut came = Vec::new();
    while let Some(decision) = core.poll_effect() {
        if let What::Instruct { instruction, .. } = &decision.what {
            *given = instruction.id.0;
        }
        came.extend(in_words(&decision));
    }
    let mut expected = model.take();
    for said in &expected {
        let kind = said
            .what
            .split(' ')
            .filter(|word| word.parse::<u64>().is_err())
            .take(2)
            .collect::<Vec<_>>()
            .join(" ");
        *tally.kinds.entry(kind.to_owned()).or_default() += 1;
    }
    // What is said in one millisecond besides instructions has no order that matters.
    let order = |said: &Said| {
        let aside = !said.what.starts_with("instruct");
        (said.at, aside, aside.then(|| said.clone()))
    };
    came.sort_by_key(order);
    expected.sort_by_key(order);
    if came == expected {
        return Ok(());
    }
    let only = |these: &[Said], others: &[Said]| {
        let only = these.iter().filter(|said| !others.contains(said));
        only.map(|said| format!("\n    {:>5} {}: {}", said.at, said.queue, said.what))
            .collect::<String>()
    };
    Err(format!(
        "only the plan:{}\nonly the core:{}",
        only(&expected, &came),
        only(&came, &expected)
    ))
}

/// A decision of the core in the model's words; `None` for what is only said aloud.
fn in_words(decision: &Decision) -> Option<Said> {
    let what = match &decision.what {
        What::Instruct { instruction, .. } => {
            let parts = instruction
                .parts
                .iter()
                .map(|part| part_in_words(part.pool.as_ref(), part.seats, &part.people));
            let of = instruction.of.map(|of| of.0);
            instruction_in_words(
                instruction.id.0,
                instruction.action,
                &instruction.tier,
                parts.collect(),
                of,
            )
        }
        What::Settled { instruction, .. } => format!("settled {instruction}"),
        What::Freed { instruction } => format!("freed {instruction}"),
        What::TierSkipped { tier, .. } => format!("tier_skipped {tier}"),
        What::FeedLost { .. } => "feed_lost".to_owned(),
        What::PassedUp { instruction, level, .. } => format!("passed_up {instruction} to {level}"),
        What::Unanswered { instruction } => format!("unanswered {instruction}"),
        What::SurgeOver { .. } => "surge_over".to_owned(),
        What::Resumed { .. } => "resumed".to_owned(),
        _ => return None,
    };
    Some(Said {
        at: decision.at.0,
        queue: decision.queue.clone(),
        what,
    })
}

fn actor() -> Actor {
    Actor {
        name: "Li Na".to_owned(),
        staff_no: "S01".to_owned(),
        role: "level0".into(),
    }
}
