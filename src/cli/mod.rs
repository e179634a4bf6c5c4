//! The command line over the library: reads files, writes reports, says what is wrong, and exits.
//!
//! Exit status everywhere: 0 all holds; 1 something is false, unproved or stale; 2 the input could not be read. Each
//! command returns an [`Exit`]; nothing below `main` ends the process.

mod arguments;
mod axioms;
mod build;
mod cache;
mod check;
mod context;
mod coverage;
mod derive;
mod documents;
mod evaluate;
mod exit;
mod figures;
mod fit;
mod font;
mod limits;
mod mdbook;
mod mutate;
mod outcome;
mod output;
mod pdf;
mod problems;
mod records;
mod replay;
mod reporters;
mod rules;
mod soundness;
mod source;
mod statement;
mod statistics;
mod theories;
mod work;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use self::arguments::{Arguments, Command, TheoryCommand};
use self::context::Session;
use self::exit::Exit;

/// Terms nest up to the parser's limit and are walked by recursion; the default stack of a thread is too small for
/// the deepest of them in a build without optimisation.
const STACK: usize = 256 << 20;

/// Parses the arguments and runs the command on a thread with a large stack.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    std::panic::set_hook(Box::new(report_panic));
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&arguments));
    let exit = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit,
        // The hook has said what happened.
        Ok(Err(_)) | Err(_) => Exit::Unreadable,
    };
    exit.into()
}

/// The last resort: a panic is a mistake in hence, said so in one line.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    let place =
        info.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let what =
        text.or(payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    let text =
        format!("internal error{place}: {what}\nThis is a mistake in hence; please report it.\n");
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn run(arguments: &Arguments) -> Exit {
    let mut session = Session::new(arguments);
    let exit = match &arguments.command {
        Command::Derive(a) => derive::run(a, &mut session),
        Command::Evaluate(a) => evaluate::run(a, &mut session),
        Command::Fit(a) => fit::run(a, &mut session),
        Command::Check(a) => check::run(a, &mut session),
        Command::Mutate(a) => mutate::run(a, &mut session),
        Command::Build(a) => build::run(a, &mut session),
        Command::Mdbook(a) => mdbook::run(a, &mut session),
        Command::Figures(a) => figures::run(a, &mut session),
        Command::Replay(a) => replay::run(a, &mut session),
        Command::Coverage(a) => coverage::run(a, &mut session),
        Command::Rules(a) => rules::run(a, &mut session),
        Command::Axioms(a) => axioms::run(a, &mut session),
        Command::Theory(TheoryCommand::Test(a)) => soundness::run(a, &mut session),
    };
    session.finish(exit)
}
