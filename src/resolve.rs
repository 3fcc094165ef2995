//! From what the author wrote to what is meant: a [`Draft`] becomes an [`Item`] of which
//! everything is known, or problems.
//!
//! First each item alone ([`one`]: parallel, depends on nothing but its file and the
//! configuration), then the folder together ([`together`]: clashes, the clock, links between
//! items). No value of an item is inferred from how many of its neighbours look alike.

pub mod author;
pub mod date;
pub mod embargo;
pub mod files;
pub mod guide;
pub mod head;
pub mod id;

pub mod language;
pub mod link;
pub mod memory;
pub mod notice;
pub mod privacy;
pub mod relation;
pub mod status;
pub mod summary;

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use rayon::prelude::*;

use crate::config::Config;
use crate::file::Source;
use crate::input::{At, Draft, Kind, State};
use crate::item::{ChangeKind, ForThePress, Item, Origin, Origins, RelationKind, Status};
use crate::kept::{Digest, Groups, Rare, Set, Shared, Table};
use crate::ledger::{self, Ledger, Line};
use crate::problem::{Code, Place, Problem, Severity};
use crate::text::{Text, lower_case};

/// An item of which everything is known that its own file tells.
#[derive(Debug)]
pub struct Alone {
    pub(crate) item: Item,
    pub(crate) beside: Beside,
}

/// What its file tells and the item does not keep: what [`together`] needs of it besides.
#[derive(Debug)]
pub struct Beside {
    id_place: Place,
    url_place: Place,
    draft: bool,
    state: Option<At<State>>,
    /// The instant of its embargo, where there is one.
    embargo: Option<DateTime<Utc>>,
    updated: Option<At<String>>,
    relations: Rare<relation::Wanted>,
    /// Its address without its date, where a date is part of it.
    undated: Option<String>,
    targets: Rare<(String, Place)>,
    unknown: Vec<At<String>>,
}

impl Alone {
    /// The item, as far as its own file tells.
    pub fn item(&self) -> &Item {
        &self.item
    }
}

/// What became of one file.
#[derive(Debug)]
pub enum One {
    /// An item.
    Item(Box<Alone>),
    /// A draft that is not whole yet.
    Unfinished,
    /// Something else, and this is why.
    Skipped(Code),
    /// A page or an office document that has no date and nothing that would hold it back: wrong, unless it is a file that
    /// another item shows.
    Page,
    /// An error concerns it.
    Wrong,
}

/// Resolves one item by its file and the configuration alone. `source` is asked for names and sizes
/// of files, and for no more of their content than tells how large a picture is.
pub fn one(draft: &Draft, config: &Config, source: &Source) -> (One, Vec<Problem>) {
    if draft.redirect.is_some() {
        return (One::Skipped(Code::SkippedRedirect), Vec::new());
    }
    let mut problems = Vec::new();
    let alone = one_inner(draft, config, source, &mut problems);
    let undated = problems.iter().any(|problem| problem.code == Code::DateMissing);
    if undated && !draft.is_held() && lists(&draft.path, source) {
        return (One::Skipped(Code::SkippedList), Vec::new());
    }
    if undated && !draft.is_held() && draft.template {
        return (One::Skipped(Code::SkippedTemplate), Vec::new());
    }
    if draft.is_held() {
        // What is being written need not be whole yet; it stops nobody else's release.
        let unfinished = |problem: &&mut Problem| matches!(problem.code, Code::DateMissing | Code::ItemEmpty);
        problems.iter_mut().filter(unfinished).for_each(|problem| problem.severity = Severity::Warning);
    }
    let only_undated = problems.iter().filter(|problem| problem.is_error()).all(|p| p.code == Code::DateMissing);
    let is_page = Kind::of(&draft.path).is_either() && draft.banners.is_empty() && draft.embargoes.is_empty();
    let one = match alone {
        _ if undated && only_undated && is_page && !draft.is_held() => One::Page,
        _ if problems.iter().any(Problem::is_error) => One::Wrong,
        Some(alone) => One::Item(Box::new(alone)),
        None => One::Unfinished,
    };
    (one, problems)
}

/// Whether an `index` has other texts below it: then it is the page that lists them, unless it is
/// dated as they are. One that is alone in its folder is an item whose folder holds its files.
fn lists(path: &str, source: &Source) -> bool {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let below = |other: &str| {
        let inside = if folder.is_empty() { Some(other) } else { other.strip_prefix(folder) };
        inside.is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
    };
    let is_text = |other: &str| Kind::of(other).is_item() && crate::input::not_an_item(other).is_none();
    name.starts_with("index.")
        && source.entries().iter().map(|entry| entry.path.as_str()).any(|o| o != path && below(o) && is_text(o))
}

fn one_inner(draft: &Draft, config: &Config, source: &Source, problems: &mut Vec<Problem>) -> Option<Alone> {
    let title = summary::title(draft, problems).map(|(title, origin)| (privacy::title(title, config), origin));
    let id = id::of(draft, config, problems);
    let day_id = id.as_ref().map(|(id, _)| id.as_str()).unwrap_or_default();
    let published = match date::published(draft, config, source, day_id, problems) {
        Ok(None) => {
            problems.push(date::missing(draft, config));
            None
        }
        found => found.ok().flatten(),
    };
    let (title, (id, id_origin), date::Dated { stamped: published, embargo }) = (title?, id?, published?);
    let (mut updated, mut updated_origin) = date::updated(draft, config, &id, &published, problems);
    let changes = date::changes(draft, config, &id, &published, problems).ok()?;
    let expires = date::expires(draft, config, &id, &published, problems).ok()?;
    let significant = changes.iter().rev().find(|change| change.kind.is_significant());
    if let Some(change) = significant.filter(|change| change.at.local > updated.instant) {
        (updated.instant, updated.day, updated_origin) = (change.at.local, change.at.day, Origin::Act);
    }
    let (language, language_origin) = language::of(draft, config, problems);
    let (authors, authors_origin) = author::authors(draft, config, problems);
    let contacts = author::contacts(draft, config, problems);
    let address = link::Address::of(draft, config, &published, &language, problems);
    let files = files::Files::of(draft, &title.0, &address, &language, config, source, problems);
    let rights = draft
        .rights
        .clone()
        .or_else(|| config.folder_value(&draft.path, |folder| folder.rights.clone()))
        .or_else(|| config.rights.clone());
    let id_place = draft.exact_id.as_ref().or(draft.id.as_ref()).map_or(Place::line(1), |at| at.place);
    let url_place = draft.slug.as_ref().or(draft.link.as_ref()).map_or(Place::line(1), |at| at.place);
    let mut item = Item {
        path: draft.path.as_str().into(),
        url: address.url,
        page: address.page,
        base: address.base,
        subtitle: draft.subtitle.as_ref().map(|at| summary::for_readers(draft, &at.value)),
        summary: summary::summary(draft, &title.0, config),
        published: published.instant.to_utc(),
        updated: updated.instant.to_utc(),
        day: published.day,
        updated_day: updated.day,
        local: published.instant,
        updated_local: updated.instant,
        language: language.into(),
        authors: authors.into(),
        contacts: contacts.into(),
        tags: topics(&draft.tags).into(),
        rights,
        image: files.image.map(Box::new),
        attachments: files.attachments.into(),
        status: Status::Published,
        due: None,
        is_recent: false,
        expires: expires.map(Box::new),
        acts: changes.len(),
        changes: changes.into(),
        was: Rare::default(),
        relations: Rare::default(),
        parts: draft.parts.clone().into(),
        for_the_press: ForThePress {
            banners: !draft.banners.is_empty(),
            notes: draft.notes_to_editors.unwrap_or_default(),
        },
        origins: Origins {
            title: title.1,
            published: published.origin,
            updated: updated_origin,
            authors: authors_origin,
            id: id_origin,
            language: language_origin,
        },
        references: files.references.into(),
        pictures: files.pictures.into(),
        page_links: files.page_links.into(),
        suggestions: draft.suggestions.clone().into(),
        digest: draft.digest.as_str().into(),
        words: draft.words.clone(),
        title: title.0,
        id: id.into(),
    };
    privacy::keep_back(&mut item, config);
    let relations = (draft.replaces.iter().map(|other| (RelationKind::Replaces, other.clone())))
        .chain(draft.replies_to.iter().map(|other| (RelationKind::RepliesTo, other.clone())))
        .collect();
    let beside = Beside {
        id_place,
        url_place,
        draft: draft.is_held(),
        state: draft.state.clone(),
        embargo,
        updated: draft.updated.clone(),
        undated: address.undated,
        relations,
        targets: files.targets,
        unknown: draft.unknown.clone(),
    };
    Some(Alone { item, beside })
}

/// The topics, each once: `Économie` and `ECONOMIE` are one, as its author wrote it first.
fn topics(tags: &[Text]) -> Vec<Text> {
    let mut seen = HashSet::new();
    tags.iter().filter(|tag| seen.insert(link::name_in_address(tag.as_str()))).cloned().collect()
}

/// What was published before, and what of it may change in this run.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// What was published.
    pub ledger: &'a Ledger,
    /// Whether dates may go back without an act: somebody gave the word.
    pub dates_may_go_back: bool,
}

/// What [`together`] found.
#[derive(Debug)]
pub struct Together {
    /// In the order of feeds, without those that an error concerns.
    pub items: Vec<Item>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Published items that somebody wants to hold by an embargo or a date to come: too late.
    pub embargoed: Set<Shared>,
}

/// Looks at the folder as a whole: what each item alone could not know. Of each of the `items` there is what is
/// `beside` it, in the same order.
pub fn together(
    mut items: Vec<Item>,
    mut beside: Vec<Beside>,
    config: &Config,
    source: &Source,
    past: Past<'_>,
    now: DateTime<Utc>,
) -> Together {
    let mut problems = Vec::new();
    for (item, Beside { unknown, .. }) in items.iter().zip(&beside) {
        let problem =
            |key: &At<String>| Problem::new(Code::KeyUnknown, &item.path).at(key.place).with("key", &key.value);
        problems.extend(unknown.iter().map(problem));
    }
    // What the ledger says of each, for all who ask from here on.
    let said = |items: &mut Vec<Item>| items.par_iter_mut().map(|item| past.ledger.lend(item)).collect();
    let mut lines: Vec<Option<&Line>> = said(&mut items);
    if !memory::all_stay(&items, &lines, past.ledger) {
        memory::recall(&mut items, &beside, past.ledger, source, &config.language);
        lines = said(&mut items);
    }
    let mut clashing = clashes(&items, &beside, past.ledger, config, &mut problems);
    for (index, ((item, Beside { id_place, .. }), line)) in items.iter().zip(&beside).zip(&lines).enumerate() {
        if line.is_some_and(|line| line.state == ledger::State::Forgotten) {
            problems.push(Problem::new(Code::IdForgotten, &item.path).at(*id_place).with("id", &item.id));
            clashing.insert(index);
        }
    }
    if !clashing.is_empty() {
        let mut numbers = [0.., 0.., 0..];
        let mut stays = |of: usize| {
            let number = numbers.get_mut(of).and_then(Iterator::next);
            number.is_none_or(|number| !clashing.contains(&number))
        };
        items.retain(|_| stays(0));
        beside.retain(|_| stays(1));
        lines.retain(|_| stays(2));
    }
    lines.iter_mut().for_each(|line| *line = line.filter(|line| line.state.is_out()));
    let mut targets = Vec::with_capacity(items.len());
    let mut relations = Vec::new();
    let mut updated: Table<Shared, At<String>> = Table::default();
    let mut embargoed = Set::default();
    for ((item, beside), line) in items.iter_mut().zip(beside).zip(lines.iter().copied()) {
        if !beside.draft && line.is_some_and(|line| memory::would_hold(item, beside.embargo, line, now)) {
            embargoed.insert(item.path.clone());
        }
        if let Some(line) = line {
            memory::stand(item, line, config, past.dates_may_go_back, &mut problems);
            if let Some(undated) = &beside.undated {
                link::move_to_its_day(item, undated, config);
            }
            item.was = memory::pages(item, line);
        }
        let facts = status::Facts {
            draft: beside.draft,
            state: beside.state.as_ref().map(|state| state.value),
            published: item.published,
            expires: item.expires.as_ref().map(|expires| expires.instant()),
            was_out: (!past.ledger.is_empty()).then_some(line.is_some()),
            taken_back: item.changes.iter().any(|change| change.kind.takes_back() && change.at.instant() <= now),
        };
        (item.status, item.due) = status::of(facts, now);
        without_an_act(item, &beside, &mut problems);
        never_out(item, &beside, facts, &mut problems);
        targets.push(beside.targets);
        if !beside.relations.is_empty() {
            relations.push((item.path.clone(), beside.relations));
        }
        updated.extend(beside.updated.map(|written| (item.path.clone(), written)));
    }
    not_yet(&mut items, &lines, &updated, now, &mut problems);
    for (item, line) in items.iter_mut().zip(&lines).filter(|(item, _)| item.status.is_out()) {
        if let Some(line) = line {
            memory::stand_updated(item, line, config, past.dates_may_go_back, &mut problems);
        }
    }
    restored(&items, &lines, &mut problems);
    sent_again(&items, &lines, &mut problems);
    apart(&mut items, &lines, &mut problems);
    for (item, line) in items.iter_mut().zip(&lines) {
        // A second of its own may lie ahead: until then it waits (DT-05).
        if item.status == Status::Published && line.is_none() && item.published > now {
            (item.status, item.due) = (Status::Scheduled, Some(item.published));
        }
    }
    const NEWS: TimeDelta = TimeDelta::hours(48);
    items.iter_mut().for_each(|item| item.is_recent = item.published <= now && item.published >= now - NEWS);
    items.iter_mut().for_each(|item| notice::put(item, &config.language));
    link::keep_back(&mut items);
    problems.extend(link::check(&items, &targets, config, source));
    problems.extend(files::unused(&items, source));
    relation::join(&mut items, &relations, &mut problems);
    let taken = taken_twice(&items, config, &mut problems);
    items.retain(|item| !taken.contains(&item.path));
    // No two have one id.
    items.sort_unstable_by(Item::order);
    Together { items, problems, embargoed }
}

/// A notice that no act dates is the same entry to most readers: they do not look at it again.
fn without_an_act(item: &Item, beside: &Beside, problems: &mut Vec<Problem>) {
    let act = match item.status {
        Status::Withdrawn => ChangeKind::Withdrawal,
        Status::Suspended => ChangeKind::Suspension,
        _ => return,
    };
    if !item.changes.iter().any(|change| change.kind == act) {
        let place = beside.state.as_ref().map_or(Place::line(1), |state| state.place);
        let option = if act == ChangeKind::Suspension { " --suspend" } else { "" };
        problems.push(Problem::new(Code::ActMissing, &item.path).at(place).with("option", option));
    }
}

/// There is nothing in whose place a notice could stand, and it would be the first that anybody hears of it.
fn never_out(item: &Item, beside: &Beside, facts: status::Facts, problems: &mut Vec<Problem>) {
    let Some(state) = beside.state.as_ref().filter(|state| state.value == State::Withdrawn) else { return };
    if item.status == Status::Withheld {
        let forgotten = if facts.was_out.is_none() { "1" } else { "" };
        let problem = Problem::new(Code::WithdrawnNotOut, &item.path).at(state.place);
        problems.push(problem.with("forgotten", forgotten));
    }
}

/// Where a notice stood and the text is back, readers look again only if `updated` moves.
fn restored(items: &[Item], lines: &[Option<&Line>], problems: &mut Vec<Problem>) {
    for (item, line) in items.iter().zip(lines).filter_map(|(item, line)| Some((item, (*line)?))) {
        let had_a_notice = matches!(line.state, ledger::State::Withdrawn | ledger::State::Suspended);
        let stays = line.updated.is_some_and(|updated| item.updated <= updated);
        if item.status == Status::Published && had_a_notice && stays {
            problems.push(Problem::new(Code::RestoredSilently, &item.path));
        }
    }
}

/// What lies ahead, of items that are out, has not happened: acts, and `updated`.
fn not_yet(
    items: &mut [Item],
    lines: &[Option<&Line>],
    updated: &Table<Shared, At<String>>,
    now: DateTime<Utc>,
    problems: &mut Vec<Problem>,
) {
    for (item, line) in items.iter_mut().zip(lines).filter(|(item, _)| item.status.is_out()) {
        if item.origins.updated == Origin::Act && line.is_some_and(|line| memory::is_told(item, line)) {
            continue;
        }
        item.changes.retain(|change| change.at.instant() <= now);
        item.acts = item.changes.len();
        if item.updated <= now || item.updated == item.published {
            continue;
        }
        let written = updated.get(&item.path).filter(|_| item.origins.updated != Origin::Act);
        let place = written.map_or(Place::line(1), |written| written.place);
        let shown =
            written.map_or_else(|| item.updated_local.format("%Y-%m-%d %H:%M").to_string(), |w| w.value.clone());
        problems.push(Problem::new(Code::UpdatedTooLate, &item.path).at(place).with("updated", shown));
        let happened = item.changes.iter().rev().find(|change| change.kind.is_significant()).map(|change| change.at);
        match happened {
            Some(at) => {
                (item.updated, item.updated_day, item.updated_local) = (at.instant(), at.day, at.local);
                item.origins.updated = Origin::Act;
            }
            None => {
                (item.updated, item.updated_day, item.updated_local) = (item.published, item.day, item.local);
                item.origins.updated = Origin::Published;
            }
        }
    }
}

/// Two items on one id or one address: both are named, neither is believed (ID-08), unless one of
/// them has been out under it: then only the other is wrong.
fn clashes(
    items: &[Item],
    beside: &[Beside],
    ledger: &Ledger,
    config: &Config,
    problems: &mut Vec<Problem>,
) -> Set<usize> {
    let mut clashing = Set::default();
    let item = |index: &usize| items.get(*index);
    let out = |index: &usize| item(index).is_some_and(|item| ledger.out(&item.id).is_some());
    // The only one of a group that has been out, if there is one: whose text was known again under
    // another name, else whose file it was.
    let recalled = |index: &usize| out(index) && item(index).is_some_and(|item| item.origins.id == Origin::Ledger);
    let own =
        |index: &usize| item(index).is_some_and(|item| ledger.out(&item.id).is_some_and(|line| line.path == item.path));
    let only = |group: &[usize], is: &dyn Fn(&usize) -> bool| {
        let mut found = group.iter().filter(|index| is(index));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    let owner = |group: Option<&Vec<usize>>| {
        let group = group?;
        only(group, &recalled).or_else(|| only(group, &own))
    };
    let feed_id = id::feed(config);
    let of = |index: usize| items.get(index);
    let ids = Groups::of(items.len(), |index| of(index).map_or("", |item| &item.id).into());
    let urls = Groups::of(items.len(), |index| of(index).map(|item| lower_case(&item.url)).unwrap_or_default());
    let path = |index: usize| items.get(index).map(|item| item.path.to_string()).unwrap_or_default();
    for (index, (item, beside)) in items.iter().zip(beside).enumerate() {
        let other = |same: Option<&Vec<usize>>| {
            let owner = owner(same);
            let other = same?.iter().find(|other| **other != index).copied();
            let other = if owner == Some(index) { None } else { owner.or(other) };
            other.map(path)
        };
        let ours = |taken: bool, file: &str| taken.then(|| file.to_owned());
        let same_id = other(ids.get(&item.id)).or_else(|| ours(item.id == feed_id, "feed.atom"));
        if let Some(other) = same_id {
            let problem = Problem::new(Code::IdClash, &item.path).at(beside.id_place);
            problems.push(problem.with("id", &item.id).with("other", other));
            clashing.insert(index);
            continue;
        }
        if config.assumed.as_ref().is_some_and(|assumed| assumed.url) {
            continue;
        }
        let url = lower_case(&item.url);
        let index_page = config.pages && item.page.as_deref() == Some("index.html");
        if let Some(other) = other(urls.get(&url)).or_else(|| ours(index_page, "index.html")) {
            let problem = Problem::new(Code::UrlClash, &item.path).at(beside.url_place);
            problems.push(problem.with("url", &item.url).with("other", other));
            clashing.insert(index);
        }
    }
    clashing
}

/// Files of items that would be written where something else is: the items' paths.
fn taken_twice(items: &[Item], config: &Config, problems: &mut Vec<Problem>) -> Set<Shared> {
    if items.iter().all(|item| item.references.is_empty()) {
        return Set::default();
    }
    let mut owners: Table<Cow<'_, str>, &str> =
        config.formats.iter().map(|format| (Cow::Borrowed(format.file()), format.file())).collect();
    // Held items too: a clash should not first be seen on the morning on which one falls due.
    owners.extend(items.iter().filter_map(|item| Some((lower_case(item.page.as_ref()?), item.path.as_str()))));
    let mut taken = Set::default();
    for item in items {
        for name in link::public_names(&item.references, &item.path).into_values() {
            let path = format!("{}{name}", item.folder(config.url.as_str()));
            if let Some(other) = owners.insert(Cow::Owned(path.to_lowercase()), &item.path) {
                let problem = Problem::new(Code::UrlClash, &item.path).at(Place::line(1));
                problems.push(problem.with("url", format!("{}{path}", config.url)).with("other", other));
                taken.insert(item.path.clone());
            }
        }
    }
    taken
}

/// Warns of what has text, day and language of another item that is out or goes out in the same run: often a copy that
/// somebody forgot, and it stays with subscribers as news of its own.
fn sent_again(items: &[Item], lines: &[Option<&Line>], problems: &mut Vec<Problem>) {
    /// So many letters no two releases have in common by chance; shorter ones are told by their titles too.
    const TELLING: usize = 300;
    let key = |item: &Item| {
        let day = item.day.unwrap_or_else(|| item.local.date_naive());
        let title = (item.words.letters < TELLING).then(|| lower_case(item.title.as_str()).into_owned());
        (item.words.digest.clone(), day, item.language.clone(), title)
    };
    let new = items.iter().zip(lines).filter(|(item, line)| line.is_none() && item.status == Status::Published);
    let mut new: Vec<&Item> = new.map(|(item, _)| item).filter(|item| item.words.letters > 0).collect();
    // Nearly always none is there twice, and then one table is enough.
    let mut texts: Set<&Digest> = Set::default();
    let mut several: Set<&Digest> =
        new.iter().map(|item| &item.words.digest).filter(|text| !texts.insert(text)).collect();
    let mut first = Table::default();
    let out = items.iter().zip(lines).filter(|(item, line)| line.is_some() && item.status.is_readable());
    for (item, _) in out.filter(|(item, _)| texts.contains(&item.words.digest)) {
        several.insert(&item.words.digest);
        first.insert(key(item), (item, "1"));
    }
    new.retain(|item| several.contains(&item.words.digest));
    // `CP.docx` comes before `CP (1).docx`.
    new.sort_by(|a, b| a.path.len().cmp(&b.path.len()).then_with(|| a.path.cmp(&b.path)));
    for item in new {
        let key = key(item);
        if let Some((other, out)) = first.get(&key) {
            let problem = Problem::new(Code::SameText, &item.path).at(Place::line(1));
            problems.push(problem.with("other", &other.path).with("out", out));
        } else {
            first.insert(key, (item, ""));
        }
    }
}

/// Keeps the published instants of a day's items apart (DT-13): hours that somebody wrote stay,
/// and what the ledger has stands; among days, the larger id takes the next free second. Held items
/// take no part, or their presence could be read from their neighbours' seconds.
fn apart(items: &mut [Item], lines: &[Option<&Line>], problems: &mut Vec<Problem>) {
    let mut free = NextFree::default();
    let mut written: Table<DateTime<Utc>, Shared> = Table::default();
    let published_stands =
        |item: &Item, line: Option<&Line>| line.is_some_and(|line| line.published == Some(item.published));
    let updated_stands = |item: &Item, line: Option<&Line>| line.is_some_and(|line| line.updated == Some(item.updated));
    for (item, line) in items.iter().zip(lines.iter().copied()).filter(|(item, _)| item.status.is_out()) {
        if item.day.is_none() || published_stands(item, line) {
            free.keep(item.published);
        }
        let by_hour = if item.updated == item.published { item.day } else { item.updated_day }.is_none();
        if by_hour {
            free.keep(item.updated);
            // Readers and the validator tell entries apart by it; an hour that somebody wrote stays.
            if let Some(other) = written.insert(item.updated, item.path.clone()) {
                problems.push(Problem::new(Code::SameInstant, &item.path).at(Place::line(1)).with("other", other));
            }
        } else if updated_stands(item, line) {
            free.keep(item.updated);
        }
    }
    // Nearly all stand.
    let is_given = |(item, line): &(&mut Item, Option<&Line>)| {
        let touched = item.updated != item.published && item.updated_day.is_some();
        let given = item.day.is_some() && !published_stands(item, *line) || touched && !updated_stands(item, *line);
        item.status.is_out() && given
    };
    let mut days: Vec<(&mut Item, Option<&Line>)> =
        items.iter_mut().zip(lines.iter().copied()).filter(is_given).collect();
    days.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    for (item, _) in days.iter_mut().filter(|(item, line)| item.day.is_some() && !published_stands(item, *line)) {
        let untouched = item.updated == item.published;
        let given = free.take(item.published);
        item.local += given - item.published;
        item.published = given;
        if untouched || item.updated < given {
            (item.updated, item.updated_local) = (given, item.local);
        }
    }
    for (item, line) in days {
        if item.updated == item.published || item.updated_day.is_none() || updated_stands(item, line) {
            continue;
        }
        let given = free.take(item.updated);
        item.updated_local += given - item.updated;
        item.updated = given;
    }
}

/// Finds the next free second in nearly constant time, however many items a day has.
#[derive(Default)]
struct NextFree(Table<i64, i64>);

impl NextFree {
    /// Somebody wrote this one.
    fn keep(&mut self, second: DateTime<Utc>) {
        self.0.entry(second.timestamp()).or_insert(second.timestamp() + 1);
    }

    fn take(&mut self, wanted: DateTime<Utc>) -> DateTime<Utc> {
        let mut second = wanted.timestamp();
        let mut passed = Vec::new();
        while let Some(next) = self.0.get(&second) {
            passed.push(second);
            second = *next;
        }
        for second_passed in passed {
            self.0.insert(second_passed, second + 1);
        }
        self.0.insert(second, second + 1);
        wanted + TimeDelta::seconds(second - wanted.timestamp())
    }
}
