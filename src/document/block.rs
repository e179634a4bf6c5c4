//! A layout as a block of terminal text: stacked fractions, raised exponents, limits above and below their operator.
//!
//! A block is rectangular, and one of its rows is the baseline on which neighbours are aligned.

use super::layout::{BigOp, Fence, Gap, Glyph, Kind, Layout};
use super::linear;
use super::wrap::columns;

/// The rows of the block, without trailing space, and the index of the baseline.
pub fn print(layout: &Layout) -> (Vec<String>, usize) {
    let (rows, base) = marked(layout);
    (
        rows.iter()
            .map(|r| r.replace([linear::OPEN, linear::CLOSE], "").trim_end().into())
            .collect(),
        base,
    )
}

/// As [`print`], with highlighted stretches between the marks of one-line text.
pub fn marked(layout: &Layout) -> (Vec<String>, usize) {
    let block = block(layout);
    (block.rows.iter().map(|r| r.trim_end().to_owned()).collect(), block.base)
}

#[derive(Clone)]
struct Block {
    rows: Vec<String>,
    base: usize,
    width: usize,
}

/// `text` filled up with spaces to `width` columns, in the middle.
fn centred(text: &str, width: usize) -> String {
    let room = width.saturating_sub(columns(text));
    format!("{}{text}{}", " ".repeat(room / 2), " ".repeat(room - room / 2))
}

impl Block {
    fn line(text: &str) -> Self {
        Self { rows: vec![text.to_owned()], base: 0, width: columns(text) }
    }

    fn height_below(&self) -> usize {
        self.rows.len() - 1 - self.base
    }

    /// This block with `other` to its right, baselines aligned.
    fn beside(self, other: &Self) -> Self {
        let above = self.base.max(other.base);
        let below = self.height_below().max(other.height_below());
        let row = |b: &Self, i: usize| {
            let inside = (i + b.base).checked_sub(above).and_then(|j| b.rows.get(j));
            inside.cloned().unwrap_or_else(|| " ".repeat(b.width))
        };
        let rows = (0..=above + below).map(|i| row(&self, i) + &row(other, i)).collect();
        Self { rows, base: above, width: self.width + other.width }
    }

    /// Blocks one under another, centred; the baseline is a row of the block at `middle`.
    fn stacked(blocks: &[Self], middle: usize) -> Self {
        let width = blocks.iter().map(|b| b.width).max().unwrap_or(0);
        let above: usize = blocks[..middle].iter().map(|b| b.rows.len()).sum();
        let rows = blocks.iter().flat_map(|b| &b.rows).map(|r| centred(r, width)).collect();
        Self { rows, base: above + blocks[middle].base, width }
    }

    fn in_fence(self, fence: Fence) -> Self {
        let (open, close) = linear::delimiters(fence);
        if self.rows.len() == 1 {
            return Self::line(open).beside(&self).beside(&Self::line(close));
        }
        let (left, right) = match fence {
            Fence::Round => ("⎛⎜⎝", "⎞⎟⎠"),
            Fence::Square => ("⎡⎢⎣", "⎤⎥⎦"),
            Fence::Bars => ("⎢⎢⎢", "⎥⎥⎥"),
        };
        let like = |pieces: &str| tall_delimiter(pieces, self.rows.len(), self.base);
        let (left, right) = (like(left), like(right));
        left.beside(&self).beside(&right)
    }
}

fn tall_delimiter(pieces: &str, height: usize, base: usize) -> Block {
    let piece = |i: usize| {
        let which = if i == 0 {
            0
        } else if i + 1 == height {
            2
        } else {
            1
        };
        pieces.chars().nth(which).map_or_else(String::new, String::from)
    };
    Block { rows: (0..height).map(piece).collect(), base, width: 1 }
}

fn block(layout: &Layout) -> Block {
    match layout {
        Layout::Glyph(g) => Block::line(&glyph(g)),
        Layout::Row(_, items) => {
            items.iter().fold(Block::line(""), |left, item| left.beside(&block(item)))
        }
        Layout::Fraction(a, b) => fraction(layout, a, b),
        Layout::Super(base, exponent) => raised(base, exponent),
        Layout::Radical(a) => radical(layout, &block(a)),
        Layout::Choose(..) | Layout::Entries { .. } => Block::line(&linear::print(layout)),
        Layout::Fenced(fence, body) => block(body).in_fence(*fence),
        Layout::Apply { head, arguments, .. } => {
            block(head).beside(&block(arguments).in_fence(Fence::Round))
        }
        Layout::Big { op, below, above, body } => {
            operator(*op, below, above.as_deref()).beside(&Block::line(" ")).beside(&block(body))
        }
        Layout::Expectation(op, subject, body) => {
            let subject = Block::line(&linear::print(subject)).in_fence(Fence::Square);
            Block::line(op.unicode()).beside(&subject).beside(&block(body).in_fence(Fence::Round))
        }
        Layout::Partial(x, f) => {
            let below = Block::line("∂").beside(&block(x));
            over(&Block::line("∂"), &below).beside(&Block::line(" ")).beside(&block(f))
        }
        Layout::Delimiter(..) | Layout::Under(..) => Block::line(&linear::print(layout)),
        Layout::Gap(Gap::Dot) => Block::line("·"),
        Layout::Gap(_) => Block::line(" "),
        Layout::Marked(_, inner) => {
            let mut block = block(inner);
            for row in &mut block.rows {
                *row = format!("{}{row}{}", linear::OPEN, linear::CLOSE);
            }
            block
        }
    }
}

fn glyph(g: &Glyph) -> String {
    if g.kind == Kind::Infix { format!(" {} ", g.unicode) } else { g.unicode.clone() }
}

fn fraction(whole: &Layout, a: &Layout, b: &Layout) -> Block {
    match linear::vulgar_of(whole) {
        Some(character) => Block::line(character),
        None => over(&block(a), &block(b)),
    }
}

fn over(a: &Block, b: &Block) -> Block {
    let rule = Block::line(&"─".repeat(a.width.max(b.width)));
    Block::stacked(&[a.clone(), rule, b.clone()], 1)
}

fn raised(base: &Layout, exponent: &Layout) -> Block {
    let base = block(base);
    if let Some(text) = linear::raised(exponent) {
        let width = columns(&text);
        let mut rows = vec![text];
        rows.resize(base.rows.len(), " ".repeat(width));
        let top = Block { rows, base: base.base, width };
        return base.beside(&top);
    }
    let mut small = block(exponent);
    // The exponent's last row stands above the top row of its base.
    small.rows.extend(vec![" ".repeat(small.width); base.base + 1]);
    small.base = small.rows.len() - 1;
    base.beside(&small)
}

fn radical(whole: &Layout, inner: &Block) -> Block {
    if inner.rows.len() == 1 {
        return Block::line(&linear::print(whole));
    }
    Block::line("√").beside(&inner.clone().in_fence(Fence::Round))
}

fn operator(op: BigOp, below: &Layout, above: Option<&Layout>) -> Block {
    let sign = Block::line(linear::sign(op));
    let below = Block::line(&linear::print(below));
    match above {
        Some(above) => Block::stacked(&[Block::line(&linear::print(above)), sign, below], 1),
        None => Block::stacked(&[sign, below], 0),
    }
}
