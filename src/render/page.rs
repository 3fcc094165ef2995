//! Pages, and the HTML that feeds carry: plain, accessible, without a script.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::error::Error as _;
use std::fmt::{self, Write as _};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset, NaiveDate};
use memchr::{memchr, memmem};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Object, ObjectRepr, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, context};
use serde::Serialize;

use super::{Fixed, OPML, Site, feed_url, json_ld};
use crate::config::color::Color;
use crate::config::theme::{self, Theme};
use crate::config::{Config, Format, LegalPage};
use crate::html;
use crate::item::{Attachment, Change, ChangeKind, Item, Moment, Person, Status};
use crate::kept::Shared;
use crate::locale::Locale;
use crate::problem::{Code, Problem};
use crate::select::{Channel, Subject};
use crate::text::{Text, words_only};

/// What a template knows, by name, and what stands behind it: a page asks for hundreds of names.
#[derive(Debug, Default)]
struct Names {
    own: HashMap<&'static str, Value, BuildHasherDefault<OfName>>,
    /// Others like it, for what it has not.
    around: Option<Value>,
}

impl Names {
    /// With room for those that a page adds.
    fn of(known: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        const MOST: usize = 48;
        let mut own = HashMap::with_capacity_and_hasher(MOST, BuildHasherDefault::default());
        own.extend(known);
        Self { own, around: None }
    }

    fn get(&self, name: &str) -> Option<Value> {
        let own = self.own.get(name).filter(|value| !value.is_undefined()).cloned();
        own.or_else(|| self.around.as_ref()?.downcast_object_ref::<Self>()?.get(name))
    }

    fn all(&self) -> BTreeSet<&'static str> {
        let around = self.around.as_ref().and_then(|around| around.downcast_object_ref::<Self>());
        self.own.keys().copied().chain(around.map(Self::all).unwrap_or_default()).collect()
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.all().into_iter().map(Value::from).collect())
    }
}

/// FNV-1a: names are short, and nobody else chooses them.
#[derive(Debug)]
struct OfName(u64);

impl Default for OfName {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for OfName {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// As `context!`, for [`Names`].
macro_rules! names {
    ($($name:ident => $value:expr),* $(,)?) => {
        [$((stringify!($name), Value::from($value))),*]
    };
}

/// The templates, loaded, and what every page knows.
pub struct Pages<'a> {
    config: &'a Config,
    channels: Vec<Value>,
    /// Where each topic is listed, by its name in lower case.
    topics: HashMap<String, String>,
    /// Where the page on subscribing is.
    subscribe: String,
    /// The pages that the law asks for: what they are, and where.
    legal: Vec<(LegalPage, String)>,
    /// What pages may do.
    policy: String,
    /// So many bytes hold what stands around the text of an item: a page is not to be moved while it grows.
    frame: usize,
    templates: Environment<'static>,
    unreadable: Vec<Problem>,
    /// The words of pages, by language.
    words: Kept,
    /// What every page knows, by language.
    newsrooms: Arc<Kept>,
}

impl fmt::Debug for Pages<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pages")
    }
}

impl<'a> Pages<'a> {
    /// What stands for an e-mail address where none is to be shown.
    pub fn hidden_address(&self) -> &'static str {
        Locale::of(&self.config.language).page.get("address-hidden").map_or("…", String::as_str)
    }

    /// What a page that the law asks for is called, where it does not say.
    pub fn name_of(&self, page: LegalPage) -> Text {
        Text::new(&Locale::of(&self.config.language).word(page.name(), &[]))
    }

    /// For one newsroom.
    pub fn new(site: &Site<'a>) -> Self {
        let config = site.config;
        let newsrooms = Arc::default();
        let (mut templates, unreadable) = templates(&config.theme, Arc::clone(&newsrooms));
        let style = style(config);
        let policy = policy(config, &style);
        let frame = style.len() + policy.len() + 8 * 1024;
        templates.add_global("policy", policy.clone());
        templates.add_global("style", Value::from_safe_string(style));
        let topics = site.channels.iter().filter(|channel| channel.subject == Subject::Topic);
        let topics = topics
            .map(|topic| (topic.name.as_str().to_lowercase(), format!("{}{}", config.url, topic.folder)))
            .collect();
        Self {
            config,
            channels: site.channels.iter().map(|channel| channel_value(channel, config)).collect(),
            topics,
            subscribe: site.subscribe.clone(),
            legal: site.legal.clone(),
            policy,
            frame,
            templates,
            unreadable,
            words: Mutex::default(),
            newsrooms,
        }
    }

    /// Templates of the theme that cannot be read, each with its line.
    pub fn unreadable(&self) -> Vec<Problem> {
        self.unreadable.clone()
    }

    /// What the feeds carry of an item: subtitle, picture, text, files, contacts. Never empty.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn content(&self, item: &Item, body: &str) -> Result<String, Problem> {
        let written = self.render("content.html", Value::from_object(self.entry_values(item, body)))?;
        Ok(written.trim().to_owned())
    }

    /// What they carry where the whole does not fit: what was done to it, its summary, and where the
    /// rest can be read.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn summary(&self, item: &Item) -> Result<String, Problem> {
        let written = self.render("summary.html", Value::from_object(self.entry_values(item, "")))?;
        Ok(written.trim().to_owned())
    }

    /// The page of an item, which `translations` say in other languages.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn item(&self, item: &Item, body: &str, translations: &[&Item]) -> Result<Vec<u8>, Problem> {
        let locale = Locale::of_page(&item.language, &self.config.language);
        let topics = item.tags.iter().map(|tag| {
            context! { name => v(tag), url => v(&self.topics.get(&tag.as_str().to_lowercase())) }
        });
        let translations = translations.iter().map(|other| {
            context! {
                lang => v(&other.language),
                name => Locale::language(&other.language),
                url => v(&other.url),
                title => v(&other.title),
            }
        });
        let json_ld = json_ld::article(item, self.config);
        // No browser runs it; checkers ask for its digest all the same, and it allows nothing else.
        let policy = json_ld.as_ref().map(|data| format!("{}; script-src {}", self.policy, source_of(data)));
        let body = for_a_page(body, locale);
        let mut values = self.item_values(item, &body);
        values.own.extend(lead_names(item, &body));
        values.own.extend(names! {
            canonical => v(&item.url),
            policy => policy.as_ref().unwrap_or(&self.policy).as_str(),
            topics => topics.collect::<Vec<_>>(),
            translations => translations.collect::<Vec<_>>(),
            graph => graph(item, locale),
            json_ld => json_ld.map(Value::from_safe_string),
        });
        values.around = Some(self.newsroom(&item.language));
        self.page("item.html", Value::from_object(values), body.len())
    }

    /// What stands where the page of an item was: it leads to the present one.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn redirect(&self, item: &Item) -> Result<Vec<u8>, Problem> {
        let values = context! {
            url => v(&item.url),
            title => v(&item.title),
            ..self.newsroom(&item.language),
        };
        self.page("redirect.html", values, 0)
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
        let locale = Locale::of_page(&channel.language, &self.config.language);
        let row = |item: &&Item| Row {
            url: item.url.clone(),
            title: item.title.clone(),
            other: (item.language != channel.language).then(|| item.language.clone()),
            summary: item.summary.clone(),
            day: item.day,
            local: item.local,
        };
        let rows = Value::from_object(Rows { rows: items.iter().map(row).collect(), locale });
        let home = format!("{}{}", self.config.url, channel.folder);
        let at = |year: &i32| format!("{home}archive/{year}/");
        let values = context! {
            canonical => year.as_ref().map_or_else(|| home.clone(), at),
            channel => channel_value(channel, self.config),
            count => locale.count_on_page("releases", if year.is_some() { items.len() } else { channel.listed.len() }),
            year,
            years => years.iter().map(|year| context! { year, url => at(year) }).collect::<Vec<_>>(),
            items => rows,
            ..self.newsroom(&channel.language),
        };
        /// So many bytes stand around what a row says.
        const AROUND: usize = 224;
        let said = |item: &&Item| {
            item.url.len()
                + item.title.as_str().len()
                + item.summary.as_ref().map_or(0, |summary| summary.as_str().len())
        };
        self.page("index.html", values, items.iter().map(|item| said(item) + AROUND).sum())
    }

    /// A page that no item has.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn fixed(&self, fixed: Fixed) -> Result<Vec<u8>, Problem> {
        let (template, address) = match fixed {
            Fixed::NotFound => ("404.html", "404.html"),
            _ => ("subscribe.html", self.subscribe.as_str()),
        };
        let values = context! {
            canonical => format!("{}{address}", self.config.url),
            opml => format!("{}{OPML}", self.config.url),
            has_archive => self.config.channels.archive,
            ..self.newsroom(&self.config.language),
        };
        self.page(template, values, 0)
    }

    /// A page that the law asks for, of safe HTML.
    ///
    /// # Errors
    /// A template is at fault.
    pub fn legal(&self, page: LegalPage, title: &Text, body: &str) -> Result<Vec<u8>, Problem> {
        let language = &self.config.language;
        let values = context! {
            canonical => self.legal.iter().find(|(known, _)| *known == page).map(|(_, folder)| self.at(folder)),
            title => v(title),
            body => Value::from_safe_string(for_a_page(body.trim(), Locale::of(language)).into_owned()),
            ..self.newsroom(language),
        };
        self.page("legal.html", values, body.len())
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.config.url)
    }

    /// What every page knows; `language` is that of what it is about.
    fn newsroom(&self, language: &str) -> Value {
        once(&self.newsrooms, language, || self.newsroom_in(language))
    }

    fn newsroom_in(&self, language: &str) -> Value {
        let config = self.config;
        let locale = Locale::of_page(language, &config.language);
        let publisher = &config.publisher;
        let site = publisher.url.as_ref().and_then(|url| Some(url::Url::parse(url).ok()?.host_str()?.to_owned()));
        let legal = self.legal.iter().map(|(page, folder)| {
            let state = config.legal.conformance.filter(|_| *page == LegalPage::Accessibility);
            let key = state.map_or_else(|| page.name().to_owned(), |state| format!("{}.{}", page.name(), state.name()));
            context! { url => self.at(folder), name => locale.word(&key, &[]) }
        });
        let known = names! {
            language => language,
            words => self.words(locale),
            lang_words => other_language(&locale.tag, language),
            lang_newsroom => other_language(&config.language, language),
            newsroom => context! {
                title => v(&config.title),
                description => v(&(config.description != config.title).then_some(&config.description)),
                url => config.url.as_str(),
                rights => v(&config.rights),
                icon => v(&config.icon),
                logo => v(&config.logo),
            },
            feeds => feeds(config, ""),
            channels => v(&self.channels),
            subscribe => self.at(&self.subscribe),
            legal => legal.collect::<Vec<_>>(),
            publisher => context! {
                name => v(&publisher.name),
                url => v(&publisher.url),
                site,
                address => v(&publisher.address),
                phone => publisher.phone.as_ref().map(phone),
                email => v(&publisher.email),
            },
        };
        Value::from_object(Names::of(known))
    }

    /// What the templates of feeds know.
    fn entry_values(&self, item: &Item, body: &str) -> Names {
        let mut values = self.item_values(item, body);
        // Ours do not ask for it, and it is found by comparing words.
        if !self.config.theme.templates.is_empty() {
            values.own.extend(lead_names(item, body));
        }
        values
    }

    /// What every template of an item knows, but its lead.
    fn item_values(&self, item: &Item, body: &str) -> Names {
        let locale = Locale::of_page(&item.language, &self.config.language);
        let publisher = &self.config.publisher.name;
        let image = item.image.as_ref().map(|image| {
            context! {
                url => v(&image.file.url),
                alt => v(&image.alt),
                width => image.file.pixels.map(|pixels| pixels.width),
                height => image.file.pixels.map(|pixels| pixels.height),
                caption => v(&image.caption),
                credit => v(&image.credit),
            }
        });
        let known = names! {
            words => self.words(locale),
            url => v(&item.url),
            title => v(&item.title),
            subtitle => v(&item.subtitle),
            summary => v(&item.summary),
            date => moment(item.day, item.local, locale),
            updated => (item.updated > item.published).then(|| moment(item.updated_day, item.updated_local, locale)),
            byline => byline(item, publisher),
            tags => v(&&*item.tags),
            readable => item.status.is_readable(),
            rights => v(&item.rights),
            image => image,
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
            expired => item.expires.as_ref().filter(|_| item.status == Status::Expired).map(|at| {
                locale.word("expired", &[("when", &in_words(**at, locale))])
            }),
            noindex => !item.status.is_readable(),
        };
        Names::of(known)
    }

    /// The words of a language; made once, for every page has them.
    fn words(&self, locale: &'static Locale) -> Value {
        once(&self.words, &locale.tag, || v(&locale.page))
    }

    /// A page, which holds so many bytes besides its frame, as far as they are known.
    fn page(&self, name: &str, values: Value, inside: usize) -> Result<Vec<u8>, Problem> {
        let mut page = Vec::with_capacity(self.frame + inside);
        let template = self.templates.get_template(name);
        let written = template.and_then(|template| template.render_captured_to(values, &mut page).map(drop));
        written.map(|()| page).map_err(|error| template_problem(&self.config.theme, name, &error))
    }

    fn render(&self, name: &str, values: Value) -> Result<String, Problem> {
        let rendered = self.templates.get_template(name).and_then(|template| template.render(values));
        rendered.map_err(|error| template_problem(&self.config.theme, name, &error))
    }
}

/// Pieces of the frame of a page that are the same on every page of a language: they ask for what is in
/// `parts.html`, ours or a theme's, and to ask once is enough.
const FRAME: [(&str, &str); 2] = [
    ("feed_links", "{% from 'parts.html' import feed_links %}{{ feed_links(feeds, newsroom.title) }}"),
    ("publisher_block", "{% from 'parts.html' import publisher_block %}{{ publisher_block(publisher) }}"),
];

/// What is made once, by language or by what it is of that.
type Kept = Mutex<HashMap<String, Value>>;

/// One of the pieces of [`FRAME`], made for the first page of its language that asks; a theme's may ask for
/// whatever every page knows.
fn framed(state: &State<'_, '_>, piece: &str, kept: &Kept, newsrooms: &Kept) -> Result<Value, Error> {
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
fn templates(theme: &Theme, newsrooms: Arc<Kept>) -> (Environment<'static>, Vec<Problem>) {
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
fn template_problem(theme: &Theme, asked: &str, error: &Error) -> Problem {
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

/// The style of every page, without what only people need, and the publisher's colour in it.
fn style(config: &Config) -> String {
    let mut style = String::new();
    let mut rest = config.theme.text("style.css");
    while let Some((before, comment)) = rest.split_once("/*") {
        style.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    style.push_str(rest);
    let mut lines: String = style.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    if let Some(color) = config.color {
        let [day, night] = TINTS.map(|tint| color.readable_on(Color::parse(tint).unwrap_or(Color::WHITE)));
        let _ = write!(
            lines,
            "\n@media screen{{:root{{--mark:{color};--link:{day}}}}}\n\
             @media screen and (prefers-color-scheme:dark){{:root{{--link:{night}}}}}"
        );
    }
    lines
}

/// What text of the publisher's colour stands on at worst, by day and by night: `--tint` in our style.
const TINTS: [&str; 2] = ["#f4f5f8", "#1f2026"];

/// What a page may do: show itself, and pictures and sound from where its author links to. No
/// script, no frame, no form, no style but its own (its digest).
fn policy(config: &Config, style: &str) -> String {
    let digest = source_of(style);
    let from = if config.url.scheme() == "http" { "'self' http: https:" } else { "'self' https:" };
    format!(
        "default-src 'none'; style-src {digest}; img-src {from} data:; media-src {from}; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The text of an element as a policy names it, by its digest.
fn source_of(text: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
    format!("'sha256-{digest}'")
}

/// HTML of an author as pages carry it: tables that may be wider than a telephone can be moved, also
/// with the keyboard.
fn for_a_page<'a>(html: &'a str, locale: &Locale) -> Cow<'a, str> {
    const VOID: &str = " />";
    let has = |what: &str| memmem::find(html.as_bytes(), what.as_bytes()).is_some();
    if !has("<table") && !has(VOID) {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let (mut depth, mut number) = (0_usize, 0_usize);
    // What was gone through, and what of it was written.
    let (mut at, mut written) = (0, 0);
    while let Some(start) = html.as_bytes().get(at..).and_then(|rest| memchr(b'<', rest)).map(|found| at + found) {
        let rest = html.get(start..).unwrap_or_default();
        let tag = rest.get(..html::tag_end(rest)).unwrap_or_default();
        at = start + tag.len();
        if tag.starts_with("<table") {
            if depth == 0 {
                number += 1;
                let name = html::escape(&locale.word("table", &[("n", &number.to_string())]));
                out.push_str(html.get(written..start).unwrap_or_default());
                written = start;
                let _ = write!(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">");
            }
            depth += 1;
        }
        // HTML has no use for the slash of XHTML.
        if tag.ends_with(VOID) {
            out.push_str(html.get(written..at - VOID.len()).unwrap_or_default());
            written = at;
            out.push('>');
        }
        if tag == "</table>" && depth > 0 {
            depth -= 1;
            if depth == 0 {
                out.push_str(html.get(written..at).unwrap_or_default());
                written = at;
                out.push_str("</div>");
            }
        }
    }
    out.push_str(html.get(written..).unwrap_or_default());
    Cow::Owned(out)
}

/// ` lang="…"` for words that are in another language than what stands around them, else nothing.
fn other_language(words: &str, around: &str) -> Value {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
    let attribute = format!(" lang=\"{}\"", html::escape(words));
    Value::from_safe_string(if primary(words) == primary(around) { String::new() } else { attribute })
}

/// What services that show a link say of the page (Open Graph).
fn graph(item: &Item, locale: &Locale) -> Value {
    let language = item.language.replace('-', "_");
    let territory = locale.page.get("territory").filter(|_| language == locale.tag).cloned();
    context! { locale => territory.unwrap_or(language) }
}

/// What in an item makes its page take other ways through the templates.
pub fn kind(item: &Item, translations: &[&Item]) -> String {
    let has = [
        item.subtitle.is_some(),
        item.summary.is_some(),
        item.image.is_some(),
        item.rights.is_some(),
        item.day.is_some(),
        item.updated > item.published,
        item.changes.iter().any(|change| change.note.is_some()),
        !item.attachments.is_empty(),
        !item.contacts.is_empty(),
        !item.tags.is_empty(),
        !item.relations.is_empty(),
        !translations.is_empty(),
        item.authors.len() > 1,
    ];
    format!("{} {has:?}", item.status.name())
}

/// The items of a list as templates see them, each made when they come to it: a year of a large newsroom has
/// thousands, and several lists are made at a time.
#[derive(Debug)]
struct Rows {
    rows: Vec<Row>,
    locale: &'static Locale,
}

/// What a list shows of an item.
#[derive(Debug)]
struct Row {
    url: Shared,
    title: Text,
    /// Its language, where the list has another.
    other: Option<Shared>,
    summary: Option<Text>,
    day: Option<NaiveDate>,
    local: DateTime<FixedOffset>,
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
fn feeds(config: &Config, folder: &str) -> Vec<Value> {
    let feed = |format: &Format| {
        context! { url => feed_url(config, folder, *format), media_type => format.media_type(), label => format.label() }
    };
    config.formats.iter().map(feed).collect()
}

/// A channel as templates see it: what it is called, its list and its feeds.
fn channel_value(channel: &Channel, config: &Config) -> Value {
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
fn byline(item: &Item, publisher: &Text) -> Vec<Value> {
    let is_contact = |author: &&Person| item.contacts.iter().any(|contact| contact.name == author.name);
    let authors = item.authors.iter().filter(|author| author.name != *publisher && !is_contact(author));
    authors.map(contact).collect()
}

/// The lead as templates know it.
fn lead_names(item: &Item, body: &str) -> [(&'static str, Value); 2] {
    let (lead, lead_is_first) = lead(item, body);
    names! { lead => v(&lead), lead_is_first => lead_is_first }
}

/// What is shown above the text of what it is about, and whether the first paragraph is that already.
/// The lead is shown once: not where the text says the same; where the text begins with it, its first
/// paragraph is the lead.
fn lead<'b>(item: &'b Item, body: &str) -> (Option<&'b Text>, bool) {
    let Some(summary) = &item.summary else { return (None, false) };
    let words = words_only(summary.as_str());
    let says = |text: &str| words_only(&html::text_of(text));
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

/// A value that is made once for each key; a copy of it costs nothing.
fn once(kept: &Kept, key: &str, make: impl FnOnce() -> Value) -> Value {
    let found = kept.lock().ok().and_then(|kept| kept.get(key).cloned());
    found.unwrap_or_else(|| {
        let value = make();
        if let Ok(mut kept) = kept.lock() {
            kept.insert(key.to_owned(), value.clone());
        }
        value
    })
}

/// A value as templates see it.
fn v(value: &impl Serialize) -> Value {
    Value::from(Serde(value))
}
