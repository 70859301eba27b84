//! Scenarios: a file that says what a simulated floor has to cope with. Read and checked as the configuration is.

use super::diagnostic::{Code, Diagnostics, Problems};
use super::node::Node;
use super::sentence::say;
use super::{folder_of, reader, syntax, tables, text_of};
use crate::core::{Millis, Name};
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// A simulated floor and its callers.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// When the first day begins, in the plan's zone.
    pub start: DateTime,
    /// For how long callers come, each day.
    pub length: Millis,
    /// Days of a seed, each beginning with nobody on the line.
    pub days: u32,
    /// What happens so early in a day is not counted.
    pub warm_up: Millis,
    /// Seats that there really are; `None`: as the plan says.
    pub physical_seats: Option<u32>,
    /// How often the feed reports; `None`: at every change.
    pub readings_every: Option<Millis>,
    /// By the plan's names.
    pub queues: BTreeMap<Name, QueueScenario>,
    /// How instructions are taken.
    pub supervisor: Supervisor,
    /// How people come who are signed in.
    pub moved: Coming,
    /// How people come who are called from home.
    pub called_in: Coming,
    /// How people of a pool come, in place of the above.
    pub pools: BTreeMap<Name, Coming>,
    /// What things cost; `None`: nobody said.
    pub cost: Option<Cost>,
    /// Numbers of others to be held against ours.
    pub outside: Vec<Outside>,
}

/// Who calls a queue and who answers.
#[derive(Clone, PartialEq, Debug)]
pub struct QueueScenario {
    /// How many call.
    pub calls: Calls,
    /// Each day's calls are multiplied by a Gamma factor of mean 1 and this shape.
    pub day_factor: Option<f64>,
    /// How long a call keeps a person.
    pub handling: Spread,
    /// How long callers wait before they give up; `None`: for ever.
    pub patience: Option<Patience>,
    /// Who is on the phones without any move: one number an interval, the last holds on.
    pub people: Vec<u32>,
    /// Length of such an interval.
    pub people_every: Millis,
    /// Who calls again.
    pub redial: Option<Redial>,
    /// Breaks of those people.
    pub breaks: Option<Breaks>,
}

/// When callers come.
#[derive(Clone, PartialEq, Debug)]
pub enum Calls {
    /// A Poisson process.
    PerHour {
        /// Calls to be expected in an hour, one number an interval; the last holds on.
        rates: Vec<f64>,
        /// Length of such an interval.
        every: Millis,
    },
    /// As on a recorded day.
    Recorded(PathBuf),
}

/// How a span of time is spread.
#[derive(Clone, PartialEq, Debug)]
pub enum Spread {
    /// As in Erlang's formulas.
    Exponential {
        /// The mean.
        mean: Millis,
    },
    /// As measured in most call centres.
    Lognormal {
        /// The mean.
        mean: Millis,
        /// The standard deviation.
        deviation: Millis,
    },
    /// Always the same.
    Always(Millis),
    /// As in a call list.
    Data(PathBuf),
}

/// How long callers wait before they give up.
#[derive(Clone, PartialEq, Debug)]
pub struct Patience {
    /// Of those who wait at all.
    pub spread: Spread,
    /// Share of those who do not.
    pub at_once: f64,
}

/// Callers who gave up and call again.
#[derive(Clone, PartialEq, Debug)]
pub struct Redial {
    /// The share.
    pub share: f64,
    /// How long after they gave up.
    pub after: Spread,
    /// How often at most.
    pub most: u32,
}

/// Breaks of the people of a queue.
#[derive(Clone, PartialEq, Debug)]
pub struct Breaks {
    /// Each takes one so often, on average.
    pub every: Millis,
    /// How long it lasts.
    pub lasting: Millis,
}

/// How instructions are taken.
#[derive(Clone, PartialEq, Debug)]
pub struct Supervisor {
    /// How long after an instruction it is acted upon.
    pub takes: Spread,
    /// The share of the calls for people that is carried out.
    pub obeys: f64,
}

/// How people come who are asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Coming {
    /// How long after the supervisor has acted they are on the phones.
    pub arrive: Spread,
    /// All people of an instruction come at the same moment.
    pub together: bool,
    /// Each comes with this probability.
    pub come: f64,
    /// Their handling times are the usual ones multiplied by this.
    pub pace: f64,
    /// A sign-out is done as soon as it is told; else when the last of them has ended the call and gone.
    pub back_when_told: bool,
}

/// What things cost, in any money.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Cost {
    /// An hour of a person who was moved.
    pub moved_hour: f64,
    /// An hour of a person who stays longer or was called from home.
    pub overtime_hour: f64,
    /// A caller who gave up.
    pub lost_call: f64,
}

/// A number of somebody else's for the same case.
#[derive(Clone, PartialEq, Debug)]
pub struct Outside {
    /// Which measure.
    pub measure: Name,
    /// Of which queue; `None`: of all together.
    pub queue: Option<Name>,
    /// Theirs.
    pub value: f64,
    /// Their 95 % interval; `None`: it is exact.
    pub interval: Option<(f64, f64)>,
    /// Whose.
    pub source: String,
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load(path: &Path) -> Result<Scenario, Diagnostics> {
    let file = path.display().to_string();
    parse(&text_of(path, &file)?, &file, folder_of(path))
}

/// Reads a file's text. `file` is its name in messages; relative paths start from `folder`.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse(text: &str, file: &str, folder: &Path) -> Result<Scenario, Diagnostics> {
    let mut problems = Problems::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        syntax(error, text, &mut problems);
    }
    let mut meant = Problems::default();
    reader::check(table.get_ref(), 0..0, &tables::SCENARIO, &mut meant);
    let scenario = match meant.exceed_a_limit() {
        true => None,
        false => read(Node::root(table.get_ref()), folder, &mut meant),
    };
    problems.follow(meant, text);
    let found = problems.of_file(file, text);
    match scenario {
        Some(scenario) if !found.failed() => Ok(scenario),
        _ => Err(found),
    }
}

const HOUR: Millis = Millis::from_mins(60);
const AT_ONCE: Spread = Spread::Always(Millis::ZERO);

fn read(root: Node<'_>, folder: &Path, problems: &mut Problems) -> Option<Scenario> {
    let queues: Vec<_> = root
        .named("queue")
        .into_iter()
        .map(|(name, node)| (name.value, queue(node, folder, problems)))
        .collect();
    let length = root.duration("length");
    let warm_up = root.duration_or("warm_up", Millis::ZERO);
    if length.as_ref().is_some_and(|length| length.value <= warm_up) {
        let (message, help) = (say!("warm_up_long"), say!("warm_up_long_instead"));
        problems.error(Code::Contradiction, root.at("warm_up"), message, help);
    }
    if root.has("queue") && queues.is_empty() {
        let (message, help) = (say!("scenario_no_queue"), say!("scenario_no_queue_instead"));
        problems.error(Code::MissingKey, root.at("queue"), message, help);
    }
    let outside = root
        .nodes("outside")
        .into_iter()
        .filter_map(|node| outside(node, problems))
        .collect();
    let moved = coming(root.node("moved"), folder, None);
    let called_in = coming(root.node("called_in"), folder, Some(&moved));
    Some(Scenario {
        start: root
            .text("start")
            .and_then(|said| said.value.parse().ok())
            .unwrap_or_else(|| DateTime::constant(2026, 11, 2, 0, 0, 0, 0)),
        length: length?.value,
        days: root.count("days").map_or(1, |said| said.value),
        warm_up,
        physical_seats: root.count("physical_seats").map(|said| said.value),
        readings_every: root.duration("readings_every").map(|said| said.value),
        queues: queues
            .into_iter()
            .map(|(name, queue)| Some((name, queue?)))
            .collect::<Option<_>>()?,
        supervisor: supervisor(root.node("supervisor"), folder),
        pools: root
            .named("pool")
            .into_iter()
            .map(|(name, node)| (name.value, coming(Some(node), folder, Some(&moved))))
            .collect(),
        moved,
        called_in,
        cost: root.node("cost").map(cost),
        outside,
    })
}

fn queue(node: Node<'_>, folder: &Path, problems: &mut Problems) -> Option<QueueScenario> {
    let people = node.count_list("people");
    if node.is_empty_array("people") {
        let message = say!("no_number", key = "people");
        problems.error(Code::BadValue, node.at("people"), message, say!("people_instead"));
    }
    let told = node.node("calls")?;
    let calls = calls(told, folder, problems);
    let day_factor = told.number("day_factor");
    if day_factor.is_some_and(|shape| shape < 1.0) {
        let (message, help) = (say!("day_factor_small"), say!("day_factor_small_instead"));
        problems.error(Code::BadValue, told.at("day_factor"), message, help);
    }
    if day_factor.is_some() && told.has("recorded") {
        let (message, help) = (say!("day_factor_recorded"), say!("one_of_recorded"));
        problems.error(Code::Contradiction, told.at("day_factor"), message, help);
    }
    for key in ["handling", "patience"] {
        not_at_once(node, key, problems);
    }
    let patience = node.node("patience");
    Some(QueueScenario {
        calls: calls?,
        day_factor,
        handling: spread(node.node("handling")?, folder)?,
        patience: patience.and_then(|node| {
            Some(Patience {
                at_once: node.number("at_once").unwrap_or(0.0),
                spread: spread(node, folder)?,
            })
        }),
        people,
        people_every: node.duration_or("people_every", HOUR),
        redial: node.node("redial").and_then(|node| {
            Some(Redial {
                share: node.number("share")?,
                after: spread(node.node("after")?, folder)?,
                most: node.count("most").map_or(3, |said| said.value),
            })
        }),
        breaks: node.node("breaks").and_then(|node| {
            Some(Breaks {
                every: node.duration("every")?.value,
                lasting: node.duration("lasting")?.value,
            })
        }),
    })
}

/// `at_once` is a word about patience alone.
fn not_at_once(node: Node<'_>, key: &str, problems: &mut Problems) {
    let Some(told) = node.node(key).filter(|told| key != "patience" && told.has("at_once")) else {
        return;
    };
    let message = say!("at_once_patience", key = key);
    problems.error(Code::Contradiction, told.at("at_once"), message, say!("leave_out"));
}

fn calls(node: Node<'_>, folder: &Path, problems: &mut Problems) -> Option<Calls> {
    let rates = node.numbers("per_hour");
    match (node.has("per_hour"), node.text("recorded")) {
        (true, Some(_)) => {
            let (message, help) = (say!("calls_two_ways"), say!("leave_one_out"));
            problems.error(Code::Contradiction, node.at("recorded"), message, help);
            None
        }
        (false, None) if !node.has("recorded") => {
            problems.error(
                Code::MissingKey,
                node.span(),
                say!("calls_none"),
                say!("calls_none_instead"),
            );
            None
        }
        (true, None) if rates.is_empty() => {
            if node.is_empty_array("per_hour") {
                let message = say!("no_number", key = "per_hour");
                problems.error(Code::BadValue, node.at("per_hour"), message, say!("per_hour_instead"));
            }
            None
        }
        (_, Some(recorded)) => Some(Calls::Recorded(folder.join(recorded.value))),
        (_, None) => Some(Calls::PerHour {
            rates,
            every: node.duration_or("every", HOUR),
        }),
    }
}

fn spread(node: Node<'_>, folder: &Path) -> Option<Spread> {
    let span = |key: &str| node.duration(key).map(|said| said.value);
    Some(match node.text("kind")?.value {
        "exponential" => Spread::Exponential { mean: span("mean")? },
        "lognormal" => Spread::Lognormal {
            mean: span("mean")?,
            deviation: span("deviation")?,
        },
        "always" => Spread::Always(span("mean")?),
        _ => Spread::Data(folder.join(node.text("path")?.value)),
    })
}

fn supervisor(node: Option<Node<'_>>, folder: &Path) -> Supervisor {
    let takes = node.and_then(|node| spread(node.node("takes")?, folder));
    Supervisor {
        takes: takes.unwrap_or(AT_ONCE),
        obeys: node.and_then(|node| node.number("obeys")).unwrap_or(1.0),
    }
}

fn coming(node: Option<Node<'_>>, folder: &Path, else_as: Option<&Coming>) -> Coming {
    let usual = Coming {
        arrive: AT_ONCE,
        together: false,
        come: 1.0,
        pace: 1.0,
        back_when_told: false,
    };
    let otherwise = else_as.unwrap_or(&usual);
    let Some(node) = node else {
        return otherwise.clone();
    };
    let arrive = node.node("arrive").and_then(|node| spread(node, folder));
    Coming {
        arrive: arrive.unwrap_or_else(|| otherwise.arrive.clone()),
        together: if node.has("together") {
            node.flag("together")
        } else {
            otherwise.together
        },
        come: node.number("come").unwrap_or(otherwise.come),
        pace: node.number("pace").unwrap_or(otherwise.pace),
        back_when_told: node
            .text("back")
            .map_or(otherwise.back_when_told, |said| said.value == "when_told"),
    }
}

fn cost(node: Node<'_>) -> Cost {
    let each = |key: &str| node.number(key).unwrap_or(0.0);
    Cost {
        moved_hour: each("moved_hour"),
        overtime_hour: each("overtime_hour"),
        lost_call: each("lost_call"),
    }
}

fn outside(node: Node<'_>, problems: &mut Problems) -> Option<Outside> {
    let (low, high) = (node.number("low"), node.number("high"));
    if low.is_some() != high.is_some() || low > high {
        problems.error(
            Code::Contradiction,
            node.span(),
            say!("interval_ends"),
            say!("interval_ends_instead"),
        );
    }
    Some(Outside {
        measure: node.name("measure")?.value,
        queue: node.name("queue").map(|said| said.value),
        value: node.number("value")?,
        interval: low.zip(high),
        source: node.text("source")?.value.to_owned(),
    })
}
