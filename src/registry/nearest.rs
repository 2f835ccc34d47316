//! "Did you mean …".

/// The candidate that a misspelt name probably means; none if no candidate is near. Case counts less than letters, and
/// of equally near candidates the first is taken.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    // A third of the letters may be wrong: of `Vpc` one, of `SecurityGroup` four.
    let limit = wanted.len().max(3) / 3;
    let distance = |candidate: &str| distance(&wanted, &candidate.to_lowercase().chars().collect::<Vec<_>>(), limit);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| Some((distance(candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, delete, replace or exchange with their neighbour, if that is no more than `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(letter != other);
            let mut least = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        if row.iter().all(|distance| *distance > limit) {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(name: &str, expect: Option<&str>) {
        let candidates = ["SecurityGroupIds", "SubnetIds", "VpcId", "VpcIds", "Timeout"];
        assert_eq!(nearest(name, candidates), expect);
    }

    #[test]
    fn misspellings() {
        check("SecurtyGroupIds", Some("SecurityGroupIds"));
        check("subnetids", Some("SubnetIds"));
        check("Tiemout", Some("Timeout"));
        check("VpcIdd", Some("VpcId"));
    }

    #[test]
    fn what_is_far_is_not_meant() {
        check("MemorySize", None);
        check("Vpc", None);
        check("", None);
    }
}
