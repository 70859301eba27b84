//! What is said of a problem. A sentence out of the tables of `words` can be said in each of their languages; one that is not there
//! yet is English in all of them.

use crate::words::Language;
use std::fmt;

/// A sentence, in English as it stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Sentence {
    english: String,
    made_of: Option<MadeOf>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct MadeOf {
    key: &'static str,
    parts: Vec<(&'static str, Part)>,
}

/// What is put into a sentence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// As it was written, or is to be written.
    Written(String),
    /// Words, which each language has of its own.
    Said(Sentence),
    /// Several of them.
    List(Vec<Sentence>),
}

impl Sentence {
    /// The sentence of the tables under `check.KEY`, with its parts.
    pub fn of<const N: usize>(key: &'static str, parts: [(&'static str, Part); N]) -> Sentence {
        let made_of = MadeOf {
            key,
            parts: parts.into(),
        };
        // A test holds that every key is there.
        let english = made_of.within(Language::En).unwrap_or_else(|| key.to_owned());
        Sentence {
            english,
            made_of: Some(made_of),
        }
    }

    /// In this language, as a whole; where it, or a part of it, is not there yet, in English.
    pub fn told_in(&self, language: Language) -> String {
        self.within(language).unwrap_or_else(|| self.english.clone())
    }

    /// In English.
    pub fn english(&self) -> &str {
        &self.english
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.english.is_empty()
    }

    fn within(&self, language: Language) -> Option<String> {
        match &self.made_of {
            _ if language == Language::En => Some(self.english.clone()),
            Some(made_of) => made_of.within(language),
            None => None,
        }
    }
}

impl MadeOf {
    fn within(&self, language: Language) -> Option<String> {
        let told = |part: &Part| match part {
            Part::Written(text) => Some(text.clone()),
            Part::Said(sentence) => sentence.within(language),
            Part::List(sentences) => {
                let each: Option<Vec<String>> = sentences.iter().map(|it| it.within(language)).collect();
                each.map(|each| language.list(&each))
            }
        };
        let parts: Option<Vec<(&str, String)>> = self
            .parts
            .iter()
            .map(|(name, part)| Some((*name, told(part)?)))
            .collect();
        let parts = parts?;
        let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        language.text(&format!("check.{}", self.key), &parts)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl From<String> for Sentence {
    fn from(english: String) -> Sentence {
        Sentence { english, made_of: None }
    }
}

impl From<&str> for Sentence {
    fn from(english: &str) -> Sentence {
        english.to_owned().into()
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Part {
        Part::Written(visible(text))
    }
}

impl From<String> for Part {
    fn from(text: String) -> Part {
        Part::from(text.as_str())
    }
}

/// A text whose every character is seen: two names that look alike and are not the same are told apart by it.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for it in text.chars() {
        match is_hidden(it) {
            true => shown.extend(it.escape_unicode()),
            false => shown.push(it),
        }
    }
    shown
}

/// Whether nothing is seen of a character, or it changes how others are seen.
fn is_hidden(it: char) -> bool {
    match it {
        '\n' | '\t' => false,
        // Soft hyphens and joiners, marks and turns of the direction, selectors of variants, fillers, tags.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

impl From<Sentence> for Part {
    fn from(sentence: Sentence) -> Part {
        Part::Said(sentence)
    }
}

/// A sentence of the tables: its key, and its parts by name.
macro_rules! say {
    ($key:literal $(, $name:ident = $part:expr)* $(,)?) => {
        $crate::config::sentence::Sentence::of($key, [$((stringify!($name), $crate::config::sentence::Part::from($part))),*])
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let unknown = say!("unknown_name", table = "pool", name = "ex\u{200b}pert\u{202e}");
        assert_eq!(unknown.english(), "there is no pool `ex\\u{200b}pert\\u{202e}`");
        let plain = "王芳 é\u{301} two\nlines";
        assert_eq!(Part::from(plain), Part::Written(plain.to_owned()));
    }

    #[test]
    fn a_sentence_is_told_as_a_whole_or_in_english() {
        let known = say!("unknown_key", table = "a queue", key = "prio");
        assert_eq!(known.english(), "a queue has no key `prio`");
        assert_eq!(known.told_in(Language::ZhHans), "这里没有 `prio` 这个键");
        assert_eq!(known.told_in(Language::ZhHant), "這裡沒有 `prio` 這個鍵");
        let foreign = Sentence::from("dates such as 05-17");
        let half = say!("takes", key = "dates", kind = foreign, came = say!("array"));
        let english = "`dates` takes dates such as 05-17, and an array came";
        assert_eq!(half.told_in(Language::ZhHans), english);
        let signs = Part::List(vec![say!("array"), say!("table")]);
        assert_eq!(
            Sentence::of("typed", [("signs", signs)]).told_in(Language::ZhHans),
            "用了中文输入法的符号：数组、表"
        );
    }
}
