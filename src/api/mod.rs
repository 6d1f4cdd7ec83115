//! One documented api as data: its endpoints, fields and requirements, how a request is formed and signed, and how a
//! reply is read. Everything here comes from an `api.yaml`; nothing is known of any api in particular but the schemes
//! of authentication.

pub mod auth;
mod declaration;
mod description;
mod field;
pub mod form;
mod implied;
mod outcome;
mod requirement;
mod spec;
mod tree;

pub use declaration::Declaration;
pub(crate) use description::ApiHead;
pub use description::{Api, BodyEncoding, DocumentedRate, Operation, unknown_requirement};
pub use field::{Alphabet, Count, Field, FieldType, Fields, Length, Range, Shape, Unit, WrongType, WrongTypes};
pub use implied::Implied;
pub use outcome::{
    Answer, CulpritRule, EnvelopeRule, MemberType, Outcome, OutcomeRules, Resemblance, Sign, When, integer,
};
pub use requirement::{DocumentPlace, Level, Requirement, Source};
pub use spec::RequestSpec;
pub use tree::{Captured, Text, TextPart, Tree};
