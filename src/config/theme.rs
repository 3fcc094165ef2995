//! A theme: what the pages are made with. Ours is part of the program; a folder beside `crieur.toml`
//! may hold templates that stand for ours of the same name, and files to be copied as they are.
//!
//! Nothing here renders: a theme is text until `render::page` reads it.

use std::collections::BTreeMap;

use crate::file::{SourceFile, digest, digest_of};
use crate::problem::{Code, Problem};

/// The folder that is looked at unless another one is named, and where its files are copied to.
pub const FOLDER: &str = "theme";

/// Every template and the style by its name, as they are in the program.
pub const OURS: [(&str, &str); 11] = [
    ("404.html", include_str!("../../templates/404.html")),
    ("base.html", include_str!("../../templates/base.html")),
    ("content.html", include_str!("../../templates/content.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("item.html", include_str!("../../templates/item.html")),
    ("legal.html", include_str!("../../templates/legal.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("redirect.html", include_str!("../../templates/redirect.html")),
    ("style.css", include_str!("../../templates/style.css")),
    ("subscribe.html", include_str!("../../templates/subscribe.html")),
    ("summary.html", include_str!("../../templates/summary.html")),
];

/// What lies in a theme's folder.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    /// What the folder is called in messages.
    pub folder: String,
    /// Templates and the style, by name.
    pub templates: BTreeMap<String, String>,
    /// All else, by its path below the folder.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Theme {
    /// Of files whose paths begin with `folder`, such as `./theme`.
    ///
    /// # Errors
    /// A template that is not UTF-8, a style that would end the page's.
    pub fn new(folder: &str, files: Vec<SourceFile>) -> Result<Self, Vec<Problem>> {
        let mut theme = Self { folder: folder.to_owned(), ..Self::default() };
        let mut problems = Vec::new();
        for file in files {
            let name = file.path.strip_prefix(folder).unwrap_or(&file.path).trim_start_matches('/').to_owned();
            let is_template = !name.contains('/') && (name.ends_with(".html") || name == "style.css");
            if !is_template {
                theme.files.insert(name, file.bytes);
                continue;
            }
            match String::from_utf8(file.bytes) {
                // What would end the element that holds the style is no style.
                Ok(text) if name == "style.css" && text.to_ascii_lowercase().contains("</style") => {
                    let line = text.lines().take_while(|line| !line.to_ascii_lowercase().contains("</style")).count();
                    problems.push(theme.wrong(&name, line + 1, "`</style`"));
                }
                Ok(text) => {
                    theme.templates.insert(name, text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
                }
                Err(_) => problems.push(theme.wrong(&name, 1, "UTF-8")),
            }
        }
        if problems.is_empty() { Ok(theme) } else { Err(problems) }
    }

    /// The text of a template or of the style: the publisher's own, else ours.
    pub fn text(&self, name: &str) -> &str {
        let ours = || OURS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
        self.templates.get(name).map_or_else(ours, String::as_str)
    }

    /// Templates that stand for none of ours and that no other asks for: a slip in a name, and
    /// nothing would ever show it.
    pub fn unused(&self) -> Vec<Problem> {
        let ours = |name: &str| OURS.iter().any(|(known, _)| *known == name);
        let asked_for = |name: &str| {
            let texts = self.templates.iter().filter(|(other, _)| other.as_str() != name);
            texts
                .into_iter()
                .any(|(_, text)| text.contains(&format!("\"{name}\"")) || text.contains(&format!("'{name}'")))
        };
        let names = self.templates.keys().map(String::as_str).filter(|name| !ours(name) && !asked_for(name));
        names
            .map(|name| {
                let near = super::near(name, OURS.iter().map(|(known, _)| *known));
                Problem::new(Code::ThemeUnused, &format!("{}/{name}", self.folder))
                    .with("near", near.unwrap_or_default())
            })
            .collect()
    }

    /// A problem of one of its files.
    pub fn wrong(&self, name: &str, line: usize, reason: &str) -> Problem {
        let place = crate::problem::Place::line(u32::try_from(line).unwrap_or(u32::MAX));
        // What is at fault is seen at once where its line is.
        let written = self.templates.get(name).and_then(|text| text.lines().nth(line.saturating_sub(1)));
        let reason = written.map_or_else(|| reason.to_owned(), |written| format!("{reason}: `{}`", written.trim()));
        Problem::new(Code::ThemeWrong, &format!("{}/{name}", self.folder)).at(place).with("reason", reason)
    }

    /// Of everything in it.
    pub fn digest(&self) -> String {
        let mut parts = Vec::new();
        for (name, text) in &self.templates {
            parts.extend([name.clone(), digest(text.as_bytes())]);
        }
        for (name, bytes) in &self.files {
            parts.extend([name.clone(), digest(bytes)]);
        }
        digest_of(parts.iter().map(String::as_str))
    }
}
