//! `proofhouse init`: a commented target file and a sample scenario to start from.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::{Console, Exit};
use crate::settings::args::Init;

const FILES: [(&str, &str); 2] =
    [("target.yaml", include_str!("init/target.yaml")), ("scenarios/sample.yaml", include_str!("init/sample.yaml"))];

pub(super) fn run(args: &Init, console: &mut Console) -> Exit {
    for (name, text) in FILES {
        let path = args.directory.join(name);
        if let Err(error) = write_new(&path, text) {
            let remedy =
                if error.kind() == std::io::ErrorKind::AlreadyExists { ": nothing is overwritten" } else { "" };
            return console.usage(format_args!("cannot write {}: {error}{remedy}", path.display()));
        }
        console.line(format_args!("wrote {}", path.display()));
    }
    let directory = args.directory.display();
    console.line("next:");
    console.line(format_args!("  edit {directory}/target.yaml, set the variables that it names, then run"));
    console.line(format_args!("  proofhouse check --target-file {directory}/target.yaml"));
    console.line(format_args!("  proofhouse check --target-file {directory}/target.yaml {directory}/scenarios"));
    Exit::Conforms
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
