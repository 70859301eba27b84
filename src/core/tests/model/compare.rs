//! The model and the core side by side: each decision of both as a line of words, and where the lines part.

use super::day::Step;
use super::{Model, Said, admit};
use std::collections::BTreeMap;
use std::fmt::Write;
use surged_core::{
    Core, Decision, Input, Instruction, InstructionId, Name, Order, Part, Refusal, Settlement, Time, What,
};

/// What is looked for in the words of a day, besides their beginnings.
pub const MARKS: [&str; 9] = [
    "in shadow",
    "by hand",
    " beside",
    " max_stay ",
    " + ",
    "as shown",
    "by time",
    " found ",
    ":Some(",
];

/// How much a day has in it, so that a quiet generator is noticed.
#[derive(Default, Debug)]
pub struct Tally {
    pub kinds: BTreeMap<String, u32>,
}

/// Runs a day through the core and the model.
///
/// # Errors
/// Where they part, in words.
pub fn compare(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let run = std::panic::AssertUnwindSafe(|| side_by_side(steps, tally));
    std::panic::catch_unwind(run).unwrap_or_else(|fault| {
        let words = fault
            .downcast::<String>()
            .map_or_else(|_| "no words".to_owned(), |words| *words);
        Err(format!("panicked: {words}"))
    })
}

fn side_by_side(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let mut core = Core::new(Time(0));
    let mut model = Model::new(0);
    let mut given = 0;
    let end = steps.last().map_or(0, |step| step.0) + 200;
    for (at, input) in steps {
        core.handle_timeout(Time(*at));
        model.advance(*at);
        same(&mut core, &mut model, &mut given, tally)?;
        let Some(input) = meant(input, given) else { continue };
        let admitted = core.handle(input.clone(), Time(*at));
        let expected = model.handle(&input);
        agree(&admitted, expected, tally).map_err(|fault| format!("{fault}\nto {input:?}"))?;
        same(&mut core, &mut model, &mut given, tally).map_err(|fault| format!("{fault}\nafter {input:?}"))?;
    }
    core.handle_timeout(Time(end));
    model.advance(end);
    same(&mut core, &mut model, &mut given, tally)
}

/// Whether both took an input, or refused it for the same reason.
fn agree(core: &Result<(), Refusal>, model: Result<(), &'static str>, tally: &mut Tally) -> Result<(), String> {
    match (model, core) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(code), Err(refusal)) if admit::same(code, refusal.code()) => {
            *tally.kinds.entry(format!("refused {}", refusal.code())).or_default() += 1;
            Ok(())
        }
        (model, core) => {
            let core = core
                .as_ref()
                .map_err(|refusal| format!("{}: {refusal:?}", refusal.code()));
            Err(format!("the plan says {model:?}, the core {core:?}"))
        }
    }
}

/// A shorter day on which they still part.
pub fn shortest(steps: &[Step]) -> Vec<Step> {
    let mut steps = steps.to_vec();
    let mut length = usize::MAX;
    while steps.len() < length {
        length = steps.len();
        for index in (1..steps.len()).rev() {
            let mut shorter = steps.clone();
            shorter.remove(index);
            if compare(&shorter, &mut Tally::default()).is_err() {
                steps = shorter;
            }
        }
    }
    steps
}

/// A day as text.
pub fn timeline(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |mut text, (at, input)| {
        let _ = writeln!(text, "  {at:>5} {}", serde_json::to_string(input).unwrap());
        text
    })
}

pub fn part_in_words(pool: Option<&Name>, seats: u32, people: &[Name]) -> String {
    format!("{seats} of {} {people:?}", pool.map_or("nobody's", Name::as_str))
}

pub fn chosen_in_words(person: &Name, asked_at: Option<i64>, times: u32, until: Option<i64>) -> String {
    format!("{person}:{asked_at:?}:{times}:{until:?}")
}

/// On whose word, and to whom.
pub fn with_marks(mut what: String, by_hand: bool, shadow: bool, beside: bool) -> String {
    for (mark, is_so) in [(" by hand", by_hand), (" in shadow", shadow), (" beside", beside)] {
        what += if is_so { mark } else { "" };
    }
    what
}

/// Answers count back from the latest instruction, so that a shorter day still means the same.
pub fn meant(input: &Input, given: u64) -> Option<Input> {
    let mut input = input.clone();
    let ids: Vec<&mut InstructionId> = match &mut input {
        Input::Answer { instruction, .. } | Input::Delivery { instruction, .. } => vec![instruction],
        Input::Order { order, .. } => match order {
            Order::Release { instruction, .. } => vec![instruction],
            Order::Count { moves, .. } => moves.iter_mut().map(|counted| &mut counted.instruction).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    for id in ids {
        *id = InstructionId(given.checked_sub(id.0).filter(|id| *id > 0)?);
    }
    Some(input)
}

fn same(core: &mut Core, model: &mut Model, given: &mut u64, tally: &mut Tally) -> Result<(), String> {
    let mut came = Vec::new();
    while let Some(decision) = core.poll_effect() {
        if let What::Instruct { instruction, .. } = &decision.what {
            *given = instruction.id.0;
        }
        came.extend(in_words(&decision));
    }
    let mut expected = model.take();
    for said in &expected {
        let kind = said
            .what
            .split(' ')
            .filter(|word| word.parse::<u64>().is_err())
            .take(2)
            .collect::<Vec<_>>()
            .join(" ");
        *tally.kinds.entry(kind).or_default() += 1;
        for mark in MARKS.iter().filter(|mark| said.what.contains(*mark)) {
            *tally.kinds.entry((*mark).to_owned()).or_default() += 1;
        }
    }
    // What is said in one millisecond besides instructions has no order that matters.
    let order = |said: &Said| {
        let aside = !said.what.starts_with("instruct");
        (said.at, aside, aside.then(|| said.clone()))
    };
    came.sort_by_key(order);
    expected.sort_by_key(order);
    if came == expected {
        return Ok(());
    }
    let only = |these: &[Said], others: &[Said]| {
        let only = these.iter().filter(|said| !others.contains(said));
        only.map(|said| format!("\n    {:>5} {}: {}", said.at, said.queue, said.what))
            .collect::<String>()
    };
    Err(format!(
        "only the plan:{}\nonly the core:{}",
        only(&expected, &came),
        only(&came, &expected)
    ))
}

/// A decision of the core in the model's words; `None` for what is only said aloud.
fn in_words(decision: &Decision) -> Option<Said> {
    let what = match &decision.what {
        What::Instruct { instruction, beside } => instruction_in_words(instruction, *beside),
        What::Settled {
            instruction,
            how: Settlement::Shown | Settlement::ShownByNumber,
        } => format!("settled {instruction} as shown"),
        What::Settled { instruction, .. } => format!("settled {instruction} by time"),
        What::NotShown {
            near: _,
            instruction,
            seats,
            shown,
            ..
        } => format!("not_shown {instruction} {seats} {shown}"),
        What::Freed { instruction, .. } => format!("freed {instruction}"),
        What::TierSkipped { tier, .. } => format!("tier_skipped {tier}"),
        What::ApprovalAsked { approval } => format!(
            "approval_asked {} {} times {} {}",
            approval.tier,
            approval.times,
            parts_in_words(&approval.parts),
            approval.beside
        ),
        What::ApprovalLapsed { tier } => format!("approval_lapsed {tier}"),
        What::Counted { moves, found, .. } => {
            let moves = moves
                .iter()
                .map(|one| format!(" {} {}", one.instruction, parts_in_words(&one.after)));
            let found = found.iter().map(|one| {
                let part = parts_in_words(std::slice::from_ref(&one.part));
                format!(" found {} {} {part}", one.instruction, one.tier)
            });
            format!("counted{}", moves.chain(found).collect::<String>())
        }
        What::FeedLost { .. } => "feed_lost".to_owned(),
        What::PassedUp { instruction, level, .. } => format!("passed_up {instruction} to {level}"),
        What::Unanswered { instruction } => format!("unanswered {instruction}"),
        What::Gone {
            instruction, people, ..
        } => format!("gone {instruction} {people:?}"),
        What::TakenAsLeft { instruction, people } => format!("left {instruction} {people:?}"),
        What::IncidentEnds { .. } => "incident_ends".to_owned(),
        What::IncidentOver { by: None } => "incident_over".to_owned(),
        What::SurgeOver { .. } => "surge_over".to_owned(),
        What::Resumed { .. } => "resumed".to_owned(),
        _ => return None,
    };
    Some(Said {
        at: decision.at.0,
        queue: decision.queue.clone(),
        what,
    })
}

fn instruction_in_words(instruction: &Instruction, beside: bool) -> String {
    let mut what = format!(
        "instruct {} {} {} {} {}",
        instruction.id,
        instruction.action.as_str(),
        instruction.tier,
        parts_in_words(&instruction.parts),
        instruction.reason.code()
    );
    if let Some(of) = instruction.of {
        let _ = write!(what, " of {of}");
    } else {
        let chosen = instruction.chosen.iter().map(|one| {
            chosen_in_words(
                &one.person,
                one.asked_at.map(|at| at.0),
                one.times,
                one.until.map(|at| at.0),
            )
        });
        let _ = write!(what, " {}", chosen.collect::<Vec<String>>().join(" "));
    }
    with_marks(what, instruction.by.is_some(), instruction.shadow, beside)
}

fn parts_in_words(parts: &[Part]) -> String {
    let parts = parts
        .iter()
        .map(|part| part_in_words(part.pool.as_ref(), part.seats, &part.people));
    parts.collect::<Vec<String>>().join(" + ")
}
