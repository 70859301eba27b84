//! The clocks that the page shows, against what then happens: over random days, whatever is shown to be due comes to pass at that very
//! millisecond if nothing is heard in between, and nothing comes to pass by itself that was not shown.

// In tests a panic is how a fault is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod model;

use model::compare::meant;
use model::day::{Day, Step};
use std::collections::BTreeMap;
use surged_core::{
    Core, Decision, Input, Lost, Millis, Name, QueueView, Reason, Settlement, Standing, Time, Unseen, What,
};

const DAYS: u64 = 300;
const INPUTS_A_DAY: usize = 100;

/// A queue that has been blind for so long is said to be (plan: "Blind").
const BLIND_LONG_AFTER: Millis = Millis::from_mins(10);

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
        shown.extend(sight_of(core, &view));
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
            // Those of one move may have been told to go at different times.
            show(one.settles_at.map(free).unwrap_or_default(), one.settles_at);
        }
    }
    Ok(())
}

/// Until when a queue is seen if its source says nothing, or when its floor is told who is out of place: both follow from what is shown, and
/// from what the plan says of the feed.
fn sight_of(core: &Core, view: &QueueView) -> Option<(String, Time)> {
    let queue = &view.queue;
    let configured = core.plan().queues.get(queue)?;
    if let Some(since) = view.blind_since {
        let at = since + BLIND_LONG_AFTER;
        return (at > core.now()).then(|| (format!("{queue}: has been blind for long"), at));
    }
    let stale_after = core.plan().feeds.get(&configured.feed)?.stale_after;
    Some((format!("{queue}: is blind"), view.vouched_at? + stale_after))
}

fn free(at: Time) -> String {
    format!("people are free at {at:?}")
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
        What::TierSkipped { tier, .. } => Some(format!("{queue}: {tier} is called")),
        What::Settled {
            instruction,
            how: Settlement::Time,
        } => Some(format!("{queue}: {instruction} settles")),
        What::Freed {
            how: Settlement::Time, ..
        } => Some(format!("{queue}: {}", free(decision.at))),
        What::FeedLost {
            why: Lost::Found(Unseen::Silent { .. }),
        } => Some(format!("{queue}: is blind")),
        What::BlindLong { .. } => Some(format!("{queue}: has been blind for long")),
        What::PassedUp { instruction, .. } | What::Unanswered { instruction } => Some(format!("{instruction} goes up")),
        What::Resumed { .. } => Some(format!("{queue}: goes on")),
        What::IncidentEnds { .. } | What::IncidentOver { .. } => Some(format!("{queue}: the incident ends")),
        _ => None,
    }
}

/// Whether the standing of a tier that was called or passed over says itself what keeps it, and not until when: somebody to ask, or until a
/// time; or whether it is shown already that nobody sees the queue.
fn needs_no_clock(core: &Core, called: &Decision) -> bool {
    let view = core.view(&called.queue).unwrap();
    let tier = match &called.what {
        What::Instruct { instruction, .. } => &instruction.tier,
        What::ApprovalAsked { approval } => &approval.tier,
        What::TierSkipped { tier, .. } => tier,
        What::FeedLost { .. } => return view.blind_since.is_some(),
        _ => return false,
    };
    let stood = view.tiers.iter().find(|stood| stood.tier == *tier);
    stood.is_some_and(|stood| match stood.standing {
        Standing::Declined { until } | Standing::Refused { until } => until == called.at,
        Standing::Short { .. } => true,
        _ => false,
    })
}

/// How often each kind of decision was held against a clock.
type Tally = BTreeMap<String, u32>;

fn counts(tally: &mut Tally, decision: &Decision) {
    let kind = serde_json::to_value(&decision.what).unwrap()["decision"].clone();
    *tally.entry(kind.as_str().unwrap().to_owned()).or_default() += 1;
}

/// When people who were asked about count as left, as it was said when they were, against when they do.
fn left_as_said(decisions: &[Decision], said: &mut BTreeMap<Name, Time>, tally: &mut Tally) -> Result<(), String> {
    for decision in decisions {
        match &decision.what {
            What::Gone { people, left_at, .. } => said.extend(people.iter().map(|person| (person.clone(), *left_at))),
            What::TakenAsLeft { people, .. } => {
                for at in people.iter().filter_map(|person| said.remove(person)) {
                    if at != decision.at {
                        return Err(format!("they were said to count as left at {at:?}: {decision:?}"));
                    }
                    counts(tally, decision);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lets a core alone, and holds what it does against what it showed and had said.
fn left_alone(mut core: Core, mut said: BTreeMap<Name, Time>, tally: &mut Tally) -> Result<(), String> {
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
        if let Some((first, clock)) = decisions.first().and_then(|first| Some((first, clock_of(first)?))) {
            if before.get(&clock) == Some(&due) {
                counts(tally, first);
            } else if !needs_no_clock(&core_before, first) {
                return Err(format!(
                    "at {now:?}: {clock} at {due:?}, and what is shown is {before:?}\n  {first:?}"
                ));
            }
        }
        let promised = before.iter().find(|(_, at)| **at == due);
        if let Some((what, _)) = promised.filter(|_| decisions.is_empty()) {
            return Err(format!("at {now:?}: {what} at {due:?}, and nothing happens then"));
        }
        left_as_said(&decisions, &mut said, tally)?;
    }
    Ok(())
}

fn day(steps: &[Step], tally: &mut Tally) -> Result<(), String> {
    let mut core = Core::new(Time(0));
    let (mut given, mut said) = (0, BTreeMap::new());
    let mut drain = |core: &mut Core, said: &mut BTreeMap<Name, Time>, tally: &mut Tally| {
        let decisions: Vec<Decision> = std::iter::from_fn(|| core.poll_effect()).collect();
        for decision in &decisions {
            if let What::Instruct { instruction, .. } = &decision.what {
                given = instruction.id.0;
            }
        }
        left_as_said(&decisions, said, tally).map(|()| given)
    };
    for (at, input) in steps {
        core.handle_timeout(Time(*at));
        let Some(input) = meant(input, drain(&mut core, &mut said, tally)?) else {
            continue;
        };
        // Whoever could not be told loses no time by it.
        if matches!(input, Input::StoodStill { .. }) {
            said.clear();
        }
        if core.handle(input, Time(*at)).is_ok() {
            drain(&mut core, &mut said, tally)?;
            left_alone(core.clone(), said.clone(), tally)?;
        }
    }
    Ok(())
}

#[test]
fn what_is_shown_comes_to_pass_and_nothing_else() {
    let (mut faults, mut tally) = (Vec::new(), Tally::new());
    for seed in 0..DAYS {
        if let Err(fault) = day(&Day::new(seed).steps(INPUTS_A_DAY), &mut tally) {
            faults.push(format!("day {seed}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "on {} days:\n{}", faults.len(), faults.join("\n"));
    for kind in [
        "instruct",
        "settled",
        "freed",
        "taken_as_left",
        "tier_skipped",
        "feed_lost",
        "blind_long",
        "passed_up",
        "unanswered",
        "approval_asked",
        "resumed",
        "incident_ends",
        "incident_over",
    ] {
        let held = tally.get(kind).copied().unwrap_or(0);
        assert!(
            held > 10,
            "{kind}: these days are too quiet to show anything: {tally:?}"
        );
    }
}
