//! Choosing cases by their addresses: `*` stands for any text, `?` for one character, all else for itself.

use wildmatch::WildMatch;

use super::Case;

/// Which cases are wanted.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    only: Vec<WildMatch>,
    skip: Vec<WildMatch>,
}

impl Selection {
    /// Cases that one of `only` matches (all, when there is none) and none of `skip`.
    #[must_use]
    pub fn new(only: &[String], skip: &[String]) -> Self {
        let compile = |patterns: &[String]| patterns.iter().map(|pattern| WildMatch::new(pattern)).collect();
        Self { only: compile(only), skip: compile(skip) }
    }

    /// Whether a case is wanted.
    #[must_use]
    pub fn wants(&self, case: &Case) -> bool {
        let matches = |patterns: &[WildMatch]| patterns.iter().any(|pattern| pattern.matches(&case.address));
        (self.only.is_empty() || matches(&self.only)) && !matches(&self.skip)
    }
}
