//! Words of a command line, as a POSIX shell reads them.

/// The text as one word, quoted where it must be.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    // A word that begins with `=` is the path of a command to zsh.
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        for plain in ["a", "K=v,w", "file://x.json", "arn:aws:iam::1:role/x", "50%"] {
            assert_eq!(word(plain), plain);
        }
        for (text, quoted) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME `id` \\ \"", "'$HOME `id` \\ \"'"),
            ("a\nb", "'a\nb'"),
            ("~x", "'~x'"),
            ("K=a*", "'K=a*'"),
            ("=x", "'=x'"),
            ("é!", "'é!'"),
        ] {
            assert_eq!(word(text), quoted);
        }
    }
}
