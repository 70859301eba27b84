//! The framing of the Asterisk Manager Interface: bytes in any chunking to messages, and actions to bytes.
//!
//! ```text
//!   first line of a connection      Asterisk Call Manager/11.0.0\r\n     no blank line after it
//!   then, each message              Key: Value\r\n ... \r\n              keys may repeat, values may be empty
//! ```
//!
//! Nothing that comes in can make it grow: a line or a message over its limit is skipped to its end and told of.

use std::collections::VecDeque;

/// The longest line that is read, in bytes.
pub const LINE_LIMIT: usize = 16 * 1024;
/// The longest message that is read, in bytes over all its lines.
pub const MESSAGE_LIMIT: usize = 128 * 1024;
/// The most lines of one message.
pub const FIELDS_LIMIT: usize = 2_000;
/// The longest line that Asterisk itself reads is 1 KB; a line of ours stays below.
pub const SENT_LINE_LIMIT: usize = 1_000;

/// What the bytes amount to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    /// The first line of the connection.
    Greeting(String),
    /// A whole message.
    Message(Message),
    /// A line or a message was over its limit and was skipped.
    TooLong,
}

/// One message: its fields in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    fields: Vec<(String, String)>,
}

impl Message {
    /// The first value under a key, whatever the key's case.
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_str())
    }

    /// The value under a key as a number; `None` also where it is not one.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.trim().parse().ok()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Message {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(fields: T) -> Message {
        Message {
            fields: fields
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        }
    }
}

/// Reads one connection from its first byte.
#[derive(Debug, Default)]
pub struct Reader {
    greeted: bool,
    line: Vec<u8>,
    line_too_long: bool,
    message: Message,
    message_bytes: usize,
    message_too_long: bool,
    frames: VecDeque<Frame>,
}

impl Reader {
    /// A reader for a new connection.
    pub fn new() -> Reader {
        Reader::default()
    }

    /// Takes what arrived; [`Reader::poll`] then gives the frames that became whole.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend_line(&bytes[..end]);
            self.end_line();
            bytes = &bytes[end + 1..];
        }
        self.extend_line(bytes);
    }

    /// The next whole frame.
    pub fn poll(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    /// Bytes that are kept for what is not whole yet.
    pub fn kept(&self) -> usize {
        self.line.len() + self.message_bytes
    }

    fn extend_line(&mut self, bytes: &[u8]) {
        if self.line_too_long || self.line.len() + bytes.len() > LINE_LIMIT {
            self.line_too_long = true;
            self.line = Vec::new();
        } else {
            self.line.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let too_long = std::mem::take(&mut self.line_too_long);
        let text = line.strip_suffix(b"\r").unwrap_or(&line);
        if !self.greeted {
            self.greeted = true;
            let text = String::from_utf8_lossy(text).into_owned();
            self.frames.push_back(if too_long {
                Frame::TooLong
            } else {
                Frame::Greeting(text)
            });
        } else if text.is_empty() && !too_long {
            self.end_message();
        } else {
            self.add_field(text, too_long);
        }
        // The allocation is kept for the next line.
        self.line = line;
        self.line.clear();
    }

    fn add_field(&mut self, text: &[u8], too_long: bool) {
        self.message_bytes += text.len();
        if too_long || self.message_bytes > MESSAGE_LIMIT || self.message.fields.len() >= FIELDS_LIMIT {
            self.message_too_long = true;
        }
        if self.message_too_long {
            self.message = Message::default();
            self.message_bytes = 0;
            return;
        }
        // A line without a colon means nothing in this protocol.
        if let Some(colon) = text.iter().position(|byte| *byte == b':') {
            let value = &text[colon + 1..];
            let value = value.strip_prefix(b" ").unwrap_or(value);
            let field = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            self.message.fields.push((field(&text[..colon]), field(value)));
        }
    }

    fn end_message(&mut self) {
        let message = std::mem::take(&mut self.message);
        self.message_bytes = 0;
        if std::mem::take(&mut self.message_too_long) {
            self.frames.push_back(Frame::TooLong);
        } else if !message.fields.is_empty() {
            self.frames.push_back(Frame::Message(message));
        }
    }
}

/// An action on its way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    text: String,
}

impl Action {
    /// An action by its name.
    pub fn new(name: &str) -> Action {
        Action { text: String::new() }.with("Action", name)
    }

    /// Adds a field. Line ends and control characters are left out of the value: nothing can smuggle in a field.
    pub fn with(mut self, key: &str, value: &str) -> Action {
        self.text.push_str(key);
        self.text.push_str(": ");
        self.text.extend(value.chars().filter(|it| !it.is_control()));
        self.text.push_str("\r\n");
        self
    }

    /// The bytes on the wire.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.text.push_str("\r\n");
        self.text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frames(chunks: &[&[u8]]) -> Vec<Frame> {
        let mut reader = Reader::new();
        chunks.iter().for_each(|chunk| reader.push(chunk));
        std::iter::from_fn(|| reader.poll()).collect()
    }

    fn one(text: &str) -> Message {
        let all = frames(&[b"Asterisk Call Manager/11.0.0\r\n", text.as_bytes()]);
        match all.as_slice() {
            [Frame::Greeting(_), Frame::Message(message)] => message.clone(),
            other => panic!("expected one message, got {other:?}"),
        }
    }

    #[test]
    fn a_value_may_be_empty_hold_colons_and_repeat_its_key() {
        let it = one("Event: X\r\nName: Bob: Smith\r\nReason: \r\nOutput: a\r\nOutput: b\r\nno colon\r\n\r\n");
        assert_eq!(it.get("name"), Some("Bob: Smith"));
        assert_eq!(it.get("Reason"), Some(""));
        assert_eq!(it.get("OUTPUT"), Some("a"));
        assert_eq!(it.get("no colon"), None);
    }

    #[test]
    fn bytes_that_are_not_utf_8_spoil_only_their_own_value() {
        let all = frames(&[b"hello\n", b"Event: X\nName: \xff\xfe\nCount: 7\n\n"]);
        let Frame::Message(it) = &all[1] else { panic!("{all:?}") };
        assert_eq!(it.get("Name"), Some("\u{fffd}\u{fffd}"));
        assert_eq!(it.number("Count"), Some(7));
    }

    #[test]
    fn a_line_of_a_megabyte_is_skipped_with_its_message_and_the_next_one_is_read() {
        let mut reader = Reader::new();
        reader.push(b"hello\r\nEvent: X\r\nLong: ");
        for _ in 0..1024 {
            reader.push(&[b'y'; 1024]);
            assert!(reader.kept() <= LINE_LIMIT + MESSAGE_LIMIT);
        }
        reader.push(b"\r\nMore: 1\r\n\r\nEvent: Y\r\n\r\n");
        let rest: Vec<_> = std::iter::from_fn(|| reader.poll()).skip(1).collect();
        assert_eq!(rest[0], Frame::TooLong);
        assert!(
            matches!(&rest[1], Frame::Message(it) if it.get("Event") == Some("Y")),
            "{rest:?}"
        );
        assert_eq!(rest.len(), 2);
    }

    #[test]
    fn a_message_without_end_is_skipped_too() {
        let mut reader = Reader::new();
        reader.push(b"hello\r\n");
        for _ in 0..100_000 {
            reader.push(b"Variable: something of some length\r\n");
            assert!(reader.kept() <= LINE_LIMIT + MESSAGE_LIMIT);
        }
        reader.push(b"\r\n");
        assert_eq!(std::iter::from_fn(|| reader.poll()).last(), Some(Frame::TooLong));
    }

    #[test]
    fn nothing_in_a_value_can_add_a_field_to_an_action() {
        let bytes = Action::new("QueueStatus")
            .with("Queue", "a\r\n\r\nAction: Logoff\u{0}")
            .into_bytes();
        assert_eq!(bytes, b"Action: QueueStatus\r\nQueue: aAction: Logoff\r\n\r\n");
    }

    proptest! {
        #[test]
        fn chunking_changes_nothing(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), any::<u8>()], 0..2_000),
            cut in 1..50_usize,
        ) {
            let chunks: Vec<&[u8]> = bytes.chunks(cut).collect();
            prop_assert_eq!(frames(&[&bytes]), frames(&chunks));
        }
    }
}
