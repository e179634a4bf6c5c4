//! The short form of the experiment holds, and every kind of check fails when it must.

use hence_experiments::linear::{Noise, Prior};
use hence_experiments::model::{Look, Model, dot};
use hence_experiments::network::Kind;
use hence_experiments::parts::Parts;
use hence_experiments::pca;
use hence_experiments::report::{Check, Report, Section};
use hence_experiments::three_entropies::{
    AGREE, IDENTITY, Size, binary, compare, linear, run, spectra,
};
use hence_experiments::training::{checks, trained};

fn parts() -> Parts {
    Parts::derived().expect("every formula is derived")
}

#[test]
fn the_short_form_holds_and_repeats() {
    let once = run(Size::Short, &|| {}).expect("every formula is derived");
    let broken: Vec<&Check> = once.checks().filter(|c| !c.holds()).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert!(once.checks().count() > 90);
    let again = run(Size::Short, &|| {}).expect("every formula is derived");
    assert_eq!(once.text(), again.text());
    assert_eq!(once.files, again.files);
    assert_eq!(once.json()["holds"], true);
}

#[test]
fn a_lost_half_is_seen() {
    let decoder = "let m real\nlet v positive\nderive H(Normal(m, v)) + 1/2*ln(2*pi*v)";
    let encoder = "let nu real\nlet t positive\nderive 2*H(Normal(nu, t))";
    let right = (
        "let nu real\nlet t positive\nderive H(Normal(nu, t))",
        "let m real\nlet v positive\nderive H(Normal(m, v))",
    );
    for (encoder, decoder) in [(right.0, decoder), (encoder, right.1)] {
        let parts = Parts::with_entropies(encoder, decoder).expect("derived");
        let model = linear(&parts, Noise::Shared, Prior::Fixed, 1.0);
        let found = compare(&model, model.parameters(), 50, 2, |_, _| {});
        assert!(found.worst > 1e-3, "{found:?}");
        let spectrum = &spectra()[0];
        let all = pca::stationary(&pca::model(&parts, spectrum, 3), spectrum);
        assert!(all.iter().any(|s| s.spread(true) > AGREE));
        let mut seen = Vec::new();
        checks(&trained(&parts, "broken", Kind::ScaledEncoder, Size::Short), &mut seen);
        assert!(seen.iter().filter(|c| !c.holds()).count() >= 2, "{seen:?}");
    }
}

#[test]
fn a_broken_gradient_is_seen() {
    let parts = parts();
    let model = linear(&parts, Noise::Each, Prior::Free, 1.0);
    let n = model.parameters();
    assert!(compare(&model, n, 50, 2, |_, _| {}).worst <= IDENTITY);
    // One component of the direction, off by a millionth.
    for (i, seen) in [(0, false), (n - 1, true), (model.noise_at(), true)] {
        let found = compare(&model, n, 50, 2, |look, _| {
            look.predicted -= 1e-6 * look.gradient[i] * f64::from(seen);
            look.gradient[i] *= 1.0 + 1e-6;
        });
        assert_eq!(found.worst > IDENTITY, seen, "{i}: {found:?}");
    }
}

#[test]
fn a_learnt_prior_obeys_both_identities() {
    let parts = parts();
    let (fixed, free) = (
        linear(&parts, Noise::Shared, Prior::Fixed, 1.0),
        linear(&parts, Noise::Shared, Prior::Free, 1.0),
    );
    let n = fixed.parameters();
    let found = compare(&free, free.parameters(), 50, 2, |look, p| {
        look.predicted = dot(&fixed.direction(&p[..n]), &look.gradient[..n]);
    });
    assert!(found.worst <= IDENTITY, "{found:?}");
}

#[test]
fn a_wrong_identity_is_seen() {
    let parts = parts();
    let model = linear(&parts, Noise::Shared, Prior::Free, 1.0);
    // Without the prior's half.
    let found = compare(&model, model.parameters(), 50, 2, |look, _| {
        look.predicted = -look.gradient[model.noise_at()];
    });
    assert!(found.worst > 1e-3, "{found:?}");
    let binary = binary(&parts);
    let found = compare(&binary, binary.parameters(), 50, 2, |look, _| look.predicted *= 0.5);
    assert!(found.worst > 1e-3, "{found:?}");
}

#[test]
fn the_sum_is_no_lower_bound() {
    // At random points S is above F as often as not; at a stationary point it is F itself.
    let parts = parts();
    let model = linear(&parts, Noise::Shared, Prior::Fixed, 1.0);
    let found = compare(&model, model.parameters(), 200, 2, |_, _| {});
    assert!(found.gaps.0 < -0.1 && found.gaps.1 > 0.1, "{found:?}");
}

#[test]
fn what_is_no_stationary_point_has_a_gap() {
    let parts = parts();
    let spectrum = &spectra()[0];
    let model = pca::model(&parts, spectrum, 3);
    let all = pca::stationary(&model, spectrum);
    for s in &all {
        let mut p = s.parameters.clone();
        p[model.noise_at()] += 0.01;
        assert!(Look::at(&model, &p).gap().abs() > 1e-3);
    }
}

#[test]
fn a_report_with_a_failing_check_fails() {
    let mut report = Report::default();
    assert!(report.holds());
    let mut section = Section::default();
    section.checks.push(Check::at_most("a number", f64::NAN, 1.0));
    report.sections.push(section);
    assert!(!report.holds());
    assert!(report.text().contains("1 of 1 checks fail"));
}
