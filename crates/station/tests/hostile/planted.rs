//! Every promise against a hostile peer or bearer is broken once, and its test notices.

use redphone_station::planted::{Bug, is_noticed};

use crate::{books, confusion, contact, floods, forged, lies, names};

#[test]
fn alarm_for_each_case_is_noticed() {
    is_noticed(
        Bug::AlarmPerCase,
        floods::serials_broken_by_the_same_rule_are_named_once,
    );
}

#[test]
fn answers_without_end_are_noticed() {
    is_noticed(
        Bug::BudgetWithoutEnd,
        floods::asking_again_and_again_for_everything_is_answered_once_in_a_time,
    );
    is_noticed(
        Bug::BudgetWithoutEnd,
        floods::everything_flash_is_named_once_demoted_and_ours_leaves_first,
    );
    is_noticed(
        Bug::BudgetWithoutEnd,
        lies::second_texts_kept_as_evidence_are_bounded,
    );
}

#[test]
fn file_that_is_not_what_is_said_of_it_is_noticed() {
    is_noticed(
        Bug::BookUnlikeItsDigest,
        books::proposal_that_is_no_lexicon_is_not_taken_and_a_good_one_still_is,
    );
}

#[test]
fn dropped_second_text_is_noticed() {
    is_noticed(
        Bug::FirstTextOnly,
        lies::two_texts_under_one_serial_are_told_and_both_are_kept,
    );
}

#[test]
fn kind_taken_from_the_form_is_noticed() {
    is_noticed(
        Bug::KindFromForm,
        confusion::kind_is_sealed_and_nothing_outside_selects_the_decoder,
    );
}

#[test]
fn recording_that_moves_a_bearer_is_noticed() {
    is_noticed(
        Bug::RepeatsAreNews,
        contact::frames_that_come_again_are_no_news_and_move_no_bearer,
    );
}

#[test]
fn refused_frames_that_are_written_down_are_noticed() {
    is_noticed(
        Bug::RefusedFramesNoted,
        forged::million_forged_frames_move_nothing,
    );
}

#[test]
fn chain_that_moves_before_the_tag_fits_is_noticed() {
    redphone_seal::planted::is_noticed(
        redphone_seal::planted::Bug::AdvancesBeforeAuthentication,
        floods::envelope_whose_tag_does_not_fit_moves_nothing,
    );
}

#[test]
fn names_and_bombs_that_are_shown_as_they_came_are_noticed() {
    use redphone_wire::planted::{Bug, is_noticed};
    is_noticed(
        Bug::ShownAsItCame,
        names::names_of_the_peer_do_nothing_on_our_screens,
    );
    is_noticed(
        Bug::ShownAsItCame,
        names::text_bomb_is_kept_as_it_came_and_shown_short,
    );
}
