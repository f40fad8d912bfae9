//! Lexicons and code books between two stations: proposed, accepted, refused, retired, crossed, held
//! over a restart. Rules BOOK-1 to BOOK-7.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails the test"
)]

mod changeover;
#[path = "../support/mod.rs"]
mod support;
mod table;

use redphone_api::{BookKind, BookState};

use table::{NORD, SUD, Table, lexicon};

#[test]
fn lexicon_is_in_force_once_the_other_side_has_accepted_it_and_both_hold_it_word_for_word() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry that the owner did not allow.");
    table.propose(NORD, BookKind::Lexicon, &file).unwrap();
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "starter-1");
        assert_eq!(table.state(side, "line-2"), Some(BookState::Proposed));
        assert_eq!(table.file(side, "line-2"), file);
    }
    table.accept(SUD, "line-2").unwrap();
    assert_eq!(table.in_force(SUD, BookKind::Lexicon), "line-2");
    assert_eq!(table.in_force(NORD, BookKind::Lexicon), "starter-1");
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "line-2");
        assert_eq!(table.state(side, "starter-1"), Some(BookState::Superseded));
    }
    let again = table.accept(SUD, "line-2").unwrap_err();
    assert!(again.what.contains("is not open to that"), "{again}");
}

#[test]
fn refused_proposal_changes_nothing_and_the_shipped_one_stays() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry that the owner did not allow.");
    table.propose(NORD, BookKind::Lexicon, &file).unwrap();
    table.run();
    table.refuse(SUD, "line-2").unwrap();
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "starter-1");
        assert_eq!(table.state(side, "line-2"), Some(BookState::Refused));
    }
    assert!(table.accept(SUD, "line-2").is_err());
    let known = table.propose(NORD, BookKind::Lexicon, &file).unwrap_err();
    assert!(known.what.contains("raise its version"), "{known}");
}

#[test]
fn retired_one_gives_way_to_the_one_before_on_both_sides() {
    let mut table = Table::new();
    for version in [2, 3] {
        let file = lexicon("line", version, "An entry.");
        table.agree(BookKind::Lexicon, &file, &format!("line-{version}"));
    }
    table.retire(SUD, "line-3").unwrap();
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "line-2");
    }
    table.retire(NORD, "line-2").unwrap();
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "starter-1");
    }
    assert!(table.retire(NORD, "starter-1").is_err());
}

#[test]
fn proposals_that_cross_leave_both_sides_with_the_same_one_in_force() {
    let mut table = Table::new();
    let ours = lexicon("nord", 2, "An entry that the owner did not allow.");
    let theirs = lexicon("sud", 2, "An entry.");
    table.propose(NORD, BookKind::Lexicon, &ours).unwrap();
    table.propose(SUD, BookKind::Lexicon, &theirs).unwrap();
    table.run();
    // Both accept before either hears of it.
    table.accept(NORD, "sud-2").unwrap();
    table.accept(SUD, "nord-2").unwrap();
    table.run();
    let in_force = table.in_force(NORD, BookKind::Lexicon);
    assert_ne!(in_force, "starter-1");
    assert_eq!(table.in_force(SUD, BookKind::Lexicon), in_force);
}

#[test]
fn same_proposal_of_both_sides_is_agreement() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry.");
    for side in [NORD, SUD] {
        table.propose(side, BookKind::Lexicon, &file).unwrap();
    }
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "line-2");
    }
}

#[test]
fn proposal_that_is_withdrawn_while_it_is_accepted_is_in_force_nowhere() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry.");
    table.propose(NORD, BookKind::Lexicon, &file).unwrap();
    table.run();
    table.retire(NORD, "line-2").unwrap();
    table.accept(SUD, "line-2").unwrap();
    table.run();
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "starter-1");
        assert_eq!(table.state(side, "line-2"), Some(BookState::Retired));
    }
}

#[test]
fn restart_between_proposal_and_acceptance_loses_nothing() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry.");
    table.propose(NORD, BookKind::Lexicon, &file).unwrap();
    table.run();
    for side in [NORD, SUD] {
        table.restart(side);
    }
    table.accept(SUD, "line-2").unwrap();
    table.restart(SUD);
    table.run();
    table.restart(NORD);
    for side in [NORD, SUD] {
        assert_eq!(table.in_force(side, BookKind::Lexicon), "line-2");
        assert_eq!(table.file(side, "line-2"), file);
    }
}

#[test]
fn nothing_is_proposed_that_could_not_come_into_force() {
    let mut table = Table::new();
    let same_version = lexicon("line", 1, "An entry.");
    let refusal = table
        .propose(NORD, BookKind::Lexicon, &same_version)
        .unwrap_err();
    assert!(refusal.what.contains("version 1 is in force"), "{refusal}");
    for version in 2..=5 {
        let file = lexicon("line", version, "An entry.");
        table.propose(NORD, BookKind::Lexicon, &file).unwrap();
    }
    let many = table.propose(NORD, BookKind::Lexicon, &lexicon("line", 6, "An entry."));
    assert!(many.unwrap_err().what.contains("are open"));
    let other = lexicon("line", 2, "Another meaning.");
    table.retire(NORD, "line-5").unwrap();
    let taken = table.propose(NORD, BookKind::Lexicon, &other).unwrap_err();
    assert!(
        taken.what.contains("another one is named line-2"),
        "{taken}"
    );
}

#[cfg(feature = "planted-bugs")]
mod planted {
    use redphone_desk::planted::{Bug, is_noticed};

    use super::*;

    #[test]
    fn proposal_that_is_in_force_before_it_is_accepted_is_noticed() {
        is_noticed(
            Bug::ProposalInForce,
            lexicon_is_in_force_once_the_other_side_has_accepted_it_and_both_hold_it_word_for_word,
        );
        is_noticed(
            Bug::ProposalInForce,
            refused_proposal_changes_nothing_and_the_shipped_one_stays,
        );
    }
}
