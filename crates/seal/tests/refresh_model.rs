//! A model check of the refresh (rules REF-1 to REF-11): two stations, every order of events.
//!
//! The model keeps what the rules are about and nothing else: which epoch each side is in and what
//! its key follows from. A key is the list of what was mixed into it, so two keys are equal when
//! their lists are. The line keeps every message that was ever sent and brings it at any time, any
//! number of times, or never: that is loss, doubling, lateness and crossing in one. A station may
//! fall after its state is durable and before its answer leaves.
//!
//! The checker visits every state that can be reached within the bounds: one offer and two epochs a
//! side, some 60,000 states. With two offers a side it is 860,000, with the same outcome. Each planted mistake must
//! be found; a check that cannot fail proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use stateright::{Checker, HasDiscoveries, Model, Property};

#[test]
fn both_sides_always_settle_on_the_same_keys() {
    let model = Refreshes {
        mistake: Mistake::None,
    };
    let checker = model.checker().spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn every_planted_mistake_is_found() {
    for (mistake, found) in [
        (Mistake::AnswerDecidedAgain, ANSWERED_ONCE),
        (Mistake::NumberUsedAgain, GOES_ON),
        (Mistake::OfferAnsweredTwice, RECEIVER_HOLDS),
        (Mistake::OpenReplacedByOffer, SETTLES),
        (Mistake::UsedBeforeReady, RECEIVER_HOLDS),
    ] {
        let model = Refreshes { mistake }.checker();
        let until_found = model.finish_when(HasDiscoveries::AnyOf([found].into()));
        let checker = until_found.spawn_bfs().join();
        let discovered = checker.discovery(found);
        assert!(discovered.is_some(), "{mistake:?} went unseen");
    }
}

/// Nobody hears both `ready` and `no` to one `open`.
const ANSWERED_ONCE: &str = "no epoch is both ready and void";
/// Whatever has happened, the next refresh with a tape that is installed succeeds.
const GOES_ON: &str = "a next refresh succeeds";
/// The receiver holds the epoch that the sender seals in, with the same key.
const RECEIVER_HOLDS: &str = "the receiver can open what the sender seals";
/// Once the line carries messages again, no open waits and both sides have the same keys.
const SETTLES: &str = "both sides settle once the line is back";

/// A way of getting it wrong that the checker must find.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// The receiver looks at its tapes anew each time the same `open` comes (against REF-5).
    AnswerDecidedAgain,
    /// A void epoch's number is not burnt (against REF-4).
    NumberUsedAgain,
    /// One offer may be answered again when the first answer came to nothing (against REF-3).
    OfferAnsweredTwice,
    /// A new offer makes the sender forget the `open` that waits (against REF-11).
    OpenReplacedByOffer,
    /// The sender seals in a new epoch before the receiver says that it holds it (against REF-6).
    UsedBeforeReady,
}

struct Refreshes {
    mistake: Mistake,
}

/// Station 0 sends in direction 0, station 1 in direction 1.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
struct Line {
    stations: [Station; 2],
    /// Everything ever sent, and to whom.
    sent: BTreeSet<(usize, Message)>,
}

#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
struct Station {
    /// Offers made so far; ids count from 1.
    offers: u8,
    /// Our newest offers, not answered yet.
    offers_kept: Vec<u8>,
    /// The newest offer of the peer, if not answered yet.
    offer_of_peer: Option<u8>,
    /// The highest id of an offer of the peer.
    offer_of_peer_highest: u8,
    /// Second secrets of exchanges, by offer: of our offers, to open with; of theirs, to be opened.
    back_ours: BTreeMap<u8, Secret>,
    back_theirs: BTreeMap<u8, Secret>,
    /// Fresh secrets drawn so far.
    draws: u8,
    /// The epoch that we seal in, its key, and the highest number ever named.
    epoch: u8,
    key: Key,
    named: u8,
    /// The `open` that waits, and the key of its epoch.
    waiting: Option<(Open, Key)>,
    /// The epochs of the peer that we hold.
    held: BTreeMap<u8, Key>,
    /// Our last answer, durable and final: which epoch, and whether it is ready.
    answer: Option<(u8, bool)>,
    /// We have answered `no`.
    refused: bool,
    /// The peer's tape is installed here.
    tape: bool,
}

/// What was mixed into a key, in order.
type Key = Vec<(u8, Option<Secret>, bool)>;

/// A fresh secret: who drew it, and his how manieth it is. Both sides of an exchange know it.
type Secret = (usize, u8);

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Message {
    Offer(u8),
    Open(Open),
    Ready(u8),
    No(u8),
}

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
struct Open {
    epoch: u8,
    parent: u8,
    mix: Mix,
    tape: bool,
}

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Mix {
    Nothing,
    /// To an offer; the ciphertext carries the secret.
    There(u8, Secret),
    /// The second secret of an exchange, by offer.
    Back(u8),
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    /// A message arrives; the station may fall before its answer leaves.
    Arrive {
        to: usize,
        message: Message,
        falls: bool,
    },
    /// The first envelope of the peer's newest epoch is opened: its parents are erased.
    FirstEnvelope {
        of: usize,
    },
    InstallTape {
        at: usize,
    },
    Offer {
        by: usize,
    },
    Open {
        by: usize,
        how: How,
        tape: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Nothing,
    There,
    Back,
}

impl Model for Refreshes {
    type State = Line;
    type Action = Action;

    fn init_states(&self) -> Vec<Line> {
        let mut line = Line::default();
        for station in &mut line.stations {
            station.held.insert(0, Key::new());
        }
        // One side has the other's tape from the start, so that both cases meet.
        let [_, second] = &mut line.stations;
        second.tape = true;
        vec![line]
    }

    fn actions(&self, line: &Line, actions: &mut Vec<Action>) {
        for (to, message) in &line.sent {
            for falls in [false, true] {
                actions.push(Action::Arrive {
                    to: *to,
                    message: message.clone(),
                    falls,
                });
            }
        }
        for by in [0, 1] {
            actions.push(Action::FirstEnvelope { of: by });
            actions.push(Action::InstallTape { at: by });
            actions.push(Action::Offer { by });
            let named = line.stations.get(by).map(|side| side.named);
            if named == Some(EPOCHS_MAX) {
                continue;
            }
            for tape in [false, true] {
                for how in [How::Nothing, How::There, How::Back] {
                    actions.push(Action::Open { by, how, tape });
                }
            }
        }
    }

    fn next_state(&self, line: &Line, action: Action) -> Option<Line> {
        let mut next = line.clone();
        match action {
            Action::Arrive { to, message, falls } => {
                let answer = next.stations.get_mut(to)?.handle(&message, self.mistake);
                if !falls {
                    next.sent.extend(answer.map(|answer| (1 - to, answer)));
                }
            }
            Action::FirstEnvelope { of } => {
                let epoch = next.stations.get(of)?.epoch;
                let receiver = next.stations.get_mut(1 - of)?;
                receiver.held.retain(|held, _| *held >= epoch);
            }
            Action::InstallTape { at } => next.stations.get_mut(at)?.tape = true,
            Action::Offer { by } => {
                let offer = next.stations.get_mut(by)?.offer()?;
                next.sent.insert((1 - by, offer));
            }
            Action::Open { by, how, tape } => {
                let open = next
                    .stations
                    .get_mut(by)?
                    .open(by, how, tape, self.mistake)?;
                next.sent.insert((1 - by, Message::Open(open)));
            }
        }
        (next != *line).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(RECEIVER_HOLDS, |_, line: &Line| line.receivers_hold()),
            Property::always(SETTLES, |model: &Self, line: &Line| {
                let mut settled = line.clone();
                settled.carry_all(model.mistake);
                let nothing_waits = settled.stations.iter().all(|side| side.waiting.is_none());
                nothing_waits && settled.receivers_hold()
            }),
            Property::always(ANSWERED_ONCE, |_, line: &Line| {
                line.sent.iter().all(|(to, message)| match message {
                    Message::Ready(epoch) => !line.sent.contains(&(*to, Message::No(*epoch))),
                    Message::No(_) | Message::Offer(_) | Message::Open(_) => true,
                })
            }),
            Property::always(GOES_ON, |model: &Self, line: &Line| {
                let mut next = line.clone();
                next.carry_all(model.mistake);
                let before = next.stations.each_ref().map(|side| side.epoch);
                for (by, side) in next.stations.iter_mut().enumerate() {
                    side.tape = true;
                    side.open(by, How::Nothing, true, model.mistake);
                }
                next.carry_all(model.mistake);
                let after = next.stations.each_ref().map(|side| side.epoch);
                before
                    .iter()
                    .zip(after)
                    .all(|(before, after)| *before < after)
            }),
            Property::sometimes("a refresh heals both directions", |_, line: &Line| {
                let mixed = |key: &Key| key.iter().any(|(_, secret, _)| secret.is_some());
                line.stations.iter().all(|side| mixed(&side.key))
            }),
            Property::sometimes("an open is refused", |_, line: &Line| {
                line.stations.iter().any(|side| side.refused)
            }),
            Property::sometimes(
                "a direction comes to its second refresh",
                |_, line: &Line| line.stations.iter().any(|side| side.key.len() == 2),
            ),
        ]
    }
}

impl Line {
    fn receivers_hold(&self) -> bool {
        let [one, other] = &self.stations;
        [(one, other), (other, one)]
            .into_iter()
            .all(|(sender, receiver)| receiver.held.get(&sender.epoch) == Some(&sender.key))
    }

    /// The line carries everything again: what waits is repeated until it is answered.
    fn carry_all(&mut self, mistake: Mistake) {
        for by in [0, 1] {
            let waiting = self.stations.get(by).and_then(|side| side.waiting.clone());
            let Some((open, _)) = waiting else { continue };
            let answer = self
                .stations
                .get_mut(1 - by)
                .and_then(|side| side.handle(&Message::Open(open), mistake));
            if let (Some(answer), Some(side)) = (answer, self.stations.get_mut(by)) {
                side.handle(&answer, mistake);
            }
        }
    }
}

impl Station {
    fn offer(&mut self) -> Option<Message> {
        if self.offers == OFFERS_MAX {
            return None;
        }
        self.offers += 1;
        self.offers_kept.push(self.offers);
        if self.offers_kept.len() > 2 {
            self.offers_kept.remove(0);
        }
        Some(Message::Offer(self.offers))
    }

    fn open(&mut self, by: usize, how: How, tape: bool, mistake: Mistake) -> Option<Open> {
        if self.waiting.is_some() {
            return None;
        }
        let (mix, secret) = match how {
            How::Nothing if tape => (Mix::Nothing, None),
            How::Nothing => return None,
            How::There => {
                let offer = self.offer_of_peer?;
                if mistake != Mistake::OfferAnsweredTwice {
                    self.offer_of_peer = None;
                }
                self.draws += 1;
                let secret = (by, self.draws);
                self.back_theirs.insert(offer, secret);
                keep_newest(&mut self.back_theirs);
                (Mix::There(offer, secret), Some(secret))
            }
            How::Back => {
                let (offer, secret) = self.back_ours.pop_last()?;
                (Mix::Back(offer), Some(secret))
            }
        };
        let burnt = mistake != Mistake::NumberUsedAgain;
        let epoch = 1 + if burnt { self.named } else { self.epoch };
        let open = Open {
            epoch,
            parent: self.epoch,
            mix,
            tape,
        };
        self.named = self.named.max(epoch);
        let mut key = self.key.clone();
        key.push((epoch, secret, tape));
        if mistake == Mistake::UsedBeforeReady {
            (self.epoch, self.key) = (epoch, key.clone());
        }
        self.waiting = Some((open.clone(), key));
        Some(open)
    }

    fn handle(&mut self, message: &Message, mistake: Mistake) -> Option<Message> {
        match message {
            Message::Offer(offer) if *offer > self.offer_of_peer_highest => {
                self.offer_of_peer = Some(*offer);
                self.offer_of_peer_highest = *offer;
                if mistake == Mistake::OpenReplacedByOffer {
                    self.waiting = None;
                    self.named = self.epoch;
                }
                None
            }
            Message::Offer(_) => None,
            Message::Open(open) => {
                let ready = self.answer(open, mistake)?;
                Some(if ready {
                    Message::Ready(open.epoch)
                } else {
                    Message::No(open.epoch)
                })
            }
            Message::Ready(epoch) => {
                if let Some((_, key)) = self.waiting.take_if(|(open, _)| open.epoch == *epoch) {
                    (self.epoch, self.key) = (*epoch, key);
                }
                None
            }
            Message::No(epoch) => {
                let void = self.waiting.take_if(|(open, _)| open.epoch == *epoch);
                if let Some((
                    Open {
                        mix: Mix::There(offer, _),
                        ..
                    },
                    _,
                )) = void
                {
                    self.back_theirs.remove(&offer);
                }
                None
            }
        }
    }

    /// Whether the epoch is held, durably. The first answer is final; an older `open` comes too
    /// late to matter and gets none.
    fn answer(&mut self, open: &Open, mistake: Mistake) -> Option<bool> {
        let again = mistake == Mistake::AnswerDecidedAgain;
        match self.answer {
            Some((epoch, ready)) if open.epoch == epoch && !again => return Some(ready),
            Some((epoch, _)) if open.epoch < epoch => return None,
            Some(_) | None => {}
        }
        let key = self.derive(open);
        let ready = key.is_some();
        if let Some(key) = key {
            self.held.insert(open.epoch, key);
        }
        self.answer = Some((open.epoch, ready));
        self.refused |= !ready;
        Some(ready)
    }

    fn derive(&mut self, open: &Open) -> Option<Key> {
        let mut key = self.held.get(&open.parent)?.clone();
        if open.tape && !self.tape {
            return None;
        }
        let secret = match open.mix {
            Mix::Nothing => None,
            Mix::There(offer, secret) => {
                let place = self.offers_kept.iter().position(|kept| *kept == offer)?;
                self.offers_kept.remove(place);
                self.back_ours.insert(offer, secret);
                keep_newest(&mut self.back_ours);
                Some(secret)
            }
            Mix::Back(offer) => Some(self.back_theirs.remove(&offer)?),
        };
        key.push((open.epoch, secret, open.tape));
        Some(key)
    }
}

fn keep_newest(back: &mut BTreeMap<u8, Secret>) {
    while back.len() > 2 {
        back.pop_first();
    }
}

const OFFERS_MAX: u8 = 1;
const EPOCHS_MAX: u8 = 2;
