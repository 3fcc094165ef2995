//! What feeds say in the vocabularies that they borrow: files and pictures of `media:`, people in
//! the forms of RSS.

use super::content::{address, from_text};
use super::xml::{Element, Space};
use super::{Author, Enclosure, Entry, Picture, plain};
use crate::config::email_address;
use crate::media::written_type;
use crate::text::Text;

/// The files, the picture, the key words and the description of `media:` and `itunes:`, where the feed
/// has nothing better.
pub fn media(item: &Element, entry: &mut Entry) {
    let groups: Vec<&Element> = item.elements().filter(|element| element.is(Space::Media, "group")).collect();
    for around in std::iter::once(item).chain(groups) {
        if entry.content.is_empty() {
            entry.content =
                around.text_of(Space::Media, "description").map(|text| from_text(&text)).unwrap_or_default();
        }
        for space in [Space::Media, Space::Itunes] {
            let words = around.text_of(space, "keywords").unwrap_or_default();
            entry.tags.extend(words.split(',').filter_map(plain));
        }
        for file in around.elements().filter(|element| element.space == Space::Media) {
            let Some(url) = file.attribute("url") else { continue };
            let url = address(url, file.base.as_ref());
            let media_type = file.attribute("type").and_then(written_type);
            let kind = file.attribute("medium").or(media_type.as_deref()).unwrap_or_default();
            let described = || {
                let words = ["description", "title"].iter().find_map(|name| file.text_of(Space::Media, name));
                words.as_deref().and_then(plain)
            };
            match file.name.as_str() {
                "thumbnail" => {
                    entry.image.get_or_insert(Picture { url, alt: None });
                }
                "content" if kind.starts_with("image") => {
                    // The picture itself is a better one than its thumbnail.
                    let better = entry.image.as_ref().is_none_or(|image| image.alt.is_none());
                    if better && !entry.enclosures.iter().any(|known| known.url == url) {
                        entry.image = Some(Picture { url, alt: described() });
                    }
                }
                "content" => entry.enclosures.push(Enclosure {
                    url,
                    media_type,
                    size: file.attribute("fileSize").and_then(size),
                    title: described(),
                }),
                _ => {}
            }
        }
    }
}

/// A length; 0 is what a program writes that does not know it.
pub fn size(written: &str) -> Option<u64> {
    written.trim().parse().ok().filter(|size| *size > 0)
}

/// A person of RSS: `address (Name)`, `Name <address>`, an address, or a name.
pub fn person(written: &str) -> Option<Author> {
    let written = written.trim();
    let bracketed = written.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let in_front = written.strip_suffix(')').and_then(|text| text.split_once('('));
    for (name, address) in [bracketed, in_front.map(|(address, name)| (name, address))].into_iter().flatten() {
        if let Some(email) = email_address(address) {
            let name = plain(name).or_else(|| Text::some(email.split('@').next()?))?;
            return Some(Author { name, email: Some(email), url: None });
        }
    }
    if let Some(email) = email_address(written) {
        return Some(Author { name: Text::some(email.split('@').next()?)?, email: Some(email), url: None });
    }
    Some(Author { name: plain(written)?, ..Author::default() })
}

/// A person of Atom.
pub fn atom_person(person: &Element, space: Space) -> Option<Author> {
    let field = |name: &str| person.text_of(space, name);
    let email = field("email").as_deref().and_then(email_address);
    let name = field("name").as_deref().and_then(Text::some);
    let name = name.or_else(|| Text::some(email.as_deref()?.split('@').next()?))?;
    let url = field("uri").or_else(|| field("url")).map(|url| address(&url, person.base.as_ref()));
    Some(Author { name, email, url: url.filter(|url| url.starts_with("http")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_rss() {
        for (written, name, email) in [
            ("a@b.example (Jean PETIT)", "Jean PETIT", Some("a@b.example")),
            ("Jean PETIT <a@b.example>", "Jean PETIT", Some("a@b.example")),
            ("a@b.example", "a", Some("a@b.example")),
            ("Dupont, Jean (Presse)", "Dupont, Jean (Presse)", None),
            ("R&amp;D", "R&D", None),
        ] {
            let person = person(written).unwrap();
            assert_eq!((person.name.as_str(), person.email.as_deref()), (name, email));
        }
        assert_eq!(person(" "), None);
    }
}
