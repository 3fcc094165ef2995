//! The fields of a Word document: text that the program made from an instruction, and keeps beside it.

use std::rc::Rc;

use crate::input::office::xml::Element;

/// Fields in each other.
pub const DEEPEST: usize = 64;

/// A field that is open.
#[derive(Debug, Default)]
pub struct Field {
    /// What the program was told to write.
    pub instruction: String,
    /// Whether its text has begun.
    pub is_text: bool,
    /// Where it leads.
    pub link: Option<Rc<str>>,
    /// Whether its text is not for readers.
    pub is_hidden: bool,
}

/// A table of contents and its like: numbers of pages that no screen has.
pub fn is_contents(instruction: &str) -> bool {
    let name = instruction.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(name.as_str(), "TOC" | "INDEX" | "TOA" | "XE" | "TC" | "TA" | "RD")
}

/// How many fields more begin than end in what is read of an element.
pub fn open(element: &Element) -> i64 {
    let count = |element: &Element| match (element.name.as_str(), element.attribute("w:fldCharType")) {
        ("w:fldChar", Some("begin")) => 1,
        ("w:fldChar", Some("end")) => -1,
        ("w:del" | "w:moveFrom", _) => 0,
        _ => open(element),
    };
    element.elements().map(count).sum()
}

/// Where a `HYPERLINK` leads: the address, and the bookmark in it.
pub fn link(instruction: &str) -> Option<(Option<String>, Option<String>)> {
    let mut words = words(instruction).into_iter();
    if !words.next()?.eq_ignore_ascii_case("hyperlink") {
        return None;
    }
    let (mut address, mut bookmark) = (None, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "\\l" => bookmark = words.next(),
            "\\o" | "\\t" => {
                words.next();
            }
            switch if switch.starts_with('\\') && switch.chars().count() == 2 => {}
            _ if address.is_none() => address = Some(word),
            _ => {}
        }
    }
    Some((address.filter(|address| !address.is_empty()), bookmark))
}

/// The words of an instruction; what stands in quotes is one.
pub fn words(instruction: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = instruction.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        // Word doubles the backslashes of a path.
        words.push(word.replace("\\\\", "\\"));
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_fields() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(link(" HYPERLINK \"https://a.fr/?x=1\" "), Some((some("https://a.fr/?x=1"), None)));
        assert_eq!(link("HYPERLINK \\l \"suite\" \\o \"Voir\""), Some((None, some("suite"))));
        assert_eq!(link("hyperlink mailto:a@b.fr \\h"), Some((some("mailto:a@b.fr"), None)));
        assert_eq!(link("PAGEREF _Toc1 \\h"), None);
        assert_eq!(link(""), None);
    }
}
