//! Random plans.

use super::{Day, FEEDS, HOUR, POOLS, TIERS};
use std::collections::BTreeMap;
use surged_core::ladder::{
    Extend, FeedLimits, Judge, Ladder, Level, Mode, Paused, Plan, Pool, QueuePlan, Release, Rostered, SeatRange, Seats,
    Shift, Step, Threshold, Tier, When,
};
use surged_core::{Action, Millis, Name, Time};

impl Day {
    pub(super) fn plan(&mut self) -> Plan {
        let mut plan = Plan::default();
        for feed in FEEDS {
            let limits = FeedLimits {
                stale_after: Millis(20 + self.up_to(30)),
                forget_after: Millis(60 + self.up_to(60)),
                gone_after: Millis(3 + self.up_to(40)),
                paused: self.paused(),
            };
            plan.feeds.insert(feed.into(), limits);
        }
        plan.physical_seats = self.one_in(2).then(|| 2 + self.up_to(14) as u32);
        for level in 0..self.up_to(3) {
            let role = Name::from(format!("level{level}"));
            plan.chain.push(Level {
                role,
                respond_within: Millis(5 + self.up_to(40)),
                late_margin: Millis(1 + self.up_to(20)),
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
                paused: self.one_in(6).then(|| self.paused()),
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

    fn paused(&mut self) -> Paused {
        [Paused::SignedIn, Paused::Away][usize::from(self.one_in(3))]
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
            paused: self.one_in(8).then(|| self.paused()),
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
        let calm = Threshold::WaitingAtMost(self.up_to(6) as u32);
        let when = When::of(calm, Millis(1 + self.up_to(25)), Judge::Every);
        Ladder {
            max_borrowed: self.one_in(4).then(|| 1 + self.up_to(6) as u32),
            ask_again_after: Millis(1 + self.up_to(40)),
            severe: self.one_in(4).then(|| self.severe()),
            ask_again_after_no: Millis(5 + self.up_to(120)),
            late_within: Millis(5 + self.up_to(120)),
            hold_for: Millis(self.up_to(80)),
            tiers,
            release: Release {
                step: if self.one_in(3) { Step::Person } else { Step::Move },
                when,
                min_stay: Millis(if self.one_in(2) { 0 } else { self.up_to(60) }),
            },
            settle_within: Millis(1 + self.up_to(30)),
            stand_down_after: Millis(1 + self.up_to(15)),
            ask_max_above: self.up_to(12) as u32,
        }
    }

    fn severe(&mut self) -> When {
        let above = 4 + self.up_to(9) as u32;
        let threshold = Threshold::WaitingAbove { above, at_most: None };
        When::of(threshold, Millis(self.up_to(15)), Judge::Every)
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
            when: When::of(threshold, Millis(self.up_to(25)), Judge::Every),
            settle_within: self.one_in(4).then(|| Millis(1 + self.up_to(60))),
            on_incident: self.one_in(6),
            worth_it_beyond: Millis(self.up_to(60)),
            next_after: self.one_in(5).then(|| Millis(1 + self.up_to(30))),
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

    /// A reload.
    pub(super) fn changed(&mut self, plan: &mut Plan) {
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
}
