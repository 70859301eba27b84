//! What a packed reading says, without the body of its row: where a shape is that of a reading or a heartbeat as they are written
//! today, each of its values is a field.

use super::pack::{NUMBER, TEXT, Text};
use crate::core::{Input, Millis, Name, Reading, Time};

/// How a body with a reading begins, up to its first field.
const READING: &str = "{\"v\":\u{1},\"record\":{\"input\":{\"input\":\u{2},\"reading\":{";
const READING_ENDS: &str = "}}}}";
/// A body with a heartbeat.
const HEARTBEAT: &str = "{\"v\":\u{1},\"record\":{\"input\":{\"input\":\u{2},\"feed\":\u{2}}}}";

/// The version of what is in a body, its first value.
const VERSION: i64 = 1;

/// Values before those of a reading's fields: the version, and that it is a reading.
const HEAD: usize = 2;

/// A shape of which each value is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// Of a reading.
    Reading {
        /// Its fields, in the order of their values, behind the first two.
        fields: Vec<Field>,
        /// Which of all values is its queue.
        queue: usize,
    },
    Heartbeat,
}

/// A field of a reading.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Field {
    Queue,
    At,
    Waiting,
    LongestWait,
    SignedIn,
    Available,
    Paused,
    Offered,
    Answered,
    AnsweredInTarget,
    Abandoned,
}

impl Field {
    fn of(part: &str) -> Option<Field> {
        let (name, hole) = part.strip_prefix('"')?.split_once("\":")?;
        let field = match name {
            "queue" => Field::Queue,
            "at" => Field::At,
            "waiting" => Field::Waiting,
            "longest_wait" => Field::LongestWait,
            "signed_in" => Field::SignedIn,
            "available" => Field::Available,
            "paused" => Field::Paused,
            "offered" => Field::Offered,
            "answered" => Field::Answered,
            "answered_in_target" => Field::AnsweredInTarget,
            "abandoned" => Field::Abandoned,
            _ => return None,
        };
        let is_text = field == Field::Queue;
        let mut hole = hole.chars();
        (hole.next() == Some(if is_text { TEXT } else { NUMBER }) && hole.next().is_none()).then_some(field)
    }
}

impl Form {
    /// `None`: it is the shape of something else, and what is in it is found by reading the body.
    pub fn of(shape: &str) -> Option<Form> {
        if shape == HEARTBEAT {
            return Some(Form::Heartbeat);
        }
        let fields = shape.strip_prefix(READING)?.strip_suffix(READING_ENDS)?;
        let fields: Vec<Field> = fields.split(',').map(Field::of).collect::<Option<_>>()?;
        let times = |field| fields.iter().filter(|it| **it == field).count();
        let each_once = fields.iter().all(|field| times(*field) == 1);
        let queue = fields.iter().position(|field| *field == Field::Queue)? + HEAD;
        (each_once && times(Field::Waiting) == 1).then_some(Form::Reading { fields, queue })
    }

    /// What values of this shape say; `None`: that is found by reading the body.
    pub fn input(&self, values: &[i64], texts: &[Text]) -> Option<Input> {
        if self.is_reading(values, texts) {
            let mut reading = Reading::of(text(texts, *values.get(self.queue()?)?)?.clone(), 0);
            self.write(values, &mut reading);
            return Some(Input::Reading { reading });
        }
        let &[VERSION, kind, feed] = values else {
            return None;
        };
        let is_heartbeat = *self == Form::Heartbeat && text(texts, kind)?.as_str() == "heartbeat";
        let feed = text(texts, feed)?;
        is_heartbeat.then(|| Input::Heartbeat { feed: feed.clone() })
    }

    /// Which value is the queue of a reading.
    pub fn queue(&self) -> Option<usize> {
        match self {
            Form::Reading { queue, .. } => Some(*queue),
            Form::Heartbeat => None,
        }
    }

    /// Whether values of this shape are those of a reading; else what they say is found by reading the body, or they are of something else.
    pub fn is_reading(&self, values: &[i64], texts: &[Text]) -> bool {
        let (Form::Reading { fields, .. }, [VERSION, kind, values @ ..]) = (self, values) else {
            return false;
        };
        let fits = |(field, &value): (&Field, &i64)| match field {
            Field::Queue => text(texts, value).is_some(),
            Field::At | Field::LongestWait => true,
            Field::Waiting | Field::SignedIn | Field::Available | Field::Paused => u32::try_from(value).is_ok(),
            Field::Offered | Field::Answered | Field::AnsweredInTarget | Field::Abandoned => value >= 0,
        };
        text(texts, *kind).is_some_and(|kind| kind.as_str() == "reading") && fields.iter().zip(values).all(fits)
    }

    /// Writes what values of this shape say, which are those of a reading ([`Form::is_reading`]), over another reading of that queue.
    pub fn write(&self, values: &[i64], over: &mut Reading) {
        let Form::Reading { fields, .. } = self else { return };
        let Reading {
            queue: _,
            at,
            waiting,
            longest_wait,
            signed_in,
            available,
            paused,
            offered,
            answered,
            answered_in_target,
            abandoned,
            agents,
        } = over;
        (*at, *longest_wait, *agents) = (None, None, None);
        (*signed_in, *available, *paused) = (None, None, None);
        (*offered, *answered, *answered_in_target, *abandoned) = (None, None, None, None);
        for (field, &value) in fields.iter().zip(values.iter().skip(HEAD)) {
            let (small, total) = (value as u32, value as u64);
            match field {
                Field::Queue => {}
                Field::At => *at = Some(Time(value)),
                Field::Waiting => *waiting = small,
                Field::LongestWait => *longest_wait = Some(Millis(value)),
                Field::SignedIn => *signed_in = Some(small),
                Field::Available => *available = Some(small),
                Field::Paused => *paused = Some(small),
                Field::Offered => *offered = Some(total),
                Field::Answered => *answered = Some(total),
                Field::AnsweredInTarget => *answered_in_target = Some(total),
                Field::Abandoned => *abandoned = Some(total),
            }
        }
    }
}

fn text(texts: &[Text], place: i64) -> Option<&Name> {
    texts.get(usize::try_from(place).ok()?)?.as_name()
}

#[cfg(test)]
mod tests {
    use super::super::pack::{Packed, Packer, unpack};
    use super::super::people::Names;
    use super::super::{Entry, Record};
    use super::*;
    use crate::core::{Agent, AgentState};
    use proptest::prelude::*;

    /// As the writer packs them, told without their bodies, and what reading the bodies gives.
    fn both(bodies: &[String]) -> Vec<(Option<Input>, Result<Record, String>)> {
        let mut packer = Packer::default();
        for (seq, body) in (1..).zip(bodies) {
            let body = body.clone();
            packer.push(&Packed { seq, at: 7, body });
        }
        let unpacked = unpack(&packer.block(), |_, _| true).unwrap();
        let both = |place| {
            let body = unpacked.body(place).unwrap();
            let read = Entry::decode(place.seq, Time(place.at), body.as_bytes(), &Names::default());
            (unpacked.input(place), read.map(|entry| entry.record))
        };
        unpacked.places.iter().map(both).collect()
    }

    fn body(input: &Input) -> String {
        format!(
            r#"{{"v":1,"record":{{"input":{}}}}}"#,
            serde_json::to_string(input).unwrap()
        )
    }

    fn of(queue: &str, waiting: u32) -> Reading {
        Reading::of(queue, waiting)
    }

    #[test]
    fn what_is_no_plain_reading_is_left_to_its_body() {
        let agents = vec![Agent {
            person: "E01".into(),
            state: AgentState::Busy,
        }];
        let reading = |reading| body(&Input::Reading { reading });
        let plain = reading(of("a", 1));
        let bodies = [
            reading(of("a \"b\"", 1)),
            reading(Reading {
                agents: Some(agents),
                ..of("a", 1)
            }),
            reading(Reading {
                offered: Some(u64::MAX),
                ..of("a", 1)
            }),
            plain.replace(r#""v":1"#, r#""v":1,"unlogged":true"#),
            plain.replace(r#""v":1"#, r#""v":2"#),
            plain.replace(r#""waiting":1"#, r#""waiting":4294967296"#),
            plain.replace(r#""waiting":1"#, r#""waiting":-1"#),
            plain.replace(r#""waiting":1"#, r#""paused":1"#),
            plain.replace(r#""waiting":1"#, r#""waiting":1,"waiting":2"#),
            plain.replace(r#""waiting":1"#, r#""waiting":1,"mood":2"#),
            plain.replace(r#""waiting":1"#, r#""waiting":"1""#),
            plain.replace("reading\",", "feed_lost\","),
        ];
        for ((told, _), body) in both(&bodies).into_iter().zip(&bodies) {
            assert_eq!(told, None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn both_tell_the_same(
            said in prop::collection::vec((0_u8..3, "[a-cü]{1,2}", any::<u32>(), any::<[Option<u32>; 4]>(), any::<[Option<u32>; 4]>()), 1..30),
        ) {
            let input = |(kind, name, waiting, small, total): (u8, String, u32, [Option<u32>; 4], [Option<u32>; 4])| {
                if kind == 0 {
                    return Input::Heartbeat { feed: Name::from(name) };
                }
                let [signed_in, available, paused, wait] = small;
                let [offered, answered, answered_in_target, abandoned] = total.map(|total| total.map(|it| u64::from(it) << 20));
                let reading = Reading {
                    at: wait.map(|at| Time(i64::from(at) << 10)),
                    longest_wait: wait.map(|wait| Millis(wait.into())),
                    signed_in,
                    available,
                    paused,
                    offered,
                    answered,
                    answered_in_target,
                    abandoned,
                    ..of(&name, waiting)
                };
                Input::Reading { reading }
            };
            let inputs: Vec<Input> = said.into_iter().map(input).collect();
            let bodies: Vec<String> = inputs.iter().map(body).collect();
            for ((told, read), input) in both(&bodies).into_iter().zip(inputs) {
                prop_assert_eq!(told.as_ref(), Some(&input));
                prop_assert_eq!(read, Ok(Record::Input(input)));
            }
        }
    }
}
