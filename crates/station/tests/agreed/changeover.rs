//! From one code book or lexicon to the next: what was written by the older one stays what it was.

use redphone_api::{BookKind, BookState, Request};
use redphone_clarity::CodeBook;
use redphone_wire::{Form, Information, Language, LexiconId, Mark, Part, to_bytes};

use crate::support::name;
use crate::table::{NORD, SUD, Table, code_book, lexicon};

fn information(lexicon: Option<LexiconId>) -> Form {
    Form::Information(Information {
        language: Language::English,
        lexicon,
        event: Part::Marked(Mark::NotDisclosed),
        basis: Part::Marked(Mark::NotDisclosed),
        note: Some("We recorded T-007 in the registers listed in Annex 1.".to_owned()),
    })
}

fn id(file: &str) -> LexiconId {
    redphone_clarity::Lexicon::parse(file).unwrap().id()
}

fn send(table: &mut Table, lexicon: Option<LexiconId>) -> Result<(), redphone_api::Refusal> {
    let request = Request::SendForm {
        to: None,
        precedence: "routine".to_owned(),
        form: to_bytes(&information(lexicon)),
        officer: "1st watch".to_owned(),
    };
    table.ask(NORD, request).map(drop)
}

/// NORD's newest message as SUD reads it.
fn newest(table: &mut Table) -> redphone_api::Message {
    let serial = table.pair.sides[SUD]
        .hub
        .desk()
        .peer(&name("NORD"))
        .map_or(0, redphone_desk::PeerDesk::highest_in);
    table.read(SUD, &format!("NORD-{serial:04}")).unwrap()
}

#[test]
fn form_is_checked_by_the_lexicon_in_force_and_read_by_the_one_that_it_names() {
    let mut table = Table::new();
    let file = lexicon("line", 2, "An entry that the owner did not allow.");
    let starter = redphone_desk::shipped_lexicon().unwrap().id();
    let refused = send(&mut table, Some(id(&file))).unwrap_err();
    assert!(refused.what.contains("C05"), "{refused}");
    table.agree(BookKind::Lexicon, &file, "line-2");
    assert!(send(&mut table, Some(starter)).is_err());
    send(&mut table, Some(id(&file))).unwrap();
    table.run();

    let check = |table: &mut Table, state| {
        let form = newest(table).form.unwrap();
        assert_eq!(form.lexicon.as_ref().unwrap().state, state);
        assert_eq!(form.terms.len(), 1, "{form:?}");
        let term = &form.terms[0];
        assert_eq!(
            (term.id.as_str(), term.word.en.as_str()),
            ("T-007", "entry into a register")
        );
        assert_eq!(term.means.en, "An entry that the owner did not allow.");
        assert_eq!(term.excludes.ru, "чтение открытого");
        assert!(
            form.ru
                .iter()
                .any(|line| line.text.contains("проникновение в реестр"))
        );
    };
    check(&mut table, BookState::InForce);
    table.retire(SUD, "line-2").unwrap();
    check(&mut table, BookState::Retired);
}

#[test]
fn form_of_a_lexicon_that_is_not_held_shows_numbers_and_says_so() {
    let mut table = Table::new();
    let elsewhere = id(&lexicon("other", 9, "An entry."));
    let now = table.pair.now;
    let form = information(Some(elsewhere));
    let routine = redphone_wire::Precedence::Routine;
    // Past the check of the sender's own desk.
    let nord = &mut table.pair.sides[NORD].hub;
    nord.send_form(now, &name("SUD"), routine, form, "1st watch")
        .unwrap();
    nord.commit(now).unwrap();
    table.run();
    let form = newest(&mut table).form.unwrap();
    assert_eq!(form.lexicon.unwrap().state, BookState::NotHeld);
    assert!(form.terms.is_empty());
    assert!(
        form.en
            .iter()
            .any(|line| line.text.contains("We recorded T-007 in"))
    );
}

#[test]
fn old_codes_stay_readable_and_new_ones_go_only_when_both_sides_agreed() {
    let mut table = Table::new();
    let second = code_book(2, "C-20", "We stop.");
    table.propose(NORD, BookKind::Codebook, &second).unwrap();
    assert!(table.send_code(NORD, "C-20").is_err());
    table.run();
    assert!(table.send_code(NORD, "C-20").is_err());
    table.accept(SUD, "line-2").unwrap();
    // Its FLASH overtakes nothing that NORD needs to read it.
    table.send_code(SUD, "C-20").unwrap();
    table.run();
    let read = table.read(NORD, "SUD-0002").unwrap();
    assert!(read.text.starts_with("We stop. Hours: 4."), "{}", read.text);

    let third = code_book(3, "C-21", "We go on.");
    table.agree(BookKind::Codebook, &third, "line-3");
    assert!(table.send_code(NORD, "C-20").is_err());
    table.send_code(NORD, "C-21").unwrap();
    table.run();
    assert!(newest(&mut table).text.starts_with("We go on. Hours: 4."));
    let old = table.read(NORD, "SUD-0002").unwrap();
    assert_eq!(old.text, read.text);
}

#[test]
fn code_that_was_sealed_before_a_change_is_read_by_the_book_that_was_meant() {
    let mut table = Table::new();
    table.agree(
        BookKind::Codebook,
        &code_book(2, "C-20", "We stop."),
        "line-2",
    );
    table
        .propose(SUD, BookKind::Codebook, &code_book(3, "C-21", "We go on."))
        .unwrap();
    table.run();
    // NORD writes by the second book while SUD is told of the third.
    table.accept(NORD, "line-3").unwrap();
    table.retire(NORD, "line-3").unwrap();
    table.send_code(NORD, "C-20").unwrap();
    table.run();
    assert!(newest(&mut table).text.starts_with("We stop."));
}

#[test]
fn book_whose_check_is_taken_is_not_agreed_on() {
    let mut table = Table::new();
    let taken = CodeBook::starter().unwrap().check();
    let twin = (2..u16::MAX)
        .map(|version| code_book(version, "C-20", "We stop."))
        .find(|file| CodeBook::parse(file).unwrap().check() == taken)
        .unwrap();
    let refused = table.propose(NORD, BookKind::Codebook, &twin).unwrap_err();
    assert!(refused.what.contains("the check of"), "{refused}");
}

#[test]
fn code_keeps_its_meaning_and_its_lexicon_must_be_agreed_on() {
    let mut table = Table::new();
    let other = code_book(2, "C-06", "We stop.");
    let refused = table.propose(NORD, BookKind::Codebook, &other).unwrap_err();
    assert!(
        refused.what.contains("C-06 says something else"),
        "{refused}"
    );
    let of_nobody = code_book(2, "C-20", "We stop.").replace("starter-1", "line-9");
    let refused = table
        .propose(NORD, BookKind::Codebook, &of_nobody)
        .unwrap_err();
    assert!(refused.what.contains("which is not agreed on"), "{refused}");
}
