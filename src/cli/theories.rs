//! Theory files of the user's own: read after the shipped ones, and refused where a density or a sampler is wrong.

use std::path::PathBuf;
use std::rc::Rc;

use hence::syntax::parse_theory;
use hence::theory::Theory;

use super::density;
use super::problems::Problems;
use super::source::{self, Source};

/// The shipped theory and the given files, in order.
pub fn load(paths: &[PathBuf], problems: &mut Problems) -> Theory {
    let mut theory = Theory::shipped();
    extend(&mut theory, paths, problems);
    theory
}

/// Adds files to a theory.
pub fn extend(theory: &mut Theory, paths: &[PathBuf], problems: &mut Problems) {
    for path in paths {
        match source::read(path) {
            Ok(source) => add(theory, &source, problems),
            Err(problem) => problems.about(path.display().to_string(), *problem),
        }
    }
}

/// Adds one file. What it says of distributions is tested by numbers.
fn add(theory: &mut Theory, source: &Rc<Source>, problems: &mut Problems) {
    let known = theory.distributions().len();
    let mut found = theory.extend(&source.name, &source.text);
    let (tree, _) = parse_theory(&source.text);
    for distribution in &theory.distributions()[known..] {
        let item = tree.items.iter().find(|item| item.name.name == distribution.name.as_str());
        let span = item.map(|item| item.name.span).unwrap_or_default();
        found.extend(density::test(distribution, theory).into_iter().map(|p| p.at(span)));
    }
    problems.extend(source, found);
}
