//! Archives (RFC 5005, section 4): the items that a feed no longer holds, in documents that stay as
//! they are.
//!
//! They are cut from the oldest item on, so that a new one never moves what was cut before: a full
//! part is closed, the last one is open and takes what leaves the window.

/// So many entries fill a part.
pub const MOST_ENTRIES: usize = 100;

/// So many bytes of content fill one, however few its entries are.
pub const MOST_BYTES: u64 = 900_000;

/// Cuts `old`, which are items in the order of feeds (newest first), into parts, the oldest first;
/// each in the order of feeds. `weight` is about how many bytes an item's entry takes.
pub fn parts(old: &[usize], weight: impl Fn(usize) -> u64) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut bytes = 0;
    for number in old.iter().rev() {
        let weight = weight(*number);
        match parts.last_mut() {
            Some(part) if part.len() < MOST_ENTRIES && bytes + weight <= MOST_BYTES => {
                part.push(*number);
                bytes += weight;
            }
            _ => {
                parts.push(vec![*number]);
                bytes = weight;
            }
        }
    }
    parts.iter_mut().for_each(|part| part.reverse());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_item_never_moves_what_was_cut() {
        let many: Vec<usize> = (0..250).collect();
        let before = parts(&many, |_| 1);
        assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
        assert_eq!(before.first().and_then(|part| part.last()), Some(&249));
        // One more at the front: every number is one higher, and the closed parts hold the same.
        let more: Vec<usize> = (0..251).collect();
        let after = parts(&more, |_| 1);
        let moved = |part: &Vec<usize>| part.iter().map(|number| number + 1).collect::<Vec<_>>();
        assert_eq!(
            after.iter().take(2).collect::<Vec<_>>(),
            before.iter().take(2).map(moved).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
        assert_eq!(parts(&many, |_| 400_000).iter().map(Vec::len).max(), Some(2));
        assert!(parts(&[], |_| 1).is_empty());
    }
}
