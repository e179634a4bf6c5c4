//! Theory files of the user's own: read after the shipped ones, and refused where a density or a sampler is wrong.

use std::path::PathBuf;
use std::sync::Arc;

use hence::syntax::parse_theory;
use hence::theory::Theory;
use hence::verify::soundness::{self, Effort};

use super::limits::Limits;
use super::problems::Problems;
use super::source::{self, Source};

/// The shipped theory, or what a statement needs of it, and the given files, in order, and those files.
pub fn load(
    paths: &[PathBuf],
    statement: Option<&str>,
    problems: &mut Problems,
    limits: &Limits,
) -> (Theory, Vec<Arc<Source>>) {
    let sources = sources(paths, problems, limits);
    let mut texts: Vec<&str> = sources.iter().map(|s| s.text.as_str()).collect();
    let mut theory = match statement {
        Some(statement) => {
            texts.push(statement);
            Theory::shipped_for(&texts)
        }
        None => Theory::shipped(),
    };
    for source in &sources {
        limits.begin(source.name.clone());
        add(&mut theory, source, problems);
    }
    limits.idle();
    (theory, sources)
}

/// The whole shipped theory and the files read before, whose problems are known.
pub fn whole(sources: &[Arc<Source>]) -> Theory {
    let mut theory = Theory::shipped();
    for source in sources {
        theory.extend(&source.name, &source.text);
    }
    theory
}

/// Adds files to a theory as they are: for those that test them.
pub fn read(theory: &mut Theory, paths: &[PathBuf], problems: &mut Problems, limits: &Limits) {
    for source in sources(paths, problems, limits) {
        let found = theory.extend(&source.name, &source.text);
        problems.extend(&source, found);
    }
}

fn sources(paths: &[PathBuf], problems: &mut Problems, limits: &Limits) -> Vec<Arc<Source>> {
    let mut all = Vec::new();
    for path in paths {
        limits.begin(source::name_of(path));
        match source::read(path) {
            Ok(source) => all.push(source),
            Err(problem) => problems.about(source::name_of(path), *problem),
        }
    }
    limits.idle();
    all
}

/// Adds one file. What it says of distributions is tested by numbers.
fn add(theory: &mut Theory, source: &Arc<Source>, problems: &mut Problems) {
    let known = theory.distributions().len();
    let mut found = theory.extend(&source.name, &source.text);
    let (tree, _) = parse_theory(&source.text);
    for distribution in &theory.distributions()[known..] {
        let item = tree.items.iter().find(|item| item.name.name == distribution.name.as_str());
        let span = item.map(|item| item.name.span).unwrap_or_default();
        let tested = soundness::distribution(distribution, theory, Effort::Quick);
        found.extend(tested.fault().map(|fault| fault.at(span)));
    }
    problems.extend(source, found);
}
