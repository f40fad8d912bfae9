//! The alarm's command on a live pair: what it is told, and that one that is missing, fails, floods or
//! hangs is told and holds up nothing (rule WATCH-6).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::path::Path;

use stations::{Homes, Station, scratch};

const HOST: &str = "127.0.0.1";
const NORD: usize = 0;
const SUD: usize = 1;

/// Starts SUD with this command for its alarm.
fn start_with(homes: &Homes, plain: &str, command: &[&str]) -> Station {
    let config = format!("[alarm]\ncommand = {command:?}\nrepeat_s = 5\n\n{plain}");
    fs::write(Path::new(&homes.home(SUD)).join("config.toml"), config).unwrap();
    homes.start_again(SUD)
}

#[test]
fn alarm_command_that_misbehaves_is_told_and_holds_up_nothing() {
    let root = scratch("alarm");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_721, 17_731]);
    let plain = fs::read_to_string(Path::new(&homes.home(SUD)).join("config.toml")).unwrap();
    let _nord = homes.start_again(NORD);
    let cases: [(&[&str], &str); 4] = [
        (&["/nowhere/bell"], "could not be started"),
        (&["/bin/sh", "-c", "exit 1"], "ended with 1"),
        (
            &["/bin/sh", "-c", "yes & yes >&2"],
            "did not end within 10 s",
        ),
        (&["/bin/sleep", "600"], "did not end within 10 s"),
    ];
    for (command, words) in cases {
        let mut sud = start_with(&homes, &plain, command);
        homes.run(
            NORD,
            &["send", "--precedence", "flash", "--as", "watch", "One."],
        );
        // While the command runs, or hangs, messages go both ways.
        homes.exchange();
        let shown = homes.until(SUD, &["alarm"], &["RINGING", "FAILED", words]);
        assert!(shown.contains("not acknowledged"), "{shown}");
        let alarms = homes.alarms(SUD).join(" ");
        assert!(!alarms.contains("One."), "{alarms}");
        homes.until(
            SUD,
            &["journal", "tail", "--lines", "200"],
            &["The alarm did not ring"],
        );
        assert!(!sud.has_ended());
        sud.kill();
    }
    let _ = fs::remove_dir_all(root);
}

#[test]
fn alarm_command_is_told_no_more_than_it_may_and_can_be_proven() {
    let root = scratch("alarm-told");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_741, 17_751]);
    let plain = fs::read_to_string(Path::new(&homes.home(SUD)).join("config.toml")).unwrap();
    let told = homes.path("told");
    let script =
        format!("env > {told}.new; ls -l /proc/self/fd >> {told}.new; mv {told}.new {told}");
    let _nord = homes.start_again(NORD);
    let _sud = start_with(&homes, &plain, &["/bin/sh", "-c", &script]);

    let proven = homes.run(SUD, &["alarm", "prove"]);
    assert!(proven.contains("ran and ended well"), "{proven}");
    homes.run(SUD, &["alarm", "heard", "--as", "1st watch"]);
    homes.until(SUD, &["alarm"], &["by 1st watch"]);
    assert!(
        fs::read_to_string(&told)
            .unwrap()
            .contains("REDPHONE_PRECEDENCE=PROOF")
    );

    let text = "No content leaves by the alarm.";
    homes.run(
        NORD,
        &["send", "--precedence", "flash", "--as", "2nd watch", text],
    );
    homes.until(SUD, &["alarm"], &["RINGING", "ran "]);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let mut got = String::new();
    while !got.contains("REDPHONE_PRECEDENCE=FLASH") {
        assert!(std::time::Instant::now() < end, "{got}");
        std::thread::sleep(std::time::Duration::from_millis(50));
        got = fs::read_to_string(&told).unwrap();
    }
    assert!(got.contains("REDPHONE_COUNT=1") && got.contains("REDPHONE_STATION=SUD"));
    for secret in [
        "content",
        "2nd watch",
        "NORD",
        "sqlite",
        ".key",
        "HOME=",
        "api.sock",
    ] {
        let root = root.to_str().unwrap();
        assert!(!got.replace(root, "").contains(secret), "{secret}: {got}");
    }
    homes.run(SUD, &["acknowledge", "NORD-0001", "--as", "1st watch"]);
    homes.until(SUD, &["alarm"], &["nothing waits"]);
    let _ = fs::remove_dir_all(root);
}
