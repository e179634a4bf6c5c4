//! Theory files of the user's own: read after the shipped ones, and refused where a density or a sampler is wrong.

use std::path::PathBuf;
use std::rc::Rc;

use hence::syntax::parse_theory;
use hence::theory::Theory;
use hence::verify::soundness::{self, Effort};

use super::problems::Problems;
use super::source::{self, Source};

/// The shipped theory and the given files, in order.
pub fn load(paths: &[PathBuf], problems: &mut Problems) -> Theory {
    let mut theory = Theory::shipped();
    extend(&mut theory, paths, problems);
    theory
}

/// Adds files to a theory. What they say of distributions is tested by numbers.
fn extend(theory: &mut Theory, paths: &[PathBuf], problems: &mut Problems) {
    for source in sources(paths, problems) {
        add(theory, &source, problems);
    }
}

/// Adds files to a theory as they are: for those that test them.
pub fn read(theory: &mut Theory, paths: &[PathBuf], problems: &mut Problems) {
    for source in sources(paths, problems) {
        let found = theory.extend(&source.name, &source.text);
        problems.extend(&source, found);
    }
}

fn sources(paths: &[PathBuf], problems: &mut Problems) -> Vec<Rc<Source>> {
    let mut all = Vec::new();
    for path in paths {
        match source::read(path) {
            Ok(source) => all.push(source),
            Err(problem) => problems.about(path.display().to_string(), *problem),
        }
    }
    all
}

/// Adds one file. What it says of distributions is tested by numbers.
fn add(theory: &mut Theory, source: &Rc<Source>, problems: &mut Problems) {
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
