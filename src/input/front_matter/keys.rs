//! Every key of a head, said once: the reader knows no other, and `docs/front-matter.md` is written
//! from this table. Capitals, accents, `-`, `_` and spaces do not matter, so that each spelling
//! stands here once.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::config::near;

/// A key we read.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Other spellings of it, in English and French.
    pub synonyms: &'static [&'static str],
    /// A value as it is written in YAML.
    pub example: &'static str,
    /// What it does.
    pub doc: &'static str,
}

const fn key(name: &'static str, synonyms: &'static [&'static str], example: &'static str, doc: &'static str) -> Key {
    Key { name, synonyms, example, doc }
}

/// Every key, in the order of the documentation.
pub const KEYS: &[Key] = &[
    key(
        "title",
        &["titre"],
        "La piscine rouvre",
        "The title. Without it: the first heading of the text, or a line above it that can be nothing else; else the words of the file's name; else its first words.",
    ),
    key("subtitle", &["sous-titre"], "Des horaires élargis", "The line under the title."),
    key(
        "date",
        &[
            "published",
            "publishDate",
            "publishedDate",
            "published_at",
            "published_on",
            "pubDate",
            "publicationDate",
            "datePublished",
            "release_date",
            "posted",
            "postDate",
            "issued",
            "date-publication",
            "date-de-publication",
            "date-de-diffusion",
            "date-de-parution",
            "publié-le",
        ],
        "2026-11-22 07:30",
        "When it is published. A day alone is published at `day-time`; a time alone is read by the newsroom's clocks. Without it: what `docs/dates-and-authors.md` lists.",
    ),
    key(
        "created",
        &["created_at", "createdDate", "dateCreated", "créé-le"],
        "2026-11-20",
        "When it was written: taken for `date` where the head has none.",
    ),
    key(
        "embargo",
        &["embargoed", "embargo-until", "embargoed_until", "sous-embargo"],
        "2026-12-24 08:00",
        "Not before this instant, whatever `date` says; it is then the instant of publication.",
    ),
    key(
        "updated",
        &[
            "lastmod",
            "last_modified",
            "last_modified_at",
            "last_updated",
            "last_update",
            "modified",
            "modified_at",
            "modifiedDate",
            "dateModified",
            "updated_at",
            "updatedDate",
            "dateUpdated",
            "revised",
            "mise-à-jour",
            "mis-à-jour",
            "modifié-le",
        ],
        "2026-11-24",
        "When it was last changed in a way that readers should notice.",
    ),
    key(
        "authors",
        &["author", "author_name", "byline", "auteur", "auteurs"],
        "[camille, Jean PETIT <jpetit@example.org>]",
        "Who wrote it, in order: keys of `[people]`, names, `Name <address>`, or maps with `name`, `role`, `email`, `phone`, `url`. One text is one person; several are a list. Every form: `docs/dates-and-authors.md`.",
    ),
    key("author_email", &[], "jpetit@example.org", "The address of the one person that `author` names."),
    key("author_url", &[], "https://www.example.org/jean", "The page of the one person that `author` names."),
    key("author_title", &["author_role"], "Presse", "What the one person that `author` names does."),
    key("contacts", &["contact"], "[camille]", "Whom the press may call, in the same forms; shown at the end."),
    key(
        "notes-to-editors",
        &["note-to-editors", "note-aux-rédactions", "notes-aux-rédactions"],
        "publish",
        "`publish` (`publier`) shows what the text says to newsrooms (`Note aux rédactions`, `Notes to editors`); `omit` (`omettre`) leaves it out without a word. Without the key it is left out, with a warning.",
    ),
    key(
        "summary",
        &["description", "résumé", "chapô"],
        "Le bassin rouvre lundi.",
        "One or two sentences of plain text. Without it: the first paragraph that tells something, without the place and day before it.",
    ),
    key("tags", &["categories", "category", "tag"], "[sport, budget]", "Topics: a list, or one text with commas."),
    key("language", &["lang", "locale", "langue"], "en", "The item's language, if not the newsroom's."),
    key(
        "id",
        &["guid", "uuid"],
        "piscine-2026",
        "Its identity, for ever; needed only where it is not the file's first path.",
    ),
    key(
        "exact-id",
        &[],
        "\"4217\"",
        "An identity that another tool gave, taken to the letter: `crieur import` writes it where `id` would change it, so that no reader shows an item twice.",
    ),
    key("slug", &[], "piscine", "The last part of its address, instead of the file's name."),
    key(
        "permalink",
        &["path", "url"],
        "/2026/11/22/piscine/",
        "Its address on another site: read for the day in it, where nothing better gives one.",
    ),
    key("link", &[], "https://www.example.org/piscine", "Where the text can be read, if not on a page of ours."),
    key(
        "image",
        &[],
        "{file: bassin.jpg, alt: Le bassin, credit: C. MARTIN}",
        "The lead picture: a file beside the item, an address, or a map with `file` (or `path`, `src`), `alt`, `caption`, `credit`.",
    ),
    key(
        "attachments",
        &["attachment", "pièces-jointes"],
        "[dossier.pdf]",
        "Files that come with it: names or addresses, or maps with `file` (or `path`) and `title`, and for a file that lies elsewhere `type` (its media type) and `size` (in bytes). Without a line here: a document, picture, sound, film, table or archive that bears the item's name (`piscine.pdf` beside `piscine.md`), and what the text links to. Nothing else is copied.",
    ),
    key("rights", &["copyright"], "© Ville d'Exemple", "Who owns it, if not what `crieur.toml` says."),
    key(
        "draft",
        &["brouillon"],
        "true",
        "`true` holds it back; so do `published: false`, `status: draft`, `hidden: true`, `private: true`, a folder named `_drafts`, and what tells another generator to show it to nobody (`build: {render: never}`, `headless: true`, `render: false`, `permalink: false`, `eleventyExcludeFromCollections: true`, a `password`). Anything but a clear yes or no is an error.",
    ),
    key(
        "status",
        &["statut"],
        "withheld",
        "`withheld` holds it back, and puts a notice in its place if it has been out; `withdrawn` puts a notice in its place for good; what was never out is held all the same. `crieur withdraw` writes both (`docs/editorial.md`).",
    ),
    key(
        "expires",
        &["expiry", "expires_at", "expiry_date", "expiration_date", "expire-le"],
        "2026-12-31",
        "From this instant (a day: from its hour in `day-time`) it is out of feeds and lists; its page stays, with a note. Not before the publication: that is a slip.",
    ),
    key(
        "changes",
        &["corrections", "modifications"],
        "[{date: 2026-11-24 10:15, kind: correction, note: L'horaire du samedi}]",
        "What was done to it since it was out: maps with `date`, `kind` (`minor`, `correction`, `update`, `date`, `withdrawal`, `suspension`) and `note`. All but `minor` move `updated`. `crieur correct` and `crieur withdraw` write it.",
    ),
    key(
        "replaces",
        &["remplace"],
        "2026-11-20-piscine.md",
        "An older item that it stands for from now on: its file, its id or its address. Both say so.",
    ),
    key(
        "reply-to",
        &["in-reply-to", "réponse-à", "droit-de-réponse-à"],
        "2026-11-20-piscine.md",
        "An item that it answers (a droit de réponse), in the same forms. Both say so.",
    ),
];

/// Keys that other tools use; nobody needs to be told that we do not.
pub const FOREIGN: &[&str] = &[
    "alias",
    "aliases",
    "amp",
    "asset",
    "bibliography",
    "build",
    "cascade",
    "comments",
    "cover",
    "css",
    "data",
    "disqus",
    "download",
    "eleventyExcludeFromCollections",
    "excerpt",
    "excerpt_separator",
    "extra",
    "featured",
    "featured_image",
    "footer",
    "headless",
    "hide",
    "hidden",
    "icon",
    "images",
    "in_search_index",
    "insert_anchor_links",
    "js",
    "keywords",
    "layout",
    "linktitle",
    "mathjax",
    "math",
    "menu",
    "meta",
    "nav",
    "nav_order",
    "outputs",
    "page_template",
    "paginate_by",
    "params",
    "parent",
    "password",
    "pin",
    "position",
    "private",
    "published_site",
    "redirect_from",
    "redirects",
    "render",
    "resources",
    "robots",
    "seo",
    "series",
    "share",
    "sidebar",
    "sitemap",
    "sort_by",
    "style",
    "tableofcontents",
    "taxonomies",
    "template",
    "theme",
    "thumbnail",
    "toc",
    "transparent",
    "type",
    "unlisted",
    "videos",
    "version",
    "weight",
];

/// A key as it is compared: lower case, without accents, `-`, `_` and spaces.
pub fn folded(written: &str) -> String {
    let plain = if written.is_ascii() {
        written.to_ascii_lowercase()
    } else {
        deunicode::deunicode(&crate::text::nfc(&written.to_lowercase())).to_lowercase()
    };
    plain.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect()
}

/// Names and synonyms as they are compared, with the name.
static KNOWN: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let spellings = KEYS.iter().flat_map(|key| std::iter::once(&key.name).chain(key.synonyms).map(|s| (*s, key.name)));
    spellings.map(|(spelling, name)| (folded(spelling), name)).collect()
});

static LEFT_ALONE: LazyLock<HashSet<String>> = LazyLock::new(|| FOREIGN.iter().map(|key| folded(key)).collect());

/// The name of the key that is meant.
pub fn known(folded: &str) -> Option<&'static str> {
    KNOWN.get(folded).copied()
}

/// Whether it is a key of other tools.
pub fn is_foreign(folded: &str) -> bool {
    LEFT_ALONE.contains(folded)
}

/// The key of ours that is one slip away, as it is compared.
pub fn near_miss(folded: &str) -> Option<&'static str> {
    near(folded, KNOWN.keys().map(String::as_str)).and_then(known)
}

/// `docs/front-matter.md`.
pub fn documentation() -> String {
    let mut page = String::from(
        "# The head of an item\n\n\
         An item may begin with YAML between `---` lines, TOML between `+++` lines, or one JSON object.\n\
         Everything in it is optional, except that there must be a date here or in one of the places that\n\
         `docs/dates-and-authors.md` lists. Capitals, accents, `-` and `_` in a key do not matter. A title may hold `:` as it comes: `title: Communiqué : l'été`.\n\n\
         | key | also | example | what it does |\n|---|---|---|---|\n",
    );
    for key in KEYS {
        let synonyms: Vec<String> = key.synonyms.iter().map(|s| format!("`{s}`")).collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | `{}: {}` | {} |",
            key.name,
            synonyms.join(", "),
            key.name,
            key.example,
            key.doc
        );
    }
    page.push_str(
        "\nA key one edit away from one of these is a warning with the right spelling. Keys of other\n\
         generators (`layout`, `weight`, `aliases`, …) are left alone without a word; any other is one\n\
         warning for the whole folder, with the number of files that have it (the rarest share one). What stands below `extra`,\n\
         `params`, `taxonomies` or `data` is read as if it stood above, where nothing does.\n\
         \n\
         Heads of other tools are read too: `Key: value` lines up to the first empty one (Pelican), `.. key:\n\
         value` lines in a comment (Nikola), a head that only a closing `---` ends (Hexo).\n\
         \n\
         What cannot be written in the file (a PDF, a file somebody else writes) may stand beside it, in a file\n\
         with its full name and `.toml`: `budget.md.toml` beside `budget.md`. What the file says itself stays.\n\
         \n\
         `crieur schema front-matter` gives all of this as JSON Schema.\n",
    );
    page
}
