//! Faults.
use super::fault::Row;
use crate::reference::profile::Rules;
pub(super) const FAULTS: &[Row<Rules>] = &[];
