//! Names of places on a page.

use std::collections::BTreeMap;

/// The longest name that is made of a text.
const LONGEST: usize = 48;

/// Letters and digits of a text, in lower case, joined by hyphens; `section` where there are none. Other than ASCII letters are
/// kept.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if out.len() >= LONGEST {
            break;
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "section".into() } else { out.into() }
}

/// The names that a page has given out.
#[derive(Clone, Debug, Default)]
pub struct Slugs {
    given: BTreeMap<String, usize>,
}

impl Slugs {
    /// Keeps a name from being given out.
    pub fn reserve(&mut self, name: &str) {
        self.given.entry(name.into()).or_insert(1);
    }

    /// A name made of `text` that no other place has.
    pub fn unique(&mut self, text: &str) -> String {
        let name = slug(text);
        let mut candidate = name.clone();
        loop {
            let count = self.given.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                candidate = format!("{name}-{count}");
            }
            if candidate == name || !self.given.contains_key(&candidate) {
                self.given.entry(candidate.clone()).or_insert(1);
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Slugs;

    #[test]
    fn names_are_given_once() {
        let mut slugs = Slugs::default();
        let all: Vec<String> = ["KL(p || q)", "KL(p, q)", "KL p q 2", "!!", "熵"]
            .iter()
            .map(|t| slugs.unique(t))
            .collect();
        assert_eq!(all, ["kl-p-q", "kl-p-q-2", "kl-p-q-2-2", "section", "熵"]);
    }
}
