//! What is wrong, where, and how bad: collected along the way, never thrown.
//!
//! A [`Problem`] holds facts only. The sentence a person reads is made by the binary from
//! `locales/`, in the newsroom's language; the code is stable and documented in
//! `docs/problems.md`.

pub mod fold;

use std::cell::Cell;
use std::fmt;
use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong: a file is not an item, and this is why. Said on request only.
    Skipped,
    /// Something a reader would see differs from what the author may have meant; the exit code
    /// stays as it is.
    Warning,
    /// The item, the configuration or the run cannot be trusted: nothing is written.
    Error,
}

impl Severity {
    /// `error`, `warning` or `skipped`, as in `--format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which exit code an error leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Exit 1.
    Item,
    /// Exit 2.
    Configuration,
    /// Exit 3.
    Machine,
    /// Exit 4: something published would be lost, or announced again.
    Guard,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $severity:ident, $blame:ident;)*) => {
        /// One variant for each thing that can be said; the name never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How bad it is without `--strict`.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Whose exit code it is, where it is an error.
            pub fn blame(self) -> Blame {
                match self { $(Self::$variant => Blame::$blame,)* }
            }
        }
    };
}

codes! {
    /// No `crieur.toml` here or above.
    ConfigMissing = "config-missing", Error, Configuration;
    /// `crieur.toml` is not TOML.
    ConfigUnreadable = "config-unreadable", Error, Configuration;
    /// A required key is not there.
    ConfigKeyMissing = "config-key-missing", Error, Configuration;
    /// A key nobody reads.
    ConfigKeyUnknown = "config-key-unknown", Error, Configuration;
    /// A value that is not of its key's kind.
    ConfigValue = "config-value", Error, Configuration;
    /// A file or folder that a key names is not there or cannot be read.
    ConfigFileMissing = "config-file-missing", Error, Configuration;
    /// A colour that cannot be read on white.
    ColorPale = "color-pale", Warning, Configuration;
    /// A template of the theme cannot be used.
    ThemeWrong = "theme-wrong", Error, Configuration;
    /// A template of the theme that stands for none of ours.
    ThemeUnused = "theme-unused", Warning, Configuration;
    /// A command-line option, or `SOURCE_DATE_EPOCH`, has a value that cannot be read.
    OptionValue = "option-value", Error, Configuration;
    /// What a new newsroom needs was not said, and nobody sits there who could be asked.
    InitMissing = "init-missing", Error, Configuration;
    /// What `authors-from` names is not there or cannot be read.
    PeopleMissing = "people-missing", Error, Configuration;
    /// The feeds alone were asked for, and pages beside them are not there.
    PagesMissing = "pages-missing", Error, Configuration;
    /// The history of the files cannot be asked.
    HistoryMissing = "history-missing", Error, Configuration;
    /// `show PATH` names nothing below the items folder.
    NothingThere = "nothing-there", Error, Configuration;

    /// What is to be imported is no feed.
    FeedUnreadable = "feed-unreadable", Error, Configuration;

    /// What is to be imported cannot be had.
    FeedUnreachable = "feed-unreachable", Error, Machine;
    /// An act on what is not out: it need only be edited.
    ActNotOut = "act-not-out", Error, Configuration;
    /// A correction of what is withdrawn: nobody would see it.
    ActOnNotice = "act-on-notice", Error, Configuration;
    /// A correction that says nothing.
    NoteMissing = "note-missing", Error, Configuration;
    /// An act that cannot be written into the file safely.
    ActImpossible = "act-impossible", Error, Configuration;
    /// A published item cannot become another one.
    AdoptPublished = "adopt-published", Error, Configuration;
    /// What is to be forgotten is still there.
    ForgetFirst = "forget-first", Error, Configuration;

    /// The items folder is not there.
    ItemsMissing = "items-missing", Error, Machine;
    /// A folder below it cannot be listed.
    FolderUnreadable = "folder-unreadable", Error, Machine;
    /// The output could not be written.
    OutputFailed = "output-failed", Error, Machine;
    /// The preview's port belongs to another program, or may not be had.
    PortTaken = "port-taken", Error, Machine;
    /// Another program's file stands where ours would go.
    OutputForeign = "output-foreign", Error, Machine;
    /// Another run is at work on the newsroom or the output.
    NewsroomBusy = "newsroom-busy", Error, Machine;
    /// A file that is to be begun is there already.
    FileThere = "file-there", Error, Machine;
    /// The editor cannot be opened, or says that it failed.
    EditorFailed = "editor-failed", Error, Machine;
    /// What is no place to publish to.
    TargetWrong = "target-wrong", Error, Configuration;
    /// A place to publish to failed.
    TargetFailed = "target-failed", Error, Machine;
    /// What is to be live cannot be asked for.
    LiveUnreachable = "live-unreachable", Error, Machine;
    /// A server does not give it.
    LiveMissing = "live-missing", Error, Machine;
    /// Something else than what was built is live.
    LiveDifferent = "live-different", Error, Machine;
    /// What is live is no feed.
    LiveNoFeed = "live-no-feed", Error, Machine;
    /// Readers are kept out.
    LiveWall = "live-wall", Error, Machine;
    /// An address leads to another one.
    LiveRedirected = "live-redirected", Warning, Machine;
    /// A feed is sent as something else.
    LiveType = "live-type", Warning, Machine;
    /// Readers fetch all of it each time.
    LiveNoMemory = "live-no-memory", Warning, Machine;
    /// A feed is sent uncompressed.
    LivePlain = "live-plain", Warning, Machine;
    /// A feed may be kept for days.
    LiveKept = "live-kept", Warning, Machine;
    /// Readers in a browser may not read it.
    LiveCors = "live-cors", Warning, Machine;
    /// Without TLS.
    LiveInsecure = "live-insecure", Warning, Machine;
    /// A feed says that it is elsewhere.
    LiveOwn = "live-own", Warning, Machine;
    /// A hub could not be told.
    HubFailed = "hub-failed", Warning, Machine;
    /// A hub is told when the feed is live.
    HubWaits = "hub-waits", Warning, Machine;
    /// What hubs were told cannot be kept.
    HubForgets = "hub-forgets", Warning, Machine;
    /// The draft of a PDF is there already.
    ExtractThere = "extract-there", Error, Machine;
    /// Nothing here can read a PDF.
    ExtractNothing = "extract-nothing", Error, Machine;

    /// A line of the ledger cannot be read.
    LedgerDamaged = "ledger-damaged", Error, Guard;
    /// Two lines of the ledger for one item.
    LedgerTwice = "ledger-twice", Error, Guard;
    /// The ledger that was published cannot be fetched.
    LedgerUnreachable = "ledger-unreachable", Error, Machine;
    /// No ledger where the last run is to have published it, and items that are old.
    LedgerNowhere = "ledger-nowhere", Warning, Configuration;
    /// The output was written with a ledger that knows more than ours.
    LedgerOlder = "ledger-older", Error, Guard;
    /// Not the authority with which ids were made.
    AuthorityChanged = "authority-changed", Error, Guard;
    /// A published item whose file is gone.
    PublishedLost = "published-lost", Error, Guard;
    /// A published item whose file is gone, and a file that may be it.
    PublishedRenamed = "published-renamed", Error, Guard;
    /// A published item whose file has an error.
    PublishedUnreadable = "published-unreadable", Error, Guard;
    /// A published item that is held now.
    PublishedHeld = "published-held", Error, Guard;
    /// A sidecar that holds something back, or dates it, and whose file is gone.
    SidecarLost = "sidecar-lost", Error, Guard;
    /// A published item whose file gives another id now.
    IdChanged = "id-changed", Error, Guard;
    /// A published item whose date or `updated` went back without an act.
    DateBack = "date-back", Error, Guard;
    /// Many old items that readers would be shown as new.
    OldItems = "old-items", Error, Guard;
    /// A feed that was published is not written any more.
    FeedGone = "feed-gone", Error, Guard;
    /// An alias of a feed that is not there.
    AliasNowhere = "alias-nowhere", Warning, Configuration;
    /// An alias of a feed where something else of ours is.
    AliasTaken = "alias-taken", Error, Configuration;

    /// The file cannot be read.
    FileUnreadable = "file-unreadable", Error, Item;
    /// The file is larger than any text.
    FileTooLarge = "file-too-large", Error, Item;
    /// Not a PDF, or none that opens.
    PdfBroken = "pdf-broken", Error, Item;
    /// A PDF that asks for a password.
    PdfLocked = "pdf-locked", Error, Item;
    /// A PDF in which no words are: pictures of pages.
    PdfWithoutText = "pdf-without-text", Error, Item;
    /// Something else than an office document under its name.
    DocumentOther = "document-other", Error, Item;
    /// An office document that only its password opens.
    DocumentEncrypted = "document-encrypted", Error, Item;
    /// An office document that is empty, cut off, or not written to its end.
    DocumentDamaged = "document-damaged", Error, Item;
    /// An office document that is larger inside than any document.
    DocumentTooLarge = "document-too-large", Error, Item;
    /// NUL bytes: not a text.
    FileNotText = "file-not-text", Error, Item;
    /// A text is a mail as machines pass it on, not as people read it.
    MailRaw = "mail-raw", Error, Item;
    /// The name is not Unicode.
    NameUnreadable = "name-unreadable", Error, Item;
    /// Bytes that no encoding explains, or not the one that was named.
    EncodingUnknown = "encoding-unknown", Error, Item;
    /// A page of elements in elements in elements.
    PageTooDeep = "page-too-deep", Error, Item;
    /// The head starts and never ends.
    HeadNotClosed = "head-not-closed", Error, Item;
    /// What looks like a head is opened by something that is not quite its mark.
    HeadMark = "head-mark", Error, Item;
    /// The head is not YAML, TOML or JSON.
    HeadUnreadable = "head-unreadable", Error, Item;
    /// The head holds something else than `key: value` lines.
    HeadNotKeys = "head-not-keys", Error, Item;
    /// No date anywhere.
    DateMissing = "date-missing", Error, Item;
    /// A date that no calendar has.
    DateImpossible = "date-impossible", Error, Item;
    /// A date that can be read in two ways.
    DateAmbiguous = "date-ambiguous", Error, Item;
    /// A date in a year in which no news was.
    DateOutOfRange = "date-out-of-range", Error, Item;
    /// A year of two figures.
    DateShortYear = "date-short-year", Error, Item;
    /// A date without its day, or without its year.
    DateIncomplete = "date-incomplete", Error, Item;
    /// `minuit`, which could be either end of the day.
    DateMidnight = "date-midnight", Error, Item;
    /// Not a date.
    DateNotUnderstood = "date-not-understood", Error, Item;
    /// A local time that the clocks skipped.
    DateInGap = "date-in-gap", Error, Item;
    /// The text says that it is under embargo, and not until when.
    EmbargoUnclear = "embargo-unclear", Error, Item;
    /// The text and the head tell of two embargoes.
    EmbargoDiffers = "embargo-differs", Error, Item;
    /// Neither title, heading nor text.
    ItemEmpty = "item-empty", Error, Item;
    /// Not clear whether this is a draft.
    DraftUnclear = "draft-unclear", Error, Item;
    /// An `id` that cannot be one.
    IdInvalid = "id-invalid", Error, Item;
    /// The id of something that was to be forgotten (ID-03).
    IdForgotten = "id-forgotten", Error, Item;
    /// Two items, one id.
    IdClash = "id-clash", Error, Item;
    /// Two items, one address.
    UrlClash = "url-clash", Error, Item;
    /// The same text as another item of the same day.
    SameText = "same-text", Warning, Item;
    /// Two files that some machines cannot keep apart.
    PathClash = "path-clash", Error, Item;

    /// An entry of a feed without a date.
    ImportDateMissing = "import-date-missing", Error, Item;

    /// A date of a feed that cannot be read.
    ImportDateUnreadable = "import-date-unreadable", Warning, Item;
    /// Hours of a feed without an offset; once for the whole feed.
    ImportDateUnzoned = "import-date-unzoned", Warning, Item;
    /// An entry by which no reader could know it.
    ImportIdMissing = "import-id-missing", Warning, Item;
    /// Two entries, one identity.
    ImportIdTwice = "import-id-twice", Warning, Item;
    /// An item does not say what its entry says.
    ImportChanged = "import-changed", Warning, Item;
    /// What only WordPress knows how to show; once for the whole export.
    ImportShortcode = "import-shortcode", Warning, Item;
    /// Characters that XML cannot carry were removed.
    CharactersDropped = "characters-dropped", Warning, Item;
    /// Not UTF-8: the encoding was told from the bytes.
    EncodingTold = "encoding-told", Warning, Item;
    /// The line that opens the head is not there.
    HeadNotOpened = "head-not-opened", Warning, Item;
    /// Tabs in front of keys, which YAML does not know.
    HeadTabs = "head-tabs", Warning, Item;
    /// A PDF of which no item and no sidecar speaks.
    PdfAlone = "pdf-alone", Warning, Item;
    /// A sidecar without its file.
    SidecarAlone = "sidecar-alone", Warning, Item;
    /// A key one edit away from ours.
    KeyMisspelt = "key-misspelt", Warning, Item;
    /// A key nobody reads, once for the whole folder.
    KeyUnknown = "key-unknown", Warning, Item;
    /// A key written twice in one head.
    KeyTwice = "key-twice", Warning, Item;
    /// A value of the wrong kind, left aside.
    ValueIgnored = "value-ignored", Warning, Item;
    /// Two places give two dates.
    DatesDisagree = "dates-disagree", Warning, Item;
    /// The day of the week is not that of the date.
    WeekdayWrong = "weekday-wrong", Warning, Item;
    /// Offsets that the zone does not have on that day; once for the whole folder.
    OffsetOdd = "offset-odd", Warning, Item;
    /// Instants at midnight that may be days; once for the whole folder.
    MidnightLikeADay = "midnight-like-a-day", Warning, Item;
    /// A local time that the clocks showed twice.
    DateTwice = "date-twice", Warning, Item;
    /// Two items with one and the same written instant.
    SameInstant = "same-instant", Warning, Item;
    /// Updated before it was published.
    UpdatedTooEarly = "updated-too-early", Warning, Item;
    /// Expired before it was published.
    ExpiresTooEarly = "expires-too-early", Warning, Item;
    /// Updated in the future.
    UpdatedTooLate = "updated-too-late", Warning, Item;
    /// A published item whose file gives a later date without an act.
    DateMoved = "date-moved", Warning, Item;
    /// Withdrawn or withheld by hand: without an act, few readers look at it again.
    ActMissing = "act-missing", Warning, Item;
    /// Withdrawn, and nothing says that it was ever out.
    WithdrawnNotOut = "withdrawn-not-out", Warning, Item;
    /// Restored after a notice without an act: most readers keep the notice.
    RestoredSilently = "restored-silently", Warning, Item;
    /// What is held lies in a repository that may be public.
    HeldInPublic = "held-in-public", Warning, Item;
    /// `replaces` or `reply-to` names nothing that is out.
    RelationMissing = "relation-missing", Warning, Item;
    /// The title was made of the text's first words.
    TitleFromText = "title-from-text", Warning, Item;
    /// The title was made of the file's name.
    TitleFromName = "title-from-name", Warning, Item;
    /// A key that names nobody in `[people]`.
    AuthorUnknown = "author-unknown", Warning, Item;
    /// Not an e-mail address.
    EmailInvalid = "email-invalid", Warning, Item;
    /// Not a language tag.
    LanguageInvalid = "language-invalid", Warning, Item;
    /// A link that leads nowhere safe was made plain text.
    LinkUnsafe = "link-unsafe", Warning, Item;
    /// A link whose address has a space, which Markdown takes for text.
    LinkSpaced = "link-spaced", Warning, Item;
    /// A link to an item that is not out yet was made plain text.
    LinkHeld = "link-held", Warning, Item;
    /// Raw HTML that no feed may hold was removed.
    HtmlRemoved = "html-removed", Warning, Item;
    /// The head of another mail stands in the text.
    MailInside = "mail-inside", Warning, Item;
    /// A command of another generator, which means nothing here; once for each.
    CommandRemoved = "command-removed", Warning, Item;
    /// A component or expression of MDX; once for each.
    ComponentRemoved = "component-removed", Warning, Item;
    /// A frame of another page became a link to it.
    EmbedLinked = "embed-linked", Warning, Item;
    /// A picture that nobody can see was left out.
    PixelRemoved = "pixel-removed", Warning, Item;
    /// What a text says to newsrooms was left out.
    NotesLeftOut = "notes-left-out", Warning, Item;
    /// HTML in a field that is plain text.
    MarkupRemoved = "markup-removed", Warning, Item;
    /// A picture without a text alternative.
    ImageWithoutAlt = "image-without-alt", Warning, Item;
    /// A picture whose bytes are not what its name says.
    PictureMisnamed = "picture-misnamed", Warning, Item;
    /// A PDF that perhaps opens with a password only.
    PdfProtected = "pdf-protected", Warning, Item;
    /// Files in the folder of an item to which it does not refer.
    FileUnused = "file-unused", Warning, Item;
    /// A picture of a document that readers cannot show.
    PictureLeftOut = "picture-left-out", Warning, Item;
    /// A document inside a document, which is not read.
    InsertLeftOut = "insert-left-out", Warning, Item;
    /// A file that the item refers to is not there.
    FileMissing = "file-missing", Warning, Item;
    /// A kind of file that is not read yet.
    KindNotRead = "kind-not-read", Warning, Item;
    /// Nothing in the folder is of a kind that is read.
    NothingRead = "nothing-read", Warning, Item;
    /// Symbolic links are not followed.
    LinkSkipped = "link-skipped", Warning, Item;
    /// A file with people from which nobody could be read.
    PeopleUnreadable = "people-unreadable", Warning, Item;

    /// A name that starts with a dot.
    SkippedHidden = "skipped-hidden", Skipped, Item;
    /// `exclude` or `.crieurignore` says so.
    SkippedExcluded = "skipped-excluded", Skipped, Item;
    /// A page that lists others.
    SkippedList = "skipped-list", Skipped, Item;
    /// A file for those who keep the folder.
    SkippedReadme = "skipped-readme", Skipped, Item;
    /// A file about people.
    SkippedPeople = "skipped-people", Skipped, Item;
    /// A page that sends its visitors on.
    SkippedRedirect = "skipped-redirect", Skipped, Item;
    /// A page into which another generator puts texts.
    SkippedTemplate = "skipped-template", Skipped, Item;
    /// What another file says beside it.
    SkippedSidecar = "skipped-sidecar", Skipped, Item;
    /// A picture, a document, anything that items may refer to.
    SkippedOther = "skipped-other", Skipped, Item;
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A place in a file; line and column count from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column of the first character concerned.
    pub column: u32,
    /// How many characters are concerned; 0 where only the point is known.
    pub width: u32,
    /// Whether it is in the file's sidecar (`release.md.toml` beside `release.md`).
    pub sidecar: bool,
}

impl Place {
    /// The beginning of a line.
    pub fn line(line: u32) -> Self {
        Self::of(line, 1, 0)
    }

    /// A place in the file itself.
    pub fn of(line: u32, column: u32, width: u32) -> Self {
        Self { line, column, width, sidecar: false }
    }
}

/// What the name of a sidecar adds to the full name of its file.
pub const SIDECAR: &str = ".toml";

impl Code {
    /// Whether it is about the body: links, pictures, HTML.
    pub fn is_about_the_text(self) -> bool {
        matches!(
            self,
            Self::CommandRemoved
                | Self::ComponentRemoved
                | Self::FileMissing
                | Self::FileUnused
                | Self::HtmlRemoved
                | Self::ImageWithoutAlt
                | Self::LinkHeld
                | Self::LinkSpaced
                | Self::LinkUnsafe
                | Self::PictureMisnamed
                | Self::PixelRemoved
                | Self::EmbedLinked
        )
    }

    /// Whether it is said once for the whole folder, with the number of places, and not for each
    /// file: the same slip of a tool in ten thousand files is one thing to know. Those with a `key`
    /// are said once for each.
    pub fn is_for_the_folder(self) -> bool {
        matches!(
            self,
            Self::AuthorUnknown
                | Self::CommandRemoved
                | Self::ComponentRemoved
                | Self::KeyUnknown
                | Self::MarkupRemoved
                | Self::OffsetOdd
                | Self::MidnightLikeADay
        )
    }
}

/// Turns byte offsets of a text into places.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// The last offset asked for and its column: the next one mostly follows it on the same line,
    /// and a line may be a megabyte long.
    last: Cell<(usize, u32)>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    pub fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Self { text, starts, last: Cell::new((0, 1)) }
    }

    /// Where a range of bytes stands; its width ends with its first line.
    pub fn place(&self, range: &Range<usize>) -> Place {
        let index = self.starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        let start = self.starts.get(index).copied().unwrap_or_default();
        let (known, column) = self.last.get();
        let (from, column) = if (start..=range.start).contains(&known) { (known, column) } else { (start, 1) };
        let column = column + self.characters(from..range.start);
        self.last.set((range.start, column));
        Place::of(u32::try_from(index + 1).unwrap_or(u32::MAX), column, self.characters(range.clone()))
    }

    fn characters(&self, range: Range<usize>) -> u32 {
        let part = self.text.get(range).unwrap_or_default();
        let line = match memchr(b'\n', part.as_bytes()).and_then(|end| part.get(..end)) {
            Some(line) => line.strip_suffix('\r').unwrap_or(line),
            None => part,
        };
        u32::try_from(line.chars().count()).unwrap_or(u32::MAX)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// The file, as a person would write it: below the items folder for an item.
    pub path: Option<String>,
    /// Where in it.
    pub place: Option<Place>,
    /// What the sentence's blanks are filled with, by name.
    pub arguments: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem of a file.
    pub fn new(code: Code, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::general(code) }
    }

    /// A problem of no file.
    pub fn general(code: Code) -> Self {
        Self { code, severity: code.severity(), path: None, place: None, arguments: Vec::new() }
    }

    /// The same, at a place; one in a sidecar is shown under the sidecar's own name.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        if place.sidecar
            && let Some(path) = &mut self.path
        {
            path.push_str(SIDECAR);
        }
        self.place = Some(place);
        self
    }

    /// The item's own file, also where the problem is in its sidecar.
    pub fn item(&self) -> Option<&str> {
        let path = self.path.as_deref()?;
        let beside = self.place.is_some_and(|place| place.sidecar);
        if beside { path.strip_suffix(SIDECAR) } else { Some(path) }
    }

    /// The same, with one blank filled. An address that holds a whole picture (`data:`) is cut.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        const LONGEST: usize = 200;
        let mut value = value.to_string();
        if name == "link"
            && let Some((end, _)) = value.char_indices().nth(LONGEST)
        {
            value.truncate(end);
            value.push('…');
        }
        self.arguments.push((name, value));
        self
    }

    /// True for an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What one blank is filled with.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }
}
