//! Surrogates in a class: two of them spell one character beyond U+FFFF.

/// At the start of `text`: a range that is spelled in surrogates, as a range of characters, and its length.
///
/// Three spellings are known: pairs (`\uD800\uDC00-\uDBFF\uDFFF`); the same with the inner two exchanged, which AWS
/// publishes for the same range; a range of high surrogates before the range of all low ones.
pub fn range(text: &str) -> Option<(String, usize)> {
    let a = unit(text)?;
    let rest = &text[6..];
    let (first, last, length) = match rest.strip_prefix('-') {
        Some(rest) => highs_then_lows(a, rest)?,
        None => pairs(a, rest)?,
    };
    Some((format!(r"\u{{{first:X}}}-\u{{{last:X}}}"), length))
}

/// `\uHHHH` at the start, if it is a surrogate.
pub fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix(r"\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok().filter(|unit| (0xD800..=0xDFFF).contains(unit))
}

fn pairs(a: u32, rest: &str) -> Option<(u32, u32, usize)> {
    let b = unit(rest)?;
    let rest = rest[6..].strip_prefix('-')?;
    let (c, d) = (unit(rest)?, unit(&rest[6..])?);
    let (b, c) = if (b, c) == (0xDBFF, 0xDC00) { (c, b) } else { (b, c) };
    Some((character(a, b)?, character(c, d)?, 25))
}

fn highs_then_lows(a: u32, rest: &str) -> Option<(u32, u32, usize)> {
    let b = unit(rest)?;
    let lows = &rest[6..];
    lows.starts_with(r"\uDC00-\uDFFF").then_some(())?;
    Some((character(a, 0xDC00)?, character(b, 0xDFFF)?, 26))
}

fn character(high: u32, low: u32) -> Option<u32> {
    let is_pair = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    is_pair.then(|| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}
