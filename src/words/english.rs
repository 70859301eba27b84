//! What happened, as an English sentence for the people of the floor.

use super::house::DATED;
use super::{self as words, Language};
use crate::core::ladder::{Threshold, When};
use crate::core::{
    Action, Actor, Answer, Decision, Found, Input, Instruction, Millis, Name, Order, Part, Reading, Reason, Recounted,
    Settlement, Shortage, Time, What,
};
use crate::journal::{Fact, Forgetting, PersonId, Record, Way};
use crate::telemetry::plain;
use crate::wire::{ReasonMessage, RequirementMessage};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use std::fmt::Write;

/// Puts records into sentences, with times of one zone.
#[derive(Clone, Debug)]
pub struct Sentences {
    zone: TimeZone,
}

impl Sentences {
    /// Sentences with times of this zone.
    pub fn new(zone: TimeZone) -> Sentences {
        Sentences { zone }
    }

    /// A moment: `2026-11-02 11:05:00.000+08:00`.
    pub fn time(&self, time: Time) -> String {
        match Timestamp::from_millisecond(time.0) {
            Ok(timestamp) => {
                let local = timestamp.to_zoned(self.zone.clone());
                local.strftime(DATED).to_string()
            }
            Err(_) => "a time beyond the calendar".to_owned(),
        }
    }

    /// What happened.
    pub fn record(&self, record: &Record) -> String {
        let sentence = match record {
            Record::Input(input) => self.input(input),
            Record::Decision(decision) => self.decision(decision),
            Record::Fact(fact) => self.fact(fact),
        };
        // Notes and names are somebody's; the sentence is one line.
        plain(&sentence).into_owned()
    }

    /// What the core was told.
    pub fn input(&self, input: &Input) -> String {
        match input {
            Input::Configured { plan } => format!(
                "plan in force: {}, {}, {}",
                count(plan.queues.len(), "queue"),
                count(plan.pools.len(), "pool"),
                count(plan.ladders.len(), "ladder")
            ),
            Input::LadderInForce { ladder, .. } => format!("the calendar puts ladder {ladder} in force"),
            Input::FeedConnected { feed } => format!("feed {feed} connected"),
            Input::FeedDisconnected { feed, why } => format!("feed {feed} lost its connection: {why}"),
            Input::Reading { reading } => reading_words(reading),
            Input::Heartbeat { feed } => format!("feed {feed} is alive, nothing changed"),
            Input::SourceLost { feed, why } => format!("feed {feed} has lost sight of its queues: {why}"),
            Input::QueueMissing { queue } => format!("the phone system no longer reports queue {queue}"),
            Input::StoodStill { until } => format!(
                "nothing ran from here on until {}: a stop, a suspend, or a process that was paused; queues are looked at anew",
                self.time(*until)
            ),
            Input::Delivery { instruction, reached } => match reached {
                true => format!("instruction {instruction} reached the floor"),
                false => format!("instruction {instruction} reached nobody"),
            },
            Input::Answer {
                sure: _,
                instruction,
                by,
                answer,
            } => format!("{} to instruction {instruction}: {}", person(by), answer_words(answer)),
            Input::Order { by, order } => format!("{} orders: {}", person(by), self.order(order)),
        }
    }

    /// What the core decided.
    pub fn decision(&self, decision: &Decision) -> String {
        match &decision.what {
            What::Instruct { instruction, beside } => self.instruction(instruction, *beside),
            What::Settled { instruction, how } => match how {
                Settlement::Shown => format!("instruction {instruction} settled: its people are on the phones"),
                Settlement::ShownByNumber => {
                    format!("instruction {instruction} settled: as many more are signed in (by number, not by name)")
                }
                Settlement::Time => format!("instruction {instruction} settled: its time to take effect is up"),
            },
            What::Freed {
                instruction,
                parts,
                how,
            } => {
                let who = match parts.as_slice() {
                    [] => "the people".to_owned(),
                    parts => {
                        let seats = parts.iter().map(|part| part.seats).sum::<u32>();
                        let named: Vec<&str> = parts.iter().flat_map(|part| &part.people).map(Name::as_str).collect();
                        format!("{seats} ({})", named.join(", "))
                    }
                };
                let how = if how.is_shown() { ", as the feed shows" } else { "" };
                format!("{who} of instruction {instruction} are free again{how}")
            }
            What::Gone {
                instruction,
                people,
                left_at,
            } => format!(
                "{} of instruction {instruction} are not on the phones any more: back, or left? They count as left at {}",
                names(people),
                self.time(*left_at)
            ),
            What::TakenAsLeft { instruction, people } => {
                format!(
                    "{} have left instruction {instruction}: nobody said otherwise",
                    names(people)
                )
            }
            What::IncidentEnds { until, over_at } => format!(
                "the incident was expected to end at {}: extend it, or it is over at {}",
                self.time(*until),
                self.time(*over_at)
            ),
            What::OnlyMovesCounted {} => {
                "the feed does not tell who is signed in: of the physical seats only moves are counted".to_owned()
            }
            What::TierSkipped { tier, why } => {
                let why = self.shortage(why);
                format!("{tier} is due but passed over: {why}")
            }
            What::FeedLost { why } => {
                let why = self.words().lost(why);
                format!("blind, no instruction is given until the queue is seen again: {why}")
            }
            What::BlindLong { since, out_of_place } => {
                let mut text = format!("still blind since {}; ", self.time(*since));
                match out_of_place.as_slice() {
                    [] => text.push_str("nobody is out of place, watch the queue by hand"),
                    moves => {
                        let moves: Vec<String> = moves
                            .iter()
                            .map(|it| {
                                let seats = it.parts.iter().map(|part| part.seats).sum();
                                let asked = asked(seats, &it.parts, &it.tier);
                                format!("{}: {asked}, instruction {}", it.tier, it.instruction)
                            })
                            .collect();
                        let _ = write!(
                            text,
                            "out of place: {}; watch the queue by hand and send them back, last in first out, \
                             once it is calm",
                            moves.join(" · ")
                        );
                    }
                }
                text
            }
            What::PassedUp {
                instruction,
                role,
                skipped,
                respond_by,
                ..
            } => {
                let mut text = format!(
                    "instruction {instruction} goes up to {role}, to respond by {}",
                    self.time(*respond_by)
                );
                if !skipped.is_empty() {
                    let _ = write!(text, "; passed over and to be told: {}", names(skipped));
                }
                text
            }
            What::ApprovalAsked { approval } => {
                let again = if approval.times > 1 { "again " } else { "" };
                format!(
                    "{} is due and asks {again}for a leader's yes: {} — {}",
                    approval.tier,
                    asked(approval.seats.ask, &approval.parts, &approval.tier),
                    self.reason(&approval.reason)
                )
            }
            What::ApprovalLapsed { tier } => format!("{tier} is not due any more and asks for no yes"),
            What::Approved { by, tier } => format!("yes to {tier} from {}", person(by)),
            What::ApprovalRefused {
                by,
                tier,
                reason,
                until,
            } => format!(
                "no to {tier} from {}: {reason}; passed over until {}",
                person(by),
                self.time(*until)
            ),
            What::NotShown {
                instruction,
                seats,
                shown,
                ..
            } => format!(
                "instruction {instruction} was said to be done with {seats}, and the feed shows {shown}: are they there?"
            ),
            What::Counted { by, moves, found } => counted(by, moves, found),
            What::Unanswered { instruction } => {
                format!("instruction {instruction} is unanswered at the end of the chain of command")
            }
            What::SurgeOver { began } => format!("the surge that began at {} is over", self.time(*began)),
            What::Resumed { by } => match by {
                Some(by) => format!("resumed by {}; windows begin anew", person(by)),
                None => "resumed, the pause is at its end; windows begin anew".to_owned(),
            },
            What::FeedBack { blind, anew } => {
                let windows = if *anew { "windows begin anew" } else { "windows go on" };
                format!("seen again after {} blind; {windows}", span(*blind))
            }
            What::Answered {
                instruction,
                by,
                answer,
            } => format!(
                "instruction {instruction} answered by {}: {}",
                person(by),
                answer_words(answer)
            ),
            What::NobodyListening { instruction } => {
                format!("nobody is listening: instruction {instruction} reached nobody who may answer it")
            }
            What::Paused { by, until, reason } => {
                format!("paused by {} until {}: {reason}", person(by), self.time(*until))
            }
            What::Incident { by, note, until } => {
                format!(
                    "incident declared by {}, expected until {}: {note}",
                    person(by),
                    self.time(*until)
                )
            }
            What::IncidentOver { by: Some(by) } => format!("incident over, says {}", person(by)),
            What::IncidentOver { by: None } => "incident over: nobody extended it".to_owned(),
            What::LadderChanged { from, to } => format!("ladder {to} in force, before it {from}"),
        }
    }

    /// Why a tier that is due is not called.
    pub fn shortage(&self, why: &Shortage) -> String {
        self.words().shortage(why)
    }

    /// An instruction: what, with whom, why.
    pub fn instruction(&self, instruction: &Instruction, beside: bool) -> String {
        let Instruction {
            action, tier, seats, ..
        } = instruction;
        let verb = match action {
            Action::SignIn => "sign in",
            Action::SignOut => "sign out",
            Action::StandDown => "stand down",
            Action::ExtendShift => "extend the shift",
            Action::Overtime => "call overtime",
            Action::CallIn => "call in",
        };
        let mut text = verb.to_owned();
        // A tier that is named after what it asks for need not be named twice.
        if tier.as_str() != action.as_str() {
            let _ = write!(text, " {tier}");
        }
        let _ = write!(text, ": {}", asked(seats.ask, &instruction.parts, tier));
        if action.brings_people() && seats.ask < seats.min {
            let _ = write!(text, ", fewer than the {} wanted", seats.min);
        }
        if let Some(computed) = &instruction.computed {
            let _ = write!(
                text,
                " ({})",
                self.words()
                    .required(&json!(RequirementMessage::from(computed.as_ref())))
            );
        }
        if *action == Action::StandDown {
            text.push_str(", no longer needed, who has moved already goes back");
        }
        let _ = write!(
            text,
            " — {} (instruction {}",
            self.reason(&instruction.reason),
            instruction.id
        );
        if let Some(of) = instruction.of {
            let _ = write!(text, ", takes back {of}");
        }
        if beside {
            text.push_str(", beside the ladder");
        }
        if instruction.shadow {
            text.push_str(", in shadow: told to nobody");
        }
        text.push(')');
        text
    }

    /// Why an instruction was given.
    pub fn reason(&self, reason: &Reason) -> String {
        self.words().because(&json!(ReasonMessage::from(reason)))
    }

    /// The one formatter, for the names of the plan and times of this zone.
    fn words(&self) -> words::Words {
        words::Words::as_written(Language::En).in_zone(self.zone.clone())
    }

    /// A condition: `more than 5 waiting, for 5:00`.
    pub fn condition(&self, when: &When) -> String {
        let each: Vec<String> = when.thresholds().map(threshold).collect();
        let mut text = each.join(" and ");
        match when.hold {
            Millis::ZERO => text.push_str(", at once"),
            hold => {
                let _ = write!(text, ", for {}", span(hold));
            }
        }
        text
    }

    fn order(&self, order: &Order) -> String {
        match order {
            Order::Call { tier, seats, .. } => match (tier, seats) {
                (Some(tier), None) => format!("call {tier} now"),
                (Some(tier), Some(seats)) => format!("call {seats} of {tier} now"),
                (None, Some(seats)) => format!("call {seats} people now"),
                (None, None) => "call the next tier now".to_owned(),
            },
            Order::Approve { tier, .. } => format!("yes to {tier}"),
            Order::Refuse { tier, reason, .. } => format!("no to {tier}: {reason}"),
            Order::Count { moves, extra, .. } => {
                let there: u32 = moves.iter().map(|one| one.seats).sum();
                let more: u32 = extra.iter().map(|part| part.seats).sum();
                format!(
                    "the floor was counted: {there} of {} moves are there, and {more} more",
                    moves.len()
                )
            }
            Order::Release { instruction, .. } => format!("take back the people of instruction {instruction} now"),
            Order::Pause { lasting, reason, .. } => format!("pause for {}: {reason}", span(*lasting)),
            Order::Resume { .. } => "end the pause".to_owned(),
            Order::Incident { note, until, .. } => {
                format!("an incident is known, expected until {}: {note}", self.time(*until))
            }
            Order::IncidentOver { .. } => "the incident is over".to_owned(),
        }
    }

    fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::Started {
                version, config_hash, ..
            } => format!("surged {version} started, configuration {config_hash}"),
            Fact::Stopped => "surged stopped in good order".to_owned(),
            Fact::ConfigChanged { hash, changes } => {
                format!("changed configuration {hash} in force: {}", changes.join("; "))
            }
            Fact::JournalFailing { failing: true, why } => {
                format!("the duty log took nothing, instructions went out unlogged: {why}")
            }
            Fact::JournalFailing { failing: false, why } => format!("the duty log takes entries again: {why}"),
            Fact::WentOutUnlogged { entries } => {
                let numbers: Vec<String> = entries.iter().map(u64::to_string).collect();
                let numbers = numbers.join(", ");
                format!(
                    "told before the disk had taken them, which was too slow: the instructions of entries {numbers}"
                )
            }
            Fact::ConfigRefused { problems } => {
                let why = problems.join("; ");
                format!("changed configuration refused, the one before stays in force: {why}")
            }
            Fact::LoggedIn { by, way } => {
                let way = match way {
                    Way::Socket => "on the floor's socket",
                    Way::Http => "over HTTP",
                };
                format!("{} logged in {way}", person(by))
            }
            Fact::LoggedOut { by, why: None } => format!("{} logged out", person(by)),
            Fact::LoggedOut { by, why: Some(why) } => format!("{} was logged out: {why}", person(by)),
            Fact::NotLetIn { from, times, why } => {
                let from = from.as_deref().unwrap_or("many other addresses");
                let often = match times {
                    1 => String::new(),
                    times => format!(" {times} times"),
                };
                format!("not let in from {from}{often}: {why}")
            }
            Fact::Forgotten { persons, why } => {
                let who: Vec<String> = persons.iter().map(PersonId::to_string).collect();
                let why = match why {
                    Forgetting::Asked => "as an operator asked",
                    Forgetting::Unnamed => "not named for as long as keep_log says",
                };
                format!("the log has forgotten who these are: {}; {why}", who.join(", "))
            }
            Fact::Quieted {
                queue,
                by,
                until,
                reason,
            } => format!(
                "{queue} made quiet by {} until {}: {reason}; what is asked is asked as ever, without a sound",
                person(by),
                self.time(*until)
            ),
            Fact::QuietOver { queue, by: Some(by) } => format!("{queue} sounds again, says {}", person(by)),
            Fact::QuietOver { queue, by: None } => format!("{queue} sounds again: the time is up"),
            Fact::Handover(handover) => {
                let unproven = if handover.unproven {
                    ", not proven by a token"
                } else {
                    ""
                };
                format!("{}{unproven}: {}", person(&handover.by), self.handover(handover))
            }
            Fact::Undelivered {
                webhook,
                seq,
                kind,
                attempts,
                why,
            } => format!("webhook {webhook} could not tell of {kind} (entry {seq}), tried {attempts} times: {why}"),
        }
    }
}

/// A span as on a watch: `5:00`, `1:02:03`.
pub fn span(span: Millis) -> String {
    let seconds = span.0.unsigned_abs() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// What must be passed: `more than 5 waiting`.
fn threshold(threshold: &Threshold) -> String {
    match *threshold {
        Threshold::WaitingAbove { above, at_most: None } => format!("more than {above} waiting"),
        Threshold::WaitingAbove {
            above,
            at_most: Some(most),
        } => format!("more than {above} and up to {most} waiting"),
        Threshold::WaitingAtMost(most) => format!("at most {most} waiting"),
        Threshold::LongestWaitAbove(limit) => format!("longest wait above {}", span(limit)),
        Threshold::WaitingPerSeatAbove(limit) => format!("more than {limit} waiting a seat"),
        Threshold::ExpectedWaitAbove(limit) => format!("expected wait above {}", span(limit)),
        Threshold::AnsweredShareBelow(limit) => format!(
            "fewer than {} answered in time over {}",
            percent(limit.share.as_share()),
            span(limit.over)
        ),
        Threshold::AnsweredShareAtLeast(limit) => format!(
            "at least {} answered in time over {}",
            percent(limit.share.as_share()),
            span(limit.over)
        ),
        Threshold::AbandonedShareAbove(limit) => format!(
            "more than {} given up over {}",
            percent(limit.share.as_share()),
            span(limit.over)
        ),
        Threshold::RisingAbove(limit) => {
            format!("more than {} more waiting than {} ago", limit.callers, span(limit.over))
        }
    }
}

fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() / 10.0;
    format!("{tenths} %")
}

fn person(actor: &Actor) -> String {
    match actor.staff_no.as_str() {
        "feed" => "the phone system".to_owned(),
        staff_no if staff_no == actor.name => format!("{} ({})", actor.name, actor.role),
        staff_no => format!("{} ({} {staff_no})", actor.name, actor.role),
    }
}

fn names(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

fn count(many: usize, what: &str) -> String {
    format!("{many} {what}{}", if many == 1 { "" } else { "s" })
}

/// How many, and who where more can be told than the tier's name: `4 (E01, E02, E03, E04)`.
fn asked(seats: u32, parts: &[Part], tier: &Name) -> String {
    let who = match parts {
        [Part { pool, people, .. }] if pool.as_ref().is_none_or(|it| it == tier) => names(people),
        parts => people(parts),
    };
    match who.as_str() {
        "" => seats.to_string(),
        who => format!("{seats} ({who})"),
    }
}

/// Who, pool by pool: `outbound 3, expert E01 E02`.
fn people(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let who = match part.people.as_slice() {
            [] => part.seats.to_string(),
            people => people.iter().map(Name::as_str).collect::<Vec<_>>().join(" "),
        };
        match &part.pool {
            Some(pool) => format!("{pool} {who}"),
            None => who,
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn counted(by: &Actor, moves: &[Recounted], found: &[Found]) -> String {
    let mut text = format!("the floor was counted by {}", person(by));
    for one in moves {
        let there = match one.after.as_slice() {
            [] => "nobody is there".to_owned(),
            parts => format!("{} there", asked(seats_of(parts), parts, &one.tier)),
        };
        let _ = write!(
            text,
            "; {} (instruction {}): {there}, taken for {}",
            one.tier,
            one.instruction,
            seats_of(&one.before)
        );
    }
    for one in found {
        let parts = std::slice::from_ref(&one.part);
        let _ = write!(
            text,
            "; found without a move and put on {} (instruction {}): {}",
            one.tier,
            one.instruction,
            asked(one.part.seats, parts, &one.tier)
        );
    }
    if moves.is_empty() && found.is_empty() {
        text.push_str(": all are where they were taken to be");
    }
    text
}

fn seats_of(parts: &[Part]) -> u32 {
    parts.iter().map(|part| part.seats).fold(0, u32::saturating_add)
}

fn answer_words(answer: &Answer) -> String {
    match answer {
        Answer::Seen { eta: None } => "seen, takes it".to_owned(),
        Answer::Seen { eta: Some(eta) } => format!("seen, there in {}", span(*eta)),
        Answer::Done { seats, people, note } => {
            let mut text = "done".to_owned();
            if let Some(seats) = seats {
                let _ = write!(text, " with {seats}");
            }
            if let Some(people) = people {
                let _ = write!(text, " ({})", names(people));
            }
            if let Some(note) = note {
                let _ = write!(text, ": {note}");
            }
            text
        }
        Answer::Declined { reason } => format!("declined: {reason}"),
        Answer::Left { people, seats, reason } => {
            let who = match (people.as_slice(), seats) {
                ([], Some(seats)) => seats.to_string(),
                ([], None) => "some".to_owned(),
                (people, _) => names(people),
            };
            format!("{who} left: {reason}")
        }
        Answer::Escalate { note } => format!("passed up: {note}"),
    }
}

fn reading_words(reading: &Reading) -> String {
    let mut text = format!("{} waiting", reading.waiting);
    if let Some(longest) = reading.longest_wait {
        let _ = write!(text, ", longest {}", span(longest));
    }
    let told = [
        ("signed in", reading.signed_in),
        ("available", reading.available),
        ("paused", reading.paused),
    ];
    for (what, number) in told {
        if let Some(number) = number {
            let _ = write!(text, ", {number} {what}");
        }
    }
    text
}
