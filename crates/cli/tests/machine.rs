//! What the machine under a station may do: stand still, run out of memory, of file handles, of
//! inodes, turn its file system read-only. FAULTS: F10, F11, F14, F21.
//!
//! A test that needs root or a program that is not there says so, and that it was not run.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use stations::{Homes, scratch};

const HOST: &str = "127.0.0.1";

#[test]
fn stopped_station_goes_on_where_it_was_and_nobody_is_alarmed() {
    let root = scratch("stopped");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_501, 17_511]);
    let mut nord = homes.start(0, &[]);
    let mut sud = homes.start(1, &[]);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    homes.exchange();

    sud.signal("STOP");
    for number in 2..5 {
        homes.run(0, &["send", "--as", "watch", &format!("number {number}")]);
    }
    std::thread::sleep(Duration::from_secs(3));
    sud.signal("CONT");

    for serial in ["2", "3", "4"] {
        homes.run(0, &["wait", serial, "--timeout", "60s"]);
    }
    homes.exchange();
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    for side in [0, 1] {
        assert_eq!(homes.alarms(side), Vec::<String>::new());
    }
    drop((nord, sud));
    let _ = fs::remove_dir_all(root);
}

#[test]
fn station_that_gets_no_more_memory_ends_and_loses_nothing_accepted() {
    let root = scratch("memory");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_503, 17_513]);
    let mut nord = homes.start(0, &[]);
    assert!(homes.ready(0, &mut nord));
    let chart = root.join("chart");
    fs::write(&chart, vec![7; 4 << 20]).unwrap();
    let room = virtual_bytes(nord.process()) + (2 << 20);
    let limit = ["--pid".to_owned(), nord.process().to_string()];
    let limited = Command::new("prlimit")
        .args(limit)
        .arg(format!("--as={room}"))
        .status();
    if !limited.is_ok_and(|status| status.success()) {
        eprintln!("not tested: there is no prlimit on this machine");
        return;
    }

    let mut accepted = 0;
    for _ in 0..30 {
        let chart = chart.to_str().unwrap();
        let sent = homes.try_run(
            0,
            &["send", "--as", "watch", "--attach", chart, "The chart."],
        );
        accepted += usize::from(sent.status.success());
        if nord.has_ended() {
            break;
        }
    }

    assert!(nord.has_ended(), "{accepted} charts fit into 2 MiB");
    let mut nord = homes.start_again(0);
    let mut sud = homes.start(1, &[]);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    let released = homes.tray(0, "outbox");
    assert!(released.len() >= accepted);
    homes.exchange();
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop((nord, sud));
    let _ = fs::remove_dir_all(root);
}

fn virtual_bytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmSize:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() * 1_024
}

#[test]
fn clients_that_use_up_the_file_handles_do_not_hold_up_the_line() {
    let root = scratch("handles");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_505, 17_515]);
    clients_use_up_the_file_handles(&homes, &["prlimit", "--nofile=40"], "60s");
    let _ = fs::remove_dir_all(root);
}

#[cfg(feature = "planted-bugs")]
#[test]
fn planted_client_without_a_handle_that_ends_the_station_is_noticed() {
    let root = scratch("handles-planted");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_561, 17_571]);
    let planted = ["env", "REDPHONE_PLANTED=ClientsEndStation"];
    let few = [&planted[..], &["prlimit", "--nofile=40"]].concat();
    let test = || clients_use_up_the_file_handles(&homes, &few, "5s");
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test));
    assert!(outcome.is_err(), "it went unseen");
    let _ = fs::remove_dir_all(root);
}

/// SUD runs under a wrapper that leaves it few handles, and answers a FLASH within so long.
fn clients_use_up_the_file_handles(homes: &Homes, wrapper: &[&str], within: &str) {
    let mut nord = homes.start(0, &[]);
    let few: Vec<_> = wrapper.iter().copied().map(str::to_owned).collect();
    let mut sud = homes.start(1, &few);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    let socket = Path::new(&homes.home(1)).join("api.sock");
    let held: Vec<_> = (0..200)
        .map_while(|_| UnixStream::connect(&socket).ok())
        .collect();

    homes.run(
        0,
        &["send", "--precedence", "flash", "--as", "watch", "One."],
    );
    homes.run(0, &["wait", "1", "--timeout", within]);

    assert!(!sud.has_ended());
    println!("{} clients were held", held.len());
    drop(held);
    assert!(homes.ready(1, &mut sud));
    homes.exchange();
}

/// A small file system in memory over a home. It ends with this value.
struct Mounted(PathBuf);

impl Mounted {
    /// Puts a home on a file system with these options. None where this machine does not allow it.
    fn over(home: &str, options: &str) -> Option<Self> {
        let aside = format!("{home}.aside");
        fs::rename(home, &aside).unwrap();
        fs::create_dir(home).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "redphone-test", home])
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        if !mounted {
            assert!(std::env::var_os("CI").is_none(), "this test wants root");
            eprintln!("not tested: this machine mounts no file system for a test");
        }
        let all = format!("{aside}/.");
        let copied = Command::new("cp").args(["-a", &all, home]).status();
        assert!(copied.unwrap().success());
        mounted.then(|| Self(PathBuf::from(home)))
    }

    fn again(&self, option: &str) {
        let options = format!("remount,{option}");
        let done = Command::new("mount")
            .args(["-o", &options])
            .arg(&self.0)
            .status();
        assert!(done.unwrap().success());
    }

    /// Makes files until there is no inode left.
    fn fill(&self) -> Vec<PathBuf> {
        let names = (0..10_000).map(|number| self.0.join(format!("filler-{number}")));
        let made: Vec<_> = names
            .take_while(|name| fs::File::create(name).is_ok())
            .collect();
        assert!(!made.is_empty() && made.len() < 10_000);
        made
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn disk_without_inodes_holds_up_nothing_and_a_start_without_them_says_so() {
    let root = scratch("inodes");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_507, 17_517]);
    let Some(mounted) = Mounted::over(&homes.home(1), "size=64m,nr_inodes=60,mode=700") else {
        return;
    };
    let mut nord = homes.start(0, &[]);
    let mut sud = homes.start(1, &[]);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    homes.exchange();

    let fillers = mounted.fill();
    homes.exchange();

    sud.kill();
    fs::remove_file(mounted.0.join("api.sock")).unwrap();
    fs::write(mounted.0.join("filler-last"), "").unwrap();
    let ended = homes.try_run(1, &["station", "--key-file", &homes.key(1)]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("api.sock"), "{said}");

    for filler in fillers {
        fs::remove_file(filler).unwrap();
    }
    let sud = homes.start_again(1);
    homes.exchange();
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop((nord, sud, mounted));
    let _ = fs::remove_dir_all(root);
}

/// A station that needs a file for each append takes nothing where there is no inode.
#[cfg(feature = "planted-bugs")]
#[test]
fn planted_file_for_each_append_is_noticed() {
    let root = scratch("inodes-planted");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_563, 17_573]);
    let Some(mounted) = Mounted::over(&homes.home(1), "size=64m,nr_inodes=60,mode=700") else {
        return;
    };
    let planted = ["env", "REDPHONE_PLANTED=FileForEachAppend"].map(str::to_owned);
    let mut sud = homes.start(1, &planted);
    assert!(homes.ready(1, &mut sud));
    let send = || homes.try_run(1, &["send", "--as", "watch", "Can you hear us?"]);
    assert!(send().status.success());
    let _ = mounted.fill();
    assert!(!send().status.success(), "it went unseen");
    drop((sud, mounted));
    let _ = fs::remove_dir_all(root);
}

#[test]
fn read_only_file_system_is_said_at_the_start_and_nothing_is_lost() {
    let root = scratch("read-only");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_509, 17_519]);
    let Some(mounted) = Mounted::over(&homes.home(1), "size=64m,mode=700") else {
        return;
    };
    let mut nord = homes.start(0, &[]);
    let mut sud = homes.start(1, &[]);
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));
    homes.exchange();
    sud.kill();

    mounted.again("ro");
    let ended = homes.try_run(1, &["station", "--key-file", &homes.key(1)]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("Read-only"), "{said}");

    mounted.again("rw");
    let sud = homes.start_again(1);
    homes.exchange();
    assert_eq!(homes.tray(1, "inbox"), homes.tray(0, "outbox"));
    drop((nord, sud, mounted));
    let _ = fs::remove_dir_all(root);
}
