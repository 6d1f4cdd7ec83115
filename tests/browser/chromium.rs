//! A page as a headless browser sees it, on a wide and on a narrow screen.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde::Deserialize;
use serde_json::Value;

use super::chart::Chart;

/// The names under which browsers of this family are installed.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// What the harness says of a page.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    /// Errors of scripts, on either screen.
    pub(crate) errors: Vec<String>,
    /// For each screen its width and how wide the page is on it.
    pub(crate) widths: Vec<[f64; 2]>,
    /// The main heading.
    pub(crate) heading: String,
    /// All text of the wide page.
    pub(crate) text: String,
    /// How many elements run a script of somebody else's.
    pub(crate) injected: u32,
    pub(crate) charts: Vec<Chart>,
    /// What the test asked for beyond that.
    pub(crate) asked: Value,
}

/// Opens a page; `script` is the body of a function of `page`, the window of the wide page. `None` without a browser.
pub(crate) fn open(page: &Path, script: &str) -> Option<Seen> {
    let Some(browser) = browser() else {
        // Past the capture of the test runner: nobody is to take this for a test that passed.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no chromium in PATH; nothing was tested of {}", page.display());
        return None;
    };
    let text = std::fs::read_to_string(page).unwrap();
    for outside in ["src=\"", "href=\"http", "url(http", "@import"] {
        assert!(!text.contains(outside), "{} asks for another file: {outside}", page.display());
    }
    let folder = tempfile::tempdir().unwrap();
    let wrapper = folder.path().join("wrapper.html");
    // Within a script element only its own end would end it.
    let quoted = serde_json::to_string(&text).unwrap().replace("</", "<\\/").replace("<!--", "<\\!--");
    let harness = include_str!("harness.html").replace("\"PAGE\"", &quoted).replace("/* ASK */", script);
    std::fs::write(&wrapper, harness).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1700,1000"])
        .args(["--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", wrapper.display()))
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let dumped = String::from_utf8_lossy(&output.stdout).into_owned();
    let result = dumped.split("<pre id=\"result\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let result =
        result.filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("the harness did not end: {dumped:.2000}"));
    let bytes = base64::engine::general_purpose::STANDARD.decode(result).unwrap();
    let seen: Seen = serde_json::from_slice(&bytes).unwrap();
    assert!(seen.errors.is_empty(), "{}: {:?}", page.display(), seen.errors);
    assert_eq!(seen.widths.len(), 2);
    for [screen, wide] in &seen.widths {
        assert!(wide <= screen, "{}: {wide} wide on a screen of {screen}", page.display());
    }
    Some(seen)
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name))).find(|file| file.is_file())
}
