//! The fixed words of the tables, in both languages.

use super::super::options::Lang;

/// A phrase of the tables. `{}` marks where a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    Title,
    Lead,
    Signs,
    Numbers,
    Column,
    Cells,
    Proved,
    Summed,
    Infinite,
    Divergent,
    Stuck,
    Enclosed,
    Estimated,
    Sampled,
    Contradicted,
    AcrossFamilies,
    Times,
    Families,
    Family,
    FamiliesLead,
    Pairs,
    PairsLead,
    ClosedForms,
    ClosedFormsLead,
    FromHere,
    Open,
    OpenLead,
    Left,
    About,
    At,
    Where,
    Same,
    NoNumber,
    Generated,
}

/// The phrase in a language.
pub(super) fn word(word: Word, lang: Lang) -> &'static str {
    let (en, zh) = both(word);
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

fn both(word: Word) -> (&'static str, &'static str) {
    match word {
        Word::Title => ("What can be derived", "可以推导什么"),
        Word::Lead => (
            "Each family of the theory, and each pair of families, with names for all parameters: what was derived from the \
             definition, step by step, with every step proved and replayed by the kernel, and what was not.",
            "理论中的每个分布族、每一对分布族，参数皆用字母：哪些由定义逐步推导得出（每一步都经内核证明并重演），哪些没有。",
        ),
        Word::Signs => (
            "✓ a closed form; (✓) one under an assumption that is shown, or with a parameter in common; Σ, (Σ) one with a finite \
             sum left in it; ∞ infinite, which is proved, (∞) under an assumption; ∄ the defining integral does not converge; \
             ○ no closed form was found; – not defined, for one lives on the integers and the other does not; ✗ the evidence \
             speaks against it.",
            "✓ 有闭式；(✓) 在所列假设下或某个参数相同时有闭式；Σ、(Σ) 同上，但其中留有有限和；∞ 已证为无穷，(∞) 在假设下为无穷；∄ \
             定义的积分不收敛；○ 未找到闭式；– 无定义，因为一个在整数上而另一个不是；✗ 证据与之相悖。",
        ),
        Word::Numbers => ("In numbers", "数目"),
        Word::Column => ("quantity", "量"),
        Word::Cells => ("tried", "尝试"),
        Word::Proved => ("proved", "已证"),
        Word::Summed => ("of these Σ", "其中 Σ"),
        Word::Infinite => ("infinite", "无穷"),
        Word::Divergent => ("divergent", "发散"),
        Word::Stuck => ("open", "未解"),
        Word::Enclosed => ("enclosed", "区间包含"),
        Word::Estimated => ("by quadrature", "数值积分"),
        Word::Sampled => ("by samples", "抽样"),
        Word::Contradicted => ("contradicted", "相悖"),
        Word::AcrossFamilies => ("{}, across families", "{}（不同分布族之间）"),
        Word::Times => (
            "Times of one machine, for one derivation: median {} ms, nine in ten within {} ms, the longest {} ms.",
            "在一台机器上，每次推导的时间：中位数 {} 毫秒，十分之九在 {} 毫秒之内，最长 {} 毫秒。",
        ),
        Word::Families => ("Families", "分布族"),
        Word::Family => ("family", "分布族"),
        Word::FamiliesLead => (
            "Quantities of two distributions are those of two members of the family, with parameters of their own.",
            "两个分布的量取自同一族的两个成员，各有自己的参数。",
        ),
        Word::Pairs => ("{}: pairs", "{}：成对"),
        Word::PairsLead => (
            "From the family of the row to the family of the column.",
            "从行的分布族到列的分布族。",
        ),
        Word::ClosedForms => ("Closed forms", "闭式"),
        Word::ClosedFormsLead => (
            "After each stands the evidence in numbers: e, definition and closed form were enclosed and agree; q, quadrature of \
             the definition agrees; s, samples confirm it.",
            "其后标明数值证据：e 表示定义与闭式均已用区间包含且一致；q 表示定义的数值积分一致；s 表示抽样予以证实。",
        ),
        Word::FromHere => ("To other families:", "到其他分布族："),
        Word::Open => ("What is open", "未解之处"),
        Word::OpenLead => (
            "What no rule goes further with, the reason that was given last, and a value by quadrature.",
            "规则无法继续之处、最后给出的原因，以及数值积分所得的值。",
        ),
        Word::Left => ("left: ", "剩余："),
        Word::About => ("about {}", "约为 {}"),
        Word::At => (" at {}", "（{}）"),
        Word::Where => ("where {}", "其中 {}"),
        Word::Same => ("with the same {}", "{} 相同"),
        Word::NoNumber => ("no value by quadrature", "数值积分没有得到值"),
        Word::Generated => (
            "Made by `hence coverage --write`; edit the theory, not this page.",
            "由 `hence coverage --write` 生成；请修改理论，而非本页。",
        ),
    }
}

/// The phrase with values for its `{}`, in order.
pub(super) fn filled(phrase: Word, lang: Lang, values: &[&str]) -> String {
    let mut parts = word(phrase, lang).split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (i, part) in parts.enumerate() {
        out += values.get(i).copied().unwrap_or_default();
        out += part;
    }
    out
}
