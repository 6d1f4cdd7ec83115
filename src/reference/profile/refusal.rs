//! A refusal: what is at fault, and under which number it is told.

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// The number of the status table; the documents say only that it is not that of success.
    pub(crate) code: u32,
    pub(crate) place: Place,
    /// For people; clients must not decide on it.
    pub(crate) message: String,
}

/// What is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The caller's signature.
    Caller,
    /// The address or the method.
    Address,
    /// The rate.
    Rate,
    /// A parameter as a whole.
    Parameter(&'static str),
    /// One key of a profile, with the name of the profile's parameter.
    Key { parameter: &'static str, key: String },
}

impl Refusal {
    /// A parameter error of the general kind (1002 in the vendor's status table).
    pub(crate) fn parameter(parameter: &'static str, message: impl Into<String>) -> Self {
        Self { code: codes::PARAMETER, place: Place::Parameter(parameter), message: message.into() }
    }
}

/// The numbers of public status tables: none stands in the two documents, so nothing may rest on them.
pub(crate) mod codes {
    /// No such address.
    pub(crate) const ADDRESS: u32 = 404;
    /// A parameter is missing or wrong; also an unknown app key.
    pub(crate) const PARAMETER: u32 = 1002;
    /// The signature is wrong.
    pub(crate) const SIGNATURE: u32 = 1004;
    /// Something is too long.
    pub(crate) const SIZE: u32 = 1005;
    /// More requests than the documented 100 a second.
    pub(crate) const RATE: u32 = 1008;
    /// A basic key that stands in no table.
    pub(crate) const UNKNOWN_KEY: u32 = 24361;
    /// An extended key that cannot have been, or was not, added in the console.
    pub(crate) const EXTENDED_KEY: u32 = 24362;
    /// Too many extended pairs.
    pub(crate) const PAIRS: u32 = 24363;
    /// A value is too long.
    pub(crate) const LENGTH: u32 = 24364;
    /// The user has no record.
    pub(crate) const UNKNOWN_USER: u32 = 24366;
    /// A value must be a whole number.
    pub(crate) const NUMBER: u32 = 24367;
    /// A number is out of its range.
    pub(crate) const RANGE: u32 = 24368;
}
