//! Golden outputs: files in `tests/golden` that people can read.

/// Compares with a golden file; `UPDATE_GOLDEN=1` writes it. The version of the tool does not count.
#[track_caller]
pub(super) fn golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, expected, "{path} differs; UPDATE_GOLDEN=1 writes it anew");
}
