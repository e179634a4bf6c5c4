//! Where words go, so that they cover neither lines nor each other.

use super::path::{Area, Place};

/// The height of the letters.
pub(super) const SIZE: f64 = 15.0;

/// The least distance between the middles of lines of text.
const GAP: f64 = 17.0;

/// About how wide the text is; fonts differ.
pub(super) fn width(text: &str) -> f64 {
    let one = |c: char| match c {
        '\u{300}'..='\u{36f}' => 0.0,
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | '(' | ')' | '|' | ' ' | '\'' => 0.34,
        'm' | 'w' | 'M' | 'W' | '−' | '=' | '+' => 0.72,
        c if c.is_uppercase() => 0.66,
        '\u{2e80}'.. => 1.0,
        _ => 0.5,
    };
    text.chars().map(one).sum::<f64>() * SIZE
}

/// The box of a text around its middle.
pub(super) fn area(text: &str, [x, y]: Place) -> Area {
    let (half, tall) = (width(text) / 2.0, SIZE * 0.5);
    Area { left: x - half, right: x + half, top: y - tall, bottom: y + tall }
}

/// What is drawn already.
#[derive(Debug)]
pub(super) struct Room {
    /// Words stay in here.
    pub frame: Area,
    /// Points on lines.
    pub busy: Vec<Place>,
    /// Points on lines that words may cover if they must.
    pub faint: Vec<Place>,
    /// Boxes of words and dots.
    pub taken: Vec<Area>,
    /// Boxes of words beside what they name.
    pub words: Vec<Area>,
}

impl Room {
    /// The best of the places for the middle of a text, earlier ones first, and takes it.
    pub fn place(&mut self, text: &str, candidates: &[Place]) -> Option<Place> {
        let cost = |n: usize, at: Place| {
            let area = area(text, at);
            let words = self.taken.iter().filter(|t| t.overlaps(&area.grown(2.0))).count();
            let grown = area.grown(3.0);
            let lines = self.busy.iter().filter(|p| grown.contains(**p)).count();
            let faint = self.faint.iter().filter(|p| area.contains(**p)).count();
            let inside = area.within(&self.frame);
            let outside = if inside { 0.0 } else { 1e5 };
            let lines = lines as f64 * 10.0 + faint as f64 * 4.0;
            words as f64 * 1e3 + lines + n as f64 * 0.5 + outside
        };
        let costs = candidates.iter().enumerate().map(|(n, at)| (cost(n, *at), *at));
        let best = costs.min_by(|a, b| a.0.total_cmp(&b.0))?.1;
        self.taken.push(area(text, best));
        self.words.push(area(text, best));
        Some(best)
    }
}

/// Places for the middle of a text beside a point, the best first.
pub(super) fn beside(text: &str, [x, y]: Place, gap: f64) -> Vec<Place> {
    let (w, h) = (width(text) / 2.0 + gap, SIZE * 0.5 + gap);
    let (v, d) = (w - gap * 0.4, h - gap * 0.4);
    vec![
        [x + w, y],
        [x + v, y - d],
        [x + v, y + d],
        [x - w, y],
        [x - v, y - d],
        [x - v, y + d],
        [x, y - h],
        [x, y + h],
    ]
}

/// Moves heights apart, each as little as that takes (pool adjacent violators), and keeps them between the ends.
pub(super) fn apart(heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]));
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, n) in order.iter().enumerate() {
        pools.push((heights[*n] - rank as f64 * GAP, 1));
        while let [.., a, b] = pools[..]
            && a.0 > b.0
        {
            let count = a.1 + b.1;
            let mean = (a.0 * a.1 as f64 + b.0 * b.1 as f64) / count as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, count));
        }
    }
    let mut out = vec![0.0; heights.len()];
    let bases = pools.into_iter().flat_map(|(z, count)| std::iter::repeat_n(z, count));
    let last = order.len().saturating_sub(1) as f64;
    for (rank, (n, z)) in order.iter().zip(bases).enumerate() {
        let highest = (bottom - last * GAP).max(top);
        out[*n] = z.min(highest).max(top) + rank as f64 * GAP;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Room, apart, area, beside};
    use crate::document::figure::path::Area;

    #[test]
    fn heights_are_moved_apart_evenly() {
        assert_eq!(apart(&[50.0, 50.0, 200.0], 0.0, 300.0), [41.5, 58.5, 200.0]);
        assert_eq!(apart(&[2.0, 1.0], 10.0, 300.0), [27.0, 10.0]);
        assert!(apart(&[], 0.0, 1.0).is_empty());
        assert_eq!(apart(&[299.0, 299.0], 0.0, 300.0), [283.0, 300.0]);
    }

    #[test]
    fn words_avoid_lines_words_and_the_edge() {
        let frame = Area { left: 0.0, right: 200.0, top: 0.0, bottom: 100.0 };
        let busy = (0..100).map(|k| [100.0 + f64::from(k), 50.0]).collect();
        let mut room =
            Room { frame, busy, faint: Vec::new(), taken: Vec::new(), words: Vec::new() };
        let candidates = beside("word", [100.0, 50.0], 6.0);
        let first = room.place("word", &candidates).expect("a place");
        let second = room.place("word", &candidates).expect("another place");
        assert!(!area("word", first).overlaps(&area("word", second)));
        let mut corner = Room {
            frame,
            busy: Vec::new(),
            faint: Vec::new(),
            taken: Vec::new(),
            words: Vec::new(),
        };
        let at = corner.place("word", &beside("word", [199.0, 50.0], 6.0)).expect("a place");
        assert!(area("word", at).within(&frame));
    }
}
