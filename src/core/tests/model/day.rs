//! Random days, small enough to be stepped through by the millisecond.

use std::collections::BTreeMap;
use std::sync::Arc;
use surged_core::ladder::{
    Extend, FeedLimits, Judge, Ladder, Level, Mode, Plan, Pool, QueuePlan, Release, Rostered, SeatRange, Seats, Shift,
    Step as ReleaseStep, Threshold, Tier, When,
};
use surged_core::{
    Action, Actor, Agent, AgentState, Answer, Counted, Input, InstructionId, Millis, Name, Order, Part, Reading, Time,
};

/// An input and when it comes.
pub type Step = (i64, Input);

/// In which a day may stand still once: what counts within an hour is counted anew after it.
const HOUR: i64 = 3_600_000;

const FEEDS: [&str; 2] = ["feed", "other"];
const POOLS: [&str; 3] = ["red", "green", "blue"];
const TIERS: [&str; 4] = ["one", "two", "three", "four"];

/// A day of so many inputs.
pub struct Day {
    random: u64,
    /// What the feeds tell besides the depth.
    telling: Telling,
    /// Who is signed in by name, or how many are.
    phones: BTreeMap<Name, (u32, Vec<Agent>)>,
    /// Then nobody is asked to stay longer.
    rostered: bool,
}

#[derive(Copy, Clone, PartialEq)]
enum Telling {
    Depth,
    Numbers,
    Names,
}

impl Day {
    pub fn new(seed: u64) -> Day {
        let mut day = Day {
            random: seed,
            telling: Telling::Depth,
            phones: BTreeMap::new(),
            rostered: false,
        };
        day.telling = [Telling::Depth, Telling::Numbers, Telling::Names][day.up_to(2) as usize];
        day
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
        let pause = self.one_in(8).then(|| self.up_to(count as i64));
        for step in 0..count {
            at += match self.up_to(24) {
                _ if pause == Some(step as i64) => HOUR - self.up_to(600),
                0 => self.up_to(160),
                _ => self.up_to(14),
            };
            let queue = queues[self.up_to(queues.len() as i64 - 1) as usize].clone();
            let feed = Name::from(FEEDS[usize::from(self.one_in(3))]);
            let input = match self.up_to(99) {
                0..=44 => self.reading(queue, busy),
                45..=54 => Input::Heartbeat { feed },
                55 => Input::FeedConnected { feed },
                56 if self.one_in(2) => Input::SourceLost {
                    feed,
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
                57 => {
                    let until = at + self.up_to(80);
                    steps.push((at, Input::StoodStill { until: Time(until) }));
                    at = until;
                    continue;
                }
                58 => {
                    self.changed(&mut plan);
                    Input::Configured {
                        plan: Arc::new(plan.clone()),
                    }
                }
                59..=66 => self.order(queue, at),
                67..=69 => {
                    // Whichever tier is asked about.
                    let yes = self.one_in(2);
                    steps.extend(TIERS.map(|tier| (at, yes_or_no(&queue, tier, yes))));
                    continue;
                }
                _ => self.answer(),
            };
            // What is left of an order by number is carried out within its own millisecond, by whatever else comes then.
            let ordered = matches!(input, Input::Order { .. });
            steps.push((at, input));
            at += i64::from(ordered);
        }
        steps
    }

    fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        for feed in FEEDS {
            let limits = FeedLimits {
                stale_after: Millis(20 + self.up_to(30)),
                forget_after: Millis(60 + self.up_to(60)),
                gone_after: surged_core::Millis::from_mins(1),
                paused: surged_core::ladder::Paused::SignedIn,
            };
            plan.feeds.insert(feed.into(), limits);
        }
        plan.physical_seats = self.one_in(2).then(|| 2 + self.up_to(14) as u32);
        for level in 0..self.up_to(3) {
            let role = Name::from(format!("level{level}"));
            plan.chain.push(Level {
                role,
                respond_within: Millis(5 + self.up_to(40)),
                late_margin: surged_core::Millis::from_mins(1),
            });
        }
        for pool in POOLS {
            let pool_of = self.pool(pool);
            plan.pools.insert(pool.into(), pool_of);
        }
        if self.one_in(3) {
            plan.roster = self.roster(&plan);
            self.rostered = true;
        }
        plan.ladders.insert("day".into(), self.ladder());
        plan.ladders.insert("night".into(), self.ladder());
        for queue in ["alpha", "beta", "gamma"].into_iter().take(1 + self.up_to(2) as usize) {
            let ladder = if self.one_in(3) { "night" } else { "day" };
            let configured = QueuePlan {
                feed: FEEDS[usize::from(self.one_in(3))].into(),
                ladder: ladder.into(),
                priority: self.up_to(2) as i32,
                calls_per_hour: None,
                handle_time: None,
                patience: None,
                target: None,
                mode: self.mode(),
                max_moves_per_hour: self.one_in(5).then(|| 1 + self.up_to(8) as u32),
                lend_only_while: self.one_in(3).then(|| self.up_to(6) as u32),
                paused: None,
            };
            plan.queues.insert(queue.into(), configured);
        }
        plan
    }

    fn mode(&mut self) -> Mode {
        match self.up_to(7) {
            0 => Mode::Approve,
            1 => Mode::Shadow,
            _ => Mode::Live,
        }
    }

    /// Half of those who are known by name work in shifts.
    fn roster(&mut self, plan: &Plan) -> Vec<Rostered> {
        let people = plan.pools.values().flat_map(|pool| &pool.people);
        let mut rostered: Vec<Name> = people.filter(|_| self.one_in(2)).cloned().collect();
        rostered.sort();
        let mut shifts = || {
            let mut from = self.up_to(300);
            let mut shifts = Vec::new();
            while from < 2 * HOUR {
                let to = from + 1 + self.up_to(400);
                shifts.push(Shift {
                    from: Time(from),
                    to: Time(to),
                    day_left: Millis::MAX,
                    week_left: Millis::MAX,
                    week_from: Time(0),
                });
                from = to + self.up_to(200);
                if from > 2500 && from < HOUR - 1000 {
                    from = HOUR - 1000;
                }
                if from > HOUR + 3000 {
                    break;
                }
            }
            shifts
        };
        let rostered = rostered.into_iter().map(|person| Rostered {
            person,
            shifts: shifts(),
        });
        rostered.collect()
    }

    fn pool(&mut self, name: &str) -> Pool {
        let size = self.up_to(7) as u32;
        let mut pool = Pool {
            keep: self.up_to(2) as u32,
            own_desk: self.one_in(3),
            home: self
                .one_in(2)
                .then(|| ["alpha", "beta", "gamma"][self.up_to(2) as usize].into()),
            rest_between: Millis(if self.one_in(2) { 0 } else { self.up_to(120) }),
            max_stay: self.one_in(4).then(|| Millis(5 + self.up_to(100))),
            ..Pool::default()
        };
        if self.one_in(2) {
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
        for name in TIERS.into_iter().take(1 + self.up_to(3) as usize) {
            tiers.push(self.tier(name));
        }
        let when = When {
            threshold: Threshold::WaitingAtMost(self.up_to(6) as u32),
            hold: Millis(1 + self.up_to(25)),
            judge: Judge::Every,
            also: Default::default(),
        };
        Ladder {
            max_borrowed: self.one_in(4).then(|| 1 + self.up_to(6) as u32),
            ask_again_after: Millis(1 + self.up_to(40)),
            severe: None,
            ask_again_after_no: surged_core::Millis::from_mins(30),
            late_within: surged_core::Millis::from_mins(30),
            hold_for: surged_core::Millis::from_mins(30),
            tiers,
            release: Release {
                step: if self.one_in(3) {
                    ReleaseStep::Person
                } else {
                    ReleaseStep::Move
                },
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
            0 if !self.rostered => Action::ExtendShift,
            1 => Action::Overtime,
            2 => Action::CallIn,
            _ => Action::SignIn,
        };
        let drawn = matches!(action, Action::SignIn | Action::CallIn);
        let mut pools: Vec<Name> = POOLS.map(Name::from).to_vec();
        pools.rotate_left(self.up_to(2) as usize);
        pools.truncate(if self.one_in(2) { 1 } else { 1 + self.up_to(2) as usize });
        let pool = pools[0].clone();
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
            mode: self.one_in(5).then(|| self.mode()),
            extend: Extend {
                ends_within: Millis(self.up_to(200)),
                by: Millis(1 + self.up_to(100)),
            },
            name: name.into(),
            action,
            pools: if drawn { pools } else { Vec::new() },
            seats,
            keep: if self.one_in(5) {
                BTreeMap::from([(pool, self.up_to(2) as u32)])
            } else {
                BTreeMap::new()
            },
            when: When {
                threshold,
                hold: Millis(self.up_to(25)),
                judge: Judge::Every,
                also: Default::default(),
            },
            settle_within: self.one_in(4).then(|| Millis(1 + self.up_to(60))),
            on_incident: self.one_in(6),
            worth_it_beyond: Millis(self.up_to(60)),
            next_after: None,
            lasting: None,
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
        match self.up_to(3) {
            0 => plan.physical_seats = self.one_in(2).then(|| 2 + self.up_to(14) as u32),
            1 => {
                let pool = self.pool("red");
                plan.pools.insert("red".into(), pool);
            }
            2 => {
                let queue = plan.queues.values_mut().next().unwrap();
                queue.mode = self.mode();
                queue.lend_only_while = self.one_in(3).then(|| self.up_to(6) as u32);
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
        let mut reading = Reading {
            longest_wait,
            ..Reading::of(queue.clone(), waiting)
        };
        if self.telling == Telling::Depth || self.one_in(12) {
            return Input::Reading { reading };
        }
        let (mut signed_in, mut agents) = self.phones.remove(&queue).unwrap_or_default();
        signed_in = (signed_in + self.up_to(3) as u32).saturating_sub(self.up_to(3) as u32);
        for _ in 0..self.up_to(3) {
            let person = self.person();
            let state = [AgentState::Busy, AgentState::SignedOut][usize::from(self.one_in(3))];
            agents.retain(|agent| agent.person != person);
            agents.push(Agent { person, state });
        }
        reading.signed_in = Some(signed_in);
        if self.telling == Telling::Names && !self.one_in(12) {
            let there = agents.iter().filter(|agent| agent.state != AgentState::SignedOut);
            reading.signed_in = Some(there.count() as u32).filter(|_| !self.one_in(12));
            reading.agents = Some(agents.clone());
        }
        self.phones.insert(queue, (signed_in, agents));
        Input::Reading { reading }
    }

    fn person(&mut self) -> Name {
        let pool = POOLS[self.up_to(2) as usize];
        Name::from(format!("{pool}{}", self.up_to(6)))
    }

    fn people(&mut self, most: i64) -> Vec<Name> {
        let mut people: Vec<Name> = (0..self.up_to(most)).map(|_| self.person()).collect();
        people.sort();
        people.dedup();
        people
    }

    fn order(&mut self, queue: Name, at: i64) -> Input {
        let tier = TIERS[self.up_to(3) as usize].into();
        let reason = "because".to_owned();
        let order = match self.up_to(11) {
            0..=2 => Order::Call {
                hold: None,
                queue,
                tier: if self.one_in(3) { None } else { Some(tier) },
                seats: self.one_in(2).then(|| 1 + self.up_to(6) as u32),
            },
            10..=11 => self.count(queue),
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

    fn count(&mut self, queue: Name) -> Order {
        let moves = (0..self.up_to(2)).map(|_| {
            let people = if self.one_in(3) { self.people(3) } else { Vec::new() };
            Counted {
                instruction: self.instruction(),
                seats: if people.is_empty() {
                    self.up_to(3) as u32
                } else {
                    people.len() as u32
                },
                people,
            }
        });
        let moves: Vec<Counted> = moves.collect();
        let extra = (0..self.up_to(2)).map(|_| {
            let people = if self.one_in(2) { self.people(2) } else { Vec::new() };
            Part {
                pool: Some(POOLS[self.up_to(2) as usize].into()),
                seats: if people.is_empty() {
                    1 + self.up_to(1) as u32
                } else {
                    people.len() as u32
                },
                people,
            }
        });
        let extra = extra.collect();
        Order::Count { queue, moves, extra }
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
            7..=8 => Answer::Seen {
                eta: self.one_in(2).then(|| Millis(self.up_to(40))),
            },
            9..=13 => Answer::Done {
                seats: None,
                people: None,
                note: None,
            },
            14 => Answer::Done {
                seats: None,
                people: Some(self.people(4)),
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
            18 => {
                let people = if self.one_in(2) { self.people(6) } else { Vec::new() };
                Answer::Left {
                    seats: people.is_empty().then(|| 1 + self.up_to(2) as u32),
                    people,
                    reason: "home".to_owned(),
                }
            }
            _ => Answer::Escalate { note: "up".to_owned() },
        };
        Input::Answer {
            sure: false,
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

fn yes_or_no(queue: &Name, tier: &str, yes: bool) -> Input {
    let (queue, tier) = (queue.clone(), tier.into());
    let order = if yes {
        Order::Approve { queue, tier }
    } else {
        Order::Refuse {
            queue,
            tier,
            reason: "not now".to_owned(),
        }
    };
    Input::Order { by: actor(), order }
}

fn actor() -> Actor {
    Actor {
        name: "Li Na".to_owned(),
        staff_no: "S01".to_owned(),
        role: "level0".into(),
    }
}
