//! Goal 5: clients that do nothing, as the bench says on stdin: `come 5000`, `burst 200`, `go`. Each is answered by a line when it is done.

use anyhow::{Context, Result, bail};
use side_by_side::asked;
use side_by_side::side::{Server, Side};
use std::io::BufRead;

/// Under way at a time, in a burst.
const IN_FLIGHT: usize = 8;

fn main() -> Result<()> {
    let server: Server = asked()?;
    let mut side = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (word, number) = line.split_once(' ').unwrap_or((&line, "0"));
        let number: usize = number
            .parse()
            .with_context(|| format!("expected a number behind {word:?}"))?;
        match (word, &mut side) {
            ("come", place) => *place = Some(Side::of(server.clone(), number)?),
            ("burst", Some(side)) => {
                side.all_at_once(number, IN_FLIGHT)?;
                side.settle()?;
            }
            ("say", Some(side)) => side.say(&format!("{}{}", side_by_side::side::MARK, "a".repeat(number))),
            ("go", place) => drop(place.take()),
            _ => bail!("expected come, burst, say or go; {line:?} came"),
        }
        println!("{line}");
    }
    Ok(())
}
