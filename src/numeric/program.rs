//! The register program: the reachable part of a graph, evaluated for a batch of lanes at a time.
//!
//! Invariant: instructions stand in topological order and no instruction writes a register that it reads. Constants
//! and inputs keep registers of their own; the others are reused as soon as their last reader has run, so that the
//! working set stays in the first-level cache (8 KB per register).

use std::collections::BTreeMap;

use super::context::Context;
use super::graph::{Binary, Id, Op, Unary, sign, weigh};
use super::lower::{Lowering, Nested};
use super::{NumericError, binder};

/// Lanes per batch.
pub(super) const BATCH: usize = 1024;

struct Instruction {
    op: Op,
    out: usize,
}

/// A compiled expression with its registers.
pub(super) struct Program<'a> {
    context: &'a Context<'a>,
    code: Vec<Instruction>,
    registers: Vec<Vec<f64>>,
    nested: Vec<Nested>,
    inputs: Vec<usize>,
    outputs: Vec<usize>,
}

/// The operands of a node.
pub(super) fn operands(op: Op, nested: &[Nested]) -> Vec<Id> {
    match op {
        Op::Nested(n) => nested[n as usize].captured.iter().map(|(_, id)| *id).collect(),
        other => other.operands(),
    }
}

fn renamed(op: Op, to: impl Fn(Id) -> Id) -> Op {
    match op {
        Op::Const(..) | Op::Input(_) | Op::Nested(_) => op,
        Op::Unary(f, a) => Op::Unary(f, to(a)),
        Op::Powi(a, n) => Op::Powi(to(a), n),
        Op::Scale(a, c) => Op::Scale(to(a), c),
        Op::Shift(a, c) => Op::Shift(to(a), c),
        Op::Binary(f, a, b) => Op::Binary(f, to(a), to(b)),
        Op::Within { value, x, lo, hi } => {
            Op::Within { value: to(value), x: to(x), lo: to(lo), hi: to(hi) }
        }
    }
}

/// For each reachable node, its last reader; outputs are read at the end.
fn last_readers(lowering: &Lowering, roots: &[Id]) -> BTreeMap<Id, Id> {
    let end = Id(lowering.graph.len() as u32);
    let mut last: BTreeMap<Id, Id> = roots.iter().map(|root| (*root, end)).collect();
    for n in (0..end.0).rev().map(Id) {
        if last.contains_key(&n) {
            for a in operands(lowering.graph.op(n), &lowering.nested) {
                last.entry(a).or_insert(n);
            }
        }
    }
    last
}

impl<'a> Program<'a> {
    /// Compiles the nodes that `roots` depend on.
    pub fn new(lowering: Lowering<'a>, roots: &[Id]) -> Self {
        let last = last_readers(&lowering, roots);
        let mut program = Self {
            context: lowering.context,
            code: Vec::new(),
            registers: Vec::new(),
            nested: Vec::new(),
            inputs: lowering.lanes.iter().enumerate().map(|(i, _)| i).collect(),
            outputs: Vec::new(),
        };
        program.inputs.iter().for_each(|_| program.registers.push(vec![0.0; BATCH]));
        let place = program.assign(&lowering, &last);
        program.nested = lowering.nested;
        for nested in &mut program.nested {
            for (_, id) in &mut nested.captured {
                *id = place.get(id).map_or(*id, |r| Id(*r as u32));
            }
        }
        program.outputs = roots.iter().map(|root| place[root]).collect();
        program
    }

    fn assign(&mut self, lowering: &Lowering, last: &BTreeMap<Id, Id>) -> BTreeMap<Id, usize> {
        let mut place: BTreeMap<Id, usize> = BTreeMap::new();
        let mut free: Vec<usize> = Vec::new();
        for &id in last.keys() {
            let op = lowering.graph.op(id);
            let out = match op {
                Op::Input(lane) => lane as usize,
                Op::Const(value, _) => self.register(f64::from_bits(value)),
                _ => free.pop().unwrap_or_else(|| self.register(0.0)),
            };
            if !matches!(op, Op::Input(_) | Op::Const(..)) {
                self.code.push(Instruction { op: renamed(op, |a| Id(place[&a] as u32)), out });
            }
            place.insert(id, out);
            let mut done = operands(op, &lowering.nested);
            done.sort_unstable();
            done.dedup();
            let reusable = |a: &Id| !matches!(lowering.graph.op(*a), Op::Input(_) | Op::Const(..));
            free.extend(done.iter().filter(|a| last[*a] == id && reusable(a)).map(|a| place[a]));
        }
        place
    }

    fn register(&mut self, fill: f64) -> usize {
        self.registers.push(vec![fill; BATCH]);
        self.registers.len() - 1
    }

    /// The lane to fill before [`Program::run`].
    pub fn input(&mut self, lane: usize) -> &mut [f64] {
        &mut self.registers[self.inputs[lane]]
    }

    /// The values of the n-th root after [`Program::run`].
    pub fn output(&self, root: usize) -> &[f64] {
        &self.registers[self.outputs[root]]
    }

    /// The number of roots.
    pub fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Evaluates the first `n` lanes.
    pub fn run(&mut self, n: usize) -> Result<(), NumericError> {
        self.context.count(n as u64);
        for instruction in &self.code {
            let mut out = std::mem::take(&mut self.registers[instruction.out]);
            let done = match instruction.op {
                Op::Nested(index) => nested_lanes(
                    &self.nested[index as usize],
                    self.context,
                    &self.registers,
                    &mut out[..n],
                ),
                op => {
                    execute(op, &self.registers, &mut out[..n]);
                    Ok(())
                }
            };
            self.registers[instruction.out] = out;
            done?;
        }
        Ok(())
    }
}

fn nested_lanes(
    nested: &Nested,
    context: &Context,
    registers: &[Vec<f64>],
    out: &mut [f64],
) -> Result<(), NumericError> {
    for (lane, slot) in out.iter_mut().enumerate() {
        let mut environment = nested.environment.clone();
        for (name, register) in &nested.captured {
            environment.set(name.clone(), registers[register.0 as usize][lane]);
        }
        *slot = binder::value(&nested.binder, &context.inner(environment)?)?.value;
    }
    Ok(())
}

fn execute(op: Op, registers: &[Vec<f64>], out: &mut [f64]) {
    let n = out.len();
    let lane = |id: Id| &registers[id.0 as usize][..n];
    match op {
        Op::Unary(f, a) => execute_unary(f, lane(a), out),
        Op::Binary(f, a, b) => execute_binary(f, lane(a), lane(b), out),
        Op::Powi(a, k) => execute_power(lane(a), k, out),
        Op::Scale(a, c) => {
            let c = f64::from_bits(c);
            map(lane(a), out, |x| c * x);
        }
        Op::Shift(a, c) => {
            let c = f64::from_bits(c);
            map(lane(a), out, |x| x + c);
        }
        Op::Within { value, x, lo, hi } => {
            let (x, lo, hi) = (lane(x), lane(lo), lane(hi));
            for (i, (o, v)) in out.iter_mut().zip(lane(value)).enumerate() {
                *o = if lo[i] <= x[i] && x[i] <= hi[i] { *v } else { 0.0 };
            }
        }
        Op::Const(..) | Op::Input(_) | Op::Nested(_) => {}
    }
}

#[inline(always)]
fn map(a: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
    for (o, x) in out.iter_mut().zip(a) {
        *o = f(*x);
    }
}

#[inline(always)]
fn zip(a: &[f64], b: &[f64], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    for ((o, x), y) in out.iter_mut().zip(a).zip(b) {
        *o = f(*x, *y);
    }
}

/// The functions that vectorise have loops of their own.
fn execute_unary(f: Unary, a: &[f64], out: &mut [f64]) {
    match f {
        Unary::Exp => map(a, out, exponential),
        Unary::Ln => map(a, out, f64::ln),
        Unary::Sqrt => map(a, out, f64::sqrt),
        Unary::Abs => map(a, out, f64::abs),
        Unary::Sign => map(a, out, sign),
        Unary::Recip => map(a, out, f64::recip),
        other => map(a, out, |x| other.apply(x)),
    }
}

/// exp. Integrands are mapped so far out that it is mostly zero, at which the library arrives by an underflow, slowly.
fn exponential(x: f64) -> f64 {
    /// Below it the value rounds to zero: ln 2⁻¹⁰⁷⁵ ≈ −745.13.
    const LEAST: f64 = -746.0;
    /// Above it the value is not finite: ln 2¹⁰²⁴ ≈ 709.78.
    const MOST: f64 = 710.0;
    match x {
        _ if x < LEAST => 0.0,
        _ if x > MOST => f64::INFINITY,
        _ => x.exp(),
    }
}

fn execute_binary(f: Binary, a: &[f64], b: &[f64], out: &mut [f64]) {
    match f {
        Binary::Add => zip(a, b, out, |x, y| x + y),
        Binary::Sub => zip(a, b, out, |x, y| x - y),
        Binary::Mul => zip(a, b, out, |x, y| x * y),
        Binary::Div => zip(a, b, out, |x, y| x / y),
        Binary::Weigh => zip(a, b, out, weigh),
        other => zip(a, b, out, |x, y| other.apply(x, y)),
    }
}

fn execute_power(a: &[f64], k: i32, out: &mut [f64]) {
    match k {
        2 => map(a, out, |x| x * x),
        3 => map(a, out, |x| x * x * x),
        4 => map(a, out, |x| (x * x) * (x * x)),
        _ => map(a, out, |x| x.powi(k)),
    }
}

#[cfg(test)]
mod tests {
    use super::exponential;

    #[test]
    fn what_vanishes_and_what_overflows_is_as_in_the_library() {
        for x in [-1e300, -746.1, -745.2, -745.1, -1.0, 0.0, 709.7, 709.8, 710.1, 1e300] {
            assert_eq!(exponential(x).to_bits(), x.exp().to_bits(), "{x}");
        }
        assert_eq!([f64::NEG_INFINITY, f64::INFINITY].map(exponential), [0.0, f64::INFINITY]);
        assert!(exponential(f64::NAN).is_nan());
    }
}
