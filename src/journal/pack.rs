//! Readings in blocks: what one has in common with the last of its queue is not written again.
//!
//! ```text
//!  body     {"v":1,"record":{"input":{"input":"reading","reading":{"queue":"inbound","waiting":8}}}}
//!  shape    {"v":#,"record":{"input":{"input":$,"reading":{"queue":$,"waiting":#}}}}         once a block
//!  texts    reading inbound                                                                  each once a block
//!  lane     the readings of one shape whose first two texts are the same: those of a queue
//!  reading  lane · number · time · which values differ from the last of its lane · by how much
//! ```
//! Any body that is JSON comes back byte for byte, whatever a later surged puts into it: the shape is what is left when whole numbers
//! and texts are taken out. A block is a stream: to go on with one it is read, which brings back all that was known at its end. Before the
//! stream stands its sum (CRC-32), by which a block that the disk has spoiled is known: readings stand outside the hash chain.

use super::form::Form;
use crate::core::{Input, Name};
use std::collections::HashMap;

/// The first byte of a block, behind which its sum stands. Others are refused in words.
const FORMAT: u8 = 2;

/// The same of a block of before there were sums: it is read, and not gone on with.
const WITHOUT_SUM: u8 = 1;

/// Bytes of a sum, the lowest first.
const SUM: usize = 4;

/// A stream that has so many bytes fills a page of the database, and is rewritten with each commit at no cost until then.
const FULL_BYTES: usize = 3_800;

/// Where there are many lanes, a block is not full before each has had so many readings: the first of a lane is written whole.
const FULL_READINGS_A_LANE: usize = 16;

/// No block has more bytes than this and its last reading.
const MOST_BYTES: usize = 64 << 10;

/// What a block may come to when it is unpacked, in bytes: far more than any that was written does.
const MOST_UNPACKED: usize = 128 << 20;

/// Bytes that a reading takes at least: its lane, its time, how many texts are new, and what differs.
const LEAST_BYTES: usize = 4;

/// Characters of the longest number, its sign among them.
const MOST_DIGITS: usize = 20;

/// Up to so many values a mask says which of them differ; of more, each is named by its distance from the one before.
const MASKED: usize = 16;

/// A number in a shape.
pub(super) const NUMBER: char = '\u{1}';
/// A text in a shape.
pub(super) const TEXT: char = '\u{2}';
/// The same as a byte, which stands in no other character.
const NUMBER_BYTE: u8 = NUMBER as u8;

fn is_hole(byte: u8) -> bool {
    [NUMBER_BYTE, TEXT as u8].contains(&byte)
}

/// A block that is being written.
#[derive(Default)]
pub(super) struct Packer {
    bytes: Vec<u8>,
    readings: usize,
    known: Known,
    shapes: HashMap<String, usize>,
    texts: HashMap<Name, usize>,
    lanes: HashMap<(usize, [i64; 2]), usize>,
}

/// A reading in a block, or on its way into one: its number and time in the log, and the body of its row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Packed {
    pub seq: u64,
    pub at: i64,
    pub body: String,
}

/// What has been said in a block so far.
#[derive(Default, Debug)]
struct Known {
    shapes: Vec<Shape>,
    texts: Vec<Text>,
    /// Bytes of the longest of the texts.
    longest: usize,
    lanes: Vec<Lane>,
    seq: u64,
    at: i64,
}

#[derive(Debug)]
struct Shape {
    shape: String,
    /// How many values stand in it.
    holes: usize,
    /// `None`: only whoever reads the bodies knows what is in it.
    form: Option<Form>,
}

/// A text between its quotes, as it stands there.
#[derive(Debug)]
pub(super) struct Text {
    text: Name,
    /// It has an escape.
    escaped: bool,
}

#[derive(Debug)]
struct Lane {
    shape: usize,
    values: Vec<i64>,
}

/// A body apart.
struct Apart<'a> {
    shape: String,
    values: Vec<Value<'a>>,
}

enum Value<'a> {
    Number(i64),
    /// Between its quotes, as it stands there.
    Text(&'a str),
}

impl Packer {
    /// Goes on with a block.
    ///
    /// # Errors
    /// It cannot be read or bears no sum, in words.
    pub fn resume(block: &[u8]) -> Result<Packer, String> {
        if block.first() == Some(&WITHOUT_SUM) {
            return Err("its block bears no sum".to_owned());
        }
        let mut packer = Packer::default();
        let mut unpacker = Unpacker::of(block)?;
        packer.bytes = unpacker.rest.to_vec();
        while unpacker.next()?.is_some() {
            packer.readings += 1;
        }
        packer.known = unpacker.known;
        let known = &packer.known;
        packer.shapes = (known.shapes.iter().map(|it| it.shape.clone()).zip(0..)).collect();
        packer.texts = (known.texts.iter().map(|it| it.text.clone()).zip(0..)).collect();
        let named = |lane: &Lane| named(&known.shapes[lane.shape].shape, &lane.values);
        packer.lanes = (known.lanes.iter().enumerate())
            .map(|(place, lane)| ((lane.shape, named(lane)), place))
            .collect();
        Ok(packer)
    }

    /// The block as it stands.
    pub fn block(&self) -> Vec<u8> {
        [&[FORMAT][..], &sum(&self.bytes), &self.bytes].concat()
    }

    /// Whether the next reading belongs into another block.
    pub fn is_full(&self) -> bool {
        let settled = self.readings >= self.known.lanes.len() * FULL_READINGS_A_LANE;
        self.bytes.len() >= if settled { FULL_BYTES } else { MOST_BYTES }
    }

    /// Adds a reading, whose number is above that of the last.
    pub fn push(&mut self, reading: &Packed) {
        let apart = apart(&reading.body);
        let mut new_texts = Vec::new();
        let values = apart.values.iter().map(|value| match value {
            Value::Number(number) => *number,
            Value::Text(text) => match self.texts.get(*text) {
                Some(place) => *place as i64,
                None => {
                    let place = self.known.texts.len();
                    let known = Text::of(text);
                    self.texts.insert(known.text.clone(), place);
                    self.known.texts.push(known);
                    new_texts.push(*text);
                    place as i64
                }
            },
        });
        let values: Vec<i64> = values.collect();
        let lane = self.lane(&apart.shape, &values, reading.seq);
        put_signed(&mut self.bytes, reading.at.wrapping_sub(self.known.at));
        (self.known.seq, self.known.at) = (reading.seq, reading.at);
        put(&mut self.bytes, new_texts.len() as u64);
        for text in new_texts {
            put_text(&mut self.bytes, text);
        }
        put_values(&mut self.bytes, &self.known.lanes[lane].values, &values);
        self.known.lanes[lane].values = values;
        self.readings += 1;
    }

    /// Says which lane it is in, making one where there is none, and its number.
    fn lane(&mut self, shape: &str, values: &[i64], seq: u64) -> usize {
        // A number that follows the last needs no saying.
        let follows = self.known.seq.checked_add(1) == Some(seq);
        let gap = u64::from(!follows);
        let place = self.shapes.get(shape).copied();
        let lane = place.and_then(|place| self.lanes.get(&(place, named(shape, values))).copied());
        let lane = match (lane, place) {
            (Some(lane), _) => {
                put(&mut self.bytes, ((lane as u64 + 1) << 1) | gap);
                lane
            }
            (None, known) => {
                put(&mut self.bytes, gap);
                put(&mut self.bytes, known.map_or(0, |place| place as u64 + 1));
                let place = known.unwrap_or_else(|| {
                    put_text(&mut self.bytes, shape);
                    self.shapes.insert(shape.to_owned(), self.known.shapes.len());
                    self.known.shapes.push(Shape::of(shape));
                    self.known.shapes.len() - 1
                });
                let lane = self.known.lanes.len();
                self.known.lanes.push(Lane {
                    shape: place,
                    values: vec![0; values.len()],
                });
                self.lanes.insert((place, named(shape, values)), lane);
                lane
            }
        };
        if !follows {
            put(&mut self.bytes, seq.wrapping_sub(self.known.seq));
        }
        lane
    }
}

/// What stands in a block: of each reading that is wanted where it is, and its values.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    /// The readings that are wanted, in order.
    pub places: Vec<Place>,
    /// The first and the last that the block holds.
    pub ends: Option<[Place; 2]>,
    /// Each has a number above that of the one before.
    pub in_order: bool,
    /// Of those that are wanted, one behind the other.
    values: Vec<i64>,
    known: Known,
}

/// Where a reading is: its number and time in the log, its shape, and where its values begin.
#[derive(Copy, Clone, Debug)]
pub(super) struct Place {
    pub seq: u64,
    pub at: i64,
    shape: u32,
    values: u32,
}

/// The readings of a block that are wanted, by number and time.
///
/// # Errors
/// It cannot be read, in words.
pub(super) fn unpack(block: &[u8], wanted: impl Fn(u64, i64) -> bool) -> Result<Unpacked, String> {
    let mut unpacker = Unpacker::of(block)?;
    let mut unpacked = Unpacked {
        places: Vec::with_capacity(block.len() / LEAST_BYTES),
        values: Vec::with_capacity(block.len()),
        in_order: true,
        ..Unpacked::default()
    };
    let mut left = MOST_UNPACKED;
    while let Some(lane) = unpacker.next()? {
        let Known { seq, at, ref lanes, .. } = unpacker.known;
        let lane = &lanes[lane];
        let place = Place {
            seq,
            at,
            shape: lane.shape as u32,
            values: unpacked.values.len() as u32,
        };
        let [first, before] = unpacked.ends.unwrap_or([place; 2]);
        unpacked.in_order &= unpacked.ends.is_none() || before.seq < seq;
        unpacked.ends = Some([first, place]);
        if wanted(seq, at) {
            left = left.checked_sub(unpacker.known.most_bytes(lane)).ok_or_else(spoiled)?;
            unpacked.values.extend_from_slice(&lane.values);
            unpacked.places.push(place);
        }
    }
    unpacked.known = unpacker.known;
    Ok(unpacked)
}

impl Unpacked {
    /// What a reading says, where its shape is known; `None`: its body tells.
    pub fn input(&self, place: &Place) -> Option<Input> {
        let (form, values) = self.form(place)?;
        form.input(values, &self.known.texts)
    }

    /// Whether what is there is a reading that says no more than its shape and its values.
    pub fn is_plain(&self, place: &Place) -> bool {
        let form = self.form(place);
        form.is_some_and(|(form, values)| form.is_reading(values, &self.known.texts))
    }

    /// The shape and the values of such a reading, with the place of its queue among the texts.
    #[inline]
    pub fn plain(&self, place: &Place) -> Option<(&Form, &[i64], usize)> {
        let (form, values) = self.form(place)?;
        let queue = usize::try_from(*values.get(form.queue()?)?).ok()?;
        Some((form, values, queue))
    }

    /// A text by its place.
    pub fn text(&self, place: usize) -> Option<&Name> {
        self.known.texts.get(place)?.as_name()
    }

    /// The body of a reading.
    ///
    /// # Errors
    /// It cannot be put together, in words.
    pub fn body(&self, place: &Place) -> Result<String, String> {
        let shape = self.known.shapes.get(place.shape as usize).ok_or_else(spoiled)?;
        self.known.body(&shape.shape, self.values(place, shape))
    }

    /// A reading as it was packed.
    ///
    /// # Errors
    /// It cannot be put together, in words.
    pub fn packed(&self, place: &Place) -> Result<Packed, String> {
        Ok(Packed {
            seq: place.seq,
            at: place.at,
            body: self.body(place)?,
        })
    }

    #[inline]
    fn form(&self, place: &Place) -> Option<(&Form, &[i64])> {
        let shape = self.known.shapes.get(place.shape as usize)?;
        Some((shape.form.as_ref()?, self.values(place, shape)))
    }

    #[inline]
    fn values(&self, place: &Place, shape: &Shape) -> &[i64] {
        let from = place.values as usize;
        self.values.get(from..from + shape.holes).unwrap_or_default()
    }
}

/// A block that is being read.
struct Unpacker<'a> {
    rest: &'a [u8],
    known: Known,
    /// Values that its lanes may still hold.
    room: usize,
}

impl<'a> Unpacker<'a> {
    fn of(block: &'a [u8]) -> Result<Unpacker<'a>, String> {
        let rest = match block.split_first() {
            Some((&WITHOUT_SUM, rest)) => rest,
            Some((&FORMAT, rest)) => match rest.split_at_checked(SUM) {
                Some((said, rest)) if said == sum(rest) => rest,
                _ => return Err("its block is not as it was written".to_owned()),
            },
            Some((format, _)) => {
                return Err(format!(
                    "its block is of form {format} and this surged reads up to {FORMAT}: it was spoiled, or use the newer surged that wrote it"
                ));
            }
            None => return Err("its block is empty".to_owned()),
        };
        Ok(Unpacker {
            rest,
            known: Known::default(),
            room: MOST_UNPACKED / size_of::<i64>(),
        })
    }

    /// Takes the next reading in, and tells its lane, whose last it is then; `None` at the end.
    fn next(&mut self) -> Result<Option<usize>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let said = self.number()?;
        let place = match (said >> 1).checked_sub(1) {
            Some(lane) => usize::try_from(lane).map_err(|_| spoiled())?,
            None => self.new_lane()?,
        };
        let step = if said & 1 == 1 { self.number()? } else { 1 };
        self.known.seq = self.known.seq.wrapping_add(step);
        self.known.at = self.known.at.wrapping_add(self.signed()?);
        for _ in 0..self.number()? {
            let text = Text::of(self.text()?);
            self.known.longest = self.known.longest.max(text.text.as_str().len());
            self.known.texts.push(text);
        }
        let lane = self.known.lanes.get_mut(place).ok_or_else(spoiled)?;
        change(&mut self.rest, &mut lane.values)?;
        Ok(Some(place))
    }

    fn new_lane(&mut self) -> Result<usize, String> {
        let shape = match self.number()?.checked_sub(1) {
            Some(shape) => usize::try_from(shape).map_err(|_| spoiled())?,
            None => {
                let shape = Shape::of(self.text()?);
                self.known.shapes.push(shape);
                self.known.shapes.len() - 1
            }
        };
        let values = self.known.shapes.get(shape).ok_or_else(spoiled)?.holes;
        self.room = self.room.checked_sub(values).ok_or_else(spoiled)?;
        self.known.lanes.push(Lane {
            shape,
            values: vec![0; values],
        });
        Ok(self.known.lanes.len() - 1)
    }

    fn number(&mut self) -> Result<u64, String> {
        number(&mut self.rest)
    }

    fn signed(&mut self) -> Result<i64, String> {
        signed(&mut self.rest)
    }

    fn text(&mut self) -> Result<&'a str, String> {
        let bytes = usize::try_from(self.number()?).map_err(|_| spoiled())?;
        let (text, rest) = self.rest.split_at_checked(bytes).ok_or_else(spoiled)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| spoiled())
    }
}

/// Reads which values differ and by how much, and changes them.
fn change(rest: &mut &[u8], values: &mut [i64]) -> Result<(), String> {
    if values.len() <= MASKED {
        let mut mask = number(rest)?;
        while mask != 0 {
            let value = values.get_mut(mask.trailing_zeros() as usize).ok_or_else(spoiled)?;
            *value = value.wrapping_add(signed(rest)?);
            mask &= mask - 1;
        }
        return Ok(());
    }
    let mut place = 0_usize;
    for _ in 0..number(rest)? {
        let further = usize::try_from(number(rest)?).map_err(|_| spoiled())?;
        place = place.saturating_add(further);
        let change = signed(rest)?;
        let value = values.get_mut(place).ok_or_else(spoiled)?;
        *value = value.wrapping_add(change);
    }
    Ok(())
}

/// Most numbers have one byte.
#[inline]
fn number(rest: &mut &[u8]) -> Result<u64, String> {
    match rest.split_first() {
        Some((&byte, after)) if byte & 0x80 == 0 => {
            *rest = after;
            Ok(byte.into())
        }
        _ => longer_number(rest),
    }
}

fn longer_number(rest: &mut &[u8]) -> Result<u64, String> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, after) = rest.split_first().ok_or_else(spoiled)?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(spoiled())
}

#[inline]
fn signed(rest: &mut &[u8]) -> Result<i64, String> {
    let number = number(rest)?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}

impl Shape {
    fn of(shape: &str) -> Shape {
        Shape {
            form: Form::of(shape),
            holes: holes(shape).count(),
            shape: shape.to_owned(),
        }
    }
}

impl Text {
    fn of(text: &str) -> Text {
        Text {
            escaped: text.contains('\\'),
            text: Name::from(text),
        }
    }

    /// As a name; `None`: it is written otherwise than it reads.
    pub fn as_name(&self) -> Option<&Name> {
        (!self.escaped).then_some(&self.text)
    }
}

impl Known {
    /// The most bytes that a lane's last reading comes to, whatever its values are.
    fn most_bytes(&self, lane: &Lane) -> usize {
        let shape = self.shapes.get(lane.shape).map_or(0, |shape| shape.shape.len());
        shape.saturating_add(lane.values.len().saturating_mul(self.longest.max(MOST_DIGITS) + 2))
    }

    /// A reading put together.
    fn body(&self, shape: &str, values: &[i64]) -> Result<String, String> {
        let mut rest = shape;
        let mut body = String::with_capacity(rest.len() + 16 * values.len());
        for value in values {
            // As many as there are holes.
            let hole = rest.bytes().position(is_hole).ok_or_else(spoiled)?;
            let (before, after) = rest.split_at_checked(hole).ok_or_else(spoiled)?;
            body.push_str(before);
            match after.bytes().next() {
                Some(NUMBER_BYTE) => body.push_str(&value.to_string()),
                _ => {
                    let place = usize::try_from(*value).map_err(|_| spoiled())?;
                    body.push('"');
                    body.push_str(self.texts.get(place).ok_or_else(spoiled)?.text.as_str());
                    body.push('"');
                }
            }
            rest = after.get(1..).ok_or_else(spoiled)?;
        }
        body.push_str(rest);
        Ok(body)
    }
}

fn spoiled() -> String {
    "its block of readings is spoiled".to_owned()
}

fn sum(stream: &[u8]) -> [u8; SUM] {
    crc32fast::hash(stream).to_le_bytes()
}

/// The places of values in a shape.
fn holes(shape: &str) -> impl Iterator<Item = char> {
    shape.chars().filter(|it| [NUMBER, TEXT].contains(it))
}

/// The first two texts of a reading, by which its lane is known.
fn named(shape: &str, values: &[i64]) -> [i64; 2] {
    let mut texts = (holes(shape).zip(values)).filter(|(hole, _)| *hole == TEXT);
    [(); 2].map(|()| texts.next().map_or(-1, |(_, place)| *place))
}

/// Takes whole numbers and texts out of JSON. Names of fields, other numbers and all else stay in the shape.
fn apart(body: &str) -> Apart<'_> {
    let (mut shape, mut values) = (String::with_capacity(body.len()), Vec::new());
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let from = at;
        match byte {
            b'"' => {
                let end = end_of_text(bytes, at);
                at = end.map_or(bytes.len(), |end| end + 1);
                match end {
                    Some(end) if bytes.get(at) != Some(&b':') => {
                        shape.push(TEXT);
                        values.push(Value::Text(&body[from + 1..end]));
                    }
                    _ => shape.push_str(&body[from..at]),
                }
            }
            b'-' | b'0'..=b'9' => {
                let of_number = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                at += bytes[from..].iter().take_while(|byte| of_number(byte)).count();
                let text = &body[from..at];
                match text.parse::<i64>() {
                    Ok(number) if is_as_we_write_it(text) => {
                        shape.push(NUMBER);
                        values.push(Value::Number(number));
                    }
                    _ => shape.push_str(text),
                }
            }
            _ => {
                at += bytes[from..]
                    .iter()
                    .take_while(|byte| !matches!(byte, b'"' | b'-' | b'0'..=b'9'))
                    .count();
                shape.push_str(&body[from..at]);
            }
        }
    }
    Apart { shape, values }
}

/// Whether a whole number is written so, and reads back as it stood: `-0` and `07` are not.
fn is_as_we_write_it(number: &str) -> bool {
    number == "0" || !number.strip_prefix('-').unwrap_or(number).starts_with('0')
}

/// The quote that ends the text that begins here.
fn end_of_text(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn put_values(bytes: &mut Vec<u8>, before: &[i64], values: &[i64]) {
    let differ = || (before.iter().zip(values).enumerate()).filter(|(_, (before, value))| before != value);
    if values.len() <= MASKED {
        put(bytes, differ().fold(0, |mask, (place, _)| mask | 1 << place));
        differ().for_each(|(_, (before, value))| put_signed(bytes, value.wrapping_sub(*before)));
        return;
    }
    put(bytes, differ().count() as u64);
    let mut last = 0;
    for (place, (before, value)) in differ() {
        put(bytes, (place - last) as u64);
        put_signed(bytes, value.wrapping_sub(*before));
        last = place;
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Small numbers are short on either side of zero.
fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, ((number << 1) ^ (number >> 63)) as u64);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn packed(seq: u64, at: i64, body: &str) -> Packed {
        Packed {
            seq,
            at,
            body: body.to_owned(),
        }
    }

    /// All in blocks; each is left and gone on with after every `stop` readings, as commits do.
    fn blocks(readings: &[Packed], stop: usize) -> Vec<Vec<u8>> {
        let (mut blocks, mut packer) = (Vec::new(), Packer::default());
        for (place, reading) in readings.iter().enumerate() {
            if packer.is_full() {
                blocks.push(std::mem::take(&mut packer).block());
            } else if place % stop == 0 && place > 0 {
                packer = Packer::resume(&packer.block()).unwrap();
            }
            packer.push(reading);
        }
        blocks.push(packer.block());
        blocks
    }

    fn wanted(unpacked: &Unpacked) -> Result<Vec<Packed>, String> {
        unpacked.places.iter().map(|place| unpacked.packed(place)).collect()
    }

    fn all(block: &[u8]) -> Result<Vec<Packed>, String> {
        wanted(&unpack(block, |_, _| true)?)
    }

    fn again(blocks: &[Vec<u8>]) -> Vec<Packed> {
        blocks.iter().flat_map(|block| all(block).unwrap()).collect()
    }

    /// A floor of so many queues, each with a reading a second in which nearly all counts differ.
    fn floor(queues: usize, seconds: i64) -> Vec<Packed> {
        let mut readings = Vec::new();
        for second in 0..seconds {
            for queue in 0..queues {
                let busy = (second * 7 + queue as i64 * 3) % 11;
                let at = 1_795_899_375_672 + second * 1000 + (second * 37 + queue as i64) % 200;
                let reading = json!({
                    "queue": format!("queue_{queue:03}"), "at": at - 40 - busy, "waiting": busy, "longest_wait": 1000 * busy + second % 7,
                    "signed_in": 46, "available": busy % 3, "paused": 2, "offered": 1000 + second + busy, "answered": 980 + second,
                    "abandoned": 17 + second / 9,
                });
                let body = json!({ "v": 1, "record": { "input": { "input": "reading", "reading": reading } } });
                readings.push(packed(readings.len() as u64 + 1, at, &body.to_string()));
            }
        }
        readings
    }

    #[test]
    fn a_reading_takes_few_bytes_and_comes_back_byte_for_byte() {
        for (queues, seconds) in [(1, 1_000), (20, 100), (200, 40)] {
            let readings = floor(queues, seconds);
            let blocks = blocks(&readings, 10 * queues);
            assert_eq!(again(&blocks), readings);
            let bytes: usize = blocks.iter().map(Vec::len).sum();
            let each = bytes as f64 / readings.len() as f64;
            assert!(each <= 16.0, "{each} bytes a reading of {queues} queues");
        }
    }

    #[test]
    fn what_is_not_wanted_is_not_put_together_and_changes_nothing_of_the_rest() {
        let readings = floor(3, 20);
        let [block] = &blocks(&readings, 7)[..] else { panic!() };
        for from in [1, 2, 30, 59, 60, 61] {
            let unpacked = unpack(block, |seq, _| seq >= from).unwrap();
            assert_eq!(wanted(&unpacked).unwrap(), readings[from as usize - 1..]);
            let [first, last] = [&readings[0], &readings[59]].map(|it| (it.seq, it.at));
            let ends = unpacked.ends.map(|ends| ends.map(|end| (end.seq, end.at)));
            assert!(unpacked.in_order && ends == Some([first, last]), "{from}");
        }
    }

    #[test]
    fn what_is_not_a_whole_number_or_not_written_as_we_do_stays_as_it_is() {
        let bodies = [
            r#"{"a":-0,"b":007,"c":1.50,"d":1e3,"e":99999999999999999999,"f":-9223372036854775808,"g":null}"#,
            r#"{"a\"":"b\\","c":"\"","d":["x","x",""],"e":{"f":"大"}}"#,
            r#""""#,
            "",
            "[]",
            "not \"JSON at all",
            "1 2 3",
        ];
        let readings: Vec<Packed> = (1..).zip(bodies).map(|(seq, body)| packed(seq * 3, -7, body)).collect();
        assert_eq!(again(&blocks(&readings, 2)), readings);
    }

    #[test]
    fn a_block_that_is_spoiled_or_of_a_newer_form_is_refused_in_words() {
        assert!(all(&[]).unwrap_err().contains("empty"));
        assert!(all(&[9, 1]).unwrap_err().contains("newer surged"));
        let mut packer = Packer::default();
        floor(2, 5).iter().for_each(|reading| packer.push(reading));
        let block = packer.block();
        for cut in 0..block.len() {
            assert!(all(&block[..cut]).is_err(), "{cut}");
        }
        for bit in 0..block.len() * 8 {
            let mut spoiled = block.clone();
            spoiled[bit / 8] ^= 1 << (bit % 8);
            assert!(all(&spoiled).is_err() && Packer::resume(&spoiled).is_err(), "{bit}");
        }
    }

    #[test]
    fn a_block_of_before_there_were_sums_is_read_and_not_gone_on_with() {
        let mut packer = Packer::default();
        floor(2, 5).iter().for_each(|reading| packer.push(reading));
        let block = [&[WITHOUT_SUM][..], &packer.bytes].concat();
        assert_eq!(all(&block).unwrap(), floor(2, 5));
        assert!(Packer::resume(&block).is_err());
        for cut in 2..block.len() {
            // Cut between two readings it is a shorter block; elsewhere it says so.
            if let Ok(readings) = all(&block[..cut]) {
                assert_eq!(readings, floor(2, 5)[..readings.len()]);
            }
        }
    }

    #[test]
    fn a_small_block_that_would_take_much_memory_is_refused() {
        let mut bytes = Vec::new();
        let shape: String = std::iter::repeat_n(TEXT, 60_000).collect();
        for lane in 0..40_000_u64 {
            // A new lane of the first shape, its time, no new text, and nothing that differs.
            bytes.extend([0, u8::from(lane > 0)]);
            if lane == 0 {
                put_text(&mut bytes, &shape);
            }
            bytes.extend([0, 0, 0]);
        }
        let block = [&[FORMAT][..], &sum(&bytes), &bytes].concat();
        assert_eq!(all(&block), Err(spoiled()));
        assert!(Packer::resume(&block).is_err());
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<u64>().prop_map(serde_json::Value::from),
            (-1e9..1e9).prop_map(serde_json::Value::from),
            "[a-c\"\\\\\u{1}:,大]{0,4}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map("[a-c\":]{0,3}", inner, 0..4)
                    .prop_map(|it| serde_json::Value::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever a reading says, at whatever time, and wherever a commit ends.
        #[test]
        fn everything_comes_back(
            said in prop::collection::vec((1_u64..300, any::<i64>(), value()), 1..40),
            stop in 1_usize..9,
        ) {
            let mut seq = 0;
            let readings: Vec<Packed> = (said.iter())
                .map(|(step, at, value)| {
                    seq += step;
                    packed(seq, *at, &value.to_string())
                })
                .collect();
            prop_assert_eq!(again(&blocks(&readings, stop)), readings);
        }

        /// Bytes that are no block are refused, never a panic, whatever their sum says.
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = all(&[&[WITHOUT_SUM][..], &bytes].concat());
            let _ = Packer::resume(&[&[FORMAT][..], &sum(&bytes), &bytes].concat());
        }
    }
}
