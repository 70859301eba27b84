//! Which log lines go out: what `RUST_LOG` asks for, between two bounds that it cannot move.
//!
//! ```text
//!               off   error   warn  │  info  │  debug   trace
//!  surged        ── always ──────── │ asked for by RUST_LOG ──     a slip of the pen must not hide a full disk
//!  libraries     asked for by RUST_LOG ───── │ ── never ──────     they write down headers, addresses and bodies, and secrets with them
//! ```

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;

/// Libraries that write lines. A line of the most talkative ones bears a secret where it is about a link, and which do is theirs to
/// decide, with every version anew: so the bound is for all that is not ours. The list serves to tell a name from a slip of the pen.
pub const LIBRARIES: [&str; 14] = [
    "augurs_ets",
    "augurs_mstl",
    "axum",
    "axum_core",
    "hyper_util",
    "jiff",
    "jiff_core",
    "mio",
    "notify",
    "reqwest",
    "rustls",
    "tokio_tungstenite",
    "tower",
    "tungstenite",
];

/// Our own name, as the lines bear it.
const OURS: &str = "surged";

/// The least that is said of the daemon and its commands.
const OURS_AT_LEAST: LevelFilter = LevelFilter::WARN;

/// The most that is said of a library.
const LIBRARIES_AT_MOST: LevelFilter = LevelFilter::INFO;

/// What `RUST_LOG` asks for.
#[derive(Debug)]
pub(super) struct RustLog {
    asked: Targets,
    /// What of it asks for nothing, as it was written.
    passed_over: Vec<String>,
}

impl RustLog {
    /// By the process's environment; `default` where it says nothing that can be understood.
    pub fn of_environment(default: LevelFilter) -> RustLog {
        let text = std::env::var_os("RUST_LOG").unwrap_or_default();
        RustLog::of(&text.to_string_lossy(), default)
    }

    fn of(text: &str, default: LevelFilter) -> RustLog {
        let (mut asked, mut passed_over) = (Vec::new(), Vec::new());
        for directive in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match directive.parse::<Targets>() {
                Ok(targets) if targets.iter().all(|(name, _)| is_known(name)) => asked.push(targets),
                Ok(_) | Err(_) => passed_over.push(directive.to_owned()),
            }
        }
        if asked.is_empty() {
            asked.push(Targets::new().with_default(default));
        }
        let asked = asked.iter().fold(Targets::new(), |all, one| {
            let all = all.with_targets(one.iter());
            one.default_level().into_iter().fold(all, Targets::with_default)
        });
        RustLog { asked, passed_over }
    }

    /// Whether a line of this module goes out.
    pub fn admits(&self, module: &str, level: Level) -> bool {
        let asked = self.asked.would_enable(module, &level);
        match is_within(module, OURS) {
            true => asked || level <= OURS_AT_LEAST,
            false => asked && level <= LIBRARIES_AT_MOST,
        }
    }

    /// Nothing finer than this goes out.
    pub fn finest(&self) -> LevelFilter {
        let named = self.asked.iter().map(|(_, level)| level);
        named
            .chain(self.asked.default_level())
            .fold(OURS_AT_LEAST, LevelFilter::max)
    }

    /// What is to be said of `RUST_LOG` itself, if anything.
    pub fn fault(&self) -> Option<String> {
        let passed_over: Vec<String> = self.passed_over.iter().map(|it| format!("{it:?}")).collect();
        (!passed_over.is_empty()).then(|| {
            format!(
                "RUST_LOG: expected a level (error, warn, info, debug, trace), or NAME=LEVEL of surged or of a library that it uses, as in \
                 info,surged::feed=debug; what came is passed over: {}",
                passed_over.join(", ")
            )
        })
    }
}

fn is_known(name: &str) -> bool {
    LIBRARIES.iter().chain([&OURS]).any(|it| is_within(name, it))
}

/// Whether a name is of this crate: the crate's own, or one of its modules'.
fn is_within(name: &str, of: &str) -> bool {
    name.strip_prefix(of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rust_log: &str) -> RustLog {
        RustLog::of(rust_log, LevelFilter::INFO)
    }

    /// The finest of our lines that goes out, of this module.
    fn finest(rust_log: &str, module: &str) -> Option<Level> {
        let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
        levels.into_iter().find(|level| of(rust_log).admits(module, *level))
    }

    #[test]
    fn what_is_asked_for_goes_out_and_of_ourselves_never_less_than_what_is_wrong() {
        let ours = |rust_log: &str| finest(rust_log, "surged::journal::local").unwrap_or_else(|| panic!("{rust_log}"));
        for (rust_log, level) in [
            ("", Level::INFO),
            (" , ", Level::INFO),
            ("info", Level::INFO),
            ("debug", Level::DEBUG),
            ("TRACE", Level::TRACE),
            ("warn, surged::journal = debug", Level::WARN),
            ("warn, surged::journal=debug", Level::DEBUG),
            ("off", Level::WARN),
            ("error", Level::WARN),
            ("surged=off", Level::WARN),
            ("surged::feed=trace", Level::WARN),
            ("tungstenite=trace", Level::WARN),
            ("debugg", Level::INFO),
            ("=", Level::INFO),
            ("surged=loud", Level::INFO),
            ("debugg,surged=debug", Level::DEBUG),
            ("[{x}]=trace", Level::INFO),
        ] {
            assert_eq!(ours(rust_log), level, "RUST_LOG={rust_log}");
        }
    }

    #[test]
    fn no_library_says_what_it_has_sent_and_received_however_closely_it_is_asked() {
        let modules = [
            "tungstenite::handshake::client",
            "tungstenite::protocol",
            "hyper_util::client",
            "one_of_tomorrow",
        ];
        for module in modules {
            for rust_log in [
                "trace".to_owned(),
                format!("{module}=trace"),
                format!("off,{module}=5,{module}::frame=debug"),
            ] {
                assert!(
                    finest(&rust_log, module).is_none_or(|it| it <= Level::INFO),
                    "RUST_LOG={rust_log}"
                );
            }
        }
        assert_eq!(finest("tungstenite=trace", modules[0]), Some(Level::INFO));
        assert_eq!(finest("off", modules[0]), None);
    }

    #[test]
    fn a_slip_of_the_pen_is_told_with_what_was_expected() {
        for good in ["", "info", "surged=debug,hyper_util=warn,rustls::client=error"] {
            assert_eq!(of(good).fault(), None, "{good}");
        }
        let fault = of("debugg, surged=loud,info,surge=debug").fault().unwrap();
        assert!(
            fault.ends_with(r#"passed over: "debugg", "surged=loud", "surge=debug""#),
            "{fault}"
        );
    }

    #[test]
    fn nothing_finer_goes_out_than_is_said_to_those_who_write() {
        for (rust_log, finest) in [
            ("off", LevelFilter::WARN),
            ("info", LevelFilter::INFO),
            ("warn,surged::feed=debug", LevelFilter::DEBUG),
        ] {
            assert_eq!(of(rust_log).finest(), finest, "{rust_log}");
        }
    }
}
