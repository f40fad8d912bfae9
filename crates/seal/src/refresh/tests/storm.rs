//! Months of refreshes, and steps that are lost, doubled, late and crossed.

use super::*;

#[test]
fn epochs_and_keys_stay_within_their_bounds_over_months() {
    let (mut nord, mut sud) = pair();
    let mut draws = Draws::new(17);
    // As if nobody ever receipted: the oldest keys go.
    nord.send_unconfirmed();
    sud.send_unconfirmed();
    for hour in 0..100 {
        heal(&mut nord, &mut sud, 60 * hour, draws.bytes());
        // Some envelopes of every epoch are lost, and nothing is ever receipted.
        for _ in 0..50 {
            seal(&mut nord, "lost");
        }
        talk(&mut nord, &mut sud);
        assert!(sud.receiving_epochs().len() <= 64 && nord.sending_epochs().len() <= 65);
        assert!(sud.gaps.len() <= 4_096 && nord.sent.len() <= 1_088);
    }
    assert_eq!(state(&copy(&sud)), state(&sud));
}

/// What one side may do in the storm.
fn act(own: &mut Cipher, draws: &mut Draws, minutes: u64) -> Option<Refresh> {
    let random = draws.bytes();
    match draws.below(3) {
        0 => own.offer(at(minutes), random),
        1 => own.open_epoch(draws.below(2) == 0, random).ok(),
        _ => {
            // It falls and starts again from its vault.
            let direction = own.sending();
            let number = own.tape_next(direction);
            *own = copy(own);
            let _ = own.install_tape(direction, &tape(number % 50));
            let theirs = own.tape_next(direction.reverse());
            let _ = own.install_tape(direction.reverse(), &tape(theirs % 50));
            None
        }
    }
}

#[test]
fn lost_doubled_late_and_crossed_steps_converge() {
    for seed in 0..25 {
        let mut draws = Draws::new(seed);
        let (mut nord, mut sud) = pair();
        // Everything ever said to each side; each may arrive at any time, again and again.
        let mut said: [Vec<Refresh>; 2] = [Vec::new(), Vec::new()];
        for round in 0..120 {
            let side = draws.below(2);
            let other = 1 - side;
            let own = if side == 0 { &mut nord } else { &mut sud };
            if draws.below(3) == 0 || said[side].is_empty() {
                said[other].extend(act(own, &mut draws, 11 * round));
            } else {
                let step = said[side][draws.below(said[side].len())].clone();
                let answer = own.handle_refresh(&step).unwrap();
                // Half of the answers are lost.
                said[other].extend(answer.filter(|_| draws.below(2) == 0));
            }
            if draws.below(4) == 0 && nord.in_epochs.contains_key(&sud.sending_epoch()) {
                let sealed = seal(&mut sud, "in between");
                open(&mut nord, &sealed);
            }
        }
        // The line carries again: what waits is repeated and answered.
        for _ in 0..2 {
            if let Some(waiting) = nord.waiting_opening() {
                let answer = sud.handle_refresh(&waiting).unwrap().unwrap();
                nord.handle_refresh(&answer).unwrap();
            }
            if let Some(waiting) = sud.waiting_opening() {
                let answer = nord.handle_refresh(&waiting).unwrap().unwrap();
                sud.handle_refresh(&answer).unwrap();
            }
        }
        assert_eq!(
            (nord.waiting_opening(), sud.waiting_opening()),
            (None, None)
        );
        talk(&mut nord, &mut sud);
        let epochs = nord.words_epochs();
        let words = nord.line_words(epochs, Language::Russian);
        assert!(words.is_some() && words == sud.line_words(epochs, Language::Russian));
        let before = nord.sending_epoch();
        let offer = nord.offer(at(100_000), draws.bytes()).unwrap();
        carry(&mut nord, &mut sud, &offer);
        for _ in 0..4 {
            if let Ok(step) = sud.open_epoch(false, draws.bytes()) {
                carry(&mut sud, &mut nord, &step);
            }
            if let Ok(step) = nord.open_epoch(false, draws.bytes()) {
                carry(&mut nord, &mut sud, &step);
            }
        }
        assert!(nord.sending_epoch() > before, "a next refresh succeeds");
        talk(&mut nord, &mut sud);
    }
}
