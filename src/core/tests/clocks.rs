//! The clocks that the page shows, against what then happens: over random days, whatever is shown to be due comes to pass at that very
//! millisecond if nothing is heard in between, and nothing comes to pass by itself that was not shown.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use model::compare::meant;
use model::day::{Day, Step};
use std::collections::BTreeMap;
use surged_core::{Core, Decision, QueueView, Reason, Settlement, Standing, Time, What};

const DAYS: u64 = 300;
const INPUTS_A_DAY: usize = 100;

/// So many times a core is woken in silence, from one moment of a day on.
const WAKES: usize = 6;

/// Something that is shown to be due: in words by which a decision is known to be it.
type Shown = BTreeMap<String, Time>;

/// What is shown to be due, if nothing changes.
///
/// # Errors
/// The same tier has two clocks.
fn shown(core: &Core) -> Result<Shown, String> {
    let mut shown = Shown::new();
    for view in core.views() {
        of_queue(&view, core.now(), &mut shown)?;
    }
    for open in core.open_instructions() {
        let up = open
            .respond_by
            .map(|at| (format!("{} goes up", open.instruction.id), at));
        shown.extend(up);
    }
    Ok(shown)
}

fn of_queue(view: &QueueView, now: Time, shown: &mut Shown) -> Result<(), String> {
    let queue = &view.queue;
    let mut show = |what: String, at: Option<Time>| shown.extend(at.map(|at| (format!("{queue}: {what}"), at)));
    let next = view.next.as_ref();
    let next = next.and_then(|next| Some((&next.tier, next.clock?.due_at)));
    for tier in &view.tiers {
        let Standing::Running { due_at } = tier.standing else {
            continue;
        };
        show(format!("{} is called", tier.tier), Some(due_at));
        if next.is_none_or(|(next, next_due)| next_due > due_at || (*next == tier.tier && next_due != due_at)) {
            return Err(format!(
                "at {now:?}: {} is due at {due_at:?}, and next is {next:?}",
                tier.tier
            ));
        }
    }
    // What is due already and stands here still says by its standing what keeps it.
    if let Some((tier, due_at)) = next.filter(|(_, due_at)| *due_at > now) {
        show(format!("{tier} is called"), Some(due_at));
    }
    show("people go back".to_owned(), view.release.map(|clock| clock.due_at));
    show("goes on".to_owned(), view.paused.as_ref().map(|pause| pause.until));
    let incident = view.incident.as_ref();
    let incident = incident.map(|it| it.over_at.unwrap_or(it.until));
    show("the incident ends".to_owned(), incident);
    if let Some(asked) = &view.approval {
        show(format!("{} is asked about again", asked.tier), Some(asked.again_at));
    }
    // A blind queue's clock stands still.
    if view.blind_since.is_none() {
        for one in &view.moves {
            show(format!("{} settles", one.instruction), one.settles_at);
            show(
                format!("people of {} have stayed for long", one.instruction),
                one.stay_until,
            );
        }
        for one in &view.leaving {
            show(format!("{} is free", one.instruction), one.settles_at);
        }
    }
    Ok(())
}

/// The clock behind a decision that the core took by itself; `None`: it needs none.
fn clock_of(decision: &Decision) -> Option<String> {
    let queue = &decision.queue;
    match &decision.what {
        What::Instruct { instruction, beside } if instruction.action.brings_people() => {
            (!beside).then(|| format!("{queue}: {} is called", instruction.tier))
        }
        What::Instruct { instruction, .. } => match instruction.reason {
            Reason::MaxStay { .. } => {
                let of = instruction.of.unwrap_or(instruction.id);
                Some(format!("{queue}: people of {of} have stayed for long"))
            }
            _ => Some(format!("{queue}: people go back")),
        },
        What::ApprovalAsked { approval } if approval.beside => None,
        What::ApprovalAsked { approval } if approval.times > 1 => {
            Some(format!("{queue}: {} is asked about again", approval.tier))
        }
        What::ApprovalAsked { approval } => Some(format!("{queue}: {} is called", approval.tier)),
        What::Settled {
            instruction,
            how: Settlement::Time,
        } => Some(format!("{queue}: {instruction} settles")),
        What::PassedUp { instruction, .. } | What::Unanswered { instruction } => Some(format!("{instruction} goes up")),
        What::Resumed { .. } => Some(format!("{queue}: goes on")),
        What::IncidentEnds { .. } | What::IncidentOver { .. } => Some(format!("{queue}: the incident ends")),
        _ => None,
    }
}

/// Whether the standing of a tier that was called says itself what keeps it, and not until when: somebody to ask, or until a time.
fn is_held_up_for_a_while(core: &Core, called: &Decision) -> bool {
    let tier = match &called.what {
        What::Instruct { instruction, .. } => &instruction.tier,
        What::ApprovalAsked { approval } => &approval.tier,
        _ => return false,
    };
    let view = core.view(&called.queue).unwrap();
    let stood = view.tiers.iter().find(|stood| stood.tier == *tier);
    stood.is_some_and(|stood| match stood.standing {
        Standing::Declined { until } | Standing::Refused { until } => until == called.at,
        Standing::Short { .. } => true,
        _ => false,
    })
}

/// Lets a core alone, and holds what it does against what it showed.
fn left_alone(mut core: Core) -> Result<(), String> {
    for _ in 0..WAKES {
        let before = shown(&core)?;
        let due = core.due_at();
        if due == Time::NEVER {
            break;
        }
        let late = before.iter().find(|(_, at)| **at < due);
        if let Some((what, at)) = late {
            return Err(format!(
                "at {:?}: {what} at {at:?}, and nothing comes before {due:?}",
                core.now()
            ));
        }
        let now = core.now();
        let core_before = core.clone();
        core.handle_timeout(due);
        let decisions: Vec<Decision> = std::iter::from_fn(|| core.poll_effect()).collect();
        // What comes first in a millisecond may bring about more in it.
        let first = decisions.first().and_then(|first| Some((first, clock_of(first)?)));
        if let Some((first, clock)) = first
            && before.get(&clock) != Some(&due)
            && !is_held_up_for_a_while(&core_before, first)
        {
            return Err(format!(
                "at {now:?}: {clock} at {due:?}, and what is shown is {before:?}\n  {first:?}"
            ));
        }
        let promised = before.iter().find(|(_, at)| **at == due);
        if let Some((what, _)) = promised.filter(|_| decisions.is_empty()) {
            return Err(format!("at {now:?}: {what} at {due:?}, and nothing happens then"));
        }
        if decisions
            .iter()
            .any(|decision| matches!(decision.what, What::FeedLost { .. }))
        {
            break;
        }
    }
    Ok(())
}

fn day(steps: &[Step]) -> Result<(), String> {
    let mut core = Core::new(Time(0));
    let mut given = 0;
    let mut drain = |core: &mut Core| {
        while let Some(decision) = core.poll_effect() {
            if let What::Instruct { instruction, .. } = decision.what {
                given = instruction.id.0;
            }
        }
        given
    };
    for (at, input) in steps {
        core.handle_timeout(Time(*at));
        let Some(input) = meant(input, drain(&mut core)) else {
            continue;
        };
        if core.handle(input, Time(*at)).is_ok() {
            drain(&mut core);
            left_alone(core.clone())?;
        }
    }
    Ok(())
}

#[test]
fn what_is_shown_comes_to_pass_and_nothing_else() {
    let mut faults = Vec::new();
    for seed in 0..DAYS {
        if let Err(fault) = day(&Day::new(seed).steps(INPUTS_A_DAY)) {
            faults.push(format!("day {seed}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "on {} days:\n{}", faults.len(), faults.join("\n"));
}
