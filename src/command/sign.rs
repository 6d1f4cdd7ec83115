//! `proofhouse sign`: the headers or the `UserSig` that would be sent, for debugging one's own implementation.
//!
//! The only command that prints something that authorises calls: a `UserSig` of it lives ten minutes.

use super::{Console, Exit};
use crate::api::auth::{Signer, SlotValues, Variation};
use crate::api::form;
use crate::clock::Clock;
use crate::exchange::Pieces;
use crate::scenario::Suite;
use crate::settings::args::{Sign, SignFormat};
use crate::settings::credentials;
use crate::settings::environment::Environment;
use crate::settings::target_file::TargetFile;
use crate::settings::targets::TargetError;

pub(super) fn run(args: &Sign, environment: &Environment, console: &mut Console) -> Exit {
    let suite = match Suite::chosen(&args.suite) {
        Ok(suite) => suite,
        Err(error) => return console.suite_error(&error, crate::source::Palette::Plain),
    };
    let Some(api) = suite.apis.get(&args.api) else {
        let known: Vec<&str> = suite.apis.keys().map(String::as_str).collect();
        return console.usage(format_args!("unknown api `{}`: known are {}", args.api, known.join(", ")));
    };
    let file = match args.target_file.as_deref().map(TargetFile::read).transpose() {
        Ok(file) => file,
        Err(error) => return console.usage(TargetError::File(error)),
    };
    let entry = file.as_ref().and_then(|file| file.apis.get(&args.api));
    let credentials = match credentials::read(&args.api, api.auth.scheme, entry, environment) {
        Ok(credentials) => credentials,
        Err(error) => return console.usage(error),
    };
    let none = Variation::default();
    let headers = api.auth.headers(&credentials, &none);
    let query = api.auth.query(&credentials, &none);
    let signer = Signer::new(credentials, Clock::System, random_seed());
    let mut values = SlotValues::default();
    signer.sign(&none, &mut values);
    let text = |pieces: &Pieces| String::from_utf8_lossy(&pieces.render(|slot| values.get(slot))).into_owned();
    for (name, pieces) in headers {
        match args.format {
            SignFormat::Plain => console.line(format_args!("{name}: {}", text(&pieces))),
            SignFormat::Curl => console.line(format_args!("header = \"{name}: {}\"", text(&pieces))),
            SignFormat::Signature if name == "Signature" || name == api.auth.header => console.line(text(&pieces)),
            SignFormat::Signature => {}
        }
    }
    for parameter in query {
        let is_signature = parameter.0 == "usersig";
        let pieces = form::query(&[parameter]);
        match args.format {
            SignFormat::Plain => console.line(text(&pieces)),
            SignFormat::Curl => console.line(format_args!("url-query = \"{}\"", text(&pieces))),
            SignFormat::Signature if is_signature => {
                console.line(text(&pieces).trim_start_matches("usersig="));
            }
            SignFormat::Signature => {}
        }
    }
    Exit::Conforms
}

/// A number that no other run has.
pub(super) fn random_seed() -> u64 {
    // Without the system's randomness the time must do: nonces only have to differ.
    getrandom::u64().unwrap_or_else(|_| u64::try_from(Clock::System.now().as_nanos()).unwrap_or(u64::MAX))
}
