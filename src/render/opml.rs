//! OPML 2.0: every feed in one file, for readers that take a list (OP-01).

use std::io::Write as _;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{feed_url, xml};
use crate::config::{Config, Format};
use crate::problem::{Code, Problem};
use crate::select::Channel;

/// Writes the list; one format each, the first that the newsroom has: a reader would subscribe
/// twice to two of them. Without a date: the file is as old as what it says (OP-02).
///
/// # Errors
/// What was made is not well-formed.
pub fn write(channels: &[Channel], config: &Config) -> Result<Vec<u8>, Problem> {
    let failed =
        |reason: String| Problem::general(Code::OutputFailed).with("path", "feeds.opml").with("reason", reason);
    let mut bytes = Vec::new();
    outlines(&mut bytes, channels, config).map_err(|error| failed(error.to_string()))?;
    xml::document(&bytes).map_err(failed)
}

fn outlines(bytes: &mut Vec<u8>, channels: &[Channel], config: &Config) -> std::io::Result<()> {
    let format = config.formats.first().copied().unwrap_or(Format::Atom);
    let mut writer = Writer::new_with_indent(bytes, b' ', 2);
    writer.create_element("opml").with_attribute(("version", "2.0")).write_inner_content(|writer| {
        writer.create_element("head").write_inner_content(|writer| {
            writer.create_element("title").write_text_content(BytesText::new(config.title.as_str()))?;
            Ok(())
        })?;
        writer.create_element("body").write_inner_content(|writer| {
            for channel in channels {
                let home = format!("{}{}", config.url, channel.folder);
                let feed = feed_url(config, &channel.folder, format);
                writer
                    .create_element("outline")
                    .with_attribute(("type", "rss")) // for Atom too
                    .with_attribute(("text", channel.title.as_str()))
                    .with_attribute(("title", channel.title.as_str()))
                    .with_attribute(("xmlUrl", feed.as_str()))
                    .with_attribute(("htmlUrl", home.as_str()))
                    .with_attribute(("language", channel.language.as_str()))
                    .write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    })?;
    writer.get_mut().flush()
}
