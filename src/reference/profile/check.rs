//! Whether the keys and values of a profile keep the rules; every violation is found, each with its key.

use super::refusal::{Place, Refusal, codes};
use super::rules::{Extended, Form, KeyMeasure, Limit, Nulls, Prefix, Rules, Strictness, UnknownKey, ValueRule};
use crate::reference::json::{Json, Kind, Members};

/// The parameter of the basic profile, in both documents.
pub(crate) const BASIC: &str = "userProfile";
/// The parameter of the extended profile, in both documents.
pub(crate) const EXTENDED: &str = "userExtProfile";

impl Rules {
    /// Adds what is wrong with a basic profile, in the order of its keys.
    pub(crate) fn check_basic(&self, members: &Members, violations: &mut Vec<Refusal>) {
        for (name, value) in members {
            let problem = match self.basic.iter().find(|key| key.name == name) {
                Some(_) if *value == Json::Null && self.nulls != Nulls::Refused => None,
                Some(key) => key.value.problem(value),
                None if self.unknown_key == UnknownKey::Refused => Some((codes::UNKNOWN_KEY, "no such basic key")),
                None => None,
            };
            violations.extend(problem.map(|problem| at(BASIC, name, problem)));
        }
    }

    /// Brings an accepted basic profile into the form in which it is stored.
    pub(crate) fn normalise_basic(&self, members: &mut Members) {
        members.retain(|(name, value)| {
            let ignored_null = *value == Json::Null && self.nulls == Nulls::Ignored;
            let known = self.unknown_key != UnknownKey::Ignored || self.basic.iter().any(|key| key.name == name);
            known && !ignored_null
        });
        for (name, value) in members {
            let Some(key) = self.basic.iter().find(|key| key.name == name) else { continue };
            match (key.value.limit, value.kind()) {
                (Limit::Range { .. }, Kind::WholeFloat | Kind::Digits) => {
                    if let Some(number) = value.as_whole() {
                        *value = Json::Int(number);
                    }
                }
                (Limit::Length { .. }, Kind::Bool | Kind::Int | Kind::WholeFloat | Kind::Fraction) => {
                    *value = Json::Text(value.write());
                }
                _ => {}
            }
        }
    }
}

impl Extended {
    /// Adds what is wrong with extended keys and values, in their order; the number of pairs is not looked at.
    pub(crate) fn check(&self, members: &Members, violations: &mut Vec<Refusal>) {
        for (name, value) in members {
            let problem = self.key_problem(name).or_else(|| self.value.problem(value));
            violations.extend(problem.map(|problem| at(EXTENDED, name, problem)));
        }
    }

    fn key_problem(&self, key: &str) -> Option<Problem> {
        let Some(rest) = self.prefix.strip(key) else {
            return Some((codes::EXTENDED_KEY, "the key lacks its prefix"));
        };
        if rest.is_empty() && self.bare_prefix == Strictness::Refused {
            return Some((codes::EXTENDED_KEY, "the key is nothing but its prefix"));
        }
        if !rest.chars().all(|letter| self.alphabet.iter().any(|range| range.contains(&letter))) {
            return Some((codes::EXTENDED_KEY, "the key has a character that keys may not have"));
        }
        let measured = match self.key_measure {
            KeyMeasure::WholeKey => key,
            KeyMeasure::AfterPrefix => rest,
        };
        if measured.chars().count() > self.key_max {
            return Some((codes::EXTENDED_KEY, "the key is too long"));
        }
        let registered = self.registered.as_ref().is_none_or(|keys| keys.iter().any(|have| have == key));
        (!registered).then_some((codes::EXTENDED_KEY, "the key was not added in the console"))
    }
}

impl Prefix {
    /// What follows the prefix, if the key has it or need not have it.
    fn strip(self, key: &str) -> Option<&str> {
        match self {
            Self::Exact(prefix) => key.strip_prefix(prefix),
            Self::AnyCase(prefix) => {
                let (head, rest) = key.split_at_checked(prefix.len())?;
                head.eq_ignore_ascii_case(prefix).then_some(rest)
            }
            Self::Optional(prefix) => Some(key.strip_prefix(prefix).unwrap_or(key)),
        }
    }
}

/// The number and the words of what is wrong.
type Problem = (u32, &'static str);

impl ValueRule {
    fn problem(&self, value: &Json) -> Option<Problem> {
        if !self.admits.contains(&value.kind()) {
            return Some(match self.limit {
                Limit::Range { .. } => (codes::NUMBER, "the value must be a whole number"),
                Limit::Length { .. } => (codes::PARAMETER, "the value must be a text"),
            });
        }
        match self.limit {
            Limit::Length { max, unit } => {
                let text = value.as_text()?;
                if unit.length(text) > max {
                    return Some((codes::LENGTH, "the value is too long"));
                }
                (!self.form.fits(text))
                    .then_some((codes::PARAMETER, "the value has not the form that its key asks for"))
            }
            Limit::Range { min, max } => {
                // A number too large for a whole number is out of range too, unless a fault admits what is no number.
                let outside = match value.as_whole() {
                    Some(number) => number < min || number > max,
                    None => value.kind() == Kind::WholeFloat,
                };
                outside.then_some((codes::RANGE, "the value is out of range"))
            }
        }
    }
}

impl Form {
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::LettersAndDigits => text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            Self::Address => text
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.trim_matches('.').contains('.')),
            Self::Date => text.bytes().filter(|byte| *byte != b'-').take(8).filter(u8::is_ascii_digit).count() == 8,
            Self::WebAddress => text.starts_with("http://") || text.starts_with("https://"),
        }
    }
}

fn at(parameter: &'static str, key: &str, (code, message): Problem) -> Refusal {
    Refusal { code, place: Place::Key { parameter, key: key.to_owned() }, message: message.to_owned() }
}
