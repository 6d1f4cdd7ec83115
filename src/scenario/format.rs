//! The scenario format: what people write in a YAML file. `proofhouse schema` prints it for editors.
//!
//! A case, a row and a step share groups of fields: [`Binding`] (which requirement, how far) and [`StepFields`] (what
//! is sent and expected). A row lays its groups over those of its case.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::text::Script;
use crate::api::auth::{SignatureForm, SigningSecret, TimestampUnit, UserSigForm};
use crate::api::{Level, Shape, Unit};

/// The head of a scenario file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileHead {
    /// The version of this format: 1.
    pub version: u32,
    /// The api, by the name in its `api.yaml`: `rongcloud`.
    pub api: String,
    /// What every case sends, unless it says otherwise: `{ userId: "${user}", userProfile: { name: Nick } }`.
    #[serde(default)]
    pub request: Map<String, Value>,
    /// The operation that every case calls, unless it says otherwise; the api's subject by default: `query`.
    #[serde(default)]
    pub operation: Option<String>,
}

/// The head of a case. At most one of `rows`, `matrix`, `boundary`, `left_out` and `wrong_types` makes several of it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseHead {
    /// Letters, digits, `-`: part of the address: `name-length`.
    pub name: String,
    /// What the case is for, where name and requirement do not say it.
    #[serde(default)]
    pub about: Option<String>,
    /// Variables: `{ value: Nick }` makes `${value}`.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// A case for each combination of the axes' values: `{ header: [App-Key, Nonce] }` makes `${header}`.
    #[serde(default)]
    pub matrix: IndexMap<String, Vec<Value>>,
    /// A case at each documented limit and one over it: `{ fields: [userProfile.name], texts: [ascii, cjk] }`.
    #[serde(default)]
    pub boundary: Option<Boundary>,
    /// A case for each of these required fields, left out: `[userId]`.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// A case for each of these fields with each type that the api's `wrong_types` lists: `[userProfile.gender]`.
    #[serde(default)]
    pub wrong_types: Vec<String>,
}

/// The head of a row.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowHead {
    /// The row's name, part of the address: `at-limit`.
    pub row: String,
    /// Variables of this row: `{ n: 100 }` makes `${n}`.
    #[serde(default)]
    pub with: Map<String, Value>,
}

/// The head of a step.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepHead {
    /// The step's name, for messages: `read back`.
    #[serde(default)]
    pub step: Option<String>,
    /// Values that later steps use, by JSON pointer into the reply: `{ version: /userList/0/version }`.
    #[serde(default)]
    pub capture: IndexMap<String, String>,
}

/// Which rule a case is about, and how far it binds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The requirement that the expectation checks: `rc.name.length`. Mandatory in the shipped suites.
    #[serde(default)]
    pub requirement: Option<String>,
    /// How far the case binds, where that is less than its requirement does: `observe`.
    #[serde(default)]
    pub level: Option<Level>,
    /// The line of the characteristics table in which an observed outcome stands: `length of a name in emoji`.
    #[serde(default)]
    pub characteristic: Option<String>,
    /// Facts that the target must have declared, and not as false, for the case to bind; it is observed otherwise:
    /// `[attribute_names]`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Facts that the verdict rests on, assumed where they are not declared: `[pair_limit]`.
    #[serde(default)]
    pub assumes: Vec<String>,
}

/// What is sent and what must hold of the reply.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepFields {
    /// The operation: `batch_query`.
    #[serde(default)]
    pub operation: Option<String>,
    /// Another method than the operation's: `GET`.
    #[serde(default)]
    pub method: Option<String>,
    /// Another path than the operation's: `/user/profile/set`.
    #[serde(default)]
    pub path: Option<String>,
    /// Content laid over that of the file, member by member; lists are replaced: `{ userProfile: { name: "" } }`.
    #[serde(default)]
    pub request: Option<Value>,
    /// A body that is sent as it stands: `"{\"userId\":"`.
    #[serde(default)]
    pub body: Option<String>,
    /// The Content-Type; an empty text for none: `text/plain`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Query parameters; `{ $absent: true }` leaves one out: `{ random: 4294967295 }`.
    #[serde(default)]
    pub query: Map<String, Value>,
    /// Headers beside the documented ones: `{ X-Request-ID: "${unique}" }`.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// How a space is written in a form: `plus` or `percent`.
    #[serde(default)]
    pub space: Option<SpaceWord>,
    /// How authentication departs from the correct one: `{ omit: [Nonce] }`. See [`AuthEntry`].
    #[serde(default)]
    pub auth: Map<String, Value>,
    /// `accepted`, `refused`, `any`, or one of these with details: `{ refused: { code: 90018 } }`. See [`ExpectDetails`].
    #[serde(default)]
    pub expect: Option<Value>,
    /// Details of the refusals that `boundary`, `left_out` and `wrong_types` derive: `{ code: [90033, 90034] }`.
    #[serde(default)]
    pub refusal: Option<Value>,
    /// Further claims on the same exchange: `[{ requirement: tc.usersig.code, expect: { refused: { code: 70001 } } }]`.
    #[serde(default)]
    pub also: Vec<AlsoEntry>,
}

/// A further claim on an exchange.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlsoEntry {
    /// The requirement that it checks: `tc.usersig.code`.
    #[serde(default)]
    pub requirement: Option<String>,
    /// How far it binds, where that is less than its requirement does: `should`.
    #[serde(default)]
    pub level: Option<Level>,
    /// As `expect` of a case: `{ refused: { code: 70001 } }`.
    pub expect: Value,
}

/// How a space is written in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpaceWord {
    /// `+`.
    Plus,
    /// `%20`.
    Percent,
}

/// Cases at documented limits.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Boundary {
    /// The limited fields: `[userProfile.name]`. A limit that the request uses as `${text}`, `${number}` or `${n}` is
    /// put there; otherwise the value is put into the field.
    pub fields: Vec<String>,
    /// What texts are made of: `[ascii, cjk]`; `[ascii]` by default.
    #[serde(default)]
    pub texts: Vec<Script>,
    /// Which sides of the limit: `[at]`; both by default.
    #[serde(default)]
    pub sides: Vec<Side>,
}

/// A side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The last value inside.
    At,
    /// The first value outside.
    Over,
}

/// How the authentication of one request departs from the correct one.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthEntry {
    /// Values sent, and signed, in place of the correct ones: `{ Nonce: "14314" }`.
    #[serde(default)]
    pub set: IndexMap<String, String>,
    /// Headers or parameters left out: `[Signature]`.
    #[serde(default)]
    pub omit: Vec<String>,
    /// Other names for headers or parameters: `{ App-Key: RC-App-Key }`.
    #[serde(default)]
    pub rename: IndexMap<String, String>,
    /// Values signed, though others are sent: `{ Nonce: "1" }`.
    #[serde(default)]
    pub signed_over: IndexMap<String, String>,
    /// The secret that signs: `wrong`, `empty`, or `identity` for what the request says of its caller, the app key.
    #[serde(default)]
    pub secret: Option<SigningSecret>,
    /// What becomes of the finished signature: `altered` changes one character, `upper-case` makes capitals of letters.
    #[serde(default)]
    pub signature: Option<SignatureForm>,
    /// The unit of the timestamp: `seconds`.
    #[serde(default)]
    pub timestamp: Option<TimestampUnit>,
    /// How many digits the nonce has: `19`.
    #[serde(default)]
    pub nonce_length: Option<usize>,
    /// How long ago it was signed: `2d`.
    #[serde(default)]
    pub age: Option<String>,
    /// How long a `UserSig` lives: `1d`.
    #[serde(default)]
    pub lifetime: Option<String>,
    /// How the text of a `UserSig` is made: `truncated`.
    #[serde(default)]
    pub usersig: Option<UserSigForm>,
}

/// What must hold of a reply besides its outcome.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectDetails {
    /// A code or several: `[90033, 90034]`.
    #[serde(default)]
    pub code: Option<Value>,
    /// The name of what is at fault, or several of which one must be named: `ext_note`.
    #[serde(default)]
    pub culprit: Option<Value>,
    /// An HTTP status or several: `[401]`.
    #[serde(default)]
    pub status: Option<Value>,
    /// What headers of the reply are: `{ Content-Type: { $regex: "^application/json" } }`.
    #[serde(default)]
    pub headers: Option<Map<String, Value>>,
    /// What the body contains; other members may be there: `{ userList: [{ userId: "${user}" }] }`.
    #[serde(default)]
    pub json: Option<Value>,
    /// What the body is, member for member.
    #[serde(default)]
    pub json_exactly: Option<Value>,
}

/// The argument of `$text`: a generated text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextWord {
    /// What it is made of: `cjk`.
    #[serde(default)]
    pub of: Script,
    /// Its length: `64`, or `"${max:userProfile.name}"`.
    pub length: usize,
    /// What the length counts; characters by default.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// The form that it keeps: `email`.
    #[serde(default)]
    pub shape: Shape,
    /// What a text of shape `key` begins with: `ext_`.
    #[serde(default)]
    pub prefix: String,
}

/// The argument of `$repeat`: a list of items that differ in `${i}` and `${account}`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatWord {
    /// How many: `100`, or `"${n}"`.
    pub times: usize,
    /// The item: `{ To_Account: "${account}", Attrs: { sex: m } }`.
    pub item: Value,
    /// What is laid over the last item: `{ Attrs: { sex: 1 } }`.
    #[serde(default)]
    pub last: Option<Value>,
}

/// The argument of `$entries`: an object whose keys are the first ones of a list of the api.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntriesWord {
    /// How many: `20`, or `"${n}"`.
    pub times: usize,
    /// The name of the list in `api.yaml`: `ext_keys`.
    pub keys: String,
    /// The value of each; `${i}` counts.
    pub value: Value,
}
