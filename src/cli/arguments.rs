//! The arguments, and the help that goes with them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Derives closed forms of statistical quantities step by step, from their definition, and proves each step.
#[derive(Parser, Debug)]
#[command(name = "hence", version, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 all holds; 1 something is false, unproved or stale; 2 the input could not be \
                        read.\n\nColour follows the terminal, --color and NO_COLOR."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to colour what is printed.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// A theory file of your own, read after the shipped ones; its densities and samplers are tested. Repeatable.
    #[arg(long, global = true, value_name = "FILE")]
    pub theory: Vec<PathBuf>,
    /// Seconds that one statement, one file read or one certificate may take.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 120)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub timeout: u64,
    /// Memory that the whole run may take, in MiB.
    #[arg(long, global = true, value_name = "MIB", default_value_t = 4096)]
    #[arg(value_parser = clap::value_parser!(u64).range(16..))]
    pub memory: u64,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Derive the closed form of a quantity, or decide a claim, and show every step.
    Derive(DeriveArguments),
    /// Evaluate a quantity at given parameters: closed form, quadrature and Monte Carlo side by side.
    Evaluate(EvaluateArguments),
    /// Fit a model to a distribution: follow a loss downhill, and list its stationary points.
    Fit(FitArguments),
    /// Check documents: derive every quantity and decide every claim in their `hence` blocks.
    Check(CheckArguments),
    /// Break closed forms in every typical way, and show which kinds of evidence catch it.
    Mutate(MutateArguments),
    /// Build documents: Markdown, HTML, LaTeX and PDF out of literate Markdown.
    Build(BuildArguments),
    /// Preprocess a book for mdBook, which calls this with `[preprocessor.hence]` in book.toml.
    Mdbook(MdbookArguments),
    /// Draw the figures of documents, from derived formulas, as SVG files beside them.
    Figures(FiguresArguments),
    /// Repeat a derivation from its certificate (`hence derive --format json`), with the kernel alone.
    Replay(ReplayArguments),
    /// Try quantities for every family that is known, and for every pair of families: which have closed forms.
    Coverage(CoverageArguments),
    /// List the rules, distributions and quantities that are known.
    Rules(RulesArguments),
    /// List the axioms that a derivation rests on.
    Axioms(AxiomsArguments),
    /// Work on theories.
    #[command(subcommand)]
    Theory(TheoryCommand),
}

/// What can be done with theories.
#[derive(Subcommand, Debug)]
pub enum TheoryCommand {
    /// Test that densities integrate to one, samplers follow their densities, and the two sides of rules agree.
    Test(TestArguments),
}

/// Arguments of `hence derive`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct DeriveArguments {
    /// A quantity `L`, a definition `L = R`, or a claim; `where …` declares names.
    pub statement: String,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    pub format: Format,
    /// 0: the lines of the chain; 1: the named rules, too; 2: the arithmetic, too.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub detail: u8,
    /// The language of reasons.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
    /// Columns of terminal output [default: those of the terminal, the environment's COLUMNS, or 100].
    #[arg(long, value_parser = clap::value_parser!(u16).range(20..))]
    pub width: Option<u16>,
    /// The form of formulas in terminal output [default: block on a terminal, line elsewhere].
    #[arg(long, value_enum)]
    pub formula: Option<FormulaForm>,
    /// Do not pass output that is longer than the terminal to a pager (HENCE_PAGER, PAGER, or less).
    #[arg(long)]
    pub no_pager: bool,
    /// Leave out the numerical evidence.
    #[arg(long)]
    pub no_verify: bool,
    /// Sample as closely as possible, from stratified points: the margin that was reached is reported.
    #[arg(long)]
    pub precise: bool,
}

const EXAMPLES: &str = concat!(
    "Names that are not declared are taken for real parameters; what their use demands is printed as an assumption.\n",
    "Claims are written L <= R, or `claim L = R`.",
);

/// Arguments of `hence evaluate`.
#[derive(Args, Debug)]
pub struct EvaluateArguments {
    /// A quantity; `where …` declares names.
    pub statement: String,
    /// Values of the parameters, such as `m=0.3,s=2`; fractions and expressions are allowed. Repeatable.
    #[arg(long, value_name = "NAME=VALUE,…")]
    pub at: Vec<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = TextOrJson::Terminal)]
    pub format: TextOrJson,
    /// Sample as closely as possible, from stratified points.
    #[arg(long)]
    pub precise: bool,
}

/// Arguments of `hence fit`.
#[derive(Args, Debug)]
#[command(after_help = FIT_HELP)]
pub struct FitArguments {
    /// What is fitted to: a distribution, a mixture, or a sum of multiples of distributions.
    #[arg(long, value_name = "DISTRIBUTION")]
    pub target: String,
    /// What is minimised: forward-kl, reverse-kl, mse, l1, cosine, or a loss of a theory file of your own.
    #[arg(long, value_name = "NAME")]
    pub loss: String,
    /// What is fitted: a distribution whose names are its parameters, or a model of the theory [default: Normal(mu, sigma^2)].
    #[arg(long, value_name = "DISTRIBUTION")]
    pub model: Option<String>,
    /// Where the descent begins, such as `mu=0,sigma=1`. Repeatable.
    #[arg(long, value_name = "NAME=VALUE,…", required = true)]
    pub from: Vec<String>,
    /// The scales on which parameters move: `sigma`, or `log-sigma` for its logarithm.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub param: Vec<String>,
    /// Starts from which other stationary points are looked for; with 0 none are.
    #[arg(long, value_name = "N", default_value_t = 48)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=4096))]
    pub starts: u16,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = TextOrJson::Terminal)]
    pub format: TextOrJson,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

const FIT_HELP: &str = concat!(
    "The loss called cosine is 1 minus the cosine. The descent is that of gradient flow in the chosen parameters; its end is ",
    "made exact by Newton's method. A gradient of length 1e-8 or less certifies a stationary point, and its kind comes of ",
    "the second derivatives.\n\nExit status 1: the descent did not come to a certified stationary point.",
);

/// Arguments of `hence check`.
#[derive(Args, Debug)]
#[command(
    after_help = "A block with the info string `hence refuted` holds claims that must turn out to be wrong."
)]
pub struct CheckArguments {
    /// Documents (`.md`, `.hence`), or directories that are searched for them [default: derivations].
    pub paths: Vec<PathBuf>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub format: CheckFormat,
    /// Leave out the numerical evidence.
    #[arg(long)]
    pub no_verify: bool,
    /// Say how often the statistics of this run may be wrong.
    #[arg(long)]
    pub explain_statistics: bool,
    /// Break the closed forms, too, as `hence mutate` does: a classical mutant that survives fails the check.
    #[arg(long)]
    pub mutate: bool,
    /// Only the K-th of N parts of the documents: the parts together are all of them.
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Threads [default: one for each processor]. Their number changes nothing but the time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Where outcomes are kept for the next run [default: hence in the user's cache directory].
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache: Option<PathBuf>,
    /// Decide everything anew, and keep nothing.
    #[arg(long, env = "HENCE_NO_CACHE", value_parser = clap::builder::FalseyValueParser::new())]
    pub no_cache: bool,
}

/// Arguments of `hence build`.
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Nothing is written where a document cannot be read. A claim that does not hold is shown as such on the page, \
                  and the exit status is 1."
)]
pub struct BuildArguments {
    /// Documents (`.md`, `.hence`), or directories that are searched for them [default: derivations].
    pub paths: Vec<PathBuf>,
    /// The directory that is written to.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What to make, with commas between.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub format: Vec<PageFormat>,
    /// Write nothing; fail where a file is missing, or differs from what would be written.
    #[arg(long)]
    pub check: bool,
    /// The language of fixed words and reasons; an HTML page has both, and starts with this one.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
    /// In Markdown, LaTeX and PDF. 0: the lines of the chain; 1: the named rules, too; 2: the arithmetic, too.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    pub detail: u8,
    /// Pass HTML in the documents on to the pages as it is, instead of showing it as text.
    #[arg(long)]
    pub unsafe_html: bool,
    /// Threads [default: one for each processor]. Their number changes nothing but the time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Where pages are kept for the next run [default: hence in the user's cache directory].
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache: Option<PathBuf>,
    /// Build everything anew, and keep nothing.
    #[arg(long, env = "HENCE_NO_CACHE", value_parser = clap::builder::FalseyValueParser::new())]
    pub no_cache: bool,
}

/// What a document is built to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub enum PageFormat {
    /// A site: a page for each document, for each rule and each distribution, and an index.
    Html,
    /// GitHub Markdown.
    Markdown,
    /// A LaTeX article.
    Latex,
    /// The article, typeset by the LaTeX of this machine.
    Pdf,
}

/// One of several parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which, from 1.
    pub part: usize,
    /// Of how many.
    pub of: usize,
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part, of }),
        _ => Err("write K/N with 1 <= K <= N, such as 2/5".into()),
    }
}

/// Arguments of `hence mutate`.
#[derive(Args, Debug)]
#[command(
    after_help = "A mutant that is equal to the original is listed as such and never counted as caught. Exit status 1: a \
                  classical mutant survives every kind of evidence in numbers, the kernel takes a wrong one, or there \
                  was nothing to break."
)]
pub struct MutateArguments {
    /// Documents, directories that are searched for them, or statements as for `hence derive`.
    #[arg(value_name = "FILE|STATEMENT", default_value = "derivations")]
    pub subjects: Vec<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = HumanOrJson::Human)]
    pub format: HumanOrJson,
    /// Make subtle mutants, too: each subterm off by one part in a hundred and in a thousand.
    #[arg(long)]
    pub subtle: bool,
    /// List what each kind of evidence lets pass, and which mutants are equal to the original.
    #[arg(long)]
    pub list: bool,
    /// Change every step and every field of certificates, not a sample of them.
    #[arg(long)]
    pub exhaustive: bool,
}

/// Arguments of `hence mdbook`.
#[derive(Args, Debug)]
#[command(
    after_help = "In book.toml: [preprocessor.hence], with `lang = \"zh\"` and `detail = 1` where wanted. Exit status 1: a \
                  statement of the book does not hold."
)]
pub struct MdbookArguments {
    /// What mdBook asks first.
    #[command(subcommand)]
    pub command: Option<MdbookCommand>,
}

/// What mdBook asks besides.
#[derive(Subcommand, Debug)]
pub enum MdbookCommand {
    /// Whether books for a renderer can be preprocessed, by exit status.
    Supports {
        /// The renderer.
        renderer: String,
    },
}

/// Arguments of `hence figures`.
#[derive(Args, Debug)]
#[command(
    after_help = "A block with the info string `hence figure NAME.svg` describes a figure; NAME.svg is written \
                  beside the document."
)]
pub struct FiguresArguments {
    /// Documents (`.md`), or directories that are searched for them [default: derivations].
    pub paths: Vec<PathBuf>,
    /// Write nothing; fail where a file is missing, or differs from what would be drawn.
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `hence replay`.
#[derive(Args, Debug)]
pub struct ReplayArguments {
    /// The certificate, a JSON file.
    pub certificate: PathBuf,
}

/// Arguments of `hence rules`.
#[derive(Args, Debug)]
pub struct RulesArguments {
    /// An id, a pattern such as `ln.*`, or any part of an id.
    pub pattern: Option<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = TextOrJson::Terminal)]
    pub format: TextOrJson,
    /// The language of reasons.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Arguments of `hence coverage`.
#[derive(Args, Debug)]
#[command(
    after_help = "What is tried are the columns that the theory declares. Exit status 1: evidence speaks against a closed form,                   or with --check a file is not what would be written."
)]
pub struct CoverageArguments {
    /// Only this column, by its name or that of a quantity in it. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub quantity: Vec<String>,
    /// Only this family, and pairs with it. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub family: Vec<String>,
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = CoverageFormat::Terminal)]
    pub format: CoverageFormat,
    /// The language of what is printed.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
    /// Leave out the numerical evidence, and the values of what is open.
    #[arg(long)]
    pub no_verify: bool,
    /// Write the document to this file in English, and in Chinese beside it: page.md and page.zh.md.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "format", "lang"])]
    pub write: Option<PathBuf>,
    /// Compare with the document in this file, and the one beside it; times are not compared. With --family or --quantity
    /// the document must have the entries of that part, as they are now.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "lang"])]
    pub check: Option<PathBuf>,
    /// Threads [default: one for each processor]. Their number changes nothing but the time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}

/// The forms of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CoverageFormat {
    /// For a terminal.
    Terminal,
    /// A Markdown document.
    Markdown,
    /// One object.
    Json,
}

/// Arguments of `hence axioms`.
#[derive(Args, Debug)]
pub struct AxiomsArguments {
    /// A statement as for `hence derive`, or a document.
    #[arg(value_name = "STATEMENT|FILE")]
    pub subject: String,
}

/// Arguments of `hence theory test`.
#[derive(Args, Debug)]
pub struct TestArguments {
    /// Theory files of your own, whose entries are tested; without any, the shipped ones.
    pub paths: Vec<PathBuf>,
}

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// In a pipe, too.
    Always,
    /// Not at all.
    Never,
}

/// The forms of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Unicode text.
    Terminal,
    /// GitHub Markdown.
    Markdown,
    /// A LaTeX article.
    Latex,
    /// A page to study, complete in itself.
    Html,
    /// The certificate, which `hence replay` repeats.
    Json,
}

/// Text for people, or JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TextOrJson {
    /// Text.
    Terminal,
    /// JSON.
    Json,
}

/// The forms of what `hence check` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CheckFormat {
    /// One line for each statement.
    Human,
    /// An array of records.
    Json,
    /// JUnit XML: a suite for each document, a case for each statement.
    Junit,
    /// Annotations for GitHub, one for each failure.
    Github,
}

/// Lines for people, or JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum HumanOrJson {
    /// One line for each statement.
    Human,
    /// An array of records.
    Json,
}

/// The forms of formulas on a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FormulaForm {
    /// In one line, as long as it may be.
    Line,
    /// With stacked fractions, where the width allows.
    Block,
}

/// Languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl From<Language> for hence::document::Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
        }
    }
}
