//! Slips of the hand that would make a parser stumble over what comes after them: signs of a Chinese keyboard, one bracket of
//! a table's two, a brace that is never closed.
//!
//! Each is told once, at its place, and mended in a copy of the text: what is said of the rest is then said of what was meant.
//! A file with a slip is at fault all the same.

use super::diagnostic::{Code, Problems};
use super::sentence::{Part, Sentence, say};
use super::shape::{Kind, Shape};
use super::tables::ROOT;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// A text with its slips mended, and the way back to what was written.
#[derive(Default)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// Where it differs, in its own bytes: from here on, this many bytes further back in the text as written.
    shifts: Vec<(usize, isize)>,
}

impl Mended {
    /// A place of the mended text in the text as it was written.
    pub fn back(&self, span: Range<usize>) -> Range<usize> {
        self.place(span.start)..self.place(span.end)
    }

    fn place(&self, at: usize) -> usize {
        let known = self.shifts.partition_point(|(from, _)| *from <= at);
        let shift = known.checked_sub(1).map_or(0, |last| self.shifts[last].1);
        at.saturating_add_signed(-shift)
    }

    fn push(&mut self, written: &str, meant: &str) {
        self.text.push_str(meant);
        let before = self.shifts.last().map_or(0, |(_, shift)| *shift);
        let shift = before + meant.len().cast_signed() - written.len().cast_signed();
        if shift != before {
            self.shifts.push((self.text.len(), shift));
        }
    }
}

/// Mends what is found, and tells of it. `broken`: the text as written is not TOML, so that signs may be meant for others: in a good
/// file there are none outside of texts. `None`: there is nothing to mend.
pub fn mend(text: &str, broken: bool, problems: &mut Problems) -> Option<Mended> {
    let mut mended = Mended::default();
    let mut brackets: BTreeMap<String, (Range<usize>, usize)> = BTreeMap::new();
    let mut begin = 0;
    let mut inside = None;
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let span = begin..begin + line.len();
        begin = span.end;
        let mut meant = Cow::Borrowed(line);
        // Of a text over several lines nothing is mended.
        if let Some(quotes) = ["\"\"\"", "'''"]
            .into_iter()
            .find(|it| line.matches(it).count() % 2 == 1)
        {
            inside = match inside {
                None => Some(quotes),
                Some(open) if open == quotes => None,
                still => still,
            };
            mended.push(line, line);
            continue;
        }
        if inside.is_some() {
            mended.push(line, line);
            continue;
        }
        if broken && let Some(typed) = typed(line) {
            let at = span.start + typed.first;
            let help = say!("write", text = typed.meant.trim());
            problems.error(Code::Syntax, at..at + typed.length, typed.message, help);
            meant = Cow::Owned(typed.meant);
        }
        if let Some(path) = table_of_one_bracket(&meant) {
            let path = path.to_owned();
            brackets
                .entry(path.clone())
                .and_modify(|(_, times)| *times += 1)
                .or_insert((span.start..span.start + line.trim_end().len(), 1));
            meant = Cow::Owned(format!("[[{path}]]\n"));
        } else if broken
            && let Some((at, missing)) = unclosed(&meant)
            && !goes_on(lines.clone())
        {
            let whole = format!("{}{missing}{}", &meant[..at], &meant[at..]);
            let message = say!("missing_at_end", missing = missing.trim());
            let end = span.start + content(line).len();
            problems.error(
                Code::Syntax,
                end..end,
                message,
                say!("write", text = content(&whole).trim()),
            );
            meant = Cow::Owned(whole);
        }
        mended.push(line, &meant);
    }
    for (path, (span, times)) in brackets {
        let help = say!("write", text = format!("[[{path}]]"));
        let message = match times {
            1 => say!("brackets", path = path),
            _ => say!("brackets_again", path = path, times = (times - 1).to_string()),
        };
        problems.error(Code::Syntax, span, message, help);
    }
    (!mended.shifts.is_empty()).then_some(mended)
}

/// The sign of TOML that a Chinese keyboard's sign stands for.
pub fn sign(typed: char) -> Option<char> {
    let meant = match typed {
        '\u{201c}' | '\u{201d}' | '\u{300c}' | '\u{300d}' => '"',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{3001}' => ',',
        '\u{3002}' => '.',
        '\u{3010}' => '[',
        '\u{3011}' => ']',
        '\u{3000}' | '\u{a0}' => ' ',
        // The full-width forms of ASCII, in its order.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(typed) - 0xfee0)?,
        _ => return None,
    };
    Some(meant)
}

/// A text with every such sign replaced; `None` where there is none.
pub fn plain(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|it| sign(it).unwrap_or(it)).collect();
    (plain != text).then_some(plain)
}

/// Says which signs of a text are a Chinese keyboard's.
pub fn named(text: &str) -> Sentence {
    let mut seen: Vec<char> = Vec::new();
    let signs = text.chars().filter(|it| sign(*it).is_some());
    signs.for_each(|it| {
        if !seen.contains(&it) {
            seen.push(it);
        }
    });
    const SHOWN: usize = 6;
    let each = seen.iter().take(SHOWN).filter_map(|it| {
        let code = format!("U+{:04X}", u32::from(*it));
        Some(match sign(*it)? {
            ' ' => say!("sign_of_space", sign = it.to_string(), code = code),
            meant => say!("sign", sign = it.to_string(), code = code, meant = meant.to_string()),
        })
    });
    Sentence::of("typed", [("signs", Part::List(each.collect()))])
}

/// A line with signs of a Chinese keyboard where TOML has its own.
struct Typed {
    /// Byte of the line at which the first stands.
    first: usize,
    length: usize,
    message: Sentence,
    meant: String,
}

fn typed(line: &str) -> Option<Typed> {
    let mut meant = String::new();
    let mut signs = String::new();
    let mut first = None;
    // The sign that ends the text in which we are: as it was typed, and what else ends it.
    let mut inside: Option<char> = None;
    let (last_double, last_single) = (line.rfind('"'), line.rfind('\''));
    for (at, it) in line.char_indices() {
        let ascii = sign(it).unwrap_or(it);
        let quote = matches!(ascii, '"' | '\'');
        let last = if ascii == '"' { last_double } else { last_single };
        let closes = inside == Some(ascii) && (it == ascii || last < Some(at));
        let outside = inside.is_none() && it != ascii;
        if outside || (closes && it != ascii) {
            first.get_or_insert((at, it.len_utf8()));
            signs.push(it);
            meant.push(ascii);
        } else {
            meant.push(it);
        }
        match inside {
            None if quote => inside = Some(ascii),
            None if ascii == '#' => {
                meant.push_str(&line[at + it.len_utf8()..]);
                break;
            }
            Some(_) if closes => inside = None,
            _ => {}
        }
    }
    let (first, length) = first?;
    Some(Typed {
        first,
        length,
        message: named(&signs),
        meant,
    })
}

/// A line without its comment and the space at its end.
fn content(line: &str) -> &str {
    let mut inside = None;
    for (at, it) in line.char_indices() {
        match (inside, it) {
            (None, '#') => return line[..at].trim_end(),
            (None, '"' | '\'') => inside = Some(it),
            (Some(quote), it) if quote == it => inside = None,
            _ => {}
        }
    }
    line.trim_end()
}

/// `[a.b]` where the configuration has `[[a.b]]`: the path between the brackets.
fn table_of_one_bracket(line: &str) -> Option<&str> {
    let path = content(line).trim_start().strip_prefix('[')?.strip_suffix(']')?;
    if path.contains(['[', ']', '"', '\'', '=']) {
        return None;
    }
    let mut kind: Option<&'static Kind> = None;
    for (n, key) in path.split('.').map(str::trim).enumerate() {
        kind = match (n, kind) {
            (0, _) => key_of(&ROOT, key),
            (_, Some(Kind::Table(shape))) => key_of(shape, key),
            (_, Some(Kind::Named(each, _))) => Some(each),
            _ => None,
        };
        kind?;
    }
    matches!(kind, Some(Kind::List(Kind::Table(_) | Kind::Tagged(..), _))).then_some(path)
}

fn key_of(shape: &'static Shape, name: &str) -> Option<&'static Kind> {
    shape.keys.iter().find(|key| key.name == name).map(|key| &key.kind)
}

/// What is missing at the end of a line that opens a brace or bracket and does not go on in the next one, and at which byte.
fn unclosed(line: &str) -> Option<(usize, String)> {
    let content = content(line);
    let (_, value) = content.split_once('=')?;
    if value.trim_end().ends_with([',', '{', '[', '=']) {
        return None;
    }
    let mut open = Vec::new();
    let mut inside = None;
    for it in value.chars() {
        match (inside, it) {
            (None, '"' | '\'') => inside = Some(it),
            (Some(quote), it) if quote == it => inside = None,
            (None, '{') => open.push('}'),
            (None, '[') => open.push(']'),
            (None, '}' | ']') => {
                open.pop().filter(|wanted| *wanted == it)?;
            }
            _ => {}
        }
    }
    if open.is_empty() || inside.is_some() {
        return None;
    }
    let missing: String = open.iter().rev().collect();
    let space = if open.last() == Some(&'}') { " " } else { "" };
    Some((content.len(), format!("{space}{missing}")))
}

/// Whether the next line that says anything ends or continues the value before it; `[` begins a table.
fn goes_on<'t>(mut rest: impl Iterator<Item = &'t str>) -> bool {
    let next = rest.find(|line| !content(line).is_empty());
    next.is_some_and(|next| next.trim_start().starts_with(['}', ']', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str, broken: bool) -> String {
        let mut problems = Problems::default();
        mend(text, broken, &mut problems).map_or_else(|| text.to_owned(), |it| it.text)
    }

    #[test]
    fn signs_of_a_chinese_keyboard_are_mended_where_they_are_no_text() {
        for (written, meant) in [
            ("name = “专家”\n", "name = \"专家\"\n"),
            ("name ＝ \"专家，外呼\"\n", "name = \"专家，外呼\"\n"),
            (
                "pools ＝ ［“expert”，“外呼，二线”］\n",
                "pools = [\"expert\",\"外呼，二线\"]\n",
            ),
            ("name = \"专家”\n", "name = \"专家\"\n"),
            ("seats = ３　# ３ 位“专家”\n", "seats = 3 # ３ 位“专家”\n"),
            ("【queue.inbound】\n", "[queue.inbound]\n"),
        ] {
            assert_eq!(mended(written, true), meant);
            assert_eq!(mended(written, false), written, "what is TOML is left as it is");
        }
    }

    #[test]
    fn a_text_over_several_lines_is_left_as_it_is() {
        let text = "a = \"\"\"\n“甲”，\n\"\"\"\nb ＝ 1\n";
        assert_eq!(mended(text, true), text.replace('＝', "="));
    }

    #[test]
    fn a_mistyped_table_of_one_bracket_is_mended_at_once() {
        assert_eq!(mended("［ladder．day．tier］\n", true), "[[ladder.day.tier]]\n");
    }

    #[test]
    fn places_lead_back_to_what_was_written() {
        let text = "a ＝ “x”\nb = 1\n";
        let mut problems = Problems::default();
        let mended = mend(text, true, &mut problems).unwrap();
        let at = mended.text.find("b = 1").unwrap();
        assert_eq!(mended.back(at..at + 5), text.find("b = 1").unwrap()..text.len() - 1);
    }

    #[test]
    fn a_brace_is_missing_only_where_the_value_does_not_go_on() {
        assert_eq!(
            mended("when = { a = 1, b = [2, 3 # why\nc = 1\n", true),
            "when = { a = 1, b = [2, 3]} # why\nc = 1\n"
        );
        assert_eq!(mended("when = { a = \"{\"\n[x]\n", true), "when = { a = \"{\" }\n[x]\n");
        for whole in [
            "p = [\n  1,\n  2\n]\n",
            "p = { a = 1\n}\n",
            "p = [1,\n2]\n",
            "p = \"{[\"\n",
            "p = [1\n, 2]\n",
        ] {
            assert_eq!(mended(whole, true), whole);
        }
    }

    #[test]
    fn one_bracket_is_mended_where_the_table_may_stand_several_times() {
        assert_eq!(mended("[ladder.day.tier]\n", false), "[[ladder.day.tier]]\n");
        for right in [
            "[ladder.day]\n",
            "[[ladder.day.tier]]\n",
            "[queue.calendar]\n",
            "[pool]\n",
            "[no.such]\n",
        ] {
            assert_eq!(mended(right, false), right);
        }
    }
}
