//! JSON Feed 1.0 and 1.1.

use serde_json::Value;
use url::Url;

use super::content::{absolute, address, from_text};
use super::media::size;
use super::{Author, Enclosure, Entry, Feed, Picture, Reading, plain};
use crate::config::email_address;
use crate::media::written_type;
use crate::text::{Text, clean, without_marks};

/// Reads the feed.
///
/// # Errors
/// Why it is none, and on which line.
pub fn read(text: &str, base: Option<&Url>, reading: &mut Reading<'_>) -> Result<Feed, (String, u32)> {
    let root: Value = serde_json::from_str(text).map_err(|error| {
        let reason = error.to_string();
        (
            reason.split(" at line").next().unwrap_or_default().to_owned(),
            u32::try_from(error.line()).unwrap_or_default(),
        )
    })?;
    let version = root.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = root.get("items").and_then(Value::as_array);
    let Some(items) = items.filter(|_| version.contains("jsonfeed.org")) else {
        return Err(("JSON".to_owned(), 1));
    };
    let home = string(&root, "feed_url").or_else(|| string(&root, "home_page_url"));
    let base = base.cloned().or_else(|| Url::parse(&home?).ok());
    let people = people(&root);
    let language = string(&root, "language");
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        let mut entry = entry(item, base.as_ref(), reading);
        if entry.authors.is_empty() {
            entry.authors.clone_from(&people);
        }
        entry.language = entry.language.or_else(|| language.clone());
        entries.push(entry);
    }
    Ok(Feed {
        kind: format!("JSON Feed {}", version.rsplit('/').next().unwrap_or_default()),
        title: string(&root, "title").as_deref().and_then(Text::some),
        entries,
        ..Feed::default()
    })
}

fn entry(item: &Value, base: Option<&Url>, reading: &mut Reading<'_>) -> Entry {
    let own = |key: &str| string(item, key);
    let link = own("url").map(|url| address(&url, base));
    let beside = link.as_deref().and_then(|link| Url::parse(link).ok());
    let base = beside.as_ref().or(base);
    let text = own("content_text").map(|text| from_text(&text));
    let content = own("content_html").or(text).unwrap_or_default();
    let files = item.get("attachments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let tags = item.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut dated = Entry::default();
    let published = reading.date(own("date_published"), &mut dated);
    let updated = reading.date(own("date_modified"), &mut dated);
    Entry {
        id: own("id"),
        title: own("title").as_deref().and_then(Text::some),
        published,
        updated,
        authors: people(item),
        tags: tags.iter().filter_map(|tag| Text::some(tag.as_str()?)).collect(),
        language: own("language"),
        summary: own("summary").as_deref().and_then(Text::some),
        content: absolute(&content, base),
        enclosures: files
            .iter()
            .filter_map(|file| {
                Some(Enclosure {
                    url: address(&string(file, "url")?, base),
                    media_type: string(file, "mime_type").as_deref().and_then(written_type),
                    size: string(file, "size_in_bytes").as_deref().and_then(size),
                    title: string(file, "title").as_deref().and_then(plain),
                })
            })
            .collect(),
        image: own("image").or_else(|| own("banner_image")).map(|url| Picture { url: address(&url, base), alt: None }),
        link,
        ..dated
    }
}

/// A text, or a number that stands for one (ids of the first version), without what no feed carries.
fn string(of: &Value, key: &str) -> Option<String> {
    let text = match of.get(key)? {
        Value::String(text) => without_marks(&clean(text).text).into_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn people(of: &Value) -> Vec<Author> {
    let several = of.get("authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = of.get("author").filter(|_| several.is_empty());
    several
        .iter()
        .chain(one)
        .filter_map(|person| {
            let url = string(person, "url");
            let email = url.as_deref().filter(|url| url.starts_with("mailto:")).and_then(email_address);
            let name = string(person, "name").as_deref().and_then(Text::some);
            let name = name.or_else(|| Text::some(email.as_deref()?.split('@').next()?))?;
            Some(Author { name, email, url: url.filter(|url| url.starts_with("http")) })
        })
        .collect()
}
