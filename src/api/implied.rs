//! Rules that no case has to name, because every run judges them by itself.

use super::{Api, When};

/// How a rule is judged without a case of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implied {
    /// As a rule of the envelope: with every case that binds, on the replies to which it applies.
    Envelope(When),
    /// As the documented rate: over all requests of a paced run, and by `proofhouse limit`.
    Rate,
}

impl Api {
    /// How every run judges this requirement; `None` where it takes a case that names it.
    ///
    /// The requirement of the culprit is none of these: the cases that expect a culprit carry a claim for it.
    #[must_use]
    pub fn implied(&self, requirement: &str) -> Option<Implied> {
        let mut rules = self.outcome.envelope.iter().filter(|rule| rule.requirement == requirement);
        if let Some(first) = rules.next() {
            let alike = rules.all(|rule| rule.when == first.when);
            return Some(Implied::Envelope(if alike { first.when } else { When::Always }));
        }
        let rate = self.rate.as_ref().filter(|rate| rate.requirement == requirement);
        rate.map(|_| Implied::Rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Document, embedded_files};

    #[test]
    fn the_envelope_and_the_rate_are_judged_by_every_run() {
        let file = embedded_files().into_iter().find(|file| file.path == "tencent/api.yaml").unwrap();
        let api = Api::read(&Document::parse(file.path, file.text).unwrap()).unwrap();
        assert_eq!(api.implied("tc.reply.status"), Some(Implied::Envelope(When::Always)));
        assert_eq!(api.implied("tc.reply.ok"), Some(Implied::Envelope(When::Accepted)));
        assert_eq!(api.implied("tc.rate"), Some(Implied::Rate));
        assert_eq!(api.implied("tc.value.length"), None);
    }
}
