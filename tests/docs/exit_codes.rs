//! The exit codes, in their reference and in the README.

use std::fmt::Write as _;

use proofhouse::record::ExitCode;

use crate::committed::{read, up_to_date};

fn table() -> String {
    let mut text = String::from("| code | meaning |\n| --- | --- |\n");
    for code in ExitCode::ascending() {
        writeln!(text, "| {} | {} |", code.code(), code.explained()).unwrap();
    }
    text
}

fn precedence() -> String {
    let codes: Vec<String> = ExitCode::PRECEDENCE.iter().map(|code| code.code().to_string()).collect();
    format!("The first that applies of {}", codes.join(", "))
}

#[test]
fn the_reference_of_the_exit_codes_is_up_to_date() {
    let text = format!(
        "# Exit codes\n\nPart of the contract with other people's CI: no code changes its meaning. Generated from the \
         code.\n\n{}.\n\n{}\nA proven violation outranks \"could not judge\": a run that found a wrong answer ends with 1, \
         also when something else\nof it is inconclusive, or its generator was unsound. `check`, `load`, `limit`, \
         `capacity`, `diff` and `compare` all use\nthem; `report` shows what was recorded and ends with 0 when it could.\n",
        precedence(),
        table()
    );
    up_to_date("docs/exit-codes.md", &text);
}

#[test]
fn the_readme_says_the_same() {
    let readme = read("README.md");
    assert!(readme.contains(&table()), "the table of the README is not:\n{}", table());
    assert!(readme.contains(&precedence()), "the README does not say: {}", precedence());
}
