//! Ladders: what they take from each other, their tiers and their release.

use super::check;
use super::conditions::{calm, condition};
use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::queues;
use super::sentence::say;
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
            let message = say!("circle", circle = circle);
            problems.error(Code::Contradiction, node.at("extends"), message, say!("circle_instead"));
            return None;
        }
        if lineage.len() == EXTENDS_MAX {
            let message = say!("extends_many", most = EXTENDS_MAX.to_string());
            problems.error(Code::Limit, node.at("extends"), message, say!("extends_many_instead"));
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
        let message = say!("own_and_extends", ladder = name.as_str());
        problems.error(
            Code::Contradiction,
            node.at("tier"),
            message,
            say!("own_and_extends_instead"),
        );
    }
    for key in ["tier_before", "tier_after"] {
        if node.has(key) && !node.has("extends") {
            let message = say!("beside_nothing", ladder = name.as_str(), key = key);
            problems.error(
                Code::Contradiction,
                node.at(key),
                message,
                say!("beside_nothing_instead"),
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
            let message = say!("tier_twice", ladder = ladder.value.as_str(), tier = name.as_str());
            problems.error(
                Code::Contradiction,
                tier.span.clone(),
                message,
                say!("tier_twice_instead"),
            );
        }
    }
    if tiers.len() > LADDER_TIERS_MAX {
        let (count, most) = (tiers.len().to_string(), LADDER_TIERS_MAX.to_string());
        let message = say!("tiers_many", ladder = ladder.value.as_str(), tiers = count, most = most);
        problems.error(Code::Limit, ladder.span.clone(), message, say!("tiers_many_instead"));
    }
}

fn ladder(name: &Said<Name>, lineage: &[Node<'_>], tiers: Vec<Said<Tier>>, problems: &mut Problems) -> Option<Ladder> {
    let tier_keys = ["tier", "tier_before", "tier_after"];
    if !lineage
        .iter()
        .any(|node| tier_keys.iter().any(|key| node.has(key) && !node.is_empty_array(key)))
    {
        let ladder = name.value.as_str();
        let (message, help) = (say!("no_tiers", ladder = ladder), say!("add_tier", ladder = ladder));
        problems.error(Code::MissingKey, name.span.clone(), message, help);
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
            let ladder = name.value.as_str();
            let (message, help) = (
                say!("no_release", ladder = ladder),
                say!("no_release_instead", ladder = ladder),
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
            let message = say!("keep_of_another", pool = pool.value.as_str());
            problems.error(Code::UnknownName, pool.span, message, say!("keep_of_another_instead"));
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
            Action::ExtendShift => (say!("no_roster", key = key), say!("no_roster_instead")),
            Action::SignIn | Action::SignOut | Action::StandDown | Action::Overtime | Action::CallIn => (
                say!("for_extend_shift", key = key, action = action.as_str()),
                say!("for_extend_shift_instead"),
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
        let message = say!("for_overtime", action = action.as_str());
        problems.error(
            Code::Contradiction,
            node.at("for_hours"),
            message,
            say!("for_overtime_instead"),
        );
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
            say!("pool_and_pools"),
            say!("pool_and_pools_instead"),
        );
    } else if !draws(action) && (node.has("pool") || node.has("pools")) {
        let message = say!("draws_on_none", action = action.as_str());
        problems.error(Code::Contradiction, place, message, say!("draws_on_none_instead"));
    } else if draws(action) && !node.has("pool") && (!node.has("pools") || node.is_empty_array("pools")) {
        let message = say!("needs_pool", action = action.as_str());
        let place = node.name("name").map_or(node.span(), |name| name.span);
        problems.error(Code::MissingKey, place, message, say!("needs_pool_instead"));
    }
    for (n, pool) in drawn_on.iter().enumerate() {
        names::expect(pool, &known.pools, "pool", problems);
        if drawn_on[..n].iter().any(|earlier| earlier.value == pool.value) {
            let message = say!("pool_twice", pool = pool.value.as_str());
            problems.error(
                Code::Contradiction,
                pool.span.clone(),
                message,
                say!("pool_twice_instead"),
            );
        }
    }
    drawn_on.into_iter().map(|said| said.value).collect()
}

fn seats(node: Node<'_>, action: Action, pools: &[Name], problems: &mut Problems) -> Option<Seats> {
    let fallback = node.node("fallback").and_then(|range| seat_range(range, problems));
    let word = node.text("seats").map(|said| said.value);
    if node.has("fallback") && word != Some("required") {
        let (message, help) = (say!("fallback_alone"), say!("fallback_alone_instead"));
        problems.error(Code::Contradiction, node.at("fallback"), message, help);
    }
    match word {
        Some("all") => {
            if !draws(action) && pools.is_empty() {
                let (message, help) = (say!("all_of_none"), say!("all_of_none_instead"));
                problems.error(Code::Contradiction, node.at("seats"), message, help);
            }
            Some(Seats::All)
        }
        Some("required") => {
            if !node.has("fallback") {
                let (message, help) = (say!("needs_fallback"), say!("needs_fallback_instead"));
                problems.error(Code::MissingKey, node.at("seats"), message, help);
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
        let message = say!("range_empty", min = min.value.to_string(), max = max.value.to_string());
        problems.error(Code::Contradiction, min.span, message, say!("range_empty_instead"));
    }
    Some(SeatRange {
        min: min.value,
        max: max.value,
    })
}
