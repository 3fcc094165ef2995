//! A table of a Word document: cells that go on below say so themselves, in every row.

use std::collections::HashMap;

use super::styles::{is_on, value};
use super::{Reader, content};
use crate::input::office::Wrong;
use crate::input::office::blocks::{Cell, Row};
use crate::input::office::xml::Element;

impl Reader<'_, '_> {
    pub(super) fn table(&mut self, table: &Element) -> Result<Vec<Row>, Wrong> {
        let mut rows: Vec<Row> = Vec::new();
        // Which cell a column goes on with: its row, and its place there.
        let mut open: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut written = Vec::new();
        gather(table, "w:tr", &mut written);
        for row in written {
            let nothing = Element::default();
            let properties = row.child("w:trPr").unwrap_or(&nothing);
            let is_gone = |name: &str| properties.child(name).is_some_and(is_on);
            if is_gone("w:del") || is_gone("w:hidden") {
                continue;
            }
            let is_head = properties.child("w:tblHeader").is_some_and(is_on);
            let mut made = Row { cells: Vec::new(), is_head };
            let mut column = value(properties, "w:gridBefore").and_then(|n| n.parse().ok()).unwrap_or(0_usize);
            let mut cells = Vec::new();
            gather(row, "w:tc", &mut cells);
            for cell in cells {
                let properties = cell.child("w:tcPr").unwrap_or(&nothing);
                let columns = value(properties, "w:gridSpan").and_then(|n| n.parse().ok()).unwrap_or(1_usize).max(1);
                let merged = properties.child("w:vMerge").map(|merge| merge.attribute("w:val") == Some("restart"));
                let above = open.get(&column).copied();
                let goes_on = if merged == Some(false) { above } else { None };
                if let Some(cell) = goes_on.and_then(|(row, cell)| rows.get_mut(row)?.cells.get_mut(cell)) {
                    cell.rows += 1;
                } else {
                    open.remove(&column);
                    if merged == Some(true) {
                        open.insert(column, (rows.len(), made.cells.len()));
                    }
                    made.cells.push(Cell { blocks: self.blocks(cell)?, columns, rows: 1 });
                }
                column = column.saturating_add(columns);
            }
            rows.push(made);
        }
        let sets_head_apart = self.sets_head_apart(table);
        if let Some(first) = rows.first_mut() {
            let is_bold = first.cells.iter().flat_map(|cell| &cell.blocks).all(|block| block.is_strong);
            let has_words = first.cells.iter().any(|cell| !cell.blocks.is_empty());
            first.is_head |= sets_head_apart && has_words && (is_bold || self.styles.has_head(style(table)));
        }
        Ok(rows)
    }

    /// Word claims it of every table: what the first row looks like has to be asked besides.
    fn sets_head_apart(&self, table: &Element) -> bool {
        const FIRST_ROW: u32 = 0x20;
        let Some(look) = table.child("w:tblPr").and_then(|properties| properties.child("w:tblLook")) else {
            return false;
        };
        let bits = look.attribute("w:val").and_then(|bits| u32::from_str_radix(bits, 16).ok());
        match look.attribute("w:firstRow") {
            Some(said) => !matches!(said, "0" | "false" | "off"),
            None => bits.is_some_and(|bits| bits & FIRST_ROW != 0),
        }
    }
}

fn style(table: &Element) -> Option<&str> {
    value(table.child("w:tblPr")?, "w:tblStyle")
}

/// Rows or cells, also those in a content control.
fn gather<'a>(parent: &'a Element, name: &str, found: &mut Vec<&'a Element>) {
    for element in parent.elements() {
        match element.name.as_str() {
            own if own == name => found.push(element),
            "w:sdt" => {
                if let Some(content) = content(element) {
                    gather(content, name, found);
                }
            }
            "w:ins" | "w:customXml" => gather(element, name, found),
            _ => {}
        }
    }
}
