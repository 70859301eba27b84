//! `surged acd`: the simulated phone system alone.

use crate::core::Time;
use crate::lab::acd::{Acd, AcdFault, Board, Settings};
use crate::lab::scenario::surge;
use anyhow::{Context, Result};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the state is shown on a terminal.
const SHOWN_EVERY: Duration = Duration::from_secs(5);

/// Run a simulated phone system alone: a real feed of kind "json" on a real socket, for trying things out
///
/// 46 people answer the queue "inbound". A minute after the start calls rise to nearly twice what they can carry, fall back
/// after 24 minutes, and after 75 minutes it begins anew. Nobody joins by themselves here: see `surged demo` for that.
#[derive(clap::Args)]
pub struct AcdArgs {
    /// Where to listen; port 0 takes any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8471")]
    listen: SocketAddr,
    /// How many times faster than real time: 60 plays an hour in a minute
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    speed: f64,
    /// The same seed gives the same callers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

impl AcdArgs {
    /// Runs until ctrl-c or a request to end. A scenario or speed that cannot be run is wrong usage.
    ///
    /// # Errors
    /// The address is taken, or the machine refuses threads or signals.
    pub fn run(&self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Runtime::new().context("cannot start the threads that the sockets need")?;
        runtime.block_on(simulate(self))
    }
}

async fn simulate(args: &AcdArgs) -> Result<ExitCode> {
    let acd = match Acd::bind(args.listen, Settings::new(surge(), args.seed, args.speed)).await {
        Ok(acd) => acd,
        Err(fault @ AcdFault::Listen { .. }) => return Err(fault.into()),
        Err(fault) => {
            tell!("surged: {fault}");
            return Ok(ExitCode::from(2));
        }
    };
    // Before the address is shown: whoever sees it may end the program at once.
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for ctrl-c")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for a request to end")?;
    tell!(
        "Simulating the queue \"inbound\" with 46 people and a surge from minute 1 to 24, at {} times real time, seed {}.",
        args.speed,
        args.seed
    );
    tell!("Readings: {} (kind = \"json\"). Ctrl-c ends it.", acd.url());
    let (stop, board) = (CancellationToken::new(), acd.board());
    let running = acd.run(stop.clone());
    tokio::pin!(running);
    loop {
        tokio::select! {
            ended = &mut running => {
                ended.context("the socket of the simulated phone system failed")?;
                return Ok(ExitCode::SUCCESS);
            }
            _ = interrupt.recv() => stop.cancel(),
            _ = terminate.recv() => stop.cancel(),
            () = tokio::time::sleep(SHOWN_EVERY), if std::io::stderr().is_terminal() => show(&board),
        }
    }
}

fn show(board: &watch::Receiver<Arc<Board>>) {
    for posted in &board.borrow().queues {
        let it = &posted.reading;
        let clock = it.at.and_then(|Time(at)| jiff::Timestamp::from_millisecond(at).ok());
        tell!(
            "{}  {}: {} waiting, the longest {:.0} s; {} signed in, {} free; {} offered, {} answered, {} gave up",
            clock.map_or_else(String::new, |at| at.strftime("%H:%M:%S").to_string()),
            it.queue,
            it.waiting,
            it.longest_wait.map_or(0.0, |wait| wait.as_secs()),
            it.signed_in.unwrap_or(0),
            it.available.unwrap_or(0),
            it.offered.unwrap_or(0),
            it.answered.unwrap_or(0),
            it.abandoned.unwrap_or(0),
        );
    }
}
