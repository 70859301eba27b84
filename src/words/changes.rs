//! A change of the configuration in words. The daemon tells which key, or which part by name and what became of it.

use super::Words;

/// What the daemon tells to have changed where a file that was refused is again as it was before.
pub const AS_BEFORE: &str = "nothing: the file is as it was";

/// How the daemon marks what is taken up at the next start alone.
const LATER: &str = " (needs a restart)";

/// What may have become of a part.
const BECAME: [&str; 3] = ["is new", "changed", "is gone"];

impl Words {
    /// What an entry of `changes` says; what a newer or an older surged tells otherwise stays as it came.
    pub(crate) fn change(&self, change: &str) -> String {
        if self.is_as_written() {
            return change.to_owned();
        }
        let (what, later) = match change.strip_suffix(LATER) {
            Some(what) => (what, true),
            None => (change, false),
        };
        if what == AS_BEFORE {
            return self.text("changed.nothing", &[]);
        }
        let known = self.part(what).or_else(|| {
            let key = what.replace('.', "_");
            self.language().text(&format!("setting.{key}"), &[])
        });
        let text = known.unwrap_or_else(|| what.to_owned());
        match later {
            true => self.text("changed.after_restart", &[("what", &text)]),
            false => text,
        }
    }

    /// A part of the plan with a name: queue `inbound` changed.
    fn part(&self, change: &str) -> Option<String> {
        let ended = |became: &'static str| Some((change.strip_suffix(became)?.strip_suffix("` ")?, became));
        let (part, became) = BECAME.into_iter().find_map(ended)?;
        let (what, name) = part.split_once(" `")?;
        let name = match what {
            "queue" | "pool" | "ladder" => self.name(what, name),
            _ => name.to_owned(),
        };
        let what = what.replace(' ', "_");
        let what = self.language().text(&format!("changed.{what}"), &[("name", &name)])?;
        Some(self.text(&format!("became.{}", became.replace(' ', "_")), &[("what", &what)]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_change_is_told_by_part_or_by_key_now_or_later() {
        let said = |language, change| Words::new(language, Arc::default()).change(change);
        assert_eq!(said(Language::En, "queue `vip` is new"), "queue vip is new");
        assert_eq!(said(Language::ZhHans, "queue `inbound` changed"), "队列 呼入 已更改");
        assert_eq!(
            said(Language::ZhHans, "sources of feed `hotline` is gone"),
            "数据源 hotline 的队列已删除"
        );
        assert_eq!(
            said(Language::ZhHant, "floor.listen (needs a restart)"),
            "現場位址（重新啟動後生效）"
        );
        assert_eq!(said(Language::ZhHant, AS_BEFORE), "無變更：檔案已恢復原樣");
        assert_eq!(said(Language::ZhHans, "something of later"), "something of later");
        assert_eq!(
            Words::as_written(Language::En).change("queue `vip` is new"),
            "queue `vip` is new"
        );
    }
}
