//! AWS's names in Rust's convention: `DBProxyName` is `db_proxy_name`, `VPCEndpoint` is `VpcEndpoint`.

/// Words that capital letters alone would split wrongly.
const WORDS: [&str; 12] =
    ["IPv", "GiB", "VCpu", "PromQL", "GraphQL", "MySQL", "OAuth", "ARNs", "VPCs", "IDs", "VPC", "DHCP"];

/// What no identifier may be, but as a raw one.
const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while",
];

/// What not even a raw identifier may be.
const PATHS: [&str; 4] = ["crate", "self", "super", "Self"];

/// `DBProxyName`, `Endpoint.Address` as an identifier of a function, an argument or a module.
pub fn snake(name: &str) -> String {
    identifier(words(name).join("_"))
}

/// `DBProxy` as the name of a type.
pub fn camel(name: &str) -> String {
    identifier(words(name).iter().map(|word| capital(word)).collect())
}

/// `SecretsManager` as the name of a module: one word, as in AWS's own endpoints.
pub fn service(name: &str) -> String {
    identifier(name.to_lowercase())
}

fn identifier(name: String) -> String {
    match name {
        name if KEYWORDS.contains(&name.as_str()) => format!("r#{name}"),
        name if PATHS.contains(&name.as_str()) => format!("{name}_"),
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("_{name}"),
        name => name,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let mut rest = part;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(first_word(rest));
            words.push(word.to_ascii_lowercase());
            rest = after;
        }
    }
    words
}

/// The length of the first word.
fn first_word(name: &str) -> usize {
    if let Some(word) = WORDS.into_iter().find(|word| name.starts_with(word) && ends_well(name, word)) {
        return word.len() + digits_and_lower(&name[word.len()..]);
    }
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let has_lower = name.as_bytes().get(capitals).is_some_and(u8::is_ascii_lowercase);
    // `DBProxy`: the last capital begins the next word.
    if capitals > 1 && has_lower {
        return capitals - 1;
    }
    capitals + digits_and_lower(&name[capitals..])
}

/// Whether a known word ends where the next one begins, so that `VPC` is not found in `VPCx`.
fn ends_well(name: &str, word: &str) -> bool {
    word.ends_with('v') || name[word.len()..].bytes().next().is_none_or(|next| !next.is_ascii_lowercase())
}

fn digits_and_lower(name: &str) -> usize {
    name.bytes().take_while(|letter| !letter.is_ascii_uppercase()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: &str) {
        assert_eq!(snake(name), expect);
    }

    #[test]
    fn acronyms_split_as_one_would() {
        check("DBProxyName", "db_proxy_name");
        check("VPCDHCPOptionsAssociation", "vpc_dhcp_options_association");
        check("VPCSecurityGroups", "vpc_security_groups");
        check("Ipv6CidrBlock", "ipv6_cidr_block");
        check("IPv6Address", "ipv6_address");
        check("S3Bucket", "s3_bucket");
        check("EC2SecurityGroupId", "ec2_security_group_id");
        check("RequireTLS", "require_tls");
        check("EnableIAMDatabaseAuthentication", "enable_iam_database_authentication");
        check("deadLetterTargetArn", "dead_letter_target_arn");
        check("Endpoint.Address", "endpoint_address");
        check("MemoryGiBPerVCpu", "memory_gib_per_vcpu");
        check("SubnetARNs", "subnet_arns");
    }

    #[test]
    fn keywords_are_raw() {
        check("Type", "r#type");
        check("Self", "self_");
        assert_eq!(camel("VPCEndpoint"), "VpcEndpoint");
        assert_eq!(service("SecretsManager"), "secretsmanager");
    }
}
