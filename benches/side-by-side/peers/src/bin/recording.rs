//! Writes recordings of queues that live: callers come by the time of day, wait, give up and are answered.
//!
//! `recording QUEUES DAYS STEP_S json|bare-json|prometheus` writes one line a queue and step to standard output, in the order of time
//! (`json`: all that a phone system tells; `bare-json`: the depth alone), or by queue as VictoriaMetrics imports it.

use side_by_side_peers::Chance;
use std::io::{BufWriter, Write};

/// As the benches' plans call their queues.
fn name(place: u64) -> String {
    if place == 0 {
        "inbound".to_owned()
    } else {
        format!("q{place:04}")
    }
}

/// Monday, 2 November 2026, 00:00 UTC.
const BEGIN_S: u64 = 1_793_577_600;

struct Queue {
    chance: Chance,
    waiting: u32,
    busy: u32,
    seats: u32,
    offered: u64,
    answered: u64,
    abandoned: u64,
    longest_s: u64,
}

impl Queue {
    fn new(number: u64) -> Queue {
        Queue {
            chance: Chance::new(number + 1),
            waiting: 0,
            busy: 0,
            seats: 46,
            offered: 0,
            answered: 0,
            abandoned: 0,
            longest_s: 0,
        }
    }

    /// About so many of `mean`, within one step.
    fn some(&mut self, mean: f64, most: u32) -> u32 {
        let (mut left, mut count) = (mean - self.chance.exponential(), 0);
        while left > 0.0 && count < most {
            count += 1;
            left -= self.chance.exponential();
        }
        count
    }

    fn step(&mut self, at_s: u64, lasting_s: f64) {
        let hour = (at_s / 3_600 % 24) as usize;
        // Erlangs on 46 seats: quiet nights, two heavy stretches a day.
        const LOAD: [f64; 24] = [
            6., 5., 4., 4., 5., 8., 15., 28., 40., 47., 51., 48., 42., 40., 44., 50., 47., 42., 36., 30., 24., 18.,
            12., 8.,
        ];
        let came = self.some(LOAD[hour] / 300.0 * lasting_s, u32::MAX);
        let ended = self.some(f64::from(self.busy) / 300.0 * lasting_s, self.busy);
        let gave_up = self.some(f64::from(self.waiting) / 120.0 * lasting_s, self.waiting);
        self.busy -= ended;
        self.waiting = self.waiting - gave_up + came;
        let taken = self.waiting.min(self.seats - self.busy);
        self.waiting -= taken;
        self.busy += taken;
        self.offered += u64::from(came);
        self.answered += u64::from(taken);
        self.abandoned += u64::from(gave_up);
        self.longest_s = match self.waiting {
            0 => 0,
            _ if taken > 0 => (self.longest_s / 2).max(1),
            _ => self.longest_s + lasting_s as u64,
        };
    }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, queues, days, step, form] = arguments.as_slice() else {
        eprintln!("usage: recording QUEUES DAYS STEP_S json|bare-json|prometheus");
        std::process::exit(2);
    };
    let number = |text: &String| text.parse::<u64>().expect("a whole number");
    let (queues, step) = (number(queues), number(step));
    let steps = number(days) * 86_400 / step;
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    match form.as_str() {
        "prometheus" => by_queue(queues, steps, step, &mut out)?,
        form => by_time(queues, steps, step, form == "json", &mut out)?,
    }
    out.flush()
}

fn by_time(queues: u64, steps: u64, step: u64, whole: bool, out: &mut impl Write) -> std::io::Result<()> {
    let mut all: Vec<(String, Queue)> = (0..queues).map(|place| (name(place), Queue::new(place))).collect();
    for number in 0..steps {
        let at = BEGIN_S + number * step;
        let time = rfc3339(at);
        for (name, queue) in &mut all {
            queue.step(at, step as f64);
            let waiting = queue.waiting;
            if !whole {
                writeln!(out, r#"{{"queue":"{name}","at":"{time}","waiting":{waiting}}}"#)?;
                continue;
            }
            let free = queue.seats - queue.busy;
            writeln!(
                out,
                r#"{{"queue":"{name}","at":"{time}","feed":"hotline","waiting":{waiting},"longest_wait_s":{}.0,"signed_in":{},"available":{free},"paused":0,"offered":{},"answered":{},"abandoned":{}}}"#,
                queue.longest_s, queue.seats, queue.offered, queue.answered, queue.abandoned
            )?;
        }
    }
    Ok(())
}

fn by_queue(queues: u64, steps: u64, step: u64, out: &mut impl Write) -> std::io::Result<()> {
    for place in 0..queues {
        let (name, mut queue) = (name(place), Queue::new(place));
        for number in 0..steps {
            let at = BEGIN_S + number * step;
            queue.step(at, step as f64);
            writeln!(out, r#"waiting{{queue="{name}"}} {} {at}000"#, queue.waiting)?;
        }
    }
    Ok(())
}

/// A whole second as `2026-11-02T00:00:00.000Z`.
fn rfc3339(at_s: u64) -> String {
    let (days, second) = (at_s / 86_400, at_s % 86_400);
    // The civil calendar, from the days since 1970 (years begin in March).
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}
