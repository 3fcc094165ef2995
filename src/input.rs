//! From a file to what its author wrote: a [`Draft`], everything optional, each value with its
//! place, no configuration seen.

pub mod addresses;
pub mod anatomy;
pub mod banner;
pub mod commands;
#[cfg(feature = "office")]
pub mod docx;
pub mod encoding;
pub mod facts;
pub mod front_matter;
pub mod html;
pub mod markdown;
pub mod mdx;
#[cfg(feature = "office")]
pub mod odt;
#[cfg(feature = "office")]
pub mod office;
pub mod pdf;
pub mod people;
pub mod plain;
pub mod story;

use std::borrow::Cow;

use encoding_rs::Encoding;
use memchr::memchr2;

use self::commands::Syntax;
use self::markdown::Rendering;
use self::story::Story;
use crate::config::Known;
use crate::file::{LARGEST_DOCUMENT, LARGEST_TEXT, Source, SourceFile, digest, digest_of};
use crate::item::{ForThePress, NotesToEditors, Words};
use crate::problem::{Code, Lines, Place, Problem, SIDECAR};
use crate::text::{self, Text};
use crate::tree::Node;

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Markdown with or without a head: an item, unless its name says otherwise.
    Markdown,
    /// Markdown with components in it: an item likewise.
    Mdx,
    /// Plain text, as it comes out of a mail or a PDF: an item likewise.
    Plain,
    /// A document that no build reads: an item where its sidecar speaks for it ([`pdf`]).
    Pdf,
    /// A Word document: an item likewise.
    Word,
    /// An OpenDocument text: an item likewise.
    OpenDocument,
    /// A page, with or without a head: an item likewise.
    Html,
    /// A text that people write and that is not read: said, never skipped silently.
    NotRead(Unread),
    /// Not an item: a picture, a sound, anything that items may refer to.
    Other,
}

/// Of what kind a text is that is not read: what to do with it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// A document of an office.
    Document,
    /// A message, as a mail program saves it.
    Mail,
    /// A text with marks, as other generators read it.
    Marks,
}

impl Unread {
    /// The stable name, as in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "office",
            Self::Mail => "mail",
            Self::Marks => "marks",
        }
    }
}

impl Kind {
    /// By the ending.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((_, ending)) = name.rsplit_once('.') else { return Self::Other };
        // Asked of every file several times in a run: nothing is copied to the heap.
        let mut lower = [0; 8];
        let Some(lower) = lower.get_mut(..ending.len()) else { return Self::Other };
        lower.copy_from_slice(ending.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            b"md" | b"markdown" => Self::Markdown,
            b"mdx" => Self::Mdx,
            b"txt" | b"text" => Self::Plain,
            b"pdf" => Self::Pdf,
            // Its macros are parts of the file that nobody asks for.
            b"docx" | b"docm" if cfg!(feature = "office") => Self::Word,
            b"odt" if cfg!(feature = "office") => Self::OpenDocument,
            b"html" | b"htm" => Self::Html,
            b"docx" | b"docm" | b"odt" | b"doc" | b"dot" | b"dotx" | b"fodt" | b"pages" | b"rtf" | b"wpd" | b"wps" => {
                Self::NotRead(Unread::Document)
            }
            b"eml" | b"emlx" | b"mht" | b"mhtml" | b"msg" => Self::NotRead(Unread::Mail),
            b"adoc" | b"asciidoc" | b"org" | b"rst" | b"textile" => Self::NotRead(Unread::Marks),
            _ => Self::Other,
        }
    }

    /// Whether such a file is an item by itself, unless its name says otherwise.
    pub fn is_item(self) -> bool {
        !matches!(self, Self::Pdf | Self::NotRead(_) | Self::Other)
    }

    /// How many bytes such a file may have: pictures lie inside of office documents.
    pub fn largest(self) -> u64 {
        match self {
            Self::Word | Self::OpenDocument => LARGEST_DOCUMENT,
            _ => LARGEST_TEXT,
        }
    }

    /// Whether it may be an item, and may be a file of another item instead where nothing in it says
    /// when it is to go out: a map or a chart that a release shows, a form that it comes with.
    pub fn is_either(self) -> bool {
        matches!(self, Self::Html | Self::Word | Self::OpenDocument)
    }

    /// Whether it may be copied as it is, for an item that refers to it.
    pub fn may_be_a_file(self) -> bool {
        !self.is_item() || self.is_either()
    }

    /// Whether it can be shown line by line.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Markdown | Self::Mdx | Self::Plain | Self::Html | Self::Other)
    }
}

/// Whether the file at `path` is an item, unless its name says otherwise: by its kind, and a PDF where
/// its sidecar lies beside it.
pub fn is_item(path: &str, source: &Source) -> bool {
    match Kind::of(path) {
        Kind::Pdf => source.find(&format!("{path}{SIDECAR}")).is_some(),
        kind => kind.is_item(),
    }
}

/// The item that a reference means: what refers to a PDF that is an item of its own names its sidecar,
/// so that the PDF is never taken for a file of the item that refers to it.
pub fn item_of(reference: &str) -> &str {
    match reference.strip_suffix(SIDECAR) {
        Some(path) if Kind::of(path) == Kind::Pdf => path,
        _ => reference,
    }
}

/// Why a text is not an item although its kind could be, where its name says it: `_index` is the
/// title page of a folder in other generators, a `README` is for those who keep the folder.
pub fn not_an_item(path: &str) -> Option<Code> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let is_page = Kind::of(path) == Kind::Html;
    if is_page && (stem == "404" || path.split('/').any(|folder| TEMPLATES.contains(&folder))) {
        return Some(Code::SkippedTemplate);
    }
    let is = |name: &&str| stem.eq_ignore_ascii_case(name);
    if is(&"_index") {
        return Some(Code::SkippedList);
    }
    ["readme", "lisezmoi", "licence", "license"].iter().any(is).then_some(Code::SkippedReadme)
}

/// Folders in which Jekyll and Hugo keep the pages around texts, and what they made of them.
const TEMPLATES: [&str; 6] = ["_includes", "_layouts", "_site", "archetypes", "layouts", "themes"];

/// The folder in which Jekyll and Hexo keep what is not to be published yet.
const DRAFTS: &str = "_drafts";

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub place: Place,
}

/// What a publisher decides about an item, besides publishing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not to go out, or not to be used for the time being.
    Withheld,
    /// It is not to be used any more.
    Withdrawn,
}

/// What the author wrote.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Below the items folder.
    pub path: String,
    /// Of the file's bytes.
    pub digest: String,
    /// Whether the file itself has a head.
    pub headed: bool,
    /// Plain text.
    pub title: Option<At<Text>>,
    /// Plain text.
    pub subtitle: Option<At<Text>>,
    /// As typed.
    pub date: Option<At<String>>,
    /// When it was written, as typed: stands in for `date`.
    pub created: Option<At<String>>,
    /// As typed.
    pub updated: Option<At<String>>,
    /// One node a person.
    pub authors: Option<At<Vec<Node>>>,
    /// One node a person.
    pub contacts: Vec<Node>,
    /// Whether readers are to see what the text says to newsrooms, where that is said.
    pub notes_to_editors: Option<NotesToEditors>,
    /// Plain text.
    pub summary: Option<At<Text>>,
    /// Plain text, each once.
    pub tags: Vec<Text>,
    /// As typed.
    pub language: Option<At<String>>,
    /// As typed.
    pub id: Option<At<String>>,
    /// To the letter.
    pub exact_id: Option<At<String>>,
    /// As typed.
    pub slug: Option<At<String>>,
    /// As typed.
    pub link: Option<At<String>>,
    /// A file, or a map.
    pub image: Option<Node>,
    /// Files, or maps.
    pub attachments: Vec<Node>,
    /// Plain text.
    pub rights: Option<Text>,
    /// Whether it is to be held, where that is said.
    pub draft: Option<bool>,
    /// What its publisher decided about it, where that is said.
    pub state: Option<At<State>>,
    /// Until when it is of interest, as typed.
    pub expires: Option<At<String>>,
    /// What was done to it since it was out, one node an act.
    pub changes: Vec<Node>,
    /// Other items that it stands for from now on: paths, ids or addresses, as typed.
    pub replaces: Vec<At<String>>,
    /// Other items that it answers, in the same forms.
    pub replies_to: Vec<At<String>>,
    /// Not before these, as typed.
    pub embargoes: Vec<At<String>>,
    /// More dates, under other names; the latest holds.
    pub later: Vec<At<String>>,
    /// The date of the sidecar, where the head has one of its own.
    pub sidecar_date: Option<At<String>>,
    /// Addresses on another site, as typed.
    pub addresses: Vec<At<String>>,
    /// Where the head says that the page only sends its visitors on.
    pub redirect: Option<Place>,
    /// Whether another generator was to fill it in: without a date it is a part of a site, no item.
    pub template: bool,
    /// The first lines of the text that are not empty, without marks of Markdown.
    pub opening: Vec<At<String>>,
    /// What the first lines say of the diffusion.
    pub banners: Vec<banner::Banner>,
    /// The parts of a release that were told from the text alone, as `show` calls them.
    pub parts: Vec<&'static str>,
    /// Keys that nobody reads.
    pub unknown: Vec<At<String>>,
    /// What the program that wrote the file put into it: shown, never believed (DESIGN §4).
    pub suggestions: Vec<(&'static str, String)>,
    /// What pass 1 must know of the text.
    pub facts: facts::Facts,
    /// What tells its text from others.
    pub words: Words,
}

impl Draft {
    /// Whether its author does not want it out yet.
    pub fn is_held(&self) -> bool {
        self.draft == Some(true) || self.state.as_ref().is_some_and(|state| state.value == State::Withheld)
    }

    /// A problem that asks for a line of the head, told that there is none, or no good place for one.
    pub fn without_head(&self, problem: Problem) -> Problem {
        match Kind::of(&self.path) {
            Kind::Markdown | Kind::Mdx | Kind::Plain if !self.headed => problem.with("headless", "1"),
            Kind::Html if !self.headed => problem.with("sidecar", sidecar_name(&self.path)),
            Kind::Pdf => problem.with("sidecar", sidecar_name(&self.path)),
            _ => problem,
        }
    }

    /// The file's own head, completed by what its sidecar says: where both speak, the head stands,
    /// but what either of them holds back is held.
    fn complete(self, beside: Self) -> Self {
        let both = |own: Vec<At<String>>, more| own.into_iter().chain(more).collect();
        let or = |own: Vec<Node>, other| if own.is_empty() { other } else { own };
        let sidecar_date = beside.date.clone().filter(|_| self.date.is_some());
        Self {
            headed: self.headed,
            sidecar_date,
            title: self.title.or(beside.title),
            subtitle: self.subtitle.or(beside.subtitle),
            later: if self.date.is_some() { self.later } else { beside.later },
            date: self.date.or(beside.date),
            created: self.created.or(beside.created),
            updated: self.updated.or(beside.updated),
            authors: self.authors.or(beside.authors),
            contacts: or(self.contacts, beside.contacts),
            notes_to_editors: both_say(self.notes_to_editors, beside.notes_to_editors),
            summary: self.summary.or(beside.summary),
            tags: if self.tags.is_empty() { beside.tags } else { self.tags },
            language: self.language.or(beside.language),
            id: self.id.or(beside.id),
            exact_id: self.exact_id.or(beside.exact_id),
            slug: self.slug.or(beside.slug),
            link: self.link.or(beside.link),
            image: self.image.or(beside.image),
            attachments: or(self.attachments, beside.attachments),
            rights: self.rights.or(beside.rights),
            draft: if beside.draft == Some(true) { beside.draft } else { self.draft.or(beside.draft) },
            state: match (self.state, beside.state) {
                (Some(own), Some(beside)) if own.value != State::Withheld && beside.value == State::Withheld => {
                    Some(beside)
                }
                (own, beside) => own.or(beside),
            },
            expires: self.expires.or(beside.expires),
            changes: self.changes.into_iter().chain(beside.changes).collect(),
            replaces: both(self.replaces, beside.replaces),
            replies_to: both(self.replies_to, beside.replies_to),
            embargoes: both(self.embargoes, beside.embargoes),
            addresses: both(self.addresses, beside.addresses),
            redirect: self.redirect.or(beside.redirect),
            template: self.template,
            unknown: both(self.unknown, beside.unknown),
            path: self.path,
            digest: self.digest,
            opening: self.opening,
            banners: self.banners,
            suggestions: self.suggestions,
            parts: self.parts,
            facts: self.facts,
            words: self.words,
        }
    }
}

/// What head and sidecar say together: what either of them leaves out is left out.
fn both_say(head: Option<NotesToEditors>, beside: Option<NotesToEditors>) -> Option<NotesToEditors> {
    if beside == Some(NotesToEditors::LeftOut) { beside } else { head.or(beside) }
}

/// Reads one file whose [`Kind`] is an item's, and the sidecar that lies beside it. `None` where there was an
/// error.
pub fn read(file: &SourceFile, sidecar: Option<&SourceFile>, known: Known<'_>) -> (Option<Draft>, Vec<Problem>) {
    let mut problems = Vec::new();
    let draft = draft(file, sidecar, known, &mut problems).map_err(|problem| problems.push(problem)).ok();
    let broken = problems.iter().any(Problem::is_error);
    (draft.filter(|_| !broken), problems)
}

/// The same for a PDF, which is not read: `beginning` are its first bytes ([`pdf::BEGINNING`]), and
/// `digest` is that of all of them.
pub fn read_pdf(
    path: &str,
    beginning: &[u8],
    digest: String,
    sidecar: Option<&SourceFile>,
) -> (Option<Draft>, Vec<Problem>) {
    let mut problems = Vec::new();
    let draft = pdf::draft(path, beginning, digest).and_then(|draft| whole(draft, sidecar, &mut problems));
    let draft = draft.map_err(|problem| problems.push(problem)).ok();
    let broken = problems.iter().any(Problem::is_error);
    (draft.filter(|_| !broken), problems)
}

/// Whether a sidecar says when, whether or as what an item goes out: without it the item would go
/// out otherwise.
pub fn sidecar_decides(file: &SourceFile) -> bool {
    let mut draft = Draft { path: file.path.clone(), ..Draft::default() };
    let text = String::from_utf8_lossy(&file.bytes);
    if front_matter::read_sidecar(&text::clean(&text).text, &mut draft, &mut Vec::new()).is_err() {
        return true;
    }
    let dates = draft.date.is_some() || draft.expires.is_some() || !draft.embargoes.is_empty();
    let decides = draft.draft.is_some() || draft.state.is_some() || draft.id.is_some() || draft.exact_id.is_some();
    dates || decides || !draft.changes.is_empty()
}

/// The text of an item as HTML, for pass 2; pass 1 keeps none: safe, but with addresses as they were
/// written.
///
/// # Errors
/// What pass 1 has said already.
pub fn html(
    file: &SourceFile,
    known: Known<'_>,
    rendering: Rendering<'_>,
    subtitle: Option<&Text>,
    for_the_press: ForThePress,
) -> Result<String, Problem> {
    match Kind::of(&file.path) {
        Kind::Markdown | Kind::Mdx => {
            return Ok(markdown::to_html(&body_for(file, known.encoding, for_the_press)?, rendering));
        }
        Kind::Pdf => return Ok(String::new()),
        _ => {}
    }
    let mut story = story(file, known.encoding, rendering.prefix, &mut Vec::new())?.1;
    if for_the_press.notes == NotesToEditors::LeftOut {
        anatomy::leave_out(&mut story);
    }
    let anatomy = anatomy::of(&mut story, known.publisher);
    Ok(story::html(&anatomy, &story, rendering, subtitle))
}

/// A file that lies inside an item's file, as [`facts::Part`] names it.
///
/// # Errors
/// Why it cannot be read.
pub fn part(file: &SourceFile, inner: &str) -> Result<Vec<u8>, String> {
    #[cfg(feature = "office")]
    if matches!(Kind::of(&file.path), Kind::Word | Kind::OpenDocument) {
        return office::part(file, inner);
    }
    Err(format!("{}/{inner}", file.path))
}

/// The Markdown of an item after its head.
///
/// # Errors
/// What pass 1 has said already.
pub fn body(file: &SourceFile, label: Option<&'static Encoding>) -> Result<String, Problem> {
    body_for(file, label, ForThePress { banners: true, notes: NotesToEditors::Published })
}

fn body_for(
    file: &SourceFile,
    label: Option<&'static Encoding>,
    ForThePress { banners, notes }: ForThePress,
) -> Result<String, Problem> {
    let decoded = decode(file, label, &mut Vec::new())?;
    let cleaned = text::clean(&decoded);
    let parts = front_matter::split(&cleaned.text, &file.path)?;
    let without = if banners { banner::take(parts.body, 1).1 } else { None };
    let body = without.as_deref().unwrap_or(parts.body);
    let without = if notes == NotesToEditors::LeftOut { markdown::without_notes(body) } else { None };
    let body = without.as_ref().map_or(body, |taken| taken.rest.as_str());
    let body = text::nfc(&text::without_marks(body)).into_owned();
    let (plain, _) = without_programs(&body, &file.path);
    Ok(if let Cow::Owned(plain) = plain { plain } else { body })
}

/// A body of Markdown without what only another program understands, and what of it is lost.
fn without_programs<'a>(body: &'a str, path: &str) -> (Cow<'a, str>, Vec<commands::Lost>) {
    match Kind::of(path) {
        Kind::Mdx => mdx::taken(body),
        _ => commands::taken(body, Syntax::Markdown, path),
    }
}

fn draft(
    file: &SourceFile,
    sidecar: Option<&SourceFile>,
    known: Known<'_>,
    problems: &mut Vec<Problem>,
) -> Result<Draft, Problem> {
    let (draft, found) = match Kind::of(&file.path) {
        Kind::Markdown | Kind::Mdx => (from_markdown(file, sidecar, known.encoding, problems)?, None),
        Kind::Pdf => (pdf::draft(&file.path, &file.bytes, digest(&file.bytes))?, None),
        _ => from_story(file, sidecar, known, problems)?,
    };
    let draft = whole(draft, sidecar, problems)?;
    // What a person wrote for us goes before what a program wrote for programs.
    Ok(match found {
        Some(found) if draft.date.is_some() => draft.complete(Draft { date: None, ..found }),
        Some(found) => draft.complete(found),
        None => draft,
    })
}

/// What the file itself says, with what its folder and its sidecar say.
fn whole(mut draft: Draft, sidecar: Option<&SourceFile>, problems: &mut Vec<Problem>) -> Result<Draft, Problem> {
    if draft.path.split('/').any(|folder| folder == DRAFTS) {
        draft.draft = draft.draft.or(Some(true));
    }
    let told = told_by_heads(&draft);
    draft.banners.extend(told);
    if draft.banners.iter().all(|banner| !matches!(banner, banner::Banner::Embargo(_))) {
        draft.banners.extend(banner::in_path(&draft.path));
    }
    if let Some(sidecar) = sidecar {
        let mut beside = Draft { path: draft.path.clone(), ..Draft::default() };
        let decoded = decode(sidecar, None, problems)?;
        front_matter::read_sidecar(&text::clean(&decoded).text, &mut beside, problems)?;
        draft.banners.extend(told_by_heads(&beside));
        draft.digest = digest_of([draft.digest.as_str(), digest(&sidecar.bytes).as_str()]);
        draft = draft.complete(beside);
    }
    if Kind::of(&draft.path) == Kind::Pdf {
        draft.words = pdf::words(&draft);
    }
    Ok(draft)
}

/// What becomes of the notes to editors of a file, before its sidecar is read as a whole: what they
/// say is in none of the things that a text is asked for.
fn notes_to_editors(draft: &Draft, sidecar: Option<&SourceFile>) -> Option<NotesToEditors> {
    let mut beside = Draft { path: draft.path.clone(), ..Draft::default() };
    if let Some(text) = sidecar.and_then(|sidecar| decode(sidecar, None, &mut Vec::new()).ok()) {
        // What is wrong with it is said when it is read.
        let _ = front_matter::read_sidecar(&text::clean(&text).text, &mut beside, &mut Vec::new());
    }
    both_say(draft.notes_to_editors, beside.notes_to_editors)
}

/// Nobody has said what is to become of a note. Of the kinds of files that may have a head, one in
/// Markdown is written by somebody who writes heads.
fn left_out(path: &str, line: u32, name: &str, count: usize) -> Problem {
    let problem = Problem::new(Code::NotesLeftOut, path).at(Place::line(line)).with("name", name).with("count", count);
    let problem = problem.with("s", if count > 1 { "s" } else { "" });
    let headed = matches!(Kind::of(path), Kind::Markdown | Kind::Mdx);
    if headed { problem } else { problem.with("sidecar", sidecar_name(path)) }
}

/// What the sidecar of a file is called, beside it.
pub fn sidecar_name(path: &str) -> String {
    format!("{}{SIDECAR}", path.rsplit('/').next().unwrap_or(path))
}

/// The embargoes that a title, a summary or a topic tells of.
fn told_by_heads(draft: &Draft) -> Vec<banner::Banner> {
    let heads = [&draft.title, &draft.subtitle, &draft.summary];
    let heads = heads.into_iter().flatten().map(|at| (at.value.as_str(), at.place));
    let tags = draft.tags.iter().map(|tag| (tag.as_str(), Place::line(1)));
    let told = heads.chain(tags).filter_map(|(text, place)| banner::banner(text, place));
    told.filter(|banner| matches!(banner, banner::Banner::Embargo(_))).collect()
}

fn from_markdown(
    file: &SourceFile,
    sidecar: Option<&SourceFile>,
    label: Option<&'static Encoding>,
    problems: &mut Vec<Problem>,
) -> Result<Draft, Problem> {
    let decoded = decode(file, label, problems)?;
    let cleaned = text::clean(&decoded);
    report_dropped(&cleaned.dropped, &file.path, problems);
    let mut draft = Draft { path: file.path.clone(), digest: digest(&file.bytes), ..Draft::default() };
    let parts = front_matter::split(&cleaned.text, &file.path)?;
    draft.headed = parts.head.is_some();
    front_matter::read(&parts, &mut draft, problems)?;
    // As it was typed, so that every place is what its author sees.
    let (banners, without) = banner::take(parts.body, parts.body_line);
    let body = without.as_deref().unwrap_or(parts.body);
    let notes = notes_to_editors(&draft, sidecar);
    let taken = if notes == Some(NotesToEditors::Published) { None } else { markdown::without_notes(body) };
    if let Some(taken) = &taken {
        draft.parts.push("notes-left-out");
        if notes.is_none() {
            let line = Lines::of(body).place(&(taken.start..taken.start)).line + parts.body_line - 1;
            problems.push(left_out(&file.path, line, &taken.name, taken.count));
        }
    }
    let body = taken.as_ref().map_or(body, |taken| taken.rest.as_str());
    draft.words = words(body);
    let code = if Kind::of(&file.path) == Kind::Mdx { Code::ComponentRemoved } else { Code::CommandRemoved };
    let (plain, lost) = without_programs(body, &file.path);
    commands::report(&lost, code, body, parts.body_line, &file.path, problems);
    draft.banners = banners;
    draft.facts = markdown::facts(&plain, parts.body_line, &file.path, problems);
    draft.opening = opening((parts.body_line..).zip(plain.lines()));
    Ok(draft)
}

/// The draft of a text that is no Markdown, and what it says in places for programs.
fn from_story(
    file: &SourceFile,
    sidecar: Option<&SourceFile>,
    known: Known<'_>,
    problems: &mut Vec<Problem>,
) -> Result<(Draft, Option<Draft>), Problem> {
    let (mut draft, mut story) = story(file, known.encoding, "", problems)?;
    let said = story.blocks.iter().filter(|block| block.kind != story::BlockKind::Rule);
    let lines = said.flat_map(|block| block.text.lines().map(|line| (block.line, anatomy::behind_kind(line))));
    draft.opening = opening(lines);
    let notes = notes_to_editors(&draft, sidecar);
    let taken = if notes == Some(NotesToEditors::Published) { None } else { anatomy::leave_out(&mut story) };
    let texts = story.blocks.iter().map(|block| block.text.as_str()).chain(story.notes.iter().map(String::as_str));
    draft.words = words(&texts.collect::<Vec<_>>().join("\n"));
    let anatomy = anatomy::of(&mut story, known.publisher);
    draft.facts = story::facts(&anatomy, &story, &file.path, problems);
    draft.subtitle = draft.subtitle.or_else(|| anatomy.subtitle.as_ref()?.at());
    draft.banners = anatomy.banners;
    draft.banners.extend(told_by_heads(&story.found));
    draft.suggestions = std::mem::take(&mut story.suggestions);
    draft.parts = anatomy.parts;
    if let Some(taken) = taken {
        let told: Vec<_> = taken.banners.into_iter().filter(|banner| !draft.banners.contains(banner)).collect();
        draft.banners.extend(told);
        draft.parts.push("notes-left-out");
        let line = taken.blocks.first().map_or(1, |block| block.line);
        let problem = left_out(&file.path, line, &taken.name, taken.blocks.len());
        problems.extend(notes.is_none().then_some(problem));
    }
    let found = Draft { contacts: anatomy.contacts, ..std::mem::take(&mut story.found) };
    Ok((draft, Some(found)))
}

/// Reads a file that is no Markdown: what its head says, if it may have one, and its text.
fn story(
    file: &SourceFile,
    label: Option<&'static Encoding>,
    prefix: &str,
    problems: &mut Vec<Problem>,
) -> Result<(Draft, Story), Problem> {
    let mut draft = Draft { path: file.path.clone(), digest: digest(&file.bytes), ..Draft::default() };
    #[cfg(feature = "office")]
    if matches!(Kind::of(&file.path), Kind::Word | Kind::OpenDocument) {
        check_size(file)?;
        let story = office::read(file, prefix, problems)?;
        return Ok((draft, story));
    }
    let _ = prefix;
    let decoded = decode(file, label, problems)?;
    let decoded = plain::keep_pages(&decoded);
    let cleaned = text::clean(&decoded);
    report_dropped(&cleaned.dropped, &file.path, problems);
    let parts = front_matter::split_marked(&cleaned.text, &file.path)?;
    draft.headed = parts.head.is_some();
    front_matter::read(&parts, &mut draft, problems)?;
    let body = text::nfc(&text::without_marks(parts.body)).into_owned();
    let story = match Kind::of(&file.path) {
        Kind::Html if parts.head.is_some() => {
            // Only with a head is a page one that another generator would have filled in.
            let (plain, lost) = commands::taken(&body, Syntax::Html, &file.path);
            commands::report(&lost, Code::CommandRemoved, &body, parts.body_line, &file.path, problems);
            let story = html::read(&plain, parts.body_line, prefix, &file.path)?;
            draft.template = plain != body || story.blocks.is_empty();
            story
        }
        Kind::Html => {
            let story = html::read(&body, parts.body_line, prefix, &file.path)?;
            draft.template = story.blocks.iter().any(|block| commands::is_template(&block.html));
            story
        }
        _ if plain::is_raw_mail(&body) => {
            return Err(Problem::new(Code::MailRaw, &file.path).at(Place::line(parts.body_line)));
        }
        _ => plain::read(&body, parts.body_line),
    };
    Ok((draft, story))
}

/// The words of a text: spaces, quotes, emphasis and line ends do not count, addresses of links do.
fn words(body: &str) -> Words {
    let (words, letters) = text::words_only_counted(&text::nfc(body));
    Words { digest: digest(&words).into(), letters }
}

/// The lines in which a dateline may stand.
fn opening<'a>(lines: impl Iterator<Item = (u32, &'a str)>) -> Vec<At<String>> {
    const LINES: usize = 8;
    const LONGEST: usize = 200;
    let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | '>');
    let taken = lines.filter(|(_, line)| !line.trim().is_empty()).take(LINES).map(|(number, line)| {
        let value = beginning(line.trim_matches(marks), LONGEST);
        At { value, place: Place::line(number) }
    });
    taken.collect()
}

/// So many characters of a line at most, without its marks of emphasis.
fn beginning(line: &str, longest: usize) -> String {
    let mut value = String::with_capacity(line.len().min(2 * longest));
    let (mut rest, mut missing) = (line, longest);
    while missing > 0 {
        let end = memchr2(b'*', b'_', rest.as_bytes()).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let mut unread = piece.chars();
        // The last of them is there: the piece holds enough.
        if unread.nth(missing - 1).is_some() {
            value.push_str(piece.get(..piece.len() - unread.as_str().len()).unwrap_or_default());
            break;
        }
        value.push_str(piece);
        missing -= piece.chars().count();
        let Some(behind) = behind.get(1..) else { break };
        rest = behind;
    }
    value
}

fn decode<'a>(
    file: &'a SourceFile,
    label: Option<&'static Encoding>,
    problems: &mut Vec<Problem>,
) -> Result<Cow<'a, str>, Problem> {
    check_size(file)?;
    let told = if Kind::of(&file.path) == Kind::Html { html::encoding(&file.bytes) } else { None };
    encoding::decode(file, label.or(told), problems)
}

fn check_size(file: &SourceFile) -> Result<(), Problem> {
    let size = file.bytes.len() as u64;
    if size > Kind::of(&file.path).largest() { Err(too_large(&file.path, size)) } else { Ok(()) }
}

/// The problem of a file that is too large to be a text.
pub fn too_large(path: &str, size: u64) -> Problem {
    let limit = Kind::of(path).largest() >> 20;
    Problem::new(Code::FileTooLarge, path).with("size", size.div_ceil(1 << 20)).with("limit", limit)
}

/// One warning a line, five at most; the last says how many lines are not shown.
fn report_dropped(dropped: &[text::Dropped], path: &str, problems: &mut Vec<Problem>) {
    const SHOWN: usize = 5;
    let mut lines: Vec<&[text::Dropped]> = dropped.chunk_by(|a, b| a.line == b.line).collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    let last = lines.len().saturating_sub(1);
    for (index, line) in lines.iter().enumerate() {
        let Some(first) = line.first() else { continue };
        let place = Place::of(first.line, first.column, 1);
        let problem = characters_dropped(path, place, line);
        let hidden = if index == last && more > 0 { more.to_string() } else { String::new() };
        problems.push(problem.with("more", hidden));
    }
}

/// The warning about characters that are not there any more.
fn characters_dropped(path: &str, place: Place, dropped: &[text::Dropped]) -> Problem {
    let mut names: Vec<String> = dropped.iter().map(|d| format!("U+{:04X}", u32::from(d.character))).collect();
    names.dedup();
    names.truncate(4);
    Problem::new(Code::CharactersDropped, path)
        .at(place)
        .with("characters", names.join(", "))
        .with("count", dropped.len())
        .with("s", if dropped.len() > 1 { "s" } else { "" })
}
