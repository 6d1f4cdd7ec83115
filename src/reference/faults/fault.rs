//! A fault by name.

use std::fmt;
use std::str::FromStr;

use super::{nexconn, profile, rongcloud, tencent};
use crate::reference::row::Row;
use crate::reference::{Api, profile as profiles, tencent as attributes};

/// A planted deviation: one rule of one api, broken in one way.
#[derive(Clone, Copy)]
pub struct Fault(Row<Entry<profiles::Rules>, Entry<attributes::Rules>>);

/// What a table of faults says of one.
pub(super) struct Entry<R: 'static> {
    /// Unique within its api.
    pub(super) name: &'static str,
    /// What is wrong with the server, in a sentence without subject.
    pub(super) breaks: &'static str,
    pub(super) alter: fn(&mut R),
    pub(super) pace: Pace,
}

impl<R> Entry<R> {
    /// A fault that any request can show.
    pub(super) const fn new(name: &'static str, breaks: &'static str, alter: fn(&mut R)) -> Self {
        Self { name, breaks, alter, pace: Pace::Any }
    }

    /// A fault that shows only at a pace near the documented rate.
    pub(super) const fn paced(name: &'static str, breaks: &'static str, alter: fn(&mut R)) -> Self {
        Self { name, breaks, alter, pace: Pace::Documented }
    }
}

/// At which pace requests must come to show a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At any.
    Any,
    /// Near the documented rate, and not above it: an unpaced run says nothing.
    Documented,
}

impl Fault {
    /// Every fault, by api, in the order of the tables.
    pub fn all() -> impl Iterator<Item = Self> {
        Row::all(profile::FAULTS, rongcloud::FAULTS, nexconn::FAULTS, tencent::FAULTS).map(Self)
    }

    /// The api that deviates.
    #[must_use]
    pub fn api(self) -> Api {
        self.0.api()
    }

    /// The name within the api, as `name-65`.
    #[must_use]
    pub fn short_name(self) -> &'static str {
        self.0.read(|entry| entry.name, |entry| entry.name)
    }

    /// What the server does wrong, in one sentence without subject: "accepts a name of 65 characters".
    #[must_use]
    pub fn breaks(self) -> &'static str {
        self.0.read(|entry| entry.breaks, |entry| entry.breaks)
    }

    /// At which pace it shows.
    #[must_use]
    pub fn pace(self) -> Pace {
        self.0.read(|entry| entry.pace, |entry| entry.pace)
    }

    /// Breaks the rules of its api.
    pub(crate) fn apply(
        self,
        rongcloud: &mut profiles::Rules,
        nexconn: &mut profiles::Rules,
        tencent: &mut attributes::Rules,
    ) {
        match self.0 {
            Row::Rongcloud(entry) => (entry.alter)(rongcloud),
            Row::Nexconn(entry) => (entry.alter)(nexconn),
            Row::Tencent(entry) => (entry.alter)(tencent),
        }
    }
}

impl fmt::Display for Fault {
    /// The full name, as `rongcloud/name-65`; [`FromStr`] reads it back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.api(), self.short_name())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.api() == other.api() && self.short_name() == other.short_name()
    }
}

impl Eq for Fault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::all().find(|fault| fault.to_string() == text).ok_or_else(|| {
            let alike = Self::all()
                .map(|fault| fault.to_string())
                .max_by(|a, b| strsim::jaro_winkler(a, text).total_cmp(&strsim::jaro_winkler(b, text)));
            UnknownFault { asked: text.to_owned(), alike: alike.unwrap_or_default() }
        })
    }
}

/// A name that no fault has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault {
    asked: String,
    alike: String,
}

impl fmt::Display for UnknownFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown fault `{}`; did you mean `{}`?", self.asked, self.alike)
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::reference::{nexconn, rongcloud, tencent};

    #[test]
    fn every_name_is_unique_and_read_back() {
        let names: HashSet<_> = Fault::all().map(|fault| fault.to_string()).collect();
        assert_eq!(names.len(), Fault::all().count());
        assert!(Fault::all().all(|fault| fault.to_string().parse() == Ok(fault)));
    }

    #[test]
    fn every_api_has_many() {
        for api in Api::ALL {
            assert!(Fault::all().filter(|fault| fault.api() == api).count() >= 25, "{api}");
        }
    }

    #[test]
    fn each_breaks_the_rules_of_its_own_api_and_of_no_other() {
        for fault in Fault::all() {
            let faithful = (rongcloud::rules(), nexconn::rules(), tencent::rules());
            let mut broken = faithful.clone();
            fault.apply(&mut broken.0, &mut broken.1, &mut broken.2);
            let differ = [broken.0 != faithful.0, broken.1 != faithful.1, broken.2 != faithful.2];
            assert_eq!(differ, Api::ALL.map(|api| api == fault.api()), "{fault}");
        }
    }

    #[test]
    fn no_two_of_an_api_break_it_in_the_same_way() {
        let mut seen: Vec<(Fault, String)> = Vec::new();
        for fault in Fault::all() {
            let mut rules = (rongcloud::rules(), nexconn::rules(), tencent::rules());
            fault.apply(&mut rules.0, &mut rules.1, &mut rules.2);
            let rules = format!("{rules:?}");
            assert_eq!(seen.iter().find(|(_, have)| *have == rules).map(|(twin, _)| twin), None, "{fault}");
            seen.push((fault, rules));
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        let error = "tencent/users-10".parse::<Fault>().unwrap_err();
        assert_eq!(error.to_string(), "unknown fault `tencent/users-10`; did you mean `tencent/users-101`?");
    }
}
