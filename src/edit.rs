//! An act on a file's head: text → text, and not a byte elsewhere.
//!
//! Keys go into the head as a person would write them there: comments, order, quotes and line ends
//! stay. Where the file has no head, or one in which a line cannot be added safely, they go into the
//! sidecar beside it. Nothing here reads or writes files; whoever does reads the result again
//! before trusting it ([`holds`]).

use std::fmt::Write as _;

use crate::config::Known;
use crate::file::SourceFile;
use crate::input::front_matter::{Syntax, keys, split};
use crate::input::{self, Draft, Kind, State};
use crate::item::ChangeKind;
use crate::tree::Node;

/// What is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Act {
    /// One more entry of `changes`.
    pub change: Option<Entry>,
    /// `status`.
    pub status: Option<State>,
    /// `date`.
    pub date: Option<String>,
    /// `id`.
    pub id: Option<String>,
}

/// An entry of `changes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As a person would write it: `2026-11-24 10:15:30` by the newsroom's clocks.
    pub date: String,
    /// What was done.
    pub kind: ChangeKind,
    /// What subscribers are told.
    pub note: Option<String>,
}

/// Where an act goes, and what is there then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// True for the sidecar.
    pub sidecar: bool,
    /// The whole file.
    pub text: String,
    /// The lines that are new, for people to see.
    pub lines: Vec<String>,
}

/// The file with the act in it, or its sidecar; `beside` is the sidecar's text, where there is one.
pub fn edit(file: &SourceFile, beside: Option<&str>, act: &Act) -> Edited {
    // A status that the sidecar has is replaced there: two of them would contradict each other.
    let is_status = |line: &str| top_key(line, '=').is_some_and(|key| keys::folded(key) == "status");
    let status_beside = act.status.is_some() && beside.is_some_and(|text| text.lines().any(is_status));
    let beside_only = status_beside || !Kind::of(&file.path).is_text();
    let head = std::str::from_utf8(&file.bytes).ok().filter(|_| !beside_only);
    let own = head.and_then(|text| in_head(text, &file.path, act));
    own.unwrap_or_else(|| in_sidecar(beside.unwrap_or_default(), act))
}

/// The sidecar with the act in it, for a head in which it cannot stand.
pub fn beside(beside: Option<&str>, act: &Act) -> Edited {
    in_sidecar(beside.unwrap_or_default(), act)
}

/// Whether a file that was edited says what was meant, and nothing else has changed.
pub fn holds(before: (&SourceFile, Option<&SourceFile>), after: (&SourceFile, Option<&SourceFile>), act: &Act) -> bool {
    let read = |(file, beside): (&SourceFile, Option<&SourceFile>)| input::read(file, beside, Known::default()).0;
    let (Some(old), Some(new)) = (read(before), read(after)) else { return false };
    let value = |at: &Option<input::At<String>>| at.as_ref().map(|at| at.value.clone());
    let said = |draft: &Draft| {
        let title = draft.title.as_ref().map(|at| at.value.to_string());
        let summary = draft.summary.as_ref().map(|at| at.value.to_string());
        let authors = draft.authors.as_ref().map(|at| at.value.len());
        let names = draft.authors.iter().flat_map(|at| &at.value).filter_map(|node| node.text().map(str::to_owned));
        let names: Vec<String> = names.collect();
        (title, summary, authors, names, draft.tags.clone(), draft.draft, draft.words.clone(), draft.attachments.len())
    };
    let body = |file: &SourceFile| input::body(file, None).ok();
    let state = |draft: &Draft| draft.state.as_ref().map(|at| at.value);
    // `withheld` reads as a draft too: it comes with that status, and goes with it.
    let withheld = act.status.is_some() && [state(&old), state(&new)].contains(&Some(State::Withheld));
    let same = {
        let (mut a, mut b) = (said(&old), said(&new));
        if withheld {
            (a.5, b.5) = (None, None);
        }
        a == b && body(before.0) == body(after.0)
    };
    // Every act that was told of is told of as before.
    let told = |draft: &Draft| -> Vec<Vec<Option<String>>> {
        let text = |act: &Node, key: &str| act.get(key).and_then(Node::text).map(str::to_owned);
        draft.changes.iter().map(|act| ["date", "kind", "note"].iter().map(|key| text(act, key)).collect()).collect()
    };
    let (before_acts, mut after_acts) = (told(&old), told(&new));
    let kept = before_acts.iter().all(|act| {
        let found = after_acts.iter().position(|other| other == act);
        found.map(|at| after_acts.swap_remove(at)).is_some()
    });
    same && kept
        && new.changes.len() == old.changes.len() + usize::from(act.change.is_some())
        && state(&new) == act.status.or(state(&old))
        && value(&new.date) == act.date.clone().or(value(&old.date))
        && value(&new.id) == act.id.clone().or(value(&old.id))
}

/// The keys of an act in their order, with their values as they are written in quotes or without.
fn scalars(act: &Act) -> Vec<(&'static str, String)> {
    let status = act.status.map(|state| match state {
        State::Withheld => "withheld".to_owned(),
        State::Withdrawn => "withdrawn".to_owned(),
    });
    let pairs = [("id", act.id.clone()), ("date", act.date.clone()), ("status", status)];
    pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// `None` where the head is not one in which lines can be added safely.
fn in_head(text: &str, path: &str, act: &Act) -> Option<Edited> {
    // A lone carriage return ends lines for our reader and for no editor.
    if text.replace("\r\n", "").contains('\r') {
        return None;
    }
    let parts = split(text.trim_start_matches('\u{feff}'), path).ok()?;
    let (syntax, head) = parts.head?;
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = head.split_inclusive('\n').map(str::to_owned).collect();
    let mut added = Vec::new();
    match syntax {
        Syntax::Yaml | Syntax::Unopened => {
            for (key, value) in scalars(act) {
                let line = format!("{key}: {}", if key == "id" { quoted(&value) } else { value });
                set(&mut lines, key, &line, ':', end)?;
                added.push(line);
            }
            if let Some(entry) = &act.change {
                added.extend(append_yaml(&mut lines, entry, end)?);
            }
        }
        Syntax::Toml => {
            for (key, value) in scalars(act) {
                let line = format!("{key} = {}", quoted(&value));
                set(&mut lines, key, &line, '=', end)?;
                added.push(line);
            }
            if let Some(entry) = &act.change {
                let inline = |line: &String| {
                    top_key(line, '=').is_some_and(|key| keys::known(&keys::folded(key)) == Some("changes"))
                };
                if lines.iter().any(inline) {
                    return None;
                }
                let table = toml_entry(entry);
                lines.extend(table.iter().map(|line| format!("{line}{end}")));
                added.extend(table);
            }
        }
        Syntax::Json | Syntax::Lines | Syntax::Dotted => return None,
    }
    let start = head.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (text.get(..start)?, text.get(start + head.len()..)?);
    Some(Edited { sidecar: false, text: format!("{before}{}{after}", lines.concat()), lines: added })
}

/// Puts a line where the key stands, or in front of the others; `None` where its value goes on.
fn set(lines: &mut Vec<String>, key: &'static str, line: &str, mark: char, end: &str) -> Option<()> {
    let is_it = |written: &String| {
        top_key(written, mark).is_some_and(|written| {
            let folded = keys::folded(written);
            folded == keys::folded(key) || key != "status" && keys::known(&folded) == Some(key)
        })
    };
    // In TOML, what stands below the head of a table is the table's.
    let is_table = |line: &String| mark == '=' && line.trim_start().starts_with('[');
    let Some(at) = lines.iter().take_while(|line| !is_table(line)).position(is_it) else {
        if mark == '=' {
            // Behind a table it would belong to the table.
            lines.insert(0, format!("{line}{end}"));
        } else {
            lines.push(format!("{line}{end}"));
        }
        return Some(());
    };
    let goes_on = |next: &String| next.starts_with([' ', '\t', '-']) && !next.trim().is_empty();
    if lines.get(at + 1).is_some_and(goes_on) {
        return None;
    }
    let old = lines.get(at)?;
    let (name, value) = old.split_once(mark)?;
    let trimmed = value.trim();
    // Quotes may hold a `#`, brackets go on: what is not plain is not ours to cut.
    let comment = match trimmed.chars().next() {
        Some('"' | '\'') => {
            let quote = trimmed.chars().next()?;
            let rest = trimmed.get(1..)?.split_once(quote)?.1.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                return None;
            }
            rest
        }
        Some('[' | '{' | '|' | '>' | '&' | '*' | '!') => return None,
        _ => trimmed.split_once(" #").map_or("", |(_, comment)| comment),
    };
    let comment = match comment.trim_start_matches('#').trim() {
        "" => String::new(),
        comment => format!(" # {comment}"),
    };
    let value = line.split_once(mark)?.1.trim();
    let space = if mark == '=' { " = " } else { ": " };
    let ending = if old.ends_with("\r\n") { "\r\n" } else { "\n" };
    let new = format!("{}{space}{value}{comment}{ending}", name.trim_end());
    *lines.get_mut(at)? = new;
    Some(())
}

/// The key of a line that is not indented.
fn top_key(line: &str, mark: char) -> Option<&str> {
    if line.starts_with([' ', '\t', '#', '-', '[']) {
        return None;
    }
    let (key, rest) = line.split_once(mark)?;
    let closed = mark == '=' || rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
    closed.then(|| key.trim().trim_matches(['"', '\'']))
}

/// One more entry at the end of the list, with the indentation that is there.
fn append_yaml(lines: &mut Vec<String>, entry: &Entry, end: &str) -> Option<Vec<String>> {
    let is_changes =
        |line: &String| top_key(line, ':').is_some_and(|key| keys::known(&keys::folded(key)) == Some("changes"));
    let Some(at) = lines.iter().position(is_changes) else {
        let mut added = vec!["changes:".to_owned()];
        added.extend(yaml_entry(entry, "  "));
        lines.extend(added.iter().map(|line| format!("{line}{end}")));
        return Some(added);
    };
    let value = lines.get(at)?.split_once(':')?.1.trim();
    if !value.is_empty() && !value.starts_with('#') {
        return None; // [] or {} on the same line
    }
    let belongs = |line: &&String| line.starts_with([' ', '\t', '-', '#']) || line.trim().is_empty();
    let block: Vec<&String> = lines.iter().skip(at + 1).take_while(belongs).collect();
    let dash = block.iter().find(|line| line.trim_start().starts_with('-'))?;
    let depth = |line: &str| line.len() - line.trim_start().len();
    // Deeper than the dash a `#` may be part of a text.
    let comment = |line: &str| line.trim_start().starts_with('#') && depth(line) <= depth(dash);
    let last = block.iter().rposition(|line| !line.trim().is_empty() && !comment(line))?;
    let indent = dash.get(..dash.len() - dash.trim_start().len())?.to_owned();
    let added = yaml_entry(entry, &indent);
    let place = at + 1 + last + 1;
    let written: Vec<String> = added.iter().map(|line| format!("{line}{end}")).collect();
    lines.splice(place..place, written);
    Some(added)
}

fn yaml_entry(entry: &Entry, indent: &str) -> Vec<String> {
    let mut lines = vec![format!("{indent}- date: {}", entry.date), format!("{indent}  kind: {}", entry.kind.name())];
    lines.extend(entry.note.as_ref().map(|note| format!("{indent}  note: {}", quoted(note))));
    lines
}

fn toml_entry(entry: &Entry) -> Vec<String> {
    let mut lines = vec!["[[changes]]".to_owned()];
    lines.push(format!("date = {}", quoted(&entry.date)));
    lines.push(format!("kind = {}", quoted(entry.kind.name())));
    lines.extend(entry.note.as_ref().map(|note| format!("note = {}", quoted(note))));
    lines
}

fn in_sidecar(text: &str, act: &Act) -> Edited {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push_str(end);
    }
    let mut added = Vec::new();
    for (key, value) in scalars(act).into_iter().rev() {
        let line = format!("{key} = {}", quoted(&value));
        if set(&mut lines, key, &line, '=', end).is_none() {
            lines.insert(0, format!("{line}{end}"));
        }
        added.insert(0, line);
    }
    if let Some(entry) = &act.change {
        let table = toml_entry(entry);
        lines.extend(table.iter().map(|line| format!("{line}{end}")));
        added.extend(table);
    }
    Edited { sidecar: true, text: lines.concat(), lines: added }
}

/// A text in double quotes, such as YAML and TOML both read back.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // YAML takes some of them for line ends, and neither takes the others as they are.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "a.md".to_owned(), bytes: text.as_bytes().to_vec() }
    }

    fn correction(note: &str) -> Act {
        let entry = Entry { date: "2026-11-24 10:15:30".into(), kind: ChangeKind::Correction, note: Some(note.into()) };
        Act { change: Some(entry), ..Act::default() }
    }

    /// The result, which was read again and found to say what was meant.
    #[track_caller]
    fn edited(text: &str, act: &Act) -> Edited {
        let before = file(text);
        let edited = edit(&before, None, act);
        let beside = SourceFile { path: "a.md.toml".to_owned(), bytes: edited.text.clone().into_bytes() };
        let after = file(&edited.text);
        let pair = if edited.sidecar { (&before, Some(&beside)) } else { (&after, None) };
        assert!(holds((&before, None), pair, act), "{}", edited.text);
        edited
    }

    #[test]
    fn lines_are_added_and_nothing_else_is_touched() {
        let act = correction("Lundi : 9 h, et \"non\" 8 h");
        let added =
            "  - date: 2026-11-24 10:15:30\n    kind: correction\n    note: \"Lundi : 9 h, et \\\"non\\\" 8 h\"\n";
        let text = "---\ntitle: 'A'   # le titre\n\ntags: [x,\n  y]\n---\n\nTexte.\n---\n";
        assert_eq!(edited(text, &act).text, text.replace("y]\n", &format!("y]\nchanges:\n{added}")));
        // A `#` in a text is text.
        let text = "---\nchanges:\n  - date: 2026-11-20\n    note: |\n      Un\n      # deux\n# fin\n---\nTexte.\n";
        assert_eq!(edited(text, &act).text, text.replace("# deux\n", &format!("# deux\n{added}")));
        // A list that is there, with its own indentation, and comments behind it.
        let text = "---\nchanges:\n- date: 2026-11-20\n  note: |\n    Un\n    Deux\n# fin\ntitle: A\n---\nTexte.\n";
        let flat = added.replace("\n  ", "\n").replacen("  - ", "- ", 1);
        assert_eq!(edited(text, &act).text, text.replace("Deux\n", &format!("Deux\n{flat}")));
        // Windows.
        let text = "\u{feff}---\r\ntitle: A\r\n---\r\nTexte.\r\n";
        let crlf = format!("changes:\n{added}").replace('\n', "\r\n");
        assert_eq!(edited(text, &act).text, text.replace("title: A\r\n", &format!("title: A\r\n{crlf}")));
        let text = "+++\ntitle = \"A\"\n[extra]\nx = 1\n+++\nTexte.\n";
        let edited = edited(text, &act);
        assert!(edited.text.contains("x = 1\n[[changes]]\ndate = \"2026-11-24 10:15:30\""), "{}", edited.text);
    }

    /// The date of an act is not the date of the item.
    #[test]
    fn the_keys_of_a_table_are_left_alone() {
        let act = Act { date: Some("2026-11-20".into()), ..Act::default() };
        let table = "[[changes]]\ndate = \"2026-11-24\"\nkind = \"minor\"\n";
        let text = format!("+++\n{table}+++\n# A\n\nTexte.\n");
        assert_eq!(edited(&text, &act).text, text.replacen("[[", "date = \"2026-11-20\"\n[[", 1));
        let edited = edit(&file("# A\n\nTexte.\n"), Some(table), &act);
        assert_eq!(edited.text, format!("date = \"2026-11-20\"\n{table}"));
    }

    /// An item was withdrawn when it had no head, and then somebody gave it one.
    #[test]
    fn a_status_is_replaced_where_it_stands() {
        let before = file("---\nexpires: 2027-01-01\n---\n# A\n\nTexte.\n");
        let beside = |text: &str| SourceFile { path: "a.md.toml".to_owned(), bytes: text.as_bytes().to_vec() };
        for (old, new) in [(State::Withdrawn, State::Withheld), (State::Withheld, State::Withdrawn)] {
            let name = |state| if state == State::Withheld { "withheld" } else { "withdrawn" };
            let sidecar = beside(&format!("status = \"{}\"\n", name(old)));
            let act = Act { status: Some(new), ..Act::default() };
            let edited = edit(&before, std::str::from_utf8(&sidecar.bytes).ok(), &act);
            assert!(edited.sidecar && edited.text == format!("status = \"{}\"\n", name(new)), "{}", edited.text);
            assert!(holds((&before, Some(&sidecar)), (&before, Some(&beside(&edited.text))), &act));
        }
    }

    #[test]
    fn keys_are_set_where_they_stand() {
        let act = Act { status: Some(State::Withdrawn), date: Some("2026-11-20".into()), ..Act::default() };
        let text = "---\nDate: \"2026-11-19\" # à vérifier\nstatus: usable\ntitle: A\n---\nTexte.\n";
        let set = "---\nDate: 2026-11-20 # à vérifier\nstatus: withdrawn\ntitle: A\n---\nTexte.\n";
        assert_eq!(edited(text, &act).text, set);
        let text = "---\ntitle: A\n---\nTexte.\n";
        assert_eq!(edited(text, &act).text, "---\ntitle: A\ndate: 2026-11-20\nstatus: withdrawn\n---\nTexte.\n");
        let text = "+++\ntitle = \"A\"\n[extra]\nx = 1\n+++\nTexte.\n";
        assert!(edited(text, &act).text.starts_with("+++\nstatus = \"withdrawn\"\ndate = \"2026-11-20\"\ntitle"));
        let id = Act { id: Some("tag:example.org,2020:a".into()), ..Act::default() };
        assert!(edited(text, &id).text.contains("\nid = \"tag:example.org,2020:a\"\n"));
    }

    #[test]
    fn what_has_no_head_or_an_odd_one_gets_a_sidecar() {
        for text in [
            "# Titre\n\nTexte.\n",
            "{\"title\": \"A\"}\nTexte.\n",
            "Title: A\nDate: 2026-11-20\n\nTexte.\n",
            "---\ntitle: A\nchanges: [{date: 2026-11-20, note: x}]\n---\nTexte.\n",
            "---\rtitle: A\r---\rTexte.\r",
        ] {
            let edited = edited(text, &correction("Une note"));
            assert!(edited.sidecar, "{text}");
            assert!(edited.text.starts_with("[[changes]]\n"), "{}", edited.text);
        }
        let beside = "# à la main\nauthors = [\"x\"]";
        let edited =
            edit(&file("# T\n\nTexte.\n"), Some(beside), &Act { status: Some(State::Withdrawn), ..correction("n") });
        assert_eq!(
            edited.text,
            "status = \"withdrawn\"\n# à la main\nauthors = [\"x\"]\n[[changes]]\ndate = \"2026-11-24 10:15:30\"\nkind = \"correction\"\nnote = \"n\"\n"
        );
    }

    #[test]
    fn any_note_comes_back() {
        for note in
            ["a\\b\"c", "# x", "- y", "é\u{a0}: «\u{202f}z\u{202f}»", "{a: b}", "l'été & <b>", "x\ty", "\u{85}\u{2028}"]
        {
            for text in ["---\ntitle: A\n---\nT.\n", "+++\ntitle = 'A'\n+++\nT.\n", "T.\n"] {
                edited(text, &correction(note));
            }
        }
    }
}
