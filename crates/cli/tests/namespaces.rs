//! Two stations on two hosts that this test makes: network namespaces joined by a cable that can
//! be pulled. Needs root and iproute2; says so where it cannot run. FAULTS: F29, F35, F36.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::process::Command;
use std::time::{Duration, Instant};

use stations::{Homes, NAMES, scratch};

const HOSTS: [&str; 2] = ["10.77.0.1", "10.77.0.2"];
/// After an outage of any length, everything is receipted within this on a machine that does
/// other work as well. The exact bound is held in simulated time.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// Two namespaces and the cable between them. They end with this value.
struct Hosts {
    names: [String; 2],
}

fn ip(args: &[&str]) -> bool {
    Command::new("ip")
        .args(args)
        .output()
        .is_ok_and(|output| output.status.success())
}

impl Hosts {
    /// None where this machine does not allow it.
    fn new() -> Option<Self> {
        let id = std::process::id() % 100_000;
        let names = NAMES.map(|name| format!("rp{id}{}", name.to_lowercase()));
        let hosts = Self { names };
        let [nord, sud] = &hosts.names;
        let cable = ["link", "add", "cable", "netns", nord];
        let cable = [&cable[..], &["type", "veth", "peer", "cable", "netns", sud]].concat();
        let made = ip(&["netns", "add", nord]) && ip(&["netns", "add", sud]) && ip(&cable);
        if !made {
            return None;
        }
        for (name, host) in hosts.names.iter().zip(HOSTS) {
            let address = format!("{host}/24");
            assert!(ip(&[
                "-n", name, "address", "add", &address, "dev", "cable"
            ]));
            assert!(ip(&["-n", name, "link", "set", "lo", "up"]));
        }
        hosts.plug(true);
        Some(hosts)
    }

    fn plug(&self, up: bool) {
        let state = if up { "up" } else { "down" };
        for name in &self.names {
            assert!(ip(&["-n", name, "link", "set", "cable", state]));
        }
    }

    fn wrapper(&self, side: usize) -> Vec<String> {
        let name = &self.names[side];
        ["ip", "netns", "exec", name].map(str::to_owned).to_vec()
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for name in &self.names {
            ip(&["netns", "delete", name]);
        }
    }
}

#[test]
fn line_between_two_hosts_survives_a_pulled_cable_and_a_smaller_mtu() {
    let Some(hosts) = Hosts::new() else {
        assert!(
            std::env::var_os("CI").is_none(),
            "this test wants root and iproute2: cargo xtask test installs it"
        );
        eprintln!("not tested: this machine makes no network namespaces");
        return;
    };
    let root = scratch("namespaces");
    let homes = Homes::paired(&root.join("paired"), HOSTS, [17_401, 17_401]);
    let mut nord = homes.start(0, &hosts.wrapper(0));
    let mut sud = homes.start(1, &hosts.wrapper(1));
    assert!(homes.ready(0, &mut nord) && homes.ready(1, &mut sud));

    let send = |text: &str| {
        homes.run(
            0,
            &["send", "--precedence", "flash", "--as", "1st watch", text],
        );
    };
    send("before");
    homes.run(0, &["wait", "1", "--timeout", "20s"]);

    hosts.plug(false);
    send("while the cable is out");
    std::thread::sleep(Duration::from_secs(3));
    let waited = homes.try_run(0, &["wait", "2", "--timeout", "1s"]);
    assert!(
        matches!(waited.status.code(), Some(6 | 7)),
        "neither delivered nor failed: not yet, or unknown"
    );
    hosts.plug(true);
    let plugged = Instant::now();
    homes.run(0, &["wait", "2", "--timeout", "20s"]);
    assert!(plugged.elapsed() < BACK_WITHIN, "{:?}", plugged.elapsed());

    for name in &hosts.names {
        assert!(ip(&["-n", name, "link", "set", "cable", "mtu", "600"]));
    }
    send(&"a longer text over a narrower cable ".repeat(100));
    homes.run(0, &["wait", "3", "--timeout", "20s"]);
    assert_eq!(homes.tray(1, "inbox").len(), 3);
    drop((nord, sud));
    let _ = std::fs::remove_dir_all(root);
}
