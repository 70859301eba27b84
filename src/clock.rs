//! The daemon's clock: moments for the core, and sleeping until one.
//!
//! Real time is told by the kernel's boot-time clock, which goes on while the machine sleeps and does not jump when somebody sets
//! the wall clock; the wall clock is read once, at the start. Timers of the runtime stand still while the machine sleeps, so nobody
//! sleeps longer than [`LONGEST_SLEEP`] without looking again.

mod alarm;

pub use alarm::Alarm;

use crate::core::{Millis, Time};
use crate::journal::LastStart;
use rustix::time::{ClockId, clock_gettime};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// The daemon looks at the time several times a second: where it has not for so long, it did not run.
const GAP: Millis = Millis::from_secs(1);

/// In so much time a millisecond of difference to the wall clock is made good: an hour within two days.
const MADE_GOOD_IN: i64 = 50;

/// After a suspend, what was due meanwhile is done within this.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);

/// The clocks of the machine on which the daemon runs.
#[derive(Clone, Default, Debug)]
pub enum Machine {
    /// The kernel's.
    #[default]
    Kernel,
    /// Those of a simulation.
    Simulated(Arc<dyn Clocks>),
}

/// What a machine's clocks tell.
pub trait Clocks: Send + Sync + fmt::Debug {
    /// The wall clock, which anybody may set.
    fn wall(&self) -> Time;
    /// For how long the machine has run, suspended or not.
    fn boot(&self) -> Duration;
    /// A name for this run of the machine.
    fn boot_id(&self) -> String;
}

impl Machine {
    /// For how long the machine has run.
    pub fn uptime(&self) -> Millis {
        Millis(i64::try_from(self.boot().as_millis()).unwrap_or(i64::MAX))
    }

    /// The kernel's name for this run of the machine; empty where it has none.
    pub fn boot_id(&self) -> String {
        match self {
            Machine::Kernel => std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
                .map(|id| id.trim().to_owned())
                .unwrap_or_default(),
            Machine::Simulated(clocks) => clocks.boot_id(),
        }
    }

    fn wall(&self) -> Time {
        match self {
            Machine::Kernel => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Machine::Simulated(clocks) => clocks.wall(),
        }
    }

    fn boot(&self) -> Duration {
        match self {
            Machine::Kernel => {
                let told = clock_gettime(ClockId::Boottime);
                Duration::new(
                    u64::try_from(told.tv_sec).unwrap_or(0),
                    u32::try_from(told.tv_nsec).unwrap_or(0),
                )
            }
            Machine::Simulated(clocks) => clocks.boot(),
        }
    }
}

/// Where the daemon's time comes from. Copies tell the same time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Real time.
    Running {
        /// The machine's clocks.
        machine: Machine,
        /// What it showed at the start.
        start: Time,
        /// The boot-time clock at the start.
        boot: Duration,
        /// The wall clock less what it showed at the start: what it has to make good.
        behind: Millis,
    },
    /// Time of a demo, which runs faster than real time, or stands still.
    Paced(watch::Sender<Pace>),
    /// Time that tests move.
    Moved(watch::Sender<Time>),
}

/// How the time of a demo runs, from a moment on.
#[derive(Copy, Clone, Debug)]
pub struct Pace {
    /// What it showed at that moment.
    start: Time,
    /// The boot-time clock at that moment.
    boot: Duration,
    /// 0: it stands still.
    speed: u32,
    /// The fastest that it has run so far.
    fastest: u32,
}

impl Pace {
    fn now(&self) -> Time {
        let elapsed = Machine::Kernel.boot().saturating_sub(self.boot).as_millis();
        let elapsed = i64::try_from(elapsed).unwrap_or(i64::MAX);
        self.start + Millis(elapsed.saturating_mul(i64::from(self.speed)))
    }
}

impl Clock {
    /// Real time. `last` is what the duty log knows of the run before, so that time never goes back, and goes on rightly where
    /// the wall clock was set meanwhile.
    pub fn real(last: Option<&LastSeen>) -> Clock {
        Clock::of(Machine::Kernel, last)
    }

    /// The same by the clocks of this machine.
    pub fn of(machine: Machine, last: Option<&LastSeen>) -> Clock {
        let (wall, boot) = (machine.wall(), machine.boot());
        let start = resume(wall, boot, &machine.boot_id(), last);
        Clock::Running {
            machine,
            start,
            boot,
            behind: wall - start,
        }
    }

    /// Time that runs `speed` times faster from now on.
    pub fn fast(speed: u32) -> Clock {
        Clock::Paced(watch::Sender::new(Pace {
            start: Machine::Kernel.wall(),
            boot: Machine::Kernel.boot(),
            speed,
            fastest: speed,
        }))
    }

    /// Has the time of a demo run so much faster than real time from now on; 0: it stands still. Whoever sleeps by it looks again. Any
    /// other clock stays as it is.
    pub fn set_speed(&self, speed: u32) {
        if let Clock::Paced(pace) = self {
            pace.send_if_modified(|pace| {
                let another = pace.speed != speed;
                if another {
                    *pace = Pace {
                        start: pace.now(),
                        boot: Machine::Kernel.boot(),
                        speed,
                        fastest: pace.fastest.max(speed),
                    };
                }
                another
            });
        }
    }

    /// Time that only [`Clock::advance`] moves.
    pub fn moved(start: Time) -> Clock {
        Clock::Moved(watch::Sender::new(start))
    }

    /// The time.
    pub fn now(&self) -> Time {
        match self {
            Clock::Running {
                machine,
                start,
                boot: then,
                behind,
            } => {
                let elapsed = machine.boot().saturating_sub(*then).as_millis();
                let elapsed = Millis(i64::try_from(elapsed).unwrap_or(i64::MAX));
                *start + elapsed + made_good(*behind, elapsed)
            }
            Clock::Paced(pace) => pace.borrow().now(),
            Clock::Moved(time) => *time.borrow(),
        }
    }

    /// Whether so much time between two looks at the clock means that this process did not run. A clock that tests move stands and
    /// leaps as they please.
    pub fn is_gap(&self, passed: Millis) -> bool {
        match self {
            Clock::Running { .. } => passed >= GAP,
            Clock::Paced(pace) => passed.0 >= GAP.0.saturating_mul(i64::from(pace.borrow().fastest)),
            Clock::Moved(_) => false,
        }
    }

    /// How many times faster than real time it runs; 0: it stands still.
    pub fn speed(&self) -> u32 {
        match self {
            Clock::Paced(pace) => pace.borrow().speed,
            Clock::Running { .. } | Clock::Moved(_) => 1,
        }
    }

    /// Returns at `at`, or earlier: whoever waits looks at the time again.
    pub async fn sleep_until(&self, at: Time) {
        match self {
            Clock::Running { behind, .. } => {
                let ahead = u64::try_from((at - self.now()).0).unwrap_or(0);
                // Where it runs a little faster than real time: rather too early, and once more.
                let faster = if behind.0 > 0 {
                    ahead / MADE_GOOD_IN.unsigned_abs()
                } else {
                    0
                };
                let real = Duration::from_millis(ahead - faster);
                tokio::time::sleep(real.min(LONGEST_SLEEP)).await;
            }
            Clock::Paced(pace) => {
                let mut changes = pace.subscribe();
                let speed = u64::from(changes.borrow_and_update().speed);
                let ahead = u64::try_from((at - self.now()).0).unwrap_or(0);
                let real = match speed {
                    0 if ahead > 0 => LONGEST_SLEEP,
                    _ => Duration::from_millis(ahead.div_ceil(speed.max(1))),
                };
                tokio::select! {
                    () = tokio::time::sleep(real.min(LONGEST_SLEEP)) => {}
                    // The sender lives in `self`.
                    _ = changes.changed() => {}
                }
            }
            Clock::Moved(time) => {
                let mut moved = time.subscribe();
                // The sender lives in `self`, so that waiting cannot fail.
                let _ = moved.wait_for(|now| *now >= at).await;
            }
        }
    }

    /// What the kernel's boot-time clock shows at `at`; `None` where this clock goes by another, or has a difference to make good yet.
    fn boot_at(&self, at: Time) -> Option<Duration> {
        match self {
            Clock::Running {
                machine: machine @ Machine::Kernel,
                start,
                boot,
                behind,
            } => {
                let elapsed = machine.boot().saturating_sub(*boot).as_millis();
                let elapsed = Millis(i64::try_from(elapsed).unwrap_or(i64::MAX));
                let ahead = u64::try_from((at - *behind - *start).0).unwrap_or(0);
                (made_good(*behind, elapsed) == *behind).then(|| *boot + Duration::from_millis(ahead))
            }
            Clock::Running { .. } | Clock::Paced(_) | Clock::Moved(_) => None,
        }
    }

    /// Moves a clock of tests forward; a running clock moves by itself.
    pub fn advance(&self, by: Millis) {
        if let Clock::Moved(time) = self {
            time.send_modify(|now| *now = *now + by);
        }
    }

    /// The wall clock less this one: what somebody has set, or slewed, since the start.
    pub fn skew(&self) -> Millis {
        match self {
            Clock::Running { machine, .. } => machine.wall() - self.now(),
            Clock::Paced(_) | Clock::Moved(_) => Millis::ZERO,
        }
    }
}

/// What the duty log knows of the run before this one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastSeen {
    /// The time of its last entry.
    pub at: Time,
    /// Its start.
    pub start: Option<LastStart>,
}

/// More than this between the wall clock and the time carried over means that the time carried over was wrong from the start.
const BELIEVABLE: Millis = Millis::from_mins(120);

/// What the clock shows at a start. Within one run of the machine the boot-time clock carries the time over, whatever was done to
/// the wall clock; else the wall clock counts, but never before the log's last entry.
fn resume(wall: Time, boot: Duration, boot_id: &str, last: Option<&LastSeen>) -> Time {
    let Some(last) = last else {
        return wall;
    };
    let boot = Millis(i64::try_from(boot.as_millis()).unwrap_or(i64::MAX));
    let same_run = last
        .start
        .as_ref()
        .filter(|start| !boot_id.is_empty() && start.boot_id == boot_id);
    let carried = same_run.map(|start| start.at + Millis((boot.0 - start.uptime.0).max(0)));
    let time = carried
        .filter(|time| (wall - *time).0.abs() <= BELIEVABLE.0)
        .unwrap_or(wall);
    time.max(last.at)
}

/// How much of a difference to the wall clock is made good after so long: a clock that was wrong at one start is not believed for
/// ever, and no hold is shorter or longer for it than by one part in [`MADE_GOOD_IN`].
fn made_good(behind: Millis, elapsed: Millis) -> Millis {
    let at_most = elapsed.0 / MADE_GOOD_IN;
    Millis(behind.0.clamp(-at_most, at_most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(at: i64, anchored: Option<(&str, i64, i64)>) -> LastSeen {
        let start = anchored.map(|(id, at, uptime)| LastStart {
            at: Time(at),
            boot_id: id.to_owned(),
            uptime: Millis(uptime),
        });
        LastSeen { at: Time(at), start }
    }

    #[test]
    fn a_restart_goes_on_by_the_boot_clock_when_the_wall_clock_was_set() {
        // Five seconds after the last entry, with the wall clock set back by an hour meanwhile.
        let last = last(10_000_000, Some(("this", 9_000_000, 1_000_000)));
        assert_eq!(
            resume(
                Time(10_005_000 - 3_600_000),
                Duration::from_secs(2_005),
                "this",
                Some(&last)
            ),
            Time(10_005_000)
        );
    }

    #[test]
    fn after_a_reboot_the_wall_clock_counts_but_never_before_the_last_entry() {
        let last = last(10_000_000, Some(("other", 9_000_000, 1_000_000)));
        assert_eq!(
            resume(Time(10_060_000), Duration::from_secs(20), "this", Some(&last)),
            Time(10_060_000)
        );
        assert_eq!(
            resume(Time(5_000), Duration::from_secs(20), "this", Some(&last)),
            Time(10_000_000)
        );
    }

    #[test]
    fn a_clock_that_was_wrong_from_the_start_is_not_carried_over() {
        let last = last(50_000, Some(("this", 0, 0)));
        let wall = Time(1_700_000_000_000);
        assert_eq!(resume(wall, Duration::from_secs(60), "this", Some(&last)), wall);
    }

    #[test]
    fn a_difference_to_the_wall_clock_is_made_good_little_by_little_and_time_never_goes_back() {
        let hour = Millis::from_mins(60);
        assert_eq!(made_good(hour, Millis(5_000)), Millis(100));
        assert_eq!(made_good(hour, Millis::from_mins(60 * 50)), hour);
        assert_eq!(made_good(hour, Millis::from_mins(60 * 500)), hour);
        let behind = Millis(-hour.0);
        assert_eq!(made_good(behind, Millis(5_000)), Millis(-100));
        let shown = |elapsed| Millis(elapsed) + made_good(behind, Millis(elapsed));
        assert!((0..10_000).all(|elapsed| shown(elapsed + 1) >= shown(elapsed)));
    }

    #[tokio::test]
    async fn a_moved_clock_wakes_who_waits() {
        let clock = Clock::moved(Time(0));
        let waiting = {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(Time(300_000)).await })
        };
        clock.advance(Millis(299_999));
        clock.advance(Millis(1));
        waiting.await.unwrap();
        assert_eq!(clock.now(), Time(300_000));
    }

    #[tokio::test]
    async fn a_fast_clock_runs_faster() {
        let clock = Clock::fast(1_000);
        let begin = clock.now();
        while clock.now() - begin < Millis(60_000) {
            clock.sleep_until(begin + Millis(60_000)).await;
        }
        assert_eq!(clock.speed(), 1_000);
    }

    #[tokio::test]
    async fn time_that_stands_still_passes_for_nobody_and_goes_on_where_it_stood() {
        let clock = Clock::fast(1_000);
        clock.set_speed(0);
        let stood = clock.now();
        let asleep = {
            let clock = clock.clone();
            tokio::spawn(async move {
                while clock.now() < stood + Millis(1_000) {
                    clock.sleep_until(stood + Millis(1_000)).await;
                }
            })
        };
        let real = Clock::real(None);
        let later = real.now() + Millis(5);
        while real.now() < later {
            real.sleep_until(later).await;
        }
        assert_eq!((clock.now(), clock.speed()), (stood, 0));
        assert!(!clock.is_gap(Millis::ZERO), "it stood, which is no gap");
        clock.set_speed(1_000);
        asleep.await.unwrap();
        assert!(clock.now() >= stood + Millis(1_000));
    }
}
