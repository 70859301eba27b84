//! Every sentence that people read of what the core decides and refuses: codes and numbers go in, words come out, in one table a
//! language (`*.ftl`, Fluent), for webhooks, the HTTP interface, the command line and, served as they are, the page.

mod causes;
mod changes;
mod figures;
mod house;
mod log;
mod matter;
mod refusal;

pub use changes::AS_BEFORE;
pub use figures::{columns, span};
pub use house::Words;
pub use log::Sentences;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

/// A language in which things are worded.
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
    /// As the configuration and labels write them.
    pub const WORDS: &'static [&'static str] = &["en", "zh-Hans", "zh-Hant"];

    /// Reads one of [`Language::WORDS`].
    pub fn read(word: &str) -> Option<Language> {
        match word {
            "en" => Some(Language::En),
            "zh-Hans" => Some(Language::ZhHans),
            "zh-Hant" => Some(Language::ZhHant),
            _ => None,
        }
    }

    /// The language of a terminal, by the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says one; English where it is another.
    pub fn of_terminal() -> Language {
        let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok());
        Language::of_locale(&said.into_iter().find(|said| !said.is_empty()).unwrap_or_default())
    }

    /// The language of a locale's name, as in `zh_CN.UTF-8`.
    fn of_locale(name: &str) -> Language {
        let name = name.to_ascii_lowercase();
        match name.starts_with("zh") {
            true if ["hant", "_tw", "_hk", "_mo"].iter().any(|place| name.contains(place)) => Language::ZhHant,
            true => Language::ZhHans,
            false => Language::En,
        }
    }

    /// The first language of a browser's `Accept-Language` that is one of ours, as in `zh-TW,zh;q=0.9`; English where none is.
    pub fn of_browser(accepted: &str) -> Language {
        let tags = accepted.split(',').map(|tag| tag.trim().replace('-', "_"));
        let ours = tags
            .into_iter()
            .find(|tag| tag.starts_with("zh") || tag.starts_with("en"));
        Language::of_locale(&ours.unwrap_or_default())
    }

    /// The word that [`Language::read`] reads.
    pub fn word(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhHans => "zh-Hans",
            Language::ZhHant => "zh-Hant",
        }
    }

    /// Its table, as it stands in the file: the page reads the same.
    pub fn source(self) -> &'static str {
        match self {
            Language::En => include_str!("en.ftl"),
            Language::ZhHans => include_str!("zh-Hans.ftl"),
            Language::ZhHant => include_str!("zh-Hant.ftl"),
        }
    }

    /// What `surged check` says, which the page does not.
    fn of_check(self) -> &'static str {
        match self {
            Language::En => include_str!("check/en.ftl"),
            Language::ZhHans => include_str!("check/zh-Hans.ftl"),
            Language::ZhHant => include_str!("check/zh-Hant.ftl"),
        }
    }

    /// What `surged replay` and the page `/bench` say: that page reads it as it stands, the console does not.
    pub fn of_bench(self) -> &'static str {
        match self {
            Language::En => include_str!("bench/en.ftl"),
            Language::ZhHans => include_str!("bench/zh-Hans.ftl"),
            Language::ZhHant => include_str!("bench/zh-Hant.ftl"),
        }
    }

    /// What the duty log and the commands that read it say in full, which the page does not.
    fn of_log(self) -> &'static str {
        match self {
            Language::En => include_str!("log/en.ftl"),
            Language::ZhHans => include_str!("log/zh-Hans.ftl"),
            Language::ZhHant => include_str!("log/zh-Hant.ftl"),
        }
    }

    /// Sentences of our own that are known by their English text: [`Language::cause`].
    pub fn of_causes(self) -> &'static str {
        match self {
            Language::En => include_str!("causes/en.ftl"),
            Language::ZhHans => include_str!("causes/zh-Hans.ftl"),
            Language::ZhHant => include_str!("causes/zh-Hant.ftl"),
        }
    }

    /// Every text of its own, file by file.
    fn sources(self) -> [&'static str; 5] {
        [
            self.source(),
            self.of_check(),
            self.of_bench(),
            self.of_log(),
            self.of_causes(),
        ]
    }

    fn table(self) -> &'static Table {
        match self {
            Language::En => &EN,
            Language::ZhHans => &ZH_HANS,
            Language::ZhHant => &ZH_HANT,
        }
    }

    /// The text of a key, as in `reason.waiting_above` (in the table `reason-waiting_above`); `None`: there is no such key. Whole
    /// numbers among the values choose the form that fits them.
    pub fn text(self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        let table = self.table();
        let pattern = table.get_message(&key.replacen('.', "-", 1))?.value()?;
        let mut given = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            given.set(*name, value_of(value));
        }
        // What a text names and nobody gave is shown by its name; a test holds that the tables can be formatted.
        let mut faults = Vec::new();
        Some(table.format_pattern(pattern, Some(&given), &mut faults).into_owned())
    }

    /// Several in one line.
    pub fn list(self, items: &[String]) -> String {
        items.join(match self {
            Language::En => ", ",
            Language::ZhHans | Language::ZhHant => "、",
        })
    }
}

type Table = FluentBundle<FluentResource>;

static EN: LazyLock<Table> = LazyLock::new(|| table(Language::En));
static ZH_HANS: LazyLock<Table> = LazyLock::new(|| table(Language::ZhHans));
static ZH_HANT: LazyLock<Table> = LazyLock::new(|| table(Language::ZhHant));

fn table(language: Language) -> Table {
    let mut table = FluentBundle::new_concurrent(vec![language.word().parse().unwrap_or_default()]);
    // The marks around values are for text of mixed direction, of which there is none.
    table.set_use_isolating(false);
    for source in language.sources() {
        // A line that cannot be read is left out; a test holds that there is none.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((resource, _)) => resource,
        };
        table.add_resource_overriding(resource);
    }
    table
}

/// A staff number may begin with 0 and is no number.
fn value_of(text: &str) -> FluentValue<'static> {
    match text.parse::<u32>() {
        Ok(number) if number.to_string() == text => FluentValue::from(number),
        Ok(_) | Err(_) => FluentValue::from(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn languages() -> impl Iterator<Item = Language> {
        Language::WORDS.iter().map(|word| Language::read(word).unwrap())
    }

    /// Keys and the values that their texts name, as far as one line each tells.
    fn keys(language: Language) -> BTreeSet<String> {
        let lines = language.sources().into_iter().flat_map(str::lines);
        let keys = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        keys.filter_map(|line| line.split_once(" = ").map(|(key, _)| key.to_owned()))
            .collect()
    }

    #[test]
    fn every_table_can_be_read() {
        for language in languages() {
            for source in language.sources() {
                let read = FluentResource::try_new(source.to_owned());
                assert!(
                    read.is_ok(),
                    "{language:?}: {:?}",
                    read.map_err(|(_, faults)| faults).err()
                );
            }
        }
    }

    #[test]
    fn the_languages_have_the_same_keys() {
        let english = keys(Language::En);
        assert!(english.len() > 180);
        for language in languages() {
            let theirs = keys(language);
            let missing: Vec<&String> = english.symmetric_difference(&theirs).collect();
            assert!(missing.is_empty(), "{language:?}: {missing:?}");
        }
    }

    #[test]
    fn a_text_names_the_same_values_in_every_language() {
        let named = |language: Language, key: &str| {
            let marks = [
                "n",
                "what",
                "by",
                "queue",
                "tier",
                "until",
                "held",
                "for",
                "now",
                "measured",
                "waiting",
                "threshold",
                "instruction",
            ];
            let values: Vec<(&str, &str)> = marks.iter().map(|mark| (*mark, "<>")).collect();
            let with = language.text(key, &values).unwrap();
            with.matches("<>").count()
        };
        for key in keys(Language::En) {
            let english = named(Language::En, &key);
            for language in languages() {
                assert_eq!(named(language, &key), english, "{language:?} {key}");
            }
        }
    }

    #[test]
    fn a_terminal_speaks_its_language() {
        let said = ["zh_CN.UTF-8", "zh_HK.UTF-8", "zh-Hant_TW", "C.UTF-8", "de_DE", ""].map(Language::of_locale);
        let [hans, hant] = [Language::ZhHans, Language::ZhHant];
        assert_eq!(said, [hans, hant, hant, Language::En, Language::En, Language::En]);
        let asked = ["zh-TW,zh;q=0.9,en;q=0.8", "fr, zh-CN;q=0.5", "en-GB,zh;q=0.1", "*", ""].map(Language::of_browser);
        assert_eq!(asked, [hant, hans, Language::En, Language::En, Language::En]);
    }

    #[test]
    fn numbers_choose_their_form_and_staff_numbers_stay() {
        let said = |n: &str| Language::En.text("required.free", &[("n", n)]).unwrap();
        assert_eq!((said("1"), said("3")), ("1 seat free".into(), "3 seats free".into()));
        assert_eq!(
            Language::En.text("reason.order", &[("by", "007")]).unwrap(),
            "Ordered by 007"
        );
        assert_eq!(
            Language::ZhHans.text("required.free", &[("n", "1")]).unwrap(),
            "空余座席 1 个"
        );
        assert_eq!(Language::En.text("no.such", &[]), None);
    }
}
