//! A disk that acknowledges what it has not stored: the simulator must see what follows. FAULTS: F03.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

use redphone_sim::{Bug, Plan, run};

#[test]
fn planted_disk_that_lies_about_its_cache_is_noticed() {
    let plan = Plan {
        hours: 1,
        bug: Some(Bug::DiskLies),
        ..Plan::default()
    };
    let noticed = (1..20).find_map(|seed| run(seed, &plan).err().map(|broken| (seed, broken)));
    let (seed, broken) = noticed.unwrap();
    println!("seed {seed}: {broken}");
}
