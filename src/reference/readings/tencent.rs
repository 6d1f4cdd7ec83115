//! Readings.
use super::reading::Row;
use crate::reference::tencent::Rules;
pub(super) const READINGS: &[Row<Rules>] = &[];
