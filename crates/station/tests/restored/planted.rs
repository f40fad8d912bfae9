//! What a restore promises is broken once, and its test notices.

use redphone_station::planted::{Bug, is_noticed};

use crate::lines;

#[test]
fn keys_of_lines_in_a_backup_are_noticed() {
    is_noticed(
        Bug::LineKeysKept,
        crate::copy_holds_no_key_of_a_line_and_draws_otherwise,
    );
    is_noticed(
        Bug::LineKeysKept,
        lines::restored_home_beside_the_old_one_says_nothing_on_the_line,
    );
}

#[test]
fn numbers_taken_again_are_noticed() {
    is_noticed(
        Bug::NumbersTakenAgain,
        lines::no_number_is_taken_twice_after_a_restore,
    );
}
