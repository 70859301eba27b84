//! The `surged` binary: arguments to a command, errors to an exit status.

/// What a crowd has used goes back to the system when it leaves (docs/decisions/0029-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    surged::cmd::main()
}
