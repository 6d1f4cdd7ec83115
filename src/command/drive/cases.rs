//! From drawn cases to what the engine sends: formed requests, what signs them, and the users they write to.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::auth::usersig::UserSig;
use crate::api::auth::{Credentials, SlotValues};
use crate::api::{Api, Captured};
use crate::exchange::{Piece, Pieces, Request, Slot};
use crate::expectation::Claim;
use crate::load::{Case, Signing, TimestampUnit, UserSig as Made, UserSigMaker, Users};
use crate::scenario::plan::Drawn;
use crate::secret::Secret;
use crate::settings::targets::ApiTarget;

/// How long a generated `UserSig` lives, and after which share of that another is made.
const LIFETIME: Duration = Duration::from_mins(10);
/// User ids are `phload0000` to `phload9999`: the same in every run, so that a real target does not fill up with them.
const USERS: u32 = 10_000;

/// Every `UserSig` that was made, so that one that a server echoes can be taken out of a record.
pub(in crate::command) type Issued = Arc<Mutex<Vec<String>>>;

/// What the engine sends, and by index what must hold of the reply.
pub(in crate::command) struct Cases {
    pub(in crate::command) cases: Vec<Case>,
    pub(in crate::command) claims: Vec<Vec<Claim>>,
    pub(in crate::command) issued: Issued,
}

/// Forms the requests of a mix for a target.
pub(in crate::command) fn form(drawn: &[Drawn], target: &ApiTarget) -> Cases {
    let issued = Issued::default();
    let signing = signing(&target.credentials, &issued);
    let users = users(target.declared.users.as_deref());
    // Neither may matter: what would be resolved differently for another user is not drawn.
    let values = SlotValues::new(String::new(), String::new());
    let mut formed = Cases { cases: Vec::new(), claims: Vec::new(), issued };
    for Drawn { case, weight } in drawn {
        let Some(step) = case.steps.first() else { continue };
        formed.cases.push(Case {
            name: case.address.clone(),
            weight: *weight,
            request: request(&target.api, &step.request, target),
            signing: signing.clone(),
            users: users.clone(),
        });
        let claims = step.claims.iter().map(|claim| claim.resolve(&values, &Captured::new()));
        formed.claims.push(claims.collect());
    }
    formed
}

fn request(api: &Api, spec: &crate::api::RequestSpec, target: &ApiTarget) -> Request {
    let mut request = spec.form(api, &target.credentials);
    if let Credentials::Header { token } = &target.credentials {
        for (_, value) in &mut request.headers {
            *value = filled(value, token);
        }
    }
    request.headers.extend(target.headers.iter().map(|(name, value)| (name.clone(), Pieces::from(value.as_str()))));
    request
}

/// The pieces with a token in place of the signature: it is the same in every request.
fn filled(pieces: &Pieces, token: &Secret) -> Pieces {
    let mut filled = Pieces::new();
    for piece in pieces.iter() {
        match piece {
            Piece::Literal(bytes) => filled.literal(bytes),
            Piece::Slot(Slot::Signature) => filled.literal(token.expose()),
            Piece::Slot(slot) => filled.slot(*slot),
        }
    }
    filled
}

fn signing(credentials: &Credentials, issued: &Issued) -> Signing {
    match credentials {
        Credentials::AppKey { secret, .. } => {
            Signing::AppKey { secret: secret.clone(), unit: TimestampUnit::Milliseconds }
        }
        Credentials::UserSig { sdk_app_id, key, admin } => {
            let (number, key, admin, issued) = (*sdk_app_id, key.clone(), admin.clone(), Arc::clone(issued));
            let maker: UserSigMaker = Arc::new(move |now| {
                let text = UserSig::issue(&admin, number, &key, now, LIFETIME).encode();
                issued.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
                Made { text: Secret::new(text), renew_at: now + LIFETIME / 2 }
            });
            Signing::UserSig(maker)
        }
        Credentials::Header { .. } => Signing::None,
    }
}

/// The declared users, those of the most frequent length, or else ids of our own.
fn users(declared: Option<&[String]>) -> Users {
    let own = || Users::Numbered { prefix: "phload".into(), pool: NonZeroU32::new(USERS).unwrap_or(NonZeroU32::MIN) };
    let Some(declared) = declared else { return own() };
    let as_long = |length: usize| declared.iter().filter(move |user| user.len() == length);
    match declared.iter().map(String::len).max_by_key(|length| as_long(*length).count()) {
        Some(length) => Users::Named(as_long(length).cloned().collect()),
        None => own(),
    }
}
