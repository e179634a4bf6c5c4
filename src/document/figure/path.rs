//! Lines in the plane of the picture: clipped to a box, cut, thinned, and written.

/// A point of the picture; y grows downwards.
pub(super) type Place = [f64; 2];

/// A box with its sides parallel to the picture's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Area {
    pub fn contains(&self, [x, y]: Place) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub fn within(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }

    pub fn grown(&self, by: f64) -> Self {
        let Self { left, right, top, bottom } = *self;
        Self { left: left - by, right: right + by, top: top - by, bottom: bottom + by }
    }

    /// The part of a segment inside (Liang and Barsky 1984).
    fn clip(&self, a: Place, b: Place) -> Option<[Place; 2]> {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let sides = [
            (-dx, a[0] - self.left),
            (dx, self.right - a[0]),
            (-dy, a[1] - self.top),
            (dy, self.bottom - a[1]),
        ];
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (p, q) in sides {
            if p == 0.0 && q < 0.0 {
                return None;
            }
            if p < 0.0 {
                enter = enter.max(q / p);
            } else if p > 0.0 {
                leave = leave.min(q / p);
            }
        }
        let at = |t: f64| match t {
            0.0 => a,
            1.0 => b,
            _ => [a[0] + t * dx, a[1] + t * dy],
        };
        (enter <= leave).then(|| [at(enter), at(leave)])
    }

    /// From above the box to below it or back in one step: a jump, not a line.
    fn jumps(&self, a: Place, b: Place) -> bool {
        a[1].min(b[1]) < self.top && a[1].max(b[1]) > self.bottom
    }
}

/// The parts of a line inside the box. Points that are not finite break it.
pub(super) fn clipped(points: &[Place], area: &Area) -> Vec<Vec<Place>> {
    let mut parts: Vec<Vec<Place>> = Vec::new();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if !a.iter().chain(&b).all(|v| v.is_finite()) || area.jumps(a, b) {
            continue;
        }
        let Some([from, to]) = area.clip(a, b) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts.retain(|p| length(p) > 0.0);
    parts
}

fn distance(a: Place, b: Place) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// How long the line is.
pub(super) fn length(points: &[Place]) -> f64 {
    points.windows(2).map(|p| distance(p[0], p[1])).sum()
}

/// The point at an arc length, and the direction there.
pub(super) fn along(points: &[Place], mut rest: f64) -> Option<(Place, Place)> {
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let way = distance(a, b);
        if way > 0.0 && rest <= way {
            let unit = [(b[0] - a[0]) / way, (b[1] - a[1]) / way];
            return Some(([a[0] + unit[0] * rest, a[1] + unit[1] * rest], unit));
        }
        rest -= way;
    }
    None
}

/// Points of the line no more than `gap` apart, its own among them.
pub(super) fn dense(points: &[Place], gap: f64) -> Vec<Place> {
    let mut out: Vec<Place> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let n = (distance(a, b) / gap).ceil().max(1.0);
        let between = |k: f64| [a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n];
        out.extend((1..n as usize).map(|k| between(k as f64)));
        out.push(b);
    }
    out
}

/// The line without its part in a box.
pub(super) fn without(points: &[Place], area: &Area) -> Vec<Vec<Place>> {
    let dense = dense(points, 1.0);
    let parts = dense.split(|p| area.contains(*p));
    parts.filter(|p| p.len() > 1).map(<[Place]>::to_vec).collect()
}

/// How far the drawn line may lie from the true one.
const TOLERANCE: f64 = 0.05;

/// Fewer points that make the same line (Douglas and Peucker 1973).
pub(super) fn thinned(points: &[Place]) -> Vec<Place> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut keep = vec![false; points.len()];
    (keep[0], keep[last]) = (true, true);
    let mut todo = vec![(0, last)];
    while let Some((i, j)) = todo.pop() {
        let off = |k: &usize| from_line(points[*k], points[i], points[j]);
        let far = (i + 1..j).max_by(|a, b| off(a).total_cmp(&off(b)));
        if let Some(k) = far.filter(|k| off(k) > TOLERANCE) {
            keep[k] = true;
            todo.extend([(i, k), (k, j)]);
        }
    }
    points.iter().zip(keep).filter(|(_, kept)| *kept).map(|(p, _)| *p).collect()
}

/// The distance of a point from a segment.
fn from_line(p: Place, a: Place, b: Place) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    if square == 0.0 {
        return distance(p, a);
    }
    let t = (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square).clamp(0.0, 1.0);
    distance(p, [a[0] + t * dx, a[1] + t * dy])
}

/// A coordinate with one decimal at most.
pub(super) fn px(v: f64) -> String {
    let text = format!("{v:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".into() } else { text.into() }
}

/// The `d` attribute of a path along the lines.
pub(super) fn drawn(lines: &[Vec<Place>]) -> String {
    let mut out = String::new();
    for line in lines {
        let mut before = String::new();
        for (n, [x, y]) in thinned(line).into_iter().enumerate() {
            let place = format!("{} {}", px(x), px(y));
            if place != before {
                out += if n == 0 { "M" } else { "L" };
                out += &place;
            }
            before = place;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Area, along, clipped, drawn, length, px, thinned, without};

    const BOX: Area = Area { left: 0.0, right: 10.0, top: 0.0, bottom: 10.0 };

    #[test]
    fn lines_leave_the_box_at_its_side() {
        let parts = clipped(&[[-5.0, 5.0], [5.0, 5.0], [5.0, -5.0], [8.0, -5.0], [8.0, 5.0]], &BOX);
        assert_eq!(parts, [vec![[0.0, 5.0], [5.0, 5.0], [5.0, 0.0]], vec![[8.0, 0.0], [8.0, 5.0]]]);
    }

    #[test]
    fn holes_and_jumps_break_a_line() {
        let hole = [[1.0, 1.0], [2.0, 1.0], [3.0, f64::NAN], [4.0, 1.0], [5.0, 1.0]];
        assert_eq!(clipped(&hole, &BOX).len(), 2);
        assert!(clipped(&[[4.0, -1e9], [4.1, 1e9]], &BOX).is_empty());
        assert!(clipped(&[[4.0, f64::INFINITY], [4.1, 5.0]], &BOX).is_empty());
        assert!(clipped(&[[20.0, 1.0], [30.0, 9.0]], &BOX).is_empty());
    }

    #[test]
    fn fewer_points_make_the_same_line() {
        let straight: Vec<_> = (0..100).map(|k| [f64::from(k), 2.0 * f64::from(k)]).collect();
        assert_eq!(thinned(&straight), [[0.0, 0.0], [99.0, 198.0]]);
        let bent = [[0.0, 0.0], [5.0, 5.0], [10.0, 0.0]];
        assert_eq!(thinned(&bent), bent);
        assert!(thinned(&[]).is_empty());
    }

    #[test]
    fn a_gap_is_cut_and_lengths_add_up() {
        let line = [[0.0, 5.0], [10.0, 5.0]];
        let parts = without(&line, &Area { left: 4.0, right: 6.0, top: 4.0, bottom: 6.0 });
        assert_eq!(parts.len(), 2);
        assert!((parts.iter().map(|p| length(p)).sum::<f64>() - 6.0).abs() < 1e-9);
        assert_eq!(along(&line, 2.5), Some(([2.5, 5.0], [1.0, 0.0])));
        assert_eq!(along(&line, 11.0), None);
    }

    #[test]
    fn coordinates_have_one_decimal() {
        assert_eq!([px(1.0), px(-0.04), px(2.345)], ["1", "0", "2.3"]);
        assert_eq!(drawn(&[vec![[0.0, 0.0], [0.01, 0.0], [3.0, 4.0]]]), "M0 0L3 4");
    }
}
