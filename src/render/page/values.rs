//! Items, people, files and dates as templates see them.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use memchr::memmem;
use minijinja::context;
use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value};
use serde::Serialize;

use super::names::names;
use crate::config::{Config, Format};
use crate::html;
use crate::html::pieces::{Piece, Pieces, attribute};
use crate::item::{Attachment, Change, ChangeKind, Item, Moment, Person};
use crate::kept::Shared;
use crate::locale::{self, Locale};
use crate::media::{self, Pixels};
use crate::render::feed_url;
use crate::select::{Channel, Subject};
use crate::text::{Text, words_only};

/// ` lang="…"` for words that are in another language than what stands around them, else nothing; with ` dir="…"`
/// where they are written the other way.
pub(super) fn other_language(words: &str, around: &str) -> Value {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    let attribute = format!(" lang=\"{}\"{}", html::escape(words), turned(words, around));
    Value::from_safe_string(if primary(words) == primary(around) { String::new() } else { attribute })
}

/// ` dir="…"` for words that run the other way than what stands around them, else nothing.
fn turned(words: &str, around: &str) -> &'static str {
    match (locale::is_right_to_left(words), locale::is_right_to_left(around)) {
        (true, false) => " dir=\"rtl\"",
        (false, true) => " dir=\"ltr\"",
        _ => "",
    }
}

/// The same as templates see it; what stands by itself stands on a page that runs from left to right.
pub(super) fn direction(words: &str, around: Option<&str>) -> Value {
    Value::from_safe_string(turned(words, around.unwrap_or_default()).to_owned())
}

/// What services that show a link say of the page (Open Graph, PG-06).
pub(super) fn graph(item: &Item, locale: &Locale, preview: Option<&Preview>, config: &Config) -> Value {
    let language = item.language.replace('-', "_");
    let territory = locale.page.get("territory").filter(|_| language == locale.tag).cloned();
    let locale = territory.unwrap_or(language);
    let pixels = preview.and_then(|preview| preview.pixels);
    context! {
        locale,
        image => preview.map(|preview| &preview.url).or_else(|| sign(config)),
        alt => preview.map(|preview| &preview.alt),
        width => pixels.map(|pixels| pixels.width),
        height => pixels.map(|pixels| pixels.height),
    }
}

/// The logo or the icon where there is no other picture: those services show no drawings.
pub(super) fn sign(config: &Config) -> Option<&String> {
    config.logo.iter().chain(&config.icon).find(|file| media::is_picture(file))
}

/// The picture that stands for an item where somebody links to it.
#[derive(Debug)]
pub(super) struct Preview {
    pub(super) url: String,
    alt: String,
    pixels: Option<Pixels>,
}

impl Preview {
    /// The lead picture, else the first of the text that is none of its ornaments.
    pub(super) fn of(item: &Item, body: &str) -> Option<Self> {
        match &item.image {
            Some(image) => {
                Some(Self { url: image.file.url.clone(), alt: image.alt.to_string(), pixels: image.file.pixels })
            }
            None => Self::first(body),
        }
    }

    fn first(body: &str) -> Option<Self> {
        // What the largest of those services asks for, to show a picture as wide as its column.
        const LEAST: Pixels = Pixels { width: 600, height: 315 };
        memmem::find(body.as_bytes(), b"<img ")?;
        Pieces::of(body).find_map(|piece| {
            let Piece::Tag(tag, name, attributes) = piece else { return None };
            let value = |name: &str| attribute(tag, &attributes, name);
            let number = |name: &str| value(name)?.parse::<u32>().ok();
            let pixels = Pixels { width: number("width")?, height: number("height")? };
            let url = value("src").filter(|url| name == "img" && media::is_picture(url))?;
            let is_large = pixels.width >= LEAST.width && pixels.height >= LEAST.height;
            is_large.then(|| Self { url, alt: value("alt").unwrap_or_default(), pixels: Some(pixels) })
        })
    }
}

/// The items of a list as templates see them, each made when they come to it: a year of a large newsroom has
/// thousands, and several lists are made at a time.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) locale: &'static Locale,
}

/// What a list shows of an item.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) url: Shared,
    pub(super) title: Text,
    /// Its language, where the list has another.
    pub(super) other: Option<Shared>,
    pub(super) summary: Option<Text>,
    pub(super) day: Option<NaiveDate>,
    pub(super) local: DateTime<FixedOffset>,
}

impl Object for Rows {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let row = self.rows.get(key.as_usize()?)?;
        Some(context! {
            url => v(&row.url),
            title => v(&row.title),
            lang => v(&row.other),
            language => row.other.as_deref().map(Locale::language),
            summary => v(&row.summary),
            date => moment(row.day, row.local, self.locale),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.rows.len())
    }
}

/// The feeds of a channel as templates see them.
pub(super) fn feeds(config: &Config, folder: &str) -> Vec<Value> {
    let feed = |format: &Format| {
        context! { url => feed_url(config, folder, *format), media_type => format.media_type(), label => format.label() }
    };
    config.formats.iter().map(feed).collect()
}

/// A channel as templates see it: what it is called, its list and its feeds.
pub(super) fn channel_value(channel: &Channel, config: &Config) -> Value {
    let subject = match channel.subject {
        Subject::All => "all",
        Subject::Language => "languages",
        Subject::Topic => "topics",
        Subject::Folder => "folders",
        Subject::Person => "people",
    };
    context! {
        subject,
        name => v(&channel.name),
        title => v(&channel.title),
        description => v(&(channel.description != channel.title).then_some(&channel.description)),
        lang => v(&(channel.language != config.language).then_some(&channel.language)),
        url => format!("{}{}", config.url, channel.folder),
        count => channel.listed.len(),
        feeds => feeds(config, &channel.folder),
    }
}

/// The last thing that was done, where it comes with a note: at the top of content and page (NS-03).
pub(super) fn note(item: &Item, locale: &Locale) -> Option<Value> {
    // That it was withdrawn once is history where it can be read again.
    let told = |kind| matches!(kind, ChangeKind::Correction | ChangeKind::Update | ChangeKind::Date);
    let act = item.changes.iter().rev().find(|change| told(change.kind) && change.note.is_some());
    act.filter(|_| item.status.is_readable()).map(|change| said(change, locale))
}

/// Everything that subscribers were told, the publication first; nothing where there was nothing.
pub(super) fn history(item: &Item, locale: &Locale) -> Vec<Value> {
    let told: Vec<&Change> = item.changes.iter().filter(|change| change.kind.is_significant()).collect();
    if told.is_empty() || !item.status.is_readable() {
        return Vec::new();
    }
    let published = in_words(Moment { local: item.local, day: item.day }, locale);
    let published = locale.word("act.published", &[("when", &published)]);
    let first = context! { label => published, text => "" };
    std::iter::once(first).chain(told.into_iter().map(|change| said(change, locale))).collect()
}

pub(super) fn said(change: &Change, locale: &Locale) -> Value {
    let when = in_words(change.at, locale);
    let label = locale.word(&format!("act.{}", change.kind.name()), &[("when", &when)]);
    let colon = locale.page.get("colon").map(String::as_str).unwrap_or_default();
    let text = change.note.as_ref().map(|note| format!("{colon}{note}")).unwrap_or_default();
    context! { label, text }
}

pub(super) fn in_words(at: Moment, locale: &Locale) -> String {
    at.day.map_or_else(|| locale.instant(at.local), |day| locale.day(day))
}

/// The authors who are more than the publisher's voice: neither the publisher itself nor the
/// contacts, who sign for it (DESIGN §6).
pub(super) fn byline(item: &Item, publisher: &Text) -> Vec<Value> {
    let is_contact = |author: &&Person| item.contacts.iter().any(|contact| contact.name == author.name);
    let authors = item.authors.iter().filter(|author| author.name != *publisher && !is_contact(author));
    authors.map(contact).collect()
}

/// The lead as templates know it.
pub(super) fn lead_names(item: &Item, body: &str) -> [(&'static str, Value); 2] {
    let (lead, lead_is_first) = lead(item, body);
    names! { lead => v(&lead), lead_is_first => lead_is_first }
}

/// What is shown above the text of what it is about, and whether the first paragraph is that already.
/// The lead is shown once: not where the text says the same; where the text begins with it, its first
/// paragraph is the lead.
pub(super) fn lead<'b>(item: &'b Item, body: &str) -> (Option<&'b Text>, bool) {
    let Some(summary) = &item.summary else { return (None, false) };
    let words = words_only(summary.as_str());
    let says = |text: &str| words_only(&html::text_of(&without_footnotes(text)));
    // Nearly every text begins with it, and it takes little of most; the end of a tag cuts no word and no entity
    // in two.
    let begins = |length: usize| {
        let near = body.floor_char_boundary(body.len().min(length));
        let beginning = body.get(..near).and_then(|near| near.rfind('<')).and_then(|end| body.get(..end));
        beginning.is_some_and(|beginning| says(beginning).starts_with(&words))
    };
    let length = summary.as_str().len();
    if begins(length + length / 2 + 128) || begins(2 * length + 512) {
        return (None, body.starts_with("<p>"));
    }
    let said = says(body);
    let lead_is_first = body.starts_with("<p>") && said.starts_with(&words);
    (Some(summary).filter(|_| !said.contains(&words)), lead_is_first)
}

/// Without the marks of footnotes, which no summary has.
fn without_footnotes(html: &str) -> Cow<'_, str> {
    const MARK: &str = "<sup class=\"footnote\"";
    const END: &str = "</sup>";
    let Some((before, mut rest)) = html.split_once(MARK) else { return Cow::Borrowed(html) };
    let mut text = before.to_owned();
    while let Some((_, behind)) = rest.split_once(END) {
        let (before, next) = behind.split_once(MARK).unwrap_or((behind, ""));
        text.push_str(before);
        rest = next;
    }
    Cow::Owned(text)
}

/// When, for a machine and in words; only the day where only a day was given (DT-22).
pub(super) fn moment(day: Option<NaiveDate>, local: DateTime<FixedOffset>, locale: &Locale) -> Value {
    match day {
        Some(day) => context! { machine => day.to_string(), words => locale.day(day) },
        None => context! { machine => local.to_rfc3339(), words => locale.instant(local) },
    }
}

pub(super) fn contact(person: &Person) -> Value {
    context! {
        name => v(&person.name),
        role => v(&person.role),
        email => v(&person.email),
        phone => person.phone.as_ref().map(phone),
        url => v(&person.url),
    }
}

/// The number as written, and as a telephone takes it.
pub(super) fn phone(phone: &Text) -> Value {
    // `+33 (0)3 …`: the zero is for those at home.
    let written = if phone.as_str().starts_with('+') { phone.as_str().replace("(0)", "") } else { phone.to_string() };
    let number: String = written.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    // Two numbers, or a number and words, are nothing that a telephone could call.
    let one = written.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+.-()/".contains(c));
    let number = if one && (3..=15).contains(&number.trim_start_matches('+').len()) { number } else { String::new() };
    context! { words => v(phone), number }
}

pub(super) fn attachment(file: &Attachment, locale: &Locale) -> Value {
    let kind = file.url.rsplit('.').next().filter(|ending| ending.len() <= 4).map(str::to_uppercase);
    context! {
        url => v(&file.url),
        title => v(&file.title),
        kind,
        size => file.size.map(|size| human_size(size, locale)),
    }
}

pub(super) fn human_size(size: u64, locale: &Locale) -> String {
    let unit = |key: &str| locale.page.get(key).map(String::as_str).unwrap_or_default().to_owned();
    let tenths = |of: u64| {
        let tenths = (size * 10).div_ceil(of);
        let mark = unit("decimal");
        if tenths.is_multiple_of(10) || tenths >= 100 {
            (tenths / 10).to_string()
        } else {
            format!("{}{mark}{}", tenths / 10, tenths % 10)
        }
    };
    match size {
        0..1_000 => format!("{size}\u{a0}{}", unit("bytes")),
        1_000..1_000_000 => format!("{}\u{a0}{}", tenths(1_000), unit("kilobytes")),
        _ => format!("{}\u{a0}{}", tenths(1_000_000), unit("megabytes")),
    }
}

/// A value as templates see it.
pub(super) fn v(value: &impl Serialize) -> Value {
    Value::from(Serde(value))
}
