//! What is promised of asks is broken once, and its test notices.

use redphone_station::planted::{Bug, is_noticed};

use crate::{order, readback, story};

#[test]
fn acts_that_count_as_they_come_are_noticed() {
    is_noticed(
        Bug::ActsAsTheyCome,
        order::acts_count_in_the_order_of_serials_whatever_comes_first,
    );
}

#[test]
fn answer_that_its_own_desk_does_not_hear_is_noticed() {
    is_noticed(
        Bug::OwnAnswerUnheard,
        story::commitment_on_one_ask_and_deferral_of_the_other_move_these_and_no_more,
    );
}

#[test]
fn order_wire_that_is_opened_at_every_further_miss_is_noticed() {
    redphone_desk::planted::is_noticed(
        redphone_desk::planted::Bug::SpokenAgain,
        readback::item_missed_three_times_goes_to_the_order_wire_once_whatever_restarts,
    );
}
