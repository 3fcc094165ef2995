//! What a web server is to know of our files: their media types, how long they may be kept, and who
//! may read them (HC-01, HC-05, HC-08); where there are hubs, also what a feed calls itself and who tells of it, which
//! subscribers look for in headers first (WS-01). Files of this kind are hints: where the host has its own, those
//! stay.

use std::fmt::Write as _;

use super::sitemap;
use crate::config::{Config, Format};

/// For Netlify, Cloudflare Pages and others that read `_headers`. Its paths are those of the host,
/// so the site's own path stands in front.
pub fn headers(config: &Config) -> String {
    let root = config.url.path();
    let mut file = String::from("# crieur\n");
    let _ = write!(
        file,
        "{root}*\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: strict-origin-when-cross-origin\n"
    );
    for format in Format::ALL {
        // Other JSON files are no feeds.
        let name = if format == Format::Json { "*feed*" } else { "*" };
        let _ = writeln!(file, "{root}{name}.{}", format.name());
        let _ = write!(
            file,
            "  Content-Type: {}; charset=utf-8\n  Cache-Control: public, max-age={MINUTES_15}\n  Access-Control-Allow-Origin: *\n",
            format.media_type()
        );
    }
    let _ = write!(file, "{root}*.opml\n  Content-Type: text/x-opml; charset=utf-8\n");
    // A rule for many files cannot name each of them, and hosts take a hundred rules: the feeds of everything.
    // What they say themselves is enough for the others.
    for format in config.formats.iter().filter(|_| !config.hubs.is_empty()) {
        let _ = write!(
            file,
            "{root}{0}\n  Link: {1}\n",
            format.file(),
            links(config, &format!("{}{}", config.url, format.file()))
        );
    }
    file
}

/// What a feed of that address says of itself and its hubs.
fn links(config: &Config, own: &str) -> String {
    let hubs = config.hubs.iter().map(|hub| format!(", <{hub}>; rel=\"hub\""));
    format!("<{own}>; rel=\"self\"{}", hubs.collect::<String>())
}

/// In seconds: readers ask about that often.
const MINUTES_15: u32 = 900;

/// Apache adds to the name of a version how it was compressed, and then does not know that name any more when
/// a reader asks whether it is still that one (HC-05): it gets the name without the addition too.
const COMPRESSED: &str =
    "RequestHeader edit* If-None-Match \"((?:W/)?\\\"[^\\\"]*)-(gzip|br)\\\"\" \"$1-$2\\\", $1\\\"\"\n";

/// For Apache.
pub fn htaccess(config: &Config) -> String {
    let mut linked = String::new();
    if !config.hubs.is_empty() {
        // The server knows which of the feeds it sends. Parts of archives have no hub.
        let own = format!("{}%{{REQUEST_URI}}", config.url.origin().ascii_serialization());
        let value = links(config, &own).replace('"', "\\\"");
        let _ = write!(
            linked,
            "<FilesMatch \"^feed\\.(atom|rss|json)$\">\nHeader set Link \"expr={value}\"\n</FilesMatch>\n"
        );
    }
    format!(
        "# crieur\n\
         AddDefaultCharset utf-8\n\
         AddType application/atom+xml .atom\n\
         AddType application/rss+xml .rss\n\
         AddType text/x-opml .opml\n\
         ErrorDocument 404 {}404.html\n\
         FileETag MTime Size\n\
         <FilesMatch \"^(feed|feed-[0-9]+)\\.json$\">\n\
         ForceType application/feed+json\n\
         </FilesMatch>\n\
         <IfModule mod_headers.c>\n\
         Header set X-Content-Type-Options nosniff\n\
         {COMPRESSED}\
         <FilesMatch \"\\.(atom|rss)$|^(feed|feed-[0-9]+)\\.json$\">\n\
         Header set Cache-Control \"public, max-age={MINUTES_15}\"\n\
         Header set Access-Control-Allow-Origin \"*\"\n\
         </FilesMatch>\n\
         {linked}\
         </IfModule>\n\
         <IfModule mod_deflate.c>\n\
         AddOutputFilterByType DEFLATE text/html text/css application/atom+xml application/rss+xml application/feed+json application/xml\n\
         </IfModule>\n",
        config.url.path()
    )
}

/// Whether the site is the root of its host: only there do programs look for `robots.txt`.
pub fn is_root(config: &Config) -> bool {
    config.url.path() == "/"
}

/// Everybody may read everything, and the site maps are there.
pub fn robots(config: &Config) -> String {
    let url = &config.url;
    format!(
        "# crieur\nUser-agent: *\nDisallow:\n\nSitemap: {url}{}\nSitemap: {url}{}\n",
        sitemap::FILE,
        sitemap::NEWS_FILE
    )
}
