//! What each row holds, written and read back. Nothing but the state goes through here, so what is
//! read must have been written so.

use std::collections::BTreeMap;

use redphone_wire::{EnvelopeId, Suite, Suites};
use zeroize::Zeroizing;

use crate::Cipher;
use crate::chain::Chain;
use crate::cipher::{Life, direction_of, header};
use crate::codec::{Reader, Writer};
use crate::contact::Standing;
use crate::envelope::LOG_HISTORY;
use crate::epoch::{InEpoch, OutEpoch, SentKey, Tip};
use crate::frame::FrameKey;
use crate::kdf::Secret;
use crate::refresh::Exchange;

use super::Row;

impl Cipher {
    pub(super) fn row_value(&self, row: Row) -> Option<Zeroizing<Vec<u8>>> {
        let writer = Writer::new();
        let writer = match row {
            Row::Line => self.write_line(writer),
            Row::Standing => self.standing.write(self.life.write(writer)),
            Row::Sending => writer.number(self.out_current).number(self.out_highest),
            Row::OutEpoch(epoch) => {
                let out = self.out_epochs.get(&epoch)?;
                writer
                    .bytes(&**out.frames.secret())
                    .bytes(&*out.words)
                    .maybe(out.parent_end)
            }
            Row::OutChain(epoch) => {
                let out = self.out_epochs.get(&epoch)?;
                let chain = out.chain.as_ref()?;
                writer.bytes(&*chain.key).number(chain.next).bytes(&out.log)
            }
            Row::OutNext(epoch) => writer.bytes(&**self.out_epochs.get(&epoch)?.next.as_ref()?),
            Row::Sent(id) => {
                let sent = self.sent.get(&id)?;
                writer.bytes(&*sent.receipt).byte(u8::from(sent.receipted))
            }
            Row::LogEnd => {
                let over = |(id, _): &&(EnvelopeId, _)| id.epoch != self.out_current;
                let ends = self.log_history.values().filter(over);
                let (id, log) = ends.max_by_key(|(id, _)| *id)?;
                writer.number(id.epoch).number(id.number).bytes(log)
            }
            Row::InEpoch(epoch) => self.in_epochs.get(&epoch)?.write(writer),
            Row::InChain(epoch) => {
                let chain = self.in_epochs.get(&epoch)?.chain.as_ref()?;
                writer.bytes(&*chain.key).number(chain.next)
            }
            Row::InNext(epoch) => writer.bytes(&**self.in_epochs.get(&epoch)?.next.as_ref()?),
            Row::Tip(epoch) => {
                let held = self.in_epochs.get(&epoch)?;
                let tip = held.tip.as_ref()?;
                writer
                    .number(held.log_next)
                    .bytes(&held.log)
                    .number(tip.number)
                    .bytes(&tip.salt)
                    .bytes(&*tip.receipt)
            }
            Row::Gap(id) => writer.bytes(&**self.gaps.get(&id)?),
            Row::LogWaiting(id) => {
                let held = self.in_epochs.get(&id.epoch)?;
                writer.bytes(held.log_waiting.get(&id.number)?)
            }
            Row::Exchange
            | Row::Pending
            | Row::Tape(..)
            | Row::Offer(_)
            | Row::TheirOffer(_)
            | Row::BackGiven(_)
            | Row::BackHeld(_) => self.exchange.write(row, writer)?,
        };
        Some(writer.end())
    }

    pub(super) fn restore_row(&mut self, row: Row, value: &[u8]) -> Option<()> {
        let mut reader = Reader::new(value);
        let read = &mut reader;
        match row {
            Row::Line => return Some(()),
            Row::Standing => {
                self.life = Life::read(read)?;
                self.standing = Standing::read(read)?;
            }
            Row::Sending => {
                self.out_current = read.number()?;
                self.out_highest = read.number()?;
            }
            Row::OutEpoch(epoch) => {
                let header = header(&self.line, self.sending);
                let out = OutEpoch {
                    frames: FrameKey::new(read.secret()?, header),
                    words: read.secret()?,
                    parent_end: read.maybe()?,
                    chain: None,
                    next: None,
                    log: [0; 16],
                };
                self.out_epochs.insert(epoch, out);
            }
            Row::OutChain(epoch) => {
                let out = self.out_epochs.get_mut(&epoch)?;
                let chain = read_chain(read)?;
                let log = read.array()?;
                out.log = log;
                let newest = chain.next.checked_sub(1);
                out.chain = Some(chain);
                if let Some(number) = newest {
                    self.remember_log(EnvelopeId { epoch, number }, log);
                }
            }
            Row::OutNext(epoch) => {
                self.out_epochs.get_mut(&epoch)?.next = Some(read.secret()?);
            }
            Row::Sent(id) => {
                let sent = SentKey {
                    receipt: read.secret()?,
                    receipted: read.flag()?,
                };
                self.sent.insert(id, sent);
            }
            Row::LogEnd => {
                let (epoch, number) = (read.number()?, read.number()?);
                let ended = (EnvelopeId { epoch, number }, read.array()?);
                // What is newer may be there already.
                let slot = number % LOG_HISTORY;
                self.log_history.entry(slot).or_insert(ended);
            }
            Row::InEpoch(_)
            | Row::InChain(_)
            | Row::InNext(_)
            | Row::Tip(_)
            | Row::Gap(_)
            | Row::LogWaiting(_) => self.restore_in_row(row, read)?,
            Row::Exchange
            | Row::Pending
            | Row::Tape(..)
            | Row::Offer(_)
            | Row::TheirOffer(_)
            | Row::BackGiven(_)
            | Row::BackHeld(_) => self.exchange.read(row, read)?,
        }
        reader.end()
    }

    fn restore_in_row(&mut self, row: Row, read: &mut Reader<'_>) -> Option<()> {
        match row {
            Row::InEpoch(epoch) => {
                let header = header(&self.line, self.sending.reverse());
                self.in_epochs.insert(epoch, InEpoch::read(read, header)?);
            }
            Row::InChain(epoch) => {
                self.in_epochs.get_mut(&epoch)?.chain = Some(read_chain(read)?);
            }
            Row::InNext(epoch) => {
                self.in_epochs.get_mut(&epoch)?.next = Some(read.secret()?);
            }
            Row::Tip(epoch) => {
                let held = self.in_epochs.get_mut(&epoch)?;
                held.log_next = read.number()?;
                held.log = read.array()?;
                held.tip = Some(Tip {
                    number: read.number()?,
                    salt: read.array()?,
                    receipt: read.secret()?,
                });
            }
            Row::Gap(id) => {
                self.gaps.insert(id, read.secret()?);
            }
            Row::LogWaiting(id) => {
                let held = self.in_epochs.get_mut(&id.epoch)?;
                held.log_waiting.insert(id.number, read.array()?);
            }
            Row::Line
            | Row::Standing
            | Row::Sending
            | Row::Exchange
            | Row::Pending
            | Row::OutEpoch(_)
            | Row::OutChain(_)
            | Row::OutNext(_)
            | Row::Sent(_)
            | Row::LogEnd
            | Row::Tape(..)
            | Row::Offer(_)
            | Row::TheirOffer(_)
            | Row::BackGiven(_)
            | Row::BackHeld(_) => return None,
        }
        Some(())
    }

    fn write_line(&self, writer: Writer) -> Writer {
        let [bearer_lower, bearer_higher] = &self.bearer;
        writer
            .bytes(&self.line)
            .number(self.generation)
            .byte(self.sending.byte())
            .bytes(&suite_bytes(self.suites_out))
            .bytes(&suite_bytes(self.suites_in))
            .bytes(&**self.contact_out.secret())
            .bytes(&**self.contact_in.secret())
            .bytes(&**bearer_lower)
            .bytes(&**bearer_higher)
            .byte(u8::from(self.by_tapes))
            .byte(u8::from(self.sends_unconfirmed))
            .byte(u8::from(self.confirm.is_some()))
            .bytes(&self.confirm.unwrap_or_default())
    }

    pub(super) fn from_line_row(value: &[u8]) -> Option<Self> {
        let mut read = Reader::new(value);
        let line = read.array()?;
        let generation = read.number()?;
        let sending = direction_of(read.byte()?)?;
        let suites_out = suites_of(read.array()?)?;
        let suites_in = suites_of(read.array()?)?;
        let contact_out = FrameKey::new(read.secret()?, header(&line, sending));
        let contact_in = FrameKey::new(read.secret()?, header(&line, sending.reverse()));
        let bearer = [read.secret()?, read.secret()?];
        let by_tapes = read.flag()?;
        let sends_unconfirmed = read.flag()?;
        let waits = read.flag()?;
        let confirm = Some(read.array()?).filter(|_| waits);
        read.end()?;
        Some(Self {
            line,
            generation,
            sending,
            suites_out,
            suites_in,
            bearer,
            contact_out,
            contact_in,
            confirm,
            by_tapes,
            sends_unconfirmed,
            awaits_receipts: true,
            life: Life::default(),
            standing: Standing::default(),
            out_current: 0,
            out_highest: 0,
            out_epochs: BTreeMap::new(),
            sent: BTreeMap::new(),
            log_history: BTreeMap::new(),
            in_epochs: BTreeMap::new(),
            ahead: BTreeMap::new(),
            gaps: BTreeMap::new(),
            exchange: Exchange::default(),
            changed: std::collections::BTreeSet::new(),
        })
    }
}

impl InEpoch {
    fn write(&self, writer: Writer) -> Writer {
        let writer = writer
            .bytes(&**self.frames.secret())
            .bytes(&*self.words)
            .maybe(self.parent)
            .maybe(self.end);
        self.given_up.iter().fold(
            writer.byte(self.given_up.len() as u8),
            |writer, (first, end)| writer.number(*first).number(*end),
        )
    }

    fn read(read: &mut Reader<'_>, header: [u8; 33]) -> Option<Self> {
        let mut held = Self {
            frames: FrameKey::new(read.secret()?, header),
            words: read.secret()?,
            parent: read.maybe()?,
            end: read.maybe()?,
            chain: None,
            next: None,
            tip: None,
            log: [0; 16],
            log_next: 0,
            log_waiting: BTreeMap::new(),
            given_up: BTreeMap::new(),
        };
        for _ in 0..read.byte()? {
            let (first, end) = (read.number()?, read.number()?);
            held.given_up.insert(first, end);
        }
        Some(held)
    }
}

fn read_chain(read: &mut Reader<'_>) -> Option<Chain> {
    let key: Secret = read.secret()?;
    let next = read.number()?;
    Some(Chain { key, next })
}

fn suite_bytes(suites: Suites) -> [u8; 2] {
    let mut bytes = [0; 2];
    for (byte, suite) in bytes.iter_mut().zip(suites.layers()) {
        *byte = suite.byte();
    }
    bytes
}

fn suites_of([inner, outer]: [u8; 2]) -> Option<Suites> {
    let find = |byte| Suite::ALL.into_iter().find(|suite| suite.byte() == byte);
    let outer = if outer == 0 { None } else { Some(find(outer)?) };
    Suites::new(find(inner)?, outer)
}
