//! No secret, signature or `UserSig` in any output, in any encoding, though the target sends all of them back.

use crate::built_binary::{proofhouse, with_credentials};
use crate::encodings::{decoded_base64, encodings};
use crate::kinds::{Keeps, outputs};

#[test]
fn an_echoing_target_brings_no_secret_into_any_output() {
    let mut leaks = Vec::new();
    for outputs in outputs() {
        for (file, bytes) in &outputs.files {
            let text = String::from_utf8_lossy(bytes);
            let decoded = String::from_utf8_lossy(&decoded_base64(bytes)).into_owned();
            for (index, secret) in outputs.secrets.iter().enumerate() {
                // A part of a key may stand anywhere, because its first word is a name; one of a signature may not.
                let holds =
                    |form: &str| text.contains(form) || (index > 0 && parts(form).any(|part| text.contains(part)));
                let forms = encodings(secret);
                let mut found: Vec<&str> =
                    forms.iter().filter(|(_, form)| holds(form)).map(|(name, _)| *name).collect();
                found.extend(decoded.contains(secret.as_str()).then_some("within base64"));
                if !found.is_empty() {
                    leaks.push(format!("{file} of `{}` holds {secret} ({})", outputs.name, found.join(", ")));
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn of_thousands_of_signatures_none_is_kept() {
    for outputs in outputs() {
        for (file, bytes) in &outputs.files {
            let text = String::from_utf8_lossy(bytes);
            let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"-_*".contains(letter));
            let leak = words.find(|word| outputs.signatures.contains(*word));
            assert_eq!(leak, None, "{file} of `{}`", outputs.name);
        }
    }
}

/// What a cut in the middle would leave.
fn parts(form: &str) -> impl Iterator<Item = &str> {
    const PART: usize = 16;
    [&form[..PART.min(form.len())], &form[form.len().saturating_sub(PART)..]].into_iter()
}

#[test]
fn what_was_taken_out_is_marked() {
    for outputs in outputs().iter().filter(|outputs| outputs.keeps == Keeps::Replies) {
        for file in ["report.json", "report.ndjson"] {
            assert!(
                outputs.text(file).contains("redacted"),
                "{file} of `{}`: did the server send it at all?",
                outputs.name
            );
        }
    }
}

#[test]
fn only_sign_prints_what_authorises() {
    let known = proofhouse::reference::Credentials::reference();
    let output = with_credentials(proofhouse().args(["sign", "--api", "rongcloud"])).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let signature =
        proofhouse::api::auth::app_key::signature(&known.app_secret, &value("Nonce:"), &value("Timestamp:"));
    assert_eq!(value("Signature:"), signature);
    assert!(!text.contains(known.app_secret.expose()));
}
