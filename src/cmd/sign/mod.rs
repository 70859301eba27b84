//! `surged log sign`: the hand-over of a shift from the command line, with the token of whoever signs.

mod told;

use super::call::{Declined, Line};
use super::configuration::ConfigFile;
use super::language::InLanguage;
use super::log::zone;
use crate::config::Purpose;
use crate::floor::ShiftReply;
use crate::journal::Side;
use crate::wire::ItemStanding;
use crate::words::{Language, Sentences};
use anyhow::{Context, anyhow};
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use std::io::{self, IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use told::{page, person, say};

/// Hand the shift over: read what happened and what is open, and sign
///
/// Without --as it shows the shift so far, what is open, and who has signed, and changes nothing.
///
/// With --as leaving or --as coming it draws the hand-over up if nobody has, does what --note, --settle and --take-over say, and
/// signs. Two people sign, each with a token of their own, in either order, here or on the console page. With the second signature
/// the hand-over is complete, and only if everything that was open has ended, is settled, or is taken over by name.
///
/// The token is read from --token-file or from the environment variable SURGED_TOKEN, never from the command line. Signatures, notes
/// and what was taken over stand in the duty log; `surged log verify` proves them.
///
///   surged log sign
///   SURGED_TOKEN=... surged log sign --as leaving --note "line test until ten"
///   surged log sign --as coming --token-file ~/token --take-over all
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Sign {
    #[command(flatten)]
    config: ConfigFile,
    /// Where the daemon is, as in http://127.0.0.1:8470 [default: floor.listen of the configuration]
    #[arg(long, value_name = "URL")]
    url: Option<hyper::Uri>,
    /// PEM file of the authority behind the daemon's certificate, where that is not a public one
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// File that holds the token of whoever signs [default: the environment variable SURGED_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Sign, as the one whose shift ends or the one whose shift begins
    #[arg(long = "as", value_enum, value_name = "SIDE")]
    side: Option<Side>,
    /// What the next shift should know; may be given several times
    #[arg(long, value_name = "TEXT", requires = "side")]
    note: Vec<String>,
    /// A matter that needs nobody any more, and how it was settled: KEY=WORDS
    #[arg(long, value_name = "KEY=WORDS", value_parser = settled, requires = "side")]
    settle: Vec<(String, String)>,
    /// Answer for a matter from now on, by its key; `all`: for everything that is open
    #[arg(long, value_name = "KEY", requires = "side")]
    take_over: Vec<String>,
    /// Do not ask before signing
    #[arg(long, requires = "side")]
    yes: bool,
    /// Who you are, where nobody has a token; the duty log says that nothing proves it
    #[arg(long, value_name = "NUMBER", requires = "side")]
    staff_no: Option<String>,
    /// Time zone of the times that are printed, as in Asia/Shanghai; without it that of the configuration, or UTC
    #[arg(long, value_parser = zone)]
    zone: Option<TimeZone>,
    #[command(flatten)]
    language: InLanguage,
}

/// Where the daemon is: as named, else where the configuration lets it listen.
pub(super) fn daemon_of(named: Option<&hyper::Uri>, config: &ConfigFile) -> anyhow::Result<hyper::Uri> {
    if let Some(url) = named {
        return Ok(url.clone());
    }
    let floor = config.load(Purpose::Look, Language::of_terminal())?.floor;
    let scheme = if floor.tls.is_some() { "https" } else { "http" };
    let mut listen = floor.listen;
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen.is_ipv6() {
            true => std::net::Ipv6Addr::LOCALHOST.into(),
            false => std::net::Ipv4Addr::LOCALHOST.into(),
        });
    }
    Ok(format!("{scheme}://{listen}").parse()?)
}

fn settled(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, words)) if !key.trim().is_empty() && !words.trim().is_empty() => {
            Ok((key.trim().to_owned(), words.trim().to_owned()))
        }
        _ => Err("expected the matter's key and how it was settled, as in instruction-7=\"they went home\"".into()),
    }
}

impl Sign {
    /// Shows the shift, and signs where that was asked for.
    ///
    /// # Errors
    /// The daemon cannot be reached, or refuses it, in its words.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let line = Line {
            url: daemon_of(self.url.as_ref(), &self.config)?,
            token: self.token()?,
            ca_file: self.ca_file.clone(),
        };
        let words = Sentences::in_language(self.language.chosen(), self.zone());
        if self.side.is_some() && !self.yes && !io::stdin().is_terminal() {
            tell!("surged: {}", say(&words, "nobody_to_ask", &[]));
            return Ok(ExitCode::from(2));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let done = runtime.block_on(self.hand_over(&line, &words));
        done.map_err(|error| match error.downcast_ref::<Declined>() {
            Some(declined) => anyhow!("{}", declined.told(words.words())),
            None => error,
        })
    }

    /// In which language it tells.
    pub(super) fn language(&self) -> Language {
        self.language.chosen()
    }

    /// Where --url names the daemon there need be no configuration here.
    fn zone(&self) -> TimeZone {
        let of_plan = || {
            let path = self.config.path().ok()?;
            crate::config::gist(&path).ok().map(|gist| gist.zone)
        };
        self.zone.clone().or_else(of_plan).unwrap_or(TimeZone::UTC)
    }

    async fn hand_over(&self, line: &Line, words: &Sentences) -> anyhow::Result<ExitCode> {
        let mut shift = read(line).await?;
        let Some(side) = self.side else {
            write!(io::stdout(), "{}", page(&shift, words))?;
            return Ok(ExitCode::SUCCESS);
        };
        if shift.handover.is_none() {
            self.step(line, "begin", json!({})).await?;
            shift = read(line).await?;
        }
        // Nobody signs what could not be shown.
        write!(io::stdout(), "{}", page(&shift, words))
            .and_then(|()| io::stdout().flush())
            .map_err(|why| anyhow!("the shift cannot be shown, so nothing was signed: {why}"))?;
        if !self.yes && !agreed(side, words)? {
            tell!("surged: {}", say(words, "not_signed", &[]));
            return Ok(ExitCode::FAILURE);
        }
        for note in &self.note {
            self.step(line, "note", json!({ "note": note })).await?;
        }
        for (item, how) in &self.settle {
            self.step(line, "settle", json!({ "item": item, "note": how })).await?;
        }
        self.take_over(line).await?;
        self.step(line, "sign", json!({ "as": side, "digest": shift.digest }))
            .await?;
        let after = read(line).await?;
        let done = match (after.handover, after.last) {
            (Some(draft), _) => {
                let key = match side {
                    Side::Leaving => "waits_coming",
                    Side::Coming => "waits_leaving",
                };
                say(words, key, &[("id", &draft.id.to_string())])
            }
            (None, Some(done)) => {
                let [leaving, coming] = [&done.leaving, &done.coming].map(|it| person(it, words));
                say(words, "complete", &[("leaving", &leaving), ("coming", &coming)])
            }
            (None, None) => say(words, "signed", &[]),
        };
        writeln!(io::stdout(), "{done}")?;
        Ok(ExitCode::SUCCESS)
    }

    async fn take_over(&self, line: &Line) -> anyhow::Result<()> {
        if self.take_over.is_empty() {
            return Ok(());
        }
        let open = read(line).await?.handover.map(|draft| draft.items).unwrap_or_default();
        let open = open.into_iter().filter(|item| item.standing == ItemStanding::Open);
        let keys: Vec<String> = match self.take_over.iter().any(|key| key == "all") {
            true => open.map(|item| item.key).collect(),
            false => self.take_over.clone(),
        };
        // Nothing is open: then nothing need be taken over.
        if !keys.is_empty() {
            self.step(line, "take_over", json!({ "items": keys })).await?;
        }
        Ok(())
    }

    async fn step(&self, line: &Line, verb: &str, body: Value) -> anyhow::Result<()> {
        let mut body = match body {
            Value::Object(body) => body,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        };
        if let Some(staff_no) = &self.staff_no {
            body.insert("staff_no".into(), json!(staff_no));
        }
        line.call(&format!("shift/{verb}"), Some(Value::Object(body))).await?;
        Ok(())
    }

    fn token(&self) -> anyhow::Result<Option<String>> {
        let token = match &self.token_file {
            Some(file) => Some(
                std::fs::read_to_string(file)
                    .with_context(|| format!("the token cannot be read from {}", file.display()))?,
            ),
            None => std::env::var("SURGED_TOKEN").ok(),
        };
        Ok(token
            .map(|token| token.trim().to_owned())
            .filter(|token| !token.is_empty()))
    }
}

async fn read(line: &Line) -> anyhow::Result<ShiftReply> {
    let said = line.call("shift", None).await?;
    serde_json::from_value(said).context("the daemon is of another version than this program: use its own")
}

/// Asks on the terminal.
fn agreed(side: Side, words: &Sentences) -> io::Result<bool> {
    write!(io::stderr(), "{} ", say(words, &format!("ask_{}", side.as_str()), &[]))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn a_settled_matter_needs_its_words() {
        assert_eq!(settled("a-1= went home"), Ok(("a-1".into(), "went home".into())));
        for wrong in ["a-1", "a-1=", "=words"] {
            assert!(settled(wrong).is_err(), "{wrong}");
        }
    }
}
