//! Each promise of the journal is broken once, and its test notices.

use std::panic::catch_unwind;

use redphone_journal::planted::{Bug, plant};

use super::*;

/// The test must fail with the bug. Without it it is a test of its own.
fn is_noticed(bug: Bug, test: fn()) {
    plant(Some(bug));
    let outcome = catch_unwind(test);
    plant(None);
    assert!(outcome.is_err(), "{bug:?} went unseen");
}

#[test]
fn chain_that_is_not_followed_is_noticed() {
    is_noticed(
        Bug::ChainUnchecked,
        record_of_another_life_of_the_same_home_is_out_of_the_chain,
    );
}

#[test]
fn damage_that_is_taken_for_absence_is_noticed() {
    is_noticed(
        Bug::DamageIsAbsence,
        flipped_bit_of_any_byte_is_an_error_that_names_the_part,
    );
    is_noticed(
        Bug::DamageIsAbsence,
        every_value_cut_short_or_lost_is_noticed,
    );
}

#[test]
fn vault_that_nobody_vouches_for_is_noticed() {
    is_noticed(Bug::DigestUnchecked, vault_row_of_another_time_is_named);
    is_noticed(
        Bug::DigestUnchecked,
        every_value_cut_short_or_lost_is_noticed,
    );
}

#[test]
fn going_on_after_a_failed_append_is_noticed() {
    is_noticed(
        Bug::PoisonForgotten,
        failed_append_poisons_the_journal_until_it_is_opened_anew,
    );
}
