//! Names and values of a query or of an `application/x-www-form-urlencoded` body.
//!
//! Tolerant in reading: a body printed without any encoding, as the RongCloud document's example is, gives the same
//! names and values as its encoded form, because only `%XX`, `+`, `&` and the first `=` mean anything.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// What `+` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plus {
    /// A space, as the media type has it.
    Space,
    /// Itself: a fault.
    Itself,
}

/// Decoded pairs in their order, repeated names kept.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// Splits and decodes; nothing when a name or value is not UTF-8 after decoding.
    pub(crate) fn read(bytes: &'a [u8], plus: Plus) -> Option<Self> {
        bytes
            .split(|&byte| byte == b'&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let mut halves = pair.splitn(2, |&byte| byte == b'=');
                let name = decode(halves.next().unwrap_or_default(), plus)?;
                let value = decode(halves.next().unwrap_or_default(), plus)?;
                Some((name, value))
            })
            .collect::<Option<_>>()
            .map(Self)
    }

    /// All values of a name, in their order.
    pub(crate) fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter(move |(have, _)| have == name).map(|(_, value)| value.as_ref())
    }

    /// The first value of a name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The names, in their order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }
}

fn decode(bytes: &[u8], plus: Plus) -> Option<Cow<'_, str>> {
    if !bytes.contains(&b'%') && !bytes.contains(&b'+') {
        return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    }
    let space = |byte: u8| if byte == b'+' && plus == Plus::Space { b' ' } else { byte };
    let spaced: Vec<u8> = bytes.iter().copied().map(space).collect();
    let decoded = percent_decode(&spaced).decode_utf8().ok()?.into_owned();
    Some(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_and_printed_bodies_give_the_same_values() {
        let encoded = Form::read(b"userId=u1&userProfile=%7B%22name%22%3A%22Nick+%C3%A9%22%7D", Plus::Space).unwrap();
        let printed = Form::read("userId=u1&userProfile={\"name\":\"Nick é\"}".as_bytes(), Plus::Space).unwrap();
        assert_eq!(encoded.first("userProfile"), Some(r#"{"name":"Nick é"}"#));
        assert_eq!(encoded.first("userProfile"), printed.first("userProfile"));
        assert_eq!(Form::read(b"a=%20b", Plus::Space).unwrap().first("a"), Some(" b"));
    }

    #[test]
    fn repeated_empty_and_valueless_names_are_kept_apart() {
        let form = Form::read(b"a=1&b&a=2&&c=", Plus::Space).unwrap();
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((form.first("b"), form.first("c"), form.first("d")), (Some(""), Some(""), None));
        assert_eq!(form.names().collect::<Vec<_>>(), ["a", "b", "a", "c"]);
    }

    #[test]
    fn a_plus_is_a_space_also_where_nothing_else_is_encoded() {
        assert_eq!(Form::read(b"a=b+c", Plus::Space).unwrap().first("a"), Some("b c"));
        assert_eq!(Form::read(b"a=b+c", Plus::Itself).unwrap().first("a"), Some("b+c"));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_not_read() {
        assert!(Form::read(b"a=%ff", Plus::Space).is_none());
    }
}
