//! What people read as it is: nothing that a terminal or a browser would act on.

use crate::hostile::MARK;
use crate::kinds::{Keeps, outputs};

#[test]
fn a_terminal_gets_text_and_ends_of_lines_only() {
    for outputs in outputs() {
        for file in ["terminal", "report.txt"] {
            let text = outputs.text(file);
            let acts = |letter: char| letter.is_control() && letter != '\n';
            let turns = |letter: char| {
                ('\u{202a}'..='\u{202e}').contains(&letter) || ('\u{2066}'..='\u{2069}').contains(&letter)
            };
            let found = text.find(|letter| acts(letter) || turns(letter));
            let around = found.map(|at| text[at..].chars().take(40).collect::<String>());
            assert_eq!(around, None, "{file} of {}", outputs.name);
        }
    }
}

#[test]
fn a_page_holds_what_the_server_said_as_text() {
    let quoting = outputs().iter().filter(|outputs| outputs.keeps == Keeps::Replies);
    let pages = quoting.filter_map(|outputs| Some((&outputs.name, outputs.files.get("report.html")?)));
    let mut seen = 0;
    for (name, page) in pages {
        let page = String::from_utf8(page.clone()).unwrap();
        assert!(page.contains(MARK), "{name}: nothing that it was told stands in its page");
        for wrong in ["<script>alert", "<script>alert".to_uppercase().as_str(), "</details> <script", "<!-- |"] {
            assert!(!page.contains(wrong), "{name}: {wrong}");
        }
        seen += 1;
    }
    assert!(seen > 0, "no kind of run has a page");
}
