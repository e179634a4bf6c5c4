//! `hence-experiments three-entropies`: runs the experiment, prints what it found, and fails where a check does.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use hence_experiments::report::Report;
use hence_experiments::three_entropies::{self, Size};
use indicatif::{ProgressBar, ProgressStyle};

/// Numerical experiments for the derivations of hence.
#[derive(Parser)]
#[command(name = "hence-experiments")]
struct Arguments {
    #[command(subcommand)]
    experiment: Experiment,
}

#[derive(Subcommand)]
enum Experiment {
    /// The evidence lower bound of variational autoencoders and the sum of three entropies.
    ThreeEntropies {
        /// Fewer data and iterations: seconds.
        #[arg(long)]
        short: bool,
        /// Writes the log and the figures into this folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Formulas, linear models and six trainings.
const TICKS: u64 = 8;

fn main() -> ExitCode {
    let Experiment::ThreeEntropies { short, out, format } = Arguments::parse().experiment;
    let bar = progress();
    let size = if short { Size::Short } else { Size::Full };
    let found = three_entropies::run(size, &|| bar.inc(1));
    bar.finish_and_clear();
    let done = found.and_then(|report| {
        written(&report, out.as_deref()).map_err(|e| e.to_string())?;
        printed(&report, format).map_err(|e| e.to_string())?;
        Ok(report.holds())
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "error: {problem}");
            ExitCode::from(2)
        }
    }
}

/// A bar on a terminal, nothing in a pipe.
fn progress() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(TICKS);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn written(report: &Report, out: Option<&Path>) -> io::Result<()> {
    let Some(folder) = out else { return Ok(()) };
    fs::create_dir_all(folder)?;
    report.files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

fn printed(report: &Report, format: Format) -> io::Result<()> {
    let text = match format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    };
    match io::stdout().write_all(text.as_bytes()) {
        // A pager that was left is no failure.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
