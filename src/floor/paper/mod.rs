//! The floor on one printable page: with it a shift goes on by hand where the daemon does not answer.
//!
//! It stands alone: nothing on it needs the network, a script or another file.

mod again;
mod keep;
mod served;
mod words;

pub use keep::keep;
pub(super) use served::{alone, browser_asks, locked};

use crate::core::ladder::{Ladder, Plan, Seats, Threshold, Tier, When};
use crate::core::{Action, Millis, Name, Time};
use crate::wire::{InstructionMessage, MoveState, OpenInstruction, QueueState};
use crate::words::Words;
use crate::words::span;
use again::Again;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

/// How the sheet looks, also where the page shows it.
pub(super) const STYLE: &str = include_str!("paper.css");

/// What a sheet is made from.
pub struct Sheet<'a> {
    /// The plan in force.
    pub plan: &'a Plan,
    /// Names and times, in the language of the sheet.
    pub words: &'a Words,
    /// How the queues stand.
    pub queues: &'a [QueueState],
    /// What is asked and not answered.
    pub open: &'a [OpenInstruction],
    /// When that was.
    pub at: Time,
    /// The floor's zone.
    pub zone: &'a TimeZone,
    /// Made from the duty log alone, without the daemon.
    pub from_log: bool,
}

impl Sheet<'_> {
    /// The sheet as a whole HTML document.
    pub fn html(&self) -> String {
        let title = self.say("title");
        let mut page = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <h1>{title}</h1>\n<p>{}{}</p>\n<p class=\"go-on\">{}</p>\n",
            self.words.language().word(),
            self.say_with("as_of", &[("time", &self.moment(self.at))]),
            if self.from_log {
                format!(" {}", self.say("from_log"))
            } else {
                String::new()
            },
            self.say("go_on"),
        );
        for part in [
            self.now(),
            self.out(),
            self.asked(),
            self.plans(),
            self.ring(),
            self.pools(),
        ] {
            page.push_str(&part);
        }
        page.push_str("</body>\n</html>\n");
        page
    }

    fn now(&self) -> String {
        let rows = self.queues.iter().map(|queue| {
            let unknown = || self.say("unknown").to_owned();
            vec![
                self.name("queue", &queue.queue),
                queue.waiting.map_or_else(unknown, |n| n.to_string()),
                queue
                    .longest_wait_s
                    .map_or_else(unknown, |s| span(Millis((s * 1000.0) as i64))),
                queue.signed_in.map_or_else(unknown, |n| n.to_string()),
                queue
                    .ladder
                    .as_ref()
                    .map_or_else(unknown, |ladder| self.name("ladder", ladder)),
                self.stands(queue),
            ]
        });
        let heads = ["queue", "waiting", "longest", "signed_in", "ladder", "stands"];
        self.section("now", &self.table(&heads, rows.collect()))
    }

    fn stands(&self, queue: &QueueState) -> String {
        let mut parts = Vec::new();
        if let Some(since) = queue.blind_since {
            parts.push(self.say_with("blind", &[("time", &self.clock(since.0))]));
        }
        if let Some(pause) = &queue.paused {
            let values = [("time", &*self.clock(pause.until.0)), ("why", &*escape(&pause.reason))];
            parts.push(self.say_with("paused", &values));
        }
        if let Some(incident) = &queue.incident {
            let values = [
                ("time", &*self.clock(incident.until.0)),
                ("why", &*escape(&incident.note)),
            ];
            parts.push(self.say_with("incident", &values));
        }
        let called: Vec<&MoveState> = queue.moves.iter().filter(|it| !it.shadow).collect();
        match called.iter().map(|it| it.issued.0).min() {
            None => parts.push(self.say("calm").to_owned()),
            Some(since) => {
                let people: u32 = called.iter().map(|it| it.seats).sum();
                let values = [("n", &*people.to_string()), ("time", &*self.clock(since))];
                parts.push(self.say_with("called", &values));
            }
        }
        parts.join("; ")
    }

    /// Everybody who is away from their own place, with room to write when they are back.
    fn out(&self) -> String {
        let mut rows = Vec::new();
        for queue in self.queues {
            let on = queue.moves.iter().map(|it| (it, false));
            let leaving = queue.leaving.iter().map(|it| (it, true));
            for (it, leaves) in on.chain(leaving).filter(|(it, _)| !it.shadow) {
                let heard = match (leaves, it.answered) {
                    (true, _) => "signing_out",
                    (false, true) => "answered",
                    (false, false) => "unanswered",
                };
                rows.push(vec![
                    self.name("queue", &queue.queue),
                    format!("{} {}", it.seats, listed(it.people.iter()))
                        .trim_end()
                        .to_owned(),
                    self.pools_of(it),
                    self.clock(it.issued.0),
                    self.say(heard).to_owned(),
                    String::new(),
                ]);
            }
        }
        let body = match rows.is_empty() {
            true => format!("<p>{}</p>\n", self.say("nobody_out")),
            false => self.table(&["queue", "who", "from", "since", "seen", "back"], rows),
        };
        self.section("out", &body)
    }

    fn pools_of(&self, it: &MoveState) -> String {
        let pools: Vec<String> = again::pools(&it.pool, &it.pools)
            .map(|pool| self.name("pool", pool))
            .collect();
        match pools.is_empty() {
            true => self.name("tier", &it.tier),
            false => pools.join(", "),
        }
    }

    fn asked(&self) -> String {
        let rows: Vec<Vec<String>> = self
            .open
            .iter()
            .map(|open| {
                let it = &open.instruction;
                let role = self
                    .plan
                    .chain
                    .get(open.level)
                    .map(|level| self.name("role", &level.role));
                let called = open
                    .seen_by
                    .as_ref()
                    .map(|by| self.words.called(&by.name, &by.staff_no));
                let seen = called.map(|who| self.say_with("seen_by", &[("who", &escape(&who))]));
                vec![
                    self.name("queue", &it.queue),
                    self.what(it),
                    self.clock(it.at.0),
                    seen.or(role).unwrap_or_else(|| self.say("unknown").to_owned()),
                ]
            })
            .collect();
        let body = match rows.is_empty() {
            true => format!("<p>{}</p>\n", self.say("none_open")),
            false => self.table(&["queue", "asked", "at", "with"], rows),
        };
        self.section("open", &body)
    }

    /// What is asked, of whom, and who of them has been asked for again since.
    fn what(&self, it: &InstructionMessage) -> String {
        let name = self.name("tier", &it.tier);
        let mut what = format!("{} {}", self.action(it.action), it.seats.ask);
        if !self.is_named_after(it.action, &name) {
            let _ = write!(what, " · {name}");
        }
        if !it.people.is_empty() {
            let _ = write!(what, ": {}", listed(it.people.iter()));
        }
        let mut again = again::asked_again(it, self.queues);
        again.reverse();
        for Again {
            queue,
            call,
            people,
            seats,
        } in again
        {
            let who = match people.is_empty() {
                true => self.say_with("again_some", &[("n", &seats.to_string())]),
                false => listed(people.into_iter()),
            };
            let key = if *queue == it.queue { "again" } else { "again_elsewhere" };
            let values = [
                ("who", &*who),
                ("tier", &self.name("tier", &call.tier)),
                ("queue", &self.name("queue", queue)),
                ("time", &self.clock(call.issued.0)),
            ];
            let _ = write!(what, "<br>{}", self.say_with(key, &values));
        }
        what
    }

    /// The ladder in force of each queue, as a person follows it; queues on the same ladder share one table.
    fn plans(&self) -> String {
        let mut html = String::new();
        for (name, ladder) in &self.plan.ladders {
            let queues: Vec<String> = self
                .queues
                .iter()
                .filter(|queue| queue.ladder.as_ref() == Some(name))
                .map(|queue| self.name("queue", &queue.queue))
                .collect();
            if queues.is_empty() {
                continue;
            }
            let title = self.say_with("plan_of", &[("queue", &queues.join(", "))]);
            let of = self.say_with("plan_is", &[("ladder", &self.name("ladder", name))]);
            let _ = write!(html, "<section>\n<h2>{title} · {of}</h2>\n{}", self.steps(ladder));
            let what = self.condition(&ladder.release.when);
            let _ = write!(
                html,
                "<p>{}</p>\n</section>\n",
                self.say_with("release", &[("what", &what)])
            );
        }
        html
    }

    fn steps(&self, ladder: &Ladder) -> String {
        let rows = ladder.tiers.iter().enumerate().map(|(i, tier)| {
            vec![
                (i + 1).to_string(),
                self.asked_of(tier),
                self.condition(&tier.when),
                self.seats(tier, ladder),
                String::new(),
            ]
        });
        self.table(&["step", "asked", "when", "how_many", "done_at"], rows.collect())
    }

    /// What a step asks, and of whom; a step that is named after what it asks for is not named again.
    fn asked_of(&self, tier: &Tier) -> String {
        let (asked, name) = (self.action(tier.action), self.name("tier", &tier.name));
        match self.is_named_after(tier.action, &name) {
            true => asked.to_owned(),
            false => format!("{asked} {name}"),
        }
    }

    fn is_named_after(&self, action: Action, name: &str) -> bool {
        escape(&self.words.name("", action.as_str())) == name
    }

    fn seats(&self, tier: &Tier, ladder: &Ladder) -> String {
        let (key, range) = match tier.seats {
            Seats::All => return self.say("all").to_owned(),
            Seats::Range(range) if range.min == range.max => ("exactly", range),
            Seats::Range(range) => ("range", range),
            Seats::Required { fallback } => ("required", fallback),
        };
        let (n, m, above) = (
            range.min.to_string(),
            range.max.to_string(),
            ladder.ask_max_above.to_string(),
        );
        self.say_with(key, &[("n", &n), ("m", &m), ("above", &above)])
    }

    fn condition(&self, when: &When) -> String {
        let all: Vec<String> = when.thresholds().map(|it| self.threshold(it)).collect();
        let what = all.join(self.say("and"));
        match when.hold {
            Millis::ZERO => what,
            hold => self.say_with("for", &[("what", &what), ("span", &span(hold))]),
        }
    }

    fn threshold(&self, threshold: &Threshold) -> String {
        let percent = |share: f64| format!("{}", (share * 1000.0).round() / 10.0);
        let count = |key, n: String| self.say_with(key, &[("n", &n)]);
        let lasting = |key, limit| self.say_with(key, &[("span", &span(limit))]);
        let over = |key, n: String, over| self.say_with(key, &[("n", &n), ("span", &span(over))]);
        match *threshold {
            Threshold::WaitingAbove { above, at_most: None } => count("waiting_above", above.to_string()),
            Threshold::WaitingAbove {
                above,
                at_most: Some(most),
            } => self.say_with("waiting_band", &[("n", &above.to_string()), ("m", &most.to_string())]),
            Threshold::WaitingAtMost(most) => count("waiting_at_most", most.to_string()),
            Threshold::LongestWaitAbove(limit) => lasting("longest_above", limit),
            Threshold::WaitingPerSeatAbove(limit) => count("per_seat_above", limit.to_string()),
            Threshold::ExpectedWaitAbove(limit) => lasting("expected_above", limit),
            Threshold::AnsweredShareBelow(it) => over("answered_below", percent(it.share.as_share()), it.over),
            Threshold::AnsweredShareAtLeast(it) => over("answered_at_least", percent(it.share.as_share()), it.over),
            Threshold::AbandonedShareAbove(it) => over("abandoned_above", percent(it.share.as_share()), it.over),
            Threshold::RisingAbove(it) => over("rising_above", it.callers.to_string(), it.over),
        }
    }

    fn ring(&self) -> String {
        let levels = self.plan.chain.iter().map(|level| {
            let (role, within) = (self.name("role", &level.role), span(level.respond_within));
            format!(
                "<li>{}</li>\n",
                self.say_with("level", &[("role", &role), ("span", &within)])
            )
        });
        self.section("ring", &format!("<ol>\n{}</ol>\n", levels.collect::<String>()))
    }

    fn pools(&self) -> String {
        let rows = self.plan.pools.iter().map(|(name, pool)| {
            let many = match pool.people.len() {
                0 => self.say_with("people", &[("n", &pool.size.to_string())]),
                _ => listed(pool.people.iter()),
            };
            let keep = match pool.keep {
                0 => String::new(),
                keep => self.say_with("keep", &[("n", &keep.to_string())]),
            };
            vec![self.name("pool", name), many, keep]
        });
        self.section("pools", &self.table(&[], rows.collect()))
    }

    // ---- words

    fn section(&self, title: &str, body: &str) -> String {
        format!("<section>\n<h2>{}</h2>\n{body}</section>\n", self.say(title))
    }

    /// Cells are HTML already; an empty one is for a pencil.
    fn table(&self, heads: &[&str], rows: Vec<Vec<String>>) -> String {
        let mut html = String::from("<table>\n");
        if !heads.is_empty() {
            let heads: String = heads.iter().map(|key| format!("<th>{}</th>", self.say(key))).collect();
            let _ = writeln!(html, "<tr>{heads}</tr>");
        }
        for row in rows {
            let cell = |cell: &String| match cell.is_empty() {
                true => "<td class=\"write\"></td>".to_owned(),
                false => format!("<td>{cell}</td>"),
            };
            let cells: String = row.iter().map(cell).collect();
            let _ = writeln!(html, "<tr>{cells}</tr>");
        }
        html + "</table>\n"
    }

    fn say(&self, key: &str) -> &'static str {
        words::text(key, self.words.language())
    }

    /// Values are HTML already.
    fn say_with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.say(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// A queue, pool, tier, ladder or role as the configuration labels it, else as our own tables have it.
    fn name(&self, kind: &str, name: &Name) -> String {
        escape(&self.words.name(kind, name.as_str()))
    }

    fn action(&self, action: Action) -> &'static str {
        self.say(action.as_str())
    }

    fn clock(&self, at: Time) -> String {
        self.told(at, "%H:%M")
    }

    fn moment(&self, at: Time) -> String {
        self.told(at, "%Y-%m-%d %H:%M:%S")
    }

    fn told(&self, at: Time, form: &str) -> String {
        Timestamp::from_millisecond(at.0)
            .map(|at| at.to_zoned(self.zone.clone()).strftime(form).to_string())
            .unwrap_or_default()
    }
}

/// People by name, as HTML.
fn listed<'a>(people: impl Iterator<Item = &'a Name>) -> String {
    let people: Vec<String> = people.map(|person| escape(person.as_str())).collect();
    people.join(", ")
}

/// Text as HTML: a label or a reason may say anything.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests;
