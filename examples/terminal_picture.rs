//! Draws what a command printed, with its colours, as an SVG: `proofhouse check --color always | cargo run --example
//! terminal_picture -- TITLE >picture.svg`. Lines that are too wide for a page end in `…`.
#![expect(clippy::print_stdout, reason = "the picture is what it prints")]

use std::io::{Error, Read as _};

/// How many columns a line has.
const COLUMNS: usize = 118;

/// Colours of old screens, and what can be read in their place.
const COLOURS: [(&str, &str); 5] = [
    ("#000000", "#12161c"),
    ("#AAAAAA", "#dde3ea"),
    ("#AA0000", "#ff7b72"),
    ("#00AA00", "#56d364"),
    ("opacity: 0.4", "opacity: 0.65"),
];

fn main() -> Result<(), Error> {
    let mut printed = String::new();
    std::io::stdin().read_to_string(&mut printed)?;
    let title = std::env::args().nth(1).unwrap_or_default();
    let lines = printed.trim_end().lines().map(narrowed);
    let text = std::iter::once(format!("\u{1b}[1m$ {title}\u{1b}[0m")).chain(lines).collect::<Vec<_>>().join("\n");
    let picture = anstyle_svg::Term::new().render_svg(&text);
    print!("{}", COLOURS.iter().fold(picture, |picture, (dim, bright)| picture.replace(dim, bright)));
    Ok(())
}

/// The line without what goes beyond the last column; escape sequences take no room.
fn narrowed(line: &str) -> String {
    let (mut kept, mut columns, mut letters) = (String::new(), 0, line.chars());
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            kept.push(letter);
            for letter in letters.by_ref() {
                kept.push(letter);
                if letter.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if columns + 1 == COLUMNS {
            return kept + "…\u{1b}[0m";
        } else {
            kept.push(letter);
            columns += 1;
        }
    }
    kept
}
