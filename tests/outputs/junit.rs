//! JUnit, by the rules of the schema that CI servers read it with: elements, their order, attributes, counts.

use roxmltree::{Document, Node};

use crate::hostile::MARK;
use crate::kinds::outputs;

/// An element with the attributes that it must have, those that it may have, and the children that it may have, in order.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const RULES: [Rule; 10] = [
    (
        "testsuites",
        &["name", "tests", "failures", "errors"],
        &["time", "uuid", "timestamp", "skipped", "disabled"],
        &["testsuite"],
    ),
    (
        "testsuite",
        &["name", "tests", "failures", "errors"],
        &["time", "timestamp", "skipped", "disabled", "hostname", "id", "package"],
        &["properties", "testcase", "system-out", "system-err"],
    ),
    ("properties", &[], &[], &["property"]),
    ("property", &["name", "value"], &[], &[]),
    (
        "testcase",
        &["name", "classname"],
        &["time", "timestamp", "assertions"],
        &["properties", "skipped", "error", "failure", "system-out", "system-err"],
    ),
    ("skipped", &[], &["message", "type"], &[]),
    ("error", &["type"], &["message"], &[]),
    ("failure", &["type"], &["message"], &[]),
    ("system-out", &[], &[], &[]),
    ("system-err", &[], &[], &[]),
];

fn check(element: Node<'_, '_>) {
    let name = element.tag_name().name();
    let found = RULES.iter().find(|(rule, ..)| *rule == name);
    let (_, required, optional, children) = found.unwrap_or_else(|| panic!("unknown element {name}"));
    for attribute in *required {
        assert!(element.has_attribute(*attribute), "{name} has no {attribute}");
    }
    for attribute in element.attributes() {
        let known = required.contains(&attribute.name()) || optional.contains(&attribute.name());
        assert!(known, "{name} has an attribute {}", attribute.name());
        check_characters(attribute.value());
    }
    if let Some(time) = element.attribute("time") {
        assert!(time.parse::<f64>().is_ok_and(|time| time >= 0.0), "{name} took {time}");
    }
    let order = element.children().filter(Node::is_element).map(|child| {
        let child = child.tag_name().name();
        children.iter().position(|one| *one == child).unwrap_or_else(|| panic!("{name} holds {child}"))
    });
    assert!(order.is_sorted(), "the children of {name} are out of order");
    element.text().into_iter().for_each(check_characters);
    element.children().filter(Node::is_element).for_each(check);
}

/// No character that XML 1.0 does not have, and none that a terminal would act on.
fn check_characters(text: &str) {
    let is_wrong =
        |letter: char| (letter.is_control() && !"\t\r\n".contains(letter)) || "\u{fffe}\u{ffff}".contains(letter);
    let wrong = text.find(is_wrong);
    assert!(wrong.is_none(), "{:?}", wrong.map(|at| text[at..].chars().take(80).collect::<String>()));
}

fn count(element: Node<'_, '_>, name: &str) -> usize {
    element.descendants().filter(|one| one.has_tag_name(name)).count()
}

#[test]
fn a_junit_file_keeps_to_the_schema_and_counts_right() {
    for outputs in outputs() {
        let text = outputs.text("junit.xml");
        check_characters(text);
        let document = Document::parse(text).unwrap_or_else(|error| panic!("{}: {error}", outputs.name));
        let root = document.root_element();
        assert!(root.has_tag_name("testsuites"));
        check(root);
        let suites = root.children().filter(|one| one.has_tag_name("testsuite"));
        for element in suites.chain([root]) {
            let counted = ["tests", "failures", "errors", "skipped"].into_iter();
            for (attribute, name) in counted.zip(["testcase", "failure", "error", "skipped"]) {
                let said = element.attribute(attribute).unwrap();
                assert_eq!(said, count(element, name).to_string(), "{attribute} of {}", outputs.name);
            }
        }
        // What violates is a failure, what could not be judged an error or a test that was skipped.
        let told =
            if outputs.exit == 1 { count(root, "failure") } else { count(root, "error") + count(root, "skipped") };
        assert!(told > 0 || outputs.exit == 0, "{} tells of no trouble", outputs.name);
    }
}

#[test]
fn what_the_server_said_is_told_as_text() {
    let checks = outputs().iter().filter(|outputs| outputs.name.starts_with("check"));
    for outputs in checks {
        let document = Document::parse(outputs.text("junit.xml")).unwrap();
        let mut texts = document.descendants().filter(Node::is_text).filter_map(|node| node.text());
        assert!(texts.any(|text| text.contains(MARK) && text.contains("]]>")), "{}", outputs.name);
    }
}
