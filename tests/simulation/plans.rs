//! The plans of a simulated floor: short holds, so that minutes are a day.

use std::path::Path;

/// One of three plans; the journal in this folder.
pub fn plan(which: usize, folder: &Path) -> String {
    let (hold, experts, third) = match which {
        0 => ("12s", r#"["E01", "E02", "E03"]"#, true),
        1 => ("9s", r#"["E01", "E03", "E04"]"#, true),
        _ => ("12s", r#"["E01", "E02"]"#, false),
    };
    let third = if third {
        "[[ladder.day.tier]]\nname = \"back_office\"\npool = \"back_office\"\nseats = { min = 1, max = 2 }\nwhen = { waiting_above = 10, for = \"0s\" }\n"
    } else {
        ""
    };
    format!(
        r#"time_zone = "Asia/Shanghai"
[feed.hotline]
kind = "json"
url = "ws://pbx:8471/feed"
stale_after = "6s"
forget_after = "40s"
[floor]
listen = "127.0.0.1:8470"
physical_seats = 20
[journal]
path = "{}"
keep_readings = "62d"
[[chain]]
role = "supervisor"
respond_within = "8s"
[[chain]]
role = "shift_leader"
respond_within = "15s"
[pool.expert]
people = {experts}
[pool.outbound]
size = 6
keep = 2
[pool.back_office]
size = 4
[queue.inbound]
ladder = "day"
priority = 10
[queue.billing]
ladder = "day"
priority = 5
[ladder.day]
settle_within = "10s"
stand_down_after = "5s"
[[ladder.day.tier]]
name = "expert"
pool = "expert"
seats = {{ min = 1, max = 2 }}
when = {{ waiting_above = 5, for = "{hold}" }}
[[ladder.day.tier]]
name = "outbound"
pool = "outbound"
seats = {{ min = 2, max = 3 }}
when = {{ waiting_above = 5, for = "{hold}" }}
{third}[ladder.day.release]
when = {{ waiting_at_most = 4, for = "{hold}" }}
min_stay = "0s"
"#,
        folder.join("surged.db").display()
    )
}
