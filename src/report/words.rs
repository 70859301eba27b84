//! What stands in a report, in three languages; names are the house's.

use crate::words::Language;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXTS: LazyLock<BTreeMap<String, [String; 3]>> =
    LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());

/// The text of a key with `{name}` filled in.
pub(super) fn text(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let text = TEXTS.get(key).map_or(key, |texts| &texts[language as usize]);
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::super::model::Lack;
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn every_text_is_there_in_three_languages_with_the_same_values() {
        assert!(TEXTS.len() > 80, "the table must be readable");
        let places = |text: &str| {
            let named = text.split('{').skip(1).filter_map(|it| it.split('}').next());
            let mut places: Vec<String> = named.map(str::to_owned).collect();
            places.sort();
            places
        };
        for (key, texts) in TEXTS.iter() {
            for text in texts {
                assert!(!text.is_empty(), "{key}");
                assert_eq!(places(text), places(&texts[0]), "{key}: {text}");
            }
        }
    }

    #[test]
    fn every_lack_and_every_doubt_has_its_words() {
        let lacks = Lack::VARIANTS.iter().map(|it| format!("lack.{}", it.as_str()));
        let doubts = crate::shift::Doubt::VARIANTS
            .iter()
            .map(|it| format!("doubt.{}", it.as_str()));
        for key in lacks.chain(doubts) {
            assert!(TEXTS.contains_key(&key), "{key}");
        }
    }
}
