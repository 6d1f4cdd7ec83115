//! Links between pages lead to files that are there.

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::committed::{in_checkout, pages, read};

/// What an event links to or shows; a width needs HTML.
fn linked(event: &Event<'_>) -> Vec<String> {
    match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => vec![dest_url.to_string()],
        Event::Html(html) | Event::InlineHtml(html) => {
            let parts = ["href=\"", "src=\""].into_iter().flat_map(|attribute| html.split(attribute).skip(1));
            parts.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_link_of_a_page_leads_to_a_file_of_the_checkout() {
    let mut broken = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let text = read(&page);
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            for file in linked(&event).into_iter().map(|link| link.split('#').next().unwrap_or_default().to_owned()) {
                if file.is_empty() || file.contains("://") {
                    continue;
                }
                seen += 1;
                let path = in_checkout(&page).parent().unwrap().join(&file);
                if !path.exists() {
                    broken.push(format!("{page} links to {file}"));
                }
            }
        }
    }
    assert!(seen > 10, "only {seen} links");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
