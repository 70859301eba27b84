//! The token file: whom the floor knows. Tokens themselves are never kept, only their SHA-256.
//!
//! Every change holds a lock beside the file and replaces it whole, so that the daemon and `surged token` never undo each
//! other's work, and a crash leaves the old file or the new one.

use crate::core::{Millis, Name};
use crate::wire::Role;
use crate::wire::Stamp;
use rand::TryRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;

/// The most tokens in the file.
pub const LIMIT_TOKENS: usize = 10_000;
/// The form of the file. The first bore no number, and is written without one still.
const FORMAT: u32 = 1;
/// The most further devices of one token.
const LIMIT_DEVICES: usize = 10;
/// What every token begins with, so that scanners for leaked secrets find it.
const PREFIX: &str = "surged_";

/// What is known of one token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRecord {
    /// Short, for lists and for `revoke`.
    pub id: String,
    /// The person or program.
    pub name: String,
    /// Staff number, as in the duty log.
    pub staff_no: String,
    /// What they may do.
    pub role: Role,
    /// For which queues alone; none named: for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<Name>,
    /// When it was made.
    pub created: Stamp,
    /// When it ends of itself.
    pub expires: Option<Stamp>,
    /// When it was taken back.
    pub revoked: Option<Stamp>,
    /// When it was last used, to the minute.
    pub last_used: Option<Stamp>,
    /// SHA-256 of the token, in hex.
    pub sha256: String,
    /// What it can be had for, once: until then nobody has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeRecord>,
    /// The id of the token for a second device of whose owner it was made: it ends with that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// A one-time code of a login link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRecord {
    /// SHA-256 of the code, in hex.
    pub sha256: String,
    /// When it ends.
    pub expires: Stamp,
}

impl TokenRecord {
    /// What is wrong with it now; `None`: it is good.
    pub fn fault(&self, now: Stamp) -> Option<&'static str> {
        if self.revoked.is_some() {
            Some("this token was revoked: ask your operator for a new one")
        } else if self.expires.is_some_and(|end| end <= now) {
            Some("this token has expired: ask your operator for a new one")
        } else {
            None
        }
    }
}

/// A token to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewToken {
    /// The person or program.
    pub name: String,
    /// Staff number.
    pub staff_no: String,
    /// What they may do.
    pub role: Role,
    /// For which queues alone; none named: for all.
    pub queues: Vec<Name>,
    /// When it ends of itself.
    pub expires: Option<Stamp>,
}

/// Why the token file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// Disk.
    #[error("{}: {why}; expected a file that this user may read and write, in a folder where it may do so too", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// No right.
    #[error(
        "{}: {why}; do this as surged's own user, on an installed service by `surged-in-service`, or give the file and its folder to that user",
        path.display()
    )]
    NotAllowed {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// No room.
    #[error("{}: the disk is full there, or a quota is used up; free some room, then do it again: the tokens are as they were", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Content.
    #[error("{}: expected the tokens that `surged token new` writes; came: {fault}. Restore the file, or remove it and make the tokens anew", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: String,
    },
    /// Of a form that is not known.
    #[error("{}: it is in format {format}, and this surged knows up to {FORMAT}: use the newer surged that wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its form.
        format: u32,
    },
    /// Too many.
    #[error("there are {LIMIT_TOKENS} tokens already, which is the most: remove old ones from {}", path.display())]
    TooMany {
        /// The file.
        path: PathBuf,
    },
    /// Too many.
    #[error("this token has been carried to {LIMIT_DEVICES} other devices already: have some of them revoked")]
    TooManyDevices,
    /// No such token.
    #[error("there is no token with the id {id:?}; `surged token list` shows them all")]
    NoSuchToken {
        /// What was asked for.
        id: String,
    },
    /// No randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenFile {
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "looked at before the rest")]
    format: Option<u32>,
    tokens: Vec<TokenRecord>,
}

/// Of a file whose rest may be of a form that is not known here.
#[derive(Deserialize)]
struct OfFormat {
    format: Option<u32>,
}

/// Reads the file; without it there are no tokens.
///
/// # Errors
/// Where it is there but cannot be read or understood.
pub fn read(path: &Path) -> Result<Vec<TokenRecord>, TokenFault> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(disk(path, source)),
    };
    let content = |fault: String| TokenFault::Content {
        path: path.into(),
        fault,
    };
    let of = serde_json::from_slice(&text).ok().and_then(|it: OfFormat| it.format);
    if let Some(format) = of.filter(|format| *format > FORMAT) {
        return Err(TokenFault::Newer {
            path: path.into(),
            format,
        });
    }
    let file: TokenFile = serde_json::from_slice(&text).map_err(|fault| content(fault.to_string()))?;
    match file.tokens.iter().find(|record| unhex(&record.sha256).is_none()) {
        Some(record) => Err(content(format!(
            "the sha256 of token {:?} is not 64 hex digits",
            record.id
        ))),
        None => Ok(file.tokens),
    }
}

/// Changes the file under its lock: reads it, lets `how` change the tokens, and replaces it whole with mode 0600.
///
/// # Errors
/// Disk, content, or whatever `how` says; then the file stays as it was.
pub fn change<T>(
    path: &Path,
    how: impl FnOnce(&mut Vec<TokenRecord>) -> Result<T, TokenFault>,
) -> Result<T, TokenFault> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let lock_path = beside(".lock");
    let lock = private()
        .create(true)
        .open(&lock_path)
        .map_err(|it| disk(&lock_path, it))?;
    lock.lock().map_err(|it| disk(&lock_path, it))?;

    let mut tokens = read(path)?;
    let made = how(&mut tokens)?;
    if tokens.len() > LIMIT_TOKENS {
        return Err(TokenFault::TooMany { path: path.into() });
    }
    let mut text =
        serde_json::to_string_pretty(&TokenFile { format: None, tokens }).map_err(|fault| TokenFault::Content {
            path: path.into(),
            fault: fault.to_string(),
        })?;
    text.push('\n');
    replace(path, &beside(".new"), &text).map_err(|it| disk(path, it))?;
    Ok(made)
}

/// Makes a token. The text is told this once and never again.
///
/// # Errors
/// Disk, content, no randomness, or [`LIMIT_TOKENS`].
pub fn issue(path: &Path, new: NewToken) -> Result<(String, TokenRecord), TokenFault> {
    let token = secret()?;
    let record = record(new, &token)?;
    change(path, |tokens| {
        tokens.push(record.clone());
        Ok(())
    })?;
    Ok((token, record))
}

/// Makes a token that nobody has yet, and the code for which it can be had once, within `lasting`. `of`: the token whose owner wants it
/// for a second device; its own expiry holds for both.
///
/// # Errors
/// As [`issue`]; too many devices of one token.
pub fn issue_code(
    path: &Path,
    new: NewToken,
    lasting: Millis,
    of: Option<&str>,
) -> Result<(String, TokenRecord), TokenFault> {
    let code = hex(&random::<16>()?);
    let mut record = record(new, &secret()?)?;
    record.of = of.map(str::to_owned);
    record.code = Some(CodeRecord {
        sha256: hex(&digest(&code)),
        expires: Stamp(record.created.0 + lasting),
    });
    let now = record.created;
    change(path, |tokens| {
        // A device that was never let in has left nothing that anybody could miss.
        tokens.retain(|it| it.of.is_none() || it.code.as_ref().is_none_or(|code| code.expires > now));
        let devices = tokens
            .iter()
            .filter(|it| of.is_some() && it.of.as_deref() == of && it.fault(now).is_none());
        if devices.count() >= LIMIT_DEVICES {
            return Err(TokenFault::TooManyDevices);
        }
        tokens.push(record.clone());
        Ok(())
    })?;
    Ok((code, record))
}

/// Gives the token for its code, this once; `None`: the code is not known, was used, or is too old.
///
/// # Errors
/// Disk, content, no randomness.
pub fn redeem(path: &Path, code: &str) -> Result<Option<(String, TokenRecord)>, TokenFault> {
    let (presented, token) = (digest(code), secret()?);
    let now = super::now();
    let found = |tokens: &[TokenRecord]| {
        let mut place = None;
        for (n, record) in tokens.iter().enumerate() {
            let kept = record
                .code
                .as_ref()
                .and_then(|code| unhex(&code.sha256))
                .unwrap_or_default();
            if record.code.is_some() && bool::from(kept.ct_eq(&presented)) {
                place = Some(n);
            }
        }
        place.filter(|n| {
            let record = &tokens[*n];
            record.fault(now).is_none() && record.code.as_ref().is_some_and(|code| code.expires > now)
        })
    };
    // Most who come with nonsense must not write to the disk.
    if found(&read(path)?).is_none() {
        return Ok(None);
    }
    change(path, |tokens| {
        // Somebody may have come first.
        let Some(record) = found(tokens).map(|n| &mut tokens[n]) else {
            return Ok(None);
        };
        record.sha256 = hex(&digest(&token));
        record.code = None;
        Ok(Some((token.clone(), record.clone())))
    })
}

fn secret() -> Result<String, TokenFault> {
    Ok(format!("{PREFIX}{}", hex(&random::<32>()?)))
}

fn record(new: NewToken, token: &str) -> Result<TokenRecord, TokenFault> {
    Ok(TokenRecord {
        id: hex(&random::<4>()?),
        name: new.name,
        staff_no: new.staff_no,
        role: new.role,
        queues: new.queues,
        created: super::now(),
        expires: new.expires,
        revoked: None,
        last_used: None,
        sha256: hex(&digest(token)),
        code: None,
        of: None,
    })
}

/// Takes a token back, and with it those of its owner's other devices; it stays in the file as revoked. Revoking it again changes
/// nothing.
///
/// # Errors
/// Disk, content, or no such id.
pub fn revoke(path: &Path, id: &str) -> Result<TokenRecord, TokenFault> {
    change(path, |tokens| {
        let record = tokens.iter_mut().find(|record| record.id == id);
        let record = record.ok_or_else(|| TokenFault::NoSuchToken { id: id.into() })?;
        let revoked = *record.revoked.get_or_insert_with(super::now);
        let taken = record.clone();
        for device in tokens.iter_mut().filter(|it| it.of.as_deref() == Some(id)) {
            device.revoked.get_or_insert(revoked);
        }
        Ok(taken)
    })
}

/// The good token that this text is, or what is wrong with it.
pub(super) fn find<'a>(tokens: &'a [TokenRecord], text: &str, now: Stamp) -> Result<&'a TokenRecord, &'static str> {
    let presented = digest(text);
    // Every record is compared, each in constant time: how long it takes tells nothing about any token.
    let mut found = None;
    for record in tokens {
        let kept = unhex(&record.sha256).unwrap_or_default();
        if bool::from(kept.ct_eq(&presented)) {
            found = Some(record);
        }
    }
    let record = found.ok_or("this token is not known here: see that it was copied whole, or ask your operator")?;
    record.fault(now).map_or(Ok(record), Err)
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], TokenFault> {
    let mut bytes = [0; N];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|fault| TokenFault::Random(fault.to_string()))?;
    Ok(bytes)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(bytes)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn replace(path: &Path, new: &Path, text: &str) -> std::io::Result<()> {
    // Left over by a crash; made anew, so that it has our mode.
    match std::fs::remove_file(new) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut file = private().create_new(true).open(new)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(fault) = written.and_then(|()| std::fs::rename(new, path)) {
        // Half of it is no use to anybody, and takes room where there is none.
        let _ = std::fs::remove_file(new);
        return Err(fault);
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn disk(path: &Path, why: std::io::Error) -> TokenFault {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, StorageFull};
    let path = path.into();
    if matches!(why.kind(), StorageFull | QuotaExceeded) {
        return TokenFault::Full { path };
    }
    if why.kind() == PermissionDenied {
        return TokenFault::NotAllowed { path, why };
    }
    TokenFault::Disk { path, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Time;
    use std::os::unix::fs::PermissionsExt;

    fn new(expires: Option<i64>) -> NewToken {
        NewToken {
            name: "Wang".into(),
            staff_no: "S07".into(),
            role: Role::Manager,
            queues: Vec::new(),
            expires: expires.map(|it| Stamp(Time(it))),
        }
    }

    #[test]
    fn a_token_goes_round() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        assert_eq!(read(&path).unwrap(), []);
        let (text, record) = issue(&path, new(None)).unwrap();
        assert_eq!(text.len(), PREFIX.len() + 64);
        let kept = read(&path).unwrap();
        assert_eq!(kept, [record]);
        assert_eq!(find(&kept, &text, Stamp(Time(0))).unwrap().staff_no, "S07");
        assert!(
            find(&kept, "surged_", Stamp(Time(0)))
                .unwrap_err()
                .contains("not known")
        );
        assert!(!std::fs::read_to_string(&path).unwrap().contains(&text));
    }

    #[test]
    fn a_code_is_good_for_one_token_once_and_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let minutes = Millis::from_mins(10);
        let (code, record) = issue_code(&path, new(None), minutes, None).unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains(&code));
        assert_eq!(redeem(&path, "nonsense").unwrap(), None);
        let (token, got) = redeem(&path, &code).unwrap().unwrap();
        assert_eq!((got.id.as_str(), got.code), (record.id.as_str(), None));
        assert_eq!(
            find(&read(&path).unwrap(), &token, super::super::now()).unwrap().id,
            record.id
        );
        assert_eq!(redeem(&path, &code).unwrap(), None, "once");

        let (late, _) = issue_code(&path, new(None), Millis(-1), None).unwrap();
        assert_eq!(redeem(&path, &late).unwrap(), None, "too old");
        let (revoked, record) = issue_code(&path, new(None), minutes, None).unwrap();
        revoke(&path, &record.id).unwrap();
        assert_eq!(redeem(&path, &revoked).unwrap(), None, "taken back before it was used");
    }

    #[test]
    fn devices_end_with_the_token_they_were_made_from_and_are_few() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let (_, first) = issue(&path, new(None)).unwrap();
        let device = |lasting| issue_code(&path, new(None), lasting, Some(&first.id));
        for _ in 0..LIMIT_DEVICES * 2 {
            device(Millis(-1)).unwrap();
        }
        let minutes = Millis::from_mins(10);
        let codes: Vec<String> = (0..LIMIT_DEVICES).map(|_| device(minutes).unwrap().0).collect();
        assert!(matches!(device(minutes), Err(TokenFault::TooManyDevices)));
        let (token, _) = redeem(&path, &codes[0]).unwrap().unwrap();
        revoke(&path, &first.id).unwrap();
        let kept = read(&path).unwrap();
        assert!(
            find(&kept, &token, super::super::now())
                .unwrap_err()
                .contains("revoked")
        );
        assert_eq!(redeem(&path, &codes[1]).unwrap(), None);
    }

    #[test]
    fn the_file_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        issue(&path, new(None)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        issue(&path, new(None)).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_end_is_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        let (text, _) = issue(&path, new(Some(1000))).unwrap();
        let kept = read(&path).unwrap();
        assert!(find(&kept, &text, Stamp(Time(999))).is_ok());
        assert!(find(&kept, &text, Stamp(Time(1000))).unwrap_err().contains("expired"));
    }

    #[test]
    fn a_failed_change_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.json");
        issue(&path, new(None)).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(
            revoke(&path, "nobody")
                .unwrap_err()
                .to_string()
                .contains("surged token list")
        );
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, r#"{"tokens":[],"more":1}"#).unwrap();
        assert!(issue(&path, new(None)).is_err());
    }
}
