//! Rows are the state: written one by one, put together again, and each missed.

use std::collections::BTreeMap;

use crate::Cipher;
use crate::testing::{Draws, open, pair, seal, state};

#[test]
fn changes_build_up_the_state_and_a_message_costs_little() {
    let (mut nord, mut sud) = pair();
    let mut vaults = [BTreeMap::new(), BTreeMap::new()];
    let mut draws = Draws::new(13);
    let mut flying = [Vec::new(), Vec::new()];
    for round in 0..600 {
        let side = draws.below(2);
        let (own, other) = if side == 0 {
            (&mut nord, &mut sud)
        } else {
            (&mut sud, &mut nord)
        };
        if draws.below(2) == 0 {
            flying[side].push(seal(own, &format!("round {round}")));
        } else if !flying[side].is_empty() {
            let sealed = flying[side].swap_remove(draws.below(flying[side].len()));
            open(other, &sealed);
        }
        if draws.below(10) == 0 {
            let upto: Vec<u32> = (0..draws.below(100) as u32).collect();
            own.receipted(0, &upto);
        }
        for (cipher, vault) in [&mut nord, &mut sud].into_iter().zip(&mut vaults) {
            let changes = cipher.changes();
            let bytes = |change: &crate::RowChange| change.value.as_ref().map_or(0, |v| v.len());
            let written: usize = changes.iter().map(bytes).sum();
            assert!(round < 2 || written < 4_000, "{written} bytes");
            for change in changes {
                match change.value {
                    Some(value) => vault.insert(change.row, value),
                    None => vault.remove(&change.row),
                };
            }
            if round % 20 == 0 {
                let restored = Cipher::restore(vault.clone()).unwrap();
                assert_eq!(state(&restored), state(cipher));
            }
        }
    }
    for sealed in flying[0].drain(..) {
        open(&mut sud, &sealed);
    }
    sud.changes();
    let sealed = seal(&mut nord, "one more");
    let changes = nord.changes();
    let bytes: usize = changes
        .iter()
        .map(|c| c.row.len() + c.value.as_ref().unwrap().len())
        .sum();
    assert!(changes.len() == 2 && bytes < 160, "{changes:?}");
    open(&mut sud, &sealed);
    assert_eq!(sud.changes().len(), 2);
}

#[test]
fn damaged_or_missing_rows_are_named() {
    let (mut nord, _) = pair();
    seal(&mut nord, "text");
    let rows: Vec<_> = state(&nord)
        .into_iter()
        .map(|change| (change.row, change.value.unwrap()))
        .collect();
    for index in 0..rows.len() {
        let name = String::from_utf8(rows[index].0.clone()).unwrap();
        let mut longer = rows.clone();
        longer[index].1.push(0);
        assert!(Cipher::restore(longer).is_err(), "{name} longer");
        let mut shorter = rows.clone();
        shorter[index].1.pop();
        assert!(Cipher::restore(shorter).is_err(), "{name} shorter");
        let mut other = rows.clone();
        other[index].0.push(b'x');
        assert!(Cipher::restore(other).is_err(), "{name} named otherwise");
    }
    for required in ["1/line", "1/standing", "1/sending", "1/exchange", "1/out/0"] {
        let without = rows.iter().filter(|(name, _)| name != required.as_bytes());
        assert!(Cipher::restore(without.cloned()).is_err(), "{required}");
    }
}
