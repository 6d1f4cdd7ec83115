//! Markdown, as a reader of Markdown sees it: our own headings, tables and HTML, and nothing that the server made.

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::hostile::MARK;
use crate::kinds::{Keeps, outputs};

/// The HTML that our own Markdown is made of.
const OWN: [&str; 8] = ["<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<code>", "</code>"];

/// Each element that is opened is closed, in order; anything else that looks like a tag is not ours.
fn check_html(html: &str, open: &mut Vec<String>) {
    for part in html.split_inclusive('>').filter_map(|part| part.find('<').map(|start| &part[start..])) {
        assert!(OWN.contains(&part), "{part:?} in {html:?}");
        match part.strip_prefix("</") {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{html}"),
            None => open.push(part.trim_start_matches('<').to_owned()),
        }
    }
}

/// How many cells a row has: a bar that is escaped divides nothing.
fn cells(row: &str) -> usize {
    row.trim().replace("\\\\", "").replace("\\|", "").matches('|').count()
}

#[test]
fn a_summary_holds_no_markup_but_our_own() {
    for outputs in outputs() {
        let text = outputs.text("summary.md");
        let sign = match outputs.exit {
            0 => "✅",
            1 => "❌",
            _ => "⚠️",
        };
        assert!(text.starts_with(&format!("## {sign} proofhouse")), "the verdict comes first: {}", &text[..80]);
        let (mut open, mut tables, mut columns, mut heading) = (Vec::new(), 0, 0, false);
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => check_html(&html, &mut open),
                Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link: {}", &text[range]),
                Event::Start(Tag::Table(alignments)) => {
                    tables += 1;
                    columns = alignments.len() + 1;
                    assert!(open.is_empty() || open == ["details>"], "a table inside of {open:?}");
                }
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    let row = text[range].lines().next().unwrap();
                    assert_eq!(cells(row), columns, "{row}");
                }
                Event::Start(Tag::Heading { .. }) => heading = true,
                Event::End(pulldown_cmark::TagEnd::Heading(_)) => heading = false,
                Event::Text(text) if heading => assert!(!text.contains("HEADLINE"), "{text}"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{open:?} stays open in {}", outputs.name);
        assert!(tables > 0, "{} has a table", outputs.name);
        let plain = text.replace("&lt;", "<").replace("&gt;", ">");
        let quotes = outputs.keeps == Keeps::Counts || plain.contains(MARK);
        assert!(quotes, "nothing that {} was told stands in it", outputs.name);
        let control = |letter: &char| letter.is_control() && *letter != '\n';
        assert_eq!(text.chars().find(control), None, "{}", outputs.name);
    }
}

#[test]
fn a_job_s_page_gets_the_same_summary() {
    for outputs in outputs() {
        assert_eq!(outputs.files["summary page"], outputs.files["summary.md"], "{}", outputs.name);
    }
}
