//! A table of an OpenDocument text: rows may be kept in groups, and equal ones only counted.

use super::Reader;
use crate::input::office::Wrong;
use crate::input::office::blocks::{Cell, Row};
use crate::input::office::xml::Element;

impl Reader<'_, '_> {
    pub(super) fn table(&mut self, table: &Element) -> Result<Vec<Row>, Wrong> {
        let mut written = Vec::new();
        gather(table, false, &mut written);
        let mut rows = Vec::new();
        for (row, is_head) in written {
            for _ in 0..self.counted(row, "table:number-rows-repeated") {
                rows.push(self.row(row, is_head)?);
            }
        }
        Ok(rows)
    }

    fn row(&mut self, row: &Element, is_head: bool) -> Result<Row, Wrong> {
        let mut made = Row { cells: Vec::new(), is_head };
        let mut heads = 0;
        for cell in row.elements().filter(|cell| cell.name == "table:table-cell") {
            let span = |name: &str| cell.attribute(name).and_then(|n| n.parse().ok()).unwrap_or(1_usize).max(1);
            let (columns, rows) = (span("table:number-columns-spanned"), span("table:number-rows-spanned"));
            let style = cell.child("text:p").and_then(|paragraph| paragraph.attribute("text:style-name"));
            for _ in 0..self.counted(cell, "table:number-columns-repeated") {
                heads += usize::from(self.styles.is_table_head(style));
                made.cells.push(Cell { blocks: self.blocks(cell)?, columns, rows });
            }
        }
        made.is_head |= heads > 0 && heads == made.cells.len();
        Ok(made)
    }

    /// How often a row or cell stands there; one without words once. Tables in tables that are
    /// counted a thousand times each would never end.
    fn counted(&mut self, element: &Element, name: &str) -> usize {
        let times = element.attribute(name).and_then(|times| times.parse().ok()).unwrap_or(1_usize);
        if times < 2 || element.text().trim().is_empty() {
            return 1;
        }
        let copies = (times - 1).min(self.copies);
        self.copies -= copies;
        1 + copies
    }
}

fn gather<'a>(parent: &'a Element, is_head: bool, rows: &mut Vec<(&'a Element, bool)>) {
    for element in parent.elements() {
        let is_seen = !matches!(element.attribute("table:visibility"), Some("collapse" | "filter"));
        match element.name.as_str() {
            "table:table-row" if is_seen => rows.push((element, is_head)),
            "table:table-header-rows" => gather(element, true, rows),
            "table:table-rows" | "table:table-row-group" => gather(element, is_head, rows),
            _ => {}
        }
    }
}
