//! `surged demo`: a floor to look at, nothing else needed.

use super::run::end_on_signal;
use crate::core::{Action, Answer, Decision, Instruction, InstructionId, Name, Time, What};
use crate::lab::acd::Board;
use crate::lab::demo::{self, Demo as Floor, Options};
use crate::telemetry::{Level, Logs, start_logging};
use crate::words::Sentences;
use clap::Args;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// A surge within a minute; and one that a person can answer, whose first card still comes within half of one.
const SPEED: u32 = 30;
const SPEED_OF_PLAY: u32 = 20;

/// How often a line of state is told, while depth changes.
const STATE_EVERY: Duration = Duration::from_secs(1);

/// Play a surge: a simulated phone system, the daemon, and its console
///
/// Nothing else is needed: no file, no network, no other program. Callers pile up after a minute of the demo's time; the plan calls
/// its tiers, people really join, and go back when it is calm. Simulated supervisors answer if nobody at the console does. Time runs
/// --speed times faster; however fast, a card stays on the page until it can be read. With --play you are the supervisor: the first
/// card comes within half a minute, and time stands still while a card waits for you. Ctrl-C ends it with a summary.
#[derive(Args)]
pub struct Demo {
    /// How many times faster than real time [default: 30, with --play 20]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=600))]
    speed: Option<u32>,
    /// Be the supervisor yourself: nobody else answers
    #[arg(long)]
    play: bool,
    /// The same seed gives the same callers
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Where the console is to be; another port is taken where this one is in use
    #[arg(long, default_value = "127.0.0.1:8470", value_name = "ADDR", value_parser = loopback)]
    listen: SocketAddr,
}

impl Demo {
    /// Runs until Ctrl-C.
    ///
    /// # Errors
    /// What is in the way, in words.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let _logs = start_logging(Logs::Text, Level::Command);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let floor = demo::start(Options {
                speed: self.speed(),
                seed: self.seed,
                listen: self.listen,
                play: self.play,
            })
            .await?;
            end_on_signal(floor.running.stopper())?;
            self.tell_story(floor).await
        })
    }

    fn speed(&self) -> u32 {
        self.speed.unwrap_or(if self.play { SPEED_OF_PLAY } else { SPEED })
    }

    async fn tell_story(&self, mut floor: Floor) -> anyhow::Result<ExitCode> {
        let mut story = Story::new(self.play);
        let stop = floor.running.stopper();
        story.say(&format!(
            "surged demo: time runs {} times faster; the surge begins in a moment.",
            self.speed()
        ))?;
        if floor.elsewhere {
            tell!(
                "surged: {} is in use by another program; the console is at {} instead",
                self.listen,
                floor.running.address
            );
        }
        if self.play {
            story.say("You are the supervisor: open the console; the first card comes within half a minute. Take your time: while a card waits for you, \
                 time stands still.")?;
        }
        story.say(&format!(
            "console  http://{}/      wallboard  http://{}/wall      Ctrl-C ends it\n",
            floor.running.address, floor.running.address
        ))?;
        let mut beat = tokio::time::interval(STATE_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(decision) = floor.decisions.recv() => story.decision(&decision)?,
                _ = beat.tick() => {
                    let board = floor.board.borrow_and_update().clone();
                    story.state(&board)?;
                }
            }
        }
        while let Ok(decision) = floor.decisions.try_recv() {
            story.sum.hear(&decision);
        }
        floor.stop().await?;
        story.say(&format!("\n{}", story.sum.words()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The demo lets everybody in who reaches it, so it stays on this machine.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| format!("{text:?} is no address; write one like 127.0.0.1:8470"))?;
    address
        .ip()
        .is_loopback()
        .then_some(address)
        .ok_or_else(|| "the demo lets everybody in, so it stays on this machine: 127.0.0.1 or [::1]".to_owned())
}

/// What happens, line by line, on standard output.
struct Story {
    words: Sentences,
    play: bool,
    colour: bool,
    last_depth: Option<u32>,
    sum: Sum,
}

impl Story {
    fn new(play: bool) -> Story {
        let colour =
            std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Story {
            words: Sentences::new(TimeZone::UTC),
            play,
            colour,
            last_depth: None,
            sum: Sum::default(),
        }
    }

    fn say(&self, line: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }

    fn decision(&mut self, decision: &Decision) -> std::io::Result<()> {
        self.sum.hear(decision);
        let (mark, paint) = match &decision.what {
            What::Instruct { instruction, .. } if instruction.action == Action::SignOut => ("<<", "32"),
            What::Instruct { instruction, .. } if instruction.action == Action::StandDown => ("<<", "32"),
            What::Instruct { .. } => (">>", "1;31"),
            What::SurgeOver { .. } => ("==", "1;32"),
            What::FeedLost { .. } | What::BlindLong { .. } | What::Unanswered { .. } | What::NobodyListening { .. } => {
                ("!!", "1;33")
            }
            What::Settled { .. }
            | What::Freed { .. }
            | What::TierSkipped { .. }
            | What::PassedUp { .. }
            | What::ApprovalAsked { .. }
            | What::ApprovalLapsed { .. }
            | What::NotShown { .. }
            | What::Gone { .. }
            | What::TakenAsLeft { .. }
            | What::IncidentEnds { .. }
            | What::Counted { .. }
            | What::Resumed { .. }
            | What::FeedBack { .. }
            | What::Answered { .. }
            | What::Paused { .. }
            | What::Incident { .. }
            | What::IncidentOver { .. }
            | What::Approved { .. }
            | What::ApprovalRefused { .. }
            | What::OnlyMovesCounted { .. }
            | What::LadderChanged { .. } => ("  ", "2"),
        };
        let words = self.words.decision(decision);
        let line = format!("{}  {mark} {words}", clock(decision.at));
        self.say(&if self.colour {
            format!("\x1b[{paint}m{line}\x1b[0m")
        } else {
            line
        })?;
        if self.play && matches!(decision.what, What::Instruct { .. }) {
            self.say("             that is for you: time stands still until you have answered")?;
        }
        Ok(())
    }

    /// One line of state, where the depth has changed since the last.
    fn state(&mut self, board: &Board) -> std::io::Result<()> {
        let Some(posted) = board.queues.first() else {
            return Ok(());
        };
        let reading = &posted.reading;
        self.sum.peak = self.sum.peak.max(reading.waiting);
        if self.last_depth.replace(reading.waiting) == Some(reading.waiting) {
            return Ok(());
        }
        let bar = "#".repeat(reading.waiting.min(40) as usize);
        let signed_in = reading.signed_in.unwrap_or(0);
        let time = reading.at.map(clock).unwrap_or_default();
        self.say(&format!(
            "{time}     {:>3} waiting, {signed_in} on the phones  {bar}",
            reading.waiting
        ))
    }
}

/// What is told at the end.
#[derive(Default)]
struct Sum {
    peak: u32,
    asked: BTreeMap<InstructionId, Instruction>,
    /// Who came, by their tiers, in the order of the first.
    called: Vec<(Name, u32)>,
    back: u32,
}

impl Sum {
    fn hear(&mut self, decision: &Decision) {
        if let What::Instruct { instruction, .. } = &decision.what {
            self.asked.insert(instruction.id, instruction.clone());
        }
        let What::Answered {
            instruction,
            answer: Answer::Done { seats, .. },
            ..
        } = &decision.what
        else {
            return;
        };
        let Some(asked) = self.asked.get(instruction) else {
            return;
        };
        let people = seats.unwrap_or_else(|| asked.parts.iter().map(|part| part.seats).sum());
        if takes_back(asked.action) {
            self.back += people;
            return;
        }
        match self.called.iter_mut().find(|(tier, _)| *tier == asked.tier) {
            Some((_, seats)) => *seats += people,
            None => self.called.push((asked.tier.clone(), people)),
        }
    }

    fn words(&self) -> String {
        let called: u32 = self.called.iter().map(|(_, people)| people).sum();
        let tiers: Vec<String> = self
            .called
            .iter()
            .map(|(tier, people)| format!("{tier} {people}"))
            .collect();
        let mut words = format!("At most {} waited.", self.peak);
        // Those alone count of whom somebody has said that they are there.
        let asked = self.asked.values().any(|it| !takes_back(it.action));
        match (called, asked) {
            (0, false) => return words + " Nobody was called.",
            (0, true) => return words + " People were called, and nobody said that they were there.",
            _ => {}
        }
        let _ = write!(words, " {called} people came ({}); ", tiers.join(", "));
        words += &match called.saturating_sub(self.back) {
            0 => "all are back.".to_owned(),
            out => format!("{} are back, {out} are still out.", self.back),
        };
        words
    }
}

fn takes_back(action: Action) -> bool {
    matches!(action, Action::SignOut | Action::StandDown)
}

/// The time of day of the demo.
fn clock(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| String::new(), |at| at.strftime("%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_who_is_still_out() {
        let mut sum = Sum {
            peak: 23,
            ..Sum::default()
        };
        assert_eq!(sum.words(), "At most 23 waited. Nobody was called.");
        sum.called = vec![(Name::from("expert"), 4), (Name::from("outbound"), 3)];
        sum.back = 4;
        assert_eq!(
            sum.words(),
            "At most 23 waited. 7 people came (expert 4, outbound 3); 4 are back, 3 are still out."
        );
        sum.back = 7;
        assert!(sum.words().ends_with("; all are back."));
    }
}
