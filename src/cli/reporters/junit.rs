//! JUnit XML: a suite for each document, a case for each statement, an error for what could not be read.
//!
//! Without times: the same documents give the same bytes.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Reporter, Shown, Tally};
use crate::cli::context::Session;
use crate::cli::documents::Document;
use crate::cli::problems::Trouble;

/// The suites so far: a report counts the cases of a suite when it takes it.
#[derive(Default)]
pub struct Junit {
    suites: Vec<TestSuite>,
}

impl Reporter for Junit {
    fn document(&mut self, document: &Document, _session: &mut Session) {
        self.suites.push(TestSuite::new(document.source.name.as_str()));
    }

    fn statement(&mut self, shown: &Shown<'_>, _session: &mut Session) {
        let status = match shown.is_fine() {
            true => TestCaseStatus::success(),
            false => failure(shown),
        };
        let text = shown.placed.goal.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (line, _) = shown.position();
        let case = case(&text, &shown.document.source.name, line, status);
        if let Some(suite) = self.suites.last_mut() {
            suite.add_test_case(case);
        }
    }

    fn finish(&mut self, _tally: &Tally, session: &mut Session) {
        for trouble in session.problems.all() {
            let status = error(&trouble);
            let case = case(&trouble.message, &trouble.file, trouble.line, status);
            let known = self.suites.iter_mut().find(|s| s.name == trouble.file);
            match known {
                Some(suite) => {
                    suite.add_test_case(case);
                }
                None => {
                    let mut suite = TestSuite::new(trouble.file.as_str());
                    suite.add_test_case(case);
                    self.suites.push(suite);
                }
            }
        }
        let mut report = Report::new("hence check");
        report.add_test_suites(std::mem::take(&mut self.suites));
        match report.to_string() {
            Ok(text) => session.output.text(&text),
            Err(e) => session.output.error(&format!("error[E0609]: no XML could be made: {e}\n")),
        }
    }
}

fn case(name: &str, file: &str, line: usize, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(file);
    case.extra.insert("file".into(), file.into());
    case.extra.insert("line".into(), line.to_string().into());
    case
}

fn failure(shown: &Shown<'_>) -> TestCaseStatus {
    let (line, column) = shown.position();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(shown.outcome.status.as_str());
    status.set_message(format!("{}: {}", shown.verdict(), shown.statement()));
    let place = format!("{}:{line}:{column}", shown.document.source.name);
    let lines: Vec<String> = std::iter::once(place).chain(shown.findings()).collect();
    status.set_description(lines.join("\n"));
    status
}

fn error(trouble: &Trouble) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(trouble.code);
    status.set_message(trouble.message.as_str());
    let hint = trouble.hint.as_ref().map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    let Trouble { file, line, column, .. } = trouble;
    status.set_description(format!("{file}:{line}:{column}{hint}"));
    status
}
