//! The one test crate: one link step, modules by what they prove.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read files and stop at the first surprise"
)]

mod begin;
mod cases;
mod dates;
#[cfg(feature = "deliver")]
mod deliver;
mod editorial;
mod extract;
mod harness;
mod heads;
mod histories;
mod import;
mod languages;
mod laws;
mod ledger;
mod life;
mod load;
mod media;
mod memo;
#[cfg(feature = "deliver")]
mod notify;
mod odd;
mod properties;
mod readme;
mod recipes;
mod release;
mod releases;
mod safety;
mod seen;
#[cfg(feature = "serve")]
mod serve;
mod site;
mod tidy;
mod told;
#[cfg(feature = "deliver")]
mod verify;
mod words;
