//! The built-in schemes: which headers or parameters they add, and where their slots are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credentials, Variation};
use crate::api::{Text, TextPart};
use crate::exchange::{Pieces, Slot};

/// The word for a scheme in YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeName {
    /// Headers App-Key, Nonce, Timestamp, Signature; the signature is hex SHA-1 over secret, nonce and timestamp.
    AppKeySha1,
    /// Query parameters `usersig`, `identifier`, `sdkappid`.
    Usersig,
    /// One header with a fixed text.
    Header,
}

/// How an api authenticates its callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Which scheme.
    pub scheme: SchemeName,
    /// For `header`: the header's name.
    #[serde(default = "default_header")]
    pub header: String,
    /// For `header`: what stands before the token, such as `Bearer ` with its space.
    #[serde(default)]
    pub prefix: String,
}

fn default_header() -> String {
    "Authorization".into()
}

/// One header or parameter of a scheme.
struct Member<'a> {
    name: &'a str,
    value: Text,
}

impl Scheme {
    /// The names of the headers or parameters that a case may set, omit or rename.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self.scheme {
            SchemeName::AppKeySha1 => vec!["App-Key", "Nonce", "Timestamp", "Signature"],
            SchemeName::Usersig => vec!["usersig", "identifier", "sdkappid"],
            SchemeName::Header => vec![self.header.as_str()],
        }
    }

    /// The headers that authenticate a request, in the order in which they are sent.
    #[must_use]
    pub fn headers(&self, credentials: &Credentials, variation: &Variation) -> Vec<(String, Pieces)> {
        match self.scheme {
            SchemeName::AppKeySha1 | SchemeName::Header => {
                let members = self.members(credentials);
                let pieces = |(name, value): (String, Text)| (name, crate::api::form::raw(&value));
                varied(members, variation).into_iter().map(pieces).collect()
            }
            SchemeName::Usersig => Vec::new(),
        }
    }

    /// The query parameters that authenticate a request, in the order in which they are sent.
    #[must_use]
    pub fn query(&self, credentials: &Credentials, variation: &Variation) -> Vec<(String, Text)> {
        match self.scheme {
            SchemeName::Usersig => varied(self.members(credentials), variation),
            SchemeName::AppKeySha1 | SchemeName::Header => Vec::new(),
        }
    }

    fn members(&self, credentials: &Credentials) -> Vec<Member<'_>> {
        let slot = |slot| Text(vec![TextPart::Slot(slot)]);
        match credentials {
            Credentials::AppKey { app_key, .. } => vec![
                Member { name: "App-Key", value: Text::literal(app_key.as_str()) },
                Member { name: "Nonce", value: slot(Slot::Nonce) },
                Member { name: "Timestamp", value: slot(Slot::Timestamp) },
                Member { name: "Signature", value: slot(Slot::Signature) },
            ],
            Credentials::UserSig { sdk_app_id, admin, .. } => vec![
                Member { name: "usersig", value: slot(Slot::UserSig) },
                Member { name: "identifier", value: Text::literal(admin.as_str()) },
                Member { name: "sdkappid", value: Text::literal(sdk_app_id.to_string()) },
            ],
            Credentials::Header { .. } => {
                let prefix = TextPart::Literal(self.prefix.clone());
                let value = Text(vec![prefix, TextPart::Slot(Slot::Signature)]);
                vec![Member { name: &self.header, value }]
            }
        }
    }
}

/// The members with a variation applied. A value that has a slot keeps it: the signer fills in what is set.
fn varied(members: Vec<Member<'_>>, variation: &Variation) -> Vec<(String, Text)> {
    let kept = members.into_iter().filter(|member| !variation.omit.iter().any(|name| name == member.name));
    kept.map(|member| {
        let name = variation.rename.get(member.name).map_or(member.name, String::as_str);
        let has_slot = member.value.0.iter().any(|part| matches!(part, TextPart::Slot(_)));
        let set = variation.set.get(member.name).filter(|_| !has_slot);
        (name.to_owned(), set.cloned().unwrap_or(member.value))
    })
    .collect()
}
