//! The names of all metrics, with what each one tells: the source of their descriptions and of `docs/metrics.md`.

/// A metric's name, kind and meaning.
pub struct Metric {
    /// As scraped.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

/// The kinds of Prometheus.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts by size; the buckets' upper bounds in seconds.
    Histogram(&'static [f64]),
}

macro_rules! metrics {
    ($($constant:ident = $name:literal, $kind:expr, [$($label:literal),*], $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: &str = $name;)*

        /// Every metric.
        pub const ALL: &[Metric] = &[$(Metric { name: $name, kind: $kind, labels: &[$($label),*], help: $help }),*];
    };
}

use Kind::{Counter, Gauge, Histogram};

const DISK: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25, 1.0, 4.0,
];
const PUSH: &[f64] = &[
    0.000_5, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1.0, 2.0, 5.0,
];
const PEOPLE: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0,
];

metrics! {
    QUEUE_WAITING = "surged_queue_waiting_calls", Gauge, ["queue"], "Callers waiting at the last reading; absent before the first.";
    QUEUE_LONGEST_WAIT = "surged_queue_longest_wait_seconds", Gauge, ["queue"], "How long the caller at the head has waited by now; absent where the feed does not tell.";
    QUEUE_SIGNED_IN = "surged_queue_signed_in_agents", Gauge, ["queue"], "People signed in at the last reading; absent where the feed does not tell.";
    QUEUE_AVAILABLE = "surged_queue_available_agents", Gauge, ["queue"], "People signed in and free at the last reading; absent where the feed does not tell.";
    QUEUE_PAUSED_AGENTS = "surged_queue_paused_agents", Gauge, ["queue"], "People signed in and paused at the last reading; absent where the feed does not tell.";
    QUEUE_OFFERED = "surged_queue_offered_calls", Gauge, ["queue"], "Calls offered, as the source counts them; absent where it does not. It may begin anew with the source.";
    QUEUE_ANSWERED = "surged_queue_answered_calls", Gauge, ["queue"], "Calls answered, likewise.";
    QUEUE_ABANDONED = "surged_queue_abandoned_calls", Gauge, ["queue"], "Calls given up, likewise.";
    QUEUE_MOVES = "surged_queue_moves", Gauge, ["queue"], "Moves on the queue's stack: asked for and not yet taken back. Those in shadow are not counted.";
    QUEUE_BORROWED = "surged_queue_borrowed_seats", Gauge, ["queue", "pool"], "People of a pool who are on the queue's stack or still signing out.";
    QUEUE_BLIND = "surged_queue_blind", Gauge, ["queue"], "1 while nobody can see the queue and nothing is done of the daemon's own accord.";
    QUEUE_PAUSED = "surged_queue_paused", Gauge, ["queue"], "1 while somebody has paused the plan on the queue.";
    QUEUE_INCIDENT = "surged_queue_incident", Gauge, ["queue"], "1 while an incident is declared for the queue.";
    POOL_FREE = "surged_pool_free_seats", Gauge, ["pool"], "People of a pool who are not lent; the pool's keep is among them.";
    PHYSICAL_SEATS = "surged_physical_seats", Gauge, [], "Seats that exist, by floor.physical_seats; absent without it.";
    PHYSICAL_FREE = "surged_physical_free_seats", Gauge, [], "Of these, nobody sits at and nobody was asked to; absent where that is not known.";
    CONDITION_HELD = "surged_condition_held_seconds", Gauge, ["queue", "tier"], "For how long a tier's condition has held within its window.";
    INSTRUCTIONS = "surged_instructions_total", Counter, ["queue", "tier", "action"], "Instructions given.";
    ASKS = "surged_supervisor_asks", Gauge, [], "What a supervisor for the whole floor was asked for in the last ten minutes: people to be moved, and whether people are there.";
    ASKS_MEAN = "surged_supervisor_asks_mean", Gauge, [], "The same in ten minutes on average, over the last day or since the duty log began. Two are borne well (ISA-18.2, EEMUA 191).";
    ASKS_PEAK = "surged_supervisor_asks_peak", Gauge, [], "The same in the worst ten minutes of that time. Ten are the most that can be borne.";
    SHADOW_INSTRUCTIONS = "surged_shadow_instructions_total", Counter, ["queue", "tier", "action"], "Instructions decided in shadow: logged, and told to nobody.";
    INSTRUCTIONS_OPEN = "surged_instructions_open", Gauge, ["queue"], "Instructions that wait for their last word.";
    OLDEST_OPEN = "surged_oldest_open_instruction_seconds", Gauge, ["queue"], "For how long the oldest instruction has waited for its last word; 0 where none does.";
    PASSED_UP = "surged_passed_up_total", Counter, ["queue"], "Instructions that went to the next level of the chain, unseen in time or passed up by hand.";
    UNANSWERED = "surged_unanswered_total", Counter, ["queue"], "Instructions that went through the whole chain without an answer.";
    NOBODY_LISTENING = "surged_nobody_listening_total", Counter, ["queue"], "Instructions that found nobody connected.";
    TIERS_SKIPPED = "surged_tiers_skipped_total", Counter, ["queue", "tier", "reason"], "Tiers that were due and not called for want of people or seats.";
    TIER_EFFECTS = "surged_tier_effects_total", Counter, ["queue", "tier", "told"], "Calls of a tier whose people came, five minutes on; told: clear, doubtful where something else may have made the difference, unseen where nobody saw all of it.";
    TIER_WAITING_BEFORE = "surged_tier_waiting_before_seconds_total", Counter, ["queue", "tier", "told"], "Callers times seconds that they waited in the five minutes before those calls; not where unseen.";
    TIER_WAITING_AFTER = "surged_tier_waiting_after_seconds_total", Counter, ["queue", "tier", "told"], "The same in the five minutes after their people came.";
    APPROVALS_WAITING = "surged_approvals_waiting", Gauge, ["queue"], "Tiers that are due and wait for a leader's yes.";
    ANSWERS = "surged_answers_total", Counter, ["queue", "tier", "status"], "Answers taken.";
    ANSWER_SECONDS = "surged_answer_seconds", Histogram(PEOPLE), ["queue"], "From an instruction to its first answer.";
    DECISION_SECONDS = "surged_decision_seconds", Histogram(PUSH), [], "From the moment at which a decision was due to its instruction in the sockets' buffers.";
    FEED_CONNECTED = "surged_feed_connected", Gauge, ["feed"], "1 while the feed is connected.";
    FEED_READING_AGE = "surged_feed_reading_age_seconds", Gauge, ["feed"], "Since the feed last vouched for the least fresh of its queues.";
    FEED_RECONNECTS = "surged_feed_reconnects_total", Counter, ["feed"], "Connections made after the first.";
    FEED_REJECTED = "surged_feed_rejected_total", Counter, ["feed", "reason"], "Messages of a feed that were not taken.";
    FEED_IMPAIRED = "surged_feed_impaired", Gauge, ["feed", "reason"], "1 while a feed that is connected does not tell all that it should.";
    FEED_CLOCK_SKEW = "surged_feed_clock_skew_seconds", Gauge, ["feed"], "Our clock less the source's, by its readings.";
    FLOOR_SESSIONS = "surged_floor_sessions", Gauge, ["role"], "Sessions on the floor socket.";
    FLOOR_DROPPED = "surged_floor_dropped_total", Counter, ["reason"], "Sessions and requests that were cut off or refused.";
    WEBHOOK_ATTEMPTS = "surged_webhook_attempts_total", Counter, ["webhook", "outcome"], "Attempts to send a webhook.";
    WEBHOOK_UNDELIVERED = "surged_webhook_undelivered_total", Counter, ["webhook"], "Messages that were given up and are kept in the list of `surged webhook list`.";
    WEBHOOK_WAITING = "surged_webhook_waiting_messages", Gauge, ["webhook"], "Messages that wait for a receiver.";
    PUSH_ATTEMPTS = "surged_push_attempts_total", Counter, ["outcome"], "Attempts to call browsers by push: delivered to the push service, failed, gone (the browser is known no more) or late (given up, too old).";
    PUSH_BROWSERS = "surged_push_browsers", Gauge, [], "Browsers that are called by push.";
    JOURNAL_APPEND = "surged_journal_append_seconds", Histogram(DISK), [], "From handing entries to the duty log until they are durable.";
    JOURNAL_FAILING = "surged_journal_failing", Gauge, [], "1 while the duty log takes nothing and instructions go out unlogged.";
    CONFIG_LAST_RELOAD = "surged_config_last_reload_successful", Gauge, [], "1 if the newest configuration on disk is in force, 0 if it was refused.";
    CONFIG_RELOADED = "surged_config_last_reload_timestamp_seconds", Gauge, [], "When the configuration in force was taken up, in seconds since 1970.";
    CONFIG_HASH = "surged_config_hash", Gauge, ["hash"], "Always 1; the label is the start of the SHA-256 of the configuration in force.";
    CLOCK_SKEW = "surged_clock_skew_seconds", Gauge, [], "The wall clock less the daemon's own, which does not follow when somebody sets it.";
    LOG_LINES_DROPPED = "surged_log_lines_dropped_total", Counter, [], "Log lines that were left out: too many at once, or nobody reads standard error.";
    PROCESS_CPU = "process_cpu_seconds_total", Counter, [], "Processor time used, in whole seconds.";
    PROCESS_MEMORY = "process_resident_memory_bytes", Gauge, [], "Memory in use.";
    PROCESS_FILES = "process_open_fds", Gauge, [], "Open files and sockets.";
    PROCESS_FILES_LIMIT = "process_max_fds", Gauge, [], "How many of them there may be.";
    PROCESS_THREADS = "process_threads", Gauge, [], "Threads.";
    PROCESS_STARTED = "process_start_time_seconds", Gauge, [], "When the process was started, in seconds since 1970.";
    BUILD_INFO = "surged_build_info", Gauge, ["version"], "Always 1.";
}
