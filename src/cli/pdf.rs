//! PDF out of an article, by the LaTeX of this machine: in a directory of its own, without a shell, and with the date of no day, so that
//! the same article gives the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hence::diagnostic::{Diagnostic, Span};

/// Runs after which references have settled.
const RUNS: usize = 4;

/// What LaTeX may take of time for one run.
const PATIENCE: Duration = Duration::from_secs(120);

/// The name of the article in its directory.
const JOB: &str = "article";

/// The article as PDF. Chinese is typeset by XeLaTeX with ctex.
///
/// # Errors
/// A program or package that is not installed, or what LaTeX says against the text.
pub fn compile(tex: &str, chinese: bool) -> Result<Vec<u8>, Box<Diagnostic>> {
    let place = Place::new().map_err(|e| broken(&e))?;
    fs::write(place.path.join(format!("{JOB}.tex")), tex).map_err(|e| broken(&e))?;
    let program = if chinese { "xelatex" } else { "pdflatex" };
    for _ in 0..RUNS {
        let status = run(program, &place.path)?;
        let log = fs::read(place.path.join(format!("{JOB}.log"))).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        if !status.success() {
            return Err(Box::new(refusal(&log, tex)));
        }
        if !log.contains("Rerun to get")
            && !log.contains("Rerun LaTeX")
            && !log.contains("has changed")
        {
            break;
        }
    }
    fs::read(place.path.join(format!("{JOB}.pdf"))).map_err(|e| broken(&e))
}

/// A directory that goes away with this value.
struct Place {
    path: PathBuf,
}

impl Place {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let process = std::process::id();
        // A name that is taken is another's; what stands there is left alone.
        for _ in 0..1000 {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("hence-{process}-{count}"));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::from(io::ErrorKind::AlreadyExists))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// One run of the program, which reads and writes nothing outside its directory but what belongs to it.
fn run(program: &str, place: &Path) -> Result<ExitStatus, Box<Diagnostic>> {
    let mut child = Command::new(program)
        .args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"])
        .arg(format!("{JOB}.tex"))
        .current_dir(place)
        .env("SOURCE_DATE_EPOCH", "0")
        .env("FORCE_SOURCE_DATE", "1")
        .env("openin_any", "p")
        .env("openout_any", "p")
        .env("max_print_line", "1000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| missing(program, &e))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|e| broken(&e))? {
            return Ok(status);
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            let message = format!("{program} did not end within {} seconds", PATIENCE.as_secs());
            return Err(Box::new(Diagnostic::new("E0642", Span::default(), message)));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn broken(e: &io::Error) -> Box<Diagnostic> {
    let message = format!("the article could not be typeset: {e}");
    Box::new(
        Diagnostic::new("E0643", Span::default(), message)
            .hint("check the directory for temporary files and its permissions"),
    )
}

fn missing(program: &str, e: &io::Error) -> Box<Diagnostic> {
    let package = match program {
        "xelatex" => "texlive-xetex and texlive-lang-chinese",
        _ => "texlive-latex-recommended",
    };
    let message = format!("{program} cannot be run: {e}");
    Box::new(
        Diagnostic::new("E0640", Span::default(), message)
            .hint(format!("install LaTeX, on Debian {package}; `--format latex` needs none")),
    )
}

/// What LaTeX says first against the text.
fn refusal(log: &str, tex: &str) -> Diagnostic {
    let said =
        log.lines().find_map(|line| line.strip_prefix("! ")).unwrap_or("no reason was given");
    let file = said.strip_prefix("LaTeX Error: File `").and_then(|rest| rest.split('\'').next());
    if let Some(file) = file {
        let package = match file {
            "ctex.sty" => "texlive-lang-chinese",
            _ => "texlive-latex-recommended",
        };
        let message = format!("LaTeX has no {file}, which the article needs");
        return Diagnostic::new("E0641", Span::default(), message)
            .hint(format!("install it, on Debian with {package}; `--format latex` needs none"));
    }
    let line =
        log.lines().find_map(|line| line.strip_prefix("l.")?.split(' ').next()?.parse().ok());
    let text = line.and_then(|n: usize| tex.lines().nth(n.checked_sub(1)?));
    let place = text.map_or_else(String::new, |text| {
        let short: String = text.chars().take(80).collect();
        format!(", in the line `{short}`")
    });
    Diagnostic::new("E0642", Span::default(), format!("LaTeX refuses the article: {said}{place}"))
        .hint("build with `--format latex` and look at the article; formulas of the document may be wrong")
}

#[cfg(test)]
mod tests {
    use super::{Place, refusal};

    #[test]
    fn what_is_missing_is_named() {
        let problem = refusal("! LaTeX Error: File `ctex.sty' not found.\nl.2 x", "a\nb");
        assert_eq!(problem.code, "E0641");
        assert!(problem.hint.unwrap().contains("texlive-lang-chinese"));
    }

    #[test]
    fn the_first_error_and_its_line_are_told() {
        let problem =
            refusal("This is\n! Undefined control sequence.\nl.2 \\foo\n! More", "a\n$\\foo$");
        assert_eq!(
            problem.message,
            "LaTeX refuses the article: Undefined control sequence., in the line `$\\foo$`"
        );
    }

    #[test]
    fn directories_are_taken_away() {
        let place = Place::new().unwrap();
        let (path, other) = (place.path.clone(), Place::new().unwrap());
        assert!(path.is_dir() && path != other.path);
        drop(place);
        assert!(!path.exists() && other.path.is_dir());
    }
}
