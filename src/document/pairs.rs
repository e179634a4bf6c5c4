//! A table of markup made smaller: neighbouring tokens that occur together more often than it costs become an entry.
//!
//! This is the grammar of Larsson and Moffat, "Off-line dictionary-based compression" (Proc. IEEE 88, 2000), with many pairs taken
//! in one pass: those that share no token. What an entry stands for need not be a whole element.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rustc_hash::FxHasher;

/// Bytes of a reference in UTF-8.
const REFERENCE: usize = 3;

/// Bytes of an entry besides its text: quotes and a comma.
const ENTRY: usize = 3;

/// A pair is taken in a pass only if it gains at least this part of what the best gains.
const SHARE: usize = 12;

/// The most passes; each takes some pairs, and the last ones gain little.
const PASSES: usize = 200;

type Counts = HashMap<(u32, u32), usize, BuildHasherDefault<FxHasher>>;

/// What a token of a sequence stands for.
enum Symbol {
    /// Text.
    Text(String),
    /// Two tokens.
    Pair(u32, u32),
}

/// The entries, and after them new ones to which they refer by `reference`, the character for an entry. At most `most` in all.
pub fn shortened(
    entries: &[String],
    most: usize,
    reference: impl Fn(usize) -> char,
) -> Vec<String> {
    let mut grammar = Grammar::read(entries);
    grammar.choose_texts();
    let mut counts = Counts::default();
    for _ in 0..PASSES {
        let chosen = grammar.chosen(&mut counts);
        if chosen.is_empty() || entries.len() + grammar.symbols.len() > most {
            break;
        }
        grammar.replace(&chosen);
    }
    grammar.written(entries.len(), reference)
}

struct Grammar {
    symbols: Vec<Symbol>,
    /// Bytes that each symbol takes where it occurs.
    sizes: Vec<usize>,
    lines: Vec<Vec<u32>>,
}

impl Grammar {
    fn read(entries: &[String]) -> Self {
        let mut known: HashMap<&str, u32, BuildHasherDefault<FxHasher>> = HashMap::default();
        let mut symbols = Vec::new();
        let lines = entries
            .iter()
            .map(|entry| {
                let read = |token| {
                    *known.entry(token).or_insert_with(|| {
                        symbols.push(Symbol::Text(str::to_owned(token)));
                        symbols.len() as u32 - 1
                    })
                };
                tokens(entry).map(read).collect()
            })
            .collect();
        let sizes = symbols.iter().map(|s| if let Symbol::Text(t) = s { t.len() } else { 0 });
        Self { sizes: sizes.collect(), symbols, lines }
    }

    /// Texts that occur often are entries, so that they take no more than a reference.
    fn choose_texts(&mut self) {
        let uses = self.uses();
        for (size, uses) in self.sizes.iter_mut().zip(uses) {
            if is_worth(*size, uses) {
                *size = REFERENCE;
            }
        }
    }

    /// How often each symbol occurs.
    fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.symbols.len()];
        for symbol in self.lines.iter().flatten() {
            uses[*symbol as usize] += 1;
        }
        for symbol in &self.symbols {
            if let Symbol::Pair(a, b) = symbol {
                uses[*a as usize] += 1;
                uses[*b as usize] += 1;
            }
        }
        uses
    }

    /// The pairs of the next pass, in a fixed order. The table to count in comes empty and is left empty.
    fn chosen(&self, counts: &mut Counts) -> Vec<(u32, u32)> {
        for line in &self.lines {
            let mut last = None;
            for (i, pair) in line.windows(2).enumerate() {
                let pair = (pair[0], pair[1]);
                // Of three equal tokens only one pair can be taken.
                if last == Some((i.wrapping_sub(1), pair)) {
                    last = None;
                    continue;
                }
                *counts.entry(pair).or_default() += 1;
                last = Some((i, pair));
            }
        }
        let mut gains: Vec<(usize, (u32, u32))> = counts
            .drain()
            .filter_map(|(pair, uses)| {
                let size = self.sizes[pair.0 as usize] + self.sizes[pair.1 as usize];
                Some(((size * uses).checked_sub(REFERENCE * uses + size + ENTRY)?, pair))
            })
            .filter(|(gain, _)| *gain > 0)
            .collect();
        let best = gains.iter().map(|(gain, _)| *gain).max().unwrap_or_default();
        gains.retain(|(gain, _)| gain * SHARE >= best);
        gains.sort_unstable_by_key(|(gain, pair)| (usize::MAX - gain, *pair));
        let mut taken = vec![false; self.symbols.len()];
        let mut chosen = Vec::new();
        for (_, pair) in gains {
            let [a, b] = [pair.0 as usize, pair.1 as usize];
            if !taken[a] && !taken[b] {
                (taken[a], taken[b]) = (true, true);
                chosen.push(pair);
            }
        }
        chosen
    }

    fn replace(&mut self, chosen: &[(u32, u32)]) {
        let mut names = HashMap::<(u32, u32), u32, BuildHasherDefault<FxHasher>>::default();
        for pair in chosen {
            names.insert(*pair, self.symbols.len() as u32);
            self.symbols.push(Symbol::Pair(pair.0, pair.1));
            self.sizes.push(REFERENCE);
        }
        for line in &mut self.lines {
            let mut kept = 0;
            let mut i = 0;
            while i < line.len() {
                let pair = line.get(i + 1).and_then(|next| names.get(&(line[i], *next)));
                line[kept] = *pair.unwrap_or(&line[i]);
                i += 1 + usize::from(pair.is_some());
                kept += 1;
            }
            line.truncate(kept);
        }
    }

    /// The lines as text, and the symbols that pay for an entry. A symbol comes after those it consists of.
    fn written(&self, first: usize, reference: impl Fn(usize) -> char) -> Vec<String> {
        let mut shown: Vec<String> = Vec::new();
        let mut entries: Vec<String> = Vec::new();
        for (symbol, uses) in self.symbols.iter().zip(self.uses()) {
            let text = match symbol {
                Symbol::Text(text) => text.clone(),
                Symbol::Pair(a, b) => format!("{}{}", shown[*a as usize], shown[*b as usize]),
            };
            if is_worth(text.len(), uses) {
                shown.push(reference(first + entries.len()).to_string());
                entries.push(text);
            } else {
                shown.push(text);
            }
        }
        let line = |line: &Vec<u32>| line.iter().map(|s| shown[*s as usize].as_str()).collect();
        self.lines.iter().map(line).chain(entries.iter().cloned()).collect()
    }
}

/// Whether a text of `size` bytes that occurs `uses` times is worth an entry.
fn is_worth(size: usize, uses: usize) -> bool {
    size * uses > REFERENCE * uses + size + ENTRY
}

/// Elements without content, tags, and single characters of anything else.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = token_end(rest)?;
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

fn token_end(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let tag = |from: usize| text[from..].find('>').map(|end| from + end + 1);
    let Some(open) = (first == '<').then(|| tag(0)).flatten() else {
        return Some(first.len_utf8());
    };
    // `<mo>+</mo>` is one token, unless a reference stands between.
    let inside = text[open..].find('<').map(|i| open + i);
    let closed = inside.filter(|&i| text[i..].starts_with("</") && !text.starts_with("</"));
    let leaf = closed.filter(|&i| i > open && i - open <= 8 && !text[open..i].contains(is_private));
    Some(leaf.and_then(tag).unwrap_or(open))
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(n: usize) -> char {
        char::from_u32(0xe000 + n as u32).expect("a character")
    }

    fn expand(table: &[String], n: usize) -> String {
        let mut out = String::new();
        for c in table[n].chars() {
            if is_private(c) {
                out += &expand(table, c as usize - 0xe000);
            } else {
                out.push(c);
            }
        }
        out
    }

    #[track_caller]
    fn check(entries: &[&str]) -> Vec<String> {
        let entries: Vec<String> = entries.iter().map(|e| (*e).to_owned()).collect();
        let table = shortened(&entries, 6400, reference);
        for (i, entry) in entries.iter().enumerate() {
            assert_eq!(&expand(&table, i), entry);
        }
        let size = |t: &[String]| t.iter().map(|e| e.len() + 3).sum::<usize>();
        assert!(size(&table) <= size(&entries));
        table
    }

    #[test]
    fn texts_come_back_as_they_were() {
        check(&[]);
        check(&["", "<", "<mo", "a<b>c</b>", "é", "<mi>x</mi><mi>x</mi><mi>x</mi>"]);
        check(&["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababababababab"]);
    }

    #[test]
    fn what_recurs_is_kept_once() {
        let part =
            |i: usize| format!("<mfrac><mn>{i}</mn><msub><mi>σ</mi><mn>1</mn></msub></mfrac>");
        let lines: Vec<String> = (0..50).map(|i| part(i % 7) + &part(i % 5)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let table = check(&lines);
        let size: usize = table.iter().map(String::len).sum();
        assert!(size * 10 < lines.iter().map(|l| l.len()).sum(), "{size}");
    }

    #[test]
    fn tokens_are_leaves_and_tags() {
        let of = |text| tokens(text).collect::<Vec<&str>>();
        assert_eq!(of("<mrow><mo>+</mo></mrow>x"), ["<mrow>", "<mo>+</mo>", "</mrow>", "x"]);
        assert_eq!(of("<a>\u{e001}</a>"), ["<a>", "\u{e001}", "</a>"]);
        assert_eq!(of("<a></a><b"), ["<a>", "</a>", "<", "b"]);
    }
}
