//! Pools of people, and the chain of command.

use super::diagnostic::{Code, Problems};
use super::names::{self, Known};
use super::node::{Node, Said};
use super::queues;
use super::reader::closest;
use super::roster::Roster;
use super::sentence::say;
use super::settings::Labels;
use super::tables::{POOL_PEOPLE_MAX, default};
use crate::core::ladder::{Level, Pool};
use crate::core::{Millis, Name};
use std::collections::BTreeMap;

/// Roles that answer instructions, and so may be levels of the chain, from the first to the last.
const ANSWERING_ROLES: [&str; 3] = ["supervisor", "shift_leader", "manager"];

/// Reads the pools.
pub fn pools(
    root: Node<'_>,
    known: &Known,
    roster: &Roster,
    labels: &mut Labels,
    problems: &mut Problems,
) -> BTreeMap<Name, Pool> {
    let mut pool_of_person = BTreeMap::new();
    let mut pools = BTreeMap::new();
    for (name, node) in root.named("pool") {
        names::label(node, &name.value, &mut labels.pools);
        let listed = node.names("people");
        for person in &listed {
            expect_once(person, &name.value, &mut pool_of_person, problems);
        }
        let joining = roster.joins.get(&name.value).map_or(&[][..], Vec::as_slice);
        let members = Members {
            name: &name,
            node,
            count: listed.len() + joining.len(),
            joining: joining.len(),
            may_be_more: roster.is_missing && !node.has("size"),
        };
        members.check(problems);
        members.check_limits(known, problems);
        let home = node.name("home");
        if let Some(home) = &home {
            names::expect(home, &known.queues, "queue", problems);
        }
        let people: Vec<Name> = listed.into_iter().map(|said| said.value).collect();
        let pool = Pool {
            size: members.seats(),
            people: [&people[..], joining].concat(),
            keep: node.count("keep").map_or(default::KEEP, |said| said.value),
            own_desk: node.flag("own_desk"),
            size_by: node
                .counts("size_by")
                .into_iter()
                .map(|(ladder, number)| (ladder.value, number))
                .collect(),
            home: home.map(|said| said.value),
            rest_between: node.duration_or("rest_between", default::REST_BETWEEN),
            max_stay: node.duration("max_stay").map(|said| said.value),
            paused: queues::paused(node),
        };
        pools.insert(name.value, pool);
    }
    pools
}

/// How many there are in a pool, and how that is known.
struct Members<'a> {
    name: &'a Said<Name>,
    node: Node<'a>,
    /// By name, in the pool itself and by the roster.
    count: usize,
    /// Of them by the roster.
    joining: usize,
    /// The roster could not be read, and may name more.
    may_be_more: bool,
}

impl Members<'_> {
    fn are_named(&self) -> bool {
        self.node.has("people") || self.joining > 0
    }

    fn seats(&self) -> u32 {
        match self.are_named() {
            true => u32::try_from(self.count).unwrap_or(u32::MAX),
            false => self.node.count("size").map_or(0, |said| said.value),
        }
    }

    fn check(&self, problems: &mut Problems) {
        let (pool, node, count) = (&self.name.value, self.node, self.count);
        let at_name = || self.name.span.clone();
        if !self.are_named() && !node.has("size") && !self.may_be_more {
            let message = say!("who_is_in_it", pool = pool.as_str());
            problems.error(Code::MissingKey, at_name(), message, say!("who_is_in_it_instead"));
        }
        if let Some(size) = node
            .count("size")
            .filter(|size| self.are_named() && size.value as usize != count)
        {
            let (count, said) = (count.to_string(), size.value.to_string());
            let message = match self.joining > 0 {
                true => say!("size_differs_roster", pool = pool.as_str(), count = count, size = said),
                false => say!("size_differs", pool = pool.as_str(), count = count, size = said),
            };
            problems.error(Code::Contradiction, size.span, message, say!("size_differs_instead"));
        }
        if count > POOL_PEOPLE_MAX && self.joining > 0 {
            let (count, most) = (count.to_string(), POOL_PEOPLE_MAX.to_string());
            let message = say!("pool_large", pool = pool.as_str(), count = count, most = most);
            problems.error(Code::Limit, at_name(), message, say!("pool_large_instead"));
        }
        if node.has("rest_between") && !self.are_named() && !self.may_be_more {
            let message = say!("rest_of_number", pool = pool.as_str());
            problems.error(
                Code::Contradiction,
                node.at("rest_between"),
                message,
                say!("rest_of_number_instead"),
            );
        }
    }

    fn check_limits(&self, known: &Known, problems: &mut Problems) {
        let (pool, node, count) = (&self.name.value, self.node, self.seats());
        let is_known = (self.are_named() || node.has("size")) && !self.may_be_more;
        if let Some(keep) = node.count("keep").filter(|keep| keep.value > count && is_known) {
            let (count, kept) = (count.to_string(), keep.value.to_string());
            let help = say!("keeps_all_instead", count = count.as_str());
            let message = say!("keeps_all", pool = pool.as_str(), keep = kept, count = count);
            problems.error(Code::Contradiction, keep.span, message, help);
        }
        for (ladder, number) in node.counts("size_by") {
            names::expect(&ladder, &known.ladders, "ladder", problems);
            if self.are_named() && is_known && number > count {
                let (count, size) = (count.to_string(), number.to_string());
                let message = say!("size_by_differs", pool = pool.as_str(), count = count, size = size);
                problems.error(
                    Code::Contradiction,
                    ladder.span,
                    message,
                    say!("size_by_differs_instead"),
                );
            }
        }
    }
}

fn expect_once(person: &Said<Name>, pool: &Name, pool_of: &mut BTreeMap<Name, Name>, problems: &mut Problems) {
    let Some(first) = pool_of.insert(person.value.clone(), pool.clone()) else {
        return;
    };
    let name = person.value.as_str();
    let message = match first == *pool {
        true => say!("person_twice", person = name, pool = pool.as_str()),
        false => say!(
            "person_in_two",
            person = name,
            first = first.as_str(),
            pool = pool.as_str()
        ),
    };
    problems.error(Code::Contradiction, person.span.clone(), message, say!("person_once"));
}

/// Reads the chain of command.
pub fn chain(root: Node<'_>, labels: &mut Labels, problems: &mut Problems) -> Vec<Level> {
    let mut chain: Vec<Level> = Vec::new();
    for node in root.nodes("chain") {
        let Some(role) = node.name("role") else { continue };
        names::label(node, &role.value, &mut labels.roles);
        check_role(&role, problems);
        if chain.iter().any(|level| level.role == role.value) {
            let message = say!("role_twice", role = role.value.as_str());
            problems.error(Code::Contradiction, role.span, message, say!("role_twice_instead"));
        }
        let respond_within = node.duration_or("respond_within", Millis::ZERO);
        chain.push(Level {
            role: role.value,
            respond_within,
            late_margin: node.duration_or("late_margin", default::LATE_MARGIN),
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
        "viewer" | "operator" => (say!("role_answers_none", role = name), say!("levels")),
        _ => (
            say!("no_role", role = name),
            match closest(name, ANSWERING_ROLES.into_iter()) {
                Some(close) => say!("close", close = close),
                None => say!("levels_labels"),
            },
        ),
    };
    problems.error(Code::UnknownName, role.span.clone(), message, help);
}
