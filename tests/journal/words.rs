//! The log in sentences.

use super::samples;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use surged::journal::Words;

#[test]
fn every_kind_of_record_has_its_sentence() {
    let words = Words::new(TimeZone::get("Asia/Shanghai").unwrap());
    let records = samples::records();
    for (record, sentence) in &records {
        assert_eq!(words.record(record), *sentence);
    }
    let kinds: BTreeSet<&str> = records.iter().map(|(it, _)| it.kind()).collect();
    // 11 inputs, 17 decisions, 3 facts: no kind is missing here and no two share a word.
    assert_eq!(kinds.len(), 31, "{kinds:?}");
}
