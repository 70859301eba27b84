//! Erlang A in NeXosim: `nexosim_line CALLS SEED [AN_HOUR SEATS HANDLING_S PATIENCE_S]`. One model; callers, ends of calls and patience
//! are its own events, as surged's are.

use nexosim::model::{Context, Model, schedulable};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use side_by_side_peers::Chance;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Counted {
    came: u64,
    answered: u64,
    gave_up: u64,
    waited_s: f64,
}

/// What the line counted, once all callers have come.
static COUNTED: Mutex<Counted> = Mutex::new(Counted {
    came: 0,
    answered: 0,
    gave_up: 0,
    waited_s: 0.0,
});

#[derive(Serialize, Deserialize)]
struct Line {
    calls: u64,
    seed: u64,
    between_s: f64,
    handling_s: f64,
    patience_s: f64,
    free: u32,
    next: u64,
    waiting: VecDeque<(u64, MonotonicTime)>,
    counted: Counted,
}

#[Model]
impl Line {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        self.plan_caller(cx);
    }

    fn span(&mut self, mean_s: f64) -> Duration {
        let mut chance = Chance::new(self.seed);
        let span = mean_s * chance.exponential();
        self.seed = chance.bits();
        // A deadline has to lie ahead.
        Duration::from_secs_f64(span).max(Duration::from_nanos(1))
    }

    fn plan_caller(&mut self, cx: &Context<Self>) {
        if self.counted.came < self.calls {
            let after = self.span(self.between_s);
            cx.schedule_event(after, schedulable!(Self::arrive), ())
                .expect("a later time");
        }
    }

    fn answer(&mut self, cx: &Context<Self>) {
        self.counted.answered += 1;
        let lasting = self.span(self.handling_s);
        cx.schedule_event(lasting, schedulable!(Self::end_call), ())
            .expect("a later time");
    }

    #[nexosim(schedulable)]
    fn arrive(&mut self, _: (), cx: &Context<Self>) {
        self.counted.came += 1;
        self.plan_caller(cx);
        if self.free > 0 {
            self.free -= 1;
            self.answer(cx);
            return;
        }
        self.next += 1;
        self.waiting.push_back((self.next, cx.time()));
        let patience = self.span(self.patience_s);
        cx.schedule_event(patience, schedulable!(Self::give_up), self.next)
            .expect("a later time");
    }

    #[nexosim(schedulable)]
    fn end_call(&mut self, _: (), cx: &Context<Self>) {
        match self.waiting.pop_front() {
            Some((_, since)) => {
                self.counted.waited_s += cx.time().duration_since(since).as_secs_f64();
                self.answer(cx);
            }
            None => self.free += 1,
        }
        *COUNTED.lock().expect("one thread at a time") = self.counted;
    }

    #[nexosim(schedulable)]
    fn give_up(&mut self, number: u64, cx: &Context<Self>) {
        if let Ok(place) = self.waiting.binary_search_by_key(&number, |(number, _)| *number) {
            if let Some((_, since)) = self.waiting.remove(place) {
                self.counted.waited_s += cx.time().duration_since(since).as_secs_f64();
                self.counted.gave_up += 1;
            }
        }
    }
}

fn main() -> Result<(), nexosim::simulation::SimulationError> {
    let numbers: Vec<f64> = std::env::args()
        .skip(1)
        .map(|it| it.parse().expect("a number"))
        .collect();
    let get = |place: usize, other: f64| numbers.get(place).copied().unwrap_or(other);
    let line = Line {
        calls: get(0, 100_000.0) as u64,
        seed: get(1, 1.0) as u64,
        between_s: 3_600.0 / get(2, 2_880.0),
        free: get(3, 50.0) as u32,
        handling_s: get(4, 60.0),
        patience_s: get(5, 120.0),
        next: 0,
        waiting: VecDeque::new(),
        counted: Counted::default(),
    };
    let began = Instant::now();
    let mailbox = Mailbox::new();
    let mut simulation = SimInit::with_num_threads(1)
        .add_model(line, mailbox, "line")
        .init(MonotonicTime::EPOCH)?;
    simulation.run()?;
    let took = began.elapsed().as_secs_f64();
    let Counted {
        came,
        gave_up,
        waited_s,
        ..
    } = *COUNTED.lock().expect("one thread at a time");
    println!(
        r#"{{"calls":{came},"seconds":{took},"abandoned":{},"mean_wait_s":{}}}"#,
        gave_up as f64 / came as f64,
        waited_s / came as f64
    );
    Ok(())
}
