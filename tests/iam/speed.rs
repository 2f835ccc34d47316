//! How long one evaluation takes.

use std::hint::black_box;
use std::time::Instant;

use formwork::iam::evaluation::evaluate;

use super::{case, table};

#[test]
#[ignore = "a figure, not a check"]
fn one_evaluation() {
    let cases: Vec<_> = table::rows().iter().map(|row| case::read(&row.case)).collect();
    let start = Instant::now();
    let mut count = 0_u32;
    for _ in 0..200 {
        for (request, policies) in &cases {
            black_box(evaluate(black_box(request), policies));
            count += 1;
        }
    }
    println!("{:?} an evaluation", start.elapsed() / count);
}
