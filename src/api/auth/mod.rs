//! The two ways in which the documented APIs know their caller: a signed nonce and timestamp, or a `UserSig`.
//!
//! Pure functions over texts: time, nonce and key are parameters, nothing here reads a clock or draws a number.

pub mod app_key;
pub mod usersig;
