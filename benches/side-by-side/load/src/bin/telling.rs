//! A phone system that tells how so many queues stand, at a steady pace, for as long as its stdin is open. The first line that it is
//! given is answered when the daemon is connected.

use anyhow::Result;
use serde::Deserialize;
use side_by_side::asked;
use side_by_side::phones::Phones;
use std::net::TcpListener;
use std::time::Duration;

#[derive(Deserialize)]
struct Asked {
    port: u16,
    queues: Vec<String>,
    /// From one reading of every queue to the next.
    every_ms: u64,
}

fn main() -> Result<()> {
    let asked: Asked = asked()?;
    let listener = TcpListener::bind(("127.0.0.1", asked.port))?;
    std::thread::spawn(move || tell(&listener, &asked));
    for line in std::io::stdin().lines() {
        println!("{}", line?);
    }
    Ok(())
}

/// Tells every daemon that comes, one after the other: it may be started again and again.
fn tell(listener: &TcpListener, asked: &Asked) -> Result<()> {
    let mut told = 0_u64;
    loop {
        let Ok(mut phones) = Phones::connected(listener) else {
            continue;
        };
        let mut every = || -> Result<()> {
            told += 1;
            for (number, queue) in asked.queues.iter().enumerate() {
                let waiting = (told * 3 + number as u64) % 5;
                phones.say(&format!(
                    "{{\"queue\":\"{queue}\",\"waiting\":{waiting},\"signed_in\":40}}"
                ))?;
            }
            Ok(())
        };
        while every().is_ok() {
            std::thread::sleep(Duration::from_millis(asked.every_ms));
        }
    }
}
