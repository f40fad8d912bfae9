//! What may be said of an ask, by whom, and what the book makes of it.

use redphone_desk::asks::{
    ASKS_HELD_MAX, AskKey, AskRecord, AskState, Asks, BoardCounts, Flag, Side, Why,
};
use redphone_wire::limits::ASKS_MAX;
use redphone_wire::{Act, ActField, ActWord, Ask, Item, Serial, UtcSeconds, Verb};

use super::book::{ACT_BY_S, ANSWER_BY_S, Book, KEY, SERIAL, START_S, act, ask, at, said};

fn commit(verb: Verb, object: &str, by: u32) -> Act {
    Act::Commit {
        ask: 1,
        who: "SUD watch".to_owned(),
        verb,
        object: object.to_owned(),
        by: UtcSeconds(by),
    }
}

#[test]
fn answer_before_the_read_back_is_taken_and_flagged() {
    for words in [&[][..], &[ActWord::Received], &[ActWord::ReadBack]] {
        let mut book = Book::after(words);
        book.say(&act(ActWord::Commit)).unwrap();
        assert_eq!(book.state(), AskState::Committed, "{words:?}");
        assert_eq!(book.flags(), [Flag::NotReadBack], "{words:?}");
    }
    let mut book = Book::open();
    book.say(&act(ActWord::Commit)).unwrap();
    assert_eq!(book.flags(), []);
}

#[test]
fn commitment_to_another_deed_or_a_later_time_is_a_counter() {
    let object = ask(1).object;
    let (verb, by) = (ask(1).verb, ACT_BY_S);
    for other in [
        commit(Verb::Provide, &object, by),
        commit(verb, "the log of 29 October", by),
        commit(verb, &object, by + 1),
    ] {
        let mut book = Book::open();
        book.say(&other).unwrap();
        assert_eq!(book.state(), AskState::Countered, "{other:?}");
        assert_eq!(book.flags(), [Flag::CommitMismatch], "{other:?}");
        book.say(&act(ActWord::Commit)).unwrap();
        assert_eq!(book.state(), AskState::Committed, "then as it was asked");
    }
    for same in [commit(verb, &object, by), commit(verb, &object, START_S)] {
        let mut book = Book::open();
        book.say(&same).unwrap();
        assert_eq!(book.state(), AskState::Committed, "{same:?}");
        assert_eq!(book.flags(), []);
    }
}

#[test]
fn object_with_unseen_letters_is_held_as_shown_and_can_be_committed_to() {
    let asked = Ask {
        object: "log\u{202e}txt".to_owned(),
        ..ask(1)
    };
    let mut book = Book::default();
    let listed = book
        .asks
        .list(at(1), Side::Us, SERIAL, &[asked], UtcSeconds(9));
    book.take(listed.unwrap());
    assert_eq!(book.held().ask.object, "log<U+202E>txt");
    for echoed in ["log\u{202e}txt", "log<U+202E>txt"] {
        let mut book = book.clone();
        book.say(&commit(ask(1).verb, echoed, ACT_BY_S)).unwrap();
        assert_eq!(book.state(), AskState::Committed);
        assert_eq!(book.held().terms.words, "preserve log<U+202E>txt");
    }
}

#[test]
fn act_of_the_wrong_side_is_refused() {
    let book = Book::open();
    for word in ActWord::ALL {
        let asker = word.speaker().is_asker();
        let (wrong, why) = if asker {
            (Side::Peer, Why::OnlyAsker)
        } else {
            (Side::Us, Why::OnlyAsked)
        };
        let refused = book.asks.handle_act(at(1), said(wrong), &act(word));
        let refusal = refused.unwrap_err();
        assert_eq!((refusal.by, refusal.why), (wrong, why), "{word}");
    }
}

#[test]
fn act_moves_its_own_ask_and_no_other() {
    let mut book = Book::open();
    book.say(&act(ActWord::Refuse)).unwrap();
    let other = AskKey { number: 2, ..KEY };
    let held = book.asks.ask(other).unwrap();
    assert_eq!(held.state, AskState::Open);
    let unknown = Act::Decline { ask: 3 };
    assert_eq!(book.refused(&unknown), Why::UnknownAsk);
    let nought = Act::Decline { ask: 0 };
    assert_eq!(book.refused(&nought), Why::OutOfBounds(ActField::Number));
}

#[test]
fn read_back_is_of_the_whole_message_and_counts_once() {
    let items = vec![Item {
        item: 1,
        value: "28 October".to_owned(),
    }];
    let read_back = |readback| Act::ReadBack {
        readback,
        items: items.clone(),
    };
    let mut book = Book::after(&[ActWord::Received]);
    book.say(&act(ActWord::Refuse)).unwrap();
    let correct = |readback| Act::Correct { readback };
    assert_eq!(book.refused(&correct(1)), Why::NothingReadBack);
    book.say(&read_back(1)).unwrap();
    assert_eq!(book.refused(&read_back(1)), Why::ReadBackOld);
    book.say(&act(ActWord::Correction)).unwrap();
    assert_eq!(book.refused(&correct(1)), Why::NothingReadBack, "corrected");
    book.say(&read_back(2)).unwrap();
    assert_eq!(book.refused(&correct(1)), Why::ReadBackOther);
    book.say(&correct(2)).unwrap();

    assert_eq!(book.state(), AskState::Refused, "its answer stands");
    let other = AskKey { number: 2, ..KEY };
    assert_eq!(book.asks.ask(other).unwrap().state, AskState::Open);
}

#[test]
fn withdrawing_or_superseding_ends_what_is_not_final_and_nothing_else() {
    for words in [
        &[][..],
        &[ActWord::Defer],
        &[ActWord::Commit],
        &[ActWord::Commit, ActWord::Done],
    ] {
        let mut book = Book::after(words);
        book.say(&act(ActWord::Withdraw)).unwrap();
        assert_eq!(book.state(), AskState::Withdrawn, "{words:?}");
        let mut book = Book::after(words);
        let records = book.asks.supersede(at(book.second), Side::Us, SERIAL);
        book.take(records);
        assert_eq!(book.state(), AskState::Superseded, "{words:?}");
    }
    let book = Book::after(&[ActWord::Commit, ActWord::Done, ActWord::Verified]);
    assert_eq!(book.refused(&act(ActWord::Withdraw)), Why::WasVerified);
    let records = book.asks.supersede(at(book.second), Side::Us, SERIAL);
    assert_eq!(records.len(), 1, "the other ask only");
}

#[test]
fn reply_is_told_which_asks_it_leaves_unanswered() {
    let mut book = Book::open();
    let left = |book: &Book, acts: &[Act]| book.asks.left_open(at(START_S), said(Side::Peer), acts);
    let of_two = Act::Refuse {
        ask: 2,
        reason: None,
    };
    assert_eq!(left(&book, &[]), [1, 2], "prose");
    assert_eq!(left(&book, &[act(ActWord::Commit)]), [2]);
    assert_eq!(left(&book, &[act(ActWord::Defer), of_two.clone()]), [1]);
    assert_eq!(left(&book, &[act(ActWord::Commit), of_two]), [0; 0]);
    assert_eq!(
        left(&book, &[commit(Verb::Stop, "it", ACT_BY_S)]),
        [1, 2],
        "a commitment to another deed"
    );
    let before = book.clone();
    let prose = book.asks.handle_prose(at(START_S), Side::Us, SERIAL);
    book.take(prose);
    assert_eq!(book.state(), before.state());
    assert_eq!(book.flags(), [Flag::Evaded]);
}

#[test]
fn asks_that_do_not_count_from_one_or_are_here_already_are_refused() {
    let list = |asks: &Asks, of: &[Ask]| {
        let listed = asks.list(at(1), Side::Peer, SERIAL, of, UtcSeconds(9));
        listed.map(|records| records.len()).map_err(|no| no.why)
    };
    let asks = Asks::default();
    assert_eq!(list(&asks, &[]), Ok(0));
    assert_eq!(list(&asks, &[ask(2)]), Err(Why::Unnumbered));
    assert_eq!(list(&asks, &[ask(1), ask(1)]), Err(Why::Unnumbered));
    let most: Vec<Ask> = (1..=16).map(ask).collect();
    assert_eq!(list(&asks, &most), Ok(ASKS_MAX));
    let long = Ask {
        object: "x".repeat(513),
        ..ask(1)
    };
    let bound = Why::OutOfBounds(ActField::Object);
    assert_eq!(list(&asks, &[long]), Err(bound));
    let book = Book::sent();
    assert_eq!(list(&book.asks, &[ask(1)]), Ok(1), "the peer's own 7");
    let again = book
        .asks
        .list(at(1), Side::Us, SERIAL, &[ask(1)], UtcSeconds(9));
    assert_eq!(again.unwrap_err().why, Why::Known);
}

#[test]
fn full_book_refuses_and_final_asks_leave_it_first() {
    let mut book = Book::default();
    let list = |book: &Book, asker, serial| {
        let asks = [ask(1), ask(2)];
        book.asks
            .list(at(1), asker, Serial(serial), &asks, UtcSeconds(9))
    };
    let half = u32::try_from(ASKS_HELD_MAX / 2).unwrap();
    for serial in 1..=half {
        let listed = list(&book, Side::Us, serial).unwrap();
        book.take(listed);
    }
    let refused = list(&book, Side::Us, half + 1).unwrap_err();
    assert_eq!(refused.why, Why::Full);
    assert!(list(&book, Side::Peer, 1).is_ok(), "theirs have room");

    for ask in [1, 2] {
        book.say(&Act::Withdraw { ask }).unwrap();
    }
    let listed = list(&book, Side::Us, half + 1).unwrap();
    book.take(listed);
    assert_eq!(book.asks.iter().count(), ASKS_HELD_MAX);
    assert!(book.asks.ask(KEY).is_none(), "the withdrawn one left");
    let first = AskKey {
        serial: Serial(1),
        ..KEY
    };
    assert!(book.asks.ask(first).is_some(), "what waits stays");
}

#[test]
fn board_says_whose_word_is_next_and_what_is_late() {
    let mut book = Book::open();
    let counts = |book: &Book| book.asks.board(at(book.second)).counts();
    let two = BoardCounts {
        waited_for: 2,
        due: 2,
        ..BoardCounts::default()
    };
    assert_eq!(counts(&book), two);

    book.say(&act(ActWord::Counter)).unwrap();
    assert_eq!(
        counts(&book),
        BoardCounts {
            countered: 1,
            ..two
        }
    );
    book.say(&act(ActWord::Commit)).unwrap();
    book.wait(ANSWER_BY_S + 1);
    let lapsed = BoardCounts {
        due: 1,
        lapsed: 1,
        ..two
    };
    assert_eq!(counts(&book), lapsed, "ask 2 lapsed, ask 1 is due");
    book.say(&act(ActWord::Done)).unwrap();
    let board = book.asks.board(at(book.second));
    assert_eq!(board.owed, [KEY], "we owe a look at the deed");
    book.say(&act(ActWord::NotVerified)).unwrap();
    let breached = BoardCounts {
        waited_for: 2,
        lapsed: 1,
        breached: 1,
        ..BoardCounts::default()
    };
    assert_eq!(counts(&book), breached);
}

#[test]
fn replay_of_the_records_is_the_book() {
    let mut book = Book::open();
    for word in [ActWord::Defer, ActWord::Defer, ActWord::Commit] {
        book.say(&act(word)).unwrap();
    }
    book.wait(ACT_BY_S + 1);
    let mut replayed = Asks::default();
    for record in &book.records {
        let bytes = redphone_wire::to_bytes(record);
        let read = redphone_wire::from_bytes::<AskRecord>(&bytes).unwrap();
        replayed.apply(&read);
    }
    assert_eq!(replayed, book.asks);
    let bytes = redphone_wire::to_bytes(&book.asks);
    assert_eq!(redphone_wire::from_bytes::<Asks>(&bytes), Ok(replayed));
}
