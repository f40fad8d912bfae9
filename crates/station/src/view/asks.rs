//! Asks as their officers see them: the board, the table, and what a reply left open.

use redphone_api::{
    Ask, AskBoard, AskCell, AskCounts, AskName, AskOutcome, AskTime, LeftOpen, Refusal, RefusedAct,
    Response, Word,
};
use redphone_desk::asks::{
    self, AskKey, AskState, Cell, Clock, Event, Flag, HeldAsk, Reply, Side, cell,
};
use redphone_journal::Storage;
use redphone_wire::{ActWord, Now, PartyName, Serial, Utc, UtcSeconds};

use super::count;
use crate::hub::Hub;
use crate::rights::Sight;

impl<S: Storage> Hub<S> {
    /// What each side owes the other, what is due first.
    /// Texts are left out of asks whose message the asker may not open.
    pub(crate) fn ask_board(
        &mut self,
        now: Now,
        peer: Option<String>,
        sight: &Sight,
    ) -> Result<Response, Refusal> {
        let peers = match peer {
            Some(_) => vec![self.choose_peer(peer)?],
            None => self.peers(),
        };
        let mut board = AskBoard {
            station: self.name.to_string(),
            ..AskBoard::default()
        };
        let mut open: Vec<(UtcSeconds, Ask)> = Vec::new();
        let mut due: Vec<(UtcSeconds, AskName)> = Vec::new();
        for peer in &peers {
            board.readbacks.extend(self.readbacks_open(peer));
            let Some(book) = self.desk.asks(peer) else {
                continue;
            };
            let lists = book.board(now.utc);
            let names = |keys: Vec<AskKey>| keys.into_iter().map(|key| self.ask_name(peer, key));
            board.waited_for.extend(names(lists.waited_for));
            board.owed.extend(names(lists.owed));
            board.lapsed.extend(names(lists.lapsed));
            board.breached.extend(names(lists.breached));
            board.countered.extend(names(lists.countered));
            let due_here = lists.due.into_iter();
            due.extend(due_here.map(|(at, key)| (at, self.ask_name(peer, key))));
            let live = book.iter().filter(|(_, held)| !held.state.is_final());
            open.extend(live.map(|(key, held)| (urgent_by(held), self.ask_view(peer, *key, held))));
        }
        due.sort_by_key(|(at, _)| *at);
        open.sort_by_key(|(at, _)| *at);
        board.due = due.into_iter().map(|(_, name)| name).collect();
        board.asks = open.into_iter().map(|(_, ask)| ask).collect();
        board.counts = counts(&board);
        for ask in &mut board.asks {
            if !self.may_see(&ask.name.message, sight) {
                veil(ask);
            }
        }
        Ok(Response::Asks(Box::new(board)))
    }

    /// The asks of one message.
    pub(crate) fn asks_of(&self, peer: &PartyName, asker: Side, serial: Serial) -> Vec<Ask> {
        let book = self.desk.asks(peer).into_iter();
        let asks = book.flat_map(|book| book.of_message(asker, serial));
        asks.map(|(key, held)| self.ask_view(peer, *key, held))
            .collect()
    }

    /// What came of what a message said about asks.
    pub(crate) fn reply_of(
        &self,
        peer: &PartyName,
        by: Side,
        serial: Serial,
    ) -> Option<redphone_api::Reply> {
        let desk = self.desk.peer(peer)?;
        let waits = by == Side::Peer && desk.reply_waits(serial);
        let kept = desk.reply(by, serial);
        if kept.is_none() && !waits {
            return None;
        }
        let none = Reply::default();
        let kept = kept.unwrap_or(&none);
        let refused = kept.refused.iter().map(|(position, refusal)| RefusedAct {
            position: *position,
            because: word(&refusal.en(), &refusal.ru()),
        });
        Some(redphone_api::Reply {
            waits,
            left_open: self.left_open(peer, kept),
            refused: refused.collect(),
        })
    }

    /// The asks that a reply left open, with the reasons.
    pub(crate) fn left_open(&self, peer: &PartyName, reply: &Reply) -> Vec<LeftOpen> {
        let of_one = |about: &asks::About| {
            let (asker, serial) = (about.asker, about.serial);
            let view = |left: &asks::LeftOpen| {
                let number = left.number;
                let key = AskKey {
                    asker,
                    serial,
                    number,
                };
                LeftOpen {
                    name: self.ask_name(peer, key),
                    state: word(left.state.en(), left.state.ru()),
                    because: because(left),
                }
            };
            about.left_open.iter().map(view).collect::<Vec<_>>()
        };
        reply.about.iter().flat_map(of_one).collect()
    }

    /// In sentences, one for each message that a reply is about: which asks it leaves open.
    pub(crate) fn left_words(&self, peer: &PartyName, reply: &Reply) -> Vec<Word> {
        let words = reply.about.iter().map(|about| {
            let name = self.message_name(peer, about.asker, about.serial);
            left_words(&name, &about.left_open, reply.acts)
        });
        words.collect()
    }

    /// `SUD 0412`.
    pub(crate) fn message_name(&self, peer: &PartyName, from: Side, serial: Serial) -> String {
        let from = match from {
            Side::Us => &self.name,
            Side::Peer => peer,
        };
        format!("{from} {serial}")
    }

    fn ask_name(&self, peer: &PartyName, key: AskKey) -> AskName {
        AskName {
            peer: peer.to_string(),
            message: self.message_name(peer, key.asker, key.serial),
            ask: key.number,
        }
    }

    fn ask_view(&self, peer: &PartyName, key: AskKey, held: &HeldAsk) -> Ask {
        let flags = held
            .flags
            .iter()
            .map(|flag: Flag| word(flag.en(), flag.ru()));
        let waits_for = held.deadline().map(|(at, clock)| AskTime {
            at: millis(at),
            by: clock_word(clock).to_owned(),
        });
        Ask {
            name: self.ask_name(peer, key),
            ours: key.asker == Side::Us,
            to: held.ask.to.clone(),
            verb: word(held.ask.verb.en(), held.ask.verb.ru()),
            object: held.ask.object.clone(),
            act_by: millis(held.ask.act_by),
            answer_by: millis(held.ask.answer_by),
            state: word(held.state.en(), held.state.ru()),
            unanswered: held.state.is_unanswered(),
            since: held.since.0,
            flags: flags.collect(),
            waits_for,
            who: held.terms.who.clone(),
            time: held.terms.time.map(millis),
            words: held.terms.words.clone(),
            breached_at: held.breached.map(|at| at.0),
            ended: self.place_of(peer, key.asker, key.serial).ended,
        }
    }
}

/// Leaves of an ask what a list shows: where it stands, and when it is due.
fn veil(ask: &mut Ask) {
    ask.object.clear();
    ask.who.clear();
    ask.words.clear();
}

/// Every state and every act: what the one does in the other.
pub(crate) fn ask_table() -> Response {
    let cells = AskState::ALL.into_iter().flat_map(|state| {
        let of_act = move |act: ActWord| cell_view(state, act);
        ActWord::ALL.into_iter().map(of_act)
    });
    Response::AskTable {
        cells: cells.collect(),
    }
}

/// In a sentence: which asks of a message a reply leaves open. `acts` is how many it has.
fn left_words(name: &str, left: &[asks::LeftOpen], acts: u8) -> Word {
    let numbers: Vec<u8> = left.iter().map(|left| left.number).collect();
    let listed = runs(&numbers);
    match (numbers.as_slice(), acts == 0) {
        ([], _) => word(
            &format!("This leaves no ask of {name} open."),
            &format!("Открытых запросов в {name} не остаётся."),
        ),
        ([_], true) => word(
            &format!("This does not close ask {listed} of {name}."),
            &format!("Запрос {listed} из {name} этим не закрывается."),
        ),
        (_, true) => word(
            &format!("This closes none of asks {listed} of {name}."),
            &format!("Ни один из запросов {listed} в {name} этим не закрывается."),
        ),
        ([_], false) => word(
            &format!("This leaves ask {listed} of {name} open."),
            &format!("Запрос {listed} из {name} остаётся открытым."),
        ),
        (_, false) => word(
            &format!("This leaves asks {listed} of {name} open."),
            &format!("Запросы {listed} из {name} остаются открытыми."),
        ),
    }
}

/// `1-3, 5`.
fn runs(numbers: &[u8]) -> String {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let words = runs.into_iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn cell_view(state: AskState, act: ActWord) -> AskCell {
    let (outcome, to, flag, why) = match cell(state, Event::Act(act)) {
        Cell::Moves(to, flag) => (AskOutcome::Moves, Some(to), flag, None),
        Cell::Nothing => (AskOutcome::Nothing, None, None, None),
        Cell::Refused(why) => (AskOutcome::Refused, None, None, Some(why)),
        Cell::Stays(flag) => (AskOutcome::Stays, None, flag, None),
    };
    let refusal = why.map(|why| asks::Refusal {
        by: Side::Us,
        act: Some(act),
        why,
    });
    AskCell {
        state: word(state.en(), state.ru()),
        act: word(act.en(), act.ru()),
        outcome,
        to: to.map(|to| word(to.en(), to.ru())),
        flag: flag.map(|flag| word(flag.en(), flag.ru())),
        refusal: refusal.map(|refusal| word(&refusal.en(), &refusal.ru())),
    }
}

/// Why a reply did not answer an ask.
fn because(left: &asks::LeftOpen) -> Word {
    match left.said {
        None => word(
            "no act on it, and prose answers nothing",
            "по нему нет ни одного слова ответа, а текст ответом не является",
        ),
        Some(ActWord::Commit) => word(
            "COMMIT to another deed or a later time than was asked counts as COUNTER",
            "«ОБЯЗУЕМСЯ» сделать иное или позже, чем запрошено, — это встречное предложение",
        ),
        Some(said) => word(
            &format!("{said} does not close an ask"),
            &format!("«{}» запрос не закрывает", said.ru()),
        ),
    }
}

/// The time by which an ask stands on the board: the next one, or that of its answer.
fn urgent_by(held: &HeldAsk) -> UtcSeconds {
    let next = held.deadline().map(|(at, _)| at);
    next.unwrap_or(held.ask.answer_by)
}

fn counts(board: &AskBoard) -> AskCounts {
    AskCounts {
        waited_for: count(board.waited_for.len()),
        owed: count(board.owed.len()),
        due: count(board.due.len()),
        lapsed: count(board.lapsed.len()),
        breached: count(board.breached.len()),
        countered: count(board.countered.len()),
    }
}

fn clock_word(clock: Clock) -> &'static str {
    match clock {
        Clock::ActBy => "act",
        Clock::AnswerBy => "answer",
        Clock::ReadBackBy => "read-back",
        Clock::Until => "until",
    }
}

fn word(en: &str, ru: &str) -> Word {
    Word {
        en: en.to_owned(),
        ru: ru.to_owned(),
    }
}

fn millis(at: UtcSeconds) -> u64 {
    Utc::from(at).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_runs() {
        assert_eq!(runs(&[1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8");
        assert_eq!(runs(&[2]), "2");
    }

    #[test]
    fn table_has_every_state_and_act_and_every_refusal_its_sentence() {
        let Response::AskTable { cells } = ask_table() else {
            panic!("a table was asked for");
        };
        assert_eq!(cells.len(), AskState::ALL.len() * ActWord::ALL.len());
        for cell in cells {
            let refused = cell.outcome == AskOutcome::Refused;
            assert_eq!(cell.refusal.is_some(), refused);
            assert_eq!(cell.to.is_some(), cell.outcome == AskOutcome::Moves);
        }
    }
}
