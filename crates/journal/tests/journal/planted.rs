//! Each promise of the journal is broken once, and its test notices.

use redphone_journal::planted::{Bug, is_noticed};

use super::*;

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
