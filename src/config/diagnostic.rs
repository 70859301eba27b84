//! What is wrong with a file: every problem at its place, with the line itself and what to write instead.

use super::sentence::{Sentence, say};
use crate::words::Language;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// Problems shown of one file; more are counted, since a person mends from the top.
pub const PROBLEMS_MAX: usize = 200;
/// Problems kept of one file before they are sorted; what is found beyond is only counted.
const KEPT_MAX: usize = 10_000;
/// Longest piece of a line that a drawing shows, in bytes.
const LINE_BYTES_MAX: usize = 400;

/// What sort of problem it is; stable words for scripts.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not TOML.
    Syntax,
    /// No such key.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of another type than the key takes.
    WrongType,
    /// A value of the right type that the key does not take.
    BadValue,
    /// A key or value that this version does not obey.
    NotObeyed,
    /// A name of something that the file does not define.
    UnknownName,
    /// Two things that cannot both be meant.
    Contradiction,
    /// More than a named limit allows.
    Limit,
    /// A file or variable that the configuration points to.
    File,
    /// Known only until a day that is near or over.
    RunsOut,
    /// Advice: people whom no tier asks for.
    PoolUnused,
    /// Advice: a ladder that never comes into force.
    LadderUnused,
    /// Advice: more asked than there are.
    SeatsBeyondPool,
    /// Advice: a tier that would fire before one that stands before it.
    TierOutOfOrder,
    /// Advice: people go back at the line at which they are called.
    NoRoomForCalm,
    /// Advice: a tier that is not called on the worst of days.
    NeverAtMany,
    /// Advice: step by step, however many wait.
    SlowAtMany,
    /// Advice: a tier that hardly ever fires.
    TierRare,
    /// Advice: a tier that fires all the time.
    TierOften,
    /// Advice: a tier that is due with nobody to ask.
    NobodyToAsk,
    /// Advice: readings too rare for a timer.
    ReadingGap,
    /// Advice: a line that is crossed all the time.
    LineCrossed,
    /// Advice: people walk over and back.
    ShortStays,
    /// Advice: too few people, whatever is called.
    TooFew,
}

/// Whether the configuration can be used in spite of it.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can for now; the daemon itself may not start with it.
    Warning,
    /// It can; there is something to be said about it all the same (`check --deep`).
    Advice,
}

/// One problem at bytes `span` of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Whether it keeps the file from being used.
    pub severity: Severity,
    /// What sort.
    pub code: Code,
    /// Where, in bytes of the text.
    pub span: Range<usize>,
    /// What was expected and what came.
    pub message: Sentence,
    /// Why it matters, where that does not go without saying.
    pub why: Option<Sentence>,
    /// What to write instead.
    pub help: Option<Sentence>,
}

/// Problems as they are found.
#[derive(Default, Debug)]
pub struct Problems {
    kept: Vec<Problem>,
    left_out: usize,
    failed: bool,
}

impl Problems {
    /// Notes one that keeps the file from being used.
    pub fn error(&mut self, code: Code, span: Range<usize>, message: impl Into<Sentence>, help: impl Into<Sentence>) {
        self.note(Severity::Error, code, span, message, help);
    }

    /// Notes one of either severity; an empty help is none.
    pub fn note(
        &mut self,
        severity: Severity,
        code: Code,
        span: Range<usize>,
        message: impl Into<Sentence>,
        help: impl Into<Sentence>,
    ) {
        self.failed |= severity == Severity::Error;
        if self.kept.len() == KEPT_MAX {
            self.left_out += 1;
            return;
        }
        let help = Some(help.into()).filter(|help| !help.is_empty());
        self.kept.push(Problem {
            severity,
            code,
            span,
            message: message.into(),
            why: None,
            help,
        });
    }

    /// Notes what does not keep the file from being used, and why it matters all the same.
    pub fn advise(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<Sentence>,
        why: impl Into<Sentence>,
        help: impl Into<Sentence>,
    ) {
        if self.kept.len() == KEPT_MAX {
            self.left_out += 1;
            return;
        }
        self.kept.push(Problem {
            severity: Severity::Advice,
            code,
            span,
            message: message.into(),
            why: Some(why.into()),
            help: Some(help.into()),
        });
    }

    /// Whether more were noted than are shown, so that it is not worth searching for what else might have been meant.
    pub fn are_many(&self) -> bool {
        self.kept.len() > PROBLEMS_MAX
    }

    /// Whether something goes beyond a named limit.
    pub fn exceed_a_limit(&self) -> bool {
        self.kept.iter().any(|problem| problem.code == Code::Limit)
    }

    /// Adds what was found after the syntax errors that these are. What they may have brought about themselves is left for the
    /// next time: all on their lines, and whatever depends on a key or table that they may have swallowed.
    pub fn follow(&mut self, meant: Problems, text: &str) {
        if self.kept.is_empty() {
            *self = meant;
            return;
        }
        let line = |at: usize| {
            text.as_bytes()[..at.min(text.len())]
                .iter()
                .filter(|b| **b == b'\n')
                .count()
        };
        let broken: BTreeSet<usize> = self
            .kept
            .iter()
            .take(PROBLEMS_MAX)
            .map(|p| line(p.span.start))
            .collect();
        let own = |p: &Problem| {
            matches!(
                p.code,
                Code::UnknownKey | Code::WrongType | Code::BadValue | Code::NotObeyed
            )
        };
        let mut own: Vec<Problem> = meant.kept.into_iter().filter(own).take(PROBLEMS_MAX).collect();
        own.retain(|p| !broken.contains(&line(p.span.start)));
        self.kept.append(&mut own);
    }

    /// Adds what was found in another form of the text; `back` leads to its place in this one. What stands where a problem was
    /// told already is left out.
    pub fn take_back(&mut self, found: Problems, back: impl Fn(Range<usize>) -> Range<usize>) {
        let told: Vec<Range<usize>> = self.kept.iter().map(|problem| problem.span.clone()).collect();
        for problem in found.kept {
            let span = back(problem.span);
            if !told.iter().any(|it| it.contains(&span.start)) {
                self.note(
                    problem.severity,
                    problem.code,
                    span,
                    problem.message,
                    problem.help.unwrap_or_else(|| "".into()),
                );
            }
        }
        self.left_out += found.left_out;
    }

    /// All of them, as they stand in the file.
    pub fn of_file(mut self, file: &str, text: &str) -> Diagnostics {
        self.kept
            .sort_by(|a, b| (a.span.start, a.code, &a.message).cmp(&(b.span.start, b.code, &b.message)));
        self.kept.dedup();
        let left_out = self.left_out + self.kept.len().saturating_sub(PROBLEMS_MAX);
        self.kept.truncate(PROBLEMS_MAX);
        let lines = Lines::of(text);
        let found = self.kept.into_iter().map(|p| lines.place(file, text, p)).collect();
        Diagnostics {
            found,
            left_out,
            failed: self.failed,
            language: Language::default(),
        }
    }
}

/// All problems of a configuration, file by file, each in its order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    left_out: usize,
    failed: bool,
    language: Language,
}

/// One problem as scripts read it (`check --format json`).
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Diagnostic {
    /// The file as it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// Whether it keeps the file from being used.
    pub severity: Severity,
    /// What sort.
    pub code: Code,
    /// What was expected and what came.
    pub message: String,
    /// Why it matters, where that does not go without saying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// The line itself.
    pub line_text: String,
    /// Bytes of `line_text` that are meant.
    #[serde(skip)]
    mark: Range<usize>,
    #[serde(skip)]
    said: Said,
}

/// What is said of a problem, to be told in any language.
#[derive(Clone, PartialEq, Debug)]
struct Said {
    message: Sentence,
    why: Option<Sentence>,
    help: Option<Sentence>,
}

impl Diagnostics {
    /// A problem with the file as a whole, such as one that cannot be read.
    pub fn of_whole_file(file: &str, message: impl Into<Sentence>, help: impl Into<Sentence>) -> Diagnostics {
        let mut problems = Problems::default();
        problems.error(Code::File, 0..0, message, help);
        problems.of_file(file, "")
    }

    /// The same in another language, as far as its table goes.
    #[must_use]
    pub fn told_in(mut self, language: Language) -> Diagnostics {
        self.language = language;
        for one in &mut self.found {
            let told = |sentence: &Option<Sentence>| Some(sentence.as_ref()?.told_in(language));
            one.message = one.said.message.told_in(language);
            one.why = told(&one.said.why);
            one.help = told(&one.said.help);
        }
        self
    }

    /// Adds those of another file.
    pub fn and(mut self, other: Diagnostics) -> Diagnostics {
        self.found.extend(other.found);
        self.left_out += other.left_out;
        self.failed |= other.failed;
        self
    }

    /// The problems, of each file at most [`PROBLEMS_MAX`].
    pub fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// How many were found beyond [`PROBLEMS_MAX`].
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Whether any of them keeps the file from being used.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Drawn for a person, one below the other, with the lines and marks beneath them.
    pub fn render(&self, colour: bool) -> String {
        let names = Names::of(self.language);
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut drawn: Vec<String> = self.found.iter().map(|d| d.drawn(&renderer, &names)).collect();
        if self.left_out > 0 {
            let more = say!("more", count = self.left_out.to_string());
            drawn.push(more.told_in(self.language));
        }
        drawn.join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// How the sorts of lines are called.
struct Names {
    error: String,
    warning: String,
    advice: String,
    note: String,
    help: String,
}

impl Names {
    fn of(language: Language) -> Names {
        Names {
            error: say!("error").told_in(language),
            warning: say!("warning").told_in(language),
            advice: say!("advice").told_in(language),
            note: say!("note").told_in(language),
            help: say!("help").told_in(language),
        }
    }
}

impl Diagnostic {
    /// In one line: `surged.toml:12:8: unknown key; write ...`.
    pub fn one_line(&self) -> String {
        let help = self.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}:{}:{}: {}{help}", self.file, self.line, self.column, self.message)
    }

    /// The drawing, told by the column of the file: it is given a piece of a long line, and counts in that.
    fn drawn(&self, renderer: &Renderer, names: &Names) -> String {
        let drawn = renderer.render(&[self.draw(names)]);
        let before = self.line_text.get(..self.mark.start).unwrap_or_default();
        let counted = before.chars().count() + 1;
        if counted == self.column {
            return drawn;
        }
        let place = |column: usize| format!("{}:{}:{column}", self.file, self.line);
        drawn.replacen(&place(counted), &place(self.column), 1)
    }

    fn draw<'a>(&'a self, names: &'a Names) -> Group<'a> {
        let level = match self.severity {
            Severity::Error => Level::ERROR.with_name(names.error.as_str()),
            Severity::Warning => Level::WARNING.with_name(names.warning.as_str()),
            Severity::Advice => Level::INFO.with_name(names.advice.as_str()),
        };
        let mut group = Group::with_title(level.primary_title(self.message.as_str()));
        if self.line_text.is_empty() {
            group = group.element(annotate_snippets::Origin::path(self.file.as_str()).line(self.line));
        } else {
            group = group.element(
                Snippet::source(self.line_text.as_str())
                    .path(self.file.as_str())
                    .line_start(self.line)
                    .annotation(AnnotationKind::Primary.span(self.mark.clone())),
            );
        }
        if let Some(why) = &self.why {
            group = group.element(Level::NOTE.with_name(names.note.as_str()).message(why.as_str()));
        }
        match &self.help {
            Some(help) => group.element(Level::HELP.with_name(names.help.as_str()).message(help.as_str())),
            None => group,
        }
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(
            std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
        )
    }

    /// Only the line of a problem goes into its drawing, so that drawing costs no more in a long file.
    fn place(&self, file: &str, text: &str, problem: Problem) -> Diagnostic {
        let start = floor_char(text, problem.span.start);
        let line = self.0.partition_point(|&begin| begin <= start);
        let begin = self.0.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let whole = text[begin..].lines().next().unwrap_or("");
        let column = text[begin..start].chars().count() + 1;
        // A very long line is cut around the place.
        let from = match (start - begin).checked_sub(LINE_BYTES_MAX / 2) {
            Some(over) if whole.len() > LINE_BYTES_MAX => floor_char(whole, over),
            _ => 0,
        };
        let shown = &whole[from..floor_char(whole, from + LINE_BYTES_MAX)];
        let mark_from = floor_char(shown, start - begin - from);
        let mark_to = floor_char(shown, problem.span.end.saturating_sub(begin + from)).max(mark_from);
        Diagnostic {
            file: file.to_owned(),
            line,
            column,
            severity: problem.severity,
            code: problem.code,
            message: problem.message.to_string(),
            why: problem.why.as_ref().map(Sentence::to_string),
            help: problem.help.as_ref().map(Sentence::to_string),
            said: Said {
                message: problem.message,
                why: problem.why,
                help: problem.help,
            },
            line_text: shown.to_owned(),
            mark: mark_from..mark_to,
        }
    }
}

/// The last character boundary at or before `at`.
fn floor_char(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "甲 = 1\r\n乙丙 = 2\n";
        let at = text.find('2').unwrap();
        let mut problems = Problems::default();
        problems.error(Code::BadValue, at..at + 1, "no", "");
        let found = problems.of_file("a.toml", text);
        let d = &found.found()[0];
        assert_eq!((d.line, d.column, d.line_text.as_str()), (2, 6, "乙丙 = 2"));
        assert_eq!(&d.line_text[d.mark.clone()], "2");
    }

    #[test]
    fn a_place_in_a_long_line_is_told_by_its_own_column() {
        let names: Vec<String> = (0..60).map(|n| format!("\"王{n:02}\"")).collect();
        let text = format!("people = [{}]", names.join(", "));
        let mut problems = Problems::default();
        for name in [&names[57], &names[59]] {
            let at = text.find(name).unwrap();
            problems.error(Code::BadValue, at..at + name.len(), "no", "write something else");
        }
        let found = problems.of_file("a.toml", &text);
        let drawn = found.render(false);
        for (one, name) in found.found().iter().zip([&names[57], &names[59]]) {
            let column = text[..text.find(name).unwrap()].chars().count() + 1;
            assert_eq!(one.column, column);
            assert!(
                drawn.contains(&format!(" --> a.toml:1:{column}\n")),
                "{column}: {drawn}"
            );
            assert_eq!(&one.line_text[one.mark.clone()], name);
        }
        assert!(
            found
                .render(true)
                .contains(&format!("a.toml:1:{}", found.found()[1].column))
        );
    }

    #[test]
    fn a_place_beyond_the_end_or_inside_a_character_is_drawn_all_the_same() {
        for span in [0..0, 1..2, 3..999, 999..1000] {
            let mut problems = Problems::default();
            problems.error(Code::Syntax, span, "no", "write something else");
            assert!(problems.of_file("a.toml", "甲\n").render(false).contains("no"));
        }
    }

    #[test]
    fn of_many_problems_the_first_are_shown_and_the_rest_counted() {
        let mut problems = Problems::default();
        for i in 0..PROBLEMS_MAX + 3 {
            problems.error(Code::Syntax, i..i, "no", "");
        }
        let found = problems.of_file("a.toml", &"x".repeat(1_000));
        assert_eq!((found.found().len(), found.left_out()), (PROBLEMS_MAX, 3));
        assert!(found.render(false).ends_with("and 3 more: mend these first"));
    }
}
