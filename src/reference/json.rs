//! JSON as it stood in the request: members in their order, each occurrence of a repeated one kept.
//!
//! A map type would silently keep the last of two equal members; what happens to them is an open point of all three
//! documents, so the rules must be able to see both. [`Kind`] is the distinction in types that the rules are made of.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The members of an object.
pub(crate) type Members = Vec<(String, Json)>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    /// A number with a fraction or an exponent, or one outside the range of `i64`.
    Float(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Members),
}

impl Json {
    /// Reads one document, which must end where the text ends.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// The compact text.
    pub(crate) fn write(&self) -> String {
        // Values that were read can be written: member names are texts and floats are finite.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object from members that are known to differ.
    pub(crate) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// What kind of value it is, in the distinctions that the rules make.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(number) if number.fract() == 0.0 => Kind::WholeFloat,
            Self::Float(_) => Kind::Fraction,
            Self::Text(text) if text.parse::<i64>().is_ok() => Kind::Digits,
            Self::Text(_) => Kind::Text,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// The text of a text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number that it is or spells.
    pub(crate) fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            // `{:.0}` of a whole float is its integer; one outside i64 does not parse and is no whole number here.
            Self::Float(number) if number.fract() == 0.0 => format!("{number:.0}").parse().ok(),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// Kinds of values, finer than JSON's own where a rule can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    /// A number without fraction or exponent.
    Int,
    /// A number written with fraction or exponent whose value is whole, as 1.0.
    WholeFloat,
    Fraction,
    /// A text that spells a whole number.
    Digits,
    /// Any other text.
    Text,
    Array,
    Object,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Int(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "beyond i64 only the size matters, and every rule refuses it")]
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Float(value as f64), Json::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::text(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            members.push(entry);
        }
        Ok(Json::Object(members))
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repeated_members_survive_reading_and_writing() {
        let text = r#"{"b":1,"a":[null,true,1.5,"x"],"b":{"c":-2}}"#;
        assert_eq!(Json::read(text.as_bytes()).unwrap().write(), text);
    }

    #[test]
    fn every_kind_is_told_apart() {
        let kinds = [
            ("null", Kind::Null),
            ("false", Kind::Bool),
            ("-1", Kind::Int),
            ("1.0", Kind::WholeFloat),
            ("1e2", Kind::WholeFloat),
            ("18446744073709551615", Kind::WholeFloat),
            ("1.5", Kind::Fraction),
            (r#""12""#, Kind::Digits),
            (r#""1.0""#, Kind::Text),
            (r#""""#, Kind::Text),
            ("[]", Kind::Array),
            ("{}", Kind::Object),
        ];
        for (text, kind) in kinds {
            assert_eq!(Json::read(text.as_bytes()).unwrap().kind(), kind, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_or_goes_on_after_it_is_not_read() {
        for text in ["", "{", "{}x", "{'a':1}", "[1,]", "\"\\ud800\"", "\u{feff}{}"] {
            assert_eq!(Json::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Json::read(b"\"\xff\""), None);
    }

    #[test]
    fn whole_numbers_are_found_in_all_their_spellings() {
        assert_eq!(Json::Float(2.0).as_whole(), Some(2));
        assert_eq!(Json::Float(2.5).as_whole(), None);
        assert_eq!(Json::Float(1e300).as_whole(), None);
        assert_eq!(Json::text("-3").as_whole(), Some(-3));
        assert_eq!(Json::Bool(true).as_whole(), None);
    }
}
