//! Readings.
use super::reading::Row;
use crate::reference::profile::Rules;
pub(super) const READINGS: &[Row<Rules>] = &[];
