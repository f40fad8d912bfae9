//! Rows: the cipher state as the vault keeps it (rules ROW-1 to ROW-3).
//!
//! Owns what each row is called and holds. A row is written anew whenever its part of the state
//! changed, and erased with it; [`Cipher::changes`] lists each once. An envelope sealed or opened
//! changes two or three rows of less than 100 bytes.

use std::collections::BTreeMap;
use std::fmt;

use redphone_wire::{EnvelopeId, Suite, Suites};
use zeroize::Zeroizing;

use crate::chain::Chain;
use crate::cipher::{Life, direction_of, header};
use crate::codec::{Reader, Writer};
use crate::contact::Standing;
use crate::envelope::LOG_HISTORY;
use crate::epoch::{InEpoch, OutEpoch, SentKey, Tip};
use crate::frame::FrameKey;
use crate::kdf::Secret;
use crate::refresh::Exchange;
use crate::{Cipher, SealError};

/// A vault row that was overwritten, or erased.
#[derive(Clone, Eq, PartialEq)]
pub struct RowChange {
    /// Its name within the line of two parties: `<generation>/<what>/..`.
    pub row: Vec<u8>,
    /// What it holds now; `None` when it is erased.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.value.is_some() { "set" } else { "erase" };
        write!(
            f,
            "RowChange({verb} {})",
            String::from_utf8_lossy(&self.row)
        )
    }
}

/// One row of the vault.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Row {
    /// What stays for the life of the line.
    Line,
    /// The life of the station and what is known of the peer's.
    Standing,
    /// Which epoch we send in.
    Sending,
    /// Counters of the refresh.
    Exchange,
    /// An opening of ours that waits for its answer.
    Pending,
    /// An epoch of ours.
    OutEpoch(u32),
    /// Its chain.
    OutChain(u32),
    /// What the next grows from.
    OutNext(u32),
    /// Receipt key of a sealed envelope.
    Sent(EnvelopeId),
    /// The running hash at the end of the newest epoch of ours that is over.
    LogEnd,
    /// An epoch of the peer.
    InEpoch(u32),
    /// Its chain.
    InChain(u32),
    /// What the next grows from.
    InNext(u32),
    /// The highest envelope opened in it, and the running hash.
    Tip(u32),
    /// Gap key of an envelope not yet opened.
    Gap(EnvelopeId),
    /// Log hash of an envelope opened beyond a gap.
    LogWaiting(EnvelopeId),
    /// An installed tape key: direction, number.
    Tape(u8, u32),
    /// The seed of an offer of ours.
    Offer(u32),
    /// An offer of the peer.
    TheirOffer(u32),
    /// Second secret of an exchange that we answered.
    BackGiven(u32),
    /// Second secret of an exchange that we offered.
    BackHeld(u32),
}

impl Row {
    /// The row's name, less the generation.
    fn name(self) -> String {
        let numbered = |what, number: u32| format!("{what}/{number}");
        let of = |what, id: EnvelopeId| format!("{what}/{}/{}", id.epoch, id.number);
        match self {
            Self::Line => "line".to_owned(),
            Self::Standing => "standing".to_owned(),
            Self::Sending => "sending".to_owned(),
            Self::Exchange => "exchange".to_owned(),
            Self::Pending => "pending".to_owned(),
            Self::OutEpoch(epoch) => numbered("out", epoch),
            Self::OutChain(epoch) => numbered("out-chain", epoch),
            Self::OutNext(epoch) => numbered("out-next", epoch),
            Self::Sent(id) => of("sent", id),
            Self::LogEnd => "log-end".to_owned(),
            Self::InEpoch(epoch) => numbered("in", epoch),
            Self::InChain(epoch) => numbered("in-chain", epoch),
            Self::InNext(epoch) => numbered("in-next", epoch),
            Self::Tip(epoch) => numbered("tip", epoch),
            Self::Gap(id) => of("gap", id),
            Self::LogWaiting(id) => of("log-waiting", id),
            Self::Tape(direction, number) => format!("tape/{direction}/{number}"),
            Self::Offer(number) => numbered("offer", number),
            Self::TheirOffer(number) => numbered("their-offer", number),
            Self::BackGiven(number) => numbered("back-given", number),
            Self::BackHeld(number) => numbered("back-held", number),
        }
    }

    /// Reads a name: the generation and the row.
    fn parse(name: &[u8]) -> Option<(u32, Self)> {
        let name = std::str::from_utf8(name).ok()?;
        let mut parts = name.split('/');
        let generation = parts.next()?.parse().ok()?;
        let what = parts.next()?;
        let numbers: Vec<u32> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
        let id = |epoch, number| EnvelopeId { epoch, number };
        let row = match (what, numbers.as_slice()) {
            ("line", []) => Self::Line,
            ("standing", []) => Self::Standing,
            ("sending", []) => Self::Sending,
            ("exchange", []) => Self::Exchange,
            ("pending", []) => Self::Pending,
            ("out", [epoch]) => Self::OutEpoch(*epoch),
            ("out-chain", [epoch]) => Self::OutChain(*epoch),
            ("out-next", [epoch]) => Self::OutNext(*epoch),
            ("sent", [epoch, number]) => Self::Sent(id(*epoch, *number)),
            ("log-end", []) => Self::LogEnd,
            ("in", [epoch]) => Self::InEpoch(*epoch),
            ("in-chain", [epoch]) => Self::InChain(*epoch),
            ("in-next", [epoch]) => Self::InNext(*epoch),
            ("tip", [epoch]) => Self::Tip(*epoch),
            ("gap", [epoch, number]) => Self::Gap(id(*epoch, *number)),
            ("log-waiting", [epoch, number]) => Self::LogWaiting(id(*epoch, *number)),
            ("tape", [direction, number]) => Self::Tape(u8::try_from(*direction).ok()?, *number),
            ("offer", [number]) => Self::Offer(*number),
            ("their-offer", [number]) => Self::TheirOffer(*number),
            ("back-given", [number]) => Self::BackGiven(*number),
            ("back-held", [number]) => Self::BackHeld(*number),
            _ => return None,
        };
        (format!("{generation}/{}", row.name()) == name).then_some((generation, row))
    }
}

impl Cipher {
    /// The rows that changed since the last call, each once. They go into the same transaction as
    /// the records of the step.
    pub fn changes(&mut self) -> Vec<RowChange> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|row| self.change(row)).collect()
    }

    /// Every row of the state, for a vault that is written anew.
    pub fn rows(&self) -> Vec<RowChange> {
        let id = |epoch: &u32, number: &u32| EnvelopeId {
            epoch: *epoch,
            number: *number,
        };
        let mut rows = vec![
            Row::Line,
            Row::Standing,
            Row::Sending,
            Row::Exchange,
            Row::Pending,
            Row::LogEnd,
        ];
        for epoch in self.out_epochs.keys() {
            rows.extend([
                Row::OutEpoch(*epoch),
                Row::OutChain(*epoch),
                Row::OutNext(*epoch),
            ]);
        }
        rows.extend(self.sent.keys().copied().map(Row::Sent));
        for (epoch, held) in &self.in_epochs {
            rows.extend([
                Row::InEpoch(*epoch),
                Row::InChain(*epoch),
                Row::InNext(*epoch),
                Row::Tip(*epoch),
            ]);
            let waiting = held.log_waiting.keys();
            rows.extend(waiting.map(|number| Row::LogWaiting(id(epoch, number))));
        }
        rows.extend(self.gaps.keys().copied().map(Row::Gap));
        rows.extend(self.exchange.rows());
        let all = rows.into_iter().map(|row| self.change(row));
        all.filter(|change| change.value.is_some()).collect()
    }

    /// Puts the state together again from the rows of one line.
    ///
    /// # Errors
    ///
    /// [`SealError::VaultDamaged`] names the first row that is missing or not as it was written.
    pub fn restore(
        rows: impl IntoIterator<Item = (Vec<u8>, Zeroizing<Vec<u8>>)>,
    ) -> Result<Self, SealError> {
        let mut parsed = BTreeMap::new();
        let mut generation = None;
        for (name, value) in rows {
            let damaged = || SealError::VaultDamaged(String::from_utf8_lossy(&name).into_owned());
            let (of, row) = Row::parse(&name).ok_or_else(damaged)?;
            if *generation.get_or_insert(of) != of {
                return Err(damaged());
            }
            parsed.insert(row, value);
        }
        let damaged = |row: Row| SealError::VaultDamaged(row.name());
        let line = parsed.get(&Row::Line).ok_or(damaged(Row::Line))?;
        let mut cipher = Self::from_line_row(line).ok_or(damaged(Row::Line))?;
        if generation != Some(cipher.generation) {
            return Err(damaged(Row::Line));
        }
        // Epochs come before what belongs to them: that is the order of `Row`.
        for (row, value) in &parsed {
            cipher.restore_row(*row, value).ok_or(damaged(*row))?;
        }
        for required in [Row::Standing, Row::Sending, Row::Exchange] {
            if !parsed.contains_key(&required) {
                return Err(damaged(required));
            }
        }
        if !cipher.out_epochs.contains_key(&cipher.out_current) {
            return Err(damaged(Row::OutEpoch(cipher.out_current)));
        }
        cipher.look_ahead();
        Ok(cipher)
    }

    pub(crate) fn mark(&mut self, row: Row) {
        self.changed.insert(row);
    }

    fn change(&self, row: Row) -> RowChange {
        RowChange {
            row: format!("{}/{}", self.generation, row.name()).into_bytes(),
            value: self.row_value(row),
        }
    }

    fn row_value(&self, row: Row) -> Option<Zeroizing<Vec<u8>>> {
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

    fn restore_row(&mut self, row: Row, value: &[u8]) -> Option<()> {
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

    fn from_line_row(value: &[u8]) -> Option<Self> {
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
