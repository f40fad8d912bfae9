//! What is promised of orders is broken once, and its test notices.

use redphone_station::planted::{Bug, is_noticed};

use crate::{orders, readers};

#[test]
fn order_that_nobody_signed_is_noticed() {
    is_noticed(
        Bug::UnsignedTaken,
        orders::whoever_opens_the_socket_gets_what_is_open_and_nothing_else,
    );
}

#[test]
fn named_readers_that_are_not_asked_for_are_noticed() {
    is_noticed(
        Bug::ReadersUnasked,
        readers::text_that_names_its_readers_is_opened_by_them_alone,
    );
}

#[test]
fn signature_that_is_taken_again_is_noticed() {
    is_noticed(
        Bug::SignatureTakenAgain,
        orders::signature_is_for_one_request_once,
    );
}
