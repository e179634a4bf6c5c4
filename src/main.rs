//! The `hence` command: arguments, files, colours, progress and exit codes over the library.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
