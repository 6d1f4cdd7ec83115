//! The lines of a diff in two columns: lines that changed stand beside each other, in pairs as far as there are pairs.

use crate::report::diff::Side;

/// One line of a diff, side by side.
#[derive(Debug)]
pub(super) struct DiffRow {
    /// `same`, `change` or `gap`.
    pub(super) class: &'static str,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// The rows of a unified diff.
pub(super) fn side_by_side(lines: Vec<(Side, String)>) -> Vec<DiffRow> {
    let mut rows: Vec<DiffRow> = Vec::new();
    let mut unpaired = 0;
    for (side, line) in lines {
        match side {
            Side::Both => rows.push(DiffRow { class: "same", expected: line.clone(), actual: line }),
            Side::Gap => rows.push(DiffRow { class: "gap", expected: line.clone(), actual: line }),
            Side::Expected => rows.push(DiffRow { class: "change", expected: line, actual: String::new() }),
            Side::Actual => {
                let first = rows.len() - unpaired.min(rows.len());
                match rows[first..].iter_mut().find(|row| row.class == "change" && row.actual.is_empty()) {
                    Some(row) => row.actual = line,
                    None => rows.push(DiffRow { class: "change", expected: String::new(), actual: line }),
                }
            }
        }
        unpaired = if side == Side::Both || side == Side::Gap { 0 } else { unpaired + 1 };
    }
    rows
}
