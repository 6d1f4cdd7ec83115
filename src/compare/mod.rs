//! What records and suites say when they are laid beside each other. Everything here is a pure function over them.

pub mod trace;
