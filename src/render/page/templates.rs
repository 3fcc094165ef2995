//! The templates, ours and a theme's, and what is said of one that is at fault.

use std::collections::{BTreeSet, HashMap};
use std::error::Error as _;
use std::sync::{Arc, Mutex};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};

use super::values::direction;
use crate::config::theme::{self, Theme};
use crate::html;
use crate::problem::{Code, Problem};

/// Pieces of the frame of a page that are the same on every page of a language: they ask for what is in
/// `parts.html`, ours or a theme's, and to ask once is enough.
pub(super) const FRAME: [(&str, &str); 2] = [
    ("feed_links", "{% from 'parts.html' import feed_links %}{{ feed_links(feeds, newsroom.title) }}"),
    ("publisher_block", "{% from 'parts.html' import publisher_block %}{{ publisher_block(publisher) }}"),
];

/// What is made once, by language or by what it is of that.
pub(super) type Kept = Mutex<HashMap<String, Value>>;

/// One of the pieces of [`FRAME`], made for the first page of its language that asks; a theme's may ask for
/// whatever every page knows.
pub(super) fn framed(state: &State<'_, '_>, piece: &str, kept: &Kept, newsrooms: &Kept) -> Result<Value, Error> {
    let of = |values: &Kept, key: &str| values.lock().ok().and_then(|values| values.get(key).cloned());
    let language = state.lookup("language").unwrap_or_default().to_string();
    let key = format!("{piece} {language}");
    if let Some(made) = of(kept, &key) {
        return Ok(made);
    }
    let newsroom = of(newsrooms, &language).ok_or_else(|| Error::new(ErrorKind::UndefinedError, "language"))?;
    let made = Value::from_safe_string(state.env().get_template(piece)?.render(newsroom)?);
    if let Ok(mut kept) = kept.lock() {
        kept.insert(key, made.clone());
    }
    Ok(made)
}

/// Ours, and those of the theme in their place; what of them cannot be read, with its line.
pub(super) fn templates(theme: &Theme, newsrooms: Arc<Kept>) -> (Environment<'static>, Vec<Problem>) {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        templates.set_syntax(syntax);
    }
    // Our own escaping is the same in and out of attributes, and leaves `/` and `'` readable.
    templates.set_formatter(|out, state, value| {
        if value.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, state.name().to_owned()));
        }
        let written = match value.as_str() {
            Some(text) if value.is_safe() || html::is_escaped(text) => out.write_str(text),
            Some(text) => out.write_str(&html::escape(text)),
            None if value.is_safe() => write!(out, "{value}"),
            None => out.write_str(&html::escape(&value.to_string())),
        };
        written.map_err(|_| Error::from(ErrorKind::WriteFailure))
    });
    let mut problems = Vec::new();
    for (name, piece) in FRAME {
        if let Err(error) = templates.add_template(name, piece) {
            problems.push(template_problem(theme, name, &error));
        }
    }
    let kept = Mutex::default();
    let frame = move |state: &State<'_, '_>, piece: &str| framed(state, piece, &kept, &newsrooms);
    templates.add_function("frame", frame);
    templates.add_filter("dir", |words: &str, around: Option<&str>| direction(words, around));
    let own = theme.templates.keys().map(String::as_str);
    let names: BTreeSet<&str> = own.chain(theme::OURS.iter().map(|(name, _)| *name)).collect();
    for name in names.into_iter().filter(|name| name.ends_with(".html")) {
        if let Err(error) = templates.add_template_owned(name.to_owned(), theme.text(name).to_owned()) {
            problems.push(template_problem(theme, name, &error));
        }
    }
    (templates, problems)
}

/// Why a template could not be used: the innermost one that is at fault, and its line.
pub(super) fn template_problem(theme: &Theme, asked: &str, error: &Error) -> Problem {
    let mut at = error;
    let mut inner = error.source();
    while let Some(next) = inner.and_then(|next| next.downcast_ref::<Error>()) {
        if next.line().is_some() {
            at = next;
        }
        inner = next.source();
    }
    let name = at.name().unwrap_or(asked);
    let detail = at.detail().map_or_else(|| at.kind().to_string(), |detail| format!("{}: {detail}", at.kind()));
    // One that asks ours for what it does not give is at fault, not ours.
    let own = [name, asked].into_iter().find(|name| theme.templates.contains_key(*name));
    match own.or_else(|| theme.templates.keys().next().map(String::as_str)) {
        Some(own) if own == name => theme.wrong(own, at.line().unwrap_or(1), &detail),
        Some(own) => theme.wrong(own, 1, &format!("{name}: {detail}")),
        None => Problem::general(Code::OutputFailed).with("path", asked).with("reason", format!("{error:#}")),
    }
}

/// A value that is made once for each key; a copy of it costs nothing.
pub(super) fn once(kept: &Kept, key: &str, make: impl FnOnce() -> Value) -> Value {
    let found = kept.lock().ok().and_then(|kept| kept.get(key).cloned());
    found.unwrap_or_else(|| {
        let value = make();
        if let Ok(mut kept) = kept.lock() {
            kept.insert(key.to_owned(), value.clone());
        }
        value
    })
}
