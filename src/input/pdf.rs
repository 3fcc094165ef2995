//! PDF: a document that comes with its sidecar, and that no build reads.
//!
//! What a program takes for the text of a PDF depends on the program and its version, so two machines
//! would publish two texts; `crieur extract` makes a draft of it once, for a person to read through.
//! Here a PDF is known by its first bytes and its digest, however large it is.

use super::Draft;
use crate::file::{Source, SourceEntry, digest_of};
use crate::item::Words;
use crate::problem::{Code, Problem};
use crate::text::{nfc, words_only_counted};

/// In so many bytes from the beginning the mark of a PDF must stand (ISO 32000-1, annex H, note 13).
pub const BEGINNING: u64 = 1024;

/// What follows is a PDF.
const MARK: &[u8] = b"%PDF-";

/// So many bytes at the end say where the list of a PDF's objects begins.
const END: u64 = 2048;

/// So many bytes of that list are looked at: of a list without compression, those of 50,000 objects.
const LIST: u64 = 1 << 20;

/// Of a document it is not the letters of its summary that tell it from others.
const TELLING: usize = 1 << 20;

/// Whether a file that begins so is a PDF.
pub fn is_pdf(beginning: &[u8]) -> bool {
    let most = usize::try_from(BEGINNING).unwrap_or(usize::MAX);
    beginning.get(..most).unwrap_or(beginning).windows(MARK.len()).any(|bytes| bytes == MARK)
}

/// What a PDF says of itself: nothing but which one it is.
///
/// # Errors
/// It is none: readers would save a file that nothing opens.
pub(super) fn draft(path: &str, beginning: &[u8], digest: String) -> Result<Draft, Problem> {
    if !is_pdf(beginning) {
        return Err(not_a_pdf(path, beginning));
    }
    let words = Words { digest: digest.as_str().into(), letters: TELLING };
    Ok(Draft { path: path.to_owned(), digest, words, ..Draft::default() })
}

/// The problem of a file that only its name calls a PDF.
pub fn not_a_pdf(path: &str, beginning: &[u8]) -> Problem {
    Problem::new(Code::PdfBroken, path).with(if beginning.is_empty() { "empty" } else { "other" }, "1")
}

/// Whether a PDF is encrypted, as the dictionary beside the list of its objects says (ISO 32000-1, 7.6.1).
/// Whether it opens without a password all the same is not told: that would take the ciphers of twenty
/// years. What cannot be read says nothing here.
pub fn is_encrypted(source: &Source, entry: &SourceEntry) -> bool {
    let piece = |start, most| source.piece(entry, start, most).unwrap_or_default();
    let end = piece(entry.size.saturating_sub(END), END);
    list_start(&end).is_some_and(|start| start < entry.size && says_encrypted(&piece(start, LIST)))
}

/// The place that stands behind the last `startxref`.
fn list_start(end: &[u8]) -> Option<u64> {
    let digits = behind_last(end, b"startxref")?.trim_ascii_start();
    let digits: Vec<u8> = digits.iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// Whether the list that begins so belongs to an encrypted document: a table, its dictionary behind
/// `trailer`, or a stream, its dictionary in front.
fn says_encrypted(list: &[u8]) -> bool {
    const KEY: &[u8] = b"/Encrypt";
    let dictionary = if list.trim_ascii_start().starts_with(b"xref") {
        let Some(at) = find(list, b"trailer") else { return false };
        list.get(at..).unwrap_or_default()
    } else {
        list
    };
    let ends = [find(dictionary, b"startxref"), find(dictionary, b"stream")];
    let end = ends.into_iter().flatten().min().unwrap_or(dictionary.len());
    let said = behind_last(dictionary.get(..end).unwrap_or_default(), KEY);
    // `/EncryptMetadata` is another key.
    let first = said.and_then(|value| value.trim_ascii_start().first());
    first.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'<')
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn behind_last<'a>(bytes: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(what.len()).rposition(|window| window == what)?;
    bytes.get(at + what.len()..)
}

/// What tells the item from others, and from what it was: its summary and the document. Who has saved
/// a document has the old one when it is replaced, which is an edit like another (DESIGN §5).
pub(super) fn words(draft: &Draft) -> Words {
    let summary = draft.summary.as_ref().map(|summary| summary.value.as_str()).unwrap_or_default();
    let (summary, letters) = words_only_counted(&nfc(summary));
    let digest = digest_of([&*draft.words.digest.text(), &String::from_utf8_lossy(&summary)]);
    Words { digest: digest.into(), letters: draft.words.letters + letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_known_by_its_first_bytes() {
        assert!(is_pdf(b"%PDF-1.7\n"));
        assert!(is_pdf(&[b" ".repeat(1000).as_slice(), b"%PDF-1.4"].concat()));
        assert!(!is_pdf(&[b" ".repeat(1020).as_slice(), b"%PDF-1.4"].concat()));
        assert!(!is_pdf(b"\x89PNG\r\n"));
        assert!(!is_pdf(b""));
    }

    #[test]
    fn what_stands_beside_the_list_of_objects() {
        let pdf = |list: &str| format!("%PDF-1.4\n{list}\nstartxref\n9\n%%EOF\n");
        for (list, encrypted) in [
            ("xref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /Encrypt 6 0 R >>", true),
            ("xref\n0 1\n0000000000 65535 f \ntrailer<</Encrypt<</Filter/Standard>>/Size 1>>", true),
            ("7 0 obj\n<< /Type /XRef /Encrypt 6 0 R >>\nstream\nx\nendstream", true),
            ("7 0 obj\n<< /Type /XRef >>\nstream\n/Encrypt 6 0 R\nendstream", false),
            ("xref\n0 1\n0000000000 65535 f \ntrailer << /Size 1 /EncryptMetadata false >>", false),
            ("xref\n/Encrypt 6 0 R", false),
            ("", false),
        ] {
            let source = Source::in_memory([("x.pdf", pdf(list))]);
            assert_eq!(is_encrypted(&source, source.find("x.pdf").unwrap()), encrypted, "{list}");
        }
        let nowhere = Source::in_memory([("x.pdf", "%PDF-1.4\nstartxref\n99999999999999999999\n")]);
        assert!(!is_encrypted(&nowhere, nowhere.find("x.pdf").unwrap()));
    }
}
