//! One HTML file that opens from disk: no other file, no network; for people who know nothing of the tool.
//!
//! `page` gathers what is shown as plain texts, `templates/` lays it out. What would make the file too large to be handed
//! on is left out and counted.

mod failures;
mod known;
mod page;
mod requirements;
mod rows;

pub(super) use page::write;
