//! What the columns of a call list are called.

/// What the columns are called.
#[derive(Clone, PartialEq, Debug)]
pub struct Columns {
    /// When the caller came.
    pub arrival: String,
    /// Seconds waited.
    pub wait_s: String,
    /// When the caller was answered or gave up, where there is no column of seconds waited.
    pub left: String,
    /// Answered, or gave up.
    pub outcome: String,
    /// Seconds that the call kept somebody.
    pub handling_s: String,
    /// When the call ended, where there is no column of seconds that it kept somebody.
    pub end: String,
    /// The queue.
    pub queue: String,
    /// When an interval began, in a list of counts.
    pub interval: String,
    /// How many calls came in it.
    pub calls: String,
}

impl Default for Columns {
    fn default() -> Columns {
        let name = str::to_owned;
        Columns {
            arrival: name("arrival"),
            wait_s: name("wait_s"),
            left: name("left"),
            outcome: name("outcome"),
            handling_s: name("handling_s"),
            end: name("end"),
            queue: name("queue"),
            interval: name("interval"),
            calls: name("calls"),
        }
    }
}

impl std::str::FromStr for Columns {
    type Err = String;

    /// `arrival=vru_exit,wait_s=q_time_s`.
    fn from_str(text: &str) -> Result<Columns, String> {
        let mut columns = Columns::default();
        for pair in text.split(',') {
            let (ours, theirs) = pair
                .split_once('=')
                .ok_or_else(|| format!("{pair:?} is no pair; write OURS=THEIRS, such as arrival=start"))?;
            let place = match ours.trim() {
                "arrival" => &mut columns.arrival,
                "wait_s" => &mut columns.wait_s,
                "left" => &mut columns.left,
                "outcome" => &mut columns.outcome,
                "handling_s" => &mut columns.handling_s,
                "end" => &mut columns.end,
                "queue" => &mut columns.queue,
                "interval" => &mut columns.interval,
                "calls" => &mut columns.calls,
                other => {
                    let known = "arrival, wait_s or left, outcome, handling_s or end, and queue; or interval and calls";
                    return Err(format!("a call list has no column {other:?}; there are {known}"));
                }
            };
            *place = theirs.trim().to_owned();
        }
        Ok(columns)
    }
}
