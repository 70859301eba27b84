//! A floor whose tests read as a timeline. Time passes only with [`Floor::at`], a sign of life comes every five seconds unless the
//! feed is silenced, and every instruction reaches a session at once unless nobody listens.
//!
//! Every instruction and every alarm must be expected at its very millisecond; what is only said aloud may be passed over. When the
//! floor is dropped, its log is proved (see `log`).

use super::log::{Entry, bytes, prove};
use super::plan;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use surged_core::ladder::Plan;
use surged_core::{
    Action, Actor, Agent, AgentState, Answer, Core, Decision, Input, Instruction, InstructionId, Millis, Name, Order,
    QueueView, Reading, Time, What,
};

/// Midnight of the tests, a moment of no meaning.
const MIDNIGHT: Time = Time(1_795_219_200_000);
const SIGN_OF_LIFE: Millis = Millis::from_secs(5);

/// Whom an instruction names, or how many.
#[derive(Debug, PartialEq)]
pub enum Who {
    Seats(u32),
    People(Vec<Name>),
}

impl From<u32> for Who {
    fn from(seats: u32) -> Who {
        Who::Seats(seats)
    }
}

impl<const N: usize> From<[&str; N]> for Who {
    fn from(people: [&str; N]) -> Who {
        Who::People(people.map(Name::from).to_vec())
    }
}

/// A floor under test.
pub struct Floor {
    pub core: Core,
    plan: Plan,
    log: Vec<Entry>,
    unread: VecDeque<Decision>,
    now: Time,
    next_sign_of_life: Time,
    sounding: BTreeSet<Name>,
    listening: bool,
}

impl Floor {
    /// The written plan, its feed connected.
    pub fn new() -> Floor {
        Floor::with(|_| ())
    }

    /// The written plan, changed.
    pub fn with(change: impl FnOnce(&mut Plan)) -> Floor {
        let mut plan = plan::written();
        change(&mut plan);
        let mut floor = Floor {
            core: Core::new(MIDNIGHT),
            log: Vec::new(),
            unread: VecDeque::new(),
            now: MIDNIGHT,
            next_sign_of_life: MIDNIGHT + SIGN_OF_LIFE,
            sounding: plan.feeds.keys().cloned().collect(),
            listening: true,
            plan,
        };
        floor.input(Input::Configured {
            plan: Arc::new(floor.plan.clone()),
        });
        for feed in floor.sounding.clone() {
            floor.input(Input::FeedConnected { feed });
        }
        floor
    }

    /// Lets time pass until then, as `mm:ss`, `h:mm:ss` or with `.mmm` behind it.
    pub fn at(&mut self, clock: &str) -> &mut Floor {
        let until = MIDNIGHT + span(clock);
        assert!(until >= self.now, "the timeline runs backwards at {clock}");
        loop {
            let next = until.min(self.core.due_at().max(self.now)).min(self.next_sign_of_life);
            if next > self.now {
                self.nothing_unread();
            }
            self.now = next;
            self.core.handle_timeout(next);
            self.read_decisions();
            if next == self.next_sign_of_life {
                self.next_sign_of_life = next + SIGN_OF_LIFE;
                for feed in self.sounding.clone() {
                    self.input(Input::Heartbeat { feed });
                }
            }
            // The core wakes itself for nothing else in this millisecond.
            if next == until {
                return self;
            }
        }
    }

    // What happens.

    /// So many are waiting.
    pub fn waiting(&mut self, queue: &str, waiting: u32) -> &mut Floor {
        self.reads(Reading::of(queue, waiting))
    }

    /// So many are waiting, and so many are signed in.
    pub fn waiting_with(&mut self, queue: &str, waiting: u32, signed_in: u32) -> &mut Floor {
        self.reads(Reading {
            signed_in: Some(signed_in),
            ..Reading::of(queue, waiting)
        })
    }

    /// So many are waiting, and these people are on the phones.
    pub fn waiting_among(&mut self, queue: &str, waiting: u32, people: &[&str]) -> &mut Floor {
        let agents = people.iter().map(|person| Agent {
            person: Name::from(*person),
            state: AgentState::Busy,
        });
        self.reads(Reading {
            agents: Some(agents.collect()),
            ..Reading::of(queue, waiting)
        })
    }

    /// A reading comes.
    pub fn reads(&mut self, reading: Reading) -> &mut Floor {
        self.input(Input::Reading { reading })
    }

    /// Nothing more is heard of the feeds, for now.
    pub fn silence(&mut self) -> &mut Floor {
        self.sounding.clear();
        self
    }

    /// The feeds give signs of life again.
    pub fn sound(&mut self) -> &mut Floor {
        self.sounding = self.plan.feeds.keys().cloned().collect();
        self
    }

    /// Nothing runs until then, and nothing is heard; what was due meanwhile is looked at once it runs again.
    pub fn stands_still_until(&mut self, clock: &str) -> &mut Floor {
        let sounding = std::mem::take(&mut self.sounding);
        let until = MIDNIGHT + span(clock);
        self.input(Input::StoodStill { until });
        self.core.handle_timeout(until);
        self.now = until;
        self.sounding = sounding;
        while self.next_sign_of_life <= until {
            self.next_sign_of_life = self.next_sign_of_life + SIGN_OF_LIFE;
        }
        self.read_decisions();
        self
    }

    /// Instructions reach nobody from now on.
    pub fn nobody_listens(&mut self) -> &mut Floor {
        self.listening = false;
        self
    }

    /// Somebody listens again, and gets what is open.
    pub fn somebody_listens(&mut self) -> &mut Floor {
        self.listening = true;
        for instruction in self.core.undelivered() {
            self.input(Input::Delivery {
                instruction,
                reached: true,
            });
        }
        self
    }

    /// The plan changes.
    pub fn reload(&mut self, change: impl FnOnce(&mut Plan)) -> &mut Floor {
        change(&mut self.plan);
        self.input(Input::Configured {
            plan: Arc::new(self.plan.clone()),
        })
    }

    /// The calendar changes the ladder.
    pub fn ladder(&mut self, queue: &str, ladder: &str) -> &mut Floor {
        self.input(Input::LadderInForce {
            queue: Name::from(queue),
            ladder: Name::from(ladder),
        })
    }

    /// The latest instruction of a tier is seen.
    pub fn seen(&mut self, tier: &str) -> &mut Floor {
        self.answer(self.latest(tier), Answer::Seen { eta: None })
    }

    /// The latest instruction of a tier is seen, and its people will need so long.
    pub fn seen_with_eta(&mut self, tier: &str, eta: &str) -> &mut Floor {
        self.answer(self.latest(tier), Answer::Seen { eta: Some(span(eta)) })
    }

    /// The latest instruction of a tier is done as asked.
    pub fn done(&mut self, tier: &str) -> &mut Floor {
        self.answer(self.latest(tier), done())
    }

    /// The latest instruction of a tier is done with so many, or these.
    pub fn done_with(&mut self, tier: &str, who: impl Into<Who>) -> &mut Floor {
        let (seats, people) = match who.into() {
            Who::Seats(seats) => (Some(seats), None),
            Who::People(people) => (None, Some(people)),
        };
        self.answer(
            self.latest(tier),
            Answer::Done {
                seats,
                people,
                note: None,
            },
        )
    }

    /// The latest instruction of a tier is declined.
    pub fn declined(&mut self, tier: &str) -> &mut Floor {
        self.answer(
            self.latest(tier),
            Answer::Declined {
                reason: "not now".to_owned(),
            },
        )
    }

    /// People have left the move of a tier.
    pub fn left(&mut self, tier: &str, who: impl Into<Who>) -> &mut Floor {
        let (seats, people) = match who.into() {
            Who::Seats(seats) => (Some(seats), Vec::new()),
            Who::People(people) => (None, people),
        };
        self.answer(
            self.latest(tier),
            Answer::Left {
                people,
                seats,
                reason: "gone home".to_owned(),
            },
        )
    }

    /// An instruction is answered.
    pub fn answer(&mut self, instruction: InstructionId, answer: Answer) -> &mut Floor {
        self.input(Input::Answer {
            sure: false,
            instruction,
            by: someone(),
            answer,
        })
    }

    /// An instruction is answered by somebody of this name.
    pub fn answer_of(&mut self, name: &str, instruction: InstructionId, answer: Answer) -> &mut Floor {
        self.input(word_of(name, instruction, answer, false))
    }

    /// An instruction is answered by somebody of this name who was asked whether they are sure.
    pub fn sure_answer_of(&mut self, name: &str, instruction: InstructionId, answer: Answer) -> &mut Floor {
        self.input(word_of(name, instruction, answer, true))
    }

    /// Somebody orders by hand.
    pub fn order(&mut self, order: Order) -> &mut Floor {
        self.input(Input::Order { by: someone(), order })
    }

    /// Somebody calls a tier by hand.
    pub fn call(&mut self, queue: &str, tier: &str) -> &mut Floor {
        self.order(Order::Call {
            hold: None,
            seats: None,
            queue: Name::from(queue),
            tier: Some(Name::from(tier)),
        })
    }

    /// Somebody releases the latest move of a tier by hand.
    pub fn release(&mut self, queue: &str, tier: &str) -> &mut Floor {
        let instruction = self.latest(tier);
        self.order(Order::Release {
            queue: Name::from(queue),
            instruction,
        })
    }

    /// An input comes and is taken.
    pub fn input(&mut self, input: Input) -> &mut Floor {
        self.core
            .handle(input.clone(), self.now)
            .unwrap_or_else(|refusal| panic!("{} refused {input:?}: {refusal:?}", self.clock()));
        self.log.push(Entry::Input(self.now, input));
        self.read_decisions();
        self
    }

    // What is expected of the core.

    /// An input is refused with this code, and changes nothing.
    pub fn refuses(&mut self, code: &str, input: Input) -> &mut Floor {
        let before = bytes(&self.core);
        let refusal = self
            .core
            .handle(input.clone(), self.now)
            .expect_err(&format!("{} {input:?} should be refused with {code}", self.clock()));
        assert_eq!(refusal.code(), code, "{} {refusal:?}", self.clock());
        assert_eq!(before, bytes(&self.core), "{code} changed the state");
        assert_eq!(self.core.poll_effect(), None, "{code} decided something");
        self
    }

    /// An input is refused, whatever the code, and changes nothing: why, with its numbers and names.
    pub fn refusal(&mut self, input: Input) -> String {
        let before = bytes(&self.core);
        let refusal = self
            .core
            .handle(input.clone(), self.now)
            .expect_err(&format!("{} {input:?} should be refused", self.clock()));
        assert_eq!(before, bytes(&self.core), "{refusal:?} changed the state");
        format!("{refusal:?}")
    }

    /// What was decided since then (`mm:ss` of this floor), each as it is written to the log.
    pub fn heard_since(&self, clock: &str) -> Vec<String> {
        let since = MIDNIGHT + span(clock);
        let decisions = self.log.iter().filter_map(|entry| match entry {
            Entry::Decision(decision) if decision.at >= since => Some(serde_json::to_string(decision).unwrap()),
            _ => None,
        });
        decisions.collect()
    }

    /// Nobody is asked for an answer to this instruction any more.
    #[track_caller]
    pub fn expect_closed(&mut self, instruction: InstructionId) -> &mut Floor {
        let open = self.core.open_instruction(instruction);
        assert!(open.is_none(), "{} {instruction} is still open: {open:?}", self.clock());
        self
    }

    /// Somebody is still asked for an answer to this instruction.
    #[track_caller]
    pub fn expect_open(&mut self, instruction: InstructionId) -> &mut Floor {
        let open = self.core.open_instruction(instruction);
        assert!(open.is_some(), "{} {instruction} is closed", self.clock());
        self
    }

    /// People are signed in.
    #[track_caller]
    pub fn expect_sign_in(&mut self, tier: &str, who: impl Into<Who>) -> &mut Floor {
        self.expect(Action::SignIn, tier, who)
    }

    /// People are signed out.
    #[track_caller]
    pub fn expect_sign_out(&mut self, tier: &str, who: impl Into<Who>) -> &mut Floor {
        self.expect(Action::SignOut, tier, who)
    }

    /// People are no longer needed.
    #[track_caller]
    pub fn expect_stand_down(&mut self, tier: &str, who: impl Into<Who>) -> &mut Floor {
        self.expect(Action::StandDown, tier, who)
    }

    /// An instruction is given at this millisecond, next of all.
    #[track_caller]
    pub fn expect(&mut self, action: Action, tier: &str, who: impl Into<Who>) -> &mut Floor {
        let who = who.into();
        let came = self.next_loud();
        match &came {
            Some(Decision {
                what: What::Instruct { instruction, .. },
                at,
                ..
            }) if *at == self.now => {
                assert_eq!(
                    (instruction.action, instruction.tier.as_str()),
                    (action, tier),
                    "{}",
                    self.clock()
                );
                assert_eq!(whom(instruction, &who), who, "{} {tier}", self.clock());
                assert_eq!(
                    instruction.seats.ask,
                    instruction.parts.iter().map(|part| part.seats).sum::<u32>()
                );
            }
            _ => panic!(
                "{} expected {} {tier} {who:?}; came {came:?}",
                self.clock(),
                action.as_str()
            ),
        }
        self
    }

    /// A decision of this kind (`tier_skipped`, `settled` …) was taken at this millisecond.
    #[track_caller]
    pub fn expect_said(&mut self, kind: &str) -> &mut Floor {
        self.take_said(kind);
        self
    }

    /// The same, with its fields to look at.
    #[track_caller]
    pub fn take_said(&mut self, kind: &str) -> serde_json::Value {
        let found = self
            .unread
            .iter()
            .position(|decision| decision.at == self.now && word(decision) == kind);
        match found.and_then(|index| self.unread.remove(index)) {
            Some(decision) => serde_json::to_value(decision).unwrap(),
            None => panic!("{} expected {kind}; came {:?}", self.clock(), self.unread),
        }
    }

    /// This was decided at its own moment while nothing ran, and is heard now; when it was, and its fields.
    #[track_caller]
    pub fn take_belated(&mut self, kind: &str) -> (Time, serde_json::Value) {
        let found = self.unread.iter().position(|decision| word(decision) == kind);
        match found.and_then(|index| self.unread.remove(index)) {
            Some(decision) => (decision.at, serde_json::to_value(decision).unwrap()),
            None => panic!("{} expected {kind}; came {:?}", self.clock(), self.unread),
        }
    }

    /// No decision of this kind was taken since the last look.
    #[track_caller]
    pub fn expect_unsaid(&mut self, kind: &str) -> &mut Floor {
        let said = self.unread.iter().find(|decision| word(decision) == kind);
        assert!(said.is_none(), "{} expected no {kind}; came {said:?}", self.clock());
        self
    }

    /// The stack holds the moves of these tiers, first in first.
    #[track_caller]
    pub fn expect_stack(&mut self, queue: &str, tiers: &[&str]) -> &mut Floor {
        let stack: Vec<Name> = self.view(queue).moves.into_iter().map(|one| one.tier).collect();
        assert_eq!(
            stack,
            tiers.iter().map(|tier| Name::from(*tier)).collect::<Vec<_>>(),
            "{}",
            self.clock()
        );
        self
    }

    /// So many people of a pool are away from it.
    #[track_caller]
    pub fn expect_lent(&mut self, pool: &str, people: u32) -> &mut Floor {
        assert_eq!(
            self.core.lent(&Name::from(pool)),
            people,
            "{} lent by {pool}",
            self.clock()
        );
        self
    }

    // What can be seen.

    /// One queue.
    pub fn view(&self, queue: &str) -> QueueView {
        self.core.view(&Name::from(queue)).unwrap()
    }

    /// The latest instruction of a tier.
    pub fn latest(&self, tier: &str) -> InstructionId {
        self.instruction(tier, |_| true).id
    }

    /// The latest instruction of a tier that brings people.
    pub fn latest_call(&self, tier: &str) -> InstructionId {
        self.instruction(tier, |action| action.brings_people()).id
    }

    /// The latest instruction of a tier of the wanted kind.
    pub fn instruction(&self, tier: &str, wanted: impl Fn(Action) -> bool) -> &Instruction {
        let instructions = self.log.iter().rev().filter_map(|entry| match entry {
            Entry::Decision(Decision {
                what: What::Instruct { instruction, .. },
                ..
            }) => Some(instruction),
            _ => None,
        });
        let mut wanted = instructions.filter(|one| one.tier.as_str() == tier && wanted(one.action));
        wanted.next().unwrap_or_else(|| panic!("{tier} has not been called"))
    }

    /// The present moment as a time of the core.
    pub fn now(&self) -> Time {
        self.now
    }

    fn clock(&self) -> String {
        let Millis(passed) = self.now - MIDNIGHT;
        let (minutes, seconds, millis) = (passed / 60_000, passed / 1000 % 60, passed % 1000);
        format!("at {minutes:02}:{seconds:02}.{millis:03}:")
    }

    fn read_decisions(&mut self) {
        let mut given = Vec::new();
        while let Some(decision) = self.core.poll_effect() {
            if let What::Instruct { instruction, .. } = &decision.what {
                given.push(instruction.id);
            }
            self.log.push(Entry::Decision(decision.clone()));
            self.unread.push_back(decision);
        }
        for instruction in given {
            let reached = self.listening;
            self.input(Input::Delivery { instruction, reached });
        }
    }

    fn next_loud(&mut self) -> Option<Decision> {
        let index = self.unread.iter().position(is_loud)?;
        self.unread.remove(index)
    }

    fn nothing_unread(&mut self) {
        let unexpected = self.next_loud();
        assert!(unexpected.is_none(), "{} nobody expected {unexpected:?}", self.clock());
        self.unread.clear();
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.nothing_unread();
        if let Err(fault) = prove(MIDNIGHT, &self.log, self.now) {
            panic!("the log of this floor does not stand: {fault}");
        }
    }
}

/// An answer: done as asked.
pub fn done() -> Answer {
    Answer::Done {
        seats: None,
        people: None,
        note: None,
    }
}

/// An answer by somebody of this name.
pub fn word_of(name: &str, instruction: InstructionId, answer: Answer, sure: bool) -> Input {
    let by = Actor {
        name: name.to_owned(),
        staff_no: name.to_owned(),
        ..someone()
    };
    Input::Answer {
        instruction,
        by,
        answer,
        sure,
    }
}

/// An answer: not done.
pub fn no() -> Answer {
    Answer::Declined {
        reason: "not now".to_owned(),
    }
}

/// Whoever answers and orders in these tests.
pub fn someone() -> Actor {
    Actor {
        name: "Li Na".to_owned(),
        staff_no: "S01".to_owned(),
        role: Name::from("supervisor"),
    }
}

/// `mm:ss`, `h:mm:ss`, either with `.mmm`.
pub fn span(clock: &str) -> Millis {
    let (whole, millis) = clock.split_once('.').unwrap_or((clock, "0"));
    let seconds = whole
        .split(':')
        .fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
    Millis(seconds * 1000 + millis.parse::<i64>().unwrap())
}

/// Whom it names, or how many, in the same form as what is expected.
fn whom(instruction: &Instruction, like: &Who) -> Who {
    match like {
        Who::Seats(_) => Who::Seats(instruction.parts.iter().map(|part| part.seats).sum()),
        Who::People(_) => Who::People(instruction.parts.iter().flat_map(|part| part.people.clone()).collect()),
    }
}

/// What must not pass unread.
fn is_loud(decision: &Decision) -> bool {
    matches!(
        decision.what,
        What::Instruct { .. }
            | What::TierSkipped { .. }
            | What::FeedLost { .. }
            | What::BlindLong { .. }
            | What::NobodyListening { .. }
    )
}

/// The word of a decision in the log.
fn word(decision: &Decision) -> String {
    let value = serde_json::to_value(decision).unwrap();
    value["decision"].as_str().unwrap().to_owned()
}
