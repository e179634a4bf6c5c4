//! `hence check`: every derivation and every claim of documents, for continuous integration.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread::available_parallelism;

use hence::document::Lang;
use hence::elaborate::Goal;
use hence::fit;
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::{CheckArguments, CheckFormat, Shard};
use super::cache::{Cache, Page};
use super::context::Session;
use super::documents::{self, Document};
use super::exit::Exit;
use super::outcome::Outcome;
use super::reporters::{self, Reporter, Shown, Tally};
use super::work::{Decide, Setting, decide_all};
use super::{mutate, records, source, statistics};
use hence::verify::{Links, decide_after};

/// Where documents are looked for when none are named.
const DEFAULT: &str = "derivations";

/// Runs the command.
pub fn run(arguments: &CheckArguments, session: &mut Session) -> Exit {
    let default = [PathBuf::from(DEFAULT)];
    let paths = if arguments.paths.is_empty() { &default[..] } else { &arguments.paths };
    let found = documents::find(paths, session);
    let found = of_shard(found, arguments.shard);
    let mut all = Vec::new();
    for path in &found {
        session.limits.begin(source::name_of(path));
        all.extend(documents::read(path, session).map(|document| (path, document)));
    }
    session.limits.idle();
    let cache = match arguments.no_cache {
        true => None,
        false => {
            let options = format!("verify: {}", !arguments.no_verify);
            Cache::open(
                arguments.cache.as_deref(),
                &session.theories().collect::<Vec<_>>(),
                &options,
            )
        }
    };
    let work = all
        .iter()
        .map(|(path, document)| Pages::of(document, path, cache.as_ref()))
        .collect::<Vec<_>>();
    let documents: Vec<&Document> = all.iter().map(|(_, document)| document).collect();
    let mut run = Run {
        documents,
        pages: work,
        reporter: reporters::reporter(arguments.format),
        tally: Tally::default(),
        links: Links::default(),
        next: (0, 0),
        begun: 0,
    };
    run.decide(arguments, session);
    run.pages.iter().for_each(Pages::keep);
    let tally = run.tally;
    run.reporter.finish(&tally, session);
    if arguments.explain_statistics {
        let outcomes = run.pages.iter().flat_map(|p| p.outcomes.iter().flatten());
        let text = statistics::explained(outcomes.map(|(outcome, _)| outcome));
        match arguments.format {
            CheckFormat::Human => session.output.text(&text),
            // The other forms are read by programs.
            _ => session.output.error(&text),
        }
    }
    let mut exit = Exit::of(tally.failed == 0);
    if arguments.mutate {
        let documents = all.iter().map(|(_, document)| document);
        let human = arguments.format == CheckFormat::Human;
        exit = exit.max(mutate::of_documents(documents, human, session));
    }
    exit
}

/// The documents of one part: every N-th, so that neighbours, which are often alike, are spread.
fn of_shard(found: Vec<PathBuf>, shard: Option<Shard>) -> Vec<PathBuf> {
    let Some(Shard { part, of }) = shard else { return found };
    found.into_iter().skip(part - 1).step_by(of).collect()
}

/// The outcomes of one document, and where they are kept.
struct Pages {
    page: Page,
    keys: Vec<String>,
    /// With whether it is an answer, and not the lack of one.
    outcomes: Vec<Option<(Outcome, bool)>>,
}

impl Pages {
    fn of(document: &Document, path: &std::path::Path, cache: Option<&Cache>) -> Self {
        let page = cache.map(|c| c.page(path)).unwrap_or_default();
        let key = |goal: &Goal| cache.map(|c| c.key(goal)).unwrap_or_default();
        let keys: Vec<String> = document.goals.iter().map(|p| key(&p.goal)).collect();
        let known = keys.iter().zip(&document.goals);
        let outcomes = known.map(|(k, p)| Some((page.get(k, &p.goal)?, true))).collect();
        Self { page, keys, outcomes }
    }

    fn keep(&self) {
        let answers = self.keys.iter().zip(&self.outcomes).filter_map(|(key, outcome)| {
            let (outcome, answered) = outcome.as_ref()?;
            answered.then(|| (key.clone(), outcome))
        });
        self.page.keep(&answers.collect::<Vec<_>>());
    }
}

/// One run: outcomes come in any order and are told in that of the documents.
struct Run<'a> {
    documents: Vec<&'a Document>,
    pages: Vec<Pages>,
    reporter: Box<dyn Reporter>,
    tally: Tally,
    links: Links,
    /// The document and the goal in it that are told next.
    next: (usize, usize),
    /// How many documents were begun.
    begun: usize,
}

impl Run<'_> {
    fn decide(&mut self, arguments: &CheckArguments, session: &mut Session) {
        let places: Vec<(usize, usize)> = self.open();
        let bar = progress(places.len());
        let goals = places.iter().map(|(d, g)| self.documents[*d].goals[*g].goal.clone()).collect();
        let processors = || available_parallelism().map_or(1, usize::from);
        let setting = Setting {
            decide: outcomes(session, !arguments.no_verify),
            give_up: Outcome::given_up,
            jobs: arguments.jobs.map_or_else(processors, usize::from),
            time: session.limits.time,
        };
        bar.suspend(|| self.tell(session));
        decide_all(goals, setting, |index, outcome, answered| {
            let (d, g) = places[index];
            self.pages[d].outcomes[g] = Some((outcome, answered));
            bar.inc(1);
            bar.suspend(|| self.tell(session));
        });
        bar.finish_and_clear();
    }

    /// The goals without an outcome.
    fn open(&self) -> Vec<(usize, usize)> {
        let all = self.pages.iter().enumerate();
        all.flat_map(|(d, pages)| {
            let goals = pages.outcomes.iter().enumerate();
            goals.filter(|(_, outcome)| outcome.is_none()).map(move |(g, _)| (d, g))
        })
        .collect()
    }

    /// Tells what can be told in order.
    fn tell(&mut self, session: &mut Session) {
        while let Some(document) = self.documents.get(self.next.0) {
            if self.begun <= self.next.0 {
                self.begun += 1;
                self.reporter.document(document, session);
            }
            while let Some(placed) = document.goals.get(self.next.1) {
                let outcome = &self.pages[self.next.0].outcomes[self.next.1];
                let Some((outcome, _)) = outcome else { return };
                let end = self.links.end(&placed.goal, outcome.holds);
                let chain = end.map(|chain| {
                    records::chain(chain, self.links.assumed(), &session.notation, Lang::En)
                });
                let shown = Shown { document, placed, outcome, chain };
                self.tally.count(&shown);
                self.reporter.statement(&shown, session);
                self.next.1 += 1;
            }
            self.tell_fits(document, session);
            self.tally.documents += 1;
            self.next = (self.next.0 + 1, 0);
        }
    }

    /// The statements about fits of a document, after the others: each is computed where it is told.
    fn tell_fits(&mut self, document: &Document, session: &mut Session) {
        for placed in &document.fits {
            let context = &placed.placed.goal.context;
            match fit::check(&placed.fit, context, &session.theory) {
                Ok(found) => {
                    let outcome = Outcome::of_fit(&found);
                    let placed = &placed.placed;
                    let shown = Shown { document, placed, outcome: &outcome, chain: None };
                    self.tally.count_fit(&shown);
                    self.reporter.statement(&shown, session);
                }
                Err(problems) => {
                    let located = problems.into_iter().map(|p| document.layout.locate(p));
                    session.problems.extend(&document.source, located.collect());
                }
            }
        }
    }
}

/// A goal to its outcome.
fn outcomes(session: &Session, verify: bool) -> Decide<Outcome> {
    let (theory, notation) = (session.theory.clone(), session.notation.clone());
    Box::new(move |goal, earlier| {
        let decision = decide_after(goal, &theory, verify, earlier);
        Outcome::of(goal, &decision, &theory, &notation)
    })
}

/// A bar on a terminal, nothing in a pipe.
pub fn progress(goals: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() || goals < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(goals as u64);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
