//! The candidates of a `srcset`: an address and a size each (HTML 4.8.4.3.1, HT-06).

/// Every candidate as written: its address, and its size, which may be empty.
pub fn candidates(value: &str) -> Vec<(&str, &str)> {
    let space = |c: char| c.is_ascii_whitespace();
    let mut found = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches(|c: char| space(c) || c == ',');
        if rest.is_empty() {
            return found;
        }
        let (address, after) = rest.split_at(rest.find(space).unwrap_or(rest.len()));
        let bare = address.trim_end_matches(',');
        // A comma right behind the address ends the candidate; one within it is its own.
        if bare.len() < address.len() {
            found.push((bare, ""));
            rest = after;
        } else {
            let (size, after) = after.split_at(after.find(',').unwrap_or(after.len()));
            found.push((address, size.trim_matches(space)));
            rest = after;
        }
    }
}

/// The value of the attribute.
pub fn join<'a>(candidates: impl Iterator<Item = (String, &'a str)>) -> String {
    let written = candidates.map(|(address, size)| format!("{address} {size}").trim_end().to_owned());
    written.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_spaces_are_read_as_browsers_read_them() {
        for (value, expected) in [
            ("a 1x, b 2x", vec![("a", "1x"), ("b", "2x")]),
            ("a 1x,b 2x", vec![("a", "1x"), ("b", "2x")]),
            ("a, b", vec![("a", ""), ("b", "")]),
            ("/i,w=3/a.jpg 300w,\n /i,w=6/a.jpg 600w ,", vec![("/i,w=3/a.jpg", "300w"), ("/i,w=6/a.jpg", "600w")]),
            (" , ", vec![]),
            ("a", vec![("a", "")]),
        ] {
            assert_eq!(candidates(value), expected, "{value}");
        }
        assert_eq!(join([("a".to_owned(), "1x"), ("b".to_owned(), "")].into_iter()), "a 1x, b");
    }
}
