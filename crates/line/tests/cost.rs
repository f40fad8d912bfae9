//! What a step costs when thousands of envelopes wait. Prints; the bound is loose, so that a busy
//! machine does not fail it. Run with `--release -- --nocapture` for figures.

mod pair;

use std::time::Instant;

use pair::{Pair, lan, ms, secs};
use redphone_wire::Precedence;

#[test]
fn thousands_that_wait_do_not_slow_a_step() {
    let steps = 20_000_u32;
    let mut costs = Vec::new();
    for waiting in [1_u32, 5_000] {
        let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
        pair.links[0].cut = [true; 2];
        for _ in 0..waiting {
            pair.submit(0, 205, Precedence::Routine);
        }
        pair.run(secs(1));
        let bearer = pair.links[0].id;
        let start = Instant::now();
        for _ in 0..steps {
            let now = pair.now();
            pair.sides[0].line.handle_timeout(now);
            std::hint::black_box(pair.sides[0].line.poll_transmit(now, bearer));
            std::hint::black_box(pair.sides[0].line.poll_timeout(now));
            pair.now += ms(1);
        }
        costs.push(start.elapsed() / steps);
    }
    println!("timeout, transmit and next timeout: {costs:?} with 1 and 5,000 waiting");
    assert!(costs[1] < ms(1), "{costs:?}");
}

#[test]
fn texts_flow_at_a_rate_that_leaves_the_machine_to_the_disk() {
    let mut pair = Pair::warm(1, lan(), ms(1), 0.0);
    let count = 20_000;
    let start = Instant::now();
    for _ in 0..count {
        pair.submit(0, 205, Precedence::Routine);
    }
    assert!(pair.run_until_receipted(secs(60)));
    let each = start.elapsed() / count;
    let frames = pair.links[0].left[0].len();
    println!("{each:?} a message, both ends and the driver, {frames} frames");
    assert!(each < ms(2), "{each:?}");
}
