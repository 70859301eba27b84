//! Pools of people, and the chain of command.

use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::reader::closest;
use super::settings::Labels;
use crate::core::ladder::{Level, Pool};
use crate::core::{Millis, Name};
use std::collections::BTreeMap;

/// Roles that answer instructions, and so may be levels of the chain, from the first to the last.
const ANSWERING_ROLES: [&str; 3] = ["supervisor", "shift_leader", "manager"];

/// Reads the pools.
pub fn pools(root: Node<'_>, known: &Known, labels: &mut Labels, problems: &mut Problems) -> BTreeMap<Name, Pool> {
    let mut pool_of_person = BTreeMap::new();
    let mut pools = BTreeMap::new();
    for (name, node) in root.named("pool") {
        names::label(node, &name.value, &mut labels.pools);
        let people = node.names("people");
        for person in &people {
            expect_once(person, &name.value, &mut pool_of_person, problems);
        }
        let people: Vec<Name> = people.into_iter().map(|said| said.value).collect();
        let size = node.count("size");
        check_size(&name, node, people.len(), problems);
        let keep = node.count("keep");
        let count = if node.has("people") {
            people.len() as u32
        } else {
            size.map_or(0, |said| said.value)
        };
        if let Some(keep) = keep
            .as_ref()
            .filter(|keep| keep.value > count && (node.has("people") || node.has("size")))
        {
            let message = format!(
                "pool `{}` keeps {} of {count} people: it could never give anyone",
                name.value, keep.value
            );
            problems.error(
                Code::Contradiction,
                keep.span.clone(),
                message,
                format!("write keep = {count} or less"),
            );
        }
        let size_by = node.counts("size_by");
        for (ladder, number) in &size_by {
            names::expect(ladder, &known.ladders, "ladder", problems);
            if node.has("people") && *number > count {
                let message = format!("pool `{}` names {count} people, and size_by says {number}", name.value);
                problems.error(
                    Code::Contradiction,
                    ladder.span.clone(),
                    message,
                    "size_by takes the first so many of the list",
                );
            }
        }
        let pool = Pool {
            people,
            size: count,
            keep: keep.map_or(0, |said| said.value),
            own_desk: node.flag("own_desk"),
            size_by: size_by
                .into_iter()
                .map(|(ladder, number)| (ladder.value, number))
                .collect(),
            home: None,
            rest_between: Millis::ZERO,
            max_stay: None,
        };
        pools.insert(name.value, pool);
    }
    pools
}

fn expect_once(person: &Said<Name>, pool: &Name, pool_of: &mut BTreeMap<Name, Name>, problems: &mut Problems) {
    let Some(first) = pool_of.insert(person.value.clone(), pool.clone()) else {
        return;
    };
    let message = match first == *pool {
        true => format!("`{}` stands twice in pool `{pool}`", person.value),
        false => format!("`{}` is in pool `{first}` and in pool `{pool}`", person.value),
    };
    problems.error(
        Code::Contradiction,
        person.span.clone(),
        message,
        "nobody can be asked for twice: name each person once",
    );
}

fn check_size(name: &Said<Name>, node: Node<'_>, people: usize, problems: &mut Problems) {
    let pool = &name.value;
    if !node.has("people") && !node.has("size") {
        let help = "add people = [\"...\"], or size = ... where names are not known";
        problems.error(
            Code::MissingKey,
            name.span.clone(),
            format!("pool `{pool}` says nothing of who is in it"),
            help,
        );
    }
    if let Some(size) = node
        .count("size")
        .filter(|size| node.has("people") && size.value as usize != people)
    {
        let message = format!("pool `{pool}` names {people} people, and size says {}", size.value);
        problems.error(
            Code::Contradiction,
            size.span,
            message,
            "leave size out: the people are counted",
        );
    }
}

/// Reads the chain of command.
pub fn chain(root: Node<'_>, labels: &mut Labels, problems: &mut Problems) -> Vec<Level> {
    let mut chain: Vec<Level> = Vec::new();
    for node in root.nodes("chain") {
        let Some(role) = node.name("role") else { continue };
        names::label(node, &role.value, &mut labels.roles);
        check_role(&role, problems);
        if chain.iter().any(|level| level.role == role.value) {
            let message = format!("`{}` is in the chain twice", role.value);
            problems.error(Code::Contradiction, role.span, message, "each role is one level");
        }
        let respond_within = node.duration_or("respond_within", Millis::ZERO);
        chain.push(Level {
            role: role.value,
            respond_within,
        });
    }
    chain
}

fn check_role(role: &Said<Name>, problems: &mut Problems) {
    let name = role.value.as_str();
    if ANSWERING_ROLES.contains(&name) {
        return;
    }
    let (message, help) = match name {
        "viewer" | "operator" => (
            format!("a {name} answers no instructions, and so is no level of the chain"),
            "levels are supervisor, shift_leader and manager".to_owned(),
        ),
        _ => (
            format!("there is no role `{name}`"),
            match closest(name, ANSWERING_ROLES.into_iter()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "levels are supervisor, shift_leader and manager; a label gives them other titles".to_owned(),
            },
        ),
    };
    problems.error(Code::UnknownName, role.span.clone(), message, help);
}
