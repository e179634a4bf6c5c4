//! A figure as SVG: axes, curves, level lines, flows and dots, from plain numbers to text.
//!
//! The picture takes its ink from where it stands (`currentColor`); shown by itself it follows the reader's choice of
//! light or dark. Curves have colours that can be read on both. Words stand at what they name, not in a legend.
//! Nothing is computed here but places in the picture, and the same figure gives the same bytes.

mod labels;
mod marks;
mod path;
mod ticks;

use self::labels::{Room, SIZE, apart, area, beside, width};
use self::marks::{along_line, arrowheads};
use self::path::{Area, Place, along, clipped, dense, drawn, length, px, without};
use self::ticks::{decades, number, ticks};

/// A figure, ready to be drawn.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Figure {
    /// What it is called.
    pub title: String,
    /// What it shows, for readers who do not see it.
    pub desc: String,
    /// The horizontal axis.
    pub x: Scale,
    /// The vertical axis.
    pub y: Scale,
    /// What is drawn, later ones over earlier ones.
    pub shapes: Vec<Shape>,
}

/// An axis.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scale {
    /// What is written at it; may be empty.
    pub label: String,
    /// Its ends.
    pub range: [f64; 2],
    /// Whether equal ratios are equally far apart; both ends are positive then.
    pub log: bool,
}

/// Something drawn, in the coordinates of the axes.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// A graph, in its own colour; points that are not finite break it.
    Curve {
        /// From left to right.
        points: Vec<[f64; 2]>,
        /// Whether it is dashed.
        dashed: bool,
        /// What is written at its end; may be empty.
        label: String,
    },
    /// A graph that is named at its highest place.
    Hill {
        /// From left to right.
        points: Vec<[f64; 2]>,
        /// What is written at its top; may be empty.
        label: String,
    },
    /// What lies between a graph and the horizontal axis, above it and below it in two colours.
    Area {
        /// From left to right.
        points: Vec<[f64; 2]>,
        /// What is written at it; may be empty.
        label: String,
    },
    /// Numbers at single places: upright lines with a dot, or bars.
    Stems {
        /// The tops.
        points: Vec<[f64; 2]>,
        /// Whether they are bars, above the axis and below it in two colours.
        bars: bool,
        /// What is written at the highest; may be empty.
        label: String,
    },
    /// What lies between two graphs, shaded.
    Band {
        /// The place, the lower end, the upper end; from left to right.
        points: Vec<[f64; 3]>,
    },
    /// A range of the horizontal axis, shaded from top to bottom.
    Strip {
        /// Its ends.
        range: [f64; 2],
        /// What is written at its top; may be empty.
        label: String,
    },
    /// A dot in a row of its own. A figure with rows has no marks at its vertical axis.
    Row {
        /// Where.
        at: [f64; 2],
        /// What is written beside it.
        label: String,
    },
    /// Level lines at one level.
    Contour {
        /// Which function's they are: each has its colour, the first the colour of the text.
        of: usize,
        /// The lines.
        lines: Vec<Vec<[f64; 2]>>,
        /// The level.
        level: f64,
        /// What is written on them in place of the level, where it is not empty.
        label: String,
    },
    /// Lines with arrowheads, of one colour.
    Flow {
        /// In the direction of time.
        lines: Vec<Vec<[f64; 2]>>,
        /// What is written at the first; may be empty.
        label: String,
    },
    /// A dot.
    Point {
        /// Where.
        at: [f64; 2],
        /// What is written beside it; may be empty.
        label: String,
    },
    /// A dashed line across.
    Line {
        /// Whether it runs upwards.
        vertical: bool,
        /// Where it meets the other axis.
        at: f64,
        /// What is written at it; may be empty.
        label: String,
    },
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;

/// Blue, vermilion, green, purple, ochre, teal: each in contrast with white and with black.
const COLOURS: [&str; 6] = ["#2677c9", "#d2511b", "#178549", "#9a5bc7", "#9c7209", "#148386"];

/// The ink of words and axes where the picture stands by itself.
const STYLE: &str = "svg:root{color:#24292f}\
    @media(prefers-color-scheme:dark){svg:root{color:#d5dbe1}}";

const FONT: &str = "'STIX Two Text','Times New Roman',Times,serif";

/// Labels at the right that are wider go into the picture.
const WIDEST: f64 = 190.0;

/// The colour of the n-th line; the text's where there is no number.
fn colour(n: Option<usize>) -> &'static str {
    n.map_or("currentColor", |n| COLOURS[n % COLOURS.len()])
}

/// The figure as SVG.
pub fn svg(figure: &Figure) -> String {
    let mut picture = Picture::new(figure);
    picture.grid();
    picture.shapes();
    picture.end_labels();
    let (title, desc) = (escaped(&figure.title), escaped(&figure.desc));
    let desc = if desc.is_empty() { desc } else { format!("<desc>{desc}</desc>\n") };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"{FONT}\" font-size=\"{SIZE}\" fill=\"none\" stroke-linejoin=\"round\">\n\
         <title>{title}</title>\n{desc}<style>{STYLE}</style>\n{}{}</svg>\n",
        picture.lines, picture.words
    )
}

/// Text as it may stand in XML.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // XML has no way to write these.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A word at the right end of a line: its height, text and colour.
type End = (f64, String, &'static str);

/// A picture in the making.
struct Picture<'f> {
    figure: &'f Figure,
    room: Room,
    marks: [Vec<(f64, String)>; 2],
    ends: Vec<End>,
    lines: String,
    words: String,
}

impl<'f> Picture<'f> {
    fn new(figure: &'f Figure) -> Self {
        let top = if figure.y.label.is_empty() { 16.0 } else { 35.0 };
        let bottom = HEIGHT - if figure.x.label.is_empty() { 30.0 } else { 52.0 };
        let xs = match figure.x.log {
            true => decades(figure.x.range),
            false => ticks(figure.x.range, 7.0),
        };
        let ys = match has_rows(figure) {
            true => Vec::new(),
            false => ticks(figure.y.range, (bottom - top) / 42.0),
        };
        let marks = [xs, ys];
        let widest = |all: &mut dyn Iterator<Item = &str>| all.map(width).fold(0.0, f64::max);
        let left = 20.0 + widest(&mut marks[1].iter().map(|m| m.1.as_str()));
        let ends = figure.shapes.iter().filter(|s| ends_right(s, figure)).filter_map(label_of);
        let right = match widest(&mut ends.filter(|l| width(l) <= WIDEST)) {
            0.0 => 20.0,
            wide => 18.0 + wide,
        };
        let frame = Area { left, right: WIDTH - right, top, bottom };
        let room = Room {
            frame,
            busy: Vec::new(),
            faint: Vec::new(),
            taken: Vec::new(),
            words: Vec::new(),
        };
        let (lines, words) = (String::new(), String::new());
        Self { figure, room, marks, ends: Vec::new(), lines, words }
    }

    fn frame(&self) -> Area {
        self.room.frame
    }

    fn across(&self, x: f64) -> f64 {
        let [from, to] = self.figure.x.range;
        let (from, x, to) = match self.figure.x.log {
            true => (from.ln(), x.ln(), to.ln()),
            false => (from, x, to),
        };
        self.frame().left + (x - from) / (to - from) * (self.frame().right - self.frame().left)
    }

    fn up(&self, y: f64) -> f64 {
        let [from, to] = self.figure.y.range;
        self.frame().bottom - (y - from) / (to - from) * (self.frame().bottom - self.frame().top)
    }

    fn place(&self, [x, y]: [f64; 2]) -> Place {
        [self.across(x), self.up(y)]
    }

    fn clipped(&self, points: &[[f64; 2]]) -> Vec<Vec<Place>> {
        let places: Vec<Place> = points.iter().map(|p| self.place(*p)).collect();
        clipped(&places, &self.frame())
    }

    fn path(&mut self, lines: &[Vec<Place>], attributes: &str) {
        let d = drawn(lines);
        if !d.is_empty() {
            self.lines += &format!("<path d=\"{d}\" {attributes}/>\n");
        }
    }

    fn word(&mut self, text: &str, [x, y]: Place, anchor: &str, ink: &str) {
        let (x, y, text) = (px(x), px(y + SIZE * 0.32), escaped(text));
        let anchor = match anchor {
            "start" => String::new(),
            other => format!(" text-anchor=\"{other}\""),
        };
        self.words += &format!("<text x=\"{x}\" y=\"{y}\"{anchor} fill=\"{ink}\">{text}</text>\n");
    }

    /// Notes where lines run, so that words keep away.
    fn busy(&mut self, lines: &[Vec<Place>]) {
        let points = lines.iter().flat_map(|l| dense(l, 3.0));
        self.room.busy.extend(points);
    }

    fn grid(&mut self) {
        let Area { left, right, top, bottom } = self.frame();
        let [xs, ys] = std::mem::take(&mut self.marks);
        let mut thin = Vec::new();
        let mut zero = Vec::new();
        for (value, text) in xs {
            let x = self.across(value);
            let line = vec![[x, top], [x, bottom]];
            if value == 0.0 && x > left + 1.0 && !has_rows(self.figure) {
                zero.push(line);
            } else {
                thin.push(line);
            }
            self.word(&text, [x, bottom + 14.0], "middle", "currentColor");
        }
        for (value, text) in ys {
            let y = self.up(value);
            let line = vec![[left, y], [right, y]];
            if value == 0.0 && y < bottom - 1.0 {
                zero.push(line);
            } else {
                thin.push(line);
            }
            self.word(&text, [left - 8.0, y], "end", "currentColor");
        }
        self.path(&thin, "stroke=\"currentColor\" stroke-opacity=\".13\"");
        self.path(&zero, "stroke=\"currentColor\" stroke-opacity=\".4\"");
        self.busy(&zero);
        let axes = [vec![[left, top], [left, bottom], [right, bottom]]];
        self.path(&axes, "stroke=\"currentColor\"");
        let (x, y) = (&self.figure.x.label, &self.figure.y.label);
        if !x.is_empty() {
            self.word(x, [(left + right) / 2.0, bottom + 37.0], "middle", "currentColor");
        }
        if !y.is_empty() {
            self.word(y, [12.0, top - 20.0], "start", "currentColor");
        }
    }

    /// Lines first, so that words can keep away from all of them; of the words, those with the least choice first.
    fn shapes(&mut self) {
        let (mut curve, mut flow) = (0, 0);
        let mut named: Vec<(&str, Vec<Place>, &'static str)> = Vec::new();
        let mut levels: Vec<(String, Vec<Vec<Place>>, Option<usize>)> = Vec::new();
        let figure = self.figure;
        for shape in &figure.shapes {
            match shape {
                Shape::Curve { points, dashed, label } => {
                    let parts = self.curve(points, *dashed, curve);
                    self.name_curve(label, shape, &parts, curve, &mut named);
                    curve += 1;
                }
                Shape::Hill { points, label } => {
                    let parts = self.curve(points, false, curve);
                    let places = self.tops(label, &parts.concat());
                    named.push((label, places, colour(Some(curve))));
                    curve += 1;
                }
                Shape::Area { points, label } => {
                    named.push((label, self.area(points, label, curve), colour(Some(curve))));
                    curve += 2;
                }
                Shape::Stems { points, bars, label } => {
                    let places = self.stems(points, *bars, label, curve);
                    named.push((label, places, colour(Some(curve))));
                    curve += if *bars { 2 } else { 1 };
                }
                Shape::Band { points } => self.band(points),
                Shape::Strip { range, label } => {
                    named.push((label, self.strip(*range, label), "currentColor"));
                }
                Shape::Row { at, label } => {
                    if let Some(place) = self.dot(*at, 3.5, COLOURS[1]) {
                        named.push((label, self.in_row(label, place), "currentColor"));
                    }
                }
                Shape::Contour { of, lines, level, label } => {
                    let text = if label.is_empty() { number(*level) } else { label.clone() };
                    let lines: Vec<_> = lines.iter().flat_map(|l| self.clipped(l)).collect();
                    self.room.faint.extend(lines.iter().flat_map(|l| dense(l, 3.0)));
                    levels.push((text, lines, of.checked_sub(1).map(|n| n + 1)));
                }
                Shape::Flow { lines, label } => {
                    let parts = self.flow(lines, flow);
                    if let Some(first) = parts.first().filter(|_| !label.is_empty()) {
                        named.push((label, along_line(label, first), colour(Some(flow))));
                    }
                    flow += 1;
                }
                Shape::Point { at, label } => {
                    if let Some(at) = self.dot(*at, 3.5, "currentColor") {
                        let around = [7.0, 14.0, 22.0, 32.0].map(|gap| beside(label, at, gap));
                        named.push((label, around.concat(), "currentColor"));
                    }
                }
                Shape::Line { vertical, at, label } => self.line(*vertical, *at, label, &mut named),
            }
        }
        for (text, candidates, ink) in named {
            self.name(text, &candidates, ink);
        }
        for (text, lines, of) in levels {
            self.level(&text, &lines, of);
        }
    }

    fn name(&mut self, text: &str, candidates: &[Place], ink: &str) {
        if !text.is_empty()
            && let Some(at) = self.room.place(text, candidates)
        {
            self.word(text, at, "middle", ink);
        }
    }

    fn curve(&mut self, points: &[[f64; 2]], dashed: bool, n: usize) -> Vec<Vec<Place>> {
        let parts = self.clipped(points);
        let dash = if dashed { " stroke-dasharray=\"7 4\"" } else { "" };
        let ink = colour(Some(n));
        self.path(&parts, &format!("stroke=\"{ink}\" stroke-width=\"2\"{dash}"));
        self.busy(&parts);
        parts
    }

    fn name_curve(
        &mut self,
        label: &'f str,
        shape: &Shape,
        parts: &[Vec<Place>],
        n: usize,
        named: &mut Vec<(&'f str, Vec<Place>, &'static str)>,
    ) {
        let Some(last) = parts.last().filter(|_| !label.is_empty()) else { return };
        let ends = ends_right(shape, self.figure) && width(label) <= WIDEST;
        match last.last() {
            Some(end) if ends => self.ends.push((end[1], label.into(), colour(Some(n)))),
            _ => named.push((label, along_line(label, last), colour(Some(n)))),
        }
    }

    fn flow(&mut self, lines: &[Vec<[f64; 2]>], n: usize) -> Vec<Vec<Place>> {
        let ink = colour(Some(n));
        let parts: Vec<Vec<Place>> = lines.iter().flat_map(|l| self.clipped(l)).collect();
        self.path(&parts, &format!("stroke=\"{ink}\" stroke-width=\"1.8\""));
        self.busy(&parts);
        let heads: String = parts.iter().map(|p| arrowheads(p)).collect();
        if !heads.is_empty() {
            self.lines += &format!("<path d=\"{heads}\" fill=\"{ink}\"/>\n");
        }
        for start in lines.iter().filter_map(|l| l.first()) {
            self.dot(*start, 2.5, ink);
        }
        parts
    }

    /// A dot, where it lies in the picture.
    fn dot(&mut self, at: [f64; 2], radius: f64, ink: &str) -> Option<Place> {
        let at = Some(self.place(at)).filter(|at| self.frame().grown(0.5).contains(*at))?;
        let (x, y) = (px(at[0]), px(at[1]));
        self.lines += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{ink}\"/>\n");
        let dot = Area { left: at[0], right: at[0], top: at[1], bottom: at[1] };
        self.room.taken.push(dot.grown(radius));
        Some(at)
    }

    fn line(
        &mut self,
        vertical: bool,
        at: f64,
        label: &'f str,
        named: &mut Vec<(&'f str, Vec<Place>, &'static str)>,
    ) {
        let Area { left, right, top, bottom } = self.frame();
        let line = match vertical {
            true => vec![[self.across(at), top], [self.across(at), bottom]],
            false => vec![[left, self.up(at)], [right, self.up(at)]],
        };
        if !line.iter().all(|p| self.frame().grown(0.5).contains(*p)) {
            return;
        }
        let lines = [line];
        self.path(&lines, "stroke=\"currentColor\" stroke-opacity=\".7\" stroke-dasharray=\"3 4\"");
        self.busy(&lines);
        let half = width(label) / 2.0 + 6.0;
        if vertical {
            let x = self.across(at);
            let rows = (0..16).map(|k| top + 10.0 + f64::from(k) * 20.0);
            let candidates = rows.flat_map(|y| [[x + half, y], [x - half, y]]).collect();
            named.push((label, candidates, "currentColor"));
        } else if width(label) <= WIDEST && !label.is_empty() {
            self.ends.push((self.up(at), label.into(), "currentColor"));
        } else {
            let columns = (0..12).map(|k| left + half + f64::from(k) * 40.0);
            let y = self.up(at);
            let candidates = columns.flat_map(|x| [[x, y - 11.0], [x, y + 11.0]]).collect();
            named.push((label, candidates, "currentColor"));
        }
    }

    /// Level lines with the level written into a gap of each that is long enough.
    fn level(&mut self, text: &str, lines: &[Vec<Place>], of: Option<usize>) {
        let mut parts: Vec<Vec<Place>> = Vec::new();
        for line in &self.around_words(lines) {
            match self.gap(text, line) {
                None => parts.push(line.clone()),
                Some(at) => {
                    parts.extend(without(line, &area(text, at).grown(2.0)));
                    self.word(text, at, "middle", colour(of));
                }
            }
        }
        let ink = colour(of);
        let faint = if of.is_none() { " stroke-opacity=\".55\"" } else { "" };
        self.path(&parts, &format!("stroke=\"{ink}\" stroke-width=\"1.2\"{faint}"));
    }

    /// The lines without what would run through words.
    fn around_words(&self, lines: &[Vec<Place>]) -> Vec<Vec<Place>> {
        let mut lines = lines.to_vec();
        for word in &self.room.words {
            let crossed = |line: &Vec<Place>| dense(line, 1.0).iter().any(|p| word.contains(*p));
            lines = lines
                .into_iter()
                .flat_map(|l| if crossed(&l) { without(&l, word) } else { vec![l] })
                .collect();
        }
        lines
    }

    fn gap(&mut self, text: &str, line: &[Place]) -> Option<Place> {
        let whole = length(line);
        if whole < 2.0 * width(text) + 40.0 {
            return None;
        }
        // From the middle outwards.
        let parts = (0..10).flat_map(|k| [10 - k, 10 + k]).map(|k| f64::from(k) / 20.0);
        let places = parts.filter_map(|t| along(line, whole * t)).map(|(at, _)| at);
        let free = |at: &Place| {
            let area = area(text, *at).grown(4.0);
            area.within(&self.room.frame)
                && !self.room.taken.iter().any(|t| t.overlaps(&area))
                && !self.room.busy.iter().any(|p| area.contains(*p))
        };
        let at = { places }.find(free)?;
        self.room.taken.push(area(text, at));
        Some(at)
    }

    /// Words right of the picture, at the heights where their lines end.
    fn end_labels(&mut self) {
        let Area { right, top, bottom, .. } = self.frame();
        let ends = std::mem::take(&mut self.ends);
        let heights: Vec<f64> = ends.iter().map(|e| e.0).collect();
        for ((_, text, ink), y) in ends.into_iter().zip(apart(&heights, top, bottom)) {
            self.word(&text, [right + 7.0, y], "start", ink);
        }
    }
}

fn label_of(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Curve { label, .. }
        | Shape::Contour { label, .. }
        | Shape::Flow { label, .. }
        | Shape::Point { label, .. }
        | Shape::Hill { label, .. }
        | Shape::Area { label, .. }
        | Shape::Stems { label, .. }
        | Shape::Strip { label, .. }
        | Shape::Row { label, .. }
        | Shape::Line { label, .. } => Some(label.as_str()).filter(|l| !l.is_empty()),
        Shape::Band { .. } => None,
    }
}

/// Whether there is a row for each dot.
fn has_rows(figure: &Figure) -> bool {
    figure.shapes.iter().any(|s| matches!(s, Shape::Row { .. }))
}

/// Whether the line ends at the right side of the picture.
fn ends_right(shape: &Shape, figure: &Figure) -> bool {
    let ([_, right], [low, high]) = (figure.x.range, figure.y.range);
    match shape {
        Shape::Curve { points, .. } => points
            .last()
            .is_some_and(|[x, y]| *x >= right - 1e-9 * right.abs() && *y >= low && *y <= high),
        Shape::Line { vertical, at, .. } => !vertical && *at >= low && *at <= high,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Scale, Shape, escaped, svg};

    fn small() -> Figure {
        let curve = |label: &str, f: fn(f64) -> f64, dashed| Shape::Curve {
            points: (0..=12).map(|k| f64::from(k) / 4.0).map(|x| [x, f(x)]).collect(),
            dashed,
            label: label.into(),
        };
        Figure {
            title: "A <small> figure".into(),
            desc: "Two curves & a dot.".into(),
            x: Scale { label: "x".into(), range: [0.0, 3.0], log: false },
            y: Scale { label: "nats".into(), range: [-1.0, 2.0], log: false },
            shapes: vec![
                curve("−ln x", |x| -x.ln(), true),
                curve("x²", |x| x * x, false),
                Shape::Line { vertical: false, at: 0.5, label: "½".into() },
                Shape::Line { vertical: true, at: 2.5, label: "edge".into() },
                Shape::Point { at: [1.0, 0.0], label: "one".into() },
            ],
        }
    }

    #[test]
    fn a_small_figure() {
        insta::assert_snapshot!(svg(&small()));
    }

    #[test]
    fn level_lines_have_gaps_and_flows_have_heads() {
        let circle = |r: f64| -> Vec<[f64; 2]> {
            (0..=64)
                .map(|k| f64::from(k) / 64.0 * std::f64::consts::TAU)
                .map(|t| [r * t.cos(), r * t.sin()])
                .collect()
        };
        let contour =
            |of, r| Shape::Contour { of, lines: vec![circle(r)], level: r, label: String::new() };
        let figure = Figure {
            x: Scale { label: String::new(), range: [-2.0, 2.0], log: false },
            y: Scale { label: String::new(), range: [-2.0, 2.0], log: false },
            shapes: vec![
                contour(0, 1.5),
                contour(1, 0.01),
                Shape::Flow { lines: vec![vec![[-1.0, 1.0], [0.0, 0.0]]], label: "down".into() },
            ],
            ..Figure::default()
        };
        let text = svg(&figure);
        assert!(text.contains(">1.5</text>") && text.contains(">down</text>"), "{text}");
        // Too small for its level.
        assert!(!text.contains(">0.01</text>"), "{text}");
        assert!(text.contains("Z\" fill="), "{text}");
    }

    #[test]
    fn odd_figures_are_drawn_all_the_same() {
        let text = svg(&Figure::default());
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{text}");
        let mut hollow = small();
        hollow.shapes = vec![
            Shape::Curve { points: Vec::new(), dashed: false, label: "none".into() },
            Shape::Flow { lines: vec![vec![[f64::NAN, 0.0]], Vec::new()], label: "none".into() },
            Shape::Point { at: [f64::INFINITY, 0.0], label: "far".into() },
            Shape::Hill { points: vec![[f64::NAN, 1.0]], label: "none".into() },
            Shape::Area { points: vec![[0.0, f64::INFINITY]], label: "none".into() },
            Shape::Stems { points: vec![[0.0, f64::NAN]], bars: true, label: "none".into() },
            Shape::Stems { points: Vec::new(), bars: false, label: "none".into() },
            Shape::Band { points: vec![[0.0, f64::NAN, f64::INFINITY]; 3] },
            Shape::Strip { range: [f64::NAN, f64::NAN], label: "none".into() },
            Shape::Row { at: [f64::NAN, 1.0], label: "none".into() },
        ];
        let text = svg(&hollow);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        hollow.x = Scale { label: String::new(), range: [-1.0, 10.0], log: true };
        let text = svg(&hollow);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    #[test]
    fn areas_bars_and_rows() {
        let mut figure = small();
        figure.shapes = vec![
            Shape::Area {
                points: vec![[0.0, -1.0], [1.0, 1.0], [2.0, 1.0]],
                label: "a <b>".into(),
            },
            Shape::Stems {
                points: vec![[1.0, 1.5], [2.0, -0.5]],
                bars: true,
                label: "bars".into(),
            },
            Shape::Stems { points: vec![[1.0, 1.0]], bars: false, label: "stem".into() },
            Shape::Strip { range: [1.0, 1.5], label: "strip".into() },
        ];
        let text = svg(&figure);
        for part in ["a &lt;b&gt;", ">bars<", ">stem<", ">strip<", "<rect ", "Z\" fill=\"#2677c9\""]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains(">−1</text>") || text.contains(">−1.0</text>"), "{text}");
        figure.shapes.push(Shape::Row { at: [0.5, 1.0], label: "row".into() });
        let text = svg(&figure);
        assert!(text.contains(">row<") && !text.contains(">−1.0</text>"), "{text}");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("a < b & \"c\" > \u{1}d"), "a &lt; b &amp; &quot;c&quot; &gt;  d");
        assert_eq!(escaped("KL(p ‖ q) = ½σ²"), "KL(p ‖ q) = ½σ²");
    }
}
