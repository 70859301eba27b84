//! A call list in CSV, row by row.

use super::row::{Places, call};
use super::{CallList, CallsFault, Outcome, delimiter, intervals};
use crate::feed::readings::ReadError;
use crate::feed::text::Text;
use crate::lab::recorded::Form;
use std::path::Path;

/// Reads all of it, calls or counts by interval; with more than `most` rows it is refused.
pub(super) fn read(mut text: Text, path: &Path, form: &Form, most: usize) -> Result<CallList, CallsFault> {
    let head = String::from_utf8_lossy(text.head()?);
    let delimiter = delimiter(head.lines().next().unwrap_or_default()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.into_read());
    let mut list = CallList::empty(path);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            let why = format!("it is not CSV: {error}");
            list.broken(error);
            return Err(list.cut.map_or_else(
                || CallsFault::Unreadable {
                    path: path.to_owned(),
                    why,
                },
                CallsFault::Read,
            ));
        }
    };
    if let Some(places) = intervals::places(&header, &form.columns) {
        return intervals::read(reader, places, list, form, most);
    }
    let places = Places::of(path, &header, &form.columns)?;
    let rows = list.take_rows(reader, most, |list, _, row| {
        match call(row, &places, form)? {
            Some(call) if call.outcome == Outcome::Neither => {
                list.neither += 1;
                list.others.push(call);
            }
            Some(call) => list.calls.push(call),
            None => list.neither += 1,
        }
        Ok(())
    })?;
    list.some_call(rows)
}

impl CallList {
    /// Takes every row below a heading, with the line in which it stands; what is wrong with one is its own fault. How many there are.
    pub(super) fn take_rows(
        &mut self,
        mut reader: csv::Reader<impl std::io::Read>,
        most: usize,
        mut take: impl FnMut(&mut CallList, u64, &csv::StringRecord) -> Result<(), String>,
    ) -> Result<usize, CallsFault> {
        let mut rows = 0;
        for row in reader.records() {
            rows += 1;
            if rows > most {
                return Err(self.too_many(most));
            }
            match row {
                Ok(row) => {
                    let line = row.position().map_or(0, csv::Position::line);
                    if let Err(detail) = take(self, line, &row) {
                        self.fault(line, detail);
                    }
                }
                Err(error) => self.broken(error),
            }
        }
        Ok(rows)
    }

    /// A row that cannot be taken apart; or the file cannot be read on, and gives no more rows.
    fn broken(&mut self, error: csv::Error) {
        let line = error.position().map_or(0, csv::Position::line);
        let detail = error.to_string();
        if let csv::ErrorKind::Io(error) = error.into_kind() {
            let path = self.path.clone();
            self.cut = Some(ReadError::File { path, error });
        } else {
            self.fault(line, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::recorded::calls::tests::{form, text_of};

    #[test]
    fn more_rows_than_are_read_are_refused_and_not_left_out() {
        for rows in [
            "arrival,wait_s,outcome\n2026-11-02 09:00:00,1,answered\n2026-11-02 09:01:00,1,answered\n2026-11-02 09:02:00,1,answered\n",
            "interval,calls\n2026-11-02 09:00,1\n2026-11-02 09:30,1\n2026-11-02 10:00,1\n",
        ] {
            let (_folder, path) = text_of(rows);
            let read = |most| read(Text::open(&path).unwrap(), &path, &form(), most);
            assert!(read(3).is_ok());
            let refused = read(2).unwrap_err().to_string();
            assert!(
                refused.contains("more than 2 rows") && refused.contains("part it"),
                "{refused}"
            );
        }
    }
}
