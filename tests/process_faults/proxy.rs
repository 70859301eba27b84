//! A line to the phone system that holds bytes back, changes them and breaks, at no chosen moment. `SURGED_TROUBLES=2000` for more of it.

use super::{Bench, counted};
use crate::house::{Process, until};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use surged::journal::{Reader, Verdict};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How often in an ordinary run.
const TROUBLES: u64 = 12;

/// What stands between the daemon and its phone system.
struct Proxy {
    phones: String,
    dice: Mutex<ChaCha8Rng>,
    /// What is still to go wrong.
    left: AtomicU64,
}

impl Proxy {
    /// Opens one before the phone system at an address; where it listens, and itself.
    async fn open(phones: String, troubles: u64) -> (String, Arc<Proxy>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let proxy = Arc::new(Proxy {
            phones,
            dice: Mutex::new(ChaCha8Rng::seed_from_u64(troubles)),
            left: AtomicU64::new(troubles),
        });
        let lines = Arc::clone(&proxy);
        tokio::spawn(async move {
            while let Ok((daemon, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&lines).line(daemon));
            }
        });
        (address, proxy)
    }

    async fn line(self: Arc<Proxy>, daemon: TcpStream) {
        let phones = TcpStream::connect(&self.phones).await.unwrap();
        let ((mut from_daemon, mut to_daemon), (mut from_phones, mut to_phones)) =
            (daemon.into_split(), phones.into_split());
        let up = async { tokio::io::copy(&mut from_daemon, &mut to_phones).await.map(drop) };
        let down = async {
            let mut bytes = [0; 4096];
            loop {
                let many = from_phones.read(&mut bytes).await?;
                if many == 0 || !self.passes(&mut bytes[..many]).await {
                    return Ok::<(), std::io::Error>(());
                }
                to_daemon.write_all(&bytes[..many]).await?;
            }
        };
        // The end of one is the end of both.
        tokio::select! {
            _ = up => {}
            _ = down => {}
        }
    }

    /// What becomes of some bytes; whether the line still stands.
    async fn passes(&self, bytes: &mut [u8]) -> bool {
        let is_trouble = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1))
            .is_ok();
        if !is_trouble {
            return true;
        }
        let (what, place, bit) = {
            let mut dice = self.dice.lock().unwrap();
            (
                dice.random_range(0..6),
                dice.random_range(0..bytes.len()),
                dice.random_range(0..8),
            )
        };
        match what {
            0 => return false,
            // To be late is the trouble itself.
            1 | 2 => tokio::time::sleep(Duration::from_millis(30)).await,
            _ => bytes[place] ^= 1 << bit,
        }
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_delays_garbles_and_breaks_is_gone_on_with_and_believed_once_it_is_well() {
    let mut bench = Bench::new("0s", "4s").await;
    let phones = bench
        .phones
        .url
        .trim_start_matches("ws://")
        .trim_end_matches("/feed")
        .to_owned();
    let troubles = counted("SURGED_TROUBLES", TROUBLES);
    let (address, proxy) = Proxy::open(phones.clone(), troubles).await;
    let plan = std::fs::read_to_string(bench.config()).unwrap();
    std::fs::write(bench.config(), plan.replace(&phones, &address)).unwrap();
    let mut daemon = Process::run(&bench.config());
    daemon.floor().await;
    let mut waiting = 0;
    for trouble in 1..=troubles {
        until(&format!("trouble {trouble}"), || {
            waiting = (waiting + 1) % 12;
            bench.waiting(waiting);
            let left = proxy.left.load(Ordering::Acquire);
            async move { (left <= troubles - trouble).then_some(()) }
        })
        .await;
    }
    assert!(daemon.is_running(), "{}", daemon.said());
    // Whatever it made of that, it goes by what is true now.
    bench.waits(4_321).await;
    let said = daemon.said();
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.contains("the feed is not connected"), "no line broke: {said}");
    assert!(daemon.terminate().await.success());
    let verdict = Reader::open(&bench.file("surged.db"), Duration::ZERO)
        .unwrap()
        .verify(|_, _| {});
    assert!(matches!(verdict, Ok(Verdict::Whole { .. })), "{verdict:?}");
}
