//! The shipped suites, compiled into the binary, so that it works outside its checkout.

use include_dir::{Dir, DirEntry, include_dir};
use sha2::{Digest, Sha256};

static SCENARIOS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A file of the embedded `scenarios` directory.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// Below the directory, with `/` between: `rongcloud/api.yaml`.
    pub path: &'static str,
    /// The whole content.
    pub text: &'static str,
}

/// All embedded YAML files, in the order of their paths.
#[must_use]
pub fn embedded_files() -> Vec<EmbeddedFile> {
    let mut files = Vec::new();
    collect(&SCENARIOS, &mut files);
    files.sort_by_key(|file| file.path);
    files
}

/// The first 12 hexadecimal digits of a SHA-256 over paths and contents: two binaries with the same digest judge alike.
#[must_use]
pub fn embedded_digest() -> String {
    let mut hash = Sha256::new();
    for file in embedded_files() {
        for part in [file.path, file.text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn collect(directory: &'static Dir<'static>, files: &mut Vec<EmbeddedFile>) {
    for entry in directory.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, files),
            DirEntry::File(file) => {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
                    && path.ends_with(".yaml")
                {
                    files.push(EmbeddedFile { path, text });
                }
            }
        }
    }
}
