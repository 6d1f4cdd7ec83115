//! The reference of the command line, from its definition.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};
use proofhouse::settings::args::Arguments;
use proofhouse::settings::environment::{CREDENTIALS, VARIABLES};

use crate::built_binary::proofhouse;
use crate::committed::up_to_date;

#[test]
fn the_reference_of_the_command_line_is_up_to_date() {
    let mut program = Arguments::command();
    program.build();
    let mut text =
        String::from("# Commands\n\nGenerated from the code; `proofhouse COMMAND --help` says the same.\n\n");
    for command in program.get_subcommands() {
        writeln!(text, "- [`{0}`](#proofhouse-{0}): {1}", command.get_name(), about(command)).unwrap();
    }
    program.get_subcommands().cloned().for_each(|command| section(&mut text, command));
    text.push_str("\n## Environment\n\n| variable | meaning |\n| --- | --- |\n");
    for (name, about) in VARIABLES {
        writeln!(text, "| `{name}` | {about} |").unwrap();
    }
    text.push_str("\nWhat a run ends with stands in [exit-codes.md](exit-codes.md).\n");
    up_to_date("docs/commands.md", &text);
}

#[test]
fn every_variable_for_credentials_is_described() {
    for name in CREDENTIALS {
        assert!(VARIABLES.iter().any(|(described, _)| *described == name), "{name}");
    }
}

fn section(text: &mut String, mut command: Command) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let (name, about) = (command.get_name(), about(&command));
    write!(text, "\n## proofhouse {name}\n\n{about}.\n\n```text\n{usage}\n```\n\n").unwrap();
    text.push_str("| argument | meaning |\n| --- | --- |\n");
    for argument in command.get_arguments().filter(|one| !one.is_hide_set() && one.get_id() != "help") {
        writeln!(text, "| {} | {} |", form(argument), meaning(argument)).unwrap();
    }
}

fn about(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    about.unwrap_or_else(|| panic!("{} is not described", command.get_name()))
}

fn form(argument: &Arg) -> String {
    let values = argument.get_value_names().unwrap_or_default().join(" ");
    match (argument.get_short(), argument.get_long()) {
        (_, None) => format!("`{values}`"),
        (short, Some(long)) => {
            let short = short.map_or_else(String::new, |letter| format!("-{letter}, "));
            let takes = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
            let values = if takes { format!(" {values}") } else { String::new() };
            format!("`{short}--{long}{values}`").replace('|', "\\|")
        }
    }
}

fn meaning(argument: &Arg) -> String {
    let id = argument.get_id();
    let mut text = argument.get_help().unwrap_or_else(|| panic!("{id} is not described")).to_string();
    text = text.replace('|', "\\|");
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return text;
    }
    let words: Vec<String> = argument.get_possible_values().iter().map(|one| format!("`{}`", one.get_name())).collect();
    if !words.is_empty() {
        write!(text, "; one of {}", words.join(", ")).unwrap();
    }
    if let Some(default) = argument.get_default_values().first() {
        write!(text, "; `{}` by default", default.to_string_lossy()).unwrap();
    }
    text
}

#[test]
fn there_is_a_manual_page_for_the_program_and_for_each_command() {
    let program = Arguments::command();
    let page = |arguments: &[&str]| {
        let output = proofhouse().arg("man").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "man {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let whole = page(&[]);
    for word in [".SH \"EXIT STATUS\"", ".SH ENVIRONMENT", "PROOFHOUSE_APP_SECRET", "\\fB130\\fR"] {
        assert!(whole.contains(word), "{word} is not in:\n{whole}");
    }
    for command in program.get_subcommands() {
        let name = command.get_name();
        let text = page(&[name]);
        assert!(
            text.contains(&format!(".TH proofhouse\\-{name} 1")) || text.contains(&format!("proofhouse-{name}")),
            "{text}"
        );
    }
    let output = proofhouse().args(["man", "chekc"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn each_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = proofhouse().args(["completions", shell]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("--report-dir") || text.contains("report-dir"), "{shell}");
    }
}
