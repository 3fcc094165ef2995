//! The files that come with an item: what it shows, what it links to, what it names in its head,
//! and what bears its own name.
//!
//! Nothing else is copied. A file that merely lies there may be a draft, a photograph without
//! rights or the text of next week: that it lies beside an item says nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::id::stem;
use super::link::{Address, canonical, is_below, is_file, public_names, source_path};
use crate::config::{Config, web_address};
use crate::file::{Source, SourceEntry};
use crate::input::markdown::Target;
use crate::input::{Draft, Kind, is_item, pdf};
use crate::item::{Attachment, Item, Picture};
use crate::kept::Rare;
use crate::locale::Locale;
use crate::media::{self, Look, Pixels};
use crate::problem::{Code, Place, Problem, SIDECAR};
use crate::text::Text;
use crate::tree::Node;

/// The files and items that one item refers to.
#[derive(Debug)]
pub struct Files {
    /// The lead picture.
    pub image: Option<Picture>,
    /// What comes with it: what its head lists, then what bears its name, then what its text links to.
    pub attachments: Vec<Attachment>,
    /// Paths below the items folder, sorted, each once.
    pub references: Vec<String>,
    /// How large the pictures among them are.
    pub pictures: Vec<(String, Pixels)>,
    /// Addresses that may be those of other items' pages.
    pub page_links: Vec<String>,
    /// Links of the body that may lead to something of ours, with their places, for
    /// [`super::link::check`].
    pub targets: Rare<(String, Place)>,
}

impl Files {
    /// Reads `image`, `attachments`, the links of the body and the names beside the item; a file that
    /// is named in the head and not there is a warning, and is not in the feeds.
    pub fn of(
        draft: &Draft,
        title: &Text,
        address: &Address,
        language: &str,
        config: &Config,
        source: &Source,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let body = draft.facts.references.iter();
        let is_part = |path: &str| draft.facts.parts.iter().any(|part| part.path == path);
        let there =
            |target: &str| source_path(&draft.path, target).filter(|path| source.find(path).is_some() || is_part(path));
        let relative = body.clone().map(|(target, _)| target).filter(|target| there(target).is_none());
        let site = canonical(config.url.as_str());
        let is_ours = |(target, _): &&(String, Place)| is_below(target, &site);
        let ours: Vec<&(String, Place)> = draft.facts.absolute.iter().filter(is_ours).collect();
        let page_links = relative.chain(ours.iter().map(|(target, _)| target)).cloned().collect();
        let targets = body.clone().chain(ours).cloned().collect();

        let mut named = |key: &str, node: &Node| named_file(key, node, draft, source, problems);
        let image = draft.image.as_ref().and_then(|node| Some((node, named("image", node)?)));
        let listed = draft.attachments.iter();
        let listed: Vec<_> = listed.filter_map(|node| Some((node, named("attachments", node)?))).collect();

        // Where each file is referred to first: in the head, else in the text.
        let mut places: BTreeMap<String, Option<Place>> = BTreeMap::new();
        let in_head =
            image.iter().chain(&listed).filter_map(|(node, file)| Some((file.path()?.to_owned(), node.place)));
        // A PDF that is an item is reached by its page, which its sidecar makes.
        let named_for = |path: String| match Kind::of(&path) {
            Kind::Pdf if path != draft.path && is_item(&path, source) => format!("{path}{SIDECAR}"),
            _ => path,
        };
        let in_body = body.clone().filter_map(|(target, place)| Some((named_for(there(target)?), *place)));
        for (path, place) in in_head.chain(in_body) {
            places.entry(path).or_insert(Some(place));
        }
        let mut beside: Vec<&SourceEntry> =
            companions(&draft.path, source).filter(|entry| !places.contains_key(entry.path.as_str())).collect();
        // RSS has one enclosure: a document before its picture.
        beside.sort_by_key(|entry| media::is_picture(&entry.path));
        places.extend(beside.iter().map(|entry| (entry.path.to_string(), None)));
        // The document of which the item is all that there is to say.
        let own = source.find(&draft.path).filter(|_| Kind::of(&draft.path) == Kind::Pdf);
        if let Some(own) = own {
            places.entry(own.path.to_string()).or_insert(None);
        }
        let linked = draft.facts.linked.iter().filter_map(|target| there(target)).filter(|path| is_file(path));
        let linked: Vec<&SourceEntry> = linked.filter_map(|path| source.find(&path)).collect();

        let looks = looks(&places, draft, source, problems);
        problems.extend(protected(&places, draft, source));
        let references: Vec<String> = places.into_keys().collect();
        let making = Making { names: public_names(&references, &draft.path), base: &address.base, looks: &looks };
        let image = image.map(|(node, file)| making.picture(node, &file, draft, problems));
        let mut attachments = Attachments::default();
        let is_listed = |own: &&SourceEntry| listed.iter().any(|(_, file)| file.path() == Some(own.path.as_str()));
        if let Some(own) = own.filter(|own| !is_listed(own)) {
            let title = Text::new(&Locale::of_page(language, &config.language).word("download", &[]));
            attachments.add(Attachment { title, ..making.attachment(&File::here(own)) }, true);
        }
        for (node, file) in &listed {
            attachments.add(making.listed(node, file), text(node, "title").is_some());
        }
        // The item itself in another form: the file's name says nothing more than the title.
        for entry in &beside {
            attachments.add(Attachment { title: title.clone(), ..making.attachment(&File::here(entry)) }, false);
        }
        for entry in linked {
            attachments.add(Attachment { linked: true, ..making.attachment(&File::here(entry)) }, false);
        }
        let pictures = looks.into_iter().filter_map(|(path, look)| Some((path, look.pixels?))).collect();
        Self { image, attachments: attachments.named_apart(), references, pictures, page_links, targets }
    }
}

/// The paths that [`Files::of`] asks for, whether or not something lies there: what the text refers to
/// and what the head names, each with the sidecar that would make a PDF an item of its own. What bears
/// the item's name it finds by [`companions`].
pub fn asked(draft: &Draft) -> BTreeSet<String> {
    let in_body = draft.facts.references.iter().map(|(target, _)| target.as_str());
    let in_body = in_body.chain(draft.facts.linked.iter().map(String::as_str));
    let in_head = draft.image.iter().chain(&draft.attachments).filter_map(written);
    let mut asked: BTreeSet<String> =
        in_body.chain(in_head).filter_map(|target| source_path(&draft.path, target)).collect();
    let sidecars = asked.iter().filter(|path| Kind::of(path) == Kind::Pdf).map(|path| format!("{path}{SIDECAR}"));
    let sidecars: Vec<String> = sidecars.collect();
    asked.extend(sidecars);
    asked
}

/// The files that bear the name of the item at `path`: `release.pdf` beside `release.md`. One with a
/// sidecar of its own speaks for itself.
pub fn companions<'a>(path: &'a str, source: &'a Source) -> impl Iterator<Item = &'a SourceEntry> {
    let stem = stem(path);
    let bears_it = move |other: &str| {
        other.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')).is_some_and(|ending| {
            let is_item = Kind::of(other).is_item();
            other != path && !ending.contains(['.', '/']) && !is_item && is_file(other) && media::is_for_readers(other)
        })
    };
    near(path, source)
        .filter(move |entry| bears_it(&entry.path) && source.find(&format!("{}{SIDECAR}", entry.path)).is_none())
}

/// The files whose paths begin as that of the item does, itself among them: all that may lie beside it for its
/// sake.
pub fn near<'a>(path: &'a str, source: &'a Source) -> impl Iterator<Item = &'a SourceEntry> {
    let stem = stem(path);
    let from = source.entries().partition_point(|entry| entry.path.as_str() < stem);
    source.entries().iter().skip(from).take_while(move |entry| entry.path.starts_with(stem))
}

/// What the pictures among the files look like. One that is not what its name says is a warning:
/// some readers go by the name, others by the bytes, and it is seen in some of them only.
fn looks(
    places: &BTreeMap<String, Option<Place>>,
    draft: &Draft,
    source: &Source,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Look> {
    let mut looks = BTreeMap::new();
    for (path, place) in places.iter().filter(|(path, _)| media::is_picture(path)) {
        // What lies inside the item's own file was looked at there.
        let Some(entry) = source.find(path) else { continue };
        let look = media::look(source, entry);
        if look.is_none_or(|look| !media::agrees(path, look)) {
            let problem = Problem::new(Code::PictureMisnamed, &draft.path);
            let problem = place.map_or(problem.clone(), |place| problem.at(place));
            let held = look.map(|look| look.media_type.trim_start_matches("image/").to_ascii_uppercase());
            problems.push(problem.with("file", last_part(path)).with("kind", held.unwrap_or_default()));
        }
        looks.extend(look.map(|look| (path.clone(), look)));
    }
    looks
}

/// The PDFs among the files that perhaps nobody can open: whoever gets one that asks for a password has
/// nothing.
fn protected(places: &BTreeMap<String, Option<Place>>, draft: &Draft, source: &Source) -> Vec<Problem> {
    let of = |(path, place): (&String, &Option<Place>)| {
        let entry =
            source.find(path).filter(|entry| Kind::of(path) == Kind::Pdf && pdf::is_encrypted(source, entry))?;
        let problem = Problem::new(Code::PdfProtected, &draft.path).with("file", last_part(&entry.path));
        Some(place.map_or(problem.clone(), |place| problem.at(place)))
    };
    places.iter().filter_map(of).collect()
}

/// What the attachments of one item are made with.
struct Making<'a> {
    names: BTreeMap<String, String>,
    base: &'a str,
    looks: &'a BTreeMap<String, Look>,
}

impl Making<'_> {
    fn attachment(&self, file: &File) -> Attachment {
        match file {
            File::Elsewhere(url) => Attachment {
                media_type: media::media_type(
                    url::Url::parse(url).map_or(url.clone(), |u| u.path().to_owned()).as_str(),
                ),
                title: Text::some(last_part(url.trim_end_matches('/'))).unwrap_or_else(|| Text::new(url)),
                url: url.clone(),
                source: None,
                size: None,
                pixels: None,
                linked: false,
            },
            File::Here { path, size } => {
                let look = self.looks.get(path);
                Attachment {
                    url: format!("{}{}", self.base, self.names.get(path).map_or(path.as_str(), String::as_str)),
                    source: Some(path.clone()),
                    size: Some(*size),
                    media_type: look.map_or_else(|| media::media_type(path), |look| look.media_type.to_owned()),
                    pixels: look.and_then(|look| look.pixels),
                    title: Text::some(last_part(path)).unwrap_or_else(|| Text::new(path)),
                    linked: false,
                }
            }
        }
    }

    /// One that the head names, with what it says of it.
    fn listed(&self, node: &Node, file: &File) -> Attachment {
        let mut attachment = self.attachment(file);
        attachment.title = text(node, "title").unwrap_or(attachment.title);
        if attachment.source.is_none() {
            // Of what lies elsewhere only its author knows more than the address tells.
            attachment.size = node.get("size").and_then(Node::text).and_then(|size| size.trim().parse().ok());
            let said = node.get("type").and_then(Node::text).and_then(media::written_type);
            attachment.media_type = said.unwrap_or(attachment.media_type);
        }
        attachment
    }

    fn picture(&self, node: &Node, file: &File, draft: &Draft, problems: &mut Vec<Problem>) -> Picture {
        let alt = text(node, "alt");
        if alt.is_none() {
            problems.push(Problem::new(Code::ImageWithoutAlt, &draft.path).at(node.place));
        }
        Picture {
            file: self.listed(node, file),
            alt: alt.unwrap_or_default(),
            caption: text(node, "caption"),
            credit: text(node, "credit"),
        }
    }
}

/// The attachments of one item, each address once.
#[derive(Default)]
struct Attachments {
    files: Vec<Attachment>,
    /// Whether somebody said what it is called.
    titled: Vec<bool>,
}

impl Attachments {
    fn add(&mut self, attachment: Attachment, titled: bool) {
        if !self.files.iter().any(|known| known.url == attachment.url) {
            self.files.push(attachment);
            self.titled.push(titled);
        }
    }

    /// Two files of one title are two forms of one thing to readers (JF-07): where nobody said what
    /// they are called, their folder tells them apart.
    fn named_apart(self) -> Vec<Attachment> {
        let mut taken: HashSet<String> = HashSet::new();
        let mut files = self.files;
        for (file, titled) in files.iter_mut().zip(self.titled) {
            let name = file.title.to_string();
            if let (false, false, Some(path)) = (taken.insert(name), titled, &file.source) {
                file.title = Text::new(path);
            }
        }
        files
    }
}

enum File {
    Here { path: String, size: u64 },
    Elsewhere(String),
}

impl File {
    fn here(entry: &SourceEntry) -> Self {
        Self::Here { path: entry.path.to_string(), size: entry.size }
    }

    fn path(&self) -> Option<&str> {
        match self {
            Self::Here { path, .. } => Some(path),
            Self::Elsewhere(_) => None,
        }
    }
}

fn text(node: &Node, key: &str) -> Option<Text> {
    node.get(key).and_then(Node::text).and_then(Text::some)
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name of a file in the head: a text, or a map with `file` (or `path`, `url`, `src`).
fn written(node: &Node) -> Option<&str> {
    let written = node.text().or_else(|| ["file", "path", "url", "src"].iter().find_map(|key| node.get(key)?.text()));
    written.map(str::trim).filter(|written| !written.is_empty())
}

/// The file that the head names.
fn named_file(key: &str, node: &Node, draft: &Draft, source: &Source, problems: &mut Vec<Problem>) -> Option<File> {
    let Some(written) = written(node) else {
        let problem = Problem::new(Code::ValueIgnored, &draft.path).at(node.place);
        problems.push(problem.with("key", key).with("example", format!("{key}: dossier.pdf")));
        return None;
    };
    match Target::of(written) {
        Target::Absolute => {
            if let Some(url) = web_address(written) {
                return Some(File::Elsewhere(url));
            }
        }
        Target::Relative => {
            let entry = source_path(&draft.path, written).and_then(|path| source.find(&path));
            if let Some(entry) = entry {
                let is_either = Kind::of(&entry.path).is_either();
                if entry.path == draft.path || is_either || !is_item(&entry.path, source) {
                    return Some(File::here(entry));
                }
                let problem = Problem::new(Code::FileMissing, &draft.path).at(node.place);
                problems.push(problem.with("target", written).with("item", "1"));
                return None;
            }
        }
        Target::Unsafe => {}
    }
    problems.push(Problem::new(Code::FileMissing, &draft.path).at(node.place).with("target", written));
    None
}

/// What lies in the folder of an item and that no item refers to: it is not published, and whoever
/// put it there thinks that it is. Where several items share a folder, a file that nobody names is
/// nobody's.
pub fn unused(items: &[Item], source: &Source) -> Vec<Problem> {
    if !items.iter().any(|item| item.path.contains("/index.")) {
        return Vec::new();
    }
    let referred: HashSet<&str> = items.iter().flat_map(|item| item.references.iter().map(String::as_str)).collect();
    let paths: BTreeSet<&str> = items.iter().map(|item| item.path.as_str()).collect();
    items.iter().filter_map(|item| unused_of(item, &paths, &referred, source)).collect()
}

/// What the paths of the files begin with that are an item's by their place: `a/b.` for `a/b.md`, and
/// `a/b/` for `a/b/index.md`.
pub fn own_name(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name.starts_with("index.") && !folder.is_empty() {
        return path.get(..=folder.len());
    }
    path.rsplit_once('.').and_then(|(stem, _)| path.get(..=stem.len()))
}

fn unused_of(item: &Item, items: &BTreeSet<&str>, referred: &HashSet<&str>, source: &Source) -> Option<Problem> {
    /// So many of them by name.
    const MOST: usize = 5;
    let (folder, name) = item.path.rsplit_once('/')?;
    let inside = format!("{folder}/");
    let mut in_it = items.range(inside.as_str()..).take_while(|other| other.starts_with(&inside));
    if !name.starts_with("index.") || in_it.any(|other| *other != item.path) {
        return None;
    }
    let from = source.entries().partition_point(|entry| *entry.path < *inside);
    let below = source.entries().iter().skip(from).map(|entry| entry.path.as_str());
    let left = below.take_while(|path| path.starts_with(&inside)).filter(|path| !referred.contains(path));
    let is_sidecar = |path: &&str| path.strip_suffix(SIDECAR).is_some_and(|file| source.find(file).is_some());
    let left = left.filter(|path| Kind::of(path) == Kind::Other && !is_sidecar(path));
    let names: Vec<String> = left.map(|path| format!("`{}`", path.trim_start_matches(&inside))).collect();
    let mut shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    if names.len() > MOST {
        shown.push("…");
    }
    let problem = Problem::new(Code::FileUnused, &item.path).with("files", shown.join(", "));
    let problem = problem.with("count", names.len()).with("many", if names.len() > 1 { "1" } else { "" });
    (!names.is_empty()).then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bears_the_name_of_an_item() {
        let files = [
            "a/r.md",
            "a/r.pdf",
            "a/r.PNG",
            "a/r.md~",
            "a/r.bak",
            "a/r.md.toml",
            "a/r.fr.pdf",
            "a/r-2.pdf",
            "a/r.odp",
            "a/r.odp.toml",
            "a/r/x.pdf",
            "r.pdf",
            "a/r.toml",
            "a/q.pdf",
            "a/r",
        ];
        let source = Source::in_memory(files.map(|file| (file, "")));
        let found: Vec<&str> = companions("a/r.md", &source).map(|entry| entry.path.as_str()).collect();
        assert_eq!(found, ["a/r.PNG", "a/r.pdf"]);
        let found: Vec<&str> = companions("a/r.fr.md", &source).map(|entry| entry.path.as_str()).collect();
        assert_eq!(found, ["a/r.fr.pdf"]);
    }
}
