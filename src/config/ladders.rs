//! Ladders: what they take from each other, their tiers and their release.

use super::check;
use super::conditions::{calm, condition};
use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::queues;
use super::settings::Labels;
use super::tables::{LADDER_TIERS_MAX, default};
use crate::core::ladder::{Extend, Ladder, Release, SeatRange, Seats, Step, Tier};
use crate::core::{Action, Millis, Name};
use std::collections::BTreeMap;

/// How many ladders may extend each other in a row.
pub const EXTENDS_MAX: usize = 8;

/// Reads the ladders, each with what it takes from others filled in.
pub fn read(root: Node<'_>, known: &Known, labels: &mut Labels, problems: &mut Problems) -> BTreeMap<Name, Ladder> {
    let nodes: BTreeMap<Name, Node<'_>> = root
        .named("ladder")
        .into_iter()
        .map(|(name, node)| (name.value, node))
        .collect();
    let mut ladders = BTreeMap::new();
    for (name, node) in root.named("ladder") {
        names::label(node, &name.value, &mut labels.ladders);
        let Some(lineage) = lineage(&name.value, node, &nodes, known, problems) else {
            continue;
        };
        check_tier_keys(&name, node, problems);
        let tiers = tiers(&lineage, known, labels, problems);
        check_names(&name, &tiers, problems);
        if let Some(ladder) = ladder(&name, &lineage, tiers, problems) {
            ladders.insert(name.value, ladder);
        }
    }
    ladders
}

/// A ladder, the one that it extends, the one that that extends, and so on.
fn lineage<'a>(
    name: &Name,
    node: Node<'a>,
    nodes: &BTreeMap<Name, Node<'a>>,
    known: &Known,
    problems: &mut Problems,
) -> Option<Vec<Node<'a>>> {
    let mut lineage = vec![node];
    let mut trail = vec![name.clone()];
    let mut last = node;
    while let Some(base) = last.name("extends") {
        // What a ladder further down the line extends is told of there.
        if lineage.len() == 1 {
            names::expect(&base, &known.ladders, "ladder", problems);
        }
        if trail.contains(&base.value) {
            trail.push(base.value);
            let circle = trail.iter().map(Name::as_str).collect::<Vec<_>>().join(" -> ");
            let help = "one of them must say its tiers itself";
            problems.error(
                Code::Contradiction,
                node.at("extends"),
                format!("ladders extend each other: {circle}"),
                help,
            );
            return None;
        }
        if lineage.len() == EXTENDS_MAX {
            let message = format!("more than {EXTENDS_MAX} ladders extend each other in a row");
            problems.error(Code::Limit, node.at("extends"), message, "say the tiers in fewer steps");
            return None;
        }
        last = *nodes.get(&base.value)?;
        trail.push(base.value);
        lineage.push(last);
    }
    if last.has("extends") { None } else { Some(lineage) }
}

fn check_tier_keys(name: &Said<Name>, node: Node<'_>, problems: &mut Problems) {
    let name = &name.value;
    if node.has("extends") && node.has("tier") {
        let message = format!("ladder `{name}` has tiers of its own and extends another");
        let help = "write [[...tier_before]] or [[...tier_after]], or leave extends out";
        problems.error(Code::Contradiction, node.at("tier"), message, help);
    }
    for key in ["tier_before", "tier_after"] {
        if node.has(key) && !node.has("extends") {
            let message = format!("ladder `{name}` has {key} and extends no other ladder");
            problems.error(
                Code::Contradiction,
                node.at(key),
                message,
                "add extends = \"...\", or write [[...tier]]",
            );
        }
    }
}

fn tiers(lineage: &[Node<'_>], known: &Known, labels: &mut Labels, problems: &mut Problems) -> Vec<Said<Tier>> {
    let mut tiers: Vec<Node<'_>> = Vec::new();
    for ladder in lineage.iter().rev() {
        tiers.splice(0..0, ladder.nodes("tier_before"));
        tiers.extend(ladder.nodes("tier"));
        tiers.extend(ladder.nodes("tier_after"));
    }
    tiers
        .into_iter()
        .filter_map(|node| tier(node, known, labels, problems))
        .collect()
}

fn check_names(ladder: &Said<Name>, tiers: &[Said<Tier>], problems: &mut Problems) {
    for (n, tier) in tiers.iter().enumerate() {
        let name = &tier.value.name;
        if tiers[..n].iter().any(|earlier| earlier.value.name == *name) {
            let message = format!("ladder `{}` has two tiers named `{name}`", ladder.value);
            problems.error(
                Code::Contradiction,
                tier.span.clone(),
                message,
                "give each tier of a ladder a name of its own",
            );
        }
    }
    if tiers.len() > LADDER_TIERS_MAX {
        let message = format!(
            "ladder `{}` has {} tiers; at most {LADDER_TIERS_MAX} are allowed",
            ladder.value,
            tiers.len()
        );
        problems.error(
            Code::Limit,
            ladder.span.clone(),
            message,
            "remove some, here or in the ladder that it extends",
        );
    }
}

fn ladder(name: &Said<Name>, lineage: &[Node<'_>], tiers: Vec<Said<Tier>>, problems: &mut Problems) -> Option<Ladder> {
    let tier_keys = ["tier", "tier_before", "tier_after"];
    if !lineage
        .iter()
        .any(|node| tier_keys.iter().any(|key| node.has(key) && !node.is_empty_array(key)))
    {
        let help = format!("add [[ladder.{}.tier]]", name.value);
        problems.error(
            Code::MissingKey,
            name.span.clone(),
            format!("ladder `{}` has no tiers", name.value),
            help,
        );
    }
    let duration = |key, default| {
        lineage
            .iter()
            .find_map(|node| node.duration(key))
            .map_or(default, |said| said.value)
    };
    let count = |key| lineage.iter().find_map(|node| node.count(key)).map(|said| said.value);
    let Some(release) = lineage.iter().find_map(|node| node.node("release")) else {
        if !lineage.iter().any(|node| node.has("release")) {
            let message = format!("ladder `{}` does not say how people are taken back", name.value);
            let help = format!(
                "add [ladder.{}.release] with when = {{ waiting_at_most = 5, for = \"5m\" }}",
                name.value
            );
            problems.error(Code::MissingKey, name.span.clone(), message, help);
        }
        return None;
    };
    let release_when = release.node("when")?;
    let most = release_when.count("waiting_at_most")?;
    check::bands(&name.value, &tiers, &most, problems);
    let severe = lineage.iter().find_map(|node| node.node("severe"));
    let severe = severe.and_then(|node| Some((condition(node, problems)?, node)));
    if let Some((when, node)) = &severe {
        check::severe(&name.value, when, node.span(), &most, problems);
    }
    Some(Ladder {
        tiers: tiers.into_iter().map(|said| said.value).collect(),
        release: Release {
            when: calm(release_when, problems)?,
            min_stay: release.duration_or("min_stay", default::MIN_STAY),
            step: match release.text("step").map(|said| said.value) {
                Some("person") => Step::Person,
                _ => Step::Move,
            },
        },
        settle_within: duration("settle_within", default::SETTLE_WITHIN),
        stand_down_after: duration("stand_down_after", default::STAND_DOWN_AFTER),
        ask_max_above: count("ask_max_above").unwrap_or(default::ASK_MAX_ABOVE),
        max_borrowed: count("max_borrowed"),
        ask_again_after: duration("ask_again_after", default::ASK_AGAIN_AFTER),
        severe: severe.map(|(when, _)| when),
        ask_again_after_no: duration("ask_again_after_no", default::ASK_AGAIN_AFTER_NO),
        late_within: duration("late_within", default::LATE_WITHIN),
        hold_for: duration("hold_for", default::HOLD_FOR),
    })
}

fn tier(node: Node<'_>, known: &Known, labels: &mut Labels, problems: &mut Problems) -> Option<Said<Tier>> {
    let name = node.name("name");
    if let Some(name) = &name {
        names::label(node, &name.value, &mut labels.tiers);
    }
    let action = match node.text("action").map(|said| said.value) {
        Some("extend_shift") => Action::ExtendShift,
        Some("overtime") => Action::Overtime,
        Some("call_in") => Action::CallIn,
        _ => Action::SignIn,
    };
    let pools = pools(node, action, known, problems);
    let seats = seats(node, action, &pools, problems);
    let mut keep = BTreeMap::new();
    for (pool, number) in node.counts("keep") {
        if !pools.contains(&pool.value) {
            let message = format!("keep names `{}`, which this tier does not draw on", pool.value);
            problems.error(Code::UnknownName, pool.span, message, "name a pool of this tier");
        }
        keep.insert(pool.value, number);
    }
    let when = node.node("when").and_then(|when| condition(when, problems));
    let (name, seats, when) = (name?, seats?, when?);
    let tier = Tier {
        name: name.value,
        action,
        pools,
        seats,
        keep,
        when,
        settle_within: node.duration("settle_within").map(|said| said.value),
        on_incident: node.flag("on_incident"),
        worth_it_beyond: node.duration_or("worth_it_beyond", default::WORTH_IT_BEYOND),
        next_after: node.duration("next_after").map(|said| said.value),
        lasting: lasting(node, action, problems),
        mode: queues::mode(node),
        extend: extend(node, action, known, problems),
    };
    Some(Said {
        value: tier,
        span: name.span,
    })
}

/// Whom an `extend_shift` asks, and for how long.
fn extend(node: Node<'_>, action: Action, known: &Known, problems: &mut Problems) -> Extend {
    for key in ["ends_within", "extend_by"].into_iter().filter(|key| node.has(key)) {
        let (message, help) = match action {
            Action::ExtendShift if known.roster => continue,
            Action::ExtendShift => (
                format!("`{key}` goes by the roster, and there is none"),
                "add [roster] with path = \"roster.csv\", or leave it out: a number of people is asked for then",
            ),
            _ => (
                format!(
                    "`{key}` is for extend_shift, and this tier asks for {}",
                    action.as_str()
                ),
                "leave it out, or write action = \"extend_shift\"",
            ),
        };
        problems.error(Code::Contradiction, node.at(key), message, help);
    }
    Extend {
        ends_within: node.duration_or("ends_within", default::ENDS_WITHIN),
        by: node.duration_or("extend_by", default::EXTEND_BY),
    }
}

/// For how long overtime is asked for.
fn lasting(node: Node<'_>, action: Action, problems: &mut Problems) -> Option<Millis> {
    let hours = node.number("for_hours")?;
    if action != Action::Overtime {
        let message = format!(
            "`for_hours` is for overtime, and this tier asks for {}",
            action.as_str()
        );
        let help = "leave it out, or write action = \"overtime\"";
        problems.error(Code::Contradiction, node.at("for_hours"), message, help);
    }
    Some(Millis((hours * 3_600_000.0).round() as i64))
}

/// Whether an action moves people of pools.
fn draws(action: Action) -> bool {
    matches!(action, Action::SignIn | Action::CallIn)
}

fn pools(node: Node<'_>, action: Action, known: &Known, problems: &mut Problems) -> Vec<Name> {
    let drawn_on: Vec<Said<Name>> = node.name("pool").into_iter().chain(node.names("pools")).collect();
    let place = if node.has("pool") {
        node.at("pool")
    } else {
        node.at("pools")
    };
    if node.has("pool") && node.has("pools") {
        problems.error(
            Code::Contradiction,
            place,
            "this tier has pool and pools",
            "write all of them into pools",
        );
    } else if !draws(action) && (node.has("pool") || node.has("pools")) {
        let message = format!("{} draws on no pool", action.as_str());
        let help = "leave the pool out; or for people of a pool, leave the action out or write action = \"call_in\"";
        problems.error(Code::Contradiction, place, message, help);
    } else if draws(action) && !node.has("pool") && (!node.has("pools") || node.is_empty_array("pools")) {
        let message = format!("a tier that asks for {} needs the pool it draws on", action.as_str());
        let help = "add pool = \"...\"; extend_shift and overtime alone draw on none";
        problems.error(
            Code::MissingKey,
            node.name("name").map_or(node.span(), |name| name.span),
            message,
            help,
        );
    }
    for (n, pool) in drawn_on.iter().enumerate() {
        names::expect(pool, &known.pools, "pool", problems);
        if drawn_on[..n].iter().any(|earlier| earlier.value == pool.value) {
            let message = format!("this tier names pool `{}` twice", pool.value);
            problems.error(Code::Contradiction, pool.span.clone(), message, "name it once");
        }
    }
    drawn_on.into_iter().map(|said| said.value).collect()
}

fn seats(node: Node<'_>, action: Action, pools: &[Name], problems: &mut Problems) -> Option<Seats> {
    let fallback = node.node("fallback").and_then(|range| seat_range(range, problems));
    let word = node.text("seats").map(|said| said.value);
    if node.has("fallback") && word != Some("required") {
        let help = "leave it out, or write seats = \"required\"";
        problems.error(
            Code::Contradiction,
            node.at("fallback"),
            "fallback stands beside seats = \"required\" alone",
            help,
        );
    }
    match word {
        Some("all") => {
            if !draws(action) && pools.is_empty() {
                let message = "seats = \"all\" means everyone of a pool, and this tier draws on none";
                problems.error(
                    Code::Contradiction,
                    node.at("seats"),
                    message,
                    "write seats = { min = 2, max = 3 }",
                );
            }
            Some(Seats::All)
        }
        Some("required") => {
            if !node.has("fallback") {
                let message = "seats = \"required\" needs fallback, for when they cannot be computed";
                problems.error(
                    Code::MissingKey,
                    node.at("seats"),
                    message,
                    "add fallback = { min = 2, max = 6 }",
                );
            }
            fallback.map(|fallback| Seats::Required { fallback })
        }
        _ => node
            .node("seats")
            .and_then(|range| seat_range(range, problems))
            .map(Seats::Range),
    }
}

fn seat_range(node: Node<'_>, problems: &mut Problems) -> Option<SeatRange> {
    let (min, max) = (node.count("min")?, node.count("max")?);
    if min.value > max.value {
        let message = format!(
            "at least {} seats and at most {}: no number is both",
            min.value, max.value
        );
        problems.error(
            Code::Contradiction,
            min.span,
            message,
            "write the smaller number as min",
        );
    }
    Some(SeatRange {
        min: min.value,
        max: max.value,
    })
}
