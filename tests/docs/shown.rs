//! Commands that the pages show: each is understood by the command line; those that are quick and send nothing beyond
//! this machine are run, in the order of the page, in a directory of its own.

use std::path::Path;

use clap::Parser as _;
use proofhouse::settings::args::{Arguments, Command as Chosen};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::built_binary::{proofhouse, with_credentials};
use crate::committed::{in_checkout, pages, read};

/// A command as a page shows it.
struct Shown {
    page: String,
    line: String,
    arguments: Vec<String>,
    /// What its comment says that it ends with: `# exit 1`; 0 where it says nothing.
    exit: i32,
}

/// The commands of a page, in order.
fn shown_in(page: &str) -> Vec<Shown> {
    let text = read(page);
    let (mut commands, mut inside) = (Vec::new(), false);
    for event in Parser::new(&text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                inside = ["sh", "bash", "console", "yaml"].contains(&&*language);
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(block) if inside => {
                // A backslash joins lines, as in a shell.
                let block = block.replace("\\\n", " ");
                commands.extend(block.lines().filter_map(|line| shown(page, line)));
            }
            _ => {}
        }
    }
    commands
}

/// A line that calls the program, in a shell or in a CI file.
fn shown(page: &str, line: &str) -> Option<Shown> {
    let line = line.trim();
    let line = ["$ ", "- run: ", "run: ", "- "].iter().find_map(|prefix| line.strip_prefix(prefix)).unwrap_or(line);
    let rest = line.strip_prefix("proofhouse ").or_else(|| line.strip_prefix("cargo run --release -- "))?;
    let (command, comment) = rest.split_once(" # ").map_or((rest, ""), |(command, comment)| (command, comment));
    // What a shell does with the output is none of ours.
    let words = shlex::split(command).unwrap_or_else(|| panic!("{page}: {line}"));
    let ends = |word: &String| word.starts_with('>') || ["|", "||", "&&", "&"].contains(&word.as_str());
    let arguments = words.into_iter().take_while(|word| !ends(word)).collect();
    let exit = comment.split("exit ").nth(1).and_then(|rest| rest.split([' ', ',', ':']).next()?.parse().ok());
    Some(Shown { page: page.to_owned(), line: line.to_owned(), arguments, exit: exit.unwrap_or(0) })
}

/// Whether it needs nothing but the program and what earlier commands of the page wrote, ends by itself, and soon.
fn is_quick(shown: &Shown) -> bool {
    if shown.line.contains('…') {
        return false;
    }
    let has = |word: &str| shown.arguments.iter().any(|argument| argument == word);
    match parse(shown).unwrap().command {
        Chosen::Check(_) => {
            let needs_more = ["--target", "--target-file", "--replay"].into_iter().any(has);
            has("--list") || has("--prepare") || !needs_more
        }
        Chosen::Serve(_) => has("list"),
        Chosen::Lint(_)
        | Chosen::Sign(_)
        | Chosen::Init(_)
        | Chosen::Schema(_)
        | Chosen::Completions(_)
        | Chosen::Man(_)
        | Chosen::Trace(_) => true,
        _ => false,
    }
}

fn parse(shown: &Shown) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("proofhouse").chain(shown.arguments.iter().map(String::as_str)))
}

fn run(shown: &Shown, directory: &Path) {
    let mut command = proofhouse();
    command.current_dir(directory).args(&shown.arguments);
    // Without a target the built-in reference is checked, and credentials would be a mistake.
    if shown.arguments[0] != "check" || shown.arguments.iter().any(|one| one.starts_with("--target")) {
        with_credentials(&mut command);
    }
    let output = command.output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(shown.exit),
        "{}: {}\n{}{}",
        shown.page,
        shown.line,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_command_that_a_page_shows_is_understood() {
    let shown: Vec<Shown> = pages().iter().flat_map(|page| shown_in(page)).collect();
    assert!(shown.len() > 30, "only {} commands were found", shown.len());
    let wrong = shown.iter().filter_map(|shown| {
        let error = parse(shown).err().filter(clap::Error::use_stderr)?;
        Some(format!("{}: {}\n{error}", shown.page, shown.line))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_quick_command_that_a_page_shows_ends_as_the_page_says() {
    let mut count = 0;
    for page in pages() {
        let directory = tempfile::tempdir().unwrap();
        for shown in shown_in(&page).iter().filter(|shown| is_quick(shown)) {
            run(shown, directory.path());
            count += 1;
        }
    }
    assert!(count >= 12, "only {count} commands were run");
}

#[test]
fn the_scenario_that_the_readme_shows_is_one() {
    let text = read("README.md");
    let start = text.find("```yaml\nversion: 1\napi:").expect("a scenario in the README") + "```yaml\n".len();
    let scenario = &text[start..start + text[start..].find("```").unwrap()];
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.yaml");
    std::fs::write(&file, scenario).unwrap();
    for command in [["lint"].as_slice(), &["check", "--report-dir", "reports"]] {
        let output = proofhouse().current_dir(directory.path()).args(command).arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command:?}: {said}");
    }
}

#[test]
fn what_the_readme_shows_of_a_failure_is_what_the_program_prints() {
    // The picture is made of the same run; its text stands in the file.
    let picture = std::fs::read_to_string(in_checkout("docs/pictures/check.svg")).unwrap();
    for word in ["accepted what must be refused", "name has at most 64 characters", "violates what must hold"] {
        assert!(picture.contains(word), "{word}");
    }
}
