//! The fixed words of a document, in both languages. One table; the writers hold no prose of their own.

use super::options::Lang;
use super::report::{Bilingual, Report, Status};
use crate::term::{Relation, Term};

/// A phrase of a document. `{}` marks where a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phrase {
    Assumptions,
    /// What is said beside a statement.
    Note,
    Inferred,
    FoundCondition,
    Suppose,
    SupposeThat,
    From,
    Follows,
    Definitions,
    Derivation,
    Result,
    Goal,
    RestsOn,
    Evidence,
    Condition,
    Details,
    Replay,
    ReplayOk,
    Enclosure,
    EnclosureAt,
    EnclosureOfNumber,
    EnclosurePoints,
    NotEnclosed,
    NotTight,
    Deterministic,
    DeterministicOk,
    Quadrature,
    QuadratureAlone,
    QuadratureOfNumber,
    Solution,
    MonteCarlo,
    MonteCarloAt,
    Caught,
    Reached,
    Confirmed,
    Refuted,
    Inconclusive,
    Failed,
    NotRun,
    Proved,
    Stuck,
    Infinite,
    Divergent,
    LeftOut,
    SentenceEnd,
    Semicolon,
    Colon,
    // The site.
    SiteTitle,
    Documents,
    Others,
    Known,
    Rules,
    RulesSay,
    Axioms,
    AxiomsSay,
    AxiomWord,
    IsAxiom,
    ByDocument,
    ProvedRules,
    ProvedIn,
    ProofUses,
    InTheEnd,
    ProofHead,
    ProofsBy,
    Letters,
    Converges,
    Conditions,
    Unconditional,
    About,
    Reference,
    Fires,
    Refuses,
    UsedIn,
    UsedNowhere,
    ReadIt,
    AndMore,
    Parameters,
    Alternatives,
    Density,
    Mass,
    Support,
    SupportIntegers,
    SupportVectors,
    Sampler,
    Centre,
    Tail,
    TailFrom,
    RulesAbout,
    ClosedForms,
    HoldsWhere,
    DefinedWhen,
    Otherwise,
    UnitIs,
    Quantities,
    Distributions,
    Search,
    Found,
    KindPage,
    KindHeading,
    KindStatement,
    KindRule,
    KindDistribution,
    KindQuantity,
    // Pages to study.
    SkipToContent,
    Site,
    Theme,
    Keys,
    GivenThat,
    NotProved,
    FinerSteps,
    RefutedAsIntended,
    ProvedUnexpectedly,
    Undecided,
    LinkOfChain,
    Assuming,
    ConstantFreeOf,
    ShowProof,
    WhyNot,
    MoreAboutIt,
    Counterexample,
    DerivedMinusClaimed,
    ShouldRead,
    WhatChanged,
    RuleUsed,
    NumbersOfStep,
    SourceOfRule,
    PlaceInTerm,
    LineBefore,
    LineAfter,
    AskReason,
    AskLine,
    PreviousStep,
    NextStep,
    OpenAll,
    Predict,
    Copy,
    AsStatement,
    AsLatex,
    AsText,
    Copied,
    Close,
    KeyNext,
    KeyPrevious,
    KeyOpen,
    KeyClose,
    KeyPredict,
    KeyLanguage,
    KeyTheme,
    KeyHelp,
    KeyLeave,
    TryIt,
    AreaBelow,
    // Pages on paper.
    Given,
    FreeOf,
    ClaimProved,
    ClaimRefuted,
    ClaimUndecided,
    Residual,
    Slip,
    Mend,
    EvidenceAndAxioms,
    // Pages: what cannot be computed, links to places, what is derived elsewhere.
    NotThere,
    LinkHere,
    DerivedIn,
}

/// `phrase` in `lang`.
pub fn phrase(phrase: Phrase, lang: Lang) -> &'static str {
    let (en, zh) = both(phrase);
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What the sign of a relation up to a constant means, where a report has one.
pub fn left_out<S: Into<String>>(
    report: &Report,
    lang: Lang,
    shown: impl Fn(&Term) -> String,
    sign: impl Fn(Relation) -> S,
) -> Option<String> {
    let relation = report.result.as_ref()?.relation;
    let names: Vec<String> = report.up_to.iter().map(|n| shown(&Term::symbol(n.clone()))).collect();
    (!names.is_empty()).then(|| {
        let text = phrase(Phrase::LeftOut, lang);
        text.replace("{sign}", &sign(relation).into()).replace("{names}", &names.join(", "))
    })
}

/// `phrase` in both languages.
pub fn bilingual(phrase: Phrase) -> Bilingual {
    let (en, zh) = both(phrase);
    Bilingual::new(en, zh)
}

fn both(phrase: Phrase) -> (&'static str, &'static str) {
    match phrase {
        Phrase::Assumptions => ("Assumptions", "假设"),
        Phrase::Note => ("Note", "注意"),
        Phrase::Inferred => ("inferred", "推断得出"),
        Phrase::FoundCondition => ("found", "推导中发现"),
        Phrase::Suppose => ("suppose ", "设 "),
        Phrase::SupposeThat => ("Suppose", "设"),
        Phrase::From => ("From ", "由 "),
        Phrase::Follows => (":", "："),
        Phrase::Definitions => ("Definitions", "定义"),
        Phrase::Derivation => ("Derivation", "推导"),
        Phrase::Result => ("Result", "结果"),
        Phrase::LeftOut => (
            "The sign {sign} means: equal up to a constant that does not depend on {names}.",
            "符号 {sign} 表示：相差一个不依赖于 {names} 的常数。",
        ),
        Phrase::Goal => ("What is left", "尚未解决的式子"),
        Phrase::RestsOn => ("Rests on", "所依据的公理"),
        Phrase::Evidence => ("Evidence", "证据"),
        Phrase::Condition => ("Needs", "需要"),
        Phrase::Details => ("Step {} in detail", "步骤 {} 的细节"),
        Phrase::Replay => ("Replay", "重放"),
        Phrase::ReplayOk => (
            "the kernel repeated every step, {} in all, and obtained the same terms",
            "内核重新执行了全部 {} 个步骤，得到相同的式子",
        ),
        Phrase::Enclosure => ("Enclosure", "严格区间"),
        Phrase::EnclosureAt => (
            "at {}, the definition lies in {} ± {}, the closed form in {} ± {}: {}",
            "在 {} 处，定义落在 {} ± {} 之内，闭式落在 {} ± {} 之内：{}",
        ),
        Phrase::EnclosureOfNumber => (
            "the definition lies in {} ± {}, the closed form in {} ± {}: {}",
            "定义落在 {} ± {} 之内，闭式落在 {} ± {} 之内：{}",
        ),
        Phrase::EnclosurePoints => (
            "at {} random and {} degenerate points; {} confirmed, all of those to within {}",
            "共 {} 个随机点与 {} 个退化点；{} 个得到证实，宽度都不超过 {}",
        ),
        Phrase::NotEnclosed => ("no enclosure: {}", "无严格区间：{}"),
        Phrase::NotTight => ("not tight enough", "不够窄"),
        Phrase::Deterministic => ("Deterministic", "确定性检验"),
        Phrase::DeterministicOk => (
            "every step, {} in all, compared at {} points; the largest discrepancy is {}",
            "{} 个步骤，每步在 {} 个点上比较；最大偏差为 {}",
        ),
        Phrase::Quadrature => (
            "at {}, quadrature of the definition gives the estimate {} ± {}, the closed form {}",
            "在 {} 处，对定义作数值积分，估计值为 {} ± {}，闭式为 {}",
        ),
        Phrase::QuadratureAlone => (
            "at {}, quadrature of the definition gives the estimate {} ± {}",
            "在 {} 处，对定义作数值积分，估计值为 {} ± {}",
        ),
        Phrase::QuadratureOfNumber => (
            "quadrature of the definition gives the estimate {} ± {}",
            "对定义作数值积分，估计值为 {} ± {}",
        ),
        Phrase::Solution => (
            "at {}, the two sides differ by {}; beside that value by {} or more",
            "在 {} 处，两边相差 {}；在该值附近则至少相差 {}",
        ),
        Phrase::MonteCarlo => ("Monte Carlo", "蒙特卡罗"),
        Phrase::MonteCarloAt => (
            "at {}, the definition estimated from {} samples (seed {}) is {} ± {}, the closed form {}: {}, z = {}",
            "在 {} 处，由 {} 个样本（种子 {}）按定义估计得 {} ± {}，闭式为 {}：{}，z = {}",
        ),
        Phrase::Caught => {
            ("this run would have caught a discrepancy of {}", "此次检验能发现的最小偏差为 {}")
        }
        Phrase::Reached => (
            "its points were stratified; they agree to a relative margin of {}",
            "样本点经过分层；相对误差界达到 {}",
        ),
        Phrase::Confirmed => ("confirmed", "证实"),
        Phrase::Refuted => ("refuted", "否定"),
        Phrase::Inconclusive => ("inconclusive", "不能判定"),
        Phrase::Failed => ("FAILED", "未通过"),
        Phrase::NotRun => ("not run", "未执行"),
        Phrase::Proved => ("proved", "已证明"),
        Phrase::Stuck => (
            "The derivation is not finished: no rule applies to what is left.",
            "推导未完成：没有规则适用于剩下的式子。",
        ),
        Phrase::Infinite => ("The quantity is infinite.", "该量为无穷大。"),
        Phrase::Divergent => ("The quantity does not exist: it diverges.", "该量不存在：它发散。"),
        Phrase::Colon => (": ", "："),
        Phrase::Semicolon => ("; ", "；"),
        Phrase::SentenceEnd => (".", "。"),
        // Pages to study.
        Phrase::SkipToContent => ("Skip to the content", "跳到正文"),
        Phrase::Site => ("Contents", "目录"),
        Phrase::Theme => ("Light or dark", "明暗"),
        Phrase::Keys => ("Keys", "快捷键"),
        Phrase::GivenThat => ("Given", "已知"),
        Phrase::NotProved => ("not proved", "未证明"),
        Phrase::FinerSteps => ("Finer steps", "更细的步骤"),
        Phrase::RefutedAsIntended => ("refuted, as intended", "如预期被否定"),
        Phrase::ProvedUnexpectedly => {
            ("proved, though shown as a mistake", "已证明，但被当作错误列出")
        }
        Phrase::Undecided => ("undecided", "未判定"),
        Phrase::LinkOfChain => ("link {} of {} of a chain", "链中第 {} 环，共 {} 环"),
        Phrase::Assuming => ("assuming", "假设"),
        Phrase::ConstantFreeOf => {
            ("up to a constant that does not depend on {}", "相差一个不依赖于 {} 的常数")
        }
        Phrase::ShowProof => ("Proof", "证明"),
        Phrase::WhyNot => ("Why not", "为何不成立"),
        Phrase::MoreAboutIt => ("More about it", "详情"),
        Phrase::Counterexample => ("Counterexample", "反例"),
        Phrase::DerivedMinusClaimed => ("Derived minus claimed", "推导结果减去所断言者"),
        Phrase::ShouldRead => ("It should read", "应为"),
        Phrase::WhatChanged => ("What changed", "改变之处"),
        Phrase::RuleUsed => ("Rule", "规则"),
        Phrase::NumbersOfStep => ("Numbers", "数值"),
        Phrase::SourceOfRule => ("Reference", "出处"),
        Phrase::PlaceInTerm => ("Place", "位置"),
        Phrase::LineBefore => ("before", "之前"),
        Phrase::LineAfter => ("after", "之后"),
        Phrase::AskReason => ("What comes next? Show the reason", "接下来是什么？显示理由"),
        Phrase::AskLine => ("Show the line", "显示这一行"),
        Phrase::PreviousStep => ("Previous step", "上一步"),
        Phrase::NextStep => ("Next step", "下一步"),
        Phrase::OpenAll => ("All steps", "全部步骤"),
        Phrase::Predict => ("Predict", "先猜后看"),
        Phrase::Copy => ("Copy", "复制"),
        Phrase::AsStatement => ("statement", "陈述"),
        Phrase::AsLatex => ("result as LaTeX", "结果的 LaTeX"),
        Phrase::AsText => ("result as text", "结果的文本"),
        Phrase::Copied => ("copied", "已复制"),
        Phrase::Close => ("Close", "关闭"),
        Phrase::KeyNext => ("next step", "下一步"),
        Phrase::KeyPrevious => ("previous step", "上一步"),
        Phrase::KeyOpen => ("open the step, then go in", "展开步骤，再进入"),
        Phrase::KeyClose => ("close the step, then go out", "收起步骤，再退出"),
        Phrase::KeyPredict => ("predict: hide what follows", "先猜后看：隐藏后文"),
        Phrase::KeyLanguage => ("the other language", "切换语言"),
        Phrase::KeyTheme => ("light or dark", "明暗"),
        Phrase::KeyHelp => ("these keys", "本列表"),
        Phrase::KeyLeave => ("leave the step", "离开步骤"),
        Phrase::TryIt => ("Try it", "动手试试"),
        Phrase::AreaBelow => ("shaded area in the picture", "图中阴影面积"),
        Phrase::SiteTitle => ("Derivations", "推导"),
        Phrase::Documents => ("Documents", "文档"),
        Phrase::Others => ("Others", "其他"),
        Phrase::Known => ("What is known", "已知的内容"),
        Phrase::Rules => ("Rules", "规则"),
        Phrase::RulesSay => (
            "Every step of a derivation is made by one of these rules, or is exact arithmetic.",
            "推导的每一步，或由下列某条规则作出，或是精确运算。",
        ),
        Phrase::Axioms => ("Axioms", "公理"),
        Phrase::AxiomsSay => (
            "{} rules are taken without proof, each with its reference. {} further rules are proved from them, in documents that are checked like any other.",
            "有 {} 条规则不加证明地采用，各附文献。另有 {} 条规则由它们证明，其证明文档与其他文档一样接受检查。",
        ),
        Phrase::AxiomWord => ("axiom", "公理"),
        Phrase::IsAxiom => (
            "This rule is an axiom: it is taken without proof, on the strength of its reference. It is tested by numbers.",
            "此规则为公理：不加证明地采用，依据是所引文献。它经过数值检验。",
        ),
        Phrase::ByDocument => ("What each document rests on", "各文档所依据的公理"),
        Phrase::ProvedRules => ("Proved rules", "已证明的规则"),
        Phrase::ProvedIn => ("Proved in {}.", "证明见 {}。"),
        Phrase::ProofUses => ("The proof uses", "证明中用到"),
        Phrase::InTheEnd => ("Rests in the end on", "最终依据"),
        Phrase::ProofHead => ("Proof", "证明"),
        Phrase::ProofsBy => ("Proofs that use it", "用到它的证明"),
        Phrase::Letters => (
            "Letters such as a, b, c, m, v stand for any terms, f(x) for any term in x, p and q for any distributions.",
            "字母 a、b、c、m、v 等代表任意的项，f(x) 代表 x 的任意表达式，p 与 q 代表任意分布。",
        ),
        Phrase::Converges => ("converges absolutely", "绝对收敛"),
        Phrase::Conditions => ("Conditions", "条件"),
        Phrase::Unconditional => ("It holds without conditions.", "无条件成立。"),
        Phrase::About => ("About:", "相关："),
        Phrase::Reference => ("Reference", "文献"),
        Phrase::Fires => ("It acts on", "可作用于"),
        Phrase::Refuses => ("It does not act on", "不作用于"),
        Phrase::UsedIn => ("Used in", "用于"),
        Phrase::UsedNowhere => ("No document here uses it.", "此处没有文档用到它。"),
        Phrase::AndMore => ("and {} more", "另有 {} 项"),
        Phrase::ReadIt => ("Read the document", "阅读全文"),
        Phrase::Parameters => ("Parameters", "参数"),
        Phrase::Alternatives => ("Other parameterisations", "其他参数化"),
        Phrase::Density => ("Density", "概率密度"),
        Phrase::Mass => ("Probability mass", "概率质量"),
        Phrase::Support => {
            ("It is positive for {} between {} and {}.", "当 {} 介于 {} 与 {} 之间时为正。")
        }
        Phrase::SupportVectors => ("positive for {0} in {1}", "当 {0} 属于 {1} 时为正"),
        Phrase::SupportIntegers => {
            ("It is that of the integers {} from {} to {}.", "{} 取 {} 到 {} 的整数。")
        }
        Phrase::Sampler => ("How it is drawn from", "抽样方法"),
        Phrase::Centre => ("Powers are expanded about {}.", "幂以 {} 为中心展开。"),
        Phrase::Tail => ("Tail", "尾部"),
        Phrase::TailFrom => (
            "Beyond a point t beyond {}, the density at x relative to that at t is at most",
            "设 t 在 {} 之外，x 又在 t 之外，则 x 处与 t 处的密度之比至多为",
        ),
        Phrase::ClosedForms => ("What follows from it", "由此推导"),
        Phrase::HoldsWhere => ("where {}", "其中 {}"),
        Phrase::RulesAbout => ("Rules about it", "有关的规则"),
        Phrase::DefinedWhen => ("Defined so when {}.", "当 {} 时如此定义。"),
        Phrase::Otherwise => ("Otherwise it is {}.", "否则为 {}。"),
        Phrase::UnitIs => ("Its unit is {}.", "单位为 {}。"),
        Phrase::Quantities => ("Quantities", "量"),
        Phrase::Distributions => ("Distributions", "分布"),
        Phrase::Search => ("Search", "搜索"),
        Phrase::Found => ("{} found", "找到 {} 项"),
        Phrase::KindPage => ("document", "文档"),
        Phrase::KindHeading => ("section", "小节"),
        Phrase::KindStatement => ("statement", "命题"),
        Phrase::KindRule => ("rule", "规则"),
        Phrase::KindDistribution => ("distribution", "分布"),
        Phrase::KindQuantity => ("quantity", "量"),
        Phrase::Given => ("Let", "设"),
        Phrase::FreeOf => ("up to a constant free of {}", "相差一个不依赖于 {} 的常数"),
        Phrase::ClaimProved => ("proved", "已证明"),
        Phrase::ClaimRefuted => ("refuted", "已否定"),
        Phrase::ClaimUndecided => ("undecided", "未判定"),
        Phrase::Residual => ("derived minus claimed", "推导结果减去所给式子"),
        Phrase::Slip => ("slip", "失误"),
        Phrase::Mend => ("it should read", "应为"),
        Phrase::EvidenceAndAxioms => ("Evidence and axioms", "证据与公理"),
        Phrase::NotThere => ("not defined here", "此处无定义"),
        Phrase::LinkHere => ("link to this place", "此处的链接"),
        Phrase::DerivedIn => ("(derived in {})", "（推导见 {}）"),
    }
}

/// The phrase with its places filled in order.
pub fn filled(template: &str, values: &[String]) -> String {
    let mut pieces = template.split("{}");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for (i, piece) in pieces.enumerate() {
        out.push_str(values.get(i).map_or("", String::as_str));
        out.push_str(piece);
    }
    out
}

/// The text in the language asked for; the other one where it is missing.
pub fn pick(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::Zh if !text.zh.is_empty() => &text.zh,
        _ => &text.en,
    }
}

/// The phrase for a status.
pub fn status(status: Status) -> Phrase {
    match status {
        Status::Proved => Phrase::Proved,
        Status::Stuck => Phrase::Stuck,
        Status::Infinite => Phrase::Infinite,
        Status::Divergent => Phrase::Divergent,
    }
}

/// The word for a Monte Carlo verdict; an unknown one is printed as it is.
pub fn verdict(text: &str, lang: Lang) -> &str {
    match text {
        "confirmed" => phrase(Phrase::Confirmed, lang),
        "refuted" => phrase(Phrase::Refuted, lang),
        "not tight enough" => phrase(Phrase::NotTight, lang),
        "inconclusive" => phrase(Phrase::Inconclusive, lang),
        "infinite variance" if lang == Lang::Zh => "方差无穷",
        "infinite expectation" if lang == Lang::Zh => "期望无穷",
        other => other,
    }
}
