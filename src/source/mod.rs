//! Text that people wrote: where each value of a YAML file stands, and messages that point there.

mod diagnostic;
mod embedded;
mod span;
mod yaml;

pub use diagnostic::{Diagnostic, Diagnostics, Palette};
pub use embedded::{EmbeddedFile, embedded_digest, embedded_files};
pub use span::{Place, Pointer, SourceText, Spans};
pub(crate) use yaml::nearest;
pub use yaml::{Document, Node};
