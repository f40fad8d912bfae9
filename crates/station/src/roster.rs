//! The roster of the watch, and its handover.
//!
//! Owns what is open when the watch changes hands, and that whoever takes it over has ticked each of
//! it and heard the alarm, or says why not. Facts are the desk's. Rule WATCH-7.

use std::collections::BTreeSet;

use redphone_api::{OpenThing, Refusal, Request, Response, WatchView};
use redphone_desk::Record;
use redphone_desk::asks::Side;
use redphone_desk::officers::Role;
use redphone_desk::watch::WatchFact;
use redphone_journal::Storage;
use redphone_line::LineState;
use redphone_wire::limits::{OFFICER_NAME_BYTES_MAX, REASON_BYTES_MAX};
use redphone_wire::{Now, PartyName};

use crate::hub::Hub;
use crate::refusals::{policy, usage};

/// Things of one kind that are listed one by one; more are one thing.
const SINGLE_MAX: usize = 16;
/// Things that are not ticked and stand in the journal by their keys.
const LEFT_MAX: usize = 64;
/// For how long a proof of the alarm counts at a handover, in milliseconds.
const PROOF_FOR_MS: u64 = 30 * 60_000;

/// Who takes the watch over, and what he says.
struct Taking {
    officer: String,
    next: String,
    chief: String,
    ticks: Vec<String>,
    because: String,
}

impl<S: Storage> Hub<S> {
    /// Answers a request about the watch.
    pub(crate) fn handle_watch(&mut self, now: Now, request: Request) -> Result<Response, Refusal> {
        if let Request::WatchHand { to, officer } = request {
            return self.hand_watch(now, &to, &officer);
        }
        let Request::WatchTake {
            officer,
            next,
            chief,
            ticks,
            because,
        } = request
        else {
            return Ok(self.watch_view(now));
        };
        let taking = Taking {
            officer,
            next,
            chief,
            ticks,
            because,
        };
        self.take_watch(now, taking)
    }

    /// Who keeps the watch, and what is open.
    fn watch_view(&self, now: Now) -> Response {
        let watch = self.desk.watch();
        let millis = |one: &Option<(String, redphone_wire::Utc)>| {
            one.as_ref().map(|(who, at)| (who.clone(), at.0))
        };
        let tests = self.peers.iter().map(|(name, peer)| {
            let outcome = &peer.last_test.outcome;
            match (&peer.last_test.good, outcome.is_empty()) {
                (_, true) => format!("{name}: no test yet"),
                (Some((at, _)), _) => format!("{name}: last good {at}; the last: {outcome}"),
                (None, _) => format!("{name}: none was good; the last: {outcome}"),
            }
        });
        Response::Watch(Box::new(WatchView {
            on: millis(&watch.on),
            next: watch.next.clone(),
            chief: watch.chief.clone(),
            handed: millis(&watch.handed),
            proven: millis(&watch.proven),
            tests: tests.collect(),
            open: self.open_things(now),
        }))
    }

    /// Whoever keeps the watch hands it to another, who has to take it.
    fn hand_watch(&mut self, now: Now, to: &str, officer: &str) -> Result<Response, Refusal> {
        self.check_officer(to)?;
        self.check_officer(officer)?;
        let on = self.desk.watch().on.as_ref();
        if on.is_none_or(|(who, _)| who != officer) {
            return Err(policy(
                format!("{officer} does not keep the watch."),
                "See who does with `redphone watch roster`; whoever relieves him takes it, with a reason.",
            ));
        }
        let fact = WatchFact::Handed {
            from: officer.to_owned(),
            to: to.to_owned(),
            at: now.utc,
        };
        self.note_desk(now, Record::Watch(fact));
        let open = self.open_things(now).len();
        let said = format!(
            "The watch is handed to {to}, who takes it with `redphone watch take`. Until then \
             {officer} keeps it. Open: {open}."
        );
        Ok(Response::Done { said })
    }

    /// An officer takes the watch over.
    fn take_watch(&mut self, now: Now, taking: Taking) -> Result<Response, Refusal> {
        for name in [&taking.officer, &taking.next, &taking.chief] {
            if !name.is_empty() || name == &taking.officer {
                self.check_officer(name)?;
            }
        }
        if taking.because.len() > REASON_BYTES_MAX {
            return Err(usage("The reason is too long.", "Use at most 512 bytes."));
        }
        let ticks: BTreeSet<&str> = taking.ticks.iter().map(String::as_str).collect();
        let open = self.open_things(now);
        let (ticked, left): (Vec<&OpenThing>, Vec<&OpenThing>) = open
            .iter()
            .partition(|thing| ticks.contains(thing.key.as_str()));
        let left: Vec<String> = left.iter().map(|thing| thing.key.clone()).collect();
        let watch = self.desk.watch();
        let proven = watch.proven.as_ref().is_some_and(|(who, at)| {
            *who == taking.officer && now.utc.0.saturating_sub(at.0) <= PROOF_FOR_MS
        });
        let on = watch.on.as_ref().map(|(who, _)| who.clone());
        let handed = watch
            .handed
            .as_ref()
            .is_some_and(|(to, _)| *to == taking.officer);
        let mut lacks = Vec::new();
        if !left.is_empty() {
            lacks.push(format!("not ticked: {}", left.join(", ")));
        }
        if !proven {
            lacks.push(format!("{} has not heard the alarm", taking.officer));
        }
        if let Some(who) = on.as_ref().filter(|who| !handed && **who != taking.officer) {
            lacks.push(format!("{who} has not handed it over"));
        }
        if !lacks.is_empty() && taking.because.trim().is_empty() {
            return Err(policy(
                format!("The watch is not taken over: {}.", lacks.join("; ")),
                "Look at each and tick it, ring with `redphone alarm prove`, or say why not with --because.",
            ));
        }
        let said = format!(
            "{} keeps the watch; {} ticked.",
            taking.officer,
            ticked.len()
        );
        let fact = WatchFact::Taken {
            from: on.unwrap_or_default(),
            officer: taking.officer,
            next: taking.next,
            chief: taking.chief,
            ticked: u32::try_from(ticked.len()).unwrap_or(u32::MAX),
            left: left.into_iter().take(LEFT_MAX).collect(),
            proven,
            because: taking.because,
            at: now.utc,
        };
        self.note_desk(now, Record::Watch(fact));
        Ok(Response::Done { said })
    }

    /// A name of an officer: one on the roll, where officers are enrolled.
    fn check_officer(&self, name: &str) -> Result<(), Refusal> {
        if name.trim().is_empty() || name.len() > OFFICER_NAME_BYTES_MAX {
            return Err(usage(
                "An officer's name is missing, or too long.",
                "Name him as the roll does.",
            ));
        }
        let officers = self.desk.officers();
        if officers.are_enrolled() && !officers.stands_as(name, Role::WatchOfficer) {
            return Err(policy(
                format!("'{name}' is not enrolled as a watch officer."),
                "See who is with `redphone officer list`.",
            ));
        }
        Ok(())
    }

    /// What is open, without content. What is many of a kind is one thing.
    fn open_things(&self, now: Now) -> Vec<OpenThing> {
        let mut open = Vec::new();
        for name in self.peers.keys() {
            open.extend(self.unacknowledged(name));
            open.extend(self.of_line(now, name));
        }
        let drafts = self.desk.drafts().all();
        let held = drafts.filter(|(_, held)| !held.stage.has_ended());
        open.extend(held.map(|(number, held)| OpenThing {
            key: format!("DRAFT-{number}"),
            said: format!("a draft to {} is {}", held.peer, held.stage.words()),
        }));
        open
    }

    fn unacknowledged(&self, name: &PartyName) -> Vec<OpenThing> {
        let Some(peer) = self.peers.get(name) else {
            return Vec::new();
        };
        let waits = peer.rises.all().filter(|((by, _), _)| *by == Side::Peer);
        let serials: Vec<_> = waits.map(|((_, serial), _)| serial).collect();
        if serials.len() > SINGLE_MAX {
            return vec![OpenThing {
                key: format!("unacknowledged-{name}"),
                said: format!("{} messages of {name} are not acknowledged", serials.len()),
            }];
        }
        let one = |serial: redphone_wire::Serial| OpenThing {
            key: format!("{name}-{serial}"),
            said: format!("{name} {serial} is not acknowledged"),
        };
        serials.into_iter().map(one).collect()
    }

    /// The asks, the missing serials and the state of a line.
    fn of_line(&self, now: Now, name: &PartyName) -> Vec<OpenThing> {
        let thing = |key: &str, said: String| OpenThing {
            key: format!("{key}-{name}"),
            said,
        };
        let mut open = Vec::new();
        if let Some(book) = self.desk.asks(name) {
            let board = book.board(now.utc);
            let (owed, waited) = (board.owed.len(), board.waited_for.len());
            if owed + waited > 0 {
                let said = format!("asks with {name}: {owed} owed by us, {waited} waited for");
                open.push(thing("asks", said));
            }
        }
        let missing = self
            .desk
            .peer(name)
            .map_or(0, |desk| desk.missing(1_000).len());
        if missing > 0 {
            open.push(thing(
                "missing",
                format!("{missing} serials of {name} are missing"),
            ));
        }
        let state = self.peers.get(name).map(|peer| peer.line.state().0);
        if let Some(state) = state.filter(|state| *state != LineState::Up) {
            open.push(thing("line", format!("the line to {name} is {state}")));
        }
        open
    }
}
