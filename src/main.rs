//! The `surged` binary: arguments to a command, errors to an exit status.

use std::time::Duration;

/// What a crowd has used goes back to the system when it leaves (docs/decisions/0029-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was given back to the allocator it keeps for a second, and then until somebody next takes or gives back a whole page. A daemon that is
/// left alone does neither for hours: so a page is taken and given back now and then.
const GIVE_BACK_EVERY: Duration = Duration::from_secs(1);

/// More than what the allocator divides: a page of its own.
const OWN_PAGE: usize = 4 << 20;

fn main() -> std::process::ExitCode {
    // Where the system starts no thread, memory is kept, and nothing else is amiss.
    let _ = std::thread::Builder::new()
        .name("memory".into())
        .stack_size(64 * 1024)
        .spawn(|| {
            loop {
                std::thread::sleep(GIVE_BACK_EVERY);
                std::hint::black_box(Vec::<u8>::with_capacity(OWN_PAGE));
            }
        });
    surged::cmd::main()
}
