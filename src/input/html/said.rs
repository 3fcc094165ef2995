//! What a page says in places of its own for programs: `<title>`, `meta`, JSON-LD, microdata.
//!
//! A person or the system they publish with wrote it for search engines, so it is believed (after a
//! head and a sidecar, before the text). What an office program puts there of itself (who has the
//! licence, when the template was made) is a suggestion and no more (DESIGN §4).

use super::tree::{Content, Id, Page, ROOT};
use crate::html;
use crate::input::commands::is_template;
use crate::input::{At, Draft};
use crate::problem::Place;
use crate::text::{Text, words_only};
use crate::tree::{self, Node, Value};

/// Names of `meta` with a day or an instant, the most trusted first.
const PUBLISHED: [&str; 17] = [
    "article:published_time",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dcterms.issued",
    "dcterms.date.issued",
    "dc.date.issued",
    "dc.issued",
    "dcterms.available",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "parsely-pub-date",
    "publish-date",
    "pubdate",
    "date",
];
const UPDATED: [&str; 6] = [
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "dcterms.date.modified",
    "last-modified",
];
const AUTHORS: [&str; 7] = [
    "citation_author",
    "author",
    "article:author",
    "dcterms.creator",
    "dc.creator",
    "parsely-author",
    "dc.creator.personalname",
];
const TITLES: [&str; 6] = ["citation_title", "og:title", "dcterms.title", "dc.title", "twitter:title", "title"];
const SUMMARIES: [&str; 5] =
    ["og:description", "description", "dcterms.description", "dc.description", "twitter:description"];
const TAGS: [&str; 6] =
    ["article:tag", "news_keywords", "keywords", "dcterms.subject", "dc.subject", "citation_keywords"];

/// What kinds of things schema.org calls an article.
const ARTICLES: [&str; 14] = [
    "NewsArticle",
    "PressRelease",
    "Article",
    "BlogPosting",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BackgroundNewsArticle",
    "OpinionNewsArticle",
    "ReviewNewsArticle",
    "AdvertiserContentArticle",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "TechArticle",
    "Report",
];

/// Programs that write pages from documents, as they begin in `meta name=generator`.
const EXPORTERS: [&str; 12] = [
    "libreoffice",
    "openoffice",
    "staroffice",
    "collabora",
    "microsoft word",
    "microsoft excel",
    "microsoft publisher",
    "aspose",
    "cocoa html writer",
    "wps ",
    "abiword",
    "pdf",
];

/// What a page says.
#[derive(Debug, Default)]
pub struct Said {
    /// What is believed. Its title is the best of all titles, which may have the site's name in it.
    pub found: Draft,
    /// Every other title.
    pub titles: Vec<Text>,
    /// What is shown as a suggestion.
    pub suggestions: Vec<(&'static str, String)>,
    /// Whether an office program wrote the page.
    pub is_export: bool,
}

/// Reads it.
pub fn read(page: &Page) -> Said {
    let metas: Vec<Meta<'_>> = page.below(ROOT).filter_map(|id| meta(page, id)).collect();
    let first = |name: &str| metas.iter().find(|meta| meta.name == name);
    let generator = first("generator").map(|meta| meta.value.to_ascii_lowercase()).unwrap_or_default();
    let is_export = EXPORTERS.iter().any(|program| generator.starts_with(program))
        || first("progid").is_some_and(|meta| meta.value.contains("Document"))
        || super::office::is_google(page);
    let mut said = Said { is_export, ..Said::default() };
    said.found.language = language(page).or_else(|| first("content-language").map(Meta::typed));
    let heading =
        page.below(ROOT).find(|id| page.name(*id) == "title" && page.above(*id).all(|up| page.name(up) != "svg"));
    let title =
        heading.and_then(|id| Some(At { value: Text::some(&page.text(id))?, place: Place::line(page.line(id)) }));
    if is_export {
        said.suggestions = super::office::suggestions(page, &metas);
        // What the program was set to, when somebody wrote French in it.
        said.suggestions.extend(said.found.language.take().map(|language| ("language", language.value)));
        said.suggestions.extend(title.map(|title| ("title", title.value.to_string())));
        return said;
    }
    let graph = Graph::of(page);
    let mut titles = Vec::new();
    graph.article().into_iter().for_each(|article| graph.read(article, &mut said.found, &mut titles));
    microdata(page, &mut said.found);
    from_metas(&metas, &mut said.found, &mut titles);
    let site = first("og:site_name").and_then(|meta| meta.text().map(|at| at.value));
    titles.extend(title.map(|title| without_site(title, site.as_ref())));
    said.titles = titles.iter().map(|title| title.value.clone()).collect();
    said.found.title = titles.into_iter().next();
    said.found.redirect =
        metas.iter().find(|meta| meta.name == "refresh" && meta.sends_on()).map(|meta| Place::line(meta.line));
    said
}

/// Something, and not only where a generator was to write it.
fn is_said(value: &str) -> bool {
    !value.is_empty() && !is_template(value)
}

/// A `meta` element that says something.
#[derive(Debug)]
pub struct Meta<'a> {
    /// In lower case: of `name`, `property`, `itemprop` or `http-equiv`.
    pub name: String,
    /// Of `content`.
    pub value: &'a str,
    line: u32,
}

impl Meta<'_> {
    fn typed(&self) -> At<String> {
        At { value: self.value.to_owned(), place: Place::line(self.line) }
    }

    fn text(&self) -> Option<At<Text>> {
        Text::some(&html::plain(self.value)).map(|value| At { value, place: Place::line(self.line) })
    }

    fn node(&self) -> Node {
        scalar(self.value, Place::line(self.line))
    }

    /// `0; url=…`, as a page has that only stands where another one was.
    fn sends_on(&self) -> bool {
        let (seconds, address) = self.value.split_once([';', ',']).unwrap_or((self.value, ""));
        address.to_ascii_lowercase().contains("url")
            && seconds.trim().parse::<f32>().is_ok_and(|seconds| seconds < 10.0)
    }
}

fn meta(page: &Page, id: Id) -> Option<Meta<'_>> {
    if page.name(id) != "meta" {
        return None;
    }
    let name = ["property", "name", "itemprop", "http-equiv"].into_iter().find_map(|key| page.attribute(id, key))?;
    let value = page.attribute(id, "content").filter(|value| is_said(value))?;
    Some(Meta { name: name.to_ascii_lowercase(), value, line: page.line(id) })
}

fn language(page: &Page) -> Option<At<String>> {
    let element = |name: &str| page.below(ROOT).find(|id| page.name(*id) == name);
    let of = |id: Id| {
        let value =
            page.attribute(id, "lang").or_else(|| page.attribute(id, "xml:lang")).filter(|lang| !lang.is_empty())?;
        Some(At { value: value.to_owned(), place: Place::line(page.line(id)) })
    };
    element("html").and_then(of).or_else(|| element("body").and_then(of))
}

fn from_metas(metas: &[Meta<'_>], found: &mut Draft, titles: &mut Vec<At<Text>>) {
    let first = |names: &[&str]| names.iter().find_map(|name| metas.iter().find(|meta| meta.name == *name));
    let all = |names: &[&'static str]| -> Vec<&Meta<'_>> {
        let of = |name: &&'static str| metas.iter().filter(|meta| meta.name == **name).collect::<Vec<_>>();
        names.iter().map(of).find(|metas| !metas.is_empty()).unwrap_or_default()
    };
    found.date = found.date.take().or_else(|| first(&PUBLISHED).map(Meta::typed));
    found.updated = found.updated.take().or_else(|| first(&UPDATED).map(Meta::typed));
    found.expires = found.expires.take().or_else(|| first(&["article:expiration_time"]).map(Meta::typed));
    found.summary = found.summary.take().or_else(|| {
        SUMMARIES.iter().filter_map(|name| first(&[name])?.text()).find(|text| !is_cut(text.value.as_str()))
    });
    titles.extend(TITLES.iter().filter_map(|name| first(&[name])?.text()));
    if found.authors.is_none() {
        // A page of Facebook's is no name.
        let people = |name: &&str| -> Vec<&Meta<'_>> {
            metas.iter().filter(|meta| meta.name == **name && !meta.value.contains("://")).collect()
        };
        let people = AUTHORS.iter().map(people).find(|people| !people.is_empty()).unwrap_or_default();
        let nodes = people.iter().map(|meta| Node { value: Value::Scalar(in_order(meta)), ..meta.node() }).collect();
        found.authors = people.first().map(|meta| At { value: nodes, place: Place::line(meta.line) });
    }
    if found.tags.is_empty() {
        let separate = |meta: &&Meta<'_>| meta.value.split([',', ';']).filter_map(Text::some).collect::<Vec<_>>();
        all(&TAGS).iter().flat_map(separate).for_each(|tag| add(&mut found.tags, tag));
    }
}

/// Catalogues of articles have `Cortès, Marion`.
fn in_order(meta: &Meta<'_>) -> String {
    match meta.value.split_once(',') {
        Some((last, first)) if meta.name.starts_with("citation_") && !first.contains(',') => {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => meta.value.to_owned(),
    }
}

fn add(tags: &mut Vec<Text>, tag: Text) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}

/// A description that a program cut from the text tells less than the text.
fn is_cut(text: &str) -> bool {
    text.trim_end_matches([']', ')']).trim_end().ends_with(['…']) || text.trim_end_matches(']').ends_with("...")
}

/// A title without ` | Site` behind it, where the page says what the site is called.
fn without_site(title: At<Text>, site: Option<&Text>) -> At<Text> {
    let Some(site) = site.map(|site| words_only(site.as_str())) else { return title };
    let marks = [" | ", " - ", " – ", " — ", " • ", " · ", " : ", " « ", " :: "];
    let own = marks.iter().find_map(|mark| {
        let (own, behind) = title.value.as_str().rsplit_once(mark)?;
        Text::some(own).filter(|_| words_only(behind) == site)
    });
    At { value: own.unwrap_or(title.value), place: title.place }
}

/// What elements of the text say of themselves: `<time itemprop="datePublished">`, `rel="author"`.
fn microdata(page: &Page, found: &mut Draft) {
    let typed = |id: Id| {
        let value = ["datetime", "content"].into_iter().find_map(|key| page.attribute(id, key)).map(str::to_owned);
        let value = value.unwrap_or_else(|| page.text(id).trim().to_owned());
        is_said(&value).then(|| At { value, place: Place::line(page.line(id)) })
    };
    let is_own = |id: &Id| {
        page.name(*id) != "meta" && !page.above(*id).any(|up| matches!(page.name(up), "nav" | "aside" | "footer"))
    };
    let says = |id: &Id, property: &str, classes: &[&str]| {
        let classed = page.name(*id) == "time" && page.attribute(*id, "datetime").is_some();
        page.has_word(*id, "itemprop", property)
            || classed && classes.iter().any(|class| page.has_word(*id, "class", class))
    };
    // A page that lists others says this of each of them.
    let one = |property: &str, classes: &[&str]| {
        let mut all = page.below(ROOT).filter(|id| says(id, property, classes) && is_own(id));
        let first = all.next().and_then(typed)?;
        all.filter_map(typed).all(|other| other.value == first.value).then_some(first)
    };
    found.date = found.date.take().or_else(|| one("datePublished", &["published", "dt-published"]));
    found.updated = found.updated.take().or_else(|| one("dateModified", &["updated", "dt-updated"]));
    if found.authors.is_none() {
        let signs = |id: &Id| page.has_word(*id, "itemprop", "author") || page.has_word(*id, "rel", "author");
        let name = |id: Id| page.below(id).find(|id| page.has_word(*id, "itemprop", "name")).unwrap_or(id);
        let mut people: Vec<Node> = Vec::new();
        for id in page.below(ROOT).filter(|id| signs(id) && is_own(id) && page.name(*id) != "link") {
            let nested = page.above(id).any(|up| signs(&up));
            let text = Text::some(&page.text(name(id))).filter(|_| !nested);
            let known = |text: &Text| people.iter().any(|node| node.text() == Some(text.as_str()));
            if let Some(text) = text.filter(|text| !known(text)) {
                people.push(scalar(text.as_str(), Place::line(page.line(id))));
            }
        }
        found.authors = people.first().map(|node| node.place).map(|place| At { value: people, place });
    }
}

fn scalar(text: &str, place: Place) -> Node {
    Node { value: Value::Scalar(text.to_owned()), place }
}

/// Every thing that the JSON-LD of a page describes.
struct Graph {
    things: Vec<Node>,
}

impl Graph {
    fn of(page: &Page) -> Self {
        let mut things = Vec::new();
        let is_data = |id: &Id| {
            page.name(*id) == "script"
                && page
                    .attribute(*id, "type")
                    .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/ld+json"))
        };
        for id in page.below(ROOT).filter(is_data) {
            let texts = page.children(id).iter().filter_map(|child| match page.content(*child) {
                Content::Text(text) => Some(text.as_str()),
                _ => None,
            });
            let text: String = texts.collect();
            let Ok((mut root, _)) = tree::parse_json(&text) else { continue };
            let first = page.line(id);
            root.places(&|place| *place = Place::line(place.line + first - 1));
            collect(root, &mut things);
        }
        Self { things }
    }

    /// The thing that the page is about: the first article, if it says a title or a date.
    fn article(&self) -> Option<&Node> {
        let is_article = |thing: &&Node| {
            let kinds = thing.get("@type").map(Node::several).unwrap_or_default();
            kinds
                .iter()
                .filter_map(Node::text)
                .any(|kind| ARTICLES.contains(&kind.rsplit(['/', ':', '#']).next().unwrap_or(kind)))
        };
        let tells = |thing: &&Node| thing.get("headline").or(thing.get("datePublished")).is_some();
        self.things.iter().filter(is_article).find(tells)
    }

    fn read(&self, article: &Node, found: &mut Draft, titles: &mut Vec<At<Text>>) {
        let typed = |key: &str| {
            let node = article.get(key)?.several().first()?;
            let value = node.text().map(str::trim).filter(|text| is_said(text))?;
            Some(At { value: value.to_owned(), place: node.place })
        };
        let text = |key: &str| {
            let at = typed(key)?;
            Text::some(&html::plain(&at.value)).map(|value| At { value, place: at.place })
        };
        titles.extend(text("headline").or_else(|| text("name")));
        found.subtitle = text("alternativeHeadline");
        found.date = typed("datePublished");
        found.updated = typed("dateModified");
        found.expires = typed("expires");
        found.summary = text("description").or_else(|| text("abstract")).filter(|text| !is_cut(text.value.as_str()));
        found.language = found.language.take().or_else(|| typed("inLanguage"));
        self.people(article, found);
        for tag in article.get("keywords").map(Node::several).unwrap_or_default().iter().filter_map(Node::text) {
            tag.split(',').filter_map(|tag| Text::some(&html::plain(tag))).for_each(|tag| add(&mut found.tags, tag));
        }
        found.image = article.get("image").and_then(|image| self.picture(image));
    }

    /// The thing that a reference (`{"@id": …}`) stands for.
    fn whole<'a>(&'a self, thing: &'a Node) -> &'a Node {
        let named = |id: &str| self.things.iter().find(|other| other.get("@id").and_then(Node::text) == Some(id));
        let is_reference = thing.pairs().iter().all(|(key, _)| matches!(key.text(), Some("@id" | "@type" | "name")));
        let id = thing.get("@id").and_then(Node::text).filter(|_| is_reference);
        id.and_then(named).unwrap_or(thing)
    }

    fn people(&self, article: &Node, found: &mut Draft) {
        let name = |thing: &Node| {
            let name = thing.text().or_else(|| thing.get("name").and_then(Node::text))?;
            Text::some(&html::plain(name))
        };
        let publisher = article.get("publisher").and_then(|node| name(self.whole(node)));
        let Some(written) = article.get("author").or_else(|| article.get("creator")) else { return };
        let mut people = Vec::new();
        for thing in written.several() {
            let whole = self.whole(thing);
            let Some(name) = name(whole).or_else(|| name(thing)).filter(|name| Some(name) != publisher.as_ref()) else {
                continue; // the house signs where nobody does
            };
            let details = [("jobTitle", "role"), ("email", "email"), ("url", "url")];
            let details: Vec<(Node, Node)> = details
                .into_iter()
                .filter_map(|(theirs, ours)| {
                    let node = whole.get(theirs)?.several().first()?;
                    let value = node.text()?.trim().trim_start_matches("mailto:");
                    (!value.is_empty()).then(|| (scalar(ours, node.place), scalar(value, node.place)))
                })
                .collect();
            let own = scalar(name.as_str(), thing.place);
            people.push(match details.is_empty() {
                true => own,
                false => {
                    let pairs = std::iter::once((scalar("name", thing.place), own)).chain(details).collect();
                    Node { value: Value::Map(pairs), place: thing.place }
                }
            });
        }
        found.authors = (!people.is_empty()).then_some(At { value: people, place: written.place });
    }

    /// The first of the article's pictures, as a head has it.
    fn picture(&self, image: &Node) -> Option<Node> {
        let image = self.whole(image.several().first()?);
        let place = image.place;
        let value = |keys: &[&str]| keys.iter().find_map(|key| image.get(key)?.text());
        let address =
            image.text().or_else(|| value(&["contentUrl", "url"])).filter(|address| !address.trim().is_empty())?;
        let mut pairs = vec![(scalar("file", place), scalar(address, place))];
        let details = [
            ("alt", ["description", "name"]),
            ("caption", ["caption", "caption"]),
            ("credit", ["creditText", "copyrightNotice"]),
        ];
        pairs.extend(
            details.iter().filter_map(|(ours, theirs)| Some((scalar(ours, place), scalar(value(theirs)?, place)))),
        );
        Some(Node { value: Value::Map(pairs), place })
    }
}

/// Takes the things out of lists and graphs.
fn collect(node: Node, things: &mut Vec<Node>) {
    match node.value {
        Value::List(nodes) => nodes.into_iter().for_each(|node| collect(node, things)),
        Value::Map(ref pairs) => {
            let graph = pairs.iter().find(|(key, _)| key.text() == Some("@graph")).map(|(_, graph)| graph.clone());
            let main = ["mainEntity", "mainEntityOfPage"].into_iter().filter_map(|key| node.get(key).cloned());
            let inner: Vec<Node> = graph.into_iter().chain(main.filter(|node| node.pairs().len() > 2)).collect();
            things.push(node);
            inner.into_iter().for_each(|node| collect(node, things));
        }
        Value::Scalar(_) | Value::Null => {}
    }
}
