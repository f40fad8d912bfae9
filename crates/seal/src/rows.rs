//! Rows: the cipher state as the vault keeps it (rules ROW-1 to ROW-3).
//!
//! Owns what each row is called and holds. A row is written anew whenever its part of the state
//! changed, and erased with it; [`Cipher::changes`] lists each once. An envelope sealed or opened
//! changes two or three rows of less than 100 bytes.

mod name;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fmt;

use redphone_wire::EnvelopeId;
use zeroize::Zeroizing;

use crate::{Cipher, SealError};

pub(crate) use name::Row;

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
}
