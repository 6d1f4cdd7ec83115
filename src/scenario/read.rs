//! Reading a scenario file: groups of fields with their places, every mistake of form reported.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::format::{Binding, CaseHead, FileHead, RowHead, StepFields, StepHead};
use crate::source::{Diagnostics, Document, Node};

/// A scenario file as written.
#[derive(Clone, Debug)]
pub(super) struct FileSource {
    /// The stem of the address: `rongcloud/profile`.
    pub(super) stem: String,
    pub(super) head: FileHead,
    pub(super) node: Node,
    pub(super) cases: Vec<CaseSource>,
}

/// A case as written.
#[derive(Clone, Debug)]
pub(super) struct CaseSource {
    pub(super) node: Node,
    pub(super) head: CaseHead,
    pub(super) binding: Binding,
    pub(super) step: StepFields,
    pub(super) rows: Vec<RowSource>,
    pub(super) steps: Vec<StepSource>,
    pub(super) cleanup: Vec<StepSource>,
}

/// A row as written.
#[derive(Clone, Debug)]
pub(super) struct RowSource {
    pub(super) node: Node,
    pub(super) head: RowHead,
    pub(super) binding: Binding,
    pub(super) step: StepFields,
}

/// A step as written.
#[derive(Clone, Debug)]
pub(super) struct StepSource {
    pub(super) node: Node,
    pub(super) head: StepHead,
    pub(super) binding: Binding,
    pub(super) step: StepFields,
}

/// Reads a scenario file.
///
/// # Errors
/// Every mistake of form in it.
pub(super) fn read_file(document: &Document, stem: String) -> Result<FileSource, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    let root = document.root();
    let mut head_node = root.clone();
    let cases_node = head_node.take("cases");
    let head = mistakes.take(head_node.decode::<FileHead>("a scenario file"));
    let cases = match &cases_node {
        Some(cases) if cases.value.is_array() => {
            cases.elements().filter_map(|node| read_case(node, &mut mistakes)).collect()
        }
        Some(cases) => {
            mistakes.push(cases.value_error("`cases` is a list"));
            Vec::new()
        }
        None => {
            mistakes.push(root.value_error("`cases` is missing: a scenario file holds at least one case"));
            Vec::new()
        }
    };
    match head {
        Some(head) if mistakes.is_empty() => {
            if head.version != 1 {
                let node = root.get("version").unwrap_or(root);
                return Err(node.value_error(format!("version {} is not known: write 1", head.version)).into());
            }
            Ok(FileSource { stem, head, node: root, cases })
        }
        _ => Err(mistakes),
    }
}

static CASE: LazyLock<BTreeSet<String>> = LazyLock::new(names::<CaseHead>);
static ROW: LazyLock<BTreeSet<String>> = LazyLock::new(names::<RowHead>);
static STEP: LazyLock<BTreeSet<String>> = LazyLock::new(names::<StepHead>);
static BINDING: LazyLock<BTreeSet<String>> = LazyLock::new(names::<Binding>);
static FIELDS: LazyLock<BTreeSet<String>> = LazyLock::new(names::<StepFields>);

/// The fields of a group, from its schema: they stand once, in the struct.
fn names<T: JsonSchema>() -> BTreeSet<String> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}

fn read_case(mut node: Node, mistakes: &mut Diagnostics) -> Option<CaseSource> {
    let whole = node.clone();
    let lists = ["rows", "steps", "cleanup"].map(|key| node.take(key));
    let before = mistakes.iter().count();
    let groups = Groups::split(&node, &CASE, &["rows", "steps", "cleanup"], "a case", mistakes);
    let [rows, steps, cleanup] = lists;
    let rows = entries(rows, "rows", mistakes, read_row);
    let steps = entries(steps, "steps", mistakes, read_step);
    let cleanup = entries(cleanup, "cleanup", mistakes, read_step);
    let (head, binding, step) = groups.decode("a case", mistakes)?;
    (mistakes.iter().count() == before).then_some(CaseSource { node: whole, head, binding, step, rows, steps, cleanup })
}

fn read_row(node: Node, mistakes: &mut Diagnostics) -> Option<RowSource> {
    let groups = Groups::split(&node, &ROW, &[], "a row", mistakes);
    let (head, binding, step) = groups.decode("a row", mistakes)?;
    Some(RowSource { node, head, binding, step })
}

fn read_step(node: Node, mistakes: &mut Diagnostics) -> Option<StepSource> {
    let groups = Groups::split(&node, &STEP, &[], "a step", mistakes);
    let (head, binding, step) = groups.decode("a step", mistakes)?;
    Some(StepSource { node, head, binding, step })
}

fn entries<T>(
    list: Option<Node>,
    key: &str,
    mistakes: &mut Diagnostics,
    read: fn(Node, &mut Diagnostics) -> Option<T>,
) -> Vec<T> {
    let Some(list) = list else {
        return Vec::new();
    };
    if !list.value.is_array() {
        mistakes.push(list.value_error(format!("`{key}` is a list")));
    }
    list.elements().filter_map(|node| read(node, mistakes)).collect()
}

/// The fields of one mapping, sorted into its groups.
struct Groups {
    head: Node,
    binding: Node,
    step: Node,
}

impl Groups {
    fn split(node: &Node, head: &BTreeSet<String>, lists: &[&str], what: &str, mistakes: &mut Diagnostics) -> Self {
        let mut parts = [Map::new(), Map::new(), Map::new()];
        if !node.value.is_object() {
            mistakes.push(node.value_error(format!("{what} is a mapping")));
        }
        for (key, member) in node.members() {
            let part = [head, &BINDING, &FIELDS].into_iter().position(|names| names.contains(&key));
            match part {
                Some(part) => {
                    parts[part].insert(key, member.value);
                }
                None => mistakes.push(unknown(&member, &key, head, lists, what)),
            }
        }
        let [head, binding, step] = parts.map(|members| node.with_value(Value::Object(members)));
        Self { head, binding, step }
    }

    fn decode<T: DeserializeOwned>(self, what: &str, mistakes: &mut Diagnostics) -> Option<(T, Binding, StepFields)> {
        let head = mistakes.take(self.head.decode::<T>(what));
        let binding = mistakes.take(self.binding.decode::<Binding>(what));
        let step = mistakes.take(self.step.decode::<StepFields>(what));
        Some((head?, binding?, step?))
    }
}

fn unknown(member: &Node, key: &str, head: &BTreeSet<String>, lists: &[&str], what: &str) -> crate::source::Diagnostic {
    let groups = [head, &BINDING, &FIELDS].into_iter().flatten().map(String::as_str);
    let known: Vec<&str> = groups.chain(lists.iter().copied()).collect();
    let diagnostic = member.error(format!("unknown field `{key}` in {what}"));
    match crate::source::nearest(key, &known) {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("known here: {}", known.join(", "))),
    }
}
