//! Any bytes: reading them never panics, and what is read without an error is written and read again as the same.
#![no_main]

use formwork::diagnostic::any_error;
use formwork::emit::yaml;
use formwork::template::parse::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (template, places, diagnostics) = parse(text, "t.yaml");
    for path in diagnostics.iter().filter_map(|diagnostic| diagnostic.path.as_deref()) {
        assert!(places.nearest(path).is_some() || template == Default::default(), "`{path}` has no place");
    }
    if !any_error(&diagnostics) {
        let written = yaml::template(&template);
        let (again, _, diagnostics) = parse(&written, "t.yaml");
        assert!(!any_error(&diagnostics), "{diagnostics:?}\n{written}");
        assert_eq!(again, template, "{written}");
    }
});
