//! Orders by hand that say more than the queue that they are for: call, approve, refuse, count.

use super::Refused;
use super::limits::{LIMIT_PEOPLE, name, people, span, words};
use crate::core::{Counted, InstructionId, Name, Order, Part};
use schemars::JsonSchema;
use serde::Deserialize;

/// The most moves, and the most entries of people beside them, in one count of the floor.
pub const LIMIT_COUNTED: usize = 200;

/// Ask for people now: a tier, a number of people, or both.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The queue.
    pub queue: Name,
    /// A tier of the ladder in force; without it those that are next and draw on pools, until there are enough.
    #[serde(default)]
    pub tier: Option<Name>,
    /// How many; without it as many as the tier asks for by itself.
    #[serde(default)]
    pub seats: Option<u32>,
    /// They stay there for at least so long, whatever the queue does; without it as long as the plan's `hold_for` says.
    #[serde(default)]
    pub hold_s: Option<f64>,
}

/// Yes to a tier that waits for it.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
}

/// No to a tier that waits for a yes.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// The queue.
    pub queue: Name,
    /// The tier.
    pub tier: Name,
    /// Why.
    pub reason: String,
}

/// The floor was counted: this is who is really there. What is not mentioned stays as it is.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The queue.
    pub queue: Name,
    /// Moves of the queue, also those on their way back, each once.
    #[serde(default)]
    pub moves: Vec<CountedMove>,
    /// People who are there without being on any move.
    #[serde(default)]
    pub extra: Vec<Extra>,
}

/// Who is there of one move: how many, who, or both.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedMove {
    /// The instruction that began the move.
    pub instruction: InstructionId,
    /// How many; 0: nobody.
    #[serde(default)]
    pub seats: Option<u32>,
    /// Who, where names are known.
    #[serde(default)]
    pub people: Option<Vec<Name>>,
}

/// People of one pool who are there without being on any move: how many, who, or both.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extra {
    /// The pool that they are from.
    pub pool: Name,
    /// How many.
    #[serde(default)]
    pub seats: Option<u32>,
    /// Who, where names are known.
    #[serde(default)]
    pub people: Option<Vec<Name>>,
}

impl Call {
    pub(super) fn into_order(self) -> Result<Order, Refused> {
        if self.tier.is_none() && self.seats.is_none() {
            return Err(not_understood(
                "expected \"tier\" (whom to call), \"seats\" (how many people) or both; neither came".into(),
            ));
        }
        if let Some(seats) = self.seats {
            within("seats", seats, 1)?;
        }
        Ok(Order::Call {
            hold: self.hold_s.map(|hold| span("hold_s", hold)).transpose()?,
            queue: name("queue", self.queue)?,
            tier: self.tier.map(|tier| name("tier", tier)).transpose()?,
            seats: self.seats,
        })
    }
}

impl Approve {
    pub(super) fn into_order(self) -> Result<Order, Refused> {
        Ok(Order::Approve {
            queue: name("queue", self.queue)?,
            tier: name("tier", self.tier)?,
        })
    }
}

impl Refuse {
    pub(super) fn into_order(self) -> Result<Order, Refused> {
        Ok(Order::Refuse {
            queue: name("queue", self.queue)?,
            tier: name("tier", self.tier)?,
            reason: words("reason", self.reason)?,
        })
    }
}

impl Count {
    pub(super) fn into_order(self) -> Result<Order, Refused> {
        few("moves", self.moves.len())?;
        few("extra", self.extra.len())?;
        if self.moves.is_empty() && self.extra.is_empty() {
            return Err(not_understood(
                "expected \"moves\" (who is there of each), \"extra\" (who is there beside them) or both; neither came"
                    .into(),
            ));
        }
        let counted = |one: CountedMove| {
            let (seats, people) = who("moves", one.seats, one.people, 0)?;
            Ok(Counted {
                instruction: one.instruction,
                seats,
                people,
            })
        };
        let extra = |one: Extra| {
            let (seats, people) = who("extra", one.seats, one.people, 1)?;
            Ok(Part {
                pool: Some(name("pool", one.pool)?),
                seats,
                people,
            })
        };
        Ok(Order::Count {
            queue: name("queue", self.queue)?,
            moves: self.moves.into_iter().map(counted).collect::<Result<_, Refused>>()?,
            extra: self.extra.into_iter().map(extra).collect::<Result<_, Refused>>()?,
        })
    }
}

/// How many and who. A number alone is enough, and so are names alone; names beyond the number would be two counts in one.
fn who(field: &str, seats: Option<u32>, who: Option<Vec<Name>>, least: u32) -> Result<(u32, Vec<Name>), Refused> {
    let named = people(who.unwrap_or_default())?;
    let count = u32::try_from(named.len()).unwrap_or(u32::MAX);
    let seats = match seats {
        Some(seats) if seats < count => {
            return Err(not_understood(format!(
                "in {field:?} \"people\" names {count} and \"seats\" says {seats}: expected at least as many seats as names"
            )));
        }
        Some(seats) => seats,
        None if named.is_empty() => {
            return Err(not_understood(format!(
                "expected \"seats\" (how many are there) or \"people\" (who) in each entry of {field:?}; neither came"
            )));
        }
        None => count,
    };
    within("seats", seats, least)?;
    Ok((seats, named))
}

fn within(field: &str, seats: u32, least: u32) -> Result<(), Refused> {
    if seats < least || seats as usize > LIMIT_PEOPLE {
        return Err(not_understood(format!(
            "expected {field:?} to be from {least} to {LIMIT_PEOPLE}; it is {seats}"
        )));
    }
    Ok(())
}

fn few(field: &str, came: usize) -> Result<(), Refused> {
    if came > LIMIT_COUNTED {
        return Err(Refused::too_long(format!(
            "{field:?} has {came} entries; at most {LIMIT_COUNTED} are taken in one count"
        )));
    }
    Ok(())
}

fn not_understood(words: String) -> Refused {
    Refused::not_understood(words)
}

#[cfg(test)]
mod tests {
    use super::super::{Request, decode};
    use super::*;
    use crate::core::Millis;

    fn order(text: &str) -> Result<Order, Refused> {
        match decode(text)?.message?.into_request(false)? {
            Some(Request::Order(order)) => Ok(order),
            other => panic!("expected an order; came {other:?}"),
        }
    }

    #[test]
    fn a_tier_a_number_or_both_are_called() {
        let call = |tier: Option<&str>, seats| Order::Call {
            hold: None,
            queue: "inbound".into(),
            tier: tier.map(Name::from),
            seats,
        };
        let said = |more: &str| order(&format!(r#"{{"type":"call","queue":"inbound"{more}}}"#));
        assert_eq!(said(r#","tier":"expert""#), Ok(call(Some("expert"), None)));
        assert_eq!(said(r#","seats":4"#), Ok(call(None, Some(4))));
        assert_eq!(said(r#","tier":"expert","seats":2"#), Ok(call(Some("expert"), Some(2))));
        assert_eq!(
            said(r#","seats":2,"hold_s":1800"#),
            Ok(Order::Call {
                hold: Some(Millis::from_mins(30)),
                queue: "inbound".into(),
                tier: None,
                seats: Some(2),
            })
        );
        assert!(said("").unwrap_err().detail.contains("neither came"));
        assert!(said(r#","seats":0"#).unwrap_err().detail.contains("from 1 to"));
        assert!(said(r#","seats":1001"#).unwrap_err().detail.contains("from 1 to 1000"));
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(
            order(r#"{"type":"approve","queue":"inbound","tier":"expert"}"#),
            Ok(Order::Approve {
                queue: "inbound".into(),
                tier: "expert".into(),
            })
        );
        assert_eq!(
            order(r#"{"type":"refuse","queue":"inbound","tier":"expert","reason":"it eases"}"#),
            Ok(Order::Refuse {
                queue: "inbound".into(),
                tier: "expert".into(),
                reason: "it eases".into(),
            })
        );
        let silent = order(r#"{"type":"refuse","queue":"inbound","tier":"expert","reason":" "}"#).unwrap_err();
        assert!(silent.detail.contains("expected words in \"reason\""), "{silent}");
    }

    #[test]
    fn a_count_says_how_many_or_who() {
        let said = |moves: &str, extra: &str| {
            order(&format!(
                r#"{{"type":"count","queue":"inbound","moves":[{moves}],"extra":[{extra}]}}"#
            ))
        };
        let moves = r#"{"instruction":3,"seats":0},{"instruction":4,"people":["E01","E02"]}"#;
        let extra = r#"{"pool":"outbound","seats":2,"people":["O7"]}"#;
        let counted = |instruction, seats, people: &[&str]| Counted {
            instruction: InstructionId(instruction),
            seats,
            people: people.iter().copied().map(Name::from).collect(),
        };
        assert_eq!(
            said(moves, extra),
            Ok(Order::Count {
                queue: "inbound".into(),
                moves: vec![counted(3, 0, &[]), counted(4, 2, &["E01", "E02"])],
                extra: vec![Part {
                    pool: Some("outbound".into()),
                    seats: 2,
                    people: vec!["O7".into()],
                }],
            })
        );
        let refused = |moves: &str, extra: &str| said(moves, extra).unwrap_err();
        assert!(refused("", "").detail.contains("neither came"));
        assert!(
            refused(r#"{"instruction":3}"#, "")
                .detail
                .contains("\"seats\" (how many are there)")
        );
        let two_counts = refused(r#"{"instruction":3,"seats":1,"people":["a","b"]}"#, "");
        assert!(
            two_counts.detail.contains("names 2 and \"seats\" says 1"),
            "{two_counts}"
        );
        assert!(
            refused("", r#"{"pool":"outbound","seats":0}"#)
                .detail
                .contains("from 1 to")
        );
        let crowd = |many: usize| vec![r#"{"instruction":3,"seats":1}"#; many].join(",");
        assert!(said(&crowd(LIMIT_COUNTED), "").is_ok());
        assert_eq!(refused(&crowd(LIMIT_COUNTED + 1), "").code(), "too_long");
        let strangers = vec![r#"{"pool":"outbound","seats":1}"#; LIMIT_COUNTED + 1].join(",");
        assert_eq!(refused("", &strangers).code(), "too_long");
    }
}
