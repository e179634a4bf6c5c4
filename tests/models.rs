//! Models with functions that are not further known: their objectives in closed form up to averages of those functions,
//! their derivatives, and what follows of the two.

mod library;

use hence::derive::{Derivation, Status};
use hence::elaborate::GoalKind;
use hence::kernel::Kernel;
use hence::theory::Theory;
use library::{decided, derived, facts, goals};

/// An encoder, a prior and a decoder with one latent and one observed dimension; the objective F, the mean squared error
/// Q, and the sum S of the entropies.
const ONE: &str = "let N natural
let x[n], nu[n] real for n in 1..N
let tau[n] positive for n in 1..N
let g(z) real for z in reals
let a, v positive
let F = 1/N*sum[n in 1..N](E[z ~ Normal(nu[n], tau[n]^2)](ln(Normal(g(z), v)(x[n]))) - KL(Normal(nu[n], tau[n]^2) || Normal(0, a)))
let Q = 1/N*sum[n in 1..N](E[z ~ Normal(nu[n], tau[n]^2)]((x[n] - g(z))^2))
let S = 1/N*sum[n in 1..N](H(Normal(nu[n], tau[n]^2))) - H(Normal(0, a)) - 1/N*sum[n in 1..N](E[z ~ Normal(nu[n], tau[n]^2)](H(Normal(g(z), v))))
";

/// The same with K latent and M observed dimensions.
const MANY: &str = "let N, M, K natural
let x[n][d] real for n in 1..N, d in 1..M
let nu[n][h] real for n in 1..N, h in 1..K
let tau[n][h] positive for n in 1..N, h in 1..K
let mu[d](z) real for d in 1..M, z in reals^K
let a[h] positive for h in 1..K
let v positive
assume integrable(E[z ~ product[h in 1..K] Normal(nu[n][h], tau[n][h]^2)]((x[n][d] - mu[d](z))^2)) for n in 1..N, d in 1..M
let F = 1/N*sum[n in 1..N](E[z ~ product[h in 1..K] Normal(nu[n][h], tau[n][h]^2)](ln(product[d in 1..M](Normal(mu[d](z), v))(x[n]))) - KL(product[h in 1..K] Normal(nu[n][h], tau[n][h]^2) || product[h in 1..K] Normal(0, a[h])))
let Q = 1/N*sum[n in 1..N](E[z ~ product[h in 1..K] Normal(nu[n][h], tau[n][h]^2)](sum[d in 1..M]((x[n][d] - mu[d](z))^2)))
let S = 1/N*sum[n in 1..N](H(product[h in 1..K] Normal(nu[n][h], tau[n][h]^2))) - H(product[h in 1..K] Normal(0, a[h])) - 1/N*sum[n in 1..N](E[z ~ product[h in 1..K] Normal(nu[n][h], tau[n][h]^2)](H(product[d in 1..M] Normal(mu[d](z), v))))
";

/// The same with names for the distributions, and for what is averaged over the points.
const NAMED: &str = "let N, M, K natural
let x[n][d] real for n in 1..N, d in 1..M
let nu[n][h] real for n in 1..N, h in 1..K
let tau[n][h] positive for n in 1..N, h in 1..K
let mu[d](z) real for d in 1..M, z in reals^K
let a[h] positive for h in 1..K
let v positive
let encoder[n] = product[h in 1..K] Normal(nu[n][h], tau[n][h]^2) for n in 1..N
let prior = product[h in 1..K] Normal(0, a[h])
let decoder[z] = product[d in 1..M] Normal(mu[d](z), v) for z in reals^K
assume integrable(E[z ~ encoder[n]]((x[n][d] - mu[d](z))^2)) for n in 1..N, d in 1..M
let F = 1/N*sum[n in 1..N](E[z ~ encoder[n]](ln(decoder[z](x[n]))) - KL(encoder[n] || prior))
let S = 1/N*sum[n in 1..N](H(encoder[n])) - H(prior) - 1/N*sum[n in 1..N](E[z ~ encoder[n]](H(decoder[z])))
let Q = 1/N*sum[n in 1..N](sum[d in 1..M](E[z ~ encoder[n]]((x[n][d] - mu[d](z))^2)))
";

/// A linear decoder, of a symbolic number of latent dimensions.
const LINEAR: &str = "let K natural
let nu[h], w[h] real for h in 1..K
let tau[h], a[h] positive for h in 1..K
let x, b real
let v positive
let F = E[z ~ product[h in 1..K] Normal(nu[h], tau[h]^2)](ln(Normal(sum[h in 1..K](w[h]*z[h]) + b, v)(x))) - KL(product[h in 1..K] Normal(nu[h], tau[h]^2) || product[h in 1..K] Normal(0, a[h]))
let S = H(product[h in 1..K] Normal(nu[h], tau[h]^2)) - H(product[h in 1..K] Normal(0, a[h])) - E[z ~ product[h in 1..K] Normal(nu[h], tau[h]^2)](H(Normal(sum[h in 1..K](w[h]*z[h]) + b, v)))
";

/// Latent coordinates scaled by c, which the decoder's first layer takes away again.
const SCALED: &str = "let N, M, K, L natural
let x[n][d] real for n in 1..N, d in 1..M
let nu[n][h] real for n in 1..N, h in 1..K
let tau[n][h] positive for n in 1..N, h in 1..K
let g[d](y) real for d in 1..M, y in reals^L
let w[l][h] real for l in 1..L, h in 1..K
let c[h] positive for h in 1..K
let v positive
let encoder[n] = product[h in 1..K] Normal(c[h]*nu[n][h], (c[h]*tau[n][h])^2) for n in 1..N
let prior = product[h in 1..K] Normal(0, 1)
let decoder[z] = product[d in 1..M] Normal(g[d](vector[l in 1..L](sum[h in 1..K](w[l][h]*z[h]/c[h]))), v) for z in reals^K
let F = 1/N*sum[n in 1..N](E[z ~ encoder[n]](ln(decoder[z](x[n]))) - KL(encoder[n] || prior))
let S = 1/N*sum[n in 1..N](H(encoder[n])) - H(prior) - 1/N*sum[n in 1..N](E[z ~ encoder[n]](H(decoder[z])))
";

const PROVED: &[(&str, &str)] = &[
    (
        ONE,
        "F = -1/2*ln(2*pi*v) - Q/(2*v) - 1/2*(1/N*sum[n in 1..N](nu[n]^2 + tau[n]^2)/a - 1 - 1/N*sum[n in 1..N](ln(tau[n]^2)) + ln(a))",
    ),
    (ONE, "S = 1/2*1/N*sum[n in 1..N](ln(tau[n]^2)) - 1/2*ln(a) - 1/2*ln(2*pi*e*v)"),
    (ONE, "D[v](F) = -1/(2*v) + Q/(2*v^2)"),
    (ONE, "D[a](F) = 1/(2*a^2*N)*sum[n in 1..N](nu[n]^2 + tau[n]^2) - 1/(2*a)"),
    (ONE, "F - S = -v*D[v](F) - a*D[a](F)"),
    (
        MANY,
        "F = -M/2*ln(2*pi*v) - Q/(2*v) - 1/2*sum[h in 1..K](1/a[h]*1/N*sum[n in 1..N](nu[n][h]^2 + tau[n][h]^2) - 1 - 1/N*sum[n in 1..N](ln(tau[n][h]^2)) + ln(a[h]))",
    ),
    (
        MANY,
        "S = 1/2*sum[h in 1..K](1/N*sum[n in 1..N](ln(tau[n][h]^2))) - 1/2*sum[h in 1..K](ln(a[h])) - M/2*ln(2*pi*e*v)",
    ),
    (MANY, "D[v](F) = -M/(2*v) + Q/(2*v^2)"),
    (MANY, "F - S = -v*D[v](F) - sum[h in 1..K](a[h]*D[a[h]](F))"),
    (
        LINEAR,
        "E[z ~ product[h in 1..K] Normal(nu[h], tau[h])]((x - sum[h in 1..K](w[h]*z[h]) - b)^2) = (x - sum[h in 1..K](w[h]*nu[h]) - b)^2 + sum[h in 1..K](w[h]^2*tau[h])",
    ),
    (
        LINEAR,
        "E[z ~ product[h in 1..K] Normal(nu[h], tau[h])](sum[h in 1..K](w[h]*z[h])^2) = sum[h in 1..K](w[h]*nu[h])^2 + sum[h in 1..K](w[h]^2*tau[h])",
    ),
    (
        LINEAR,
        "E[z ~ product[h in 1..K] Normal(nu[h], tau[h])](x^2 - 2*x*sum[h in 1..K](w[h]*z[h]) + sum[h in 1..K](w[h]*z[h])^2) = (x - sum[h in 1..K](w[h]*nu[h]))^2 + sum[h in 1..K](w[h]^2*tau[h])",
    ),
    (
        LINEAR,
        "F = -1/2*ln(2*pi*v) - ((x - sum[h in 1..K](w[h]*nu[h]) - b)^2 + sum[h in 1..K](w[h]^2*tau[h]^2))/(2*v) - 1/2*sum[h in 1..K]((nu[h]^2 + tau[h]^2)/a[h] - 1 - ln(tau[h]^2) + ln(a[h]))",
    ),
    (LINEAR, "F - S = -v*D[v](F) - sum[h in 1..K](a[h]*D[a[h]](F))"),
    (SCALED, "F - S = -v*D[v](F) + 1/2*sum[h in 1..K](c[h]*D[c[h]](F))"),
    // Fractions under several sums over one index.
    (
        MANY,
        "sum[h in 1..K](a[h]/(a[h] + tau[1][h])) + sum[h in 1..K](tau[1][h]/(a[h] + tau[1][h])) = K",
    ),
    (
        MANY,
        "v*sum[h in 1..K](a[h]*nu[1][h]/(a[h] + tau[1][h])) + v*sum[h in 1..K](nu[1][h]*tau[1][h]/(a[h] + tau[1][h]) - nu[1][h]) = 0",
    ),
    // Of finite sums the order may be exchanged.
    (
        MANY,
        "sum[n in 1..N](sum[h in 1..K](a[h]*exp(nu[n][h]))) = sum[h in 1..K](a[h]*sum[n in 1..N](exp(nu[n][h])))",
    ),
    (
        MANY,
        "1/N*sum[n in 1..N](sum[d in 1..M](sum[h in 1..K](a[h]*exp(nu[n][h])*x[n][d]))) = sum[h in 1..K](a[h]*sum[d in 1..M](1/N*sum[n in 1..N](x[n][d]*exp(nu[n][h]))))",
    ),
    (ONE, "D[v](E[z ~ Normal(v, 1)](g(z - v))) = 0"),
    (ONE, "D[v](E[z ~ Normal(v*a, (v*a)^2)](g(z/v)) - v) = -1"),
];

#[test]
fn what_follows_of_a_model_is_proved() {
    for (model, claim) in PROVED {
        let outcome = decided(Theory::shipped_ref(), &format!("{model}claim {claim}"));
        assert_eq!(outcome.holds, Some(true), "{claim}: {:?}", outcome.left.message);
    }
}

/// Suppositions about the model with names, and what follows.
const SUPPOSED: &[(&str, &str)] = &[
    ("D[v](F) = 0", "v = Q/M"),
    (
        "D[v](F) = 0",
        "1/N*sum[n in 1..N](E[z ~ encoder[n]](ln(decoder[z](x[n])))) = -M/2*ln(2*pi*e*v)",
    ),
    (
        "D[a[h]](F) = 0 for h in 1..K",
        "1/N*sum[n in 1..N](KL(encoder[n] || prior)) = H(prior) - 1/N*sum[n in 1..N](H(encoder[n]))",
    ),
    ("D[v](F) = 0\nsuppose D[a[h]](F) = 0 for h in 1..K", "F = S"),
];

#[test]
fn where_the_derivatives_vanish_a_model_is_its_entropies() {
    for (supposed, claim) in SUPPOSED {
        let text = format!("{NAMED}suppose {supposed}\nclaim {claim}");
        let outcome = decided(Theory::shipped_ref(), &text);
        assert_eq!(outcome.holds, Some(true), "{claim}: {:?}", outcome.left.message);
    }
}

/// The names of indices may be those of parameters, declared before or after, and spoken of in definitions.
#[test]
fn an_index_may_have_the_name_of_a_parameter() {
    let declared = "let h, n real\nlet g = h^2 + n\n";
    for (text, claim) in [
        (
            format!("{declared}{NAMED}"),
            "S = 1/2*sum[k in 1..K](1/N*sum[i in 1..N](ln(tau[i][k]^2)) - ln(a[k])) - M/2*ln(2*pi*e*v)",
        ),
        (
            format!("{NAMED}{declared}"),
            "F - S = M/2 - Q/(2*v) + 1/2*sum[h in 1..K](1 - 1/N*sum[n in 1..N](nu[n][h]^2 + tau[n][h]^2)/a[h])",
        ),
        (
            format!("{NAMED}{declared}suppose D[a[h]](F) = 0 for h in 1..K\n"),
            "g*a[1] = (h^2 + n)/N*sum[n in 1..N](nu[n][1]^2 + tau[n][1]^2)",
        ),
    ] {
        let outcome = decided(Theory::shipped_ref(), &format!("{text}claim {claim}"));
        assert_eq!(outcome.holds, Some(true), "{claim}: {:?}", outcome.left.message);
    }
}

/// A point of the encoder has the letter that the author gave it: x₁ would be a datum.
#[test]
fn a_point_is_no_member_of_the_data() {
    for statement in ["F", "S", "KL(encoder[1] || prior)"] {
        let d = derived(Theory::shipped_ref(), &format!("{NAMED}derive {statement}"));
        for line in &d.lines {
            let text = line.after.to_string();
            assert!(!text.contains("E[x1 ~"), "{text}");
        }
    }
}

/// That a mean of squares is not zero is not known; it can be assumed by its name.
#[test]
fn what_a_solution_needs_is_said_in_the_authors_names() {
    let theory = Theory::shipped_ref();
    let solved = |text: &str| {
        let goal = goals(theory, text).pop().expect("a goal");
        let GoalKind::Solve { left, right, unknown } = &goal.kind else { panic!("{text}") };
        hence::derive::solve(theory, &facts(&goal.context), (left, right), unknown)
    };
    let open = solved(&format!("{NAMED}solve D[v](F) = 0 for v"));
    assert_eq!(open.status, Status::Stuck);
    assert!(open.message.is_some_and(|(en, zh)| {
        en.ends_with("assume 0 < Q") && zh.ends_with("请声明 0 < Q")
    }));
    let closed = solved(&format!("{NAMED}assume 0 < Q\nsolve D[v](F) = 0 for v"));
    assert_eq!(closed.status, Status::Proved, "{:?}", closed.message);
    // A smaller bound is not enough.
    let weak = solved(&format!("{NAMED}assume 0 < Q + 1\nsolve D[v](F) = 0 for v"));
    assert_eq!(weak.status, Status::Stuck);
}

#[test]
fn averages_of_unknown_functions_are_part_of_the_closed_form() {
    for (model, statement) in
        [(ONE, "F"), (ONE, "Q"), (ONE, "D[a](F)"), (MANY, "F"), (MANY, "D[v](F)")]
    {
        let d = derived(Theory::shipped_ref(), &format!("{model}derive {statement}"));
        assert_eq!(d.status, Status::Proved, "{statement}: {:?}", d.message);
        assert!(
            d.lines.iter().all(|l| l.phase.as_str() != "expectation_as_integral"),
            "{statement}"
        );
        let result = d.result.to_string();
        assert!(!result.contains("int["), "{statement} = {result}");
        // A square with such a function inside stays one.
        assert!(
            statement == "D[a](F)" || result.contains("- g[z])^2") || result.contains("[z])^2"),
            "{result}"
        );
    }
}

#[test]
fn what_depends_on_a_distribution_s_parameter_stays_stuck() {
    for statement in [
        "D[nu[1]](F)",
        "D[tau[1]](F)",
        "D[v](E[z ~ Normal(v, 1)](g(z)))",
        "D[v](E[z ~ Normal(0, 1)](g(v*z)))",
    ] {
        let d = derived(Theory::shipped_ref(), &format!("{ONE}assume 1 <= N\nderive {statement}"));
        assert_eq!(d.status, Status::Stuck, "{statement} = {}", d.result);
    }
}

/// Each cited on the left, or on both sides.
const BY_SUBSTITUTION: &[&str] = &[
    "E[z ~ Normal(x, v)](g(z)) = E[z ~ Normal(0, 1)](g(x + sqrt(v)*z)) by standardise.normal",
    "E[z ~ Normal(c*x, (c*s)^2)](g(z/c)) = E[z ~ Normal(x, s^2)](g(z)) by standardise.normal",
    "int[z from -oo to oo](exp(-(z/s)^2)) dz = s*sqrt(pi) by int.dilate",
];

#[test]
fn substitutions_are_used_where_they_are_cited() {
    let declared = "let x real\nlet c, s, v positive\nlet g(z) real for z in reals\n";
    for claim in BY_SUBSTITUTION {
        let theory = Theory::shipped_ref();
        let goal = goals(theory, &format!("{declared}claim {claim}")).remove(0);
        let GoalKind::Claim { relation, left, right } = &goal.kind else { panic!("{claim}") };
        let known = facts(&goal.context);
        let sides = (left, right);
        let cited = hence::derive::claim_by(theory, &known, *relation, sides, &goal.by);
        assert_eq!(cited.holds, Some(true), "{claim}: {:?}", cited.left.message);
    }
}

/// What is put in place of the variable of an average must not move with the variable of a derivative: at x = m + √v·y the
/// derivative of v·x by v is x, and that of v·(m + √v·y) is not.
#[test]
fn no_substitution_moves_under_a_derivative() {
    let theory = Theory::shipped_ref();
    let declared = "let m real\nlet v positive\n";
    for (average, is_made) in [("D[v](v*z)", false), ("D[m](m*z)", false), ("z^2", true)] {
        let text = format!("{declared}derive E[z ~ Normal(m, v)]({average})");
        let goal = goals(theory, &text).remove(0);
        let GoalKind::Derive { left, .. } = &goal.kind else { panic!("{text}") };
        let mut kernel = Kernel::new(theory, facts(&goal.context));
        let rule = theory.rule("standardise.normal").expect("a rule");
        let root = hence::term::Path::root();
        let proposals = kernel.proposals(rule, left, &root);
        let made = proposals.iter().any(|b| kernel.rule(left, &root, rule, b).is_ok());
        assert_eq!(made, is_made, "{text}");
    }
}

/// By an expression nothing can be differentiated, so that no substitution may put one there.
#[test]
fn no_substitution_reaches_the_variable_of_a_derivative() {
    let theory = Theory::shipped_ref();
    let text =
        "let m real\nlet v positive\nderive E[z ~ Normal(m, v)](D[z](z^2)) by standardise.normal";
    let goal = goals(theory, text).remove(0);
    let GoalKind::Derive { left, .. } = &goal.kind else { panic!("{text}") };
    let d: Derivation = hence::derive::derive_by(theory, facts(&goal.context), left, &goal.by);
    assert_eq!(d.status, Status::Stuck);
    let mut kernel = Kernel::new(theory, facts(&goal.context));
    let rule = theory.rule("standardise.normal").expect("a rule");
    let root = hence::term::Path::root();
    for bindings in kernel.proposals(rule, left, &root) {
        assert!(kernel.rule(left, &root, rule, &bindings).is_err());
    }
}
