//! What an edit did, in words: "sigma1^2 instead of sigma1 in the second term".

use super::operators::{Edit, Operator};
use super::place::part;
use crate::document::Bilingual;
use crate::term::{Path, Term};

/// Names an edit of `t` as damage.
pub(in crate::verify) fn damage(t: &Term, edit: &Edit) -> Bilingual {
    let (en, zh) = what(edit, &Term::to_string);
    match located(t, edit) {
        Some(place) => {
            Bilingual::new(format!("{en} in {}", place.en), format!("{}：{zh}", place.zh))
        }
        None => Bilingual::new(en, zh),
    }
}

/// Where an edit is felt: the part around what it replaced, without that itself.
pub(in crate::verify) fn located(t: &Term, edit: &Edit) -> Option<Bilingual> {
    match edit.operator {
        Operator::DropTerm | Operator::Negate => part(t, &above(&edit.path)),
        Operator::DropFactor if edit.to.is_none() => part(t, &above(&edit.path)),
        _ => part(t, &edit.path),
    }
}

pub(in crate::verify) fn above(path: &Path) -> Path {
    let kept = path.positions.len().saturating_sub(1);
    Path { positions: path.positions[..kept].to_vec(), subset: None }
}

/// What an edit did, terms printed by `show`, without its place.
pub(in crate::verify) fn slip(edit: &Edit, show: &dyn Fn(&Term) -> String) -> String {
    match edit.operator {
        Operator::Swap => {
            let names = swapped_names(edit);
            let shown = names.split(", ").map(|name| show(&Term::symbol(name)));
            format!("{} exchanged", shown.collect::<Vec<_>>().join(", "))
        }
        _ => what(edit, show).0,
    }
}

fn what(edit: &Edit, show: &dyn Fn(&Term) -> String) -> (String, String) {
    let from = show(&edit.from);
    let to = edit.to.as_ref().map(show).unwrap_or_default();
    let whole = edit.path == Path::root();
    let instead = || (format!("{to} instead of {from}"), format!("用 {to} 代替 {from}"));
    match &edit.operator {
        Operator::Negate if whole => ("opposite sign of the whole".into(), "整体变号".into()),
        Operator::Negate => (format!("opposite sign of {from}"), format!("{from} 变号")),
        Operator::Scale(by) if whole => {
            (format!("factor {by} on the whole"), format!("整体乘以 {by}"))
        }
        Operator::Scale(by) => (format!("factor {by} on {from}"), format!("{from} 乘以 {by}")),
        Operator::Subtle(by) if whole => {
            (format!("the whole times {by}"), format!("整体乘以 {by}"))
        }
        Operator::Subtle(by) => (format!("{from} times {by}"), format!("{from} 乘以 {by}")),
        Operator::Shift(by) => (format!("{by} added to the whole"), format!("整体加上 {by}")),
        Operator::DropTerm => (format!("without the term {from}"), format!("缺少项 {from}")),
        Operator::DropFactor if edit.to.is_none() => {
            (format!("without the factor {from}"), format!("缺少因子 {from}"))
        }
        Operator::DropFactor | Operator::Number | Operator::Rename | Operator::DropExponent => {
            instead()
        }
        Operator::Invert | Operator::Weight | Operator::Square => instead(),
        Operator::Root | Operator::SumToProduct | Operator::ProductToSum => instead(),
        Operator::SquareAll | Operator::RootAll => {
            let (en, zh) = instead();
            (format!("{en} everywhere"), format!("处处{zh}"))
        }
        Operator::Swap => {
            let names = swapped_names(edit);
            (format!("{names} exchanged"), format!("{names} 互换"))
        }
        Operator::SquareIn => ("every scale squared".into(), "所有尺度参数取平方".into()),
        Operator::DropSquaresIn => {
            ("every scale without its square".into(), "所有尺度参数缺少平方".into())
        }
        Operator::Log2 if whole => ("the whole in base two".into(), "整体以 2 为底".into()),
        Operator::Log2 => (format!("base two in {from}"), format!("{from} 以 2 为底")),
        Operator::Natural => ("factor ln(2) on the whole".into(), "整体乘以 ln(2)".into()),
        Operator::DropLog => {
            (format!("without the logarithm of {to}"), format!("缺少 {to} 的对数"))
        }
    }
}

/// The names that an exchange moved.
pub(in crate::verify) fn swapped_names(edit: &Edit) -> String {
    let names: Vec<String> = edit
        .from
        .free_symbols()
        .iter()
        .filter(|name| moved(&edit.from, &edit.whole, &Term::symbol((*name).clone())))
        .map(ToString::to_string)
        .collect();
    names.join(", ")
}

/// Whether a name stands elsewhere in the second term than in the first.
fn moved(a: &Term, b: &Term, name: &Term) -> bool {
    if (a == name) != (b == name) {
        return true;
    }
    let (x, y) = (a.children(), b.children());
    x.len() != y.len() || x.iter().zip(&y).any(|(x, y)| moved(x, y, name))
}
