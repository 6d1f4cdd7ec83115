//! Links between pages lead to files that are there.

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::committed::{in_checkout, pages, read};

#[test]
fn every_link_of_a_page_leads_to_a_file_of_the_checkout() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let text = read(&page);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            let (Event::Start(Tag::Link { dest_url, .. }) | Event::Start(Tag::Image { dest_url, .. })) = event else {
                continue;
            };
            let file = dest_url.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            seen += 1;
            let path = in_checkout(&page).parent().unwrap().join(file);
            if !path.exists() {
                broken.push(format!("{page} links to {file}"));
            }
        }
    }
    assert!(seen > 10, "only {seen} links");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
