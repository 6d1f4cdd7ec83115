//! Records: versioned wire types, the journal of a load run, its histogram log and percentile tables.

pub mod hlog;
pub mod journal;
pub mod load;
