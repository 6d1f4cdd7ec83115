//! One HTML file that opens from disk: no other file, no network; for people who know nothing of the tool.
//!
//! `page` gathers what is shown of a check as plain texts, `load` of a load run; `lead` is what every page says first, and
//! `templates/` lays it out. What would make the file too large to be handed
//! on is left out and counted.

pub(super) mod audit;
pub(super) mod capacity;
pub(super) mod compare;
mod failures;
pub(super) mod index;
mod known;
mod lead;
pub(super) mod limit;
pub(super) mod load;
mod page;
mod points;
mod requirements;
mod rows;
mod side_by_side;
mod written;

pub(super) use lead::class;
pub(super) use page::write;
