//! `surged token`: access for people and programs.

use super::configuration::ConfigFile;
use crate::config::turns_writing;
use crate::core::{Millis, Name, Time};
use crate::daemon::tokens_beside;
use crate::floor::access::{self, NewToken, TokenRecord};
use crate::floor::links;
use crate::wire::Role;
use crate::wire::Stamp;
use crate::words::Sentences;
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Give and take access for people and programs; a running daemon obeys at once
///
/// As long as no token was ever made, everyone on the daemon's own machine is let in as manager, and nobody from elsewhere.
/// From the first token on everyone needs one.
#[derive(Args)]
// Both ways to name the token file may stand before or after the verb.
#[command(mut_arg("config", |config| config.global(true)))]
pub struct TokenArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The token file itself, whatever the configuration says [default: tokens.json beside its duty log]
    #[arg(long, global = true, value_name = "FILE")]
    tokens: Option<PathBuf>,
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and shows it this once
    New {
        /// The person's or program's name, as the floor is to see it
        #[arg(long)]
        name: String,
        /// Staff number, as in the duty log
        #[arg(long)]
        staff_no: String,
        /// What they may do: a viewer and an operator read, a supervisor answers, a shift_leader and a manager also order
        #[arg(long, value_enum)]
        role: Role,
        /// A queue that it is for; may be said several times. It sees and answers these queues alone [default: all]
        #[arg(long = "queue", value_name = "QUEUE")]
        queues: Vec<String>,
        /// When it ends of itself, such as 90d or 12h [default: never]
        #[arg(long, value_name = "SPAN", value_parser = span)]
        expires_in: Option<jiff::SignedDuration>,
        /// Prints a link instead, and draws it as a QR code: whoever opens it first, within an hour, is let in. No token is shown
        #[arg(long)]
        link: bool,
        /// The console's address as the person's device reaches it, such as https://floor.example/ [default: floor.listen]
        #[arg(long, value_name = "URL", requires = "link", value_parser = address)]
        address: Option<String>,
        /// Draws the link's QR code into an SVG file
        #[arg(short, long, value_name = "FILE.svg", requires = "link")]
        output: Option<PathBuf>,
    },
    /// Lists all tokens, the revoked ones too
    List,
    /// Takes a token back; its sessions end at once
    Revoke {
        /// The id that `token list` shows
        id: String,
    },
}

impl TokenArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// In words, where the token file cannot be read or written, or there is no such token.
    pub fn run(self) -> Result<ExitCode> {
        let (path, known, zone, floor) = match self.tokens {
            Some(path) => (path, None, TimeZone::UTC, None),
            None => {
                let place = self.config.place()?;
                let floor = place.config.as_ref().map(floor_address);
                let known = place.config.map(|config| config.plan.queues);
                (tokens_beside(&place.journal), known, place.zone, floor)
            }
        };
        match self.command {
            TokenCommand::New {
                name,
                staff_no,
                role,
                queues,
                expires_in,
                link,
                address,
                output,
            } => {
                let queues: Vec<Name> = queues.iter().map(|queue| Name::from(queue.as_str())).collect();
                if let Some(known) = known {
                    expect_queues(&queues, known.keys())?;
                }
                let expires = expires_in.map(end).transpose()?;
                let new = NewToken {
                    name,
                    staff_no,
                    role,
                    queues,
                    expires,
                };
                check_names(&new)?;
                if link {
                    let page = address.or(floor).context(
                        "expected --address with the console's address, such as https://floor.example/: there is no configuration that tells it",
                    )?;
                    make_link(&path, new, &page, output.as_deref())?;
                } else {
                    make(&path, new)?;
                }
            }
            TokenCommand::List => {
                let tokens = access::read(&path)?;
                // With its folder, so that whoever asks from a wrong one sees it.
                let shown = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
                // No fault: without any token everybody on the machine is let in.
                if !path.exists() {
                    tell!(
                        "there is no {} yet: no token was ever made here. Where surged runs as a service, ask there: `surged-in-service token list`",
                        shown.display()
                    );
                } else if tokens.is_empty() {
                    tell!("no tokens in {}", shown.display());
                }
                list(&tokens, &Sentences::new(zone))?;
            }
            TokenCommand::Revoke { id } => {
                let record = access::revoke(&path, &id)?;
                tell!("revoked: token {} of {}", record.id, record.name);
                if access::read(&path)?.iter().all(|it| it.fault(now()).is_some()) {
                    tell!("No good token is left: nobody can get in before you make a new one.");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn check_names(new: &NewToken) -> Result<()> {
    for (what, text) in [("name", &new.name), ("staff-no", &new.staff_no)] {
        let length = text.chars().count();
        if text.trim().is_empty() || length > crate::wire::LIMIT_NAME {
            bail!(
                "expected --{what} with 1 to {} characters; it has {length}",
                crate::wire::LIMIT_NAME
            );
        }
        if text.chars().any(|it| it.is_control() || turns_writing(it)) {
            bail!(
                "expected --{what} on one line, without tabs and other control characters, and without such as turn the direction of writing"
            );
        }
    }
    Ok(())
}

/// How long a link is good that is sent to somebody.
const LINK_LASTING: Millis = Millis::from_mins(60);

fn make_link(path: &Path, new: NewToken, page: &str, output: Option<&Path>) -> Result<()> {
    let (code, record) = access::issue_code(path, new, LINK_LASTING, None)?;
    let link = links::link(page, &code);
    show(&link, &record)?;
    match output {
        Some(file) => {
            let drawn = links::drawing(&link).context("the address is too long for a QR code")?;
            std::fs::write(file, drawn).with_context(|| format!("{} cannot be written", file.display()))?;
            tell!("drawn into {}", file.display());
        }
        // Where nobody looks at it there is nothing to scan.
        None if std::io::stderr().is_terminal() => tell!("{}", links::blocks(&link).unwrap_or_default()),
        None => {}
    }
    tell!(
        "token {} for {} ({}): good for whoever opens this link first, once, within an hour. It is not shown again.",
        record.id,
        record.name,
        record.role.as_str()
    );
    if page.contains("//127.") || page.contains("//localhost") || page.contains("//[::1]") {
        tell!("The address is of this machine alone: say --address with the one that the person's device reaches.");
    }
    Ok(())
}

/// Where the configuration has the console listen.
fn floor_address(config: &crate::config::Config) -> String {
    let scheme = if config.floor.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{}/", config.floor.listen)
}

fn address(text: &str) -> Result<String, String> {
    let good = text.starts_with("https://") || text.starts_with("http://");
    if !good || text.contains(['#', '?', ' ']) {
        return Err("expected the console's address, such as https://floor.example/".into());
    }
    Ok(if text.ends_with('/') {
        text.to_owned()
    } else {
        format!("{text}/")
    })
}

fn make(path: &Path, new: NewToken) -> Result<()> {
    let (token, record) = access::issue(path, new)?;
    show(&token, &record)?;
    tell!(
        "token {} for {} ({}), kept in {} as a hash. It is not shown again.",
        record.id,
        record.name,
        record.role.as_str(),
        path.display()
    );
    Ok(())
}

/// What is shown once and was not seen lets nobody in.
fn show(secret: &str, record: &TokenRecord) -> Result<()> {
    writeln!(io::stdout(), "{secret}").map_err(|why| {
        anyhow!(
            "token {} was made and cannot be shown ({why}); revoke it, and make another",
            record.id
        )
    })
}

/// A token for a queue that is not there would see nothing, and nobody would know why.
fn expect_queues<'n>(queues: &[Name], known: impl Iterator<Item = &'n Name>) -> Result<()> {
    let known: Vec<&Name> = known.collect();
    if let Some(queue) = queues.iter().find(|queue| !known.contains(queue)) {
        let names: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
        bail!(
            "there is no queue `{queue}` in the configuration; there are {}",
            names.join(", ")
        );
    }
    Ok(())
}

fn list(tokens: &[TokenRecord], words: &Sentences) -> io::Result<()> {
    let time = |stamp: Stamp| words.time(stamp.0).to_string();
    let shown = |stamp: Option<Stamp>| stamp.map_or("-".into(), time);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "id\tstate\trole\tstaff_no\tname\tcreated\texpires\tlast_used\tqueues"
    )?;
    for token in tokens {
        let state = match (token.revoked, token.fault(now())) {
            (Some(_), _) => "revoked",
            (None, Some(_)) => "expired",
            (None, None) if token.code.is_some() => "link",
            (None, None) => "good",
        };
        writeln!(
            out,
            "{}\t{state}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            token.id,
            token.role.as_str(),
            token.staff_no,
            token.name,
            time(token.created),
            shown(token.expires),
            shown(token.last_used),
            queues(token)
        )?;
    }
    Ok(())
}

fn queues(token: &TokenRecord) -> String {
    if token.queues.is_empty() {
        return "all".into();
    }
    let names: Vec<&str> = token.queues.iter().map(Name::as_str).collect();
    names.join(", ")
}

fn now() -> Stamp {
    Stamp(Time(jiff::Timestamp::now().as_millisecond()))
}

/// A day of a token's life is 24 hours.
fn span(text: &str) -> Result<jiff::SignedDuration, String> {
    text.parse::<jiff::Span>()
        .and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| "expected a span of weeks, days, hours or minutes, such as 90d or 12h".into())
}

fn end(span: jiff::SignedDuration) -> Result<Stamp> {
    if !span.is_positive() {
        bail!("expected --expires-in to be longer than nothing, such as 90d or 12h");
    }
    let end = jiff::Timestamp::now().checked_add(span);
    let end = end.context("expected --expires-in to end within the calendar (year 9999)")?;
    Ok(Stamp(Time(end.as_millisecond())))
}
