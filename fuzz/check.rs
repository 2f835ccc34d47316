//! Any text: judging it never panics, is the same twice, and is told in every form.
#![no_main]

use formwork::check::{Stated, check, suppress};
use formwork::diagnostic::render;
use formwork::template::parse::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let judge = || {
        let (template, mut places, mut found) = parse(text, "t.yaml");
        let stated = Stated::of(&template, &mut places);
        found.extend(check(&template, &places, Some("eu-west-1")));
        suppress(found, &stated.goals.suppressed, &places, None)
    };
    let found = judge();
    assert_eq!(found, judge());
    let source = |_: &str| Some(text.to_owned());
    assert!(render::full(&found, &source).is_empty() == found.is_empty());
    for told in [render::concise(&found), render::markdown(&found), render::github(&found), render::sarif(&found, &|_| None)] {
        assert!(!told.contains('\u{1b}'), "what is told moves the cursor");
    }
});
