//! Authentication: three schemes, their secrets, and every way in which a case may get them wrong on purpose.
//!
//! [`Scheme`] gives headers or query parameters with slots; [`Signer::sign`] gives the values of the slots for one
//! sending. Time, nonces and keys are parameters.

pub mod app_key;
mod credentials;
mod scheme;
mod signer;
pub mod usersig;
mod variation;

pub use credentials::Credentials;
pub use scheme::{Scheme, SchemeName};
pub use signer::{Signer, SlotValues};
pub use variation::{SignatureForm, SigningSecret, TimestampUnit, UserSigForm, Variation};
