//! One HTTP exchange as data: the request as pieces and slots, the reply or the failure.

mod pieces;
mod reply;

pub use pieces::{Piece, Pieces, Request, Slot};
pub use reply::{Failure, FailureKind, Reply};
