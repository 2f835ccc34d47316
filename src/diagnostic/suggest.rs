//! "Did you mean": the known word that is nearest to an unknown one.

/// The candidate that `word` was probably meant to be.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help for an unknown word: the nearest candidate if one is near, and all of them, as `intro` introduces them.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, intro: &str) -> String {
    /// So many candidates can be read beside a suggestion.
    const FEW: usize = 8;
    let candidates: Vec<_> = candidates.into_iter().collect();
    let list = candidates.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(", ");
    match closest(word, candidates.iter().copied()) {
        Some(candidate) if candidates.len() > FEW => format!("did you mean `{candidate}`?"),
        Some(candidate) => format!("did you mean `{candidate}`? {intro}: {list}"),
        None => format!("{intro}: {list}"),
    }
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    (0..=left.len()).for_each(|i| rows[i][0] = i);
    rows[0] = (0..=right.len()).collect();
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            rows[i][j] = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[track_caller]
    fn check(word: &str, expect: Option<&str>) {
        assert_eq!(closest(word, ["memory", "timeout", "runtime", "db"]), expect);
    }

    #[test]
    fn the_nearest_word_wins() {
        check("memroy", Some("memory"));
        check("Timeout", Some("timeout"));
        check("runtim", Some("runtime"));
    }

    #[test]
    fn a_word_unlike_any_other_has_no_neighbour() {
        check("subnets", None);
        check("xy", None);
    }
}
