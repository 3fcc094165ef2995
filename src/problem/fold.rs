//! Says once what is the same all over a folder: the same slip of a tool in ten thousand files is
//! one thing to know, and somebody who looks at a folder for the first time reads a handful of
//! lines, not a screen for every key that one odd file has.

use std::collections::{HashMap, HashSet};

use super::{Code, Problem};

/// So many problems of one kind in one file; the last of them says how many there are.
const IN_A_FILE: usize = 20;
/// So many keys of one kind in a folder; one line more stands for the rest.
const KEYS: usize = 7;
/// So many keys of the rest by their names.
const NAMES: usize = 10;

/// What is the same all over a folder is said once, with the number of files; rare keys together.
/// `problems` come sorted. `is_out` tells of which items are out: what the others say is not named on
/// a line about several files, because that line stands at one that may be seen.
pub fn fold(problems: Vec<Problem>, is_out: &dyn Fn(&str) -> bool) -> Vec<Problem> {
    let mut folded: Vec<Problem> = Vec::with_capacity(problems.len());
    let mut first: HashMap<(Code, Option<String>), (usize, usize)> = HashMap::new();
    let mut in_file: HashMap<(Option<String>, Code), usize> = HashMap::new();
    for problem in problems {
        if problem.code.is_for_the_folder() {
            let key = (problem.code, problem.argument("key").map(str::to_owned));
            first.entry(key).and_modify(|(_, count)| *count += 1).or_insert_with(|| {
                folded.push(problem);
                (folded.len() - 1, 1)
            });
            continue;
        }
        let count = in_file.entry((problem.path.clone(), problem.code)).or_default();
        *count += 1;
        if *count <= IN_A_FILE || problem.path.is_none() {
            folded.push(problem);
        }
    }
    let mut counts: Vec<(usize, usize)> = first.into_values().collect();
    counts.sort_unstable();
    for (index, count) in &counts {
        if let Some(problem) = folded.get_mut(*index) {
            problem.arguments.push(("count", count.to_string()));
            problem.arguments.push(("s", if *count > 1 { "s" } else { "" }.to_owned()));
            problem.arguments.push(("many", if *count > 1 { "1" } else { "" }.to_owned()));
        }
    }
    let mut said_elsewhere: HashSet<usize> = HashSet::new();
    for code in [Code::KeyUnknown, Code::AuthorUnknown] {
        together(code, &mut folded, &counts, is_out, &mut said_elsewhere);
    }
    for problem in &mut folded {
        let count = in_file.get(&(problem.path.clone(), problem.code)).copied().unwrap_or_default();
        if count > IN_A_FILE && problem.path.is_some() {
            problem.arguments.push(("of", count.to_string()));
        }
    }
    let mut index = 0;
    folded.retain(|problem| {
        index += 1;
        // One release at midnight is a release at midnight.
        let alone = problem.code == Code::MidnightLikeADay && problem.argument("count") == Some("1");
        !alone && !said_elsewhere.contains(&(index - 1))
    });
    folded
}

/// Makes one problem of the keys that are rarest, where there are too many; `counts` says of each
/// index in how many files its key is.
fn together(
    code: Code,
    folded: &mut [Problem],
    counts: &[(usize, usize)],
    is_out: &dyn Fn(&str) -> bool,
    said_elsewhere: &mut HashSet<usize>,
) {
    // A slip of the pen has a hint of its own.
    let alike = |problem: &Problem| problem.code == code && problem.argument("near").is_none_or(str::is_empty);
    let mut keys: Vec<(usize, usize)> =
        counts.iter().copied().filter(|(index, _)| folded.get(*index).is_some_and(alike)).collect();
    if keys.len() <= KEYS + 1 {
        return;
    }
    keys.sort_by_key(|(index, count)| (std::cmp::Reverse(*count), *index));
    let rest = keys.split_off(KEYS);
    let may_be_named = |index: usize| {
        let problem = folded.get(index)?;
        is_out(problem.item()?).then(|| problem.argument("key").map(|key| format!("`{key}`")))?
    };
    let named: Vec<(usize, String)> =
        rest.iter().filter_map(|(index, _)| Some((*index, may_be_named(*index)?))).take(NAMES).collect();
    let Some(stands_at) = named.first().map(|(index, _)| *index).or(rest.first().map(|(index, _)| *index)) else {
        return;
    };
    let mut names: Vec<&str> = named.iter().map(|(_, name)| name.as_str()).collect();
    if names.len() < rest.len() {
        names.push("…");
    }
    let most = rest.first().map_or(1, |(_, count)| *count);
    if let Some(problem) = folded.get_mut(stands_at) {
        problem.arguments = vec![
            ("rest", rest.len().to_string()),
            ("keys", names.join(", ")),
            ("count", most.to_string()),
            ("s", if most > 1 { "s" } else { "" }.to_owned()),
        ];
    }
    said_elsewhere.extend(rest.iter().map(|(index, _)| *index).filter(|index| *index != stands_at));
}
