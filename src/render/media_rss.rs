//! The lead picture as feeds say it: Media RSS 1.5.1, the same in Atom and RSS.
//!
//! Both XML crates know extensions as trees of their own types; here one tree is made that either can
//! take over.

use crate::item::{Attachment, Item};

/// The final slash is part of it (MR-01).
pub const NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// An element with its prefix, attributes in no order, and a text or children.
#[derive(Debug, Default)]
pub struct Element {
    /// With its prefix.
    pub name: &'static str,
    /// Not escaped.
    pub attributes: Vec<(&'static str, String)>,
    /// Not escaped.
    pub text: Option<String>,
    /// In order.
    pub children: Vec<Element>,
}

/// What there is to say of the lead picture of an item (MR-02); nothing where it has none. Never a
/// `media:group`: with one child it is an error (MR-03).
///
/// The files come behind it: two readers measured take `media:content`, where there is one, for all
/// that comes with an item, and forget the enclosures. A third shows a file once only if both say the
/// same of it: the first `untitled` of them have no title where they are enclosures.
pub fn elements(item: &Item, untitled: usize) -> Vec<Element> {
    let Some(image) = &item.image else {
        return Vec::new();
    };
    let plain = |name, text: &str, attributes| {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        text.map(|text| Element { name, attributes, text: Some(text), ..Element::default() })
    };
    let described = if image.alt.as_str().is_empty() { image.caption.as_ref() } else { Some(&image.alt) };
    let description =
        described.and_then(|text| plain("media:description", text.as_str(), vec![("type", "plain".to_owned())]));
    // Who is named may be a photographer or an agency: a role would be a guess.
    let credit = image.credit.as_ref().and_then(|credit| plain("media:credit", credit.as_str(), Vec::new()));
    let mut attributes = vec![("url", image.file.url.clone()), ("medium", "image".to_owned())];
    // The name of what lies elsewhere may tell nothing.
    let media_type = Some(&image.file.media_type).filter(|kind| kind.starts_with("image/"));
    attributes.extend(media_type.map(|kind| ("type", kind.clone())));
    attributes.extend(image.file.size.map(|size| ("fileSize", size.to_string())));
    attributes.extend(pixels(&image.file));
    let children = credit.into_iter().chain(description).collect();
    let content = Element { name: "media:content", attributes, text: None, children };
    let attributes = std::iter::once(("url", image.file.url.clone())).chain(pixels(&image.file)).collect();
    let thumbnail = Element { name: "media:thumbnail", attributes, ..Element::default() };
    let others = item.attachments.iter().enumerate().filter(|(_, file)| file.url != image.file.url);
    let files = others.map(|(number, file)| {
        let mut attributes = vec![("url", file.url.clone()), ("type", file.media_type.clone())];
        attributes.extend(file.size.map(|size| ("fileSize", size.to_string())));
        let title = plain("media:title", file.title.as_str(), vec![("type", "plain".to_owned())]);
        let children = title.into_iter().filter(|_| number >= untitled).collect();
        Element { name: "media:content", attributes, text: None, children }
    });
    std::iter::once(content).chain(files).chain([thumbnail]).collect()
}

fn pixels(file: &Attachment) -> impl Iterator<Item = (&'static str, String)> {
    let pixels = file.pixels.map(|pixels| [("width", pixels.width.to_string()), ("height", pixels.height.to_string())]);
    pixels.into_iter().flatten()
}
