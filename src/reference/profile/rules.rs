//! The rules of a profile endpoint as data: what readings choose between and what faults break.
//!
//! Numbers stand where a document gives them; what no document says is an enum whose variants are its readings.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::reply::Reply;
use crate::reference::form::Plus;
use crate::reference::json::Kind;
use crate::reference::length::Unit;
use crate::reference::limiter::Law;
use crate::reference::write::WriteRules;

/// All rules of one api.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rules {
    pub(crate) caller: Caller,
    pub(crate) request: Request,
    pub(crate) basic: Vec<BasicKey>,
    /// What becomes of a basic key that stands in no table.
    pub(crate) unknown_key: UnknownKey,
    /// What `null` does as the value of a basic key.
    pub(crate) nulls: Nulls,
    pub(crate) extended: Extended,
    pub(crate) write: WriteRules,
    pub(crate) reply: Reply,
    /// A rate limit of the api's own, in place of the one the server was started with.
    pub(crate) throttle: Option<Law>,
}

impl Rules {
    /// The rules of all texts that have a limit, basic and extended.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut ValueRule> {
        self.basic.iter_mut().map(|key| &mut key.value).chain([&mut self.extended.value])
    }

    /// The rule of a basic key that is known to be in the table.
    pub(crate) fn basic_mut(&mut self, name: &str) -> Option<&mut ValueRule> {
        self.basic.iter_mut().find(|key| key.name == name).map(|key| &mut key.value)
    }
}

/// How the caller is authenticated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// The headers that must be there.
    pub(crate) required: Vec<Header>,
    /// Whether the app key must be the server's own.
    pub(crate) app_key: Lookup,
    pub(crate) signature: SignatureCheck,
    /// Whether hexadecimal digits may be upper-case: unknown, every client sends lower case.
    pub(crate) hex: Digits,
    /// Whether a timestamp may be in seconds, with 10 digits.
    pub(crate) seconds: Strictness,
    /// The longest nonce, in characters; none when nothing is refused for it.
    pub(crate) nonce_max: Option<usize>,
    /// How far a timestamp may be from the server's clock; none when that is not checked.
    pub(crate) window: Option<Duration>,
    /// Whether a nonce may come again.
    pub(crate) replay: Strictness,
    /// The code of a request without one of the signature's headers: unknown.
    pub(crate) missing_code: u32,
}

/// The four headers of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    AppKey,
    Nonce,
    Timestamp,
    Signature,
}

/// Whether a value must be one that the server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    MustBeKnown,
    Anything,
}

/// How much of a signature is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureCheck {
    Whole,
    /// Only as many leading digits.
    Leading(usize),
    /// Only that it looks like one.
    Shape,
    Skipped,
}

/// Spelling of hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    LowerCase,
    AnyCase,
}

/// Whether something optional is refused or let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    Accepted,
    Refused,
}

/// The rules of a request before its profiles are looked into.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// Whether a request without `userId` is refused.
    pub(crate) missing_user_id: Strictness,
    pub(crate) empty_user_id: Strictness,
    /// The longest `userId` in bytes; none when there is no limit.
    pub(crate) user_id_max: Option<usize>,
    /// What becomes of a `userId` that is a number (JSON bodies only).
    pub(crate) numeric_user_id: Strictness,
    pub(crate) profiles: Needed,
    /// What becomes of a profile, or of a body, that is not JSON.
    pub(crate) malformed_json: Strictness,
    /// What becomes of a profile that is JSON but not an object.
    pub(crate) profile_not_object: Strictness,
    /// What becomes of a profile given as JSON text inside JSON (JSON bodies only).
    pub(crate) profile_as_text: Strictness,
    pub(crate) empty_object: EmptyObject,
    /// What becomes of a profile that is `null`: taken as absent, or refused.
    pub(crate) null_profile: Strictness,
    pub(crate) duplicate_member: Duplicate,
    /// The same for parameters of a form.
    pub(crate) duplicate_parameter: Duplicate,
    /// What `+` is in a form.
    pub(crate) plus: Plus,
    /// What becomes of parameters that no document names.
    pub(crate) extra_parameter: Strictness,
    /// What becomes of a body of another, or no, `Content-Type`.
    pub(crate) other_content_type: Strictness,
    pub(crate) methods: AcceptedMethod,
    /// What becomes of a user without record.
    pub(crate) unknown_user: Strictness,
}

/// Which profiles a request must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needed {
    Nothing,
    EitherProfile,
    Basic,
    Extended,
}

/// What `{}` counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyObject {
    /// A profile without keys.
    Provided,
    /// No profile.
    Absent,
    Refused,
}

/// Which of several equal names counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicate {
    First,
    Last,
    Refused,
}

/// Methods that reach the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedMethod {
    Post,
    Any,
}

/// One row of the table of basic keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BasicKey {
    pub(crate) name: &'static str,
    pub(crate) value: ValueRule,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValueRule {
    /// The kinds that are let pass; the first is the documented one.
    pub(crate) admits: Vec<Kind>,
    pub(crate) limit: Limit,
    /// What a text must look like.
    pub(crate) form: Form,
}

/// What a text must look like: no document says, so a server may ask for anything that is no surprise in its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Any,
    LettersAndDigits,
    /// Something, `@`, something with a dot.
    Address,
    /// Begins with a year, a month and a day.
    Date,
    /// Begins with `http://` or `https://`.
    WebAddress,
}

impl ValueRule {
    /// A text of at most `max` characters.
    pub(crate) fn text(max: usize) -> Self {
        Self {
            admits: vec![Kind::Text, Kind::Digits],
            limit: Limit::Length { max, unit: Unit::Characters },
            form: Form::Any,
        }
    }

    /// A whole number in a range.
    pub(crate) fn int(min: i64, max: i64) -> Self {
        Self { admits: vec![Kind::Int], limit: Limit::Range { min, max }, form: Form::Any }
    }
}

/// What limits a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// A text of at most so many units.
    Length { max: usize, unit: Unit },
    /// A number in a range, ends included.
    Range { min: i64, max: i64 },
}

/// What becomes of a basic key that stands in no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownKey {
    Refused,
    Stored,
    Ignored,
}

/// What `null` does as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    Refused,
    Ignored,
    /// The key is removed.
    Deletes,
}

/// The rules of extended keys and values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Extended {
    /// With what a key must begin.
    pub(crate) prefix: Prefix,
    /// What may follow the prefix.
    pub(crate) alphabet: Vec<RangeInclusive<char>>,
    /// Whether the prefix alone is a key.
    pub(crate) bare_prefix: Strictness,
    /// The longest key, in characters.
    pub(crate) key_max: usize,
    /// What the limit of a key counts.
    pub(crate) key_measure: KeyMeasure,
    pub(crate) value: ValueRule,
    /// The most pairs.
    pub(crate) pairs_max: usize,
    /// Where pairs are counted.
    pub(crate) pairs_scope: PairsScope,
    /// The keys added in the console; none when every well-formed key counts as added.
    pub(crate) registered: Option<Vec<String>>,
}

/// The letters of both documents' keys.
pub(crate) const LETTERS: [RangeInclusive<char>; 2] = ['a'..='z', 'A'..='Z'];

/// How the prefix of an extended key is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// These very characters.
    Exact(&'static str),
    /// These letters in either case.
    AnyCase(&'static str),
    /// May be left out.
    Optional(&'static str),
}

/// What the limit of a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyMeasure {
    WholeKey,
    AfterPrefix,
}

/// Where pairs are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairsScope {
    /// In each request.
    Request,
    /// In what would be stored of the user.
    Stored,
}
