//! Callers for each working seat, and the wait that they may expect. Both change with readings.
//!
//! Compared as `callers - limit x seats > 0` and weighed by the seats, so that a mean is callers' time over seats' time, which has
//! an answer also where nobody was there for a while. Any caller is too many for nobody.

use super::Measured;
use crate::ladder::{Millionths, QueuePlan};
use crate::{AgentState, Millis, Reading};

/// Those who can take a call: signed in, and not paused where the feed tells, by number or by name (plan: "Measures"). The one place
/// from which conditions take it.
pub fn working_seats(reading: &Reading) -> Option<u32> {
    let by_name = || {
        let agents = reading.agents.iter().flatten();
        let paused = agents.filter(|agent| agent.state == AgentState::Paused).count();
        u32::try_from(paused).unwrap_or(u32::MAX)
    };
    let paused = reading.paused.unwrap_or_else(by_name);
    Some(reading.signed_in?.saturating_sub(paused))
}

/// Callers waiting per working seat, in millionths beyond the limit; `None`: the feed does not tell who is there.
pub fn waiting(reading: &Reading, limit: f64) -> Option<Measured> {
    let callers = i128::from(reading.waiting) * i128::from(Millionths::ONE.0);
    beyond(reading, callers, Millionths::of(limit).0.into())
}

/// Waiting x handling time / working seats, in milliseconds beyond the limit; `None`: the feed does not tell who is there, or nobody
/// how long a call takes.
pub fn expected_wait(reading: &Reading, queue: &QueuePlan, limit: Millis) -> Option<Measured> {
    let work = i128::from(reading.waiting) * i128::from(queue.handle_time?.0);
    beyond(reading, work, limit.0.into())
}

fn beyond(reading: &Reading, callers: i128, limit: i128) -> Option<Measured> {
    let seats = working_seats(reading)?;
    Some(Measured {
        value: callers - limit * i128::from(seats),
        rise: 0,
        weight: seats.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Agent;

    /// In doubles 0.29 x 100 is a little less than 29.
    #[test]
    fn a_limit_per_seat_is_what_was_written() {
        let mut reading = Reading::of("q", 29);
        reading.signed_in = Some(100);
        let beyond = |reading: &Reading| waiting(reading, 0.29).map(|measured| measured.value);
        assert_eq!(beyond(&reading), Some(0));
        reading.waiting = 30;
        assert_eq!(beyond(&reading), Some(1_000_000));
    }

    #[test]
    fn a_seat_works_where_somebody_is_signed_in_and_not_paused() {
        let mut reading = Reading::of("q", 4);
        assert_eq!(working_seats(&reading), None, "what is unknown is not zero");
        reading.signed_in = Some(3);
        assert_eq!(working_seats(&reading), Some(3));
        let agent = |person: &str, state| Agent {
            person: person.into(),
            state,
        };
        reading.agents = Some(vec![
            agent("E01", AgentState::Paused),
            agent("E02", AgentState::Busy),
            agent("E03", AgentState::Available),
        ]);
        assert_eq!(working_seats(&reading), Some(2), "by name");
        reading.paused = Some(3);
        assert_eq!(working_seats(&reading), Some(0), "the feed's own number goes first");
        reading.paused = Some(5);
        assert_eq!(working_seats(&reading), Some(0));
    }

    #[test]
    fn nobody_there_makes_any_caller_too_many() {
        let mut reading = Reading::of("q", 1);
        (reading.signed_in, reading.paused) = (Some(2), Some(2));
        assert!(waiting(&reading, 0.15).is_some_and(|measured| measured.value > 0));
    }
}
