//! Every pair of a state and an act, in the table and in a book that was brought to that state.

use std::collections::BTreeMap;

use redphone_desk::asks::{AskState, Cell, Clock, Event, Flag, Refusal, Side, Why, cell};
use redphone_wire::{Act, ActField, ActWord, Item};

use super::book::{ACT_BY_S, ANSWER_BY_S, Book, SERIAL, act, at};

/// The life of an ask as both sides agree on it, beside what ends it at any time.
fn agreed() -> Vec<(AskState, Event, Cell)> {
    use ActWord as Word;
    use AskState as Is;
    let act = |from, word, to| (from, Event::Act(word), Cell::Moves(to, None));
    let late = Cell::Moves(Is::Committed, Some(Flag::LateAnswer));
    let late_no = Cell::Moves(Is::Refused, Some(Flag::LateAnswer));
    let unread = Cell::Moves(Is::Open, Some(Flag::NotReadBack));
    let again = Cell::Moves(Is::Open, Some(Flag::LateAnswer));
    let lapses = |from| {
        (
            from,
            Event::Clock(Clock::AnswerBy),
            Cell::Moves(Is::Lapsed, None),
        )
    };
    let breached = Cell::Moves(Is::Breached, None);
    vec![
        (Is::Draft, Event::Release, Cell::Moves(Is::Sent, None)),
        act(Is::Sent, Word::Received, Is::Delivered),
        act(Is::Delivered, Word::Correct, Is::Understood),
        (
            Is::Understood,
            Event::ReadBackDone,
            Cell::Moves(Is::Open, None),
        ),
        (Is::Delivered, Event::Clock(Clock::ReadBackBy), unread),
        act(Is::Open, Word::Commit, Is::Committed),
        act(Is::Open, Word::Refuse, Is::Refused),
        act(Is::Open, Word::Unable, Is::Unable),
        act(Is::Open, Word::Decline, Is::Declined),
        act(Is::Open, Word::Defer, Is::Deferred),
        act(Is::Open, Word::Counter, Is::Countered),
        act(Is::Open, Word::Dispute, Is::Disputed),
        (Is::Deferred, Event::Clock(Clock::Until), again),
        act(Is::Deferred, Word::Commit, Is::Committed),
        act(Is::Deferred, Word::Refuse, Is::Refused),
        act(Is::Deferred, Word::Defer, Is::Deferred),
        act(Is::Countered, Word::Commit, Is::Committed),
        act(Is::Countered, Word::Refuse, Is::Refused),
        act(Is::Disputed, Word::Commit, Is::Committed),
        act(Is::Disputed, Word::Refuse, Is::Refused),
        lapses(Is::Open),
        lapses(Is::Deferred),
        lapses(Is::Countered),
        lapses(Is::Disputed),
        (Is::Lapsed, Event::Act(Word::Commit), late),
        (Is::Lapsed, Event::Act(Word::Refuse), late_no),
        act(Is::Committed, Word::Done, Is::DoneClaimed),
        (Is::Committed, Event::Clock(Clock::ActBy), breached),
        act(Is::DoneClaimed, Word::Verified, Is::Verified),
        act(Is::DoneClaimed, Word::NotVerified, Is::Breached),
    ]
}

#[test]
fn table_holds_the_life_that_both_sides_agree_on() {
    for (from, event, to) in agreed() {
        assert_eq!(cell(from, event), to, "{from} {event:?}");
    }
    for state in AskState::ALL {
        let ends = !state.is_final() && state != AskState::Draft;
        let withdrawn = cell(state, Event::Act(ActWord::Withdraw));
        let superseded = cell(state, Event::Supersede);
        assert_eq!(withdrawn == Cell::Moves(AskState::Withdrawn, None), ends);
        assert_eq!(superseded == Cell::Moves(AskState::Superseded, None), ends);
        let evaded = cell(state, Event::Prose) == Cell::Stays(Some(Flag::Evaded));
        assert_eq!(
            evaded,
            state.is_unanswered() && state != AskState::Draft,
            "{state}"
        );
    }
}

/// Every refusal that the table, or the words of an act, can give.
fn refusals() -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut refuse = |act, why| {
        let by = Side::Us;
        refusals.push(Refusal { by, act, why });
    };
    for word in ActWord::ALL {
        for state in AskState::ALL {
            if let Cell::Refused(why) = cell(state, Event::Act(word)) {
                refuse(Some(word), why);
            }
        }
        let wrong_side = [Why::OnlyAsked, Why::OnlyAsker];
        refuse(
            Some(word),
            wrong_side[usize::from(word.speaker().is_asker())],
        );
        refuse(Some(word), Why::UnknownAsk);
        for field in [
            ActField::Asks,
            ActField::Evidence,
            ActField::Items,
            ActField::Number,
            ActField::Object,
            ActField::Reason,
            ActField::Seen,
            ActField::Time,
            ActField::Who,
        ] {
            refuse(Some(word), Why::OutOfBounds(field));
        }
    }
    for word in [ActWord::Correct, ActWord::Correction] {
        refuse(Some(word), Why::ReadBackOther);
    }
    refuse(Some(ActWord::ReadBack), Why::ReadBackOld);
    for why in [Why::Full, Why::Known, Why::Unnumbered] {
        refuse(None, why);
    }
    refusals
}

#[test]
fn every_refusal_has_a_sentence_of_its_own_in_both_languages() {
    let mut meanings = BTreeMap::new();
    for refusal in refusals() {
        let meaning = (refusal.act, refusal.why);
        for sentence in [refusal.en(), refusal.ru()] {
            let parts = sentence.strip_suffix('.').unwrap().split(". ").count();
            assert_eq!(parts, 2, "what is wrong, and what to do: {sentence}");
            assert!(!sentence.contains("{}"), "{sentence}");
            let same = meanings.insert(sentence.clone(), meaning);
            assert!(
                same.is_none_or(|same| same == meaning),
                "two meanings: {sentence}"
            );
        }
        assert!(refusal.en().is_ascii(), "{}", refusal.en());
        let latin = refusal.ru().chars().any(|c| c.is_ascii_alphabetic());
        assert!(!latin, "{}", refusal.ru());
    }
    assert!(meanings.len() > 2 * 200, "{}", meanings.len());
}

/// A book whose first ask was brought to a state; a draft is in no book.
fn brought_to(state: AskState) -> Option<Book> {
    use ActWord::{Commit, Counter, Decline, Defer, Dispute, Done, NotVerified, ReadBack};
    use ActWord::{Received, Refuse, Unable, Verified, Withdraw};
    let words: &[ActWord] = match state {
        // Understood is passed through: CORRECT opens the ask in the same breath.
        AskState::Draft | AskState::Understood => return None,
        AskState::Sent => &[],
        AskState::Delivered => &[Received, ReadBack],
        AskState::Open => &[ReadBack, ActWord::Correct],
        AskState::Deferred => &[ReadBack, ActWord::Correct, Defer],
        AskState::Countered => &[ReadBack, ActWord::Correct, Counter],
        AskState::Disputed => &[ReadBack, ActWord::Correct, Dispute],
        AskState::Committed => &[Commit],
        AskState::Refused => &[Refuse],
        AskState::Unable => &[Unable],
        AskState::Declined => &[Decline],
        AskState::DoneClaimed => &[Commit, Done],
        AskState::Verified => &[Commit, Done, Verified],
        AskState::Breached => &[Commit, Done, NotVerified],
        AskState::Lapsed => &[Received],
        AskState::Withdrawn => &[Withdraw],
        AskState::Superseded => &[Received],
    };
    let mut book = Book::after(words);
    if state == AskState::Lapsed {
        book.wait(ANSWER_BY_S + 1);
    }
    if state == AskState::Superseded {
        let records = book.asks.supersede(at(book.second), Side::Us, SERIAL);
        book.take(records);
    }
    assert_eq!(book.state(), state);
    Some(book)
}

#[test]
fn book_does_in_every_state_what_the_table_says() {
    let mut walked = 0;
    for state in AskState::ALL {
        let Some(book) = brought_to(state) else {
            continue;
        };
        // The acts that are about one ask; a read-back depends on its number too.
        for word in ActWord::ALL
            .into_iter()
            .filter(|word| act(*word).ask().is_some())
        {
            let mut after = book.clone();
            let said = after.say(&act(word));
            match cell(state, Event::Act(word)) {
                Cell::Moves(to, flag) => {
                    assert_eq!(said, Ok(1), "{word} when {state}");
                    assert_eq!(after.state(), to, "{word} when {state}");
                    assert!(flag.is_none_or(|flag| after.held().flags.has(flag)));
                }
                Cell::Stays(flag) => {
                    assert_eq!((said, after.state()), (Ok(1), state), "{word}");
                    assert!(flag.is_none_or(|flag| after.held().flags.has(flag)));
                }
                Cell::Nothing => assert_eq!((said, after.asks), (Ok(0), book.asks.clone())),
                Cell::Refused(why) => {
                    assert_eq!(said.unwrap_err().why, why, "{word} when {state}");
                    assert_eq!(after.asks, book.asks, "{word} when {state}");
                }
            }
            walked += 1;
        }
    }
    assert_eq!(walked, 16 * 11);
}

#[test]
fn message_is_read_back_in_whatever_state_its_asks_are() {
    for state in AskState::ALL {
        let Some(book) = brought_to(state) else {
            continue;
        };
        let mut after = book.clone();
        let items = vec![Item {
            item: 1,
            value: "28 October".to_owned(),
        }];
        after.say(&Act::Received).unwrap();
        after.say(&Act::ReadBack { readback: 9, items }).unwrap();
        after.say(&Act::Correct { readback: 9 }).unwrap();
        let opens = matches!(state, AskState::Sent | AskState::Delivered);
        let expected = if opens { AskState::Open } else { state };
        assert_eq!(after.state(), expected);
        after.wait(ACT_BY_S + 1);
    }
}
