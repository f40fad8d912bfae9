//! Good forms pass, and one thing dropped or blurred in them does not (rules C01 to C15, O03 to O06).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails says so"
)]

mod support;

use redphone_clarity::{Defaults, Draft, Expected, Lack, complete, cross};
use support::{DELIVERED, RELEASED, mutants, warnings};

/// What blocks a draft.
fn blocking(draft: &Draft) -> Vec<Lack> {
    let completed = complete(draft, &Defaults::default());
    let mut lacks = completed.lacks;
    if let Some(form) = &completed.form {
        let expected = Expected {
            now: RELEASED,
            delivered: Some(DELIVERED),
        };
        lacks.extend(cross(form, expected, None));
    }
    lacks.retain(Lack::blocks);
    lacks
}

#[test]
fn well_formed_warnings_are_not_blocked() {
    let mut blocked = Vec::new();
    for (name, draft) in warnings() {
        blocked.extend(
            blocking(&draft)
                .into_iter()
                .map(|lack| (name.clone(), lack)),
        );
    }
    assert!(blocked.is_empty(), "{blocked:#?}");
}

#[test]
fn every_part_or_field_that_is_dropped_blocks() {
    let passed = unblocked(mutants::dropped, 800);
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn every_time_out_of_order_or_of_two_readings_blocks() {
    let passed = unblocked(mutants::mistimed, 400);
    assert!(passed.is_empty(), "{passed:#?}");
}

/// The mutants that nothing blocks, of at least so many in each language.
fn unblocked(mutate: fn(&Draft) -> Vec<mutants::Mutant>, least: usize) -> Vec<(String, String)> {
    let mut passed = Vec::new();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for (name, draft) in warnings() {
        for (what, mutant) in mutate(&draft) {
            *seen.entry(name[..2].to_owned()).or_default() += 1;
            if blocking(&mutant).is_empty() {
                passed.push((name.clone(), what));
            }
        }
    }
    println!("mutants: {seen:?}");
    assert!(seen.values().all(|count| *count >= least), "{seen:?}");
    passed
}
