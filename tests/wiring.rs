//! Wirings that must not compile, and what rustc says of them.

#[test]
fn wrong_wirings_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/wiring/*.rs");
}
