//! Pages, and the HTML that feeds carry: plain, accessible, without a script.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, merge_maps};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use super::{Fixed, OPML, SUBSCRIBE, feed_url, json_ld};
use crate::config::{Config, Format};
use crate::html;
use crate::item::{Attachment, Change, ChangeKind, Item, Moment, Person, Status};
use crate::locale::Locale;
use crate::problem::{Code, Problem};
use crate::select::{Channel, Subject};
use crate::text::{Text, words_only};

/// The templates, loaded.
pub struct Pages<'a> {
    config: &'a Config,
    channels: Vec<Value>,
    templates: Environment<'static>,
}

impl fmt::Debug for Pages<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pages")
    }
}

/// Every template by its name.
const TEMPLATES: [(&str, &str); 8] = [
    ("subscribe.html", include_str!("../../templates/subscribe.html")),
    ("404.html", include_str!("../../templates/404.html")),
    ("base.html", include_str!("../../templates/base.html")),
    ("item.html", include_str!("../../templates/item.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("content.html", include_str!("../../templates/content.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("redirect.html", include_str!("../../templates/redirect.html")),
];

impl<'a> Pages<'a> {
    /// What stands for an e-mail address where none is to be shown.
    pub fn hidden_address(&self) -> &'static str {
        Locale::of(&self.config.language).page.get("address-hidden").map_or("…", String::as_str)
    }

    /// For one newsroom.
    pub fn new(config: &'a Config, channels: &[Channel]) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            templates.set_syntax(syntax);
        }
        // Our own escaping is the same in and out of attributes, and leaves `/` and `'` readable.
        templates.set_formatter(|out, state, value| {
            if value.is_undefined() {
                return Err(Error::new(ErrorKind::UndefinedError, state.name().to_owned()));
            }
            if value.is_safe() {
                write!(out, "{value}").map_err(|_| Error::from(ErrorKind::WriteFailure))
            } else {
                write!(out, "{}", html::escape(&value.to_string())).map_err(|_| Error::from(ErrorKind::WriteFailure))
            }
        });
        for (name, source) in TEMPLATES {
            // A template that does not parse is found by the first test; here it would be missed
            // when it is asked for, with its name.
            let _ = templates.add_template(name, source);
        }
        templates
            .add_global("style", Value::from_safe_string(include_str!("../../templates/style.css").trim().to_owned()));
        let channels = channels.iter().map(|channel| channel_value(channel, config)).collect();
        Self { config, channels, templates }
    }

    /// What the feeds carry of an item: subtitle, picture, text, files, contacts. Never empty.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn content(&self, item: &Item, body: &str) -> Result<String, Problem> {
        let written = self.render("content.html", item_values(item, body, &self.config.publisher.name))?;
        Ok(written.trim().to_owned())
    }

    /// The page of an item.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn item(&self, item: &Item, body: &str) -> Result<Vec<u8>, Problem> {
        let values = context! {
            canonical => v(&item.url),
            json_ld => json_ld::article(item, self.config).map(Value::from_safe_string),
            ..merge_maps([item_values(item, body, &self.config.publisher.name), self.newsroom(&item.language)]),
        };
        self.render("item.html", values).map(String::into_bytes)
    }

    /// What stands where the page of an item was: it leads to the present one.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn redirect(&self, item: &Item) -> Result<Vec<u8>, Problem> {
        let locale = Locale::of(&item.language);
        let values = context! {
            language => v(&item.language),
            words => v(&locale.page),
            url => v(&item.url),
            title => v(&item.title),
        };
        self.render("redirect.html", values).map(String::into_bytes)
    }

    /// A list of items: the newest of a channel, or those of a year.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn list(
        &self,
        channel: &Channel,
        items: &[&Item],
        years: &[i32],
        year: Option<i32>,
    ) -> Result<Vec<u8>, Problem> {
        let locale = Locale::of(&channel.language);
        let rows: Vec<Value> = items
            .iter()
            .map(|item| {
                context! {
                    url => v(&item.url),
                    title => v(&item.title),
                    lang => v(&(item.language != channel.language).then_some(&item.language)),
                    summary => v(&item.summary),
                    date => moment(item.day, item.local, locale),
                }
            })
            .collect();
        let home = format!("{}{}", self.config.url, channel.folder);
        let at = |year: &i32| format!("{home}archive/{year}/");
        let values = context! {
            canonical => year.as_ref().map_or_else(|| home.clone(), at),
            channel => channel_value(channel, self.config),
            year,
            years => years.iter().map(|year| context! { year, url => at(year) }).collect::<Vec<_>>(),
            items => rows,
            ..self.newsroom(&channel.language),
        };
        self.render("index.html", values).map(String::into_bytes)
    }

    /// A page that no item has.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn fixed(&self, fixed: Fixed) -> Result<Vec<u8>, Problem> {
        let (template, address) = match fixed {
            Fixed::Subscribe => ("subscribe.html", SUBSCRIBE),
            Fixed::NotFound => ("404.html", "404.html"),
        };
        let values = context! {
            canonical => format!("{}{address}", self.config.url),
            opml => format!("{}{OPML}", self.config.url),
            ..self.newsroom(&self.config.language),
        };
        self.render(template, values).map(String::into_bytes)
    }

    /// What every page knows.
    fn newsroom(&self, language: &str) -> Value {
        let config = self.config;
        let feeds: Vec<Value> = config
            .formats
            .iter()
            .map(|format: &Format| {
                context! { url => feed_url(config, "", *format), media_type => format.media_type(), label => format.label() }
            })
            .collect();
        let publisher = &config.publisher;
        let site = publisher.url.as_ref().and_then(|url| Some(url::Url::parse(url).ok()?.host_str()?.to_owned()));
        context! {
            language,
            words => v(&Locale::of(language).page),
            newsroom => context! {
                title => v(&config.title),
                description => v(&(config.description != config.title).then_some(&config.description)),
                url => config.url.as_str(),
                rights => v(&config.rights),
                icon => v(&config.icon),
            },
            feeds,
            channels => v(&self.channels),
            subscribe => format!("{}{SUBSCRIBE}", config.url),
            publisher => context! {
                name => v(&publisher.name),
                url => v(&publisher.url),
                site,
                address => v(&publisher.address),
                phone => publisher.phone.as_ref().map(phone),
                email => v(&publisher.email),
            },
        }
    }

    fn render(&self, name: &str, values: Value) -> Result<String, Problem> {
        let rendered = self.templates.get_template(name).and_then(|template| template.render(values));
        rendered.map_err(|error| {
            Problem::general(Code::OutputFailed).with("path", name).with("reason", format!("{error:#}"))
        })
    }
}

/// A channel as templates see it: what it is called, its list and its feeds.
fn channel_value(channel: &Channel, config: &Config) -> Value {
    let feeds: Vec<Value> = config
        .formats
        .iter()
        .map(|format| {
            let url = feed_url(config, &channel.folder, *format);
            context! { url, media_type => format.media_type(), label => format.label() }
        })
        .collect();
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
        feeds,
    }
}

fn item_values(item: &Item, body: &str, publisher: &Text) -> Value {
    let locale = Locale::of(&item.language);
    let image = item.image.as_ref().map(|image| {
        context! { url => v(&image.file.url), alt => v(&image.alt), caption => v(&image.caption), credit => v(&image.credit) }
    });
    // The lead is shown once: not where the text says the same; where the text begins with it,
    // its first paragraph is the lead.
    let said = words_only(&html::text_of(body));
    let summary = item.summary.as_ref().map(|summary| words_only(summary.as_str()));
    let lead = item.summary.as_ref().filter(|_| summary.as_ref().is_some_and(|words| !said.contains(words)));
    let lead_is_first = body.starts_with("<p>") && summary.is_some_and(|words| said.starts_with(&words));
    context! {
        words => v(&locale.page),
        url => v(&item.url),
        title => v(&item.title),
        subtitle => v(&item.subtitle),
        summary => v(&item.summary),
        lead => v(&lead),
        lead_is_first,
        date => moment(item.day, item.local, locale),
        updated => (item.updated > item.published).then(|| moment(item.updated_day, item.updated_local, locale)),
        byline => v(&byline(item, publisher)),
        tags => v(&item.tags),
        rights => v(&item.rights),
        image,
        body => Value::from_safe_string(body.trim().to_owned()),
        attachments => item.attachments.iter().map(|file| attachment(file, locale)).collect::<Vec<_>>(),
        contacts => item.contacts.iter().map(contact).collect::<Vec<_>>(),
        note => note(item, locale),
        relations => item.relations.iter().map(|relation| context! {
            words => locale.word(&format!("relation.{}", relation.kind.name()), &[]),
            url => v(&relation.url),
            title => v(&relation.title),
        }).collect::<Vec<_>>(),
        history => history(item, locale),
        expired => item.expires.filter(|_| item.status == Status::Expired).map(|at| {
            locale.word("expired", &[("when", &in_words(at, locale))])
        }),
        noindex => !item.status.is_readable(),
    }
}

/// The last thing that was done, where it comes with a note: at the top of content and page (NS-03).
fn note(item: &Item, locale: &Locale) -> Option<Value> {
    // That it was withdrawn once is history where it can be read again.
    let told = |kind| matches!(kind, ChangeKind::Correction | ChangeKind::Update | ChangeKind::Date);
    let act = item.changes.iter().rev().find(|change| told(change.kind) && change.note.is_some());
    act.filter(|_| item.status.is_readable()).map(|change| said(change, locale))
}

/// Everything that subscribers were told, the publication first; nothing where there was nothing.
fn history(item: &Item, locale: &Locale) -> Vec<Value> {
    let told: Vec<&Change> = item.changes.iter().filter(|change| change.kind.is_significant()).collect();
    if told.is_empty() || !item.status.is_readable() {
        return Vec::new();
    }
    let published = in_words(Moment { local: item.local, day: item.day }, locale);
    let published = locale.word("act.published", &[("when", &published)]);
    let first = context! { label => published, text => "" };
    std::iter::once(first).chain(told.into_iter().map(|change| said(change, locale))).collect()
}

fn said(change: &Change, locale: &Locale) -> Value {
    let when = in_words(change.at, locale);
    let label = locale.word(&format!("act.{}", change.kind.name()), &[("when", &when)]);
    let colon = locale.page.get("colon").map(String::as_str).unwrap_or_default();
    let text = change.note.as_ref().map(|note| format!("{colon}{note}")).unwrap_or_default();
    context! { label, text }
}

fn in_words(at: Moment, locale: &Locale) -> String {
    at.day.map_or_else(|| locale.instant(at.local), |day| locale.day(day))
}

/// The authors who are more than the publisher's voice: neither the publisher itself nor the
/// contacts, who sign for it (DESIGN §6).
fn byline<'a>(item: &'a Item, publisher: &Text) -> Vec<&'a Text> {
    let is_contact = |author: &&Person| item.contacts.iter().any(|contact| contact.name == author.name);
    let authors = item.authors.iter().filter(|author| author.name != *publisher && !is_contact(author));
    authors.map(|author| &author.name).collect()
}

/// When, for a machine and in words; only the day where only a day was given (DT-22).
fn moment(day: Option<NaiveDate>, local: DateTime<FixedOffset>, locale: &Locale) -> Value {
    match day {
        Some(day) => context! { machine => day.to_string(), words => locale.day(day) },
        None => context! { machine => local.to_rfc3339(), words => locale.instant(local) },
    }
}

fn contact(person: &Person) -> Value {
    context! {
        name => v(&person.name),
        role => v(&person.role),
        email => v(&person.email),
        phone => person.phone.as_ref().map(phone),
        url => v(&person.url),
    }
}

/// The number as written, and as a telephone takes it.
fn phone(phone: &Text) -> Value {
    // `+33 (0)3 …`: the zero is for those at home.
    let written = if phone.as_str().starts_with('+') { phone.as_str().replace("(0)", "") } else { phone.to_string() };
    let number: String = written.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    // Two numbers, or a number and words, are nothing that a telephone could call.
    let one = written.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+.-()/".contains(c));
    let number = if one && (3..=15).contains(&number.trim_start_matches('+').len()) { number } else { String::new() };
    context! { words => v(phone), number }
}

fn attachment(file: &Attachment, locale: &Locale) -> Value {
    let kind = file.url.rsplit('.').next().filter(|ending| ending.len() <= 4).map(str::to_uppercase);
    context! {
        url => v(&file.url),
        title => v(&file.title),
        kind,
        size => file.size.map(|size| human_size(size, locale)),
    }
}

fn human_size(size: u64, locale: &Locale) -> String {
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
fn v(value: &impl Serialize) -> Value {
    Value::from(Serde(value))
}
