//! "Did you mean": the known word that is nearest to an unknown one.

use std::mem::swap;

/// The candidate that `word` was probably meant to be; none if no candidate is near. Case counts less than letters, and
/// of equally near candidates the first is taken.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = letters(word);
    // A third of the letters may be wrong: of `Vpc` one, of `SecurityGroup` four.
    let mut limit = wanted.len().max(3) / 3;
    let mut found = None;
    for candidate in candidates.into_iter().filter(|candidate| *candidate != word) {
        if let Some(distance) = distance(&wanted, &letters(candidate), limit) {
            found = Some(candidate);
            if distance == 0 {
                break;
            }
            // From here on only a nearer one counts, which keeps a long list cheap.
            limit = distance - 1;
        }
    }
    found
}

/// The help for an unknown word, if a candidate is near.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// The help for an unknown word: the nearest candidate if one is near, and all of them, as `intro` introduces them.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, intro: &str) -> String {
    /// So many candidates can be read beside a suggestion.
    const FEW: usize = 8;
    let candidates: Vec<_> = candidates.into_iter().collect();
    let list = candidates.iter().map(|candidate| format!("`{candidate}`")).collect::<Vec<_>>().join(", ");
    match suggest(word, candidates.iter().copied()) {
        Some(suggestion) if candidates.len() > FEW => suggestion,
        Some(suggestion) => format!("{suggestion} {intro}: {list}"),
        None => format!("{intro}: {list}"),
    }
}

fn letters(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// How many letters to insert, delete, replace or swap with their neighbour (optimal string alignment), if that is no
/// more than `limit`.
fn distance(left: &[char], right: &[char], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let same = left.iter().zip(right).take_while(|(letter, other)| letter == other).count();
    let (left, right) = (&left[same..], &right[same..]);
    let mut before = vec![0; right.len() + 1];
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut row = vec![0; right.len() + 1];
    for (i, letter) in left.iter().enumerate() {
        row[0] = i + 1;
        for (j, other) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(letter != other);
            row[j + 1] = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == right[j - 1] && left[i - 1] == *other {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        if row.iter().all(|distance| *distance > limit) {
            return None;
        }
        swap(&mut before, &mut above);
        swap(&mut above, &mut row);
    }
    Some(above[right.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[track_caller]
    fn check(word: &str, expect: Option<&str>) {
        let candidates = ["SecurityGroupIds", "SubnetIds", "VpcId", "VpcIds", "memory", "timeout", "runtime", "db"];
        assert_eq!(closest(word, candidates), expect);
    }

    #[test]
    fn the_nearest_word_wins() {
        check("SecurtyGroupIds", Some("SecurityGroupIds"));
        check("memroy", Some("memory"));
        check("Tiemout", Some("timeout"));
        check("runtim", Some("runtime"));
        check("VpcIdss", Some("VpcIds"));
    }

    #[test]
    fn case_counts_less_than_letters_and_the_first_of_equals_is_taken() {
        check("subnetids", Some("SubnetIds"));
        check("Timeout", Some("timeout"));
        check("VpcIdd", Some("VpcId"));
    }

    #[test]
    fn a_word_is_not_its_own_correction() {
        check("VpcId", Some("VpcIds"));
        check("memory", None);
    }

    #[test]
    fn what_is_far_is_not_meant() {
        check("subnet", None);
        check("MemorySize", None);
        check("Vpc", None);
        check("xy", None);
        check("", None);
    }
}
