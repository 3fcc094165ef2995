//! One colour for the pages, and whether it can be read: contrast as WCAG 2.2 measures it (success
//! criterion 1.4.3). A colour that is too pale is darkened for text, one that is too dark for a dark
//! page is lightened, so that no choice of a publisher makes its pages unreadable.

use std::fmt;

/// So much contrast text needs.
pub const READABLE: f64 = 4.5;

/// Red, green and blue, as in `#0b4f9e`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// Paper by day.
    pub const WHITE: Self = Self([255; 3]);
    /// Ours, where nobody chose one.
    pub const OURS: Self = Self([0x0b, 0x4f, 0x9e]);

    /// `#0b4f9e` or `#04a`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let digits: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        // `from_str_radix` would take a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(&digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// From 1, the same, to 21, black on white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The nearest shade that can be read on `paper`: this one, or darker on a light paper, lighter on
    /// a dark one.
    pub fn readable_on(self, paper: Self) -> Self {
        const STEPS: u16 = 64;
        let end = if paper.luminance() > 0.18 { 0 } else { u16::from(u8::MAX) };
        let mixed = |step: u16| {
            Self(self.0.map(|part| {
                let part = (u16::from(part) * (STEPS - step) + end * step) / STEPS;
                u8::try_from(part).unwrap_or(u8::MAX)
            }))
        };
        (0..=STEPS).map(mixed).find(|shade| shade.contrast(paper) >= READABLE).unwrap_or(mixed(STEPS))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let color = |text: &str| Color::parse(text).unwrap();
        assert!((color("#000").contrast(Color::WHITE) - 21.0).abs() < 1e-9);
        // The best known neighbours: #767676 passes on white, #777777 does not.
        assert!(color("#767676").contrast(Color::WHITE) >= READABLE);
        assert!(color("#777777").contrast(Color::WHITE) < READABLE);
        assert_eq!(color("#04A").to_string(), "#0044aa");
        assert!(Color::parse("blue").is_none() && Color::parse("#+12345").is_none() && Color::parse("#é1").is_none());
    }

    #[test]
    fn every_colour_can_be_made_readable() {
        let dark = Color::parse("#15161a").unwrap();
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let color = Color([red, green, blue]);
                    for paper in [Color::WHITE, dark] {
                        assert!(color.readable_on(paper).contrast(paper) >= READABLE, "{color} on {paper}");
                    }
                    if color.contrast(Color::WHITE) >= READABLE {
                        assert_eq!(color.readable_on(Color::WHITE), color);
                    }
                }
            }
        }
    }
}
