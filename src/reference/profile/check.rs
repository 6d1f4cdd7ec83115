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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{nexconn, rongcloud};

    fn members(json: &str) -> Members {
        match Json::read(json.as_bytes()) {
            Some(Json::Object(members)) => members,
            other => panic!("{json} is no object but {other:?}"),
        }
    }

    /// Code and key of each violation.
    fn told(violations: Vec<Refusal>) -> Vec<(u32, String)> {
        let key = |place| match place {
            Place::Key { key, .. } => key,
            other => panic!("{other:?} is no key"),
        };
        violations.into_iter().map(|violation| (violation.code, key(violation.place))).collect()
    }

    fn basic(json: &str) -> Vec<(u32, String)> {
        let mut violations = Vec::new();
        rongcloud::rules().check_basic(&members(json), &mut violations);
        told(violations)
    }

    fn extended(rules: &Rules, json: &str) -> Vec<(u32, String)> {
        let mut violations = Vec::new();
        rules.extended.check(&members(json), &mut violations);
        told(violations)
    }

    #[test]
    fn each_text_ends_where_both_documents_say() {
        for (key, max) in
            [("uniqueId", 32), ("name", 64), ("portraitUri", 1024), ("email", 128), ("birthday", 32), ("location", 32)]
        {
            for letter in ["x", "成", "😀"] {
                assert_eq!(basic(&format!(r#"{{"{key}":"{}"}}"#, letter.repeat(max))), [], "{key} {letter}");
                let over = basic(&format!(r#"{{"{key}":"{}"}}"#, letter.repeat(max + 1)));
                assert_eq!(over, [(codes::LENGTH, key.to_owned())], "{key} {letter}");
            }
        }
    }

    #[test]
    fn each_number_has_both_its_ends() {
        for (key, max) in [("gender", 2), ("role", 100), ("level", 100)] {
            for (number, expected) in [(-1, 1), (0, 0), (max, 0), (max + 1, 1)] {
                let violations = basic(&format!(r#"{{"{key}":{number}}}"#));
                assert_eq!(violations.len(), expected, "{key} {number}");
                assert!(violations.iter().all(|violation| *violation == (codes::RANGE, key.to_owned())));
            }
        }
    }

    #[test]
    fn values_of_another_type_are_refused() {
        for value in [r#""1""#, r#""x""#, "true", "null", "1.0", "1.5", "[]", "{}"] {
            assert_eq!(basic(&format!(r#"{{"level":{value}}}"#)), [(codes::NUMBER, "level".to_owned())], "{value}");
        }
        for value in ["1", "true", "null", "[]", "{}"] {
            assert_eq!(basic(&format!(r#"{{"name":{value}}}"#)), [(codes::PARAMETER, "name".to_owned())], "{value}");
            let in_extended = extended(&rongcloud::rules(), &format!(r#"{{"ext_a":{value}}}"#));
            assert_eq!(in_extended, [(codes::PARAMETER, "ext_a".to_owned())], "{value}");
        }
    }

    #[test]
    fn every_violation_is_found_in_the_order_of_the_keys() {
        let found = basic(r#"{"level":101,"name":"x","Name":"x","gender":3}"#);
        let names: Vec<_> = found.iter().map(|(_, key)| key.as_str()).collect();
        assert_eq!(names, ["level", "Name", "gender"]);
    }

    #[test]
    fn extended_keys_follow_the_alphabet_of_their_own_document() {
        for (key, rongcloud_takes, nexconn_takes) in [
            ("ext_", true, true),
            ("ext_Profile", true, true),
            ("ext_a1", false, true),
            ("ext_a_b", false, false),
            ("ext_a-b", false, false),
            ("ext_a.b", false, false),
            ("ext_a b", false, false),
            ("ext_é", false, false),
            ("EXT_a", false, false),
            ("extProfile", false, false),
            ("ext", false, false),
            ("", false, false),
        ] {
            let json = format!(r#"{{"{key}":"v"}}"#);
            assert_eq!(extended(&rongcloud::rules(), &json).is_empty(), rongcloud_takes, "{key}");
            assert_eq!(extended(&nexconn::rules(), &json).is_empty(), nexconn_takes, "{key}");
        }
    }

    #[test]
    fn extended_keys_and_values_end_where_both_documents_say() {
        let refused = |json: &str| !extended(&nexconn::rules(), json).is_empty();
        assert!(!refused(&format!(r#"{{"ext_{}":"v"}}"#, "k".repeat(28))));
        assert!(refused(&format!(r#"{{"ext_{}":"v"}}"#, "k".repeat(29))));
        assert!(!refused(&format!(r#"{{"ext_a":"{}"}}"#, "成".repeat(256))));
        assert!(refused(&format!(r#"{{"ext_a":"{}"}}"#, "成".repeat(257))));
    }

    #[test]
    fn forms_take_what_is_at_home_in_their_field() {
        let address = format!("{}@example.com", "a".repeat(116));
        let fitting = [
            (Form::LettersAndDigits, "abc123XYZ"),
            (Form::Address, address.as_str()),
            (Form::Date, "2001-12-21"),
            (Form::Date, "20011221"),
            (Form::Date, "2001-12-21T10:11:12.000000+08:00"),
            (Form::WebAddress, "https://example.com/a.png"),
        ];
        assert!(fitting.iter().all(|(form, text)| form.fits(text)));
        let strange = [
            (Form::LettersAndDigits, "a-b"),
            (Form::Address, "nobody"),
            (Form::Address, "@example.com"),
            (Form::Address, "a@b"),
            (Form::Date, "tomorrow"),
            (Form::Date, "2001-12"),
            (Form::WebAddress, "ftp://example.com"),
        ];
        assert!(strange.iter().all(|(form, text)| !form.fits(text)));
    }

    #[test]
    fn what_is_accepted_is_stored_in_the_form_of_its_key() {
        let stored = |json: &str, read: fn(&mut Rules)| {
            let (mut rules, mut members) = (rongcloud::rules(), members(json));
            read(&mut rules);
            rules.normalise_basic(&mut members);
            Json::Object(members).write()
        };
        let mixed = r#"{"name":"a","level":null,"hobby":"b"}"#;
        assert_eq!(stored(mixed, |_| {}), mixed);
        assert_eq!(stored(mixed, |rules| rules.nulls = Nulls::Ignored), r#"{"name":"a","hobby":"b"}"#);
        assert_eq!(stored(mixed, |rules| rules.nulls = Nulls::Deletes), mixed);
        assert_eq!(stored(mixed, |rules| rules.unknown_key = UnknownKey::Ignored), r#"{"name":"a","level":null}"#);
        let numbers = r#"{"level":"7","role":7.0,"gender":1}"#;
        assert_eq!(stored(numbers, |_| {}), r#"{"level":7,"role":7,"gender":1}"#);
        let texts = r#"{"name":7,"email":true,"location":7.5,"birthday":"x"}"#;
        assert_eq!(stored(texts, |_| {}), r#"{"name":"7","email":"true","location":"7.5","birthday":"x"}"#);
    }

    #[test]
    fn a_number_too_large_for_any_range_is_out_of_range() {
        let found = |value: &str| basic(&format!(r#"{{"level":{value}}}"#));
        assert_eq!(found("1e300"), [(codes::NUMBER, "level".to_owned())]);
        let mut rules = rongcloud::rules();
        let level = rules.basic.iter_mut().find(|key| key.name == "level").unwrap();
        level.value.admits.extend([Kind::WholeFloat, Kind::Fraction]);
        let problem = |value: &str| {
            let mut violations = Vec::new();
            rules.check_basic(&members(&format!(r#"{{"level":{value}}}"#)), &mut violations);
            told(violations)
        };
        assert_eq!(problem("1e300"), [(codes::RANGE, "level".to_owned())]);
        assert_eq!((problem("1e2"), problem("0.5")), (vec![], vec![]));
    }
}
