//! What stands on the sheet, in three languages; names are the house's.

use crate::words::Language;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXTS: LazyLock<BTreeMap<String, [String; 3]>> =
    LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());
pub(super) fn text(key: &str, language: Language) -> &'static str {
    TEXTS.get(key).map_or("", |texts| &texts[language as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_three_languages_with_the_same_values() {
        assert!(TEXTS.len() > 40, "the table must be readable");
        let places = |text: &str| {
            let mut places: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|it| it.split('}').next())
                .map(str::to_owned)
                .collect();
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
}
