//! One file a command: the only place where engines, reference, record and report meet.

pub mod lint;
