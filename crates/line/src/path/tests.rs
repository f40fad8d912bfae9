//! Round trip and loss are those of the very frames that were sent.

use super::*;

fn echo(number: u8, repeat: u8) -> Echo {
    Echo { number, repeat }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn round_trip_is_measured_from_the_very_copy_that_was_answered() {
    let mut path = Path::new(None);
    for repeat in 0..4 {
        path.sent(100, ms(1));
        path.sent_symbols(ms(10 * u64::from(repeat)), ms(1), echo(7, repeat));
    }
    assert!(path.echoed(ms(71), echo(7, 3), Some(4)).is_some());
    assert_eq!(path.round_trip(), Some(ms(40)));
    let again = path.echoed(ms(90), echo(7, 3), Some(4));
    assert!(again.is_none(), "counts once");
}

#[test]
fn loss_is_what_the_peer_did_not_hear() {
    let mut path = Path::new(None);
    for number in 0..=100_u8 {
        path.sent(100, ms(0));
        path.sent_symbols(ms(u64::from(number)), ms(0), echo(number, 0));
        if number % 20 == 0 {
            path.echoed(ms(200), echo(number, 0), Some(u16::from(number) * 3 / 4));
        }
    }
    assert!((path.loss().unwrap() - 0.25).abs() < 0.01);
}

#[test]
fn peer_that_starts_anew_is_no_loss() {
    let mut path = Path::new(None);
    for (number, heard) in [(0, 500), (20, 520), (40, 3)] {
        for _ in 0..20 {
            path.sent(100, ms(0));
        }
        path.sent_symbols(ms(0), ms(0), echo(number, 0));
        path.echoed(ms(1), echo(number, 0), Some(heard));
    }
    assert_eq!(path.loss(), Some(0.0));
}

#[test]
fn what_was_learned_survives() {
    let learned = Learned {
        round_trip_us: Some(600_000),
        deviation_us: 900,
        loss_permille: Some(20),
    };
    assert_eq!(Path::new(Some(learned)).learned(), learned);
}
