//! Files of the checkout: those that are generated, and the pages that people read.

use std::fs;
use std::path::{Path, PathBuf};

/// A place in the checkout.
pub(crate) fn in_checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the checkout.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(in_checkout(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compares a generated file with the committed one; `UPDATE_GOLDEN=1` writes it.
pub(crate) fn up_to_date(path: &str, text: &str) {
    let path = in_checkout(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is out of date: run the test with UPDATE_GOLDEN=1", path.display());
}

/// Every page that people read, by its path in the checkout.
pub(crate) fn pages() -> Vec<String> {
    let in_docs = fs::read_dir(in_checkout("docs")).unwrap();
    let names = in_docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    pages.extend(["README.md", "reports/README.md", "scenarios/README.md"].map(str::to_owned));
    pages.sort();
    assert!(pages.len() > 8, "{pages:?}");
    pages
}
