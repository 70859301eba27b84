//! What a client may say, and what is wrong with what it said, in words.

use super::handover_ask::HandoverAsk;
use super::limits::{moment, name, people, span, text, words};
use super::orders::{Approve, Call, Count, Refuse};
use super::{Reference, Refused, RefusedBecause};
use crate::core::{Answer, InstructionId, Millis, Name, Order};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantArray};

/// A message from a client, by its `type`. Any but `hello` may carry a `ref`, and `"sure":true`: said again after a `conflict`.
#[derive(Clone, PartialEq, Debug, JsonSchema, EnumDiscriminants)]
#[schemars(tag = "type", rename_all = "snake_case")]
#[strum_discriminants(
    name(Verb),
    derive(EnumString, Hash, IntoStaticStr, VariantArray),
    strum(serialize_all = "snake_case"),
    doc = "What can be asked, by its word on the wire.",
    allow(missing_docs)
)]
pub enum ClientMessage {
    /// The first message of a session.
    Hello(Hello),
    /// "I take it."
    Seen(Seen),
    /// It is done.
    Done(Done),
    /// It cannot or will not be done.
    Decline(Decline),
    /// People of the move have left it.
    Left(Left),
    /// Pass it to the next level now.
    Escalate(Escalate),
    /// Ask for people now: a tier, a number of people, or both.
    Call(Call),
    /// Yes to a tier that waits for it.
    Approve(Approve),
    /// No to a tier that waits for a yes.
    Refuse(Refuse),
    /// The floor was counted: this is who is really there.
    Count(Count),
    /// Take a move back now.
    Release(Release),
    /// Do nothing of the daemon's own accord for a while.
    Pause(Pause),
    /// End a pause.
    Resume(OnQueue),
    /// Declare a known fault.
    Incident(Incident),
    /// The fault is mended.
    IncidentOver(OnQueue),
    /// No sound of a queue for a while, for everybody who answers; what is asked is asked as ever.
    Quiet(Quiet),
    /// End that.
    QuietOver(OnQueue),
    /// "I am at this card": told to the others who may answer it, and written nowhere.
    Answering(Answering),
    /// Are you there?
    Ping(Ping),
}

/// The first message of a session, within 5 s.
#[derive(Clone, PartialEq, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The token, where tokens are configured.
    #[serde(default)]
    pub token: Option<String>,
    /// The last `seq` seen: what came after it is sent again.
    #[serde(default)]
    pub since: Option<u64>,
    /// Without `since`: how many of the latest messages to begin with, so that a new console shows what has been.
    #[serde(default)]
    pub last: Option<u32>,
    /// Of queues that change, to be told only what changed.
    #[serde(default)]
    pub changes: bool,
}

/// "I take it."
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The instruction.
    pub instruction: InstructionId,
    /// How soon the people will be there.
    #[serde(default)]
    pub eta_s: Option<f64>,
}

/// It is done: as asked, or with whom and how many it says.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The instruction.
    pub instruction: InstructionId,
    /// How many, where not as asked.
    #[serde(default)]
    pub seats: Option<u32>,
    /// Who, where not as asked.
    #[serde(default)]
    pub people: Option<Vec<Name>>,
    /// Anything to add.
    #[serde(default)]
    pub note: Option<String>,
}

/// It cannot or will not be done.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// The instruction.
    pub instruction: InstructionId,
    /// Why.
    pub reason: String,
}

/// People of the move have left it: who, or how many.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The instruction.
    pub instruction: InstructionId,
    /// Who.
    #[serde(default)]
    pub people: Option<Vec<Name>>,
    /// How many, where names are not known.
    #[serde(default)]
    pub seats: Option<u32>,
    /// Why.
    pub reason: String,
}

/// Pass it to the next level now.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// The instruction.
    pub instruction: InstructionId,
    /// Why.
    pub note: String,
}

/// Take a move back now.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The queue.
    pub queue: Name,
    /// The instruction that began the move.
    pub instruction: InstructionId,
}

/// Do nothing of the daemon's own accord for a while.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The queue.
    pub queue: Name,
    /// For how long.
    pub for_s: f64,
    /// Why.
    pub reason: String,
}

/// Declare a known fault.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// The queue.
    pub queue: Name,
    /// What is broken.
    pub note: String,
    /// The expected end, RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub until: String,
}

/// No sound of a queue for a while.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// The queue.
    pub queue: Name,
    /// For how long: an hour at most.
    pub for_s: f64,
    /// Why.
    pub reason: String,
}

/// The queue that a request is for.
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnQueue {
    /// The queue.
    pub queue: Name,
}

/// "I am at this card."
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// The instruction.
    pub instruction: InstructionId,
}

/// Are you there?
#[derive(Clone, PartialEq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ping {}

/// What is asked of the daemon.
#[derive(Clone, PartialEq, Debug)]
pub enum Request {
    /// An answer to an instruction.
    Answer {
        /// The instruction.
        instruction: InstructionId,
        /// The answer.
        answer: Answer,
        /// Said again after a conflict.
        sure: bool,
    },
    /// An order by hand.
    Order(Order),
    /// A step of a shift's hand-over.
    Handover(HandoverAsk),
    /// Whether a queue is to sound.
    Quiet(QuietAsk),
}

/// Whether a queue is to sound.
#[derive(Clone, PartialEq, Debug)]
pub struct QuietAsk {
    /// The queue.
    pub queue: Name,
    /// For how long it is not to, and why; `None`: it is to.
    pub wanted: Option<(Millis, String)>,
}

/// A message and its `ref`, which a reply carries even where the rest was not understood.
#[derive(Clone, PartialEq, Debug)]
pub struct Envelope {
    /// What the reply is to carry.
    pub reference: Option<Reference>,
    /// It counts although somebody else has said otherwise.
    pub sure: bool,
    /// The message.
    pub message: Result<ClientMessage, Refused>,
}

/// Reads one frame.
///
/// # Errors
/// Where it is no JSON object with a `type`, so that no reply could say what it is about.
pub fn decode(text: &str) -> Result<Envelope, Refused> {
    let mut fields: Map<String, Value> = serde_json::from_str(text)
        .map_err(|fault| Refused::not_understood(format!("expected one JSON object a message; came: {fault}")))?;
    let kind = match fields.remove("type") {
        Some(Value::String(kind)) => kind,
        Some(other) => {
            let words = format!("expected \"type\" to be a text; it is {other}");
            return Err(Refused::not_understood(words));
        }
        None => {
            let words = "expected \"type\" in every message; there is none";
            return Err(Refused::not_understood(words));
        }
    };
    let reference = match fields.remove("ref") {
        None | Some(Value::Null) => None,
        Some(value) => Some(Reference::of(value).ok_or_else(|| {
            Refused::not_understood("expected \"ref\" to be a text of at most 100 characters, or a whole number")
        })?),
    };
    let sure = take_sure(&mut fields);
    let message = match sure {
        Ok(_) => ClientMessage::read(&kind, fields),
        Err(ref fault) => Err(fault.clone()),
    };
    Ok(Envelope {
        reference,
        sure: sure.unwrap_or(false),
        message,
    })
}

/// Takes `sure` out of the fields of a message: every request may carry it.
///
/// # Errors
/// It is neither true nor false.
pub fn take_sure(fields: &mut Map<String, Value>) -> Result<bool, Refused> {
    match fields.remove("sure") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(sure)) => Ok(sure),
        Some(other) => Err(Refused::not_understood(format!(
            "expected \"sure\" to be true or false; it is {other}"
        ))),
    }
}

impl ClientMessage {
    /// Reads the fields of a message of this `type`.
    ///
    /// # Errors
    /// Unknown type, missing, unknown or mistyped field, or one beyond its limit.
    pub fn read(kind: &str, fields: Map<String, Value>) -> Result<ClientMessage, Refused> {
        let Ok(verb) = kind.parse::<Verb>() else {
            let shown: String = kind.chars().take(40).collect();
            let known: Vec<&str> = Verb::VARIANTS.iter().map(|verb| verb.word()).collect();
            return Err(Refused::new(
                RefusedBecause::UnknownType,
                format!(
                    "there is no message of type {shown:?}; expected one of {}",
                    known.join(", ")
                ),
            ));
        };
        Ok(match verb {
            Verb::Hello => ClientMessage::Hello(parse(kind, fields)?),
            Verb::Seen => ClientMessage::Seen(parse(kind, fields)?),
            Verb::Done => ClientMessage::Done(parse(kind, fields)?),
            Verb::Decline => ClientMessage::Decline(parse(kind, fields)?),
            Verb::Left => ClientMessage::Left(parse(kind, fields)?),
            Verb::Escalate => ClientMessage::Escalate(parse(kind, fields)?),
            Verb::Call => ClientMessage::Call(parse(kind, fields)?),
            Verb::Approve => ClientMessage::Approve(parse(kind, fields)?),
            Verb::Refuse => ClientMessage::Refuse(parse(kind, fields)?),
            Verb::Count => ClientMessage::Count(parse(kind, fields)?),
            Verb::Release => ClientMessage::Release(parse(kind, fields)?),
            Verb::Pause => ClientMessage::Pause(parse(kind, fields)?),
            Verb::Resume => ClientMessage::Resume(parse(kind, fields)?),
            Verb::Incident => ClientMessage::Incident(parse(kind, fields)?),
            Verb::IncidentOver => ClientMessage::IncidentOver(parse(kind, fields)?),
            Verb::Quiet => ClientMessage::Quiet(parse(kind, fields)?),
            Verb::QuietOver => ClientMessage::QuietOver(parse(kind, fields)?),
            Verb::Answering => ClientMessage::Answering(parse(kind, fields)?),
            Verb::Ping => ClientMessage::Ping(parse(kind, fields)?),
        })
    }

    /// What is asked of the daemon; `None` for `hello`, `answering` and `ping`, which the socket sees to itself. `sure`: said again after a
    /// conflict.
    ///
    /// # Errors
    /// Where a text, a list or a number is beyond its limit.
    pub fn into_request(self, sure: bool) -> Result<Option<Request>, Refused> {
        let answer = |instruction, answer| {
            Ok(Some(Request::Answer {
                instruction,
                answer,
                sure,
            }))
        };
        let order = |order| Ok(Some(Request::Order(order)));
        match self {
            ClientMessage::Hello(_) | ClientMessage::Answering(_) | ClientMessage::Ping(_) => Ok(None),
            ClientMessage::Seen(it) => answer(
                it.instruction,
                Answer::Seen {
                    eta: it.eta_s.map(|eta| span("eta_s", eta)).transpose()?,
                },
            ),
            ClientMessage::Done(it) => answer(
                it.instruction,
                Answer::Done {
                    seats: it.seats,
                    people: it.people.map(people).transpose()?,
                    note: it.note.map(|note| text("note", note)).transpose()?,
                },
            ),
            ClientMessage::Decline(it) => answer(
                it.instruction,
                Answer::Declined {
                    reason: words("reason", it.reason)?,
                },
            ),
            ClientMessage::Left(it) => answer(it.instruction, left(it.people, it.seats, it.reason)?),
            ClientMessage::Escalate(it) => answer(
                it.instruction,
                Answer::Escalate {
                    note: text("note", it.note)?,
                },
            ),
            ClientMessage::Call(it) => order(it.into_order()?),
            ClientMessage::Approve(it) => order(it.into_order()?),
            ClientMessage::Refuse(it) => order(it.into_order()?),
            ClientMessage::Count(it) => order(it.into_order()?),
            ClientMessage::Release(it) => order(Order::Release {
                queue: name("queue", it.queue)?,
                instruction: it.instruction,
            }),
            ClientMessage::Pause(it) => order(Order::Pause {
                queue: name("queue", it.queue)?,
                lasting: span("for_s", it.for_s)?,
                reason: words("reason", it.reason)?,
            }),
            ClientMessage::Resume(it) => order(Order::Resume {
                queue: name("queue", it.queue)?,
            }),
            ClientMessage::Incident(it) => order(Order::Incident {
                queue: name("queue", it.queue)?,
                note: words("note", it.note)?,
                until: moment("until", &it.until)?,
            }),
            ClientMessage::IncidentOver(it) => order(Order::IncidentOver {
                queue: name("queue", it.queue)?,
            }),
            ClientMessage::Quiet(it) => Ok(Some(Request::Quiet(QuietAsk {
                queue: name("queue", it.queue)?,
                wanted: Some((span("for_s", it.for_s)?, words("reason", it.reason)?)),
            }))),
            ClientMessage::QuietOver(it) => Ok(Some(Request::Quiet(QuietAsk {
                queue: name("queue", it.queue)?,
                wanted: None,
            }))),
        }
    }
}

fn parse<T: DeserializeOwned>(kind: &str, fields: Map<String, Value>) -> Result<T, Refused> {
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|fault| {
        let path = fault.path().to_string();
        let place = if path == "." {
            String::new()
        } else {
            format!(", field {path:?}")
        };
        Refused::not_understood(format!("in a message of type {kind:?}{place}: {}", fault.inner()))
    })
}

fn left(who: Option<Vec<Name>>, seats: Option<u32>, reason: String) -> Result<Answer, Refused> {
    let who = who.map(people).transpose()?.unwrap_or_default();
    if who.is_empty() && seats.is_none() {
        return Err(Refused::not_understood(
            "expected \"people\" (who left) or \"seats\" (how many); neither came",
        ));
    }
    Ok(Answer::Left {
        people: who,
        seats,
        reason: words("reason", reason)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{LIMIT_NAME, LIMIT_PEOPLE, LIMIT_TEXT};
    use super::*;
    use crate::core::Time;

    fn request(text: &str) -> Result<Option<Request>, Refused> {
        let envelope = decode(text)?;
        envelope.message?.into_request(envelope.sure)
    }

    #[test]
    fn answers_and_orders_are_read() {
        assert_eq!(
            request(r#"{"type":"seen","instruction":4,"eta_s":90.5}"#),
            Ok(Some(Request::Answer {
                instruction: InstructionId(4),
                answer: Answer::Seen {
                    eta: Some(Millis(90_500))
                },
                sure: false,
            }))
        );
        assert_eq!(
            request(r#"{"type":"incident","queue":"inbound","note":"billing down","until":"1970-01-01T00:00:01Z"}"#),
            Ok(Some(Request::Order(Order::Incident {
                queue: "inbound".into(),
                note: "billing down".into(),
                until: Time(1000),
            })))
        );
        assert_eq!(request(r#"{"type":"ping"}"#), Ok(None));
    }

    #[test]
    fn a_mistake_says_what_was_expected_and_what_came() {
        let said = |text: &str| request(text).unwrap_err().detail;
        assert!(said("hello").contains("expected one JSON object"));
        assert!(said("{}").contains("there is none"));
        assert!(said(r#"{"type":"dance"}"#).contains("expected one of hello, seen"));
        assert!(said(r#"{"type":"seen"}"#).contains("missing field `instruction`"));
        let mistyped = said(r#"{"type":"done","instruction":1,"seats":"three"}"#);
        assert!(
            mistyped.contains("field \"seats\"") && mistyped.contains("expected u32"),
            "{mistyped}"
        );
        assert!(said(r#"{"type":"seen","instruction":1,"eta":3}"#).contains("unknown field `eta`"));
        assert!(said(r#"{"type":"left","instruction":1,"reason":"home"}"#).contains("neither came"));
        assert!(said(r#"{"type":"pause","queue":"q","for_s":-1,"reason":"x"}"#).contains("from 0 to"));
        assert!(said(r#"{"type":"decline","instruction":1,"reason":" "}"#).contains("it is empty"));
    }

    #[test]
    fn limits_are_kept() {
        let note = |length: usize| {
            let words = "x".repeat(length);
            request(&format!(r#"{{"type":"escalate","instruction":1,"note":"{words}"}}"#))
        };
        assert!(note(LIMIT_TEXT).is_ok());
        assert_eq!(note(LIMIT_TEXT + 1).unwrap_err().code(), "too_long");
        let people = |many: usize| {
            let crowd = vec!["\"a\""; many].join(",");
            request(&format!(r#"{{"type":"done","instruction":1,"people":[{crowd}]}}"#))
        };
        assert!(people(LIMIT_PEOPLE).is_ok());
        assert_eq!(people(LIMIT_PEOPLE + 1).unwrap_err().code(), "too_long");
        let queue = |length: usize| {
            let name = "q".repeat(length);
            request(&format!(r#"{{"type":"resume","queue":"{name}"}}"#))
        };
        assert!(queue(LIMIT_NAME).is_ok());
        assert_eq!(queue(LIMIT_NAME + 1).unwrap_err().code(), "too_long");
    }

    #[test]
    fn who_left_is_said_by_name_by_number_or_both() {
        let left = |who: &str| request(&format!(r#"{{"type":"left","instruction":4,{who},"reason":"home"}}"#));
        let said = |people: &[&str], seats| {
            let answer = Answer::Left {
                people: people.iter().copied().map(Name::from).collect(),
                seats,
                reason: "home".into(),
            };
            let (instruction, sure) = (InstructionId(4), false);
            Ok(Some(Request::Answer {
                instruction,
                answer,
                sure,
            }))
        };
        assert_eq!(left(r#""people":["E01"]"#), said(&["E01"], None));
        assert_eq!(left(r#""seats":2"#), said(&[], Some(2)));
        assert_eq!(left(r#""people":["E01"],"seats":2"#), said(&["E01"], Some(2)));
    }

    #[test]
    fn whoever_is_sure_says_so_beside_any_message() {
        let said = request(r#"{"type":"decline","instruction":4,"reason":"ill","sure":true}"#);
        assert_eq!(
            said,
            Ok(Some(Request::Answer {
                instruction: InstructionId(4),
                answer: Answer::Declined { reason: "ill".into() },
                sure: true,
            }))
        );
        assert!(request(r#"{"type":"resume","queue":"inbound","sure":true}"#).is_ok());
        let mistyped = decode(r#"{"type":"resume","queue":"inbound","sure":1,"ref":7}"#).unwrap();
        assert_eq!(mistyped.reference, Reference::of(7.into()));
        assert!(mistyped.message.unwrap_err().detail.contains("true or false"));
    }

    #[test]
    fn every_verb_is_read_by_its_word() {
        for verb in Verb::VARIANTS {
            let verb = verb.word();
            let read = ClientMessage::read(verb, Map::new());
            assert!(
                !matches!(read, Err(refused) if refused.code() == "unknown_type"),
                "{verb}"
            );
        }
    }

    #[test]
    fn a_ref_survives_a_mistake() {
        let envelope = decode(r#"{"type":"dance","ref":"a1"}"#).unwrap();
        assert_eq!(envelope.reference, Reference::of("a1".into()));
        assert_eq!(envelope.message.unwrap_err().code(), "unknown_type");
    }
}
