//! What stands on the sheet, in three languages; names and verbs are the page's own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXTS: LazyLock<BTreeMap<String, [String; 3]>> =
    LazyLock::new(|| serde_json::from_str(include_str!("words.json")).unwrap_or_default());
static BUILT_IN: LazyLock<[BTreeMap<String, String>; 3]> = LazyLock::new(|| {
    [
        include_str!("../console/en.json"),
        include_str!("../console/zh-Hans.json"),
        include_str!("../console/zh-Hant.json"),
    ]
    .map(|text| serde_json::from_str(text).unwrap_or_default())
});

/// A language of the sheet.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters.
    ZhHant,
}

impl Language {
    /// As the configuration and labels write it.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhHans => "zh-Hans",
            Language::ZhHant => "zh-Hant",
        }
    }

    /// Reads a tag.
    pub fn read(tag: &str) -> Option<Language> {
        [Language::En, Language::ZhHans, Language::ZhHant]
            .into_iter()
            .find(|it| it.tag() == tag)
    }
}

pub(super) fn text(key: &str, language: Language) -> &'static str {
    TEXTS.get(key).map_or("", |texts| &texts[language as usize])
}

/// A text of the page's tables.
pub(super) fn built_in(key: &str, language: Language) -> Option<String> {
    BUILT_IN[language as usize].get(key).cloned()
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
