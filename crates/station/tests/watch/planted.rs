//! What is promised of the watch is broken once, and its test notices.

use redphone_station::planted::{Bug, is_noticed};

use crate::alarm;

#[test]
fn silence_that_acknowledges_is_noticed() {
    is_noticed(
        Bug::SilenceAcknowledges,
        alarm::silence_is_local_comes_back_by_itself_and_acknowledges_nothing,
    );
}
