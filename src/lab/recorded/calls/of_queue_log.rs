//! Calls of Asterisk's `queue_log`: each from `ENTERQUEUE` to `CONNECT` or to whatever else ended the wait, and on to its `COMPLETE`.

use super::{Call, CallList, CallsFault, Outcome};
use crate::core::{Millis, Name, Time};
use crate::feed::readings::ReadError;
use crate::feed::text::Text;
use crate::lab::recorded::queue_log::{Event, What, event};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

/// Calls that have begun, by their number.
#[derive(Default)]
struct Begun {
    /// Since when somebody waits in which queue, and whether the clocks showed that hour twice.
    waiting: BTreeMap<String, (Name, Time, bool)>,
    /// Place in the list, and since when somebody talks.
    talking: BTreeMap<String, (usize, Time)>,
}

/// Reads all of a log; times on the wall are those of `zone`.
pub(super) fn read(text: Text, path: &Path, zone: &TimeZone) -> Result<CallList, CallsFault> {
    let mut list = CallList::empty(path);
    let mut begun = Begun::default();
    let mut read = 0;
    for (number, line) in (1..).zip(text.into_read().split(b'\n')) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                let path = path.to_owned();
                list.cut = Some(ReadError::File { path, error });
                break;
            }
        };
        if line.trim_ascii().is_empty() {
            continue;
        }
        read += 1;
        match event(&String::from_utf8_lossy(&line), zone) {
            Ok((at, event)) => begun.take(at, event, zone, &mut list),
            Err(detail) => list.fault(number, detail),
        }
    }
    list.some_call(read)
}

impl Begun {
    fn take(&mut self, at: Time, event: Event, zone: &TimeZone, list: &mut CallList) {
        let outcome = match event.what {
            What::Enter => {
                self.waiting.insert(event.call, (event.queue, at, event.shown_twice));
                return;
            }
            What::Complete => {
                if let Some((place, since)) = self.talking.remove(&event.call)
                    && let Some(call) = list.calls.get_mut(place)
                {
                    call.handling = Some(at - since).filter(|span| *span > Millis::ZERO);
                }
                return;
            }
            What::Start => return *self = Begun::default(),
            What::Answer => Outcome::Answered,
            What::Abandon => Outcome::GaveUp,
            What::Leave => Outcome::Neither,
            What::SignIn | What::SignOut | What::Pause | What::Resume | What::Nothing => return,
        };
        // Who came before the log begins is unknown.
        let Some((queue, came, shown_twice)) = self.waiting.remove(&event.call) else {
            return;
        };
        let local = Timestamp::from_millisecond(came.0).unwrap_or_default();
        let call = Call {
            queue: Some(queue),
            at: local.to_zoned(zone.clone()).datetime(),
            moment: came,
            shown_twice,
            waited: at - came,
            outcome,
            handling: None,
        };
        match outcome {
            Outcome::Neither => {
                list.neither += 1;
                list.others.push(call);
            }
            Outcome::Answered => {
                self.talking.insert(event.call, (list.calls.len(), at));
                list.calls.push(call);
            }
            Outcome::GaveUp => list.calls.push(call),
        }
    }
}
