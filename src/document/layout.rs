//! The layout tree: what a formula looks like, before it is LaTeX, MathML, a line of Unicode or a block of terminal text.
//!
//! Fences that every format needs are nodes. Those that only one-line text needs (around a numerator that is a sum) are
//! not: the one-line printer adds them, guided by [`Layout::level`].

/// How tightly a layout binds when read as one line, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// `a = b`
    Relation,
    /// `a + b`
    Sum,
    /// `-a`
    Negation,
    /// `a b`, `a / b`
    Product,
    /// `a ^ b`
    Power,
    /// A name, a number, anything closed by a fence.
    Atom,
}

/// What kind of ink a glyph is; decides the space around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A number.
    Digits,
    /// A name of one letter, perhaps with a subscript.
    Letter,
    /// A name of several letters.
    Word,
    /// The name of a function that LaTeX knows as an operator.
    Function,
    /// A sign between operands, spaced on both sides.
    Infix,
    /// A sign before its operand.
    Prefix,
    /// Punctuation and anything else, printed as it is.
    Plain,
}

/// The smallest piece of ink.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Glyph {
    /// In LaTeX.
    pub latex: String,
    /// In Unicode.
    pub unicode: String,
    /// What it is.
    pub kind: Kind,
    /// How it is put together.
    pub shape: Shape,
}

/// How a glyph is put together, for formats that set its pieces apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Shape {
    /// As its Unicode text stands.
    #[default]
    Text,
    /// One letter that stands upright: a capital Greek letter, say.
    Upright,
    /// A glyph under an accent.
    Accented(Box<Glyph>, char),
    /// A glyph and what stands below its line.
    Subscripted(Box<Glyph>, Vec<Glyph>),
    /// Two glyphs with a thin space between.
    Beside(Box<Glyph>, Box<Glyph>),
}

impl Glyph {
    /// A glyph that is its text.
    pub fn new(latex: &str, unicode: &str, kind: Kind) -> Self {
        Self { latex: latex.into(), unicode: unicode.into(), kind, shape: Shape::Text }
    }
}

/// Which of two lines a highlighted place belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// What the next step rewrites.
    Old,
    /// What the last step wrote.
    New,
}

/// The shape of a pair of delimiters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fence {
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `| |`
    Bars,
}

/// What is taken under a distribution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Average {
    /// The expectation.
    Mean,
    /// The expected square of the distance from it.
    Variance,
}

impl Average {
    /// The sign in plain text.
    pub fn unicode(self) -> &'static str {
        match self {
            Self::Mean => "𝔼",
            Self::Variance => "Var",
        }
    }
}

/// The operators that take limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BigOp {
    /// ∫
    Integral,
    /// ∑
    Sum,
    /// ∏
    Product,
}

/// The space between two factors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// A thin space, an ordinary one in text.
    Thin,
    /// As `Thin`, before a name that LaTeX spaces itself.
    BeforeFunction,
    /// A raised dot in every format.
    Dot,
    /// A raised dot in one-line text, a thin space where fractions stack.
    DotInLine,
}

/// A side of a pair of delimiters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edge {
    /// The left one.
    Open,
    /// The right one.
    Close,
}

/// A formula laid out.
#[derive(Clone, PartialEq, Debug)]
pub enum Layout {
    /// A glyph.
    Glyph(Glyph),
    /// Side by side.
    Row(Level, Vec<Layout>),
    /// One over the other.
    Fraction(Box<Layout>, Box<Layout>),
    /// A base with an exponent.
    Super(Box<Layout>, Box<Layout>),
    /// A square root.
    Radical(Box<Layout>),
    /// A binomial coefficient.
    Choose(Box<Layout>, Box<Layout>),
    /// Delimiters around a body.
    Fenced(Fence, Box<Layout>),
    /// A function and its arguments in round delimiters, which LaTeX leaves out if `bare`.
    Apply {
        /// The function.
        head: Box<Layout>,
        /// The arguments.
        arguments: Box<Layout>,
        /// Whether the delimiters may go.
        bare: Bare,
    },
    /// An operator with limits, and what it is applied to.
    Big {
        /// Which.
        op: BigOp,
        /// Under it.
        below: Box<Layout>,
        /// Over it.
        above: Option<Box<Layout>>,
        /// What follows, with the differential of an integral.
        body: Box<Layout>,
    },
    /// The entries of a vector by their formula: the formula, and what its index runs through.
    Entries {
        /// The formula.
        body: Box<Layout>,
        /// The index with the first of its range, or with what it ranges over.
        below: Box<Layout>,
        /// The last of the range.
        above: Option<Box<Layout>>,
    },
    /// An expectation or variance: what is distributed how, and the body.
    Expectation(Average, Box<Layout>, Box<Layout>),
    /// A partial derivative with respect to the first, of the second.
    Partial(Box<Layout>, Box<Layout>),
    /// Space between factors.
    Gap(Gap),
    /// One delimiter of a pair that is cut, with its height in em; 0 where it need not grow.
    Delimiter(Fence, Edge, f64),
    /// The sign of an average and what it is taken over, cut from what follows.
    Under(Average, Box<Layout>),
    /// Highlighted.
    Marked(Side, Box<Layout>),
}

/// Whether LaTeX may leave out the delimiters of an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bare {
    /// The argument is one atom, and nothing follows that could be read as part of it.
    Allowed,
    /// Keep them.
    Never,
}

impl Layout {
    /// A glyph spelled alike in both formats.
    pub fn plain(text: &str) -> Self {
        Self::glyph(text, text, Kind::Plain)
    }

    /// A glyph.
    pub fn glyph(latex: &str, unicode: &str, kind: Kind) -> Self {
        Self::Glyph(Glyph::new(latex, unicode, kind))
    }

    /// An infix sign.
    pub fn infix(latex: &str, unicode: &str) -> Self {
        Self::glyph(latex, unicode, Kind::Infix)
    }

    /// A row that is closed like an atom.
    pub fn row(items: Vec<Self>) -> Self {
        Self::Row(Level::Atom, items)
    }

    /// This layout in round delimiters.
    #[must_use]
    pub fn fenced(self) -> Self {
        Self::Fenced(Fence::Round, Box::new(self))
    }

    /// This layout, in round delimiters if it binds less tightly than `at_least`.
    #[must_use]
    pub fn at(self, at_least: Level) -> Self {
        if self.level() < at_least { self.fenced() } else { self }
    }

    /// Items with commas between.
    pub fn comma_list(items: Vec<Self>) -> Self {
        Self::separated(items, &Self::glyph(", ", ", ", Kind::Plain))
    }

    /// Items with `separator` between.
    pub fn separated(items: Vec<Self>, separator: &Self) -> Self {
        if items.len() == 1 {
            return items.into_iter().next().expect("one item");
        }
        let mut out = Vec::new();
        for item in items {
            if !out.is_empty() {
                out.push(separator.clone());
            }
            out.push(item);
        }
        Self::row(out)
    }

    /// How tightly this binds, with fractions read as `a/b`.
    pub fn level(&self) -> Level {
        match self {
            Self::Row(level, _) => *level,
            Self::Fraction(..) | Self::Big { .. } | Self::Partial(..) => Level::Product,
            Self::Super(..) => Level::Power,
            Self::Marked(_, inner) => inner.level(),
            _ => Level::Atom,
        }
    }

    /// Whether LaTeX delimiters around this must grow.
    pub fn is_tall(&self) -> bool {
        match self {
            Self::Fraction(..) | Self::Choose(..) | Self::Big { .. } | Self::Partial(..) => true,
            Self::Glyph(_) | Self::Gap(_) | Self::Under(..) => false,
            Self::Delimiter(_, _, height) => *height > 0.0,
            Self::Row(_, items) => items.iter().any(Self::is_tall),
            Self::Super(base, exponent) => base.is_tall() || exponent.is_tall(),
            Self::Radical(a) | Self::Fenced(_, a) | Self::Marked(_, a) => a.is_tall(),
            Self::Expectation(_, _, body) | Self::Entries { body, .. } => body.is_tall(),
            Self::Apply { head, arguments, .. } => head.is_tall() || arguments.is_tall(),
        }
    }

    /// Whether this is a fraction of two numbers.
    pub fn is_numeric_fraction(&self) -> bool {
        let digits = |l: &Self| matches!(l, Self::Glyph(g) if g.kind == Kind::Digits);
        matches!(self, Self::Fraction(a, b) if digits(a) && digits(b))
    }
}
