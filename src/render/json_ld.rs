//! `NewsArticle` for search engines: what the page and the feeds say of an item, in their words
//! (PG-04, PG-07).

use memchr::memchr3;
use serde::Serialize;

use crate::config::Config;
use crate::item::{Item, Person};
use crate::render::rfc3339;

#[derive(Serialize)]
struct Article<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: &'a str,
    url: &'a str,
    #[serde(rename = "mainEntityOfPage")]
    page: &'a str,
    headline: &'a str,
    #[serde(rename = "alternativeHeadline", skip_serializing_if = "Option::is_none")]
    subtitle: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(rename = "datePublished")]
    published: String,
    #[serde(rename = "dateModified")]
    modified: String,
    #[serde(rename = "inLanguage")]
    language: &'a str,
    author: Vec<Agent<'a>>,
    publisher: Agent<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'a str>,
    #[serde(rename = "copyrightNotice", skip_serializing_if = "Option::is_none")]
    rights: Option<&'a str>,
}

#[derive(Serialize)]
struct Agent<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<&'a str>,
}

/// The object, with the picture that stands for the item, so written that it can stand in a `script` element (PG-05); `None` for an item whose
/// text may not be read, since nothing is news there.
pub fn article(item: &Item, image: Option<&str>, config: &Config) -> Option<String> {
    if !item.status.is_readable() {
        return None;
    }
    let publisher = Agent {
        kind: "Organization",
        name: config.publisher.name.as_str(),
        url: config.publisher.url.as_deref(),
        logo: config.logo.as_deref(),
    };
    let article = Article {
        context: "https://schema.org",
        kind: "NewsArticle",
        id: &item.id,
        url: &item.url,
        page: &item.url,
        headline: item.title.as_str(),
        subtitle: item.subtitle.as_ref().map(|text| text.as_str()),
        description: item.summary.as_ref().map(|text| text.as_str()),
        // A day is a day here too (DT-22).
        published: item.day.map_or_else(|| rfc3339(item.published), |day| day.to_string()),
        modified: item.updated_day.map_or_else(|| rfc3339(item.updated), |day| day.to_string()),
        language: &item.language,
        author: item.authors.iter().map(|author| agent(author, config)).collect(),
        publisher,
        image: image.into_iter().collect(),
        keywords: item.tags.iter().map(|tag| tag.as_str()).collect(),
        rights: item.rights.as_ref().map(|text| text.as_str()),
    };
    let json = serde_json::to_string(&article).ok()?;
    if memchr3(b'<', b'>', b'&', json.as_bytes()).is_none() {
        return Some(json);
    }
    Some(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

/// The publisher signs as an organisation, everybody else as a person.
fn agent<'a>(author: &'a Person, config: &Config) -> Agent<'a> {
    let kind = if author.name == config.publisher.name { "Organization" } else { "Person" };
    Agent { kind, name: author.name.as_str(), url: author.url.as_deref(), logo: None }
}
