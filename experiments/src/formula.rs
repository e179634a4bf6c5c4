//! Closed forms that hence derives, as programs over any kind of number: plain ones, and those that carry gradients.
//!
//! A formula is the text of a statement. It is read, derived and lowered to a stack program once; there is no second
//! copy of it in this package, so that a wrong derivation shows as a wrong number.

use echidna::Scalar;
use hence::derive::{Status, derive};
use hence::elaborate::{GoalKind, statements};
use hence::kernel::Facts;
use hence::numeric::{Environment, Options, evaluate};
use hence::syntax::parse_statements;
use hence::term::{Node, Term};
use hence::theory::Theory;
use hence::verify::{Numbers, facts};

/// A number that formulas and models are computed with.
pub trait Real: Scalar<Float = f64> {}

impl<T: Scalar<Float = f64>> Real for T {}

/// How deep the stack of a program may be.
const DEPTH: usize = 16;

#[derive(Clone, Copy, Debug)]
enum Op {
    Constant(f64),
    Argument(usize),
    Add,
    Subtract,
    Multiply,
    Divide,
    Negate,
    Power(i32),
    Ln,
    Exp,
    Sqrt,
}

/// A derived closed form with named arguments.
#[derive(Clone, Debug)]
pub struct Formula {
    statement: String,
    arguments: Vec<String>,
    definition: Term,
    closed: Term,
    facts: Facts,
    program: Vec<Op>,
}

impl Formula {
    /// Derives the last statement of a text, under what it declares.
    ///
    /// # Errors
    /// Where the text cannot be read, the derivation does not end in a closed form, or that form holds what is not
    /// elementary.
    pub fn derive(text: &str, arguments: &[&str]) -> Result<Self, String> {
        let theory = Theory::shipped_ref();
        let (tree, problems) = parse_statements(text);
        if let Some(p) = problems.first() {
            return Err(format!("{text}: {p}"));
        }
        let (mut goals, problems) = statements(text, &tree, theory);
        if let Some(p) = problems.first() {
            return Err(format!("{text}: {p}"));
        }
        let goal = goals.pop().ok_or_else(|| format!("{text}: nothing to derive"))?;
        let GoalKind::Derive { left, .. } = &goal.kind else {
            return Err(format!("{text}: not a derivation"));
        };
        let derivation = derive(theory, facts(&goal.context), left);
        if derivation.status != Status::Proved {
            return Err(format!("{text}: no closed form"));
        }
        let mut out = Self {
            statement: left.to_string(),
            arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
            definition: left.clone(),
            closed: derivation.result.clone(),
            facts: derivation.facts,
            program: Vec::new(),
        };
        let mut program = Vec::new();
        out.lower(&derivation.result, &mut program)?;
        if depth(&program) > DEPTH {
            return Err(format!("{text}: the closed form is too deep"));
        }
        out.program = program;
        Ok(out)
    }

    /// What was derived, and its closed form.
    pub fn words(&self) -> (String, String) {
        (self.statement.clone(), self.closed.to_string())
    }

    /// The closed form at these arguments, in the order in which they were named.
    pub fn at<T: Real>(&self, arguments: &[T]) -> T {
        let mut stack = [T::default(); DEPTH];
        let mut top = 0;
        for op in &self.program {
            match *op {
                Op::Constant(c) => (stack[top], top) = (T::from_f(c), top + 1),
                Op::Argument(i) => (stack[top], top) = (arguments[i], top + 1),
                Op::Negate => stack[top - 1] = -stack[top - 1],
                Op::Power(n) => stack[top - 1] = stack[top - 1].powi(n),
                Op::Ln => stack[top - 1] = stack[top - 1].ln(),
                Op::Exp => stack[top - 1] = stack[top - 1].exp(),
                Op::Sqrt => stack[top - 1] = stack[top - 1].sqrt(),
                Op::Add | Op::Subtract | Op::Multiply | Op::Divide => {
                    top -= 1;
                    let (a, b) = (stack[top - 1], stack[top]);
                    stack[top - 1] = match op {
                        Op::Add => a + b,
                        Op::Subtract => a - b,
                        Op::Multiply => a * b,
                        _ => a / b,
                    };
                }
            }
        }
        stack[0]
    }

    /// Closed form and definition by the evaluator of the library, to hold [`Formula::at`] against.
    ///
    /// # Errors
    /// Where one of them has no value.
    pub fn by_library(&self, arguments: &[f64]) -> Result<(f64, f64), String> {
        let at: Environment =
            self.arguments.iter().map(String::as_str).zip(arguments.iter().copied()).collect();
        let numbers = Numbers { theory: Theory::shipped_ref(), facts: &self.facts };
        let value = |term: &Term| {
            evaluate(term, &at, &numbers, &Options::default()).map_err(|e| e.to_string())
        };
        Ok((value(&self.closed)?.value, value(&self.definition)?.value))
    }

    fn lower(&self, term: &Term, out: &mut Vec<Op>) -> Result<(), String> {
        let start = out.len();
        match term.node() {
            Node::Number(n) => out.push(Op::Constant(n.to_f64())),
            Node::Symbol(name) => match self.arguments.iter().position(|a| a == name.as_str()) {
                Some(i) => out.push(Op::Argument(i)),
                None => match name.as_str() {
                    "pi" => out.push(Op::Constant(std::f64::consts::PI)),
                    "e" => out.push(Op::Constant(std::f64::consts::E)),
                    other => return Err(format!("{}: {other} is no argument", self.statement)),
                },
            },
            Node::Neg(a) => {
                self.lower(a, out)?;
                out.push(Op::Negate);
            }
            Node::Sum(parts) => {
                for (k, part) in parts.iter().enumerate() {
                    match part.node() {
                        Node::Neg(a) if k > 0 => {
                            self.lower(a, out)?;
                            out.push(Op::Subtract);
                        }
                        _ => {
                            self.lower(part, out)?;
                            out.extend((k > 0).then_some(Op::Add));
                        }
                    }
                }
            }
            Node::Product(factors) => {
                for (k, factor) in factors.iter().enumerate() {
                    self.lower(factor, out)?;
                    out.extend((k > 0).then_some(Op::Multiply));
                }
            }
            Node::Quotient(a, b) => {
                self.lower(a, out)?;
                self.lower(b, out)?;
                out.push(Op::Divide);
            }
            Node::Power(a, b) => {
                self.lower(a, out)?;
                let whole = b.as_rational().and_then(|n| n.to_i64());
                let n = whole.and_then(|n| i32::try_from(n).ok());
                out.push(Op::Power(n.ok_or_else(|| format!("{term}: not a whole power"))?));
            }
            Node::Call(name, arguments) => {
                let [a] = arguments.as_slice() else {
                    return Err(format!("{term} is not elementary"));
                };
                self.lower(a, out)?;
                out.push(match name.as_str() {
                    "ln" => Op::Ln,
                    "exp" => Op::Exp,
                    "sqrt" => Op::Sqrt,
                    _ => return Err(format!("{term} is not elementary")),
                });
            }
            _ => return Err(format!("{term} is not elementary")),
        }
        // What holds no argument is a number.
        if out[start..].iter().all(|op| !matches!(op, Op::Argument(_))) {
            let constant = Self { program: out[start..].to_vec(), ..self.clone() }.at::<f64>(&[]);
            out.truncate(start);
            out.push(Op::Constant(constant));
        }
        Ok(())
    }
}

/// The deepest that the stack becomes.
fn depth(program: &[Op]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for op in program {
        match op {
            Op::Constant(_) | Op::Argument(_) => now += 1,
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide => now -= 1,
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_evaluator_of_the_library() {
        let text = "let m, x real\nlet v positive\nlet p = Normal(m, v)\nderive ln(p(x)) + H(p)";
        let f = Formula::derive(text, &["x", "m", "v"]).expect("a closed form");
        for point in [[0.3, -0.7, 1.9], [4.0, 2.5, 0.01]] {
            let (closed, definition) = f.by_library(&point).expect("numbers");
            assert!((f.at(&point) - closed).abs() < 1e-12, "{closed}");
            assert!((f.at(&point) - definition).abs() < 1e-9, "{definition}");
        }
    }

    #[test]
    fn what_has_no_closed_form_is_refused() {
        assert!(Formula::derive("derive E[z ~ Normal(0, 1)](ln(1 + exp(z)))", &[]).is_err());
        assert!(Formula::derive("derive H(", &[]).is_err());
        assert!(Formula::derive("let v positive\nderive H(Normal(0, v))", &["w"]).is_err());
    }
}
