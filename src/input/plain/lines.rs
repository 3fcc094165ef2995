//! The lines of a plain text, without what belongs to the paper or the mail and not to the text:
//! form feeds, page numbers, headers that every page repeats, the head of a mail.

use std::collections::HashMap;

use crate::input::At;
use crate::problem::Place;
use crate::text::Text;

/// Stands for a form feed: no other character says so well where a page ends, and none is rarer.
pub const PAGE: char = '\u{2029}';

/// A line, or a part of one where a page ends in it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Counted from 1.
    pub number: u32,
    /// How far it is set in, in columns.
    pub indent: usize,
    /// Without white space at either end; empty where there is nothing else.
    pub text: String,
    /// Whether a page starts with it.
    pub opens_page: bool,
}

impl Line {
    fn new(raw: &str, number: u32, opens_page: bool) -> Self {
        let mut indent = 0;
        for character in raw.chars().take_while(|c| c.is_whitespace()) {
            indent = if character == '\t' { (indent / 4 + 1) * 4 } else { indent + 1 };
        }
        Self { number, indent, text: letters(raw.trim()), opens_page }
    }

    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// In characters.
    pub fn length(&self) -> usize {
        self.text.chars().count()
    }
}

/// What typesetting made of letters, as letters again: ligatures (`ﬁ`), bullets of the Symbol font,
/// soft hyphens, but for one at the end, where a word is cut.
fn letters(text: &str) -> String {
    let last = text.char_indices().next_back().map(|(at, _)| at);
    let mut letters = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            'ﬀ' => letters.push_str("ff"),
            'ﬁ' => letters.push_str("fi"),
            'ﬂ' => letters.push_str("fl"),
            'ﬃ' => letters.push_str("ffi"),
            'ﬄ' => letters.push_str("ffl"),
            'ﬅ' | 'ﬆ' => letters.push_str("st"),
            '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}' | '\u{f0fc}' | '\u{f076}' => letters.push('•'),
            '\u{ad}' if Some(at) != last => {}
            '\u{2010}' => letters.push('-'),
            c => letters.push(c),
        }
    }
    letters
}

/// Form feeds as a mark of our own, so that they survive the cleaning of the text.
pub fn keep_pages(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\u{c}') { text.replace('\u{c}', "\u{2029}").into() } else { text.into() }
}

/// The lines of a text whose first is line `first` of its file.
pub fn of(text: &str, first: u32) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, line) in (first..).zip(text.lines()) {
        for (index, page) in line.split(PAGE).enumerate() {
            // A form feed in front of a line opens that line.
            if index == 0 && page.is_empty() && !line.is_empty() {
                continue;
            }
            lines.extend(
                page.split('\u{2028}').enumerate().map(|(part, raw)| Line::new(raw, number, index > 0 && part == 0)),
            );
        }
    }
    drop_page_numbers(&mut lines);
    drop_repeated(&mut lines, Edge::Top);
    drop_repeated(&mut lines, Edge::Bottom);
    close_pages(&mut lines);
    lines
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Top,
    Bottom,
}

/// The places of the first or last line of every page that holds something.
fn edges(lines: &[Line], edge: Edge) -> Vec<usize> {
    let mut pages: Vec<Vec<usize>> = vec![Vec::new()];
    for (index, line) in lines.iter().enumerate() {
        if line.opens_page {
            pages.push(Vec::new());
        }
        if let (false, Some(page)) = (line.is_blank(), pages.last_mut()) {
            page.push(index);
        }
    }
    if pages.len() < 2 {
        return Vec::new();
    }
    let one = |page: &Vec<usize>| if edge == Edge::Top { page.first().copied() } else { page.last().copied() };
    pages.iter().filter_map(one).collect()
}

/// `Page 2/3` and `- 2 -` wherever they stand alone; a number alone, or `2/3`, only beside the end of
/// a page.
fn drop_page_numbers(lines: &mut [Line]) {
    for line in lines.iter_mut().filter(|line| numbers_a_page(&line.text)) {
        line.text.clear();
    }
    for edge in [Edge::Bottom, Edge::Top] {
        for index in edges(lines, edge) {
            if let Some(line) = lines.get_mut(index).filter(|line| is_a_number(&line.text)) {
                line.text.clear();
            }
        }
    }
}

fn numbers_a_page(text: &str) -> bool {
    let folded = text.to_lowercase();
    let figures = |text: &str| {
        let text = text.trim();
        (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if let Some(rest) = folded.strip_prefix("page ") {
        let parts = ["/", " sur ", " of ", " de "].iter().find_map(|between| rest.split_once(between));
        return parts.map_or_else(|| figures(rest), |(page, of)| figures(page) && figures(of));
    }
    let dash = |c: char| matches!(c, '-' | '–' | '—');
    let inner = text.strip_prefix(dash).and_then(|text| text.strip_suffix(dash));
    // `- 30 -` is where a release ends.
    inner.is_some_and(|inner| figures(inner) && inner.trim() != "30")
}

fn is_a_number(text: &str) -> bool {
    let figures = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let dash = |c: char| matches!(c, '-' | '–' | '—' | ' ');
    let text = text.trim_matches(dash);
    figures(text) || text.split_once('/').is_some_and(|(page, of)| figures(page.trim()) && figures(of.trim()))
}

/// What pages repeat at one edge is said once: above the first, below the last.
fn drop_repeated(lines: &mut [Line], edge: Edge) {
    const MOST: usize = 3;
    for _ in 0..MOST {
        let places = edges(lines, edge);
        let key = |line: &Line| line.text.replace(|c: char| c.is_ascii_digit(), "0");
        let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
        for index in places {
            if let Some(line) = lines.get(index) {
                seen.entry(key(line)).or_default().push(index);
            }
        }
        let mut dropped = false;
        for mut places in seen.into_values().filter(|places| places.len() > 1) {
            dropped = true;
            if edge == Edge::Top {
                places.remove(0)
            } else {
                places.pop().unwrap_or_default()
            };
            for index in places {
                if let Some(line) = lines.get_mut(index) {
                    line.text.clear();
                }
            }
        }
        if !dropped {
            return;
        }
    }
}

/// A sentence that goes on over the page is one paragraph.
fn close_pages(lines: &mut Vec<Line>) {
    let mut index = 0;
    while let Some(at) = (index..lines.len()).find(|at| lines.get(*at).is_some_and(|line| line.opens_page)) {
        index = at + 1;
        let before = lines.iter().take(at).rposition(|line| !line.is_blank());
        let after = (at..lines.len()).find(|at| lines.get(*at).is_some_and(|line| !line.is_blank()));
        let (Some(before), Some(after)) = (before, after) else { continue };
        let open = lines.get(before).is_some_and(|line| !ends_a_sentence(&line.text));
        let goes_on = lines.get(after).is_some_and(|line| line.text.starts_with(char::is_lowercase));
        if open && goes_on && after > before + 1 {
            lines.drain(before + 1..after);
            index = before + 2;
        }
    }
}

/// Whether a sentence, or what leads to a list, ends with the text.
pub fn ends_a_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| matches!(c, '»' | '"' | '”' | ')') || c.is_whitespace());
    bare.ends_with(['.', '!', '?', '…', ':', ';'])
}

/// Keys of the head of a mail, in lower case.
const SENDER: &[&str] = &["de", "from", "expéditeur"];
const SUBJECT: &[&str] = &["objet", "subject", "sujet", "re"];
const OTHERS: &[&str] = &[
    "à",
    "a",
    "to",
    "pour",
    "cc",
    "copie",
    "cci",
    "bcc",
    "date",
    "envoyé",
    "envoyé le",
    "sent",
    "répondre à",
    "reply-to",
    "pièces jointes",
    "pièce jointe",
    "attachments",
    "attached",
    "importance",
    "destinataire",
    "organisation",
    "message-id",
];

/// So many lines of addresses may stand between two fields.
const LONGEST_LIST: usize = 12;

/// What a mail said in its head.
#[derive(Debug, Default)]
pub struct MailHead {
    /// What it is about, without `TR:` and `Re:`.
    pub subject: Option<At<Text>>,
    /// Every line, as key and value.
    pub lines: Vec<String>,
}

/// Takes the head of a mail from the start of a text: who wrote to whom is not for publication.
/// There is one where `De :` stands among at least two lines of that kind.
pub fn take_mail_head(lines: &mut Vec<Line>) -> Option<MailHead> {
    let start = lines.iter().position(|line| !line.is_blank() && !announces_a_mail(&line.text))?;
    let mut head = MailHead::default();
    let (mut end, mut sender) = (start, false);
    while let Some(line) = lines.get(end).filter(|line| !line.is_blank()) {
        // A long list of addresses goes on below, and then the other fields come.
        let goes_on = || {
            let below = lines.get(end + 1..).unwrap_or_default().iter();
            below.take_while(|line| !line.is_blank()).take(LONGEST_LIST).any(|line| mail_field(&line.text).is_some())
        };
        match mail_field(&line.text) {
            Some(Field::Sender) => sender = true,
            Some(Field::Subject(value)) => {
                head.subject = Text::some(&value).map(|value| At { value, place: Place::line(line.number) });
            }
            Some(Field::Other) => {}
            None if end > start && (line.indent > 0 || goes_on()) => {}
            None => break,
        }
        head.lines.push(line.text.clone());
        end += 1;
    }
    if !sender || head.lines.len() < 2 {
        return None;
    }
    lines.drain(..end);
    Some(head)
}

/// A line of the head of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Who wrote it.
    Sender,
    /// What it is about, without `TR:` and `Re:`.
    Subject(String),
    /// To whom, when, how.
    Other,
}

/// The field that a line of the head of a mail is.
pub fn mail_field(text: &str) -> Option<Field> {
    let (key, value) = text.split_once(':')?;
    let key = key.trim_matches(|c: char| c == '*' || c.is_whitespace()).to_lowercase();
    let is = |keys: &[&str]| keys.contains(&key.as_str());
    let value = value.trim_matches(|c: char| c == '*' || c.is_whitespace());
    match () {
        () if is(SENDER) => Some(Field::Sender),
        () if is(SUBJECT) => Some(Field::Subject(without_forwarding(value).to_owned())),
        () if is(OTHERS) => Some(Field::Other),
        () => None,
    }
}

/// `-----Message d'origine-----`, `---------- Forwarded message ---------`, `Début du message
/// réexpédié :`.
pub fn announces_a_mail(text: &str) -> bool {
    const OPENINGS: [&str; 4] =
        ["début du message", "début du transfert", "begin forwarded message", "message transféré"];
    let text = text.to_lowercase();
    let rows = text.starts_with("--") && text.ends_with("--") && text.contains("message");
    rows || text.ends_with(':') && OPENINGS.iter().any(|opening| text.starts_with(opening))
}

/// `Le jeu. 26 nov. 2026 à 17:42, Marion <m@ville.fr> a écrit :`, `On 26 Nov 2026, at 17:42, Marion wrote:`: by its hour
/// or its address no sentence of a text.
pub fn answers_a_mail(text: &str) -> bool {
    let text = text.trim_start_matches(['>', ' ']).trim_end().to_lowercase();
    let Some(text) = text.strip_suffix(':').map(str::trim_end) else { return false };
    let figures = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let hour = |at: usize| text.get(at + 1..at + 3).is_some_and(figures);
    let sent = text.contains('@') || text.match_indices([':', 'h']).any(|(at, _)| hour(at));
    let french = text.starts_with("le ") && text.ends_with(" a écrit");
    let english = text.starts_with("on ") && text.ends_with(" wrote");
    sent && (french || english)
}

/// Whether a text is a mail as machines pass it on, with the servers that it went through.
pub fn is_raw_mail(text: &str) -> bool {
    const LONGEST: usize = 200;
    const MACHINES: [&str; 5] = ["received", "return-path", "delivered-to", "dkim-signature", "mime-version"];
    let name = |line: &str| line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
    let is_field = |line: &&str| {
        let field = name(line).is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        field || line.starts_with([' ', '\t'])
    };
    let lines = text.lines().skip_while(|line| line.trim().is_empty() || line.starts_with("From ")).take(LONGEST);
    let mut head = lines.take_while(is_field).filter_map(name);
    head.any(|name| MACHINES.contains(&name.as_str()))
}

fn without_forwarding(subject: &str) -> &str {
    const MARKS: [&str; 8] = ["TR", "Tr", "RE", "Re", "FW", "Fw", "Fwd", "FWD"];
    let mut subject = subject.trim();
    while let Some((mark, rest)) = subject.split_once(':').filter(|(mark, _)| MARKS.contains(&mark.trim())) {
        let _ = mark;
        subject = rest.trim();
    }
    subject
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let lines = of(&keep_pages(text), 1);
        lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn pages_leave_no_trace() {
        for (text, left) in [
            ("Un.\n\n1\n\u{c}Deux.", "Un.|||Deux."),
            ("Un.\n- 2 -\nDeux.", "Un.||Deux."),
            ("Un.\nPage 2/3\nDeux.\npage 3 sur 3", "Un.||Deux.|"),
            ("Un.\n- 30 -", "Un.|- 30 -"),
            ("En tête 1\nUn mot\n\n1/2\n\u{c}En tête 2\ncoupé.\n2/2", "En tête 1|Un mot|coupé.|"),
            ("Un\nwww.lens.fr\n\u{c}Deux\nwww.lens.fr", "Un||Deux|www.lens.fr"),
            ("2020\nUn\n12", "2020|Un|12"),
            ("\u{c}Un ﬁl ﬂou e\u{ad}t su\u{ad}\nite", "Un fil flou et su\u{ad}|ite"),
        ] {
            assert_eq!(shown(text), left, "{text}");
        }
    }

    #[test]
    fn mails_as_machines_pass_them_on() {
        for text in [
            "Return-Path: <a@x.fr>\nReceived: from mx (10.0.0.1)\n",
            "From a@x.fr Thu Nov 26\nX-Spam: no\nReceived: from mx\n\tby my\n",
            "From: A\nSubject: =?utf-8?q?Lens?=\nMIME-Version: 1.0\n\nBonjour",
        ] {
            assert!(is_raw_mail(text), "{text}");
        }
        for text in
            ["De : A\nObjet : B\n\nReceived: x", "From: A\nTo: B\nSubject: C\n\nBonjour", "La piscine\nReceived: x"]
        {
            assert!(!is_raw_mail(text), "{text}");
        }
    }

    #[test]
    fn the_head_of_a_mail_is_no_text() {
        for (text, subject, left) in [
            ("De : A <a@x.fr>\nÀ : b@x.fr\nObjet : TR: RE : La piscine\n\nBonjour", Some("La piscine"), 2),
            ("From: A\nTo: b,\n  c\nSubject: Pool\nHello", Some("Pool"), 1),
            ("De : A\nÀ : b@x.fr;\nc@x.fr;\nObjet : La piscine\n\nBonjour", Some("La piscine"), 2),
            ("Début du message réexpédié :\n\nDe: A\nObjet: La piscine\n\nBonjour", Some("La piscine"), 2),
            ("*De :* A\n*Date :* 3 mai\n\nBonjour", None, 2),
            ("Date : 12 mars\nObjet : la piscine\nLieu : Lens", None, 3),
            ("De : A\nBonjour", None, 2),
        ] {
            let mut lines = of(text, 1);
            let head = take_mail_head(&mut lines);
            let found = head.and_then(|head| head.subject).map(|at| at.value.to_string());
            assert_eq!((found.as_deref(), lines.len()), (subject, left), "{text}");
        }
    }
}
