//! What the times of an ask do: a time that passed is seen, and closes nothing.

use redphone_desk::asks::{AskState, Flag, Side};
use redphone_wire::{Act, ActWord, UtcSeconds};

use super::book::{ACT_BY_S, ANSWER_BY_S, Book, READBACK_BY_S, act, at, said};

fn defer(until: u32) -> Act {
    Act::Defer {
        ask: 1,
        until: UtcSeconds(until),
        who: "SUD watch".to_owned(),
    }
}

#[test]
fn clock_does_not_run_before_the_message_is_there() {
    let mut book = Book::sent();
    assert_eq!(book.asks.poll_timeout(), None);
    book.wait(ACT_BY_S + 1);
    assert_eq!(book.state(), AskState::Sent);
    let board = book.asks.board(at(book.second));
    assert_eq!(board.due.len(), 2, "and yet it is shown as due");
}

#[test]
fn message_that_nobody_reads_back_opens_and_is_flagged() {
    let mut book = Book::after(&[ActWord::Received]);
    assert_eq!(book.asks.poll_timeout(), Some(at(READBACK_BY_S + 1)));
    book.wait(READBACK_BY_S);
    assert_eq!(book.state(), AskState::Delivered, "its second is in time");
    book.wait(READBACK_BY_S + 1);
    assert_eq!(book.state(), AskState::Open);
    assert_eq!(book.flags(), [Flag::NotReadBack]);
    book.say(&act(ActWord::ReadBack)).unwrap();
    book.say(&act(ActWord::Correct)).unwrap();
    assert_eq!(book.flags(), [Flag::NotReadBack], "late is not in time");
}

#[test]
fn ask_without_an_answer_lapses_and_a_late_answer_is_taken() {
    for word in [
        ActWord::Commit,
        ActWord::Refuse,
        ActWord::Unable,
        ActWord::Decline,
    ] {
        let mut book = Book::open();
        book.wait(ANSWER_BY_S);
        assert_eq!(book.state(), AskState::Open);
        book.wait(ANSWER_BY_S + 1);
        assert_eq!(book.state(), AskState::Lapsed);
        book.say(&act(word)).unwrap();
        assert!(!book.state().is_unanswered(), "{word}");
        assert_eq!(book.flags(), [Flag::LateAnswer], "{word}");
    }
    for word in [ActWord::Counter, ActWord::Dispute, ActWord::Defer] {
        let mut book = Book::open();
        book.wait(ANSWER_BY_S + 1);
        book.say(&act(word)).unwrap();
        assert_eq!(book.state(), AskState::Lapsed, "{word} hides nothing");
        assert_eq!(book.flags(), [Flag::LateAnswer], "{word}");
    }
}

#[test]
fn deferral_past_its_time_opens_the_ask_again_and_never_puts_off_the_lapse() {
    let mut book = Book::open();
    book.say(&defer(ANSWER_BY_S - 50)).unwrap();
    assert_eq!((book.state(), book.flags()), (AskState::Deferred, vec![]));
    book.wait(ANSWER_BY_S - 49);
    assert_eq!(book.state(), AskState::Open);
    assert_eq!(book.flags(), [Flag::LateAnswer]);

    let mut book = Book::open();
    book.say(&defer(ANSWER_BY_S + 50)).unwrap();
    assert_eq!(book.flags(), [Flag::LateAnswer], "later than asked for");
    book.wait(ANSWER_BY_S + 1);
    assert_eq!(book.state(), AskState::Lapsed);
}

#[test]
fn second_deferral_is_flagged_whatever_came_between() {
    let mut book = Book::open();
    book.say(&defer(ANSWER_BY_S)).unwrap();
    assert_eq!(book.flags(), []);
    book.say(&act(ActWord::Dispute)).unwrap();
    book.say(&defer(ANSWER_BY_S)).unwrap();
    assert_eq!(book.flags(), [Flag::SecondDefer]);
}

#[test]
fn commitment_past_its_time_is_a_breach_that_a_late_deed_does_not_hide() {
    let mut book = Book::open();
    book.say(&act(ActWord::Commit)).unwrap();
    book.wait(ACT_BY_S);
    assert_eq!(book.state(), AskState::Committed);
    book.wait(ACT_BY_S + 1);
    assert_eq!(book.state(), AskState::Breached);
    book.second += 60;
    book.say(&act(ActWord::Done)).unwrap();
    book.say(&act(ActWord::Verified)).unwrap();
    assert_eq!(book.state(), AskState::Verified);
    assert_eq!(book.held().breached, Some(at(ACT_BY_S + 1)));
}

#[test]
fn time_that_is_over_comes_before_the_act_that_is_said_after_it() {
    let mut book = Book::after(&[ActWord::Received]);
    book.second = ANSWER_BY_S + 1;
    assert_eq!(book.say(&act(ActWord::Commit)), Ok(3));
    assert_eq!(book.state(), AskState::Committed);
    assert_eq!(book.flags(), [Flag::NotReadBack, Flag::LateAnswer]);
}

#[test]
fn clock_that_is_set_back_or_far_ahead_moves_nothing_back_and_closes_nothing() {
    let mut book = Book::open();
    book.wait(u32::MAX);
    assert_eq!(book.state(), AskState::Lapsed);
    book.wait(1);
    assert_eq!(book.state(), AskState::Lapsed);
    assert_eq!(book.asks.poll_timeout(), None);
    let acts = [act(ActWord::Commit)];
    let left = book.asks.left_open(at(1), said(Side::Peer), &acts);
    assert_eq!(left, [2]);
}
