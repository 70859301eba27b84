//! The built-in surge takes the written plan up to the back office and down again within the hour.
//!
//! The floor here goes by the book: a bare reading of the plan's table, without blind queues, answers, arbitration. The
//! plan itself is run by the daemon; this shows that the scenario is fit for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use surged::core::{Millis, Name, Part, Time};
use surged::lab::phone_system::PhoneSystem;
use surged::lab::scenario::surge;

const FIVE_MINUTES: Millis = Millis::from_mins(5);
/// From an instruction to its people on the phones, or off them.
const WALK: Millis = Millis::from_secs(60);

/// Tier, callers to be exceeded, for how long, fewest and most people.
const LADDER: [(&str, usize, Millis, u32, u32); 5] = [
    ("expert", 5, FIVE_MINUTES, 4, 4),
    ("outbound", 5, FIVE_MINUTES, 2, 3),
    ("quality", 5, FIVE_MINUTES, 2, 3),
    ("back_office", 10, Millis::ZERO, 2, 3),
    ("extend_shift", 10, FIVE_MINUTES, 0, 0),
];

struct Floor {
    phones: PhoneSystem,
    /// Since when more than five, and more than ten, wait; since when at most five.
    above: [Option<Time>; 2],
    calm: Option<Time>,
    stack: Vec<(usize, Part)>,
    /// Windows begin no earlier: the last settling or sign-out.
    changed: Time,
    /// People on their way: when, whether they come, who.
    walking: Vec<(Time, bool, Part)>,
    told: Vec<(Time, char, &'static str)>,
}

impl Floor {
    fn new(seed: u64) -> Floor {
        Floor {
            phones: PhoneSystem::new(&surge(), seed, Time(0)).unwrap(),
            above: [None, None],
            calm: Some(Time(0)),
            stack: Vec::new(),
            changed: Time(0),
            walking: Vec::new(),
            told: Vec::new(),
        }
    }

    fn look(&mut self, now: Time) {
        let waiting = self.phones.waiting(0);
        for (since, threshold) in self.above.iter_mut().zip([5, 10]) {
            *since = (waiting > threshold).then(|| since.unwrap_or(now));
        }
        self.calm = (waiting <= 5).then(|| self.calm.unwrap_or(now));
    }

    /// When the next tier is to be called, unless depth changes.
    fn call_due(&self) -> Option<Time> {
        let (_, threshold, hold, ..) = LADDER.get(self.stack.len())?;
        let settled = self.walking.is_empty();
        let since = self.above[usize::from(*threshold == 10)].filter(|_| settled)?;
        Some(since.max(self.changed) + *hold)
    }

    fn release_due(&self) -> Option<Time> {
        let since = self.calm.filter(|_| !self.stack.is_empty())?;
        Some(since.max(self.changed) + FIVE_MINUTES)
    }

    fn call(&mut self, now: Time) {
        let (tier, _, _, fewest, most) = LADDER[self.stack.len()];
        let seats = if self.phones.waiting(0) > 10 { most } else { fewest };
        let people = if tier == "expert" {
            surged::lab::scenario::people("E", 4)
        } else {
            Vec::new()
        };
        let part = Part {
            pool: Some(Name::from(tier)),
            seats,
            people,
        };
        self.told.push((now, '+', tier));
        self.walking.push((now + WALK, true, part.clone()));
        self.stack.push((self.stack.len(), part));
    }

    fn release(&mut self, now: Time) {
        let (tier, part) = self.stack.pop().unwrap();
        self.told.push((now, '-', LADDER[tier].0));
        self.walking.push((now + WALK, false, part));
        self.changed = now;
    }

    fn arrive(&mut self, now: Time) {
        let inbound = Name::from("inbound");
        for (_, comes, part) in self.walking.extract_if(.., |(at, ..)| *at <= now).collect::<Vec<_>>() {
            if comes {
                self.phones.sign_in(&inbound, &part, now).unwrap();
                self.changed = now;
            } else {
                self.phones.sign_out(&inbound, &part).unwrap();
            }
        }
    }

    /// Runs for an hour; tells what was called and released, and the most people and callers at once.
    fn hour(mut self) -> (Vec<(Time, char, &'static str)>, u32, usize) {
        let (mut most_people, mut most_waiting) = (0, 0);
        let mut now = Time(0);
        while now < Time(0) + Millis::from_mins(60) {
            let arrival = self.walking.iter().map(|(at, ..)| *at).min();
            let due = [
                self.phones.next_event_at(),
                arrival,
                self.call_due(),
                self.release_due(),
            ];
            now = due.into_iter().flatten().min().unwrap().max(now);
            if self.call_due().is_some_and(|at| at <= now) {
                self.call(now);
            }
            if self.release_due().is_some_and(|at| at <= now) {
                self.release(now);
            }
            self.arrive(now);
            self.phones.poll(now);
            self.look(now);
            most_people = most_people.max(self.phones.reading(0, now).signed_in.unwrap());
            most_waiting = most_waiting.max(self.phones.waiting(0));
        }
        (self.told, most_people, most_waiting)
    }
}

#[test]
fn the_surge_climbs_to_the_back_office_and_calms_within_the_hour() {
    const SEEDS: u64 = 50;
    let mut by_the_book = 0;
    let mut seen = Vec::new();
    for seed in 1..=SEEDS {
        let (told, most_people, most_waiting) = Floor::new(seed).hour();
        let called: Vec<&str> = told.iter().filter(|it| it.1 == '+').map(|it| it.2).collect();
        let mut released: Vec<&str> = told.iter().filter(|it| it.1 == '-').map(|it| it.2).collect();
        released.reverse();
        assert!(most_people <= 60, "seed {seed}: {most_people} people at 60 desks");
        let fits = called.len() >= 4 && called == released;
        by_the_book += u64::from(fits);
        let minutes: Vec<String> = told
            .iter()
            .map(|(at, sign, tier)| format!("{sign}{tier} {:.1}", at.0 as f64 / 60_000.0))
            .collect();
        seen.push(format!(
            "seed {seed}: at most {most_waiting} waiting, {most_people} people: {}",
            minutes.join(", ")
        ));
    }
    assert!(
        by_the_book * 10 >= SEEDS * 9,
        "{by_the_book} of {SEEDS} seeds:\n{}",
        seen.join("\n")
    );
}

#[test]
fn the_seed_that_is_shown_gives_the_same_day_on_every_machine() {
    let (told, most_people, most_waiting) = Floor::new(1).hour();
    let lines: Vec<String> = told
        .iter()
        .map(|(at, sign, tier)| format!("{} {sign}{tier}", at.0))
        .collect();
    assert_eq!(
        lines,
        [
            "451862 +expert",
            "811862 +outbound",
            "1171862 +quality",
            "1231862 +back_office",
            "1879117 -back_office",
            "2179117 -quality",
            "2479117 -outbound",
            "2779117 -expert",
        ]
    );
    assert_eq!((most_people, most_waiting), (59, 48));
}
