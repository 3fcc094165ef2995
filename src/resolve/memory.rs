//! What the ledger remembers of an item: its id after its file was renamed, and the instant at
//! which it was published (DESIGN §5).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Beside;
use crate::config::Config;
use crate::file::Source;
use crate::item::{Change, ChangeKind, Item, Origin};
use crate::kept::{Digest, Rare, Set, Shared, Table};
use crate::ledger::{Ledger, Line};
use crate::problem::{Code, Place, Problem};

/// A text shorter than this, in letters, may be two items' by chance ("Voir le document joint"):
/// it is the same item only under the same title.
const TELLING: usize = 80;

/// Gives items the ids under which they were published: by their path, and where that is gone, by
/// their text. `newsroom` is its language.
pub fn recall(items: &mut [Item], beside: &[Beside], ledger: &Ledger, source: &Source, newsroom: &str) {
    let mut by_path: Table<&str, &Line> = Table::default();
    for line in ledger.all_out() {
        // Of two for one path always the same.
        let known = by_path.entry(&line.path).or_insert(line);
        *known = if line.id > known.id { line } else { known };
    }
    let moved = moved(items, &by_path, ledger);
    for (index, item) in items.iter_mut().enumerate().filter(|(_, item)| item.origins.id == Origin::Path) {
        if let Some(line) = moved.get(&index) {
            adopt(item, line);
        } else if let Some(line) = by_path.get(item.path.as_str()).filter(|line| line.id != item.id) {
            adopt(item, line);
        }
    }
    let claimed: Set<&str> = items.iter().map(|item| item.id.as_str()).collect();
    // Files that may be items, right or wrong.
    let there = |line: &Line| source.find(&line.path).is_some();
    let gone = by_path.values().filter(|line| !claimed.contains(line.id.as_str()) && !there(line));
    let mut gone: Vec<&Line> = gone.copied().collect();
    if gone.is_empty() {
        return;
    }
    gone.sort_by(|a, b| a.id.cmp(&b.id));
    // The ledger has the title of a notice where one stands; the file still has its own.
    let noticed: Table<&str, [String; 2]> = (items.iter().zip(beside))
        .filter(|(_, beside)| beside.state.is_some())
        .map(|(item, _)| (item.path.as_str(), super::notice::titles(item, newsroom)))
        .collect();
    let mut found: Vec<(usize, &Line)> = Vec::new();
    for sameness in [Sameness::Name, Sameness::Title, Sameness::Text] {
        let taken: Set<usize> = found.iter().map(|(index, _)| *index).collect();
        let known: Set<&str> = found.iter().map(|(_, line)| line.id.as_str()).collect();
        let open = |index: &usize| !taken.contains(index);
        let new = items.iter().enumerate().filter(|(index, item)| is_new(item, ledger) && open(index));
        let mut by_key: Table<Key<'_>, Vec<usize>> = Table::default();
        for (index, item) in new {
            if sameness != Sameness::Text || item.words.letters >= TELLING {
                let known_as = noticed.get(item.path.as_str()).into_iter().flatten().map(String::as_str);
                let known_as = known_as.take(if sameness == Sameness::Text { 0 } else { 2 });
                for title in known_as.chain([item.title.as_str()]) {
                    by_key.entry(sameness.key(&item.words.digest, &item.path, title)).or_default().push(index);
                }
            }
        }
        let mut lines: Table<Key<'_>, Vec<&Line>> = Table::default();
        for line in gone.iter().filter(|line| !known.contains(line.id.as_str())) {
            lines.entry(sameness.key(&line.text, &line.path, &line.title)).or_default().push(line);
        }
        // Only what is one of a kind on both sides: a guess would be a lie for ever.
        let pairs =
            lines.into_iter().filter_map(|(key, lines)| match (lines.as_slice(), by_key.get(&key)?.as_slice()) {
                ([line], [index]) => Some((*index, *line)),
                _ => None,
            });
        let pairs: Vec<_> = pairs.collect();
        let mut times: Table<usize, usize> = Table::default();
        pairs.iter().for_each(|(index, _)| *times.entry(*index).or_default() += 1);
        found.extend(pairs.into_iter().filter(|(index, _)| times.get(index) == Some(&1)));
    }
    for (index, line) in found {
        if let Some(item) = items.get_mut(index) {
            adopt(item, line);
        }
    }
}

/// Whether every item that is out lies where it lay, with the title or the text that it had: then all ids are
/// right, and what else there is is new. So it is in nearly every run. `lines` are those of the items.
pub fn all_stay(items: &[Item], lines: &[Option<&Line>], ledger: &Ledger) -> bool {
    let mut stay = 0;
    for (item, line) in items.iter().zip(lines) {
        let Some(line) = line.filter(|line| line.state.is_out()) else { continue };
        if line.path != item.path || has_other_text(item, line) {
            return false;
        }
        stay += 1;
    }
    // Two that have one id lie in two places.
    stay == ledger.count_out()
}

/// Whether neither the text nor the title is what it was.
fn has_other_text(item: &Item, line: &Line) -> bool {
    item.words.digest != line.text && item.title.as_str() != line.title && !line.text.is_empty()
}

/// Items that were renamed while another took their file's name, or swapped it: the text tells, not the name, and
/// the newcomer must not go out under the old one's id and date.
fn moved<'a>(items: &[Item], by_path: &Table<&str, &'a Line>, ledger: &Ledger) -> Table<usize, &'a Line> {
    let mut texts: Table<(&Digest, &str), Vec<usize>> = Table::default();
    for (index, item) in items.iter().enumerate() {
        let line = by_path.get(item.path.as_str());
        // Two that have swapped their names are neither of them new.
        let open = line.map_or_else(|| is_new(item, ledger), |line| has_other_text(item, line));
        if open && item.words.letters >= TELLING {
            texts.entry((&item.words.digest, item.title.as_str())).or_default().push(index);
        }
    }
    let taken = items.iter().filter_map(|item| Some((item, by_path.get(item.path.as_str())?)));
    let other = taken.filter(|(item, line)| has_other_text(item, line));
    let moved = other.filter_map(|(_, line)| match texts.get(&(&line.text, line.title.as_str()))?.as_slice() {
        [index] => Some((*index, *line)),
        _ => None,
    });
    moved.collect()
}

/// What is the same besides the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sameness {
    /// The name of the file: a folder was renamed.
    Name,
    /// The title.
    Title,
    /// Nothing.
    Text,
}

/// The text, and what else is the same.
type Key<'a> = (&'a Digest, Vec<&'a str>);

impl Sameness {
    fn key<'a>(self, text: &'a Digest, path: &'a str, title: &'a str) -> Key<'a> {
        let others = match self {
            // Bundles are all called `index.md`: their titles tell.
            Self::Name => vec![path.rsplit('/').next().unwrap_or(path), title],
            Self::Title => vec![title],
            Self::Text => Vec::new(),
        };
        (text, others)
    }
}

/// Whether nothing was ever published of it, as far as its id and path tell.
fn is_new(item: &Item, ledger: &Ledger) -> bool {
    item.origins.id == Origin::Path && !ledger.lines.contains_key(&item.id)
}

fn adopt(item: &mut Item, line: &Line) {
    item.id.clone_from(&line.id);
    item.origins.id = Origin::Ledger;
}

/// Pages that an item had before: each leads to the present one.
pub fn pages(item: &Item, line: &Line) -> Rare<Shared> {
    let mut pages: Vec<Shared> = line.was.iter().chain(&line.page).cloned().collect();
    pages.retain(|page| item.page.as_ref() != Some(page));
    pages.sort_unstable();
    pages.dedup();
    pages.into()
}

/// Whether nobody has touched the file since it was published: what differs then, differs by `crieur.toml`, and
/// that is no act.
pub fn untouched(item: &Item, line: &Line) -> bool {
    !line.file.is_empty() && line.file == item.digest && line.path == item.path
}

/// Whether an act has been told of already, as far as the ledger counts them: then its instant stands, too.
pub fn is_told(item: &Item, line: &Line) -> bool {
    item.acts == line.acts && untouched(item, line)
}

/// Whether somebody wants to hold what is out, by a date or an embargo that lies ahead. An hour of the same day
/// that only `day-time` gave is nobody's wish.
pub fn would_hold(item: &Item, embargo: Option<DateTime<Utc>>, line: &Line, now: DateTime<Utc>) -> bool {
    let of_the_day = |at: DateTime<Utc>| item.day.is_some() && item.day == line.day && at == item.published;
    let ahead = |at: DateTime<Utc>| at > now && !of_the_day(at);
    line.published.is_none_or(|published| published <= now)
        && !untouched(item, line)
        && (ahead(item.published) || embargo.is_some_and(ahead))
}

/// What was published once stands, unless an act moved it; the seconds that keep the items of a day
/// apart are part of it.
pub fn stand(item: &mut Item, line: &Line, config: &Config, accepted: bool, problems: &mut Vec<Problem>) {
    let Some(published) = line.published else { return };
    // An act that came since: it is later than what was announced, or of the same second, or of the same day
    // without an hour.
    let zone = config.zone_of(&item.path);
    let day = line.updated.map(|updated| zone.local(updated).date_naive());
    let since = |change: &Change| {
        line.updated.is_none_or(|updated| change.at.instant() > updated)
            || item.acts > line.acts && change.at.day.is_some() && change.at.day == day
    };
    let moves = |change: &Change| change.kind == ChangeKind::Date;
    let new = item.changes.iter().any(|change| moves(change) && since(change));
    let moved_by_an_act = !is_told(item, line) && (new || acts_of_the_second(item, line).any(moves));
    if moved_by_an_act || item.published == published {
        return;
    }
    let same_day = item.day.is_some() && item.day == line.day;
    if !same_day && !same_minute(item.published, published) {
        let shown = |at: DateTime<Utc>, day: Option<NaiveDate>| match day {
            Some(day) => day.to_string(),
            None => zone.local(at).format("%Y-%m-%d %H:%M").to_string(),
        };
        let back = item.published < published;
        if back && accepted {
            return;
        }
        let back = back && !untouched(item, line);
        let problem = Problem::new(if back { Code::DateBack } else { Code::DateMoved }, &item.path);
        let place = match item.origins.published {
            Origin::Head { line } => Some(Place::line(line)),
            _ => None,
        };
        let problem = Problem { place, ..problem };
        problems
            .push(problem.with("date", shown(item.published, item.day)).with("published", shown(published, line.day)));
    }
    let untouched = item.updated == item.published;
    item.published = published;
    item.local = zone.local(published);
    item.day = line.day;
    item.origins.published = Origin::Ledger;
    if untouched || item.updated < published {
        (item.updated, item.updated_day, item.updated_local) = (item.published, item.day, item.local);
    }
}

/// Whether a date that somebody wrote to the minute is what was published: the seconds are not theirs.
pub fn same_minute(written: DateTime<Utc>, published: DateTime<Utc>) -> bool {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    written == published || written.timestamp() % 60 == 0 && minute(written) == minute(published)
}

/// `updated` never goes back: the seconds of a day stand, so does what was announced of a file that
/// says nothing, and anything else is refused.
pub fn stand_updated(item: &mut Item, line: &Line, config: &Config, accepted: bool, problems: &mut Vec<Problem>) {
    let zone = config.zone_of(&item.path);
    let Some(updated) = line.updated else { return };
    let day = zone.local(updated).date_naive();
    let goes_back = item.updated < updated;
    let silent = item.origins.updated == Origin::Published && item.acts == line.acts;
    if silent && goes_back && line.published == Some(item.published) {
        // Silence moves nothing: what another tool announced of this item is in no file.
        (item.updated, item.updated_local) = (updated, zone.local(updated));
        item.updated_day = item.day.filter(|own| *own == day);
        item.origins.updated = Origin::Ledger;
        return;
    }
    let stands = is_told(item, line) && if goes_back { !accepted } else { item.origins.updated == Origin::Act };
    if stands || is_of_the_second(item.updated, line) {
        // A second act within that second is one that readers are to notice, too.
        let again = !stands && acts_of_the_second(item, line).any(|change| change.kind.is_significant());
        item.updated = updated + TimeDelta::seconds(i64::from(again));
        item.updated_local = zone.local(item.updated);
        return;
    }
    // An hour of that day was announced, and the file has no other to give.
    let hour_of_the_day = item.updated_day == Some(day) && item.acts == line.acts;
    if !goes_back && !hour_of_the_day {
        return;
    }
    let same_day = item.updated_day == Some(day) || item.updated == item.published && item.day == Some(day);
    if !same_day && accepted {
        return;
    }
    if !same_day {
        let shown = |at| zone.local(at).format("%Y-%m-%d %H:%M").to_string();
        let problem = Problem::new(Code::DateBack, &item.path);
        problems.push(problem.with("date", shown(item.updated)).with("published", shown(updated)).with("updated", "1"));
    }
    // A second act of that day that has no hour either: readers are to notice it, too.
    let again = item.acts > line.acts && item.origins.updated == Origin::Act && same_day;
    item.updated = updated + TimeDelta::seconds(i64::from(again));
    item.updated_local = zone.local(item.updated);
}

/// Whether an instant is that of what was announced last. Each act that came within the second of another was
/// announced a second later than it is dated: no act of ours is dated ahead.
fn is_of_the_second(at: DateTime<Utc>, line: &Line) -> bool {
    let most = TimeDelta::seconds(i64::try_from(line.acts).unwrap_or_default());
    line.updated.is_some_and(|updated| at <= updated && updated - at <= most)
}

/// The acts that came within that second and were not announced yet: the last ones, for an act is written behind
/// the others.
fn acts_of_the_second<'a>(item: &'a Item, line: &Line) -> impl Iterator<Item = &'a Change> {
    let is_later = |change: &&Change| line.updated.is_some_and(|updated| change.at.instant() > updated);
    let later = item.changes.iter().filter(is_later).count();
    let new = item.acts.saturating_sub(line.acts).saturating_sub(later);
    let new = item.changes.iter().rev().skip(later).take(new);
    new.filter(|change| is_of_the_second(change.at.instant(), line))
}
