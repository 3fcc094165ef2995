//! Signs that Word takes from fonts of pictograms, under numbers that mean nothing without the font.

/// The character that such a font shows for a code; `None` where there is none that all readers have.
pub fn sign(font: &str, code: u32) -> Option<char> {
    let code = u8::try_from(if (0xf000..=0xf0ff).contains(&code) { code - 0xf000 } else { code }).ok()?;
    match font.to_ascii_lowercase().as_str() {
        "wingdings" => wingdings(code),
        "symbol" => symbol(code),
        _ => None,
    }
}

/// Whether a character is only a number in somebody's font.
pub fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}')
}

fn wingdings(code: u8) -> Option<char> {
    Some(match code {
        0x28 => '☎',
        0x29 => '✆',
        0x2a => '✉',
        0x3e => '✇',
        0x46 => '☞',
        0x4a => '☺',
        0x6c => '●',
        0x6e => '■',
        0x6f => '□',
        0x71 => '❑',
        0x72 => '❒',
        0x73 => '⬧',
        0x74 => '⧫',
        0x75 => '◆',
        0x76 => '❖',
        0x77 => '⬥',
        0x9f => '•',
        0xa0..=0xa7 => '▪',
        0xa8 => '◻',
        0xd8 => '➢',
        0xe0 => '→',
        0xe8 => '➔',
        0xf0 => '⇨',
        0xfb => '✗',
        0xfc => '✓',
        0xfd => '☒',
        0xfe => '☑',
        _ => return None,
    })
}

fn symbol(code: u8) -> Option<char> {
    const GREEK: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    Some(match code {
        b'A'..=b'Z' => return GREEK.chars().nth(usize::from(code - b'A')),
        b'a'..=b'z' => return SMALL.chars().nth(usize::from(code - b'a')),
        0x20..=0x21 | 0x23 | 0x25..=0x26 | 0x28..=0x29 | 0x2b..=0x2c | 0x2e..=0x3f => char::from(code),
        0x2d => '−',
        0xa0 => '€',
        0xa3 => '≤',
        0xab => '↔',
        0xac => '←',
        0xad => '↑',
        0xae => '→',
        0xaf => '↓',
        0xb0 => '°',
        0xb1 => '±',
        0xb3 => '≥',
        0xb4 => '×',
        0xb7 => '•',
        0xb8 => '÷',
        0xb9 => '≠',
        0xbb => '≈',
        0xbc => '…',
        0xd2 => '®',
        0xd3 => '©',
        0xd4 => '™',
        0xe0 => '◊',
        _ => return None,
    })
}
