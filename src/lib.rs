//! Proofhouse proves that a server speaks a documented HTTP API, and keeps speaking it under load.
//!
//! The crate is a library and one binary. The layers, from the bottom (imports go down only; a test enforces it):
//!
//! | layer | modules | what it knows |
//! | --- | --- | --- |
//! | 0 | `source`, [`exchange`], [`secret`], [`clock`] | text with places, the bytes of an exchange, time |
//! | 1 | `api` | how one documented API forms, signs and answers a request |
//! | 2 | `expectation`, `target` | what must hold of an exchange; what the system under test says of itself |
//! | 3 | `scenario` | YAML files, expanded into cases and plans |
//! | 4 | `check`, `load`, `reference` | the engines and the reference implementation; none imports another |
//! | 5 | `limit`, `capacity` | inference and search over load runs |
//! | 6 | `settings`, `record`, `report`, `compare` | arguments in, records and reports out |
//! | 7 | `command` | one file a command: the only place where all of it meets |

pub mod api;
pub mod capacity;
pub mod check;
pub mod clock;
pub mod command;
pub mod compare;
pub mod exchange;
pub mod expectation;
pub mod limit;
pub mod load;
pub mod record;
pub mod reference;
pub mod report;
pub mod scenario;
pub mod secret;
pub mod settings;
pub mod source;
pub mod target;
