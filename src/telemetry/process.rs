//! What the process takes of its machine, under the names that every Prometheus client gives it.

use super::names;
use metrics::{counter, gauge};

/// Sets everything as of now. What the machine does not tell stays absent.
pub(super) fn show() {
    let now = metrics_process::collector::collect();
    let set = |name: &'static str, value: Option<u64>| {
        if let Some(value) = value {
            gauge!(name).set(value as f64);
        }
    };
    if let Some(seconds) = now.cpu_seconds_total {
        counter!(names::PROCESS_CPU).absolute(seconds as u64);
    }
    set(names::PROCESS_MEMORY, now.resident_memory_bytes);
    set(names::PROCESS_FILES, now.open_fds);
    set(names::PROCESS_FILES_LIMIT, now.max_fds);
    set(names::PROCESS_THREADS, now.threads);
    set(names::PROCESS_STARTED, now.start_time_seconds);
}
