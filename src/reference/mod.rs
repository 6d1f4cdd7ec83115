//! The reference side: servers whose behaviour is known.

pub mod law;
