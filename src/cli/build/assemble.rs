//! From documents to pages: goals are decided on threads, and put where they stand.

use std::collections::BTreeMap;
use std::thread::available_parallelism;

use hence::diagnostic::{Diagnostic, Span};
use hence::document::Verdict;
use hence::document::figure::svg;
use hence::document::page::{Content, Item, Page, Part, Picture, RawHtml, Slugs, read};
use hence::elaborate::{Goal, GoalKind};
use hence::fit;
use hence::syntax::literate::Kind;
use hence::theory::Theory;
use hence::verify::{decide_after, figure, functions, givens, item, notation, show_once};

use super::super::arguments::BuildArguments;
use super::super::check::progress;
use super::super::context::Session;
use super::super::documents::{Document, Placed};
use super::super::work::{Setting, decide_all};
use super::sources::Sourced;

/// A page, and what is to be said of it.
pub struct Assembled {
    /// The page.
    pub page: Page,
    /// What does not hold, a line each.
    pub wrong: Vec<String>,
    /// What could not be read.
    pub problems: Vec<Diagnostic>,
    /// Whether another run would come to the same.
    pub lasting: bool,
}

/// What a goal came to, or why it was given up.
type Told = Result<Item, String>;

/// What became of the goals of one document, in order.
pub type Answers = Vec<Option<Told>>;

/// The page of a document whose goals are decided.
pub fn page(sourced: &Sourced, answers: Answers, html: RawHtml, theory: &Theory) -> Assembled {
    let mut pieces = Pieces::new(&sourced.document, theory, answers);
    let (text, mut parts) = match sourced.document.layout.is_literate() {
        true => (sourced.document.source.text.clone(), pieces.parts()),
        false => pieces.of_plain_file(&sourced.path),
    };
    show_once(&mut parts);
    let mut page = read(&sourced.path, &text, parts, html);
    let document = &sourced.document;
    page.functions = functions(&document.layout.text, &document.statements, theory);
    let Pieces { wrong, problems, lasting, .. } = pieces;
    Assembled { page, wrong, problems, lasting }
}

/// What became of the goals of each document.
pub fn decided(
    sourced: &[Sourced],
    open: &[usize],
    arguments: &BuildArguments,
    session: &Session,
) -> Vec<Answers> {
    let mut told: Vec<Answers> =
        sourced.iter().map(|s| s.document.goals.iter().map(|_| None).collect()).collect();
    let places: Vec<(usize, usize)> =
        open.iter().flat_map(|d| (0..told[*d].len()).map(move |g| (*d, g))).collect();
    let goal = |(d, g): &(usize, usize)| sourced[*d].document.goals[*g].goal.clone();
    let goals: Vec<Goal> = places.iter().map(goal).collect();
    let bar = progress(goals.len());
    let theory = session.theory.clone();
    let processors = || available_parallelism().map_or(1, usize::from);
    let setting = Setting {
        // The evidence for claims is what `hence check` is for; a page shows that of its derivations.
        decide: Box::new(move |goal, earlier| {
            let claim = matches!(goal.kind, GoalKind::Claim { .. });
            let decision = decide_after(goal, &theory, !claim, earlier);
            Ok(item(goal, &decision, &theory))
        }),
        give_up: |_, why| Err(why.to_owned()),
        jobs: arguments.jobs.map_or_else(processors, usize::from),
        time: session.limits.time,
    };
    decide_all(goals, setting, |index, item, _| {
        let (d, g) = places[index];
        told[d][g] = Some(item);
        bar.inc(1);
    });
    bar.finish_and_clear();
    told
}

/// The statements of one document on their way to its page.
struct Pieces<'a> {
    document: &'a Document,
    theory: &'a Theory,
    /// Statements by their place in the file.
    items: BTreeMap<(usize, usize), Item>,
    wrong: Vec<String>,
    problems: Vec<Diagnostic>,
    lasting: bool,
}

impl<'a> Pieces<'a> {
    fn new(document: &'a Document, theory: &'a Theory, told: Answers) -> Self {
        let mut pieces = Self {
            document,
            theory,
            items: BTreeMap::new(),
            wrong: Vec::new(),
            problems: Vec::new(),
            lasting: true,
        };
        let mut slugs = Slugs::default();
        for (order, (placed, told)) in document.goals.iter().zip(told).enumerate() {
            match told {
                Some(Ok(item)) => pieces.goal(order, placed, item, &mut slugs),
                Some(Err(why)) => {
                    pieces.lasting = false;
                    pieces.note(placed, &why);
                }
                None => pieces.lasting = false,
            }
        }
        pieces
    }

    fn goal(&mut self, order: usize, placed: &Placed, mut item: Item, slugs: &mut Slugs) {
        let wrong = match &mut item {
            Item::Given(_) => None,
            Item::Derivation(d) => {
                d.anchor = slugs.unique(&d.report.statement.to_string());
                let ended = d.report.result.is_some() && d.objections.is_empty();
                (!ended).then(|| d.report.status.as_str().to_owned())
            }
            Item::Claim(c) => {
                c.anchor = slugs.unique(&c.left.to_string());
                c.expected_refuted = placed.expected_refuted;
                (!c.is_fine()).then(|| match (c.expected_refuted, c.verdict) {
                    (true, Verdict::Proved) => "proved, though shown as a mistake:".to_owned(),
                    (_, verdict) => verdict.as_str().to_owned(),
                })
            }
        };
        if let Some(status) = wrong {
            self.note(placed, &status);
        }
        self.items.insert((placed.span.start, order), item);
    }

    fn note(&mut self, placed: &Placed, what: &str) {
        let (line, column) = self.document.source.position(placed.span.start);
        let text = placed.goal.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.wrong.push(format!("{}:{line}:{column} {what} {text}", self.document.source.name));
    }

    fn parts(&mut self) -> Vec<Part> {
        self.declare();
        let mut parts = Vec::new();
        for (_, block) in &self.document.layout.blocks {
            let content = match block.kind() {
                Ok(Kind::Figure(file)) => self.figure(&file),
                Ok(Kind::Fit) => Some(self.fits(block.fence)),
                _ => Some(Content::Statements(self.within(block.whole))),
            };
            if let Some(content) = content {
                parts.push(Part { span: block.whole, text: block.text.clone(), content });
            }
        }
        parts
    }

    /// A file of statements alone as a document with one block.
    fn of_plain_file(&mut self, path: &str) -> (String, Vec<Part>) {
        self.declare();
        let text = self.document.source.text.trim_end();
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        let head = format!("# {}\n\n", path.rsplit('/').next().unwrap_or(path));
        let markdown = format!("{head}{fence}hence\n{text}\n{fence}\n");
        let span = Span::new(head.len(), markdown.len() - 1);
        let items = self.within(Span::new(0, usize::MAX));
        let part = Part { span, text: format!("{text}\n"), content: Content::Statements(items) };
        (markdown, vec![part])
    }

    fn declare(&mut self) {
        let layout = &self.document.layout;
        let declared = givens(&layout.text, &self.document.statements, self.theory);
        for (order, (span, lines)) in declared.into_iter().enumerate() {
            // Several on one line have the same place.
            let at = layout.in_file(span).start;
            self.items.insert((at, order), Item::Given(lines));
        }
    }

    /// The statements in a stretch of the file; declarations that follow on one another are one.
    fn within(&mut self, span: Span) -> Vec<Item> {
        let later = self.items.split_off(&(span.end, 0));
        let here = std::mem::replace(&mut self.items, later);
        let mut out: Vec<Item> = Vec::new();
        for item in here.into_values() {
            match (out.last_mut(), item) {
                (Some(Item::Given(lines)), Item::Given(more)) => lines.extend(more),
                (_, item) => out.push(item),
            }
        }
        out
    }

    /// The table of a fit block; what does not hold is noted.
    fn fits(&mut self, fence: Span) -> Content {
        let document = self.document;
        let mut found = Vec::new();
        for placed in document.fits.iter().filter(|f| f.fence == fence) {
            match fit::check(&placed.fit, &placed.placed.goal.context, self.theory) {
                Ok(outcome) => {
                    if !outcome.holds {
                        self.note(&placed.placed, "differs:");
                    }
                    found.push(outcome);
                }
                Err(problems) => {
                    let located = problems.into_iter().map(|p| document.layout.locate(p));
                    self.problems.extend(located);
                }
            }
        }
        Content::Fits(Box::new(fit::table(&found, &notation(self.theory))))
    }

    /// A figure drawn; where it cannot be, that is among the problems or among what does not hold.
    fn figure(&mut self, file: &str) -> Option<Content> {
        let document = self.document;
        let placed = document.figures.iter().find(|f| f.file == file)?;
        let whole = &document.layout.whole;
        match figure(&placed.figure, whole, &document.statements, self.theory) {
            Ok(shown) => Some(Content::Figure(Picture {
                file: file.to_owned(),
                title: shown.title.clone(),
                desc: shown.desc.clone(),
                svg: svg(&shown),
            })),
            Err(problems) => {
                let located = problems.into_iter().map(|p| document.layout.locate(p));
                // A formula that is not derived is a result; the rest could not be read.
                let (stuck, unread): (Vec<_>, Vec<_>) = located.partition(|p| p.code == "E0709");
                self.problems.extend(unread);
                for problem in stuck {
                    let (line, column) = document.source.position(problem.span.start);
                    let name = &document.source.name;
                    self.wrong.push(format!("{name}:{line}:{column} {file}: {}", problem.message));
                }
                None
            }
        }
    }
}
