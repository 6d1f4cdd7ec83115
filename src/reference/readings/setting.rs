//! The readings that a server is started with: pairs of `NAME=VALUE`.

use std::fmt;
use std::str::FromStr;

use super::reading::Reading;
use crate::reference::row::Row;
use crate::reference::{profile, rongcloud, tencent};

/// Chosen readings; what is not chosen has its default.
#[derive(Clone, Default)]
pub struct Readings(Vec<(Reading, String)>);

impl Readings {
    /// Adds a choice such as `rongcloud/write=replace`; without `api/` it goes to every api that has the reading.
    ///
    /// # Errors
    /// [`ReadingError`] when the text is not of that form, or no reading has that name or that value.
    pub fn choose(&mut self, assignment: &str) -> Result<(), ReadingError> {
        let (name, value) = assignment.split_once('=').ok_or_else(|| ReadingError::Form(assignment.to_owned()))?;
        let chosen: Vec<_> =
            Reading::all().filter(|reading| reading.short_name() == name || reading.to_string() == name).collect();
        if chosen.is_empty() {
            let alike = Reading::all()
                .map(Reading::short_name)
                .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            return Err(ReadingError::Name { asked: name.to_owned(), alike: alike.unwrap_or_default() });
        }
        for reading in chosen {
            let problem = reading.0.read(
                |entry| entry.values.problem(&mut rongcloud::rules(), value),
                |entry| entry.values.problem(&mut tencent::rules(), value),
            );
            if let Some(remedy) = problem {
                return Err(ReadingError::Value { name: name.to_owned(), asked: value.to_owned(), remedy });
            }
            self.0.push((reading, value.to_owned()));
        }
        Ok(())
    }

    /// Reads the rules in the chosen ways, later choices after earlier ones.
    pub(crate) fn apply(
        &self,
        rongcloud: &mut profile::Rules,
        nexconn: &mut profile::Rules,
        tencent: &mut tencent::Rules,
    ) {
        for (reading, value) in &self.0 {
            match reading.0 {
                Row::Rongcloud(entry) => entry.values.apply(rongcloud, value),
                Row::Nexconn(entry) => entry.values.apply(nexconn, value),
                Row::Tencent(entry) => entry.values.apply(tencent, value),
            }
        }
    }
}

impl FromStr for Readings {
    type Err = ReadingError;

    /// Choices separated by white space.
    fn from_str(text: &str) -> Result<Self, ReadingError> {
        let mut readings = Self::default();
        text.split_whitespace().try_for_each(|assignment| readings.choose(assignment))?;
        Ok(readings)
    }
}

/// Why a text chooses no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadingError {
    /// It is not of the form `NAME=VALUE`.
    Form(String),
    /// No reading has this name.
    Name {
        /// The name.
        asked: String,
        /// The name most like it.
        alike: &'static str,
    },
    /// The reading has no such value.
    Value {
        /// The reading.
        name: String,
        /// The value.
        asked: String,
        /// Which values there are.
        remedy: String,
    },
}

impl fmt::Display for ReadingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => write!(formatter, "`{text}` is not of the form name=value"),
            Self::Name { asked, alike } => write!(formatter, "unknown reading `{asked}`; did you mean `{alike}`?"),
            Self::Value { name, asked, remedy } => {
                write!(formatter, "reading `{name}` cannot be `{asked}`; {remedy}")
            }
        }
    }
}

impl std::error::Error for ReadingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{Api, nexconn};

    /// The rules of all apis under one choice.
    fn rules(assignment: &str) -> (profile::Rules, profile::Rules, tencent::Rules) {
        let readings: Readings = assignment.parse().unwrap();
        let mut rules = (rongcloud::rules(), nexconn::rules(), tencent::rules());
        readings.apply(&mut rules.0, &mut rules.1, &mut rules.2);
        rules
    }

    /// A value that a reading takes; texts get one of their form.
    fn value(choice: &str) -> &str {
        match choice {
            "BYTES" | "SECONDS" => "32",
            "KEY,KEY" | "NAME,NAME" => "a,b",
            named => named,
        }
    }

    #[test]
    fn the_first_value_of_every_reading_changes_nothing() {
        for reading in Reading::all() {
            let default = reading.choices()[0].value;
            assert!(rules(&format!("{reading}={default}")) == rules(""), "{reading}");
        }
    }

    #[test]
    fn every_other_value_changes_the_rules_of_its_api_and_of_no_other() {
        let faithful = rules("");
        for reading in Reading::all() {
            assert!(reading.choices().len() > 1, "{reading}");
            for choice in &reading.choices()[1..] {
                let read = rules(&format!("{reading}={}", value(choice.value)));
                let differ = [read.0 != faithful.0, read.1 != faithful.1, read.2 != faithful.2];
                assert_eq!(differ, Api::ALL.map(|api| api == reading.api()), "{reading}={}", choice.value);
            }
        }
    }

    #[test]
    fn names_are_unique_and_a_name_without_api_goes_to_all_that_have_it() {
        let mut names: Vec<_> = Reading::all().map(|reading| reading.to_string()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        let (rongcloud, nexconn, tencent) = rules("write=replace");
        assert!(
            rongcloud.write == nexconn.write && nexconn.write == tencent.write && tencent.write != rules("").2.write
        );
    }

    #[test]
    fn mistakes_are_named_with_what_would_be_right() {
        let error = |text: &str| text.parse::<Readings>().err().unwrap().to_string();
        assert_eq!(error("write"), "`write` is not of the form name=value");
        assert_eq!(error("writ=merge"), "unknown reading `writ`; did you mean `write`?");
        assert_eq!(error("write=append"), "reading `write` cannot be `append`; there are merge, replace");
        assert_eq!(error("user-id-max=long"), "reading `user-id-max` cannot be `long`; it must be none or BYTES");
    }
}
