//! What was meant: the known word nearest to one that isn't known.

/// Words longer than this are compared with nothing.
const WORD_CHARS_MAX: usize = 64;

/// More edits than these are another word.
const EDITS_MAX: usize = 3;

/// Words people know from Compose files and Kubernetes, and what they are called here.
const HABITS: [(&str, &str); 18] = [
    ("cmd", "command"),
    ("entrypoint", "command"),
    ("dependson", "dependencies"),
    ("environment", "env"),
    ("envs", "env"),
    ("ports", "expose"),
    ("volumes", "params"),
    ("volumemounts", "params"),
    ("replicas", "count"),
    ("instances", "count"),
    ("hosts", "accept"),
    ("protocol", "proto"),
    ("capacity", "size"),
    ("limits", "resources"),
    ("price", "amount"),
    ("currency", "denom"),
    ("registry", "host"),
    ("user", "username"),
];

/// The candidate that `word` is a slip of, if one is near enough.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = folded(word)?;
    let allowed = (word.len() / 3).clamp(1, EDITS_MAX);
    let habit = HABITS
        .iter()
        .find(|(habit, _)| habit.chars().eq(word.iter().copied()))
        .map(|(_, meant)| *meant);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if habit == Some(candidate) {
            return Some(candidate);
        }
        let Some(other) = folded(candidate) else {
            continue;
        };
        // A word of two letters is a slip of nothing but itself in other letters.
        let allowed = if word.len() < 3 { 0 } else { allowed };
        if word.len().abs_diff(other.len()) > allowed {
            continue;
        }
        let Some(distance) = distance(&word, &other, allowed) else {
            continue;
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Lower case, without what people write between words.
fn folded(word: &str) -> Option<Vec<char>> {
    let chars: Vec<char> = word
        .chars()
        .take(WORD_CHARS_MAX + 1)
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.'))
        .flat_map(char::to_lowercase)
        .collect();
    (!chars.is_empty() && chars.len() <= WORD_CHARS_MAX).then_some(chars)
}

/// Insertions, deletions, replacements and swaps of neighbours that make `a` into `b`, if they are
/// at most `allowed`.
fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        // A swap looks two rows back, so both must be beyond hope.
        let hopeless = |row: &[usize]| row.iter().all(|cost| *cost > allowed);
        if hopeless(&row) && hopeless(&last) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    Some(last[b.len()]).filter(|distance| *distance <= allowed)
}

#[cfg(test)]
mod tests;
