//! Every rule and law of the shipped theory: it fires where it says, it is true there, and each condition is needed.

mod library;

use hence::kernel::{Facts, Kernel, Step};
use hence::numeric::{Environment, NumericError, Options, evaluate};
use hence::term::{HOLE, Node, Path, Relation, Term};
use hence::theory::{Instance, Rule, Theory};
use hence::verify::Numbers;
use hence::verify::soundness::{AXIOM, Choice, Proofs, Witness, witness};
use library::{Seeded, close, point, symbol, value};

fn theory() -> &'static Theory {
    Theory::shipped_ref()
}

fn assumed(instance: &Instance) -> Facts {
    Facts {
        sorts: instance.sorts.iter().cloned().collect(),
        families: instance.families.iter().cloned().collect(),
        masses: instance.masses.iter().cloned().collect(),
        relations: instance.relations.clone(),
        ..Facts::default()
    }
}

/// The inside of `integrable(…)`.
fn inner(law: &Term) -> &Term {
    match law.node() {
        Node::Call(f, args) if *f == "integrable" && args.len() == 1 => &args[0],
        _ => law,
    }
}

fn fired(rule: &Rule, instance: &Instance) -> Option<Step> {
    let mut kernel = Kernel::new(theory(), assumed(instance));
    let root = Path::root();
    let proposals = kernel.proposals(rule, &instance.subject, &root);
    proposals.iter().find_map(|b| kernel.rule(&instance.subject, &root, rule, b).ok())
}

/// The same under a law: by the law itself, as evidence says.
fn converges(rule: &Rule, instance: &Instance) -> Option<String> {
    let subject = inner(&instance.subject).clone();
    let evidence = Kernel::new(theory(), assumed(instance)).converges(&subject)?;
    let name = rule.id.to_string();
    Some(if evidence.contains(&name) { name } else { evidence })
}

/// Rules whose `fires` instance does not fire yet, each with its reason.
const SILENT: &[&str] = &[];

#[test]
fn instances_fire_and_are_refused() {
    for rule in theory().rules() {
        assert!(!rule.fires.is_empty() && !rule.refuses.is_empty(), "{}: no instance", rule.id);
        for instance in &rule.fires {
            if rule.right.is_some() {
                let expected = !SILENT.contains(&rule.id.as_str());
                let fires = fired(rule, instance).is_some();
                assert_eq!(fires, expected, "{} on {}", rule.id, instance.subject);
            } else {
                let by = converges(rule, instance);
                assert_eq!(by.as_deref(), Some(rule.id.as_str()), "on {}", instance.subject);
            }
        }
        for instance in &rule.refuses {
            let got = if rule.right.is_some() {
                // A step that changes nothing is sound, and no derivation takes it.
                let step = fired(rule, instance).filter(|s| !s.after().alpha_eq(s.before()));
                step.map(|s| s.after().to_string())
            } else {
                converges(rule, instance).filter(|by| *by == rule.id.as_str())
            };
            assert_eq!(got, None, "{} on {}", rule.id, instance.subject);
        }
    }
}

/// What the moments and the integral of the normal density rest on in the end.
const FOUNDATIONS: &[&str] = &[
    "expect.add_constant",
    "expect.scale",
    "expect.sum",
    "gamma.recurrence",
    "int.fold",
    "int.gauss",
    "int.power_exp",
    "int.scale",
    "int.translate",
    "integrable.gaussian",
    "integrable.normal.power",
];

#[test]
fn proofs_go_through_and_end_in_axioms() {
    let nothing = |_: &str| None;
    let mut proofs = Proofs::new(theory(), &nothing);
    let mut proved = 0;
    for rule in theory().rules() {
        let Some(found) = proofs.of(rule) else { continue };
        proved += 1;
        let used = found.unwrap_or_else(|fault| panic!("{}: {}", rule.id, fault.message()));
        assert!(!used.contains(&rule.id), "{} rests on itself", rule.id);
        for id in proofs.foundations(&std::iter::once(rule.id.clone()).collect()) {
            let axiom = theory().rule(id.as_str()).is_some_and(|r| r.proof == AXIOM);
            assert!(axiom, "{}: {id} is no axiom", rule.id);
        }
    }
    assert!(proved >= 19, "{proved}");
}

#[test]
fn gaussian_moments_come_down_to_a_short_list() {
    let nothing = |_: &str| None;
    let mut proofs = Proofs::new(theory(), &nothing);
    for id in ["mean", "variance", "second", "square_about", "central_first"]
        .map(|moment| format!("expect.normal.{moment}"))
        .into_iter()
        .chain(["int.exp_quadratic".to_owned()])
    {
        for axiom in proofs.foundations(&std::iter::once(symbol(&id)).collect()) {
            assert!(FOUNDATIONS.contains(&axiom.as_str()), "{id} rests on {axiom}");
        }
    }
}

/// With a proof that may use what comes later, two rules could prove each other.
#[test]
fn a_proof_may_not_use_what_stands_after_it() {
    let nothing = |_: &str| None;
    let late = theory().restricted(|r| r.id != "gamma.half");
    let gone =
        Proofs::new(&late, &nothing).of(theory().rule("expect.normal.variance").expect("a rule"));
    let message = gone.and_then(Result::err).map(|fault| fault.message().to_owned());
    assert!(message.is_some_and(|m| m.contains("does not go through")), "without Γ(½)");
}

/// A density that is only said to be one, as one that can be evaluated.
fn stand_ins(facts: &Facts) -> Facts {
    let mut out = facts.clone();
    let third = Term::quotient(Term::integer(1), Term::integer(3));
    for (name, sort) in &facts.sorts {
        if sort.is_distribution() {
            let normal = Term::call("Normal", vec![third.clone(), Term::integer(2)]);
            out.definitions.insert(name.clone(), normal);
        }
    }
    out.sorts.retain(|_, sort| !sort.is_distribution());
    out
}

/// Points that are tried for three at which a quadrature is not over too many coordinates.
const TRIES: usize = 60;

fn too_large(value: &Result<f64, NumericError>) -> bool {
    matches!(value, Err(NumericError::TooLarge(_)))
}

/// A seed that depends on nothing but the name (FNV-1a).
fn seed_of(id: &str) -> Seeded {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    Seeded(id.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
}

/// Whether quadrature vouches for no value of the left side as exact as the comparison asks for, as beside a singular end.
fn unsure(facts: &Facts, at: &Environment, step: &Step) -> bool {
    let numbers = Numbers { theory: theory(), facts };
    let options = Options { max_evaluations: 1 << 15, ..Options::default() };
    let infinite = step.after().as_symbol().is_some_and(|s| s == "oo");
    let value = evaluate(step.before(), at, &numbers, &options);
    !infinite && !value.is_ok_and(|v| v.error <= 1e-9 * v.value.abs().max(1.0))
}

#[test]
fn instances_are_true() {
    for rule in theory().rules() {
        for instance in &rule.fires {
            let facts = stand_ins(&assumed(instance));
            let step = fired(rule, instance);
            if step.is_none() && rule.right.is_some() {
                assert!(SILENT.contains(&rule.id.as_str()), "{} does not fire", rule.id);
            }
            let mut seed = seed_of(rule.id.as_str());
            let mut compared = 0;
            for _ in 0..TRIES {
                if compared == 3 {
                    break;
                }
                let at = point(theory(), &facts, &mut seed);
                let Some(step) = &step else {
                    let converges = value(theory(), &facts, &at, inner(&instance.subject));
                    if too_large(&converges) {
                        continue;
                    }
                    compared += 1;
                    assert!(converges.is_ok(), "{}: {converges:?} at {at:?}", rule.id);
                    continue;
                };
                let left = value(theory(), &facts, &at, step.before());
                let right = value(theory(), &facts, &at, step.after());
                if too_large(&left) || unsure(&facts, &at, step) && right.is_ok() {
                    continue;
                }
                compared += 1;
                // What is infinite has no value, or none that a quadrature would vouch for.
                if step.after().as_symbol().is_some_and(|s| s == "oo") {
                    let numbers = Numbers { theory: theory(), facts: &facts };
                    let value = evaluate(step.before(), &at, &numbers, &Options::default()).ok();
                    let sure =
                        value.filter(|v| v.value.is_finite() && v.error < 1e-4 * v.value.abs());
                    assert!(sure.is_none(), "{}: {sure:?} at {at:?}", rule.id);
                    continue;
                }
                let (Ok(l), Ok(r)) = (&left, &right) else {
                    panic!("{}: {left:?} and {right:?} at {at:?}", rule.id);
                };
                assert!(agree(rule.relation, *l, *r), "{}: {l} and {r} at {at:?}", rule.id);
            }
            assert_eq!(compared, 3, "{}: too few points", rule.id);
        }
    }
}

fn agree(relation: Relation, l: f64, r: f64) -> bool {
    match relation {
        Relation::Le => l <= r + 1e-9 * l.abs().max(1.0),
        Relation::Ge => r <= l + 1e-9 * l.abs().max(1.0),
        _ => close(l, r, 1e-9),
    }
}

/// Why a condition stands although the rule without it was not caught in the wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Why {
    /// It keeps the rule from a useless rewriting.
    Useless,
    /// The other conditions and the value of the left side imply it; without all of these the rule is false.
    Jointly,
    /// Where it fails neither side has a value; the kernel must not rely on a value to be there.
    NoValue,
    /// Another condition implies it; it is kept because it says what the rule is about.
    Implied,
    /// The document that derives the lemma assumes it; without it both sides may be infinite, and then they agree.
    Proof,
    /// The kernel can show the other conditions only of terms that meet this one.
    Undecided,
    /// No distribution of the theory has so heavy a tail.
    Tail,
    /// Where it fails one side has 0·∞ or 0·(no value), which the evaluator takes for 0.
    ZeroTimes,
    /// Only a name both declared and bound could break it with the other conditions kept, and the kernel refuses to
    /// read a condition about such a name.
    Ambiguous,
    /// Where it fails the right side would bind a name that was free on the left, which the kernel refuses of any rule.
    Captured,
    /// Whoever uses the rule chooses what a pattern variable stands for; the search for counterexamples chooses nothing.
    Chosen,
    /// The law is true of more than it says, and no instances are made up beyond that.
    Stronger,
    /// The formula goes on to hold where it fails, though no density does.
    Continued,
    /// No instances are made up in which the other conditions tie the parameters of a distribution over vectors.
    Untried,
}

/// Conditions without a counterexample of their own: the rule, the condition's place, and why it stands.
const UNCAUGHT: &[(&str, usize, Why)] = &[
    ("ln.product", 0, Why::Jointly),
    ("ln.product", 1, Why::Jointly),
    ("ln.quotient", 0, Why::Jointly),
    ("ln.quotient", 1, Why::Jointly),
    ("ln.power", 1, Why::Useless),
    ("ln.sqrt", 0, Why::NoValue),
    ("power.product", 0, Why::Jointly),
    ("power.product", 1, Why::Jointly),
    ("expect.bernoulli.power", 0, Why::NoValue),
    ("expect.bernoulli.power", 1, Why::NoValue),
    ("expect.binomial.mean", 0, Why::NoValue),
    ("expect.binomial.mean", 1, Why::NoValue),
    ("expect.binomial.square_about", 0, Why::NoValue),
    ("expect.binomial.square_about", 1, Why::NoValue),
    ("derivative.power_of", 0, Why::NoValue),
    ("derivative.expint", 0, Why::NoValue),
    ("expect.gamma.power", 0, Why::Continued),
    ("expect.beta.power", 0, Why::Continued),
    ("expect.beta.powers", 0, Why::Continued),
    ("expect.beta.power_ln", 0, Why::Continued),
    ("expect.beta.power_ln_square", 0, Why::Continued),
    ("expect.poisson.lowered", 0, Why::Useless),
    ("expect.poisson.lowered", 1, Why::Useless),
    ("expect.poisson.lowered", 4, Why::Undecided),
    ("expect.binomial.cube_about", 0, Why::NoValue),
    ("expect.binomial.cube_about", 1, Why::NoValue),
    ("expect.binomial.fourth_about", 0, Why::NoValue),
    ("expect.binomial.fourth_about", 1, Why::NoValue),
    ("expect.negative_binomial.lowered", 0, Why::Useless),
    ("expect.negative_binomial.lowered", 1, Why::Useless),
    ("expect.negative_binomial.lowered", 2, Why::NoValue),
    ("expect.negative_binomial.lowered", 3, Why::NoValue),
    ("expect.negative_binomial.lowered", 6, Why::Undecided),
    ("expect.of_sum", 2, Why::ZeroTimes),
    ("expect.sum_over", 2, Why::Captured),
    ("int.sum_over", 2, Why::Captured),
    ("int.sum_over", 3, Why::Captured),
    ("density.normal.product", 0, Why::NoValue),
    ("density.normal.product", 1, Why::NoValue),
    ("integrable.normal.square", 2, Why::Undecided),
    ("expect.of_series", 2, Why::ZeroTimes),
    ("integrable.ln_factorial", 1, Why::Tail),
    ("int.power_exp.reciprocal", 5, Why::Undecided),
    ("int.power_exp.reciprocal_ln", 0, Why::NoValue),
    ("int.power_exp.reciprocal_ln", 5, Why::Undecided),
    ("int.power_exp.ln_square", 0, Why::NoValue),
    ("integrable.power_exp_reciprocal", 5, Why::Undecided),
    ("integrable.power_ln_exp_reciprocal", 5, Why::Undecided),
    ("int.power_above.power", 1, Why::NoValue),
    ("int.power_above.ln", 0, Why::NoValue),
    ("int.power_above.ln", 1, Why::NoValue),
    ("integrable.power_above", 1, Why::NoValue),
    ("integrable.power_above", 3, Why::Undecided),
    ("integrable.power_ln_above", 1, Why::NoValue),
    ("integrable.power_ln_above", 3, Why::Undecided),
    ("int.beta.power", 2, Why::NoValue),
    ("int.beta.ln_complement", 2, Why::NoValue),
    ("integrable.beta", 4, Why::Undecided),
    ("integrable.beta_ln", 4, Why::Undecided),
    ("integrable.beta_ln", 5, Why::Undecided),
    ("integrable.beta_ln_complement", 4, Why::Undecided),
    ("expect.ln.product", 0, Why::NoValue),
    ("expect.ln.product", 1, Why::NoValue),
    ("expect.ln.product", 2, Why::NoValue),
    ("expect.ln.product", 3, Why::NoValue),
    ("expect.ln.quotient", 0, Why::NoValue),
    ("expect.ln.quotient", 1, Why::NoValue),
    ("expect.ln.quotient", 2, Why::NoValue),
    ("expect.ln.quotient", 3, Why::NoValue),
    ("int.power_exp.linear", 1, Why::NoValue),
    ("int.power_above.ln_square", 0, Why::NoValue),
    ("int.power_above.ln_square", 1, Why::NoValue),
    ("integrable.power_ln_square_above", 1, Why::NoValue),
    ("integrable.power_ln_square_above", 3, Why::Undecided),
    ("int.power_exp.reciprocal_ln_square", 0, Why::NoValue),
    ("int.power_exp.reciprocal_ln_square", 5, Why::Undecided),
    ("integrable.power_ln_square_exp_reciprocal", 5, Why::Undecided),
    ("int.ln.square", 0, Why::NoValue),
    ("int.ln.square", 1, Why::NoValue),
    ("int.ln.square", 2, Why::NoValue),
    ("int.ln.square", 3, Why::NoValue),
    ("int.ln.to_end", 0, Why::NoValue),
    ("int.ln.to_end", 1, Why::NoValue),
    ("int.ln.to_end", 2, Why::NoValue),
    ("int.ln.from_start", 0, Why::NoValue),
    ("int.ln.from_start", 1, Why::NoValue),
    ("int.ln.from_start", 2, Why::NoValue),
    ("int.ln.from_start_first", 0, Why::NoValue),
    ("int.ln.from_start_first", 1, Why::NoValue),
    ("int.ln.from_start_first", 2, Why::NoValue),
    ("int.ln.to_end_first", 0, Why::NoValue),
    ("int.ln.to_end_first", 1, Why::NoValue),
    ("int.ln.to_end_first", 2, Why::NoValue),
    ("expect.laplace.exponential", 1, Why::Implied),
    ("expect.laplace.exponential", 3, Why::Undecided),
    ("integrable.laplace.exponential", 1, Why::Implied),
    ("integrable.laplace.exponential", 3, Why::Undecided),
    ("expect.logistic.exponential", 1, Why::Implied),
    ("expect.logistic.exponential", 3, Why::Undecided),
    ("integrable.logistic.exponential", 1, Why::Implied),
    ("integrable.logistic.exponential", 3, Why::Undecided),
    ("integrable.student_t.ln_quadratic", 1, Why::NoValue),
    ("integrable.student_t.power", 0, Why::Implied),
    ("integrable.student_t.power", 1, Why::NoValue),
    ("expect.continuous_bernoulli.mean", 2, Why::NoValue),
    ("expect.von_mises.cosine", 0, Why::NoValue),
    ("expect.von_mises.cosine_about", 0, Why::NoValue),
    ("integrable.von_mises.cosine", 0, Why::NoValue),
    ("expect.dirichlet.mean", 1, Why::NoValue),
    ("expect.dirichlet.ln", 1, Why::NoValue),
    ("expect.dirichlet.square_about", 2, Why::NoValue),
    ("expect.dirichlet.product", 3, Why::NoValue),
    ("expect.dirichlet.product", 6, Why::NoValue),
    ("expect.dirichlet.ln_square", 1, Why::NoValue),
    ("expect.dirichlet.ln_product", 3, Why::NoValue),
    ("expect.dirichlet.ln_product", 6, Why::NoValue),
    ("expect.dirichlet.ln_product", 9, Why::NoValue),
    ("expect.dirichlet.power", 0, Why::NoValue),
    ("expect.dirichlet.power", 1, Why::NoValue),
    ("expect.dirichlet.power", 2, Why::NoValue),
    ("expect.dirichlet.power", 3, Why::NoValue),
    ("expect.dirichlet.power", 4, Why::NoValue),
    ("expect.dirichlet.power", 6, Why::NoValue),
    ("expect.dirichlet.share", 2, Why::NoValue),
    ("expect.dirichlet.share", 5, Why::NoValue),
    ("integrable.dirichlet.ln", 1, Why::NoValue),
    ("integrable.dirichlet.ln_product", 2, Why::NoValue),
    ("integrable.dirichlet.ln_product", 5, Why::NoValue),
    ("integrable.dirichlet.power", 2, Why::NoValue),
    ("integrable.dirichlet.power", 6, Why::NoValue),
    ("integrable.dirichlet.polynomial", 2, Why::NoValue),
    ("integrable.dirichlet.polynomial", 5, Why::NoValue),
    ("expect.multinomial.mean", 1, Why::NoValue),
    ("expect.multinomial.mean", 5, Why::NoValue),
    ("expect.multinomial.square_about", 2, Why::NoValue),
    ("expect.multinomial.square_about", 6, Why::NoValue),
    ("expect.multinomial.product", 3, Why::NoValue),
    ("expect.multinomial.product", 6, Why::NoValue),
    ("expect.multinomial.product", 9, Why::NoValue),
    ("expect.multinomial.product", 10, Why::NoValue),
    ("expect.multinomial.product", 0, Why::Untried),
    ("expect.multinomial.product", 1, Why::Untried),
    ("expect.multinomial.count", 2, Why::NoValue),
    ("expect.multinomial.count", 5, Why::NoValue),
    ("expect.multinomial.count", 6, Why::NoValue),
    ("expect.multinomial.count", 0, Why::Untried),
    ("expect.multinomial.count", 1, Why::Untried),
    ("expect.multinomial.count", 4, Why::Untried),
    ("expect.multinomial.count", 7, Why::Untried),
    ("expect.multinomial.count", 8, Why::Untried),
    ("expect.bivariate_normal.first", 1, Why::NoValue),
    ("expect.bivariate_normal.first", 2, Why::NoValue),
    ("expect.bivariate_normal.first", 3, Why::NoValue),
    ("expect.bivariate_normal.first", 0, Why::Untried),
    ("expect.bivariate_normal.second", 1, Why::NoValue),
    ("expect.bivariate_normal.second", 2, Why::NoValue),
    ("expect.bivariate_normal.second", 3, Why::NoValue),
    ("expect.bivariate_normal.second", 0, Why::Untried),
    ("expect.bivariate_normal.product", 0, Why::NoValue),
    ("expect.bivariate_normal.product", 1, Why::NoValue),
    ("expect.bivariate_normal.product", 2, Why::NoValue),
    ("integrable.bivariate_normal.first", 1, Why::NoValue),
    ("integrable.bivariate_normal.first", 2, Why::NoValue),
    ("integrable.bivariate_normal.first", 3, Why::NoValue),
    ("integrable.bivariate_normal.first", 0, Why::Untried),
    ("integrable.bivariate_normal.first", 4, Why::Untried),
    ("integrable.bivariate_normal.second", 1, Why::NoValue),
    ("integrable.bivariate_normal.second", 2, Why::NoValue),
    ("integrable.bivariate_normal.second", 3, Why::NoValue),
    ("integrable.bivariate_normal.second", 0, Why::Untried),
    ("integrable.bivariate_normal.second", 4, Why::Untried),
    ("integrable.bivariate_normal.product", 0, Why::NoValue),
    ("integrable.bivariate_normal.product", 1, Why::NoValue),
    ("integrable.bivariate_normal.product", 2, Why::NoValue),
    ("integrable.bivariate_normal.product", 3, Why::Untried),
    ("integrable.bivariate_normal.product", 4, Why::Untried),
    ("series.sum", 0, Why::NoValue),
    ("series.sum", 1, Why::NoValue),
    ("integrable.geometric_series", 4, Why::Undecided),
    ("expect.sum", 0, Why::Jointly),
    ("expect.sum", 1, Why::Jointly),
    ("int.sum", 0, Why::Jointly),
    ("int.sum", 1, Why::Jointly),
    ("int.constant", 1, Why::ZeroTimes),
    ("int.constant", 2, Why::ZeroTimes),
    ("expect.normal.central_power", 0, Why::NoValue),
    ("expect.normal.central_power", 2, Why::NoValue),
    ("expect.normal.central_power", 3, Why::NoValue),
    ("expect.exponential.power", 1, Why::NoValue),
    ("expect.exponential.power", 2, Why::NoValue),
    ("integrable.uniform.power", 2, Why::NoValue),
    ("int.power_ln_exp", 0, Why::NoValue),
    ("int.power", 1, Why::NoValue),
    ("int.power", 2, Why::NoValue),
    ("int.power", 3, Why::Ambiguous),
    ("int.ln", 0, Why::ZeroTimes),
    ("int.ln", 1, Why::ZeroTimes),
    ("int.ln", 2, Why::Jointly),
    ("int.ln", 3, Why::Jointly),
    ("int.exp_quadratic", 0, Why::NoValue),
    ("expect.independent", 0, Why::Implied),
    ("expect.independent", 1, Why::Implied),
    ("expect.independent", 2, Why::Implied),
    ("expect.independent", 3, Why::Implied),
    ("expect.independent", 11, Why::ZeroTimes),
    ("expect.independent", 12, Why::ZeroTimes),
    ("integrable.independent", 0, Why::Implied),
    ("integrable.independent", 1, Why::Implied),
    ("integrable.independent", 2, Why::Implied),
    ("integrable.independent", 3, Why::Implied),
    ("integrable.independent", 11, Why::Untried),
    ("integrable.independent", 12, Why::Untried),
    ("derivative.bessel_i1", 0, Why::NoValue),
    ("int.beta.ln_complement_square", 2, Why::NoValue),
    ("integrable.beta_ln_square", 2, Why::Stronger),
    ("integrable.beta_ln_square", 4, Why::Undecided),
    ("integrable.beta_ln_square", 5, Why::Undecided),
    ("integrable.beta_ln_ln", 4, Why::Undecided),
    ("integrable.beta_ln_ln", 5, Why::Undecided),
    ("integrable.unit_power_ln", 2, Why::Undecided),
    ("integrable.beta.power_ln", 4, Why::Undecided),
    ("transfer.student_t", 0, Why::NoValue),
    ("transfer.student_t_square", 0, Why::NoValue),
    ("transfer.bivariate_normal", 0, Why::NoValue),
    ("transfer.bivariate_normal", 1, Why::NoValue),
    ("transfer.bivariate_normal", 2, Why::NoValue),
    ("integrable.student_t.power_quadratic", 6, Why::Undecided),
    ("integrable.student_t.power_quadratic", 7, Why::Undecided),
    ("integrable.student_t.power_quadratic", 8, Why::Undecided),
    ("expect.von_mises.sine_cosine", 0, Why::NoValue),
    ("integrable.von_mises.waves", 0, Why::NoValue),
    ("integrable.von_mises.sine", 0, Why::NoValue),
    ("expect.density_ratio", 0, Why::Ambiguous),
    ("integrable.density_ratio", 0, Why::Ambiguous),
    ("expect.join", 0, Why::Jointly),
    ("expect.join", 1, Why::Jointly),
    ("variance.of_sum_over", 3, Why::Ambiguous),
    ("expect.coordinates.square_of_sum", 4, Why::Ambiguous),
    ("expect.combine", 0, Why::Captured),
    ("expect.combine", 1, Why::Captured),
    ("expect.jensen_ln", 0, Why::NoValue),
    ("expect.jensen_ln", 1, Why::Proof),
    ("expect.jensen_ln", 2, Why::Proof),
    ("integrable.ln_of_mixture", 4, Why::Ambiguous),
    ("kl.product", 0, Why::Proof),
    ("kl.product", 1, Why::Proof),
    ("int.split", 0, Why::Chosen),
    ("int.split", 1, Why::Chosen),
    ("int.split", 2, Why::Chosen),
    ("int.split", 3, Why::Chosen),
    ("int.split", 4, Why::Chosen),
    ("even.absolute", 0, Why::Chosen),
    ("int.power.about", 1, Why::NoValue),
    ("int.power.about", 2, Why::NoValue),
    ("int.power.about", 4, Why::Ambiguous),
    ("int.ln.from_zero", 0, Why::NoValue),
    ("int.ln.from_zero", 1, Why::NoValue),
    ("int.exponential.above", 1, Why::NoValue),
    ("int.exponential.below", 1, Why::NoValue),
    ("int.exponential.between", 1, Why::NoValue),
    ("int.exponential.between", 2, Why::NoValue),
    ("int.exponential.power_above", 0, Why::NoValue),
    ("int.exponential.power_above", 2, Why::NoValue),
    ("int.exponential.power_above", 5, Why::Ambiguous),
    ("int.exponential.power_below", 0, Why::NoValue),
    ("int.exponential.power_below", 2, Why::NoValue),
    ("int.exponential.power_below", 5, Why::Ambiguous),
    ("int.exponential.power_between", 2, Why::NoValue),
    ("int.exponential.power_between", 3, Why::NoValue),
    ("int.exponential.power_between", 6, Why::Ambiguous),
    ("int.gaussian.above", 1, Why::NoValue),
    ("int.gaussian.below", 1, Why::NoValue),
    ("int.gaussian.between", 1, Why::NoValue),
    ("int.gaussian.between", 2, Why::NoValue),
    ("int.gaussian.power_above", 1, Why::NoValue),
    ("int.gaussian.power_above", 7, Why::Ambiguous),
    ("int.gaussian.power_below", 1, Why::NoValue),
    ("int.gaussian.power_below", 7, Why::Ambiguous),
    ("int.gaussian.power_between", 1, Why::NoValue),
    ("int.gaussian.power_between", 8, Why::Ambiguous),
    ("integrable.gaussian_on_part", 6, Why::Ambiguous),
    ("integrable.exponential_above", 6, Why::Ambiguous),
    ("integrable.exponential_below", 4, Why::Ambiguous),
    ("integrable.exponential_below", 6, Why::Ambiguous),
    ("integrable.exponential_between", 7, Why::Ambiguous),
    ("derivative.abs", 0, Why::NoValue),
    ("duplication.gamma", 0, Why::NoValue),
    ("duplication.digamma", 0, Why::NoValue),
    ("int.ln.shifted", 0, Why::NoValue),
    ("int.ln.shifted", 1, Why::NoValue),
    ("int.ln.shifted", 2, Why::NoValue),
    ("int.ln.shifted", 3, Why::NoValue),
    ("int.ln.shifted_first", 0, Why::NoValue),
    ("int.ln.shifted_first", 1, Why::NoValue),
    ("int.ln.shifted_first", 2, Why::NoValue),
    ("int.ln.shifted_first", 3, Why::NoValue),
    ("int.ln.reflected", 0, Why::NoValue),
    ("int.ln.reflected", 1, Why::NoValue),
    ("int.ln.reflected", 2, Why::NoValue),
    ("int.ln.reflected", 3, Why::NoValue),
    ("int.ln.reflected_first", 0, Why::NoValue),
    ("int.ln.reflected_first", 1, Why::NoValue),
    ("int.ln.reflected_first", 2, Why::NoValue),
    ("int.ln.reflected_first", 3, Why::NoValue),
    ("integrable.ln_shifted", 6, Why::Undecided),
    ("integrable.ln_reflected", 6, Why::Undecided),
    ("expect.exponential.ln_linear", 2, Why::NoValue),
    ("int.second.power", 7, Why::Undecided),
    ("integrable.second_power", 5, Why::Undecided),
    ("integrable.second_power", 6, Why::Undecided),
    ("integrable.second_power", 7, Why::Undecided),
    ("int.second.ln", 7, Why::Undecided),
    ("integrable.second_ln", 5, Why::Undecided),
    ("integrable.second_ln", 6, Why::Undecided),
    ("integrable.second_ln", 7, Why::Undecided),
    ("int.second.ln_sum", 7, Why::Undecided),
    ("integrable.second_ln_sum", 5, Why::Undecided),
    ("integrable.second_ln_sum", 6, Why::Undecided),
    ("integrable.second_ln_sum", 7, Why::Undecided),
    ("int.second.ln_square", 7, Why::Undecided),
    ("integrable.second_ln_square", 5, Why::Undecided),
    ("integrable.second_ln_square", 6, Why::Undecided),
    ("integrable.second_ln_square", 7, Why::Undecided),
    ("expect.bernoulli.square_about", 0, Why::NoValue),
    ("expect.bernoulli.square_about", 1, Why::NoValue),
    ("expect.bernoulli.exponential", 0, Why::NoValue),
    ("expect.bernoulli.exponential", 1, Why::NoValue),
    ("expect.geometric.exponential", 0, Why::NoValue),
    ("expect.binomial.exponential", 0, Why::NoValue),
    ("expect.binomial.exponential", 1, Why::NoValue),
    ("expect.student_t.absolute", 0, Why::NoValue),
    ("integrable.student_t.absolute", 0, Why::NoValue),
    ("expect.logistic.exponential_up", 3, Why::Undecided),
    ("expect.gumbel.exponential_up", 2, Why::Undecided),
    ("expect.gamma.absolute_about_mean", 0, Why::NoValue),
    ("expect.beta.powers", 1, Why::NoValue),
    ("expect.beta.power_ln_complement", 0, Why::NoValue),
    ("integrable.triangular.power", 0, Why::NoValue),
    ("integrable.triangular.power", 1, Why::NoValue),
    ("expect.von_mises.sine_about", 0, Why::NoValue),
    ("expect.continuous_bernoulli.square_about", 2, Why::NoValue),
    ("expect.continuous_bernoulli.square_about", 3, Why::Undecided),
    ("integrable.continuous_bernoulli.power", 3, Why::NoValue),
    ("integrable.continuous_bernoulli.power", 4, Why::Undecided),
    ("expect.continuous_bernoulli.exponential", 0, Why::NoValue),
    ("expect.continuous_bernoulli.exponential", 1, Why::NoValue),
    ("expect.continuous_bernoulli.exponential", 2, Why::NoValue),
    ("expect.continuous_bernoulli.exponential", 3, Why::NoValue),
    ("expect.continuous_bernoulli.exponential", 4, Why::Undecided),
    ("expect.continuous_bernoulli.exponential", 5, Why::Undecided),
    ("expect.infinite_part", 0, Why::NoValue),
    ("expect.infinite_part", 1, Why::NoValue),
    ("int.translate", 0, Why::NoValue),
    ("integrable.ln_from_start", 1, Why::NoValue),
    ("integrable.ln_to_end", 2, Why::NoValue),
    ("int.power_above.infinite", 0, Why::NoValue),
    ("int.power_above.infinite", 3, Why::Undecided),
    ("int.power_exp.infinite", 0, Why::NoValue),
    ("int.power_exp.infinite", 2, Why::NoValue),
    ("int.power_exp.infinite", 3, Why::Undecided),
    ("int.power_exp.infinite", 4, Why::Undecided),
    ("int.power_exp.infinite", 5, Why::Undecided),
    ("int.power_exp.infinite_linear", 1, Why::NoValue),
    ("int.power_exp.infinite_linear", 2, Why::Undecided),
    ("int.power_exp.infinite_linear", 4, Why::Undecided),
    ("int.power_exp.infinite_at_zero", 3, Why::Undecided),
    ("int.power_exp.infinite_at_zero", 4, Why::Undecided),
    ("int.power_exp.infinite_reciprocal", 3, Why::Undecided),
    ("int.power_exp.infinite_reciprocal", 4, Why::Undecided),
    ("int.exp_quadratic.infinite", 1, Why::Undecided),
    ("int.exp_quadratic.infinite", 3, Why::Undecided),
    ("int.beta.infinite_at_zero", 1, Why::Undecided),
    ("int.beta.infinite_at_zero", 2, Why::Undecided),
    ("int.beta.infinite_at_one", 1, Why::Undecided),
    ("int.beta.infinite_at_one", 2, Why::Undecided),
    ("series.geometric.infinite", 1, Why::Undecided),
    ("series.binomial.negative", 0, Why::NoValue),
    ("series.binomial.power", 1, Why::NoValue),
    ("sum.binomial", 1, Why::NoValue),
    ("sum.binomial", 2, Why::NoValue),
    ("series.binomial.first", 1, Why::NoValue),
    ("series.binomial.first", 2, Why::NoValue),
    ("integrable.second_power_line", 6, Why::Undecided),
    ("integrable.second_power_line", 7, Why::Undecided),
    ("integrable.second_ln_sum_line", 2, Why::Undecided),
    ("integrable.second_ln_sum_line", 3, Why::Undecided),
    ("int.passage.root", 0, Why::NoValue),
    ("int.passage.root", 1, Why::NoValue),
    ("int.passage.grown", 0, Why::NoValue),
    ("int.passage.grown", 1, Why::NoValue),
    ("int.passage.reciprocal_root", 0, Why::NoValue),
    ("int.passage.reciprocal_root", 1, Why::NoValue),
    ("integrable.exp_two_distances", 2, Why::Undecided),
    ("integrable.exp_two_distances", 3, Why::Undecided),
    ("integrable.exp_two_distances", 4, Why::Undecided),
    ("integrable.exponential_between", 2, Why::NoValue),
    ("integrable.exponential_between", 5, Why::Undecided),
    ("expect.cauchy.infinite_square", 0, Why::NoValue),
    ("expect.cauchy.infinite_distance", 0, Why::NoValue),
    ("integrable.cauchy.reciprocal", 3, Why::Undecided),
    ("integrable.cauchy.reciprocal", 4, Why::Undecided),
];

fn listed(rule: &Rule, place: usize) -> Option<Why> {
    UNCAUGHT.iter().find(|(id, p, _)| rule.id == *id && *p == place).map(|(_, _, why)| *why)
}

/// Violations of one condition, the others kept, that make the rule false.
#[test]
fn every_condition_is_needed() {
    let mut problems = Vec::new();
    for rule in theory().rules() {
        for place in 0..rule.conditions.len() {
            let found = counterexample(rule, &[place]);
            match (found, listed(rule, place)) {
                (None, None) => problems.push(format!(
                    "{} {place}: nothing is wrong without {:?}",
                    rule.id, rule.conditions[place]
                )),
                (Some(b), Some(_)) => {
                    problems.push(format!("{} {place} is listed, but is needed: {b:?}", rule.id));
                }
                _ => {}
            }
        }
        let joint: Vec<usize> = (0..rule.conditions.len())
            .filter(|place| listed(rule, *place) == Some(Why::Jointly))
            .collect();
        if !joint.is_empty() && counterexample(rule, &joint).is_none() {
            problems.push(format!("{}: nothing is wrong without {joint:?}", rule.id));
        }
    }
    for (id, place, _) in UNCAUGHT {
        let known = theory().rule(id).is_some_and(|r| *place < r.conditions.len());
        assert!(known, "{id} has no condition {place}");
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Rules with more pattern variables than a search goes through: what these stand for unless said otherwise, and what
/// else one of them stands for so that the rule without the condition at a place is false.
type Chosen = (&'static str, &'static [(&'static str, &'static str)], &'static [Told]);
type Told = (usize, &'static [(&'static str, &'static str)]);

const CHOSEN: &[Chosen] = &[
    (
        "expect.independent",
        &[
            ("a", "1"),
            ("b", "2"),
            ("p", "Normal(hole, 1)"),
            ("f", "hole"),
            ("g", "hole"),
            ("i", "1"),
            ("j", "2"),
        ],
        &[
            (4, &[("b", "1"), ("j", "1")]),
            (5, &[("i", "0")]),
            (6, &[("i", "3")]),
            (7, &[("i", "3/2")]),
            (8, &[("j", "0")]),
            (9, &[("j", "3")]),
            (10, &[("j", "3/2")]),
        ],
    ),
    (
        "int.dilate",
        &[("f", "exp(-hole^2)"), ("s", "2")],
        &[(0, &[("s", "-2")]), (1, &[("s", "1 + exp(-x^2)")])],
    ),
    (
        "integrable.ln_sum",
        &[("p", "Normal(0, 1)"), ("a", "1"), ("b", "1")],
        &[
            (0, &[("a", "-3")]),
            (1, &[("b", "-3")]),
            (2, &[("a", "exp(exp(x^2))")]),
            (3, &[("b", "exp(exp(x^2))")]),
        ],
    ),
    (
        "integrable.root",
        &[("p", "Normal(0, 1)"), ("f", "1")],
        &[(0, &[("f", "-3")]), (1, &[("f", "exp(exp(x^2))")])],
    ),
    (
        "integrable.ln_over_sum",
        &[("p", "Normal(0, 1)"), ("g", "1"), ("a", "1"), ("b", "1")],
        &[
            (0, &[("g", "-3")]),
            (1, &[("a", "-3")]),
            (2, &[("b", "-3")]),
            (3, &[("a", "exp(exp(x^2))")]),
            (4, &[("b", "exp(exp(x^2))")]),
        ],
    ),
    (
        "integrable.ln_over_multiple",
        &[("p", "Normal(0, 1)"), ("g", "1"), ("c", "2"), ("a", "1")],
        &[
            (0, &[("c", "-3")]),
            (1, &[("g", "-3")]),
            (2, &[("a", "-3")]),
            (3, &[("c", "exp(exp(x^2))")]),
            (4, &[("a", "exp(exp(x^2))")]),
        ],
    ),
    (
        "integrable.ln_of_mixture",
        &[("p", "Normal(0, 1)"), ("w", "2"), ("f", "Normal(0, 1)(x)"), ("g", "1")],
        &[
            (0, &[("w", "-3")]),
            (1, &[("f", "-3*Normal(0, 1)(x)")]),
            (2, &[("g", "-3")]),
            (3, &[("w", "exp(exp(x^2))")]),
            (5, &[("f", "exp(exp(x^2))")]),
            (6, &[("g", "exp(exp(x^2))")]),
        ],
    ),
];

/// What the variables of a rule are tried with, where the search needs to be told.
fn choice(rule: &Rule, places: &[usize]) -> Choice {
    let Some((_, usual, witnesses)) = CHOSEN.iter().find(|(id, ..)| rule.id == *id) else {
        return Choice::new();
    };
    let special = witnesses.iter().find(|(place, _)| places == [*place]);
    let special = special.map_or(&[][..], |(_, s)| s);
    let context = hence::elaborate::Context::default();
    let mut out = Choice::new();
    for (name, text) in usual.iter().chain(special) {
        let term = library::term(theory(), &context, text);
        out.insert(symbol(name), vec![term.substitute(&symbol("hole"), &Term::symbol(HOLE))]);
    }
    out
}

/// Values under which every other condition is proved, these are not, and the rule is false.
fn counterexample(rule: &Rule, places: &[usize]) -> Option<Witness> {
    witness(rule, places, &choice(rule, places), theory())
}
