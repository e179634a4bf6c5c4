//! Text to a spanned tree: the pest grammar of `grammar/hence.pest`, bound to the types of [`tree`].
//!
//! A source text is first cut by layout into statements or entries (`layout`), each piece is checked for characters,
//! brackets and depth (`scan`), matched by the grammar (`grammar`) and built (`expression`, `statement`, `theory`).
//! So all mistakes of a text are found at once. Spans are byte offsets into the text that was passed.
//!
//! Never: shows a pest type, panics on input, or knows what a name means.
//!
//! | code | what |
//! |---|---|
//! | E0101 | something else was expected here |
//! | E0102 | a bracket that does not pair |
//! | E0103 | nested too deeply |
//! | E0104 | the text is too long |
//! | E0105 | a character that is not part of the language |
//! | E0106 | a factor after a division that can be read in two ways |
//! | E0107 | an integral without its differential |
//! | E0108 | a number where a sign is needed before it, or written with an exponent |
//! | E0109 | a chain of relations |
//! | E0110 | not a statement, or not an entry |
//! | E0111 | a clause that is missing, doubled or out of place |
//! | E0112 | text or a path that is not well written |
//! | E0701 | a word after `hence` on a fence that is not known |
//! | E0702 | a block without its closing fence |
//! | E0703 | a figure without a proper file name |
//! | E0704 | not a clause of a figure |
//! | E0705 | a clause of a figure that is not well written |
//! | E0706 | a clause of a figure that is missing, doubled or out of place |

mod expression;
pub mod figure;
pub mod fit;
mod grammar;
mod layout;
pub mod literate;
mod print;
mod scan;
mod spelling;
mod statement;
mod theory;
pub mod tree;

pub use print::{print, print_parenthesised};
pub use theory::Outline;

use self::expression::Builder;
use self::grammar::Rule;
use self::layout::Piece;
use crate::diagnostic::Diagnostic;

/// Parses a block or a file of statements. Statements with a mistake are left out and reported.
pub fn parse_statements(source: &str) -> (Vec<tree::Statement>, Vec<Diagnostic>) {
    each_statement(source, statement::statement)
}

/// Parses the command line: as [`parse_statements`], and a bare `L` or `L = R` is derived, a bare inequality claimed.
pub fn parse_command(source: &str) -> (Vec<tree::Statement>, Vec<Diagnostic>) {
    each_statement(source, statement::command)
}

/// Parses a theory file. Entries with a mistake are left out and reported.
pub fn parse_theory(source: &str) -> (tree::TheoryFile, Vec<Diagnostic>) {
    if let Some(problem) = scan::size(source) {
        return (tree::TheoryFile::default(), vec![problem]);
    }
    let mut problems = Vec::new();
    let pieces = layout::entries(source);
    let items =
        pieces.into_iter().filter_map(|p| theory::entry(p, |_| true, &mut problems)).collect();
    problems.sort_by_key(|problem| problem.span.start);
    (tree::TheoryFile { items }, problems)
}

/// The entries of a theory file, found by its layout alone; none is parsed.
pub fn outline_theory(source: &str) -> Vec<Outline<'_>> {
    match scan::size(source) {
        Some(_) => Vec::new(),
        None => layout::entries(source).into_iter().map(Outline).collect(),
    }
}

/// Parses one expression, or a relation between two.
pub fn parse_expression(source: &str) -> Result<tree::Expr, Vec<Diagnostic>> {
    if let Some(problem) = scan::size(source) {
        return Err(vec![problem]);
    }
    let piece = Piece::new(source);
    let builder = Builder::new(piece.start);
    let built = builder.next(&mut grammar::parse(Rule::whole_expression, piece)?);
    statement::finish(built, builder)
}

type ParsePiece = fn(Piece<'_>) -> Result<Vec<tree::Statement>, Vec<Diagnostic>>;

fn each_statement(source: &str, parse: ParsePiece) -> (Vec<tree::Statement>, Vec<Diagnostic>) {
    if let Some(problem) = scan::size(source) {
        return (Vec::new(), vec![problem]);
    }
    let (mut statements, mut problems) = (Vec::new(), Vec::new());
    for piece in layout::statements(source) {
        match parse(piece) {
            Ok(found) => statements.extend(found),
            Err(found) => problems.extend(found),
        }
    }
    (statements, problems)
}
