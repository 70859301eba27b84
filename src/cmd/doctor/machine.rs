//! Files and their rights, the port, the disk, the clock and the time zone.

use super::super::configuration::Place;
use super::Findings;
use crate::config::{self, Config};
use crate::core::Time;
use crate::journal::{self, JournalError, Reader};
use crate::words::Sentences;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// Less room than this on the duty log's disk is a fault, less than ten times as much a warning.
const ROOM_NEEDED: u64 = 100 * 1024 * 1024;
/// A commit slower than this holds instructions up: the limit of the alert SurgedDiskSlow.
const COMMIT_SLOW: Duration = Duration::from_millis(250);
/// Commits that are measured.
const COMMITS: usize = 8;
/// The daemon on this machine answers within this.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

pub(super) fn look(path: &Path, place: &Place, findings: &mut Findings) {
    rights(path, place, findings);
    duty_log(place, findings);
    disk(place, findings);
    if let Some(config) = &place.config {
        port(config, &place.journal, findings);
    }
    clock(place, findings);
}

/// The configuration and what it points to: written to by nobody else; secrets, and the duty log with people's names, read by nobody else.
fn rights(path: &Path, place: &Place, findings: &mut Findings) {
    const OTHERS_WRITE: u32 = 0o022;
    const OTHERS_READ: u32 = 0o007;
    const FOR_OTHERS: &str = "others than its owner and group may read or change it";
    let mut watched = vec![
        (path.to_owned(), OTHERS_WRITE, "anybody may change it", "chmod go-w"),
        (
            place.journal.clone(),
            OTHERS_READ | OTHERS_WRITE,
            FOR_OTHERS,
            "chmod o=",
        ),
    ];
    for beside in config::files_beside(path) {
        let secret = beside
            .extension()
            .is_none_or(|ending| ending != "csv" && ending != "j2");
        watched.push(match secret {
            true => (beside, OTHERS_READ | OTHERS_WRITE, FOR_OTHERS, "chmod o="),
            false => (beside, OTHERS_WRITE, "anybody may change it", "chmod go-w"),
        });
    }
    for (file, bits, why, remedy) in watched {
        // What is missing has been told with the configuration.
        let Ok(known) = fs::metadata(&file) else { continue };
        if known.mode() & bits != 0 {
            let found = format!("{why} (mode {:04o})", known.mode() & 0o7777);
            findings.warning(
                file.display().to_string(),
                found,
                format!("{remedy} {}", file.display()),
            );
        }
    }
}

fn duty_log(place: &Place, findings: &mut Findings) {
    let of = format!("duty log {}", place.journal.display());
    let opened = Reader::open(&place.journal, Duration::from_secs(2)).and_then(|reader| {
        let newest = reader.recover_before(u64::MAX)?;
        let states = reader.snapshots_are_spoiled()?;
        Ok((newest.next_seq - 1, newest.last_at, newest.spoiled, states))
    });
    match opened {
        Ok((_, _, _, true)) => findings.fault(
            of,
            "the states from which a start goes on cannot be read",
            "surged runs on by the log's entries; `surged log verify` says what to do",
        ),
        Ok((_, _, spoiled, _)) if !spoiled.is_empty() => {
            let found: Vec<String> = spoiled.iter().map(ToString::to_string).collect();
            findings.fault(
                of,
                found.join("; "),
                "surged runs on without them; `surged log verify` says what to do",
            );
        }
        Ok((entries, last, ..)) => {
            let words = Sentences::new(place.zone.clone());
            let last = last.map_or(String::new(), |at: Time| format!(", the last of {}", words.time(at)));
            findings.good(of, format!("{entries} entries{last}"));
        }
        Err(JournalError::Missing { .. }) => findings.good(of, "not there yet; the daemon makes it"),
        // It names the log anew.
        Err(JournalError::Storage { fault, .. }) => findings.fault(of, fault.to_string(), ""),
        Err(fault) => findings.fault(of, fault.to_string(), ""),
    }
}

/// Room, and how long a commit takes.
fn disk(place: &Place, findings: &mut Findings) {
    let folder = match place.journal.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let of = format!("disk under {}", folder.display());
    match rustix::fs::statvfs(folder) {
        Ok(known) => {
            let room = known.f_bavail.saturating_mul(known.f_frsize);
            let found = format!("{} MiB free", room / (1024 * 1024));
            let todo = "free some room: without it instructions go out unlogged";
            match room {
                room if room < ROOM_NEEDED => findings.fault(of.clone(), found, todo),
                room if room < ROOM_NEEDED * 10 => findings.warning(of.clone(), found, todo),
                _ => findings.good(of.clone(), found),
            }
        }
        Err(error) => {
            return findings.fault(of, error.to_string(), "make the folder, and give it to surged's user");
        }
    }
    match commits(folder) {
        Ok(median) => {
            let found = format!("a commit takes {:.1} ms", median.as_secs_f64() * 1000.0);
            if median > COMMIT_SLOW {
                findings.warning(
                    of,
                    found,
                    "every instruction waits for one: give the duty log a faster disk, or one of its own",
                );
            } else {
                findings.good(of, found);
            }
        }
        Err(error) => findings.fault(
            of,
            format!("cannot be written to: {error}"),
            match error.kind() == io::ErrorKind::StorageFull {
                true => "free some room",
                false => "run this as surged's user (surged-in-service doctor), or give the folder to it",
            },
        ),
    }
}

/// The median of a few small writes, each flushed to the disk.
fn commits(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".surged-doctor-{}", std::process::id()));
    let mut file = File::options().write(true).create_new(true).open(&path)?;
    let measured = (|| {
        let mut took = Vec::new();
        for _ in 0..COMMITS {
            let since = Instant::now();
            file.write_all(&[0; 4096])?;
            file.sync_all()?;
            took.push(since.elapsed());
        }
        took.sort();
        Ok(took[COMMITS / 2])
    })();
    fs::remove_file(&path)?;
    measured
}

fn port(config: &Config, journal: &Path, findings: &mut Findings) {
    let listen = config.floor.listen;
    let of = format!("port {listen}");
    match TcpListener::bind(listen) {
        Ok(_) => findings.good(of, "free; the daemon is not running"),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => match is_surged(listen, config) {
            Some(true) if journal::is_written(journal) => findings.good(of, "surged is running there"),
            Some(true) => findings.fault(
                of,
                "a surged is running there that does not write this duty log: another configuration's",
                "end it, or give floor.listen another port",
            ),
            Some(false) => findings.fault(
                of,
                "another program listens there",
                "end it, or give floor.listen another port",
            ),
            None => findings.warning(
                of,
                "somebody listens there and speaks TLS",
                "see that it is surged: surged log sign --url https://...",
            ),
        },
        Err(error) => findings.fault(
            of,
            error.to_string(),
            "floor.listen must be an address of this machine; ports below 1024 are root's",
        ),
    }
}

/// Whether surged answers; `None` where it cannot be asked in the clear.
fn is_surged(listen: SocketAddr, config: &Config) -> Option<bool> {
    if config.floor.tls.is_some() {
        return None;
    }
    let mut to = listen;
    if listen.ip().is_unspecified() {
        to.set_ip(match listen.is_ipv4() {
            true => std::net::Ipv4Addr::LOCALHOST.into(),
            false => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&to, ANSWER_WITHIN)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        write!(
            stream,
            "GET /readyz HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    Some(ask().is_ok_and(|answer| answer.contains("feed ") || answer.contains("ready")))
}

fn clock(place: &Place, findings: &mut Findings) {
    // Written by systemd-timesyncd once it has set the clock; chrony and ntpd keep no such file.
    const SYNCHRONIZED: &str = "/run/systemd/timesync/synchronized";
    let now = Sentences::new(place.zone.clone()).time(Time(jiff::Timestamp::now().as_millisecond()));
    if Path::new(SYNCHRONIZED).exists() {
        findings.good("clock", format!("{now}, set by a time server"));
    } else {
        findings.good(
            "clock",
            format!("{now} by this machine; the phone system's is compared below where it tells"),
        );
    }
    let name = place.zone.iana_name().unwrap_or("UTC");
    findings.good("time zone", format!("{name}, from the data that surged brings along"));
    const BOOT: &str = "/proc/sys/kernel/random/boot_id";
    if fs::read_to_string(BOOT).is_err() {
        findings.warning(
            "clock",
            format!("{BOOT} cannot be read"),
            "surged carries its clock over a restart by it: leave ProcSubset= out of the unit",
        );
    }
}
