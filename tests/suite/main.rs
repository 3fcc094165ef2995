//! The one test crate: one link step, modules by what they prove.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read files and stop at the first surprise"
)]

mod cases;
mod dates;
mod editorial;
mod harness;
mod histories;
mod import;
mod laws;
mod ledger;
mod life;
mod odd;
mod properties;
mod readme;
mod recipes;
mod release;
mod seen;
#[cfg(feature = "serve")]
mod serve;
mod tidy;
mod words;
