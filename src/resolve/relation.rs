//! What an item replaces or answers: links both ways, between items that are out (DESIGN §3.5: a
//! held item is not even hinted at).

use std::collections::HashMap;

use crate::input::At;
use crate::item::{Item, Relation, RelationKind};
use crate::kept::{Rare, Shared};
use crate::problem::{Code, Problem};

use super::link::source_path;

/// What an item says of another, as its author wrote it: in which way, and of which.
pub type Wanted = (RelationKind, At<String>);

/// Joins what belongs together, of what the items with these files say; who is named and is not out, or not there,
/// is a warning.
pub fn join(items: &mut [Item], wanted: &[(Shared, Rare<Wanted>)], problems: &mut Vec<Problem>) {
    if wanted.is_empty() {
        return;
    }
    let mut found: Vec<(usize, RelationKind, usize)> = Vec::new();
    {
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            for name in [item.path.as_str(), item.id.as_str(), item.url.as_str()] {
                known.entry(name).or_insert(index);
            }
        }
        for (path, others) in wanted {
            let Some(own) = known.get(path.as_str()).copied() else { continue };
            for (kind, written) in others {
                let name = written.value.as_str();
                let beside = source_path(path, name);
                let other = [Some(name), beside.as_deref()].into_iter().flatten().find_map(|name| known.get(name));
                let is_out = |index: usize| items.get(index).is_some_and(|item| item.status.is_out());
                match other.copied().filter(|other| *other != own && is_out(*other)) {
                    Some(other) if is_out(own) => found.push((own, *kind, other)),
                    Some(_) => {}
                    None => problems.push(
                        Problem::new(Code::RelationMissing, path).at(written.place).with("value", &written.value),
                    ),
                }
            }
        }
    }
    let mut relations: HashMap<usize, Vec<Relation>> = HashMap::new();
    let mut relate = |own: usize, kind: RelationKind, other: usize| {
        let Some(other) = items.get(other) else { return };
        let relation = Relation { kind, id: other.id.clone(), url: other.url.clone(), title: other.title.clone() };
        relations.entry(own).or_default().push(relation);
    };
    for (own, kind, other) in found {
        relate(own, kind, other);
        match kind {
            RelationKind::Replaces => relate(other, RelationKind::ReplacedBy, own),
            RelationKind::RepliesTo => relate(other, RelationKind::RepliedBy, own),
            RelationKind::ReplacedBy | RelationKind::RepliedBy => {}
        }
    }
    for (index, mut relations) in relations {
        relations.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        relations.dedup();
        if let Some(item) = items.get_mut(index) {
            item.relations = relations.into();
        }
    }
}
