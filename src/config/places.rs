//! Where in a file something stands, for those who have more to say of it than whether it can be read.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file's text, by its keys.
pub struct Places<'a> {
    root: DeTable<'a>,
}

impl<'a> Places<'a> {
    /// Of a text that was read already.
    pub fn of(text: &'a str) -> Places<'a> {
        let (root, _) = DeTable::parse_recoverable(text);
        Places {
            root: root.into_inner(),
        }
    }

    /// Where a key of these tables stands; where it does not, the innermost table that does.
    pub fn key(&self, path: &[&str]) -> Range<usize> {
        let mut table = &self.root;
        let mut found = 0..0;
        for key in path {
            let Some(value) = table.get(*key) else { break };
            found = value.span();
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_) => break,
            }
        }
        found
    }

    /// Where a tier's key stands, in the ladder or in the one that it extends; an empty key is the tier's name.
    pub fn tier(&self, ladder: &str, tier: &str, key: &str) -> Range<usize> {
        let Some(stands) = self.table_of(&["ladder", ladder]) else {
            return 0..0;
        };
        for tiers in ["tier_before", "tier", "tier_after"] {
            let all = stands.get(tiers).and_then(|it| it.get_ref().as_array());
            for known in all.into_iter().flat_map(|tiers| tiers.iter()) {
                let Some(table) = known.get_ref().as_table() else {
                    continue;
                };
                let name = table.get("name");
                if name.and_then(|name| name.get_ref().as_str()) == Some(tier) {
                    return table.get(key).or(name).map_or(known.span(), Spanned::span);
                }
            }
        }
        let base = stands.get("extends").and_then(|base| base.get_ref().as_str());
        match base.filter(|base| *base != ladder) {
            Some(base) => self.tier(base, tier, key),
            None => self.key(&["ladder", ladder]),
        }
    }

    /// Where a key of a ladder stands, or of the one that it extends.
    pub fn of_ladder(&self, ladder: &str, path: &[&str]) -> Range<usize> {
        let own: Vec<&str> = ["ladder", ladder].iter().chain(path).copied().collect();
        let base = self.table_of(&["ladder", ladder]).and_then(|it| it.get("extends"));
        let base = base.and_then(|base| base.get_ref().as_str());
        match (self.is_own(ladder, path[0]), base) {
            (false, Some(base)) if base != ladder => self.of_ladder(base, path),
            _ => self.key(&own),
        }
    }

    /// Whether a ladder has a key of its own.
    pub fn is_own(&self, ladder: &str, key: &str) -> bool {
        self.table_of(&["ladder", ladder])
            .is_some_and(|it| it.contains_key(key))
    }

    /// The ladder that one extends.
    pub fn extends(&self, ladder: &str) -> Option<&str> {
        self.table_of(&["ladder", ladder])?.get("extends")?.get_ref().as_str()
    }

    fn table_of(&self, path: &[&str]) -> Option<&DeTable<'a>> {
        path.iter()
            .try_fold(&self.root, |table, key| table.get(*key)?.get_ref().as_table())
    }
}
