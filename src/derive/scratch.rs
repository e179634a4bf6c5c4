//! scratch
#![allow(clippy::all)]
use crate::elaborate::*;
use crate::kernel::Facts;
use crate::theory::Theory;
pub fn facts(c: &Context) -> Facts {
    let mut f = Facts::default();
    f.sorts = c.sorts.iter().cloned().collect();
    f.relations = c.relations.clone();
    f.definitions = c.definitions.iter().cloned().collect();
    f
}
fn run(src: &str) {
    let mut th = Theory::shipped();
    if let Ok(f) = std::env::var("THEORY") {
        for d in th.extend("t", &std::fs::read_to_string(f).unwrap()) {
            println!("{d}");
        }
    }
    let (tree, e) = crate::syntax::parse_statements(src);
    for x in e {
        println!("PARSE {x}");
    }
    let (goals, d) = statements(src, &tree, &th);
    for x in d {
        println!("DIAG {x}");
    }
    for g in goals {
        match &g.kind {
            GoalKind::Derive { left, .. } => {
                if std::env::var("LOOP").is_ok() {
                    let mut best = u128::MAX;
                    for _ in 0..200 {
                        let t = std::time::Instant::now();
                        let _ = super::derive(&th, facts(&g.context), left);
                        best = best.min(t.elapsed().as_micros());
                    }
                    println!("BEST {best} us {}", g.text);
                }
                let t = std::time::Instant::now();
                let d = super::derive(&th, facts(&g.context), left);
                println!("\n##### {} {:?} {:?} in {:?}", g.text, d.status, d.message, t.elapsed());
                println!("  {}", d.statement);
                for l in &d.lines {
                    println!(
                        " {} {}    [{}]  {}",
                        l.relation.as_str(),
                        l.after,
                        l.phase,
                        l.nodes
                            .iter()
                            .map(|n| format!("{}x{}", n.name, n.steps.len()))
                            .collect::<Vec<_>>()
                            .join(" ")
                    );
                }
            }
            GoalKind::Claim { relation, left, right } => {
                let o = super::claim(&th, &facts(&g.context), *relation, left, right);
                println!("\n##### CLAIM {} {:?} residual {:?}", g.text, o.holds, o.residual);
                for l in &o.left.lines {
                    println!(" {} {}    [{}]", l.relation.as_str(), l.after, l.phase);
                }
            }
        }
    }
}
#[test]
fn scratch() {
    let t = Theory::shipped();
    println!("rules {}", t.rules().len());
    run(&std::fs::read_to_string(std::env::var("SCRATCH").unwrap()).unwrap());
}
#[test]
fn theory_loads() {
    let mut t = Theory::new();
    let mut files = vec![];
    for f in [
        "quantities",
        "distributions",
        "logarithms",
        "expectations",
        "moments",
        "integrals",
        "strategy",
    ] {
        files.push((f.to_string(), std::fs::read_to_string(format!("theory/{f}.hence")).unwrap()));
    }
    let r: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    for d in t.extend_all(&r) {
        println!("{d}");
    }
}
