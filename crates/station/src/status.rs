//! Lines, bearers, keys and the journal as their operators see them.

use redphone_api::{
    BearerStatus, JournalLine, JournalVerdict, KeyStatus, LineState, LineStatus, Refusal, Response,
    Status, StorageStatus, TestStatus, hex,
};
use redphone_journal::Storage;
use redphone_line::Carries;
use redphone_seal::words::Language;
use redphone_wire::{Now, PartyName, Utc, from_bytes};

use crate::hub::Hub;
use crate::key_ages::Way;
use crate::record::Record;
use crate::refusals::{policy, sentence, verification};
use crate::view::{LIST_MAX, count};

impl<S: Storage> Hub<S> {
    pub(crate) fn status(&self, now: Now) -> Response {
        let (records, head) = self.journal.head();
        let lines = self.peers.keys().map(|peer| self.line_status(now, peer));
        Response::Status(Box::new(Status {
            station: self.name.to_string(),
            environment: self.environment.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            utc: now.utc.0,
            life: self.life,
            lines: lines.collect(),
            storage: StorageStatus {
                accepting: self.fault.is_none(),
                fault: self
                    .fault
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                records,
                head: hex::encode(head.get(..8).unwrap_or_default()),
            },
            desks: self.desks,
            alarms: {
                let mut alarms = self.risen_alarms();
                alarms.extend(self.alarms.iter().cloned());
                alarms
            },
        }))
    }

    fn line_status(&self, now: Now, name: &PartyName) -> LineStatus {
        let desk = self.desk.peer(name);
        let entry = self.peers.get(name);
        let (state, since) = entry
            .map_or((redphone_line::LineState::Down, now.monotonic), |entry| {
                entry.line.state()
            });
        let suspended = desk.map_or_else(Vec::new, |desk| {
            let words = |(subject, held): (&String, &redphone_desk::Suspension)| {
                let who = if held.ours {
                    self.name.as_str()
                } else {
                    name.as_str()
                };
                format!("{subject}: by {who} since {}, {}", held.since, held.because)
            };
            desk.suspended.iter().map(words).collect()
        });
        LineStatus {
            peer: name.to_string(),
            state: match state {
                redphone_line::LineState::Down => LineState::Down,
                redphone_line::LineState::Suspended => LineState::Suspended,
                redphone_line::LineState::Up => LineState::Up,
                redphone_line::LineState::UpDeskSilent => LineState::UpDeskSilent,
            },
            since: utc_of(now, since),
            held_because: self
                .held_because(name, redphone_wire::Precedence::Routine)
                .or_else(|| self.doubt(name))
                .unwrap_or_default(),
            suspended,
            bearers: self.bearer_statuses(now, name),
            test: self.test_status(now, name),
            keys: self.key_status(name),
            serial_out: desk.map_or(0, redphone_desk::PeerDesk::highest_out),
            serial_in: desk.map_or(0, redphone_desk::PeerDesk::highest_in),
            missing: desk.map_or_else(Vec::new, |desk| {
                desk.missing(100)
                    .into_iter()
                    .map(|serial| serial.0)
                    .collect()
            }),
            unreceipted: entry.map_or(0, |entry| count(entry.carriage.outstanding.len())),
            clock_difference_s: desk.and_then(|desk| desk.clock_difference_s),
        }
    }

    fn bearer_statuses(&self, now: Now, name: &PartyName) -> Vec<BearerStatus> {
        let Some(entry) = self.peers.get(name) else {
            return Vec::new();
        };
        let view = |status: redphone_line::BearerStatus| {
            let bearer = self.bearers.get(&status.id)?;
            let spec = &bearer.spec;
            Some(BearerStatus {
                name: status.name,
                kind: status.kind.to_string(),
                state: status.state.to_string(),
                since: utc_of(now, status.since),
                because: self.out.get(&spec.name).cloned().unwrap_or_default(),
                mtu: count(status.mtu),
                rate_bit_s: spec.rate.bit_s(),
                direction: match spec.carries {
                    Carries::Both => "two-way",
                    Carries::Out => "send-only",
                    Carries::In => "receive-only",
                }
                .to_owned(),
                loss: status.loss,
                round_trip_ms: status.round_trip.map(|time| time.as_secs_f64() * 1_000.0),
                frames_sent: status.frames_sent,
                frames_heard: status.frames_heard,
                bytes_sent: status.bytes_sent,
                cover: status.cover,
                detail: bearer.detail.clone(),
            })
        };
        entry.line.statuses().into_iter().filter_map(view).collect()
    }

    fn test_status(&self, now: Now, name: &PartyName) -> TestStatus {
        let Some(entry) = self.peers.get(name) else {
            return TestStatus::default();
        };
        let next = entry.cipher.as_ref().and(entry.test.poll_timeout(now));
        TestStatus {
            last_good: entry.last_test.good.map(|(at, _)| at.0),
            took_ms: entry.last_test.good.map(|(_, took)| u64::from(took)),
            outcome: entry.last_test.outcome.clone(),
            next: next.map(|at| utc_ahead(now, at)),
            missed: entry.test.missed(),
        }
    }

    fn key_status(&self, name: &PartyName) -> Option<KeyStatus> {
        let entry = self.peers.get(name)?;
        let cipher = entry.cipher.as_ref()?;
        let (ours, theirs) = cipher.suites();
        Some(KeyStatus {
            generation: cipher.generation(),
            confirmed: cipher.is_confirmed(),
            epoch_out: cipher.sending_epoch(),
            epoch_in: crate::refresh::epochs(cipher).1,
            refreshed_out_at: entry.key_ages.at(Way::Out).map(|at| at.0),
            refreshed_in_at: entry.key_ages.at(Way::In).map(|at| at.0),
            tape_out: self.tapes_installed(name, true),
            tape_in: self.tapes_installed(name, false),
            suites_out: ours.to_string(),
            suites_in: theirs.to_string(),
        })
    }

    pub(crate) fn line_words(&self, peer: Option<String>) -> Result<Response, Refusal> {
        let peer = self.choose_peer(peer)?;
        let cipher = self
            .peers
            .get(&peer)
            .and_then(|entry| entry.cipher.as_ref());
        let Some(cipher) = cipher else {
            return Err(policy(
                format!("There are no keys with {peer}."),
                "Pair with it first.",
            ));
        };
        let epochs = cipher.words_epochs();
        let words = |language| {
            cipher
                .line_words(epochs, language)
                .map_or_else(Vec::new, |words| words.to_vec())
        };
        Ok(Response::Words {
            english: words(Language::English),
            russian: words(Language::Russian),
            epochs,
        })
    }

    pub(crate) fn journal_lines(
        &mut self,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Response, Refusal> {
        let limit = (limit as usize).min(LIST_MAX);
        let head = self.journal.head().0;
        let from = match after {
            Some(after) => after.saturating_add(1),
            None => (head + 1).saturating_sub(limit as u64),
        };
        let records = self.journal.records(from, limit).map_err(|error| {
            policy(
                format!("The journal cannot be read: {error}."),
                "See which record is bad with `redphone journal verify`.",
            )
        })?;
        let line = |(number, at, bytes): (u64, Utc, Vec<u8>)| JournalLine {
            number,
            at: at.0,
            what: from_bytes::<Record>(&bytes).map_or_else(
                |_| "a record of a newer version".to_owned(),
                |record| crate::says::record(&self.name, &record),
            ),
        };
        let lines = records.into_iter().map(line).collect();
        Ok(Response::Journal { lines })
    }

    pub(crate) fn verify_journal(&mut self) -> Result<Response, Refusal> {
        let verdict = self.journal.verify().map_err(|error| {
            policy(
                format!("The journal cannot be read: {error}."),
                "Check the disk.",
            )
        })?;
        if verdict.first_bad.is_none()
            && let Some(damage) = verdict.damage.first()
        {
            return Err(verification(
                sentence(&damage.to_string()),
                "Keep the disk as it is and restore a backup; docs/OPERATING.md says how.",
            ));
        }
        let said = match &verdict.first_bad {
            None => format!(
                "All {} records are whole and in the chain.",
                verdict.records
            ),
            Some((number, why)) => format!(
                "Record {number} {why}. Keep the disk as it is and restore a backup; \
                 docs/OPERATING.md says how."
            ),
        };
        Ok(Response::JournalVerified(JournalVerdict {
            records: verdict.records,
            first_bad: verdict.first_bad.map(|(number, _)| number),
            said,
            head: hex::encode(&self.journal.head().1),
        }))
    }
}

/// The wall clock at a monotonic instant that has passed.
fn utc_of(now: Now, at: std::time::Duration) -> u64 {
    let ago = now.monotonic.saturating_sub(at).as_millis();
    now.utc
        .0
        .saturating_sub(u64::try_from(ago).unwrap_or(u64::MAX))
}

/// The wall clock at a monotonic instant to come.
fn utc_ahead(now: Now, at: std::time::Duration) -> u64 {
    let ahead = at.saturating_sub(now.monotonic).as_millis();
    let ahead = u64::try_from(ahead).unwrap_or(u64::MAX);
    now.utc.0.saturating_add(ahead)
}
