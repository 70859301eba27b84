//! The daemon's own core on told time: recorded or simulated readings go in, decisions come out.
//!
//! Everything happens at its own millisecond, in order: what the core is due to decide, answers that fall due, changes of the
//! calendar, then the reading. An instruction reaches the floor at once (plan: "Fine print").

use super::recorded::Asked;
use crate::calendar::Calendar;
use crate::core::{
    Actor, Answer, Core, Decision, Input, InstructionId, Millis, Name, Order, Plan, Reading, Time, What,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A core, the calendar that tells it which ladder is in force, and a floor that answers by a rule.
pub struct Timeline {
    core: Core,
    calendar: Calendar,
    ladder_changes: BTreeMap<Name, Time>,
    /// The first of them.
    ladder_due: Time,
    answer_after: Option<Millis>,
    to_say: BTreeSet<(Time, Said)>,
    decided: VecDeque<Decision>,
    /// What a daemon asked and its floor answered, where its duty log is followed.
    floor: RecordedFloor,
}

/// Which of our instructions a daemon's floor heard of under which number.
#[derive(Default)]
struct RecordedFloor {
    /// What the daemon asked for that we have not asked for yet.
    expected: Vec<Asked>,
    /// All that it asked for.
    asked: BTreeMap<InstructionId, Asked>,
    /// Its numbers to ours, where we asked for the same in the same millisecond.
    ours: BTreeMap<InstructionId, InstructionId>,
}

impl RecordedFloor {
    /// Whether the daemon asked for this as well: then its log tells when it reached somebody.
    fn binds(&mut self, ours: &Asked) -> bool {
        let is_ours = |theirs: &Asked| {
            Asked {
                id: ours.id,
                ..theirs.clone()
            } == *ours
        };
        let Some(place) = self.expected.iter().position(is_ours) else {
            return false;
        };
        let theirs = self.expected.remove(place);
        self.ours.insert(theirs.id, ours.id);
        true
    }

    /// Our number of an instruction of the daemon: of the same, else of one that is open for the same queue, tier and action.
    fn open(&self, theirs: InstructionId, core: &Core) -> Option<InstructionId> {
        if let Some(ours) = self.ours.get(&theirs) {
            return Some(*ours);
        }
        let asked = self.asked.get(&theirs)?;
        let open = core.open_instructions();
        let alike = open
            .iter()
            .map(|open| &open.instruction)
            .filter(|it| (&it.queue, &it.tier, it.action) == (&asked.queue, &asked.tier, asked.action));
        alike.map(|it| it.id).max()
    }
}

/// What the floor says by its rule.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    /// An instruction is done.
    Done(InstructionId),
    /// Yes to a tier that waits for it.
    Yes { queue: Name, tier: Name },
}

impl Timeline {
    /// Begins at `start` with a plan. `answer_after`: every instruction is done, and every tier that waits for a yes has it, that long
    /// after it was given; `None`: nobody answers.
    pub fn new(plan: Arc<Plan>, calendar: Calendar, answer_after: Option<Millis>, start: Time) -> Timeline {
        let mut timeline = Timeline {
            core: Core::new(start),
            calendar,
            ladder_changes: plan.queues.keys().map(|queue| (queue.clone(), start)).collect(),
            ladder_due: start,
            answer_after,
            to_say: BTreeSet::new(),
            decided: VecDeque::new(),
            floor: RecordedFloor::default(),
        };
        timeline.take(Input::Configured { plan }, start);
        timeline.run_to(start);
        timeline
    }

    /// When something is due next by itself; [`Time::NEVER`] where nothing is.
    pub fn due_at(&self) -> Time {
        let answer = self.to_say.first().map_or(Time::NEVER, |(due, _)| *due);
        self.core.due_at().min(answer).min(self.ladder_due)
    }

    /// Runs everything that is due by `at`, each at its own time.
    pub fn run_to(&mut self, at: Time) {
        loop {
            let core = self.core.due_at();
            let answer = self.to_say.first().map_or(Time::NEVER, |(due, _)| *due);
            let ladder = self.ladder_due;
            let next = core.min(answer).min(ladder);
            if next > at {
                break;
            }
            self.core.handle_timeout(next);
            self.collect();
            if answer <= next {
                self.say_next();
            } else if ladder <= next {
                self.change_ladders(next);
            }
        }
        self.core.handle_timeout(at);
        self.collect();
    }

    /// Tells the core something at `at`. What it refuses changes nothing; returns whether it was taken.
    pub fn tell(&mut self, input: Input, at: Time) -> bool {
        if self.due_at() <= at {
            self.run_to(at);
        }
        self.take(input, at)
    }

    /// The same of a reading, which changes places with the one before of its queue.
    pub fn tell_reading(&mut self, said: &mut Option<Reading>, at: Time) -> bool {
        if self.due_at() <= at {
            self.run_to(at);
        }
        let taken = self.core.handle_reading(said, at).is_ok();
        self.collect();
        taken
    }

    /// From then on a daemon asked for this of its floor: where we ask for the same, its log tells when that reached somebody, and
    /// otherwise it reaches somebody at once.
    pub fn expect(&mut self, asked: Vec<Asked>, at: Time) {
        self.floor.asked.extend(asked.iter().map(|it| (it.id, it.clone())));
        // What the daemon asked for in this very millisecond may be due here before anything is told: a change of the calendar is.
        self.floor.expected.extend(asked);
        if self.due_at() <= at {
            self.run_to(at);
        }
        self.floor.expected.retain(|it| it.at >= at);
    }

    /// Tells what a daemon heard from its floor at that time, under our numbers. `None`: it is about something that was not asked for here;
    /// else whether it was taken.
    pub fn tell_recorded(&mut self, input: Input, at: Time) -> Option<bool> {
        self.run_to(at);
        let input = self.renumbered(input)?;
        Some(self.take(input, at))
    }

    /// With our numbers in place of the daemon's; `None`: it is about something that we have not asked for.
    fn renumbered(&self, mut input: Input) -> Option<Input> {
        match &mut input {
            // What is ours alone has reached somebody at once.
            Input::Delivery { instruction, .. }
            | Input::Order {
                order: Order::Release { instruction, .. },
                ..
            } => *instruction = *self.floor.ours.get(instruction)?,
            Input::Answer { instruction, .. } => *instruction = self.floor.open(*instruction, &self.core)?,
            Input::Order {
                order: Order::Count { moves, .. },
                ..
            } => {
                for counted in moves {
                    counted.instruction = *self.floor.ours.get(&counted.instruction)?;
                }
            }
            Input::Order { .. }
            | Input::Configured { .. }
            | Input::LadderInForce { .. }
            | Input::FeedConnected { .. }
            | Input::FeedDisconnected { .. }
            | Input::Reading { .. }
            | Input::Heartbeat { .. }
            | Input::SourceLost { .. }
            | Input::QueueMissing { .. }
            | Input::StoodStill { .. } => {}
        }
        Some(input)
    }

    /// The next decision.
    pub fn decided(&mut self) -> Option<Decision> {
        self.decided.pop_front()
    }

    /// Whether there is one.
    pub fn has_decided(&self) -> bool {
        !self.decided.is_empty()
    }

    /// The core as it stands.
    pub fn core(&self) -> &Core {
        &self.core
    }

    fn take(&mut self, input: Input, at: Time) -> bool {
        let taken = self.core.handle(input, at).is_ok();
        self.collect();
        taken
    }

    /// Collects decisions; each instruction reaches the floor in the millisecond of its decision.
    fn collect(&mut self) {
        while let Some(decision) = self.core.poll_effect() {
            if let What::Instruct { instruction, .. } = &decision.what {
                let (id, now) = (instruction.id, self.core.now());
                if let Some(after) = self.answer_after.filter(|_| !instruction.shadow) {
                    self.to_say.insert((decision.at + after, Said::Done(id)));
                }
                let told_by_the_log = self.floor.binds(&Asked::from(instruction));
                self.decided.push_back(decision);
                if told_by_the_log {
                    continue;
                }
                // Refused only where the instruction is closed already, and then nobody waits for it.
                let _ = self.core.handle(
                    Input::Delivery {
                        instruction: id,
                        reached: true,
                    },
                    now,
                );
            } else {
                // People whom a count found are on a move as well.
                for found in Asked::by(&decision) {
                    self.floor.binds(&found);
                }
                if let (What::ApprovalAsked { approval }, Some(after)) = (&decision.what, self.answer_after) {
                    let (queue, tier) = (decision.queue.clone(), approval.tier.clone());
                    self.to_say.insert((approval.since + after, Said::Yes { queue, tier }));
                }
                self.decided.push_back(decision);
            }
        }
    }

    fn say_next(&mut self) {
        let Some((at, said)) = self.to_say.pop_first() else {
            return;
        };
        let by = Actor {
            name: "the floor".to_owned(),
            staff_no: "replay".to_owned(),
            role: Name::from("supervisor"),
        };
        let input = match said {
            // An instruction that was stood down meanwhile is answered by nobody: its people have heard it.
            Said::Done(instruction) if self.core.open_instruction(instruction).is_none() => return,
            Said::Done(instruction) => Input::Answer {
                sure: false,
                instruction,
                by,
                answer: Answer::Done {
                    seats: None,
                    people: None,
                    note: None,
                },
            },
            // Refused where the tier is not due any more, and then nobody waits for it.
            Said::Yes { queue, tier } => Input::Order {
                by,
                order: Order::Approve { queue, tier },
            },
        };
        self.take(input, at);
    }

    fn change_ladders(&mut self, at: Time) {
        let due: Vec<Name> = self
            .ladder_changes
            .iter()
            .filter(|(_, due)| **due <= at)
            .map(|(queue, _)| queue.clone())
            .collect();
        for queue in due {
            let Some(default) = self.core.plan().queues.get(&queue).map(|plan| plan.ladder.clone()) else {
                self.ladder_changes.remove(&queue);
                continue;
            };
            let ladder = self.calendar.ladder_at(&queue, &default, at);
            let next = self.calendar.next_change(&queue, &default, at).unwrap_or(Time::NEVER);
            self.ladder_changes.insert(queue.clone(), next);
            if self
                .core
                .view(&queue)
                .is_some_and(|view| view.ladder.as_ref() != Some(&ladder))
            {
                self.take(Input::LadderInForce { queue, ladder }, at);
            }
        }
        self.ladder_due = self.ladder_changes.values().min().copied().unwrap_or(Time::NEVER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Purpose, load};
    use crate::core::ladder::Threshold;
    use crate::core::{Part, Reading};
    use std::path::Path;

    /// At night the first step is due at once, with fewer callers than by day.
    fn at_night() -> (Arc<Plan>, Calendar, Time) {
        let mut config = load(Path::new("config/surged.toml"), Purpose::Look).unwrap();
        let night = config.plan.ladders.get_mut("night").unwrap();
        let when = &mut night.tiers[0].when;
        (when.threshold, when.hold) = (
            Threshold::WaitingAbove {
                above: 3,
                at_most: None,
            },
            Millis::ZERO,
        );
        let night = jiff::civil::date(2026, 11, 2).at(20, 0, 0, 0);
        let night = night.to_zoned(config.calendar.zone.clone()).unwrap().timestamp();
        (Arc::new(config.plan), config.calendar, Time(night.as_millisecond()))
    }

    fn asked(timeline: &mut Timeline) -> Vec<Asked> {
        let decided = std::iter::from_fn(|| timeline.decided());
        let asked = decided.filter_map(|decision| match decision.what {
            What::Instruct { instruction, .. } => Some(Asked::from(&instruction)),
            _ => None,
        });
        asked.collect()
    }

    /// What a daemon asks for in the millisecond in which the calendar brings another ladder is what is asked for here: every later word
    /// on it finds it.
    #[test]
    fn what_is_due_in_the_millisecond_of_a_change_of_the_calendar_is_known_as_the_daemons() {
        let (plan, calendar, night) = at_night();
        let begun = night + Millis(-60_000);
        let mut timelines = [1, 2].map(|_| Timeline::new(Arc::clone(&plan), calendar.clone(), None, begun));
        for timeline in &mut timelines {
            assert!(timeline.tell(Input::FeedConnected { feed: "hotline".into() }, begun));
            for at in (0..60).step_by(5) {
                let reading = Reading {
                    at: None,
                    ..Reading::of("inbound", 5)
                };
                assert!(timeline.tell(Input::Reading { reading }, begun + Millis(at * 1_000)));
            }
        }
        let [daemon, ours] = &mut timelines;
        daemon.run_to(night);
        let mut theirs = asked(daemon);
        assert_eq!(theirs.iter().map(|it| it.at).collect::<Vec<_>>(), [night], "{theirs:?}");
        theirs[0].id = InstructionId(71);
        ours.expect(theirs, night);
        assert_eq!(asked(ours).len(), 1);
        let by = Actor {
            name: "Li".to_owned(),
            staff_no: "S12".to_owned(),
            role: Name::from("supervisor"),
        };
        let mut said = |input, after| ours.tell_recorded(input, night + Millis(after));
        let instruction = InstructionId(71);
        assert_eq!(
            said(
                Input::Delivery {
                    instruction,
                    reached: true
                },
                0
            ),
            Some(true)
        );
        for (seats, after) in [(None, 1_000), (Some(0), 2_000)] {
            let answer = Answer::Done {
                seats,
                people: None,
                note: None,
            };
            let input = Input::Answer {
                sure: true,
                instruction,
                by: by.clone(),
                answer,
            };
            assert_eq!(
                said(input, after),
                Some(true),
                "a correction finds what is closed by then"
            );
        }
    }

    /// A move that a count found is followed as one that was asked for.
    #[test]
    fn what_is_said_of_people_whom_a_count_found_finds_them() {
        let (plan, calendar, night) = at_night();
        let mut timelines = [1, 2].map(|_| Timeline::new(Arc::clone(&plan), calendar.clone(), None, night));
        let by = Actor {
            name: "Li".to_owned(),
            staff_no: "S12".to_owned(),
            role: Name::from("shift_leader"),
        };
        let order = |order| Input::Order { by: by.clone(), order };
        let found = Part {
            pool: Some("expert".into()),
            seats: 1,
            people: vec!["E01".into()],
        };
        let counted = order(Order::Count {
            queue: "inbound".into(),
            moves: Vec::new(),
            extra: vec![found],
        });
        for timeline in &mut timelines {
            assert!(timeline.tell(Input::FeedConnected { feed: "hotline".into() }, night));
            let reading = Reading::of("inbound", 0);
            assert!(timeline.tell(Input::Reading { reading }, night));
        }
        let [daemon, ours] = &mut timelines;
        assert!(daemon.tell(counted.clone(), night));
        let mut theirs: Vec<Asked> = std::iter::from_fn(|| daemon.decided())
            .flat_map(|decision| Asked::by(&decision))
            .collect();
        assert_eq!(theirs.len(), 1);
        theirs[0].id = InstructionId(71);
        ours.expect(theirs, night);
        assert_eq!(ours.tell_recorded(counted, night), Some(true));
        let released = order(Order::Release {
            queue: "inbound".into(),
            instruction: InstructionId(71),
        });
        assert_eq!(ours.tell_recorded(released, night + Millis(1_000)), Some(true));
    }
}
