//! PDF: a document that comes with its sidecar, and that no build reads.
//!
//! What a program takes for the text of a PDF depends on the program and its version, so two machines
//! would publish two texts; `crieur extract` makes a draft of it once, for a person to read through.
//! Here a PDF is known by its first bytes and its digest, however large it is.

use super::Draft;
use crate::file::digest_of;
use crate::item::Words;
use crate::problem::{Code, Problem};
use crate::text::{nfc, words_only_counted};

/// In so many bytes from the beginning the mark of a PDF must stand (ISO 32000-1, annex H, note 13).
pub const BEGINNING: u64 = 1024;

/// What follows is a PDF.
const MARK: &[u8] = b"%PDF-";

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
    let words = Words { digest: digest.clone(), letters: TELLING };
    Ok(Draft { path: path.to_owned(), digest, words, ..Draft::default() })
}

/// The problem of a file that only its name calls a PDF.
pub fn not_a_pdf(path: &str, beginning: &[u8]) -> Problem {
    Problem::new(Code::PdfBroken, path).with(if beginning.is_empty() { "empty" } else { "other" }, "1")
}

/// What tells the item from others, and from what it was: its summary and the document. Who has saved
/// a document has the old one when it is replaced, which is an edit like another (DESIGN §5).
pub(super) fn words(draft: &Draft) -> Words {
    let summary = draft.summary.as_ref().map(|summary| summary.value.as_str()).unwrap_or_default();
    let (summary, letters) = words_only_counted(&nfc(summary));
    Words { digest: digest_of([draft.words.digest.as_str(), summary.as_str()]), letters: draft.words.letters + letters }
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
}
