//! From bytes to text: UTF-8, unless a mark at the start, the configuration, or the bytes themselves
//! say otherwise.
//!
//! Old files and files of other offices come in the encoding of their time. Refusing them would
//! stop a release for an apostrophe; taking them for UTF-8 would put `�` into every reader. So the
//! encoding is told from the bytes, by a library made for it, and said with the first line that
//! shows whether it was told right.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_15, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};

use crate::file::SourceFile;
use crate::problem::{Code, Place, Problem};

/// The encoding of a name that people write: `windows-1252`, `latin1`, `iso-8859-15`.
pub fn named(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.trim().as_bytes())
}

/// The text of a file: UTF-8 where it is that, else in the encoding that somebody said (`label`), else
/// in the one that its bytes tell, with a warning.
///
/// # Errors
/// It holds NUL bytes, or bytes that its encoding does not have.
pub fn decode<'a>(
    file: &'a SourceFile,
    label: Option<&'static Encoding>,
    problems: &mut Vec<Problem>,
) -> Result<Cow<'a, str>, Problem> {
    let bytes = file.bytes.as_slice();
    if let Some((marked @ (UTF_16_LITTLE | UTF_16_BIG), length)) = Encoding::for_bom(bytes).map(|(e, n)| (e.name(), n))
    {
        let encoding = if marked == UTF_16_LITTLE { UTF_16LE } else { UTF_16BE };
        return strict(encoding, bytes.get(length..).unwrap_or_default(), file);
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(Problem::new(Code::FileNotText, &file.path).at(place(bytes.get(..at).unwrap_or_default())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Seven-bit Japanese would pass for ASCII, with shifts between the words.
    let shifted = bytes.is_ascii() && bytes.windows(3).any(|w| matches!(w, [0x1b, b'$', b'B' | b'@']));
    if let (false, Ok(text)) = (shifted, std::str::from_utf8(bytes)) {
        return Ok(Cow::Borrowed(text));
    }
    if let Some(label) = label {
        return strict(label, bytes, file);
    }
    let encoding = if shifted { ISO_2022_JP } else { told(bytes) };
    let text = strict(encoding, bytes, file)?;
    let at = bytes.iter().position(|b| !b.is_ascii() || *b == 0x1b).unwrap_or_default();
    let line = bytes.get(..at).unwrap_or_default().iter().filter(|b| **b == b'\n').count();
    let sample = text.lines().nth(line).unwrap_or_default().trim();
    let sample: String = sample.chars().take(60).collect();
    let place = Place::line(u32::try_from(line + 1).unwrap_or(u32::MAX));
    let problem = Problem::new(Code::EncodingTold, &file.path).at(place);
    problems.push(problem.with("encoding", encoding.name()).with("sample", sample));
    Ok(text)
}

const UTF_16_LITTLE: &str = "UTF-16LE";
const UTF_16_BIG: &str = "UTF-16BE";

/// The encoding of bytes that are not UTF-8.
fn told(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let western = [WINDOWS_1252, ISO_8859_2, WINDOWS_1250].contains(&encoding);
    if western && is_latin_9(bytes) { ISO_8859_15 } else { encoding }
}

/// ISO-8859-15 is windows-1252 with eight other signs, among them `€` and `œ` where that one has
/// `¤` and `½`, and with none at 0x80 to 0x9F; the library does not tell it apart. It is meant where
/// one of the eight stands and everything is a sign of western languages then.
fn is_latin_9(bytes: &[u8]) -> bool {
    const SIGNS: &str = "àâäåæçéèêëîïíìñôöóòõœùûüúÿßÀÂÄÅÆÇÉÈÊËÎÏÑÔÖŒÙÛÜ€«»°·’©§\u{a0}\u{ad}";
    let text = ISO_8859_15.decode_without_bom_handling(bytes).0;
    let own = |c: char| matches!(c, '€' | 'Œ' | 'œ' | 'Ÿ');
    text.contains(own) && text.chars().all(|c| c.is_ascii() || SIGNS.contains(c))
}

/// Every byte must mean something: half a text is worse than none.
fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8], file: &SourceFile) -> Result<Cow<'a, str>, Problem> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let line = text.split('\u{fffd}').next().unwrap_or_default().matches('\n').count() + 1;
    let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let byte = bytes.get(at).map(|b| format!("0x{b:02X}")).unwrap_or_default();
    let place = Place::line(u32::try_from(line).unwrap_or(u32::MAX));
    Err(Problem::new(Code::EncodingUnknown, &file.path).at(place).with("byte", byte))
}

fn place(before: &[u8]) -> Place {
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let last = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let column = String::from_utf8_lossy(last).chars().count() + 1;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place::of(number(line), number(column), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_encodings_are_told() {
        let french = "Le cœur de Lens-Liévin : 5 € pour l\u{2019}été. À bientôt, les élus de l\u{2019}agglomération.";
        let latin = "Le c\u{153}ur de Lens-Li\u{e9}vin : 5 \u{20ac} l'entr\u{e9}e, et une s\u{153}ur.";
        let russian = "Пресс-релиз: сегодня администрация города сообщила об открытии новой библиотеки.";
        let japanese = "報道発表。本日、市は新しい図書館の開館を発表しました。詳細はお問い合わせください。";
        for (label, text) in [
            ("windows-1252", french),
            ("iso-8859-15", latin),
            ("koi8-r", russian),
            ("windows-1251", russian),
            ("euc-jp", japanese),
            ("shift_jis", japanese),
            ("iso-2022-jp", japanese),
        ] {
            let encoding = named(label).unwrap();
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{label}");
            let file = SourceFile { path: "x.md".to_owned(), bytes: bytes.into_owned() };
            let mut problems = Vec::new();
            assert_eq!(decode(&file, None, &mut problems).unwrap(), text, "{label}");
            assert_eq!(problems.len(), 1, "{label}");
            assert_eq!(decode(&file, Some(encoding), &mut Vec::new()).unwrap(), text, "{label}");
        }
    }

    #[test]
    fn a_mark_at_the_start_is_believed() {
        let file = SourceFile { path: "x.md".to_owned(), bytes: b"\xff\xfeL\0e\0\xe9\0".to_vec() };
        assert_eq!(decode(&file, None, &mut Vec::new()).unwrap(), "Leé");
    }
}
