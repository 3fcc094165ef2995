//! Pages, and the HTML that feeds carry: plain, accessible, without a script.

mod look;
mod names;
mod templates;
mod values;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use minijinja::value::Value;
use minijinja::{Environment, context};

use self::look::{for_a_page, policy, source_of, style};
use self::names::{Names, names};
use self::templates::{Kept, once, template_problem, templates};
use self::values::{
    Preview, Row, Rows, attachment, byline, channel_value, contact, direction, feeds, graph, history, in_words,
    lead_names, moment, note, other_language, phone, sign, v,
};
use super::{Fixed, OPML, Site, json_ld};
use crate::config::{Config, LegalPage};
use crate::item::{Item, Status};
use crate::locale::Locale;
use crate::problem::Problem;
use crate::select::{Channel, Subject};
use crate::text::Text;

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
        let preview = Preview::of(item, body);
        let json_ld = json_ld::article(item, preview.as_ref().map(|preview| preview.url.as_str()), self.config);
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
            graph => graph(item, locale, preview.as_ref(), self.config),
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
            over => channel.is_over(),
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
            lang_inside => other_language(&locale.tag, &config.language),
            newsroom => context! {
                title => v(&config.title),
                description => v(&(config.description != config.title).then_some(&config.description)),
                url => config.url.as_str(),
                rights => v(&config.rights),
                icon => v(&config.icon),
                logo => v(&config.logo),
                preview => v(&sign(config)),
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
            noindex => !item.status.is_current(),
            dir => direction(&item.language, None),
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
