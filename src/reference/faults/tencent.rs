//! Faults.
use super::fault::Row;
use crate::reference::tencent::Rules;
pub(super) const FAULTS: &[Row<Rules>] = &[];
