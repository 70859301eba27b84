//! A day by its seed: what happens and when, as a list that can be shortened.

use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How long a day is, before everything is put right.
pub const DAY_MS: u64 = 240_000;

/// The queues of the plan.
pub const QUEUES: [&str; 2] = ["inbound", "billing"];

/// Who is on the floor.
pub const CAST: [&str; 3] = ["Li", "Zhao", "wall"];

/// Something that happens.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// So many callers wait on a queue from now on.
    Depth { queue: &'static str, waiting: u32 },
    /// One in so many messages of the phone system is lost, doubled, or late by up to so much (and so overtaken).
    Noise { one_in: u32, late_ms: u64 },
    /// The phone system's connection is cut.
    Cut,
    /// It neither reads nor writes for so long.
    Mute { ms: u64 },
    /// Nobody listens at its address for so long.
    Away { ms: u64 },
    /// It says that it has lost sight of its queues.
    Lost,
    /// It sends something that is no reading.
    Garbage,
    /// It sends so many readings at once.
    Flood { readings: u32 },
    /// A commit takes so long from now on.
    DiskTakes { ms: u64 },
    /// The disk fails for so long, from the next write on.
    DiskFails { how: Failure, ms: u64 },
    /// One commit fails, and is on the disk or not.
    DiskFailsOnce { written: bool },
    /// The process is paused for so long.
    Pause { ms: u64 },
    /// Somebody sets the wall clock.
    WallClock { by_ms: i64 },
    /// The machine is gone at once, and comes back after so long, perhaps with another plan.
    Crash { when: When, down_ms: u64, plan: usize },
    /// The daemon is stopped in good order.
    Stop { down_ms: u64, plan: usize },
    /// The plan's file is changed.
    Reload { plan: usize },
    /// The plan's file is spoilt.
    Spoil,
    /// Somebody answers an instruction that is open, if any.
    Answer { who: &'static str, how: u32, which: usize },
    /// Somebody orders something by hand.
    Order {
        who: &'static str,
        how: u32,
        queue: &'static str,
    },
    /// Somebody's page is closed for so long.
    Leave { who: &'static str, ms: u64 },
    /// Somebody's machine reads nothing for so long.
    StopReading { who: &'static str, ms: u64 },
    /// Somebody sends what is no message.
    Babble { who: &'static str, how: u32 },
}

/// How a disk fails for a while.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// No room.
    Full,
    /// Not to be written to.
    ReadOnly,
    /// The flush fails; what was to be written is there or not.
    Flush,
}

/// When exactly a machine goes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum When {
    /// At once.
    Now,
    /// When the disk is about to write.
    BeforeCommit,
    /// When the disk has written and nobody knows yet.
    AfterCommit,
}

/// A day.
#[derive(Clone, Debug)]
pub struct Day {
    pub seed: u64,
    /// What happens, each at its millisecond.
    pub acts: Vec<(u64, Act)>,
}

impl Day {
    pub fn of(seed: u64) -> Day {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        // A day has a few kinds of trouble, not all at once: then it is seen what each does.
        let mut moods: Vec<u32> = (0..8).collect();
        let kept = dice.random_range(1..=4);
        while moods.len() > kept {
            moods.swap_remove(dice.random_range(0..moods.len()));
        }
        let count = dice.random_range(15..60);
        let mut times: Vec<u64> = (0..count).map(|_| dice.random_range(1_000..DAY_MS)).collect();
        times.sort_unstable();
        let acts = times.into_iter().map(|at| (at, act(&mut dice, &moods))).collect();
        Day { seed, acts }
    }
}

fn act(dice: &mut impl Rng, moods: &[u32]) -> Act {
    let queue = *QUEUES.choose(dice).unwrap();
    let who = *CAST.choose(dice).unwrap();
    match dice.random_range(0..10) {
        0..=2 => Act::Depth {
            queue,
            waiting: *[0, 1, 3, 4, 6, 7, 11, 14, 25].choose(dice).unwrap(),
        },
        3 | 4 => Act::Answer {
            who,
            how: dice.random_range(0..8),
            which: dice.random_range(0..4),
        },
        5 => Act::Order {
            who,
            how: dice.random_range(0..7),
            queue,
        },
        _ => {
            let mood = *moods.choose(dice).unwrap();
            trouble(dice, mood, who)
        }
    }
}

fn trouble(dice: &mut impl Rng, mood: u32, who: &'static str) -> Act {
    let ms = *[50, 400, 1_500, 4_000, 7_000, 20_000, 45_000].choose(dice).unwrap();
    let pick = dice.random_range(0..4);
    match mood {
        0 => match pick {
            0 => Act::Cut,
            1 => Act::Mute { ms },
            2 => Act::Away { ms },
            _ => Act::Lost,
        },
        1 => match pick {
            0 => Act::Garbage,
            1 => Act::Flood {
                readings: dice.random_range(10..400),
            },
            _ => Act::Noise {
                one_in: dice.random_range(2..20),
                late_ms: dice.random_range(0..5_000),
            },
        },
        2 => match pick {
            0 => Act::DiskTakes {
                ms: *[0, 1, 5, 30, 300, 1_200, 4_000].choose(dice).unwrap(),
            },
            1 => Act::DiskFailsOnce { written: dice.random() },
            _ => Act::DiskFails {
                how: *[Failure::Full, Failure::ReadOnly, Failure::Flush].choose(dice).unwrap(),
                ms: *[10, 900, 6_000, 30_000].choose(dice).unwrap(),
            },
        },
        3 => Act::Pause { ms },
        4 => Act::WallClock {
            by_ms: *[-3_600_000, -30_000, -900, 700, 20_000, 3_600_000]
                .choose(dice)
                .unwrap(),
        },
        5 => {
            let (down_ms, plan) = (ms, if dice.random_range(0..4) == 0 { 1 } else { 0 });
            match pick {
                0 => Act::Stop { down_ms, plan },
                _ => Act::Crash {
                    when: *[When::Now, When::BeforeCommit, When::AfterCommit].choose(dice).unwrap(),
                    down_ms,
                    plan,
                },
            }
        }
        6 => match pick {
            0 => Act::Spoil,
            _ => Act::Reload {
                plan: dice.random_range(0..3),
            },
        },
        _ => match pick {
            0 => Act::Leave { who, ms },
            1 => Act::StopReading { who, ms: ms * 2 },
            _ => Act::Babble {
                who,
                how: dice.random_range(0..6),
            },
        },
    }
}
