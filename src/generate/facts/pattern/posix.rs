//! The POSIX classes of `java.util.regex.Pattern`, US-ASCII only.

/// Members by name, as the inside of a class.
const CLASSES: [(&str, &str); 14] = [
    ("ASCII", r"\x00-\x7F"),
    ("Alnum", "0-9A-Za-z"),
    ("Alpha", "A-Za-z"),
    ("Blank", r" \t"),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("Digit", "0-9"),
    ("Graph", r"\x21-\x7E"),
    ("IsAlphabetic", r"\p{Alphabetic}"),
    ("Lower", "a-z"),
    ("Print", r"\x20-\x7E"),
    ("Punct", r"!-/:-@\[-`{-~"),
    ("Space", r" \t\n\x0B\f\r"),
    ("Upper", "A-Z"),
    ("XDigit", "0-9A-Fa-f"),
];

/// The members of a class, if it has one of these names.
pub fn members(name: &str) -> Option<&'static str> {
    CLASSES.iter().find(|(known, _)| *known == name).map(|(_, members)| *members)
}
