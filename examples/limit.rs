//! The least that anybody could do: read every file, parse its Markdown, write a page of it. No dates, no
//! feeds, no safety, no memory. `cargo run --release --example limit -- ITEMS OUT` is what the time of a full
//! build is held against (docs/performance.md). Without OUT it reads the beginning of every file, to the
//! end of its head, and writes nothing: what a run of the feeds alone is held against.

#![expect(clippy::disallowed_methods, reason = "an example that reads and writes files")]

use std::error::Error;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(items), out) = (arguments.next(), arguments.next()) else {
        return Err("usage: limit ITEMS [OUT]".into());
    };
    let files = fs::read_dir(items)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    match out {
        Some(out) => files.par_iter().map(|file| page(file, &out)).collect::<Result<Vec<()>, std::io::Error>>()?,
        None => files.par_iter().map(|file| head(file)).collect::<Result<Vec<()>, std::io::Error>>()?,
    };
    Ok(())
}

fn head(file: &Path) -> Result<(), std::io::Error> {
    let mut beginning = Vec::with_capacity(4096);
    fs::File::open(file)?.take(4096).read_to_end(&mut beginning)?;
    let text = String::from_utf8_lossy(&beginning);
    let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let pairs = head.into_iter().flat_map(|(head, _)| head.lines()).filter_map(|line| line.split_once(": "));
    // What is not looked at would not be read.
    std::hint::black_box(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect::<Vec<_>>());
    Ok(())
}

fn page(file: &Path, out: &Path) -> Result<(), std::io::Error> {
    let text = fs::read_to_string(file)?;
    let body =
        text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text.as_str(), |(_, body)| body);
    let mut html = String::with_capacity(text.len() * 2);
    html.push_str("<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\"><title>x</title></head><body>\n");
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(body, pulldown_cmark::Options::all()));
    html.push_str("</body></html>\n");
    let folder = out.join(file.file_stem().unwrap_or_default());
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("index.html"), html)
}
