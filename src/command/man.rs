//! `proofhouse man`: manual pages, made of the definition of the command line.

use std::io::{self, Write};

use clap::CommandFactory as _;
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Console, Exit};
use crate::settings::args::{Arguments, Man};
use crate::settings::environment::VARIABLES;

pub(super) fn run(args: &Man, console: &mut Console) -> Exit {
    let mut program = Arguments::command();
    program.build();
    let written = match &args.command {
        None => whole(program, console.out()),
        Some(name) => match program.find_subcommand(name) {
            Some(command) => Page::new(command.clone()).render(&mut console.out()),
            None => {
                let known: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
                return console.usage(format_args!("unknown command `{name}`: known are {}", known.join(", ")));
            }
        },
    };
    // A pager that was closed is no error.
    let _ = written.and_then(|()| console.out().flush());
    Exit::Conforms
}

/// The page of the program itself; only it tells the exit codes and the environment.
fn whole(program: clap::Command, mut out: &mut dyn Write) -> io::Result<()> {
    let page = Page::new(program);
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    page.render_subcommands_section(&mut out)?;
    let codes = Exit::ascending().into_iter().map(|exit| (exit.code().to_string(), exit.explained()));
    definitions("EXIT STATUS", codes, out)?;
    definitions("ENVIRONMENT", VARIABLES.into_iter().map(|(name, about)| (name.to_owned(), about)), out)
}

/// A section of terms, each with what it means.
fn definitions(
    title: &str,
    terms: impl Iterator<Item = (String, &'static str)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut section = Roff::new();
    section.control("SH", [title]);
    for (term, about) in terms {
        section.control("TP", []).text([bold(term)]).text([roman(about)]);
    }
    section.to_writer(out)
}
