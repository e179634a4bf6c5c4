//! Theory files of the user's own: read after the shipped ones, and refused where a density or a sampler is wrong.

use std::path::PathBuf;
use std::sync::Arc;

use hence::syntax::parse_theory;
use hence::theory::Theory;
use hence::verify::soundness::{self, Effort};

use super::limits::Limits;
use super::problems::Problems;
use super::source::{self, Source};

/// The shipped theory and the given files, in order, and the texts of those files.
pub fn load(paths: &[PathBuf], problems: &mut Problems, limits: &Limits) -> (Theory, Vec<String>) {
    let mut theory = Theory::shipped();
    let texts = extend(&mut theory, paths, problems, limits);
    (theory, texts)
}

/// Adds files to a theory; their texts. What they say of distributions is tested by numbers.
fn extend(
    theory: &mut Theory,
    paths: &[PathBuf],
    problems: &mut Problems,
    limits: &Limits,
) -> Vec<String> {
    let mut texts = Vec::new();
    for source in sources(paths, problems, limits) {
        limits.begin(source.name.clone());
        add(theory, &source, problems);
        texts.push(source.text.clone());
    }
    limits.idle();
    texts
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
