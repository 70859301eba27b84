//! The `surged` binary: arguments to a command, errors to an exit status.

fn main() -> std::process::ExitCode {
    surged::cmd::main()
}
