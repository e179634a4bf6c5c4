//! Conditions, how they were discharged, and assumptions, in the languages of the documents.
//!
//! The kernel speaks English in fixed patterns, which are part of certificates. Here each has its counterpart; what follows none
//! of them, such as a formula, is the same in both languages.

use crate::document::Bilingual;

/// Conditions: the kernel's pattern, and what it says in Chinese.
const CONDITIONS: &[(&str, &str)] = &[
    ("not: {0}", "并非：{0}"),
    ("{0} does not depend on {1}", "{0} 不依赖于 {1}"),
    ("{0} converges absolutely", "{0} 绝对收敛"),
    ("{0} may be differentiated by {1} inside", "{0} 可在内部对 {1} 求导"),
    ("{0} lies in the support of {1}", "{0} 位于 {1} 的支撑集内"),
    ("{0} is an integer of the support of {1}", "{0} 是 {1} 的支撑集中的整数"),
    ("{0} is free of {1}", "{0} 与 {1} 无关"),
    ("{0} is real", "{0} 为实数"),
    ("{0} is an integer", "{0} 为整数"),
    ("{0} is a natural number", "{0} 为自然数"),
    ("{0} is a density", "{0} 为概率密度"),
    ("{0} is a mass", "{0} 为概率质量"),
    ("{0} is a vector of probabilities", "{0} 为概率向量"),
    ("{0} is finite", "{0} 有限"),
    ("{0} is oo", "{0} 为 oo"),
    ("{0} is -oo", "{0} 为 -oo"),
    ("{0}, at {1}", "{0}，在 {1} 处"),
    ("the marginals of {0} are known", "{0} 的边缘分布已知"),
    ("{0} within {1}", "{0} 包含于 {1}"),
];

/// Declarations: how a report says them, and in Chinese.
const ASSUMPTIONS: &[(&str, &str)] = &[
    ("{0} independent for {1}", "{0}，相互独立，{1}"),
    ("{0} for every real z", "{0}，z 为任意实数"),
    ("{0} for {1}", "{0}，{1}"),
    ("{0} mass over {1}", "{0} 为 {1} 上的概率质量"),
    ("{0} density over reals", "{0} 为实轴上的概率密度"),
    ("{0} real", "{0} 为实数"),
    ("{0} positive", "{0} 为正数"),
    ("{0} nonnegative", "{0} 非负"),
    ("{0} negative", "{0} 为负数"),
    ("{0} nonzero", "{0} 不为零"),
    ("{0} integer", "{0} 为整数"),
    ("{0} natural", "{0} 为正整数"),
    ("{0} probabilities", "{0} 为概率向量"),
    ("{0} mass", "{0} 为概率质量"),
];

/// Evidence: the kernel's pattern, and what it says in Chinese.
const EVIDENCE: &[(&str, &str)] = &[
    ("in the support of its part {0}: {1}", "在其分量 {0} 的支撑集内：{1}"),
    ("the support of its part {0} is not contained in {1}", "其分量 {0} 的支撑集不包含于 {1}"),
    ("the support of each part lies within the other", "每个分量的支撑集都包含于另一方"),
    ("each coordinate's support lies within the other's", "每个坐标的支撑集都包含于另一方"),
    ("each coordinate's support is not contained in the other's", "坐标的支撑集不包含于另一方"),
    ("the two are the same", "两者相同"),
    (
        "all that is added to it is finite, and its factors keep its sign",
        "与之相加的都有限，与之相乘的不改变其符号",
    ),
    (
        "only single points are left out, and these do not count under an integral",
        "只除去个别点，它们在积分下不计",
    ),
    (
        "each integer of the first has a probability under the second",
        "前者的每个整数在后者下都有概率",
    ),
    ("{0} has a probability under the first only", "{0} 只在前者下有概率"),
    ("single points, which have no probability under a density", "单点，在密度下没有概率"),
    ("integers have no probability under a density", "整数在密度下没有概率"),
    ("the theory states those of {0}", "理论给出了 {0} 的边缘分布"),
    ("{0} does not occur", "{0} 不出现"),
    ("{0} ranges over its domain", "{0} 取遍其范围"),
    ("assumed of {0}", "对 {0} 的假设"),
    ("assumed", "由假设"),
    ("a comparison of numbers", "数的比较"),
    ("a density is positive on its support", "密度在其支撑集上为正"),
    ("an exponential is positive", "指数函数为正"),
    ("sign inference from {0}", "由 {0} 推断符号"),
    ("sign inference", "推断符号"),
    ("a finite term", "有限的式子"),
    ("one of the two is infinite", "其中一个为无穷"),
    ("a number", "是一个数"),
    ("made of integers", "由整数构成"),
    ("the expectation of a constant", "常数的期望"),
    ("under each part of the mixture", "在混合分布的每个分量下成立"),
    ("under each part of the sum", "在和的每个分量下成立"),
    ("finitely many terms", "只有有限多项"),
    ("the integrand is zero", "被积函数为零"),
    ("law {0}", "定律 {0}"),
    ("the support is the whole line", "支撑集是整条实轴"),
    ("its range", "其取值范围"),
    ("by its normal form, definitions followed", "代入定义后由标准形看出"),
    (
        "a sum of products in which {0} and {1} do not meet",
        "是乘积之和，各乘积中 {0} 与 {1} 不相混",
    ),
    ("{0} is not contained in {1}", "{0} 不包含于 {1}"),
    ("{0} lies within {1}", "{0} 包含于 {1}"),
];

/// A declaration or an assumption.
pub(super) fn assumption(text: &str) -> Bilingual {
    Bilingual::new(text, one(text, ASSUMPTIONS))
}

/// A condition.
pub(super) fn condition(text: &str) -> Bilingual {
    Bilingual::new(text, one(text, CONDITIONS))
}

/// How a condition was discharged: reasons, a semicolon between them.
pub(super) fn evidence(text: &str) -> Bilingual {
    let all: Vec<String> = text.split("; ").map(|why| one(why, EVIDENCE)).collect();
    Bilingual::new(text, all.join("；"))
}

/// The first pattern that a text follows, in Chinese; what stands in its places may follow a pattern as well.
fn one(text: &str, table: &[(&str, &str)]) -> String {
    for (pattern, chinese) in table {
        let Some((first, second)) = places(text, pattern) else { continue };
        return chinese.replace("{0}", &one(first, table)).replace("{1}", &one(second, table));
    }
    text.to_owned()
}

/// What stands in the places of a pattern.
fn places<'t>(text: &'t str, pattern: &str) -> Option<(&'t str, &'t str)> {
    let Some((before, rest)) = pattern.split_once("{0}") else {
        return (text == pattern).then_some(("", ""));
    };
    let inner = text.strip_prefix(before)?;
    let Some((between, after)) = rest.split_once("{1}") else {
        let first = inner.strip_suffix(rest)?;
        return (!first.is_empty()).then_some((first, ""));
    };
    let (first, second) = inner.strip_suffix(after)?.split_once(between)?;
    (!first.is_empty() && !second.is_empty()).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::{assumption, condition, evidence};

    #[test]
    fn patterns_are_followed() {
        let zh = |text| condition(text).zh;
        assert_eq!(zh("sigma1^2 > 0"), "sigma1^2 > 0");
        assert_eq!(zh("a*x does not depend on y"), "a*x 不依赖于 y");
        assert_eq!(zh("not: f within g"), "并非：f 包含于 g");
        assert_eq!(zh("n is a natural number"), "n 为自然数");
        let zh = |text| evidence(text).zh;
        assert_eq!(zh("assumed"), "由假设");
        assert_eq!(zh("assumed of mu1"), "对 mu1 的假设");
        assert_eq!(zh("assumed; law integrable.power"), "由假设；定律 integrable.power");
        assert_eq!(
            zh("in the support of its part p: the two are the same"),
            "在其分量 p 的支撑集内：两者相同"
        );
        let zh = |text| assumption(text).zh;
        assert_eq!(zh("mu_i real for i = 1, …, d"), "mu_i 为实数，i = 1, …, d");
        assert_eq!(zh("a < b"), "a < b");
        // What is not known stays.
        assert_eq!(evidence("by magic").zh, "by magic");
        assert_eq!(evidence("assumed of x").en, "assumed of x");
    }
}
