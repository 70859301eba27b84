//! What a person reads when the phone system and the daemon do not come together: what was expected, what came, what to do.

/// The first line is not Asterisk's.
pub fn not_asterisk(address: &str, greeting: &str) -> String {
    let greeting: String = greeting.chars().filter(|it| !it.is_control()).take(80).collect();
    format!(
        "{address} does not speak the Asterisk Manager Interface: expected \"Asterisk Call Manager/...\", came {greeting:?}; \
         set address to the host and the port of manager.conf (5038, with TLS 5039)"
    )
}

/// Nothing was said at all.
pub fn no_greeting(address: &str) -> String {
    format!(
        "{address} took the connection but sent no greeting of the Asterisk Manager Interface; check that address names \
         manager.conf's port, and that tls is set where that port is tlsbindaddr's"
    )
}

/// The connection ended before the greeting: what a restarting Asterisk does for half a second.
pub fn ended_at_once(address: &str, how: &str) -> String {
    format!(
        "{address} took the connection and {how} before any greeting: Asterisk is probably restarting; trying again"
    )
}

/// Wrong user or wrong secret; Asterisk does not tell which, nor where an address is not permitted.
pub fn login_refused(address: &str, username: &str, said: &str) -> String {
    format!(
        "{address} refused the login of {username:?} ({said}); Asterisk does not say whether the user or the secret is \
         wrong: compare username and secret with manager.conf, and its permit/deny with this machine's address"
    )
}

/// `allowmultiplelogin = no`, and Asterisk thinks that the user is there already.
pub fn login_in_use(address: &str, username: &str) -> String {
    format!(
        "{address} says that {username:?} is logged in already, and lets each user in once (allowmultiplelogin = no in \
         manager.conf): either another program uses this user, or Asterisk has not noticed yet that an earlier connection \
         is gone, which can take a quarter of an hour; set allowmultiplelogin = yes for it, or give every program a user of \
         its own; trying again"
    )
}

/// No answer to the login.
pub fn login_unanswered(address: &str) -> String {
    format!("{address} did not answer the login in time; if this stays so, look for what keeps Asterisk busy")
}

/// The connection ended while logging in.
pub fn ended_in_login(address: &str, how: &str) -> String {
    format!(
        "{address} {how} during the login: Asterisk is restarting, or authlimit or authtimeout of manager.conf was reached"
    )
}

/// No challenge, and the link may be overheard.
pub fn no_challenge(address: &str, said: &str) -> String {
    format!(
        "{address} refused the MD5 challenge ({said}), and the secret is not sent in the clear over a network; set tls \
         for this feed, and tlsenable in manager.conf"
    )
}

/// `Shutdown`.
pub fn shutting_down(restart: bool) -> String {
    let what = if restart { "restarts" } else { "shuts down" };
    format!("Asterisk {what}: the callers who waited are lost, the queues are seen again once it is back")
}

/// A burst of callers who gave up, then the end of the connection.
pub fn drained_and_ended(how: &str) -> String {
    format!(
        "callers gave up and right after it the phone system {how}: taken as a restart, not as a queue that emptied"
    )
}

/// The connection ended.
pub fn ended(address: &str, how: &str) -> String {
    format!("{address} {how}; trying again")
}

/// Nothing was heard for too long.
pub fn silent(address: &str, seconds: f64) -> String {
    format!(
        "{address} gave no sign of life for {seconds} s, not even to a Ping; the connection is given up and built anew"
    )
}

/// Callers come and go between lists and no event tells of them.
pub fn no_events(username: &str, seconds: f64) -> String {
    format!(
        "callers come and go but no queue event arrives: the user {username:?} lacks read = agent in manager.conf, or an \
         eventfilter keeps QueueCallerJoin and QueueCallerLeave from it; until that is mended the queues are asked for \
         every {seconds} s"
    )
}

/// Nothing of the system's own events came after the login.
pub fn no_system_events(username: &str) -> String {
    format!(
        "no FullyBooted came after the login: the user {username:?} lacks read = system in manager.conf (or Asterisk is still \
         booting); without it a shutdown is known only by the end of the connection"
    )
}

/// A queue could not be asked for.
pub fn list_refused(source: &str, said: &str) -> String {
    format!(
        "Asterisk does not list the queue {source:?} ({said}); while it boots that is normal, else check that app_queue is loaded"
    )
}

/// A list that was asked for never came, while other answers did.
pub fn list_unanswered(source: &str, seconds: f64) -> String {
    format!(
        "Asterisk did not list the queue {source:?} within {seconds} s, though it answered otherwise; it is asked again"
    )
}

/// Nothing was heard since a list was asked for.
pub fn list_stuck(address: &str, source: &str, seconds: f64) -> String {
    format!(
        "{address} said nothing more for {seconds} s after it was asked to list the queue {source:?}; the connection is built \
         anew, and next time it is given twice as long. If it is only slow (realtime queues in a slow database are), mend that: \
         while it makes a list it tells nothing else"
    )
}

/// Asterisk has no such queue.
pub fn queue_missing(source: &str, there: &[String]) -> String {
    const SHOWN: usize = 20;
    let close = there
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, source), name))
        .min()
        .filter(|(distance, name)| *distance <= name.chars().count().max(source.chars().count()) / 3);
    let meant = close.map_or(String::new(), |(_, name)| format!("; did you mean {name:?}?"));
    if there.is_empty() {
        return format!("Asterisk has no queue {source:?}, nor any other; check queues.conf, and the queue's source");
    }
    let shown: Vec<&str> = there.iter().take(SHOWN).map(String::as_str).collect();
    let more = match there.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "Asterisk has no queue {source:?}; it has {}{more}{meant}",
        shown.join(", ")
    )
}
