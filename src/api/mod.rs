//! What is known of the documented APIs: for now the primitives of their authentication.

pub mod auth;
