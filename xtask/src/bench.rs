//! `cargo xtask bench`: redphone and Mosquitto measured in turn, in one run on one machine.
//!
//! Owns the peer: Debian's broker and Debian's own clients, one that publishes 280 bytes at QoS 2
//! and one that subscribes: bare, with TLS, and with a broker that keeps each message on disk, as
//! redphone does. The first two keep nothing; their receipt means memory. What redphone measures of
//! itself is `redphone bench`. Nothing here gates a change.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::step::{binary, output, run};
use crate::tools;

/// Rounds of which the median is told.
const ROUNDS: usize = 3;
/// Messages that the peer carries in a round, and where it keeps each on disk.
const MESSAGES: u32 = 40_000;
const MESSAGES_KEPT: u32 = 4_000;
/// Bytes of each, the same as redphone's.
const TEXT_BYTES: usize = 280;
/// Messages under way at once, the same as redphone's.
const IN_FLIGHT: u32 = 64;
const PORT: &str = "18847";
const TOPIC: &str = "redphone/bench";
/// How long the broker may take to listen, and a round at most.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is told of redphone: its name in the JSON of `redphone bench`, and in words.
const FIGURES: [(&str, &str); 8] = [
    ("floor_p50_us", "floor: 3 commits, 1 echo, p50, us"),
    ("receipt_p50_us", "command to durable receipt, p50, us"),
    ("messages_a_second", "durable sealed messages a second"),
    ("attachment_1_mb_us", "attachment of 1 MB, us"),
    (
        "restart_to_receipt_us",
        "restart of the peer to receipt, us",
    ),
    ("ready_empty_us", "start to ready, us"),
    ("idle_resident_kib", "idle, resident, KiB"),
    ("idle_cpu_millipercent", "idle, thousandths of a percent"),
];

/// How the peer runs.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Broker {
    Bare,
    Tls,
    /// It writes its store to disk at every change.
    Kept,
}

/// Measures and prints medians.
pub(crate) fn run_all(root: &Path) -> Result<(), String> {
    run(root, &["cargo", "build", "--release", "--locked"])?;
    let ours = binary(root, "release")?;
    let peer = tools::is_installed("mosquitto") && tools::is_installed("mosquitto_pub");
    let (mut udp, mut quic) = (Vec::new(), Vec::new());
    let (mut bare, mut tls, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        udp.push(redphone(root, &ours, "udp")?);
        if peer {
            bare.push(mosquitto(Broker::Bare)?);
            tls.push(mosquitto(Broker::Tls)?);
            kept.push(mosquitto(Broker::Kept)?);
        }
        quic.push(redphone(root, &ours, "quic")?);
    }
    println!("\n{:>46}{:>10}{:>10}", "medians", "udp", "quic");
    for (name, words) in FIGURES {
        let (udp, quic) = (of(&udp, name), of(&quic, name));
        println!("{words:>46}{udp:>10}{quic:>10}");
    }
    let times = |all: &[Value]| {
        let floor = of(all, "floor_p50_us").max(1);
        format!("{:.2}", of(all, "receipt_p50_us") as f64 / floor as f64)
    };
    println!(
        "{:>46}{:>10}{:>10}",
        "receipt / floor",
        times(&udp),
        times(&quic)
    );
    if peer {
        let (bare, tls, kept) = (median(bare), median(tls), median(kept));
        println!("{:>46}{bare:>10}", "Mosquitto QoS 2, messages a second");
        println!("{:>46}{tls:>10}", "the same with TLS");
        println!("{:>46}{kept:>10}", "the same, kept on disk");
    } else {
        println!("no peer: install with apt-get install mosquitto mosquitto-clients");
    }
    Ok(())
}

/// One run of redphone's own bench.
fn redphone(root: &Path, ours: &str, over: &str) -> Result<Value, String> {
    let line = [ours, "bench", "--over", over, "--json"];
    let figures = output(root, &line)?;
    serde_json::from_str(&figures).map_err(|why| format!("bench printed no JSON: {why}"))
}

fn of(all: &[Value], name: &str) -> u64 {
    let of_one = |one: &Value| one.get(name).and_then(Value::as_u64).unwrap_or(0);
    median(all.iter().map(of_one).collect())
}

fn median(mut all: Vec<u64>) -> u64 {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(0)
}

/// Messages a second through Mosquitto, until the subscriber has the last.
fn mosquitto(broker: Broker) -> Result<u64, String> {
    let folder = Folder::make()?;
    let config = folder.0.join("broker.conf");
    let psk = folder.0.join("psk");
    let secure = format!("psk_file {}\npsk_hint bench\n", psk.display());
    let store = format!(
        "user root\npersistence true\npersistence_location {}/\nautosave_on_changes true\n\
         autosave_interval 1\n",
        folder.0.display()
    );
    let more = match broker {
        Broker::Bare => "",
        Broker::Tls => secure.as_str(),
        Broker::Kept => store.as_str(),
    };
    let settings = format!(
        "listener {PORT} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n\
         max_inflight_messages {IN_FLIGHT}\n{more}"
    );
    write(&config, settings.as_bytes())?;
    write(&psk, b"bench:00112233445566778899aabbccddeeff\n")?;
    let mut running = Kept::start("mosquitto", &["-c", &config.to_string_lossy()], false)?;
    thread::sleep(Duration::from_millis(500));
    running.still_runs()?;
    let mut common = vec!["-h", "127.0.0.1", "-p", PORT, "-q", "2", "-t", TOPIC];
    if broker == Broker::Tls {
        let key = "00112233445566778899aabbccddeeff";
        common.extend(["--psk", key, "--psk-identity", "bench"]);
    }
    let messages = if broker == Broker::Kept {
        MESSAGES_KEPT
    } else {
        MESSAGES
    };
    let count = messages.to_string();
    let mut subscribe = [common.as_slice(), &["-C", &count]].concat();
    if broker == Broker::Kept {
        // A session that outlives its connection: only for such a one is anything kept.
        subscribe.extend(["-c", "-i", "bench"]);
    }
    let mut subscriber = Kept::start("mosquitto_sub", &subscribe, false)?;
    thread::sleep(Duration::from_millis(500));
    let begun = Instant::now();
    let publish = [common.as_slice(), &["-l"]].concat();
    let mut publisher = Kept::start("mosquitto_pub", &publish, true)?;
    let mut lines = publisher.0.stdin.take().ok_or("no way in")?;
    let text = "x".repeat(TEXT_BYTES - 11);
    for number in 0..messages {
        writeln!(lines, "{number:010} {text}").map_err(|why| format!("mosquitto_pub: {why}"))?;
    }
    drop(lines);
    subscriber.await_end(begun)?;
    let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(u64::from(messages) * 1_000_000 / took.max(1))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|why| format!("{}: {why}", path.display()))
}

/// A folder that goes with the measurement.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("redphone-bench-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program that ends with the measurement.
struct Kept(Child);

impl Kept {
    fn start(program: &str, arguments: &[&str], fed: bool) -> Result<Self, String> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(if fed { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn();
        child
            .map(Self)
            .map_err(|why| format!("{program} does not start: {why}"))
    }

    fn still_runs(&mut self) -> Result<(), String> {
        match self.0.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(format!("mosquitto ended at once: is port {PORT} taken?")),
        }
    }

    fn await_end(&mut self, begun: Instant) -> Result<(), String> {
        while begun.elapsed() < PATIENCE {
            if self.0.try_wait().map_err(|why| why.to_string())?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Err("Mosquitto did not carry all messages".to_owned())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_one() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(Vec::new()), 0);
        let all = [serde_json::json!({ "a": 3 }), serde_json::json!({ "a": 4 })];
        assert_eq!((of(&all, "a"), of(&all, "b")), (4, 0));
    }
}
