//! Causes: sentences of our own that were written down in English, or come from far below, in the reader's language. A cause is known by its
//! English text, in which gaps stand for whatever it names; what stands in a gap may be a cause again.

use super::Language;
use std::sync::LazyLock;

/// How deep causes stand in causes.
const DEPTH: usize = 4;

/// An English text: what stands before, between and behind its gaps, and what these are called.
struct Known {
    key: &'static str,
    literals: Vec<&'static str>,
    gaps: Vec<&'static str>,
}

/// Those that say most first, so that no gap takes what another text says.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let lines = Language::En.of_causes().lines();
    let mut known: Vec<Known> = lines.filter_map(Known::read).collect();
    known.sort_by_key(|it| std::cmp::Reverse(it.literals.iter().map(|literal| literal.len()).sum::<usize>()));
    known
});

impl Language {
    /// A cause in this language. One that is not known stays as it was written: others may have written it.
    pub fn cause(self, said: &str) -> String {
        match self {
            Language::En => said.to_owned(),
            Language::ZhHans | Language::ZhHant => self.caused(said, DEPTH),
        }
    }

    fn caused(self, said: &str, depth: usize) -> String {
        let found = || KNOWN.iter().find_map(|known| Some((known, known.takes_apart(said)?)));
        let Some((known, gaps)) = (depth > 0).then(found).flatten() else {
            return said.to_owned();
        };
        let gaps: Vec<String> = gaps.into_iter().map(|gap| self.caused(gap, depth - 1)).collect();
        let values = known.gaps.iter().zip(&gaps).map(|(name, gap)| (*name, gap.as_str()));
        let told = self.text(&format!("cause.{}", known.key), &Vec::from_iter(values));
        told.unwrap_or_else(|| said.to_owned())
    }
}

impl Known {
    /// A line of the table: `cause-key = text { $gap } text`.
    fn read(line: &'static str) -> Option<Known> {
        let (key, text) = line.strip_prefix("cause-")?.split_once(" = ")?;
        let mut parts = text.split("{ $");
        let mut literals = Vec::from_iter(parts.next());
        let mut gaps = Vec::new();
        for part in parts {
            let (gap, literal) = part.split_once(" }")?;
            gaps.push(gap);
            literals.push(literal);
        }
        Some(Known { key, literals, gaps })
    }

    /// What stands in the gaps of this text, if it is this text.
    fn takes_apart<'a>(&self, said: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.literals.split_first()?;
        let mut said = said.strip_prefix(first)?;
        let Some((last, between)) = rest.split_last() else {
            return said.is_empty().then(Vec::new);
        };
        let mut gaps = Vec::with_capacity(self.gaps.len());
        for literal in between {
            let (gap, behind) = said.split_once(literal)?;
            gaps.push(gap);
            said = behind;
        }
        gaps.push(said.strip_suffix(last)?);
        gaps.iter().all(|gap| !gap.is_empty()).then_some(gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_in_the_readers_language_with_what_it_names() {
        let said = "the duty log /var/lib/surged/surged.db takes nothing: the disk is full, or a quota is used up; free some room, it goes on by \
                    itself";
        assert_eq!(
            Language::ZhHans.cause(said),
            "值班日志 /var/lib/surged/surged.db 无法写入：磁盘已满，或配额已用完；请腾出空间，之后会自行恢复"
        );
        assert_eq!(Language::En.cause(said), said);
        let written = "the exchange is rebooting";
        assert_eq!(Language::ZhHant.cause(written), written);
    }

    #[test]
    fn each_text_of_the_table_is_known_again_by_itself() {
        for line in Language::En
            .of_causes()
            .lines()
            .filter(|line| line.starts_with("cause-"))
        {
            let known = Known::read(line).unwrap_or_else(|| panic!("{line}"));
            let values: Vec<(&str, &str)> = known.gaps.iter().map(|gap| (*gap, "<x>")).collect();
            let english = Language::En.text(&format!("cause.{}", known.key), &values).unwrap();
            for language in [Language::ZhHans, Language::ZhHant] {
                let expected = language.text(&format!("cause.{}", known.key), &values).unwrap();
                assert_eq!(language.cause(&english), expected, "{english}");
            }
        }
    }
}
