//! A claim: one row, and what opens below it.

use super::super::page::Claimed;
use super::super::phrases::{Phrase, bilingual, filled};
use super::super::report::{Bilingual, Verdict};
use super::super::{Marks, unicode, words};
use super::write::{Writer, escape};
use crate::term::Term;

impl Writer<'_> {
    pub fn claim(&mut self, claimed: &Claimed) {
        let anchor = escape(&claimed.anchor);
        let class = match (claimed.is_fine(), claimed.verdict) {
            (true, Verdict::Proved) => "proved",
            (true, _) => "mistake",
            (false, Verdict::Undecided) => "open",
            (false, _) => "wrong",
        };
        let both = Term::relation(claimed.relation, claimed.left.clone(), claimed.right.clone());
        self.raw(&format!(
            "<li class=\"claim {class}\" id=\"{anchor}\"><div class=\"row\"><span class=\"badge {class}\">"
        ));
        self.verdict(claimed);
        self.raw("</span>");
        self.display(&both, &Marks::default());
        self.raw(
            "</div>
",
        );
        self.qualifications(claimed);
        self.what_is_wrong(claimed);
        if let Some(proof) = &claimed.proof {
            self.details(
                "proof",
                false,
                |w| w.word(Phrase::ShowProof),
                |w| {
                    w.raw(&format!("<div class=\"derivation\" data-chain=\"{anchor}\">\n"));
                    w.report(proof, &claimed.anchor, &claimed.source);
                    w.evidence(proof);
                    w.raw("</div>");
                },
            );
        }
        self.raw("</li>\n");
    }

    fn verdict(&mut self, claimed: &Claimed) {
        self.word(match (claimed.verdict, claimed.expected_refuted) {
            (Verdict::Proved, false) => Phrase::Proved,
            (Verdict::Refuted, true) => Phrase::RefutedAsIntended,
            (Verdict::Refuted, false) => Phrase::Refuted,
            (Verdict::Proved, true) => Phrase::ProvedUnexpectedly,
            (Verdict::Undecided, _) => Phrase::Undecided,
        });
    }

    fn qualifications(&mut self, claimed: &Claimed) {
        if let Some((link, of)) = claimed.link {
            let values = [link.to_string(), of.to_string()];
            let text = bilingual(Phrase::LinkOfChain);
            self.raw("<p class=\"aside\">");
            self.both(&Bilingual::new(filled(&text.en, &values), filled(&text.zh, &values)));
            self.raw("</p>\n");
        }
        if !claimed.assuming.is_empty() {
            self.labelled(Phrase::Assuming, |w| {
                for (i, term) in claimed.assuming.iter().enumerate() {
                    w.raw(if i > 0 { ", " } else { "" });
                    w.formula(term);
                }
            });
        }
        if !claimed.up_to.is_empty() {
            let names = claimed
                .up_to
                .iter()
                .map(|n| unicode(&Term::symbol(n.clone()), &self.options.notation));
            let names = [names.collect::<Vec<_>>().join(", ")];
            let text = bilingual(Phrase::ConstantFreeOf);
            self.raw("<p class=\"aside\">");
            self.both(&Bilingual::new(filled(&text.en, &names), filled(&text.zh, &names)));
            self.raw("</p>\n");
        }
    }

    fn what_is_wrong(&mut self, claimed: &Claimed) {
        let nothing = claimed.residual.is_none()
            && claimed.counterexample.is_none()
            && claimed.slip.is_none()
            && claimed.mend.is_none()
            && claimed.message.is_none();
        if nothing {
            return;
        }
        self.details(
            "why-not",
            !claimed.is_fine(),
            |w| match &claimed.slip {
                Some(slip) => w.both(&spelled(slip)),
                None if claimed.verdict == Verdict::Refuted => w.word(Phrase::WhyNot),
                None => w.word(Phrase::MoreAboutIt),
            },
            |w| {
                if let Some(message) = &claimed.message {
                    w.raw("<p>");
                    w.both(&spelled(message));
                    w.raw("</p>\n");
                }
                if let Some(point) = &claimed.counterexample {
                    w.labelled(Phrase::Counterexample, |w| w.both(&spelled(point)));
                }
                if let Some(residual) = &claimed.residual {
                    w.labelled(Phrase::DerivedMinusClaimed, |w| w.formula(residual));
                }
                if let Some(mend) = &claimed.mend {
                    w.labelled(Phrase::ShouldRead, |w| w.formula(mend));
                }
            },
        );
    }

    fn labelled(&mut self, label: Phrase, content: impl FnOnce(&mut Self)) {
        self.raw("<p class=\"aside\"><span class=\"label\">");
        self.word(label);
        self.raw("</span> ");
        content(self);
        self.raw("</p>\n");
    }
}

/// Words in which formulas are spelled as people write them.
pub fn spelled(text: &Bilingual) -> Bilingual {
    Bilingual::new(words::spelled(&text.en), words::spelled(&text.zh))
}
