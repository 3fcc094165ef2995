//! What the files that come with items are: the media type by the name, and of a picture what its
//! first bytes say.
//!
//! A feed promises a type and a size to programs that believe it, and a page that knows how large
//! its pictures are does not jump while they load. Only the beginning of a file is read: what a
//! picture is stands there, and the file may be a film of 300 MB.

use std::io::Cursor;

use exif::{In, Tag};
use imagesize::{Compression, ImageType};

use crate::file::{Source, SourceEntry};

/// What most pictures need to say how large they are.
const HEAD: u64 = 16 << 10;

/// What those need that have a thumbnail, a colour profile and an editor's notes in front.
const LONG_HEAD: u64 = 1 << 20;

/// The size of a picture as it is to be shown, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What the bytes of a picture say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The media type.
    pub media_type: &'static str,
    /// How large it is, where its beginning says it.
    pub pixels: Option<Pixels>,
}

/// The media type by the ending of the name; `mime_guess` does not know that a `.m4a` is not what
/// its table says.
pub fn media_type(path: &str) -> String {
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "m4a" => "audio/mp4".to_owned(),
        "mjs" => "text/javascript".to_owned(),
        _ => mime_guess::from_path(path).first_or_octet_stream().essence_str().to_owned(),
    }
}

/// A media type as somebody wrote it: `audio/mpeg`.
pub fn written_type(text: &str) -> Option<String> {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    let (kind, subkind) = text.trim().split_once('/')?;
    (part(kind) && part(subkind)).then(|| text.trim().to_ascii_lowercase())
}

/// Whether a file is a picture by its name, of a kind whose bytes can be looked at. SVG is a text.
pub fn is_picture(path: &str) -> bool {
    family(&media_type(path)).is_some()
}

/// Whether a name promises what the bytes hold.
pub fn agrees(path: &str, look: Look) -> bool {
    family(&media_type(path)) == family(look.media_type)
}

/// Whether a file is made for readers, by its name: a document, table, picture, sound, film or
/// archive. Settings, logs, drafts of a layout and an editor's copies are not.
pub fn is_for_readers(path: &str) -> bool {
    let kind = media_type(path);
    let documents = ["application/vnd.", "application/epub", "image/", "audio/", "video/"];
    let others = [
        "application/gzip",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/x-7z-compressed",
        "application/zip",
        "text/calendar",
        "text/csv",
        "text/rtf",
        "text/vcard",
        "text/vtt",
        "text/x-vcard",
    ];
    documents.iter().any(|beginning| kind.starts_with(beginning)) || others.contains(&kind.as_str())
}

/// One picture format, whatever it is called.
fn family(media_type: &str) -> Option<&'static str> {
    match media_type {
        "image/png" | "image/apng" => Some("image/png"),
        "image/jpeg" | "image/pjpeg" => Some("image/jpeg"),
        "image/gif" => Some("image/gif"),
        "image/webp" => Some("image/webp"),
        "image/avif" | "image/avif-sequence" => Some("image/avif"),
        "image/heic" | "image/heif" | "image/heic-sequence" | "image/heif-sequence" => Some("image/heic"),
        "image/bmp" | "image/x-ms-bmp" => Some("image/bmp"),
        "image/x-icon" | "image/vnd.microsoft.icon" => Some("image/x-icon"),
        "image/tiff" => Some("image/tiff"),
        "image/jxl" => Some("image/jxl"),
        _ => None,
    }
}

/// Looks at the beginning of a file; `None` where it is no picture, or cannot be read.
pub fn look(source: &Source, entry: &SourceEntry) -> Option<Look> {
    let near = look_at(&source.head(entry, HEAD).ok()?)?;
    if near.pixels.is_some() || entry.size <= HEAD {
        return Some(near);
    }
    look_at(&source.head(entry, LONG_HEAD).ok()?)
}

/// What these bytes, the beginning of a file, say.
pub fn look_at(head: &[u8]) -> Option<Look> {
    let media_type = match imagesize::image_type(head).ok()? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        ImageType::Bmp => "image/bmp",
        ImageType::Ico => "image/x-icon",
        ImageType::Tiff => "image/tiff",
        ImageType::Jxl => "image/jxl",
        ImageType::Heif(Compression::Av1) => "image/avif",
        ImageType::Heif(_) => "image/heic",
        _ => return None,
    };
    let pixels = imagesize::blob_size(head).ok().and_then(|size| {
        let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
        (width > 0 && height > 0).then_some(Pixels { width, height })
    });
    let turned = media_type == "image/jpeg" && lies_on_its_side(head);
    let pixels = pixels.map(|size| match size {
        Pixels { width, height } if turned => Pixels { width: height, height: width },
        upright => upright,
    });
    Some(Look { media_type, pixels })
}

/// Whether a camera was held upright: such a photograph is stored on its side, with a note that says
/// how to turn it (EXIF `Orientation`, 5 to 8), and every browser turns it.
fn lies_on_its_side(jpeg: &[u8]) -> bool {
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(jpeg));
    let orientation = read.ok().and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
    orientation.is_some_and(|orientation| (5..=8).contains(&orientation))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of 3 by 2 pixels, as far as its head goes, with `orientation`.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, u8::try_from(exif.len() + 2).unwrap()];
        bytes.extend(exif);
        bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0, 0xff, 0xd9]);
        bytes
    }

    #[test]
    fn a_photograph_that_was_taken_upright_is_upright() {
        let size = |orientation| look_at(&jpeg(orientation)).and_then(|look| look.pixels);
        for orientation in [0, 1, 2, 3, 4, 9] {
            assert_eq!(size(orientation), Some(Pixels { width: 3, height: 2 }), "{orientation}");
        }
        for orientation in 5..=8 {
            assert_eq!(size(orientation), Some(Pixels { width: 2, height: 3 }), "{orientation}");
        }
    }

    #[test]
    fn what_stands_far_behind_is_found() {
        let mut long = vec![0xff, 0xd8];
        for _ in 0..9 {
            long.extend([0xff, 0xe2, 0xff, 0xff]); // as much as a segment can hold
            long.extend(vec![0; 65533]);
        }
        long.extend_from_slice(&jpeg(1)[2..]);
        let source = Source::in_memory([("a.jpg", long)]);
        let look = look(&source, &source.entries()[0]).unwrap();
        assert_eq!(look.pixels, Some(Pixels { width: 3, height: 2 }));
    }

    #[test]
    fn names_and_bytes() {
        let png = Look { media_type: "image/png", pixels: None };
        assert!(agrees("A.PNG", png) && !agrees("a.jpg", png) && !agrees("a.webp", png));
        let heic = Look { media_type: "image/heic", pixels: None };
        assert!(agrees("a.heif", heic) && agrees("a.HEIC", heic) && !agrees("a.avif", heic));
        assert!(is_picture("a.jpeg") && !is_picture("a.svg") && !is_picture("a.pdf") && !is_picture("png"));
        assert_eq!(look_at(b"%PDF-1.7"), None);
        assert_eq!(look_at(b""), None);
    }

    #[test]
    fn what_is_for_readers() {
        for name in
            ["a.pdf", "a.JPG", "a.svg", "a.mp3", "a.mp4", "a.odt", "a.docx", "a.xlsx", "a.csv", "a.zip", "a.ics"]
        {
            assert!(is_for_readers(name), "{name}");
        }
        for name in ["a.toml", "a.md~", "a.bak", "a.log", "a.yml", "a.json", "a.psd", "a.js", "a.exe", "a", "a.orig"] {
            assert!(!is_for_readers(name), "{name}");
        }
    }
}
