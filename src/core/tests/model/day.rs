//! Random days, small enough to be stepped through by the millisecond.

mod plans;

use std::collections::BTreeMap;
use std::sync::Arc;
use surged_core::{
    Actor, Agent, AgentState, Answer, Counted, Input, InstructionId, Millis, Name, Order, Part, Reading, Time,
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
                0..=44 => {
                    // Now and then several in one millisecond.
                    if self.one_in(8) {
                        steps.push((at, self.reading(queue.clone(), busy)));
                    }
                    self.reading(queue, busy)
                }
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
            let state = [AgentState::Busy, AgentState::Paused, AgentState::SignedOut][self.up_to(2) as usize];
            agents.retain(|agent| agent.person != person);
            agents.push(Agent { person, state });
        }
        let mut named = 0;
        if self.telling == Telling::Names {
            let there = agents.iter().filter(|agent| agent.state != AgentState::SignedOut);
            named = there.count() as u32;
            reading.agents = Some(agents.clone());
        }
        let paused = agents.iter().filter(|agent| agent.state == AgentState::Paused).count() as u32;
        let paused = if named > 0 { paused } else { 0 };
        reading.signed_in = Some(named + signed_in);
        reading.paused = self.one_in(2).then(|| paused + self.up_to(i64::from(signed_in)) as u32);
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
                hold: self.one_in(3).then(|| Millis(self.up_to(100))),
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
        Input::Order {
            by: actor("S01"),
            order,
        }
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
            sure: self.one_in(4),
            instruction,
            by: actor(["S01", "S02"][usize::from(self.one_in(3))]),
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
    Input::Order {
        by: actor("S01"),
        order,
    }
}

fn actor(staff_no: &str) -> Actor {
    Actor {
        name: staff_no.to_owned(),
        staff_no: staff_no.to_owned(),
        role: "level0".into(),
    }
}
