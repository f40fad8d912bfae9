//! What must hold of symbols: they fit their bearers, and enough of them are the envelope.

use super::*;
use crate::{BearerKind, Carries, Cover};

fn spec(mtu: usize, bit_s: u64) -> BearerSpec {
    BearerSpec {
        name: "b".to_owned(),
        kind: BearerKind::Udp,
        mtu,
        rate: Rate::datagrams(bit_s),
        overhead: 0,
        carries: Carries::Both,
        cost: 0,
        cover: None,
    }
}

fn envelope(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn whole_envelope_goes_in_one_frame_where_it_fits() {
    let cut = Cut::new(205, false, [spec(256, 75)].iter());
    assert!(cut.is_single());
    assert_eq!(cut.symbols_per_frame(&spec(256, 75), false), 1);
    assert!(!Cut::new(233, false, [spec(256, 75)].iter()).is_single());
}

#[test]
fn any_sufficient_subset_restores_the_envelope() {
    for bytes in [233, 256, 1_000, 65_792] {
        let whole = envelope(bytes);
        let cut = Cut::new(
            bytes,
            false,
            [spec(256, 8_000), spec(1_200, 8_000_000)].iter(),
        );
        let mut cutter = Cutter::new(cut);
        let mut symbols = BTreeMap::new();
        for id in (0..cut.source).filter(|id| id % 3 != 0) {
            symbols.insert(id, cutter.symbols(&whole, id, 1));
        }
        let mut id = cut.source + 7;
        let object = loop {
            symbols.insert(id, cutter.symbols(&whole, id, 1));
            id += 1;
            if symbols.len() >= usize::from(cut.source)
                && let Some(object) = restore(cut, &symbols)
            {
                break object;
            }
            assert!(symbols.len() < usize::from(cut.source) + 10);
        };
        assert_eq!(unpad(object, cut), Ok(whole));
    }
}

#[test]
fn wide_bearers_pack_several_symbols_and_waste_little() {
    for narrow in [100, 256, 300, 576, 700, 1_000] {
        let wide = spec(1_200, 100_000_000);
        let cut = Cut::new(65_792, false, [spec(narrow, 8_000), wide.clone()].iter());
        assert!(cut.length + MULTI_HEADER + TAG_BYTES <= narrow);
        let packed = cut.symbols_per_frame(&wide, true) * cut.length;
        assert!(packed * 100 >= 90 * 1_174, "{narrow}: {packed}");
    }
}

#[test]
fn frames_of_an_attachment_are_short_in_time() {
    let slow = spec(576, 9_600);
    let cut = Cut::new(65_792, true, [slow.clone()].iter());
    assert!(slow.air_time(cut.frame_bytes(1)) <= FRAME_AIR_TIME_MAX);
    assert!(cut.length >= SYMBOL_BYTES_MIN);
}

#[test]
fn symbols_fit_the_frame_of_a_bearer_with_cover() {
    let mut covered = spec(1_200, 8_000);
    covered.cover = Some(Cover {
        frame_bytes: 200,
        interval: Duration::from_millis(250),
    });
    for bytes in 150..300 {
        let cut = Cut::new(bytes, false, [covered.clone()].iter());
        assert!(cut.frame_bytes(1) + Frame::PADDED_BYTES <= 200);
    }
}

#[test]
fn symbols_come_out_alike_one_by_one_and_in_packs() {
    let whole = envelope(1_000);
    let cut = Cut::new(1_000, false, [spec(125, 8_000)].iter());
    let mut cutter = Cutter::new(cut);
    let first = cut.source - 2;
    let pack = cutter.symbols(&whole, first, 5);
    let mut one_by_one = Vec::new();
    for id in first..first + 5 {
        one_by_one.extend(cutter.symbols(&whole, id, 1));
    }
    assert_eq!(pack, one_by_one);
}

#[test]
fn only_one_padding_is_allowed() {
    let cut = Cut {
        source: 2,
        length: 4,
    };
    let padded = |bytes: [u8; 8]| unpad(bytes.to_vec(), cut);
    assert_eq!(padded([1, 2, 3, 4, 5, 0x80, 0, 0]), Ok(vec![1, 2, 3, 4, 5]));
    assert_eq!(padded([1, 2, 3, 0x80, 0, 0, 0, 0]), Err(Refused::Padding));
    assert_eq!(padded([1, 2, 3, 4, 5, 6, 7, 8]), Err(Refused::Padding));
    assert_eq!(padded([0; 8]), Err(Refused::Padding));
}
