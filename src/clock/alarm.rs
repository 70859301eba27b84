//! The alarm by which whoever decides wakes at the very millisecond: a timer of the kernel's on the boot-time clock. The runtime's own
//! timers go by its millisecond, after the one in which they were set: up to two too late, which is longer than the disk takes.

use super::Clock;
use crate::core::{Millis, Time};
use rustix::io::read;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::unix::AsyncFd;

/// What is further ahead is looked at again before: setting the alarm for it would be in vain.
const NEAR: Millis = Millis::from_secs(1);

/// One alarm, which is set for one moment at a time.
#[derive(Debug, Default)]
pub struct Alarm {
    timer: Timer,
    /// For when it is set, by the boot-time clock.
    set: Option<Duration>,
}

#[derive(Debug, Default)]
enum Timer {
    #[default]
    Unopened,
    Open(AsyncFd<OwnedFd>),
    /// The system gives none: the runtime's own are good enough.
    None,
}

impl Alarm {
    /// Returns at `at`, or earlier: whoever waits looks at the time again. May be dropped and called again.
    pub async fn sleep_until(&mut self, clock: &Clock, at: Time) {
        let moment = (at - clock.now() <= NEAR).then(|| clock.boot_at(at)).flatten();
        let Some(moment) = moment else {
            return clock.sleep_until(at).await;
        };
        if self.wait(moment).await.is_err() {
            self.timer = Timer::None;
            clock.sleep_until(at).await;
        }
    }

    async fn wait(&mut self, moment: Duration) -> io::Result<()> {
        if matches!(self.timer, Timer::Unopened) {
            self.timer = Timer::Open(open()?);
        }
        let Timer::Open(timer) = &self.timer else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        if self.set != Some(moment) {
            // Zero would not set it but switch it off.
            let moment = moment.max(Duration::from_nanos(1));
            let value = Itimerspec {
                it_interval: timespec(Duration::ZERO),
                it_value: timespec(moment),
            };
            timerfd_settime(timer, TimerfdTimerFlags::ABSTIME, &value)?;
        }
        self.set = Some(moment);
        loop {
            let mut ready = timer.readable().await?;
            let rung = ready.try_io(|timer| read(timer, &mut [0_u8; 8]).map_err(io::Error::from));
            match rung {
                Ok(Ok(_)) => break,
                Ok(Err(fault)) => return Err(fault),
                // What was known of was an alarm before this one.
                Err(_) => {}
            }
        }
        self.set = None;
        Ok(())
    }
}

#[expect(
    deprecated,
    reason = "what follows it is unsafe for files that change under it, which an owned one does not; unsafe code is forbidden here"
)]
fn open() -> io::Result<AsyncFd<OwnedFd>> {
    let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
    AsyncFd::new(timerfd_create(TimerfdClockId::Boottime, flags)?)
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_rings_when_the_time_has_come_and_can_be_set_anew() {
        let (clock, mut alarm) = (Clock::real(None), Alarm::default());
        for ahead in [5, 0, -20, 1, 3] {
            let at = clock.now() + Millis(ahead);
            alarm.sleep_until(&clock, at).await;
            assert!(clock.now() >= at);
        }
    }

    #[tokio::test]
    async fn an_alarm_that_nobody_waited_for_does_not_ring_for_the_next() {
        let (clock, mut alarm) = (Clock::real(None), Alarm::default());
        let first = clock.now() + Millis(2);
        tokio::select! {
            biased;
            () = alarm.sleep_until(&clock, first) => unreachable!("it is first asked when the other is"),
            () = std::future::ready(()) => {}
        }
        clock.sleep_until(first + Millis(1)).await;
        let second = clock.now() + Millis(3);
        alarm.sleep_until(&clock, second).await;
        assert!(clock.now() >= second);
    }
}
