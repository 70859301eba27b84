//! Writes a duty log as the daemon would: inputs and the core's own decisions, in order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use surged::config::{self, Config, Purpose};
use surged::core::{Input, Millis, Reading, Time, What};
use surged::journal::{Batch, Entry, Journal, Local, Options, Reader, Record};
use surged::lab::timeline::Timeline;
use surged::report::{Report, Wanted, draw_up};

/// Entries in one batch.
const BATCH: usize = 2_000;

pub struct Log {
    timeline: Timeline,
    journal: Local,
    waiting: Vec<Entry>,
    seq: u64,
}

impl Log {
    /// A log that begins with its plan; every instruction is done a minute after it was given.
    pub fn begin(path: &Path, config: &Config, start: Time) -> Log {
        let (journal, _) = Local::open(path, Options::default()).unwrap();
        let plan = Arc::new(config.plan.clone());
        let after = Some(Millis::from_mins(1));
        let mut log = Log {
            timeline: Timeline::new(Arc::clone(&plan), config.calendar.clone(), after, start),
            journal,
            waiting: Vec::new(),
            seq: 0,
        };
        log.write(start, Record::Input(Input::Configured { plan }));
        log
    }

    pub async fn reading(&mut self, at: Time, reading: Reading) {
        self.timeline.run_to(at);
        self.decisions();
        let input = Input::Reading { reading };
        self.write(at, Record::Input(input.clone()));
        self.timeline.tell(input, at);
        self.decisions();
        if self.waiting.len() >= BATCH {
            self.flush().await;
        }
    }

    pub async fn end(mut self, at: Time) {
        self.timeline.run_to(at);
        self.decisions();
        self.flush().await;
        self.journal.close().await;
    }

    fn decisions(&mut self) {
        while let Some(decision) = self.timeline.decided() {
            // What somebody answers comes before what is said of it.
            if let What::Answered {
                instruction,
                by,
                answer,
            } = decision.what.clone()
            {
                let sure = false;
                let answer = Input::Answer {
                    instruction,
                    by,
                    answer,
                    sure,
                };
                self.write(decision.at, Record::Input(answer));
            }
            self.write(decision.at, Record::Decision(decision));
        }
    }

    fn write(&mut self, at: Time, record: Record) {
        self.seq += 1;
        let (seq, unlogged) = (self.seq, false);
        self.waiting.push(Entry {
            seq,
            at,
            record,
            unlogged,
        });
    }

    async fn flush(&mut self) {
        let entries = std::mem::take(&mut self.waiting);
        let Some(first) = entries.first() else { return };
        let batch = Batch {
            expected_seq: first.seq,
            entries,
            snapshot: None,
        };
        self.journal.append(batch).await.unwrap().await.unwrap().unwrap();
    }
}

pub fn config(text: &str, change: impl FnOnce(&mut toml::Table)) -> Config {
    let mut plan: toml::Table = text.parse().unwrap();
    change(&mut plan);
    let text = toml::to_string(&plan).unwrap();
    config::load_from(text.as_bytes(), "plan.toml", Purpose::Look)
        .unwrap_or_else(|found| panic!("{}", found.render(false)))
}

pub fn reader(path: &Path) -> Reader {
    Reader::open(path, Duration::from_secs(10)).unwrap()
}

pub fn report(path: &Path, config: &Config, days: (jiff::civil::Date, usize)) -> Report {
    let wanted = Wanted {
        days: Some(days),
        zone: config.calendar.zone.clone(),
        calendar: Some(config.calendar.clone()),
        plan: Some(config.plan.clone()),
        queues: None,
    };
    draw_up(&reader(path), &wanted, &mut |_| true).unwrap()
}
