//! Two homes on this machine, made and paired with the commands alone, and copies of them.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test that shares this module uses a part of it"
)]

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const NAMES: [&str; 2] = ["NORD", "SUD"];

/// Two paired homes below one directory.
pub struct Homes {
    root: PathBuf,
    addresses: [String; 2],
}

/// A running station. It ends with this value.
pub struct Station {
    child: Child,
}

fn redphone() -> Command {
    Command::new(env!("CARGO_BIN_EXE_redphone"))
}

/// A directory for one test, empty.
pub fn scratch(test: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("redphone-{test}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// Whether strace is here. On CI's machine it must be.
pub fn has_strace() -> bool {
    let found = Command::new("strace").arg("-V").output();
    let found = found.is_ok_and(|output| output.status.success());
    let needed = std::env::var_os("CI").is_some();
    assert!(found || !needed, "install strace: cargo xtask test does");
    if !found {
        eprintln!("not tested: strace is not installed");
    }
    found
}

/// The wrapper that kills a process at the n-th call of one kind.
pub fn killing(call: &str, point: u32) -> Vec<String> {
    let inject = format!("inject={call}:signal=KILL:when={point}");
    let wrapper = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
    wrapper.map(str::to_owned).to_vec()
}

impl Homes {
    /// Founds and pairs two stations with a UDP and a QUIC bearer between these hosts. QUIC has
    /// the port above that of UDP.
    pub fn paired(root: &Path, hosts: [&str; 2], ports: [u16; 2]) -> Self {
        let address = |side: usize| format!("{}:{}", hosts[side], ports[side]);
        let homes = Self {
            root: root.to_path_buf(),
            addresses: [address(0), address(1)],
        };
        fs::create_dir_all(root).unwrap();
        for side in [0, 1] {
            homes.run(side, &["init", "--name", NAMES[side], "--exercise"]);
            homes.write_config(side);
        }
        for side in [0, 1] {
            homes.run(
                side,
                &["card", "export", "--out", &homes.file(side, "card")],
            );
            let shown = homes.run(side, &["card", "show", "--json"]);
            let words = between(&shown, "\"english\":[", "]").replace(['"', ','], " ");
            fs::write(homes.file(side, "words"), words).unwrap();
        }
        for side in [0, 1] {
            let (card, words) = (homes.file(1 - side, "card"), homes.file(1 - side, "words"));
            homes.run(side, &["card", "import", "--words-file", &words, &card]);
        }
        homes.pair("letter");
        homes
    }

    /// Pairs the two with cards, by letters of this name, whether stations run or not.
    pub fn pair(&self, name: &str) {
        let one = self.path(&format!("{name}-1"));
        let first = self.try_run(0, &["pair", "SUD", "--with", "cards", "--out", &one]);
        assert!(first.status.success());
        let lower = usize::from(!Path::new(&one).exists());
        let (two, three) = (
            self.path(&format!("{name}-2")),
            self.path(&format!("{name}-3")),
        );
        let (mine, theirs) = (NAMES[lower], NAMES[1 - lower]);
        let step = |side, peer, extra: &[&str]| {
            let args = [&["pair", peer, "--with", "cards"], extra].concat();
            self.run(side, &args);
        };
        if lower == 1 {
            step(1, theirs, &["--out", &one]);
        }
        step(1 - lower, mine, &["--letter", &one, "--out", &two]);
        step(lower, theirs, &["--letter", &two, "--out", &three]);
        step(1 - lower, mine, &["--letter", &three]);
    }

    /// A copy of both homes, to break.
    pub fn copy(&self, to: &Path) -> Self {
        let _ = fs::remove_dir_all(to);
        let done = Command::new("cp")
            .arg("-a")
            .arg(&self.root)
            .arg(to)
            .status();
        assert!(done.unwrap().success());
        Self {
            root: to.to_path_buf(),
            addresses: self.addresses.clone(),
        }
    }

    fn write_config(&self, side: usize) {
        let peer = NAMES[1 - side];
        let (ours, theirs) = (&self.addresses[side], &self.addresses[1 - side]);
        let above = |address: &str| {
            let (host, port) = address.rsplit_once(':').unwrap();
            format!("{host}:{}", port.parse::<u16>().unwrap() + 1)
        };
        let (ours_quic, theirs_quic) = (above(ours), above(theirs));
        let config = format!(
            "[[udp]]\nname = \"lan\"\npeer = \"{peer}\"\nbind = \"{ours}\"\n\
             address = \"{theirs}\"\nrate_bit_s = 100000000\n\n\
             [[quic]]\nname = \"ip\"\npeer = \"{peer}\"\nbind = \"{ours_quic}\"\n\
             address = \"{theirs_quic}\"\n"
        );
        fs::write(Path::new(&self.home(side)).join("config.toml"), config).unwrap();
    }

    pub fn path(&self, name: &str) -> String {
        self.root.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, side: usize, what: &str) -> String {
        self.path(&format!("{}.{what}", NAMES[side]))
    }

    pub fn home(&self, side: usize) -> String {
        self.path(NAMES[side])
    }

    pub fn key(&self, side: usize) -> String {
        self.file(side, "key")
    }

    /// Runs a command of one side, whatever becomes of it.
    pub fn try_run(&self, side: usize, args: &[&str]) -> Output {
        let mut command = redphone();
        command.args(["--home", &self.home(side)]).args(args);
        let offline = [
            "init", "card", "tape", "pair", "journal", "backup", "restore",
        ];
        if args.first().is_some_and(|first| offline.contains(first)) {
            command.args(["--key-file", &self.file(side, "key")]);
        }
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Waits until a command of a side prints all these words.
    pub fn until(&self, side: usize, args: &[&str], words: &[&str]) -> String {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let output = self.try_run(side, args);
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            if words.iter().all(|word| shown.contains(word)) {
                return shown;
            }
            assert!(Instant::now() < end, "{args:?} without {words:?}: {shown}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a command of one side that must succeed, and returns what it printed.
    pub fn run(&self, side: usize, args: &[&str]) -> String {
        let output = self.try_run(side, args);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {shown}{error}");
        shown
    }

    /// Runs a command with NORD's key on any home, under a wrapper if one is given. True when it
    /// succeeded; what it refused must have words.
    pub fn keep(&self, wrapper: &[String], home: &str, args: &[&str]) -> bool {
        let binary = env!("CARGO_BIN_EXE_redphone").to_owned();
        let mut line = wrapper.iter().chain([&binary]);
        let mut command = Command::new(line.next().unwrap());
        command.args(line).args(["--home", home]).args(args);
        command.args(["--key-file", &self.file(0, "key")]);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let refused = output.status.code().is_some_and(|code| code != 0);
        assert!(
            !refused || told.starts_with("redphone: "),
            "{args:?}: {told}"
        );
        output.status.success()
    }

    /// Starts the station of one side, under a wrapper such as strace if one is given.
    pub fn start(&self, side: usize, wrapper: &[String]) -> Station {
        let binary = env!("CARGO_BIN_EXE_redphone");
        let mut command = match wrapper.split_first() {
            None => Command::new(binary),
            Some((program, args)) => {
                let mut command = Command::new(program);
                command.args(args).arg(binary);
                command
            }
        };
        let key = self.file(side, "key");
        let child = command
            .args(["--home", &self.home(side), "station", "--key-file", &key])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        Station { child }
    }

    /// Waits until a station answers; false if it ended before.
    pub fn ready(&self, side: usize, station: &mut Station) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if station.has_ended() {
                return false;
            }
            if self.try_run(side, &["status", "--json"]).status.success() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} does not answer", NAMES[side]);
    }

    /// Starts a station after one that was killed: a dying process holds the home a little longer.
    pub fn start_again(&self, side: usize) -> Station {
        for _ in 0..50 {
            let mut station = self.start(side, &[]);
            if self.ready(side, &mut station) {
                return station;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{} does not start again", NAMES[side]);
    }

    /// What a side says that somebody must attend to.
    pub fn alarms(&self, side: usize) -> Vec<String> {
        let shown = self.run(side, &["status", "--json"]);
        let alarms = between(&shown, "\"alarms\":[", "]");
        let alarms = alarms.split("\",\"").filter(|said| !said.is_empty());
        alarms.map(str::to_owned).collect()
    }

    /// One message each way, from release to receipt.
    pub fn exchange(&self) {
        for side in [0, 1] {
            let serial = self.tray(side, "outbox").len() + 1;
            self.run(side, &["send", "--as", "watch", "How do you read?"]);
            self.run(side, &["wait", &serial.to_string(), "--timeout", "60s"]);
        }
    }

    /// Names of the messages of a tray, sorted.
    pub fn tray(&self, side: usize, tray: &str) -> Vec<String> {
        let shown = self.run(side, &[tray, "--json"]);
        let mut names: Vec<String> = shown
            .split("\"name\":\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    }
}

impl Station {
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal, by its name, to the station and whatever wraps it.
    pub fn signal(&self, name: &str) {
        let group = format!("-{}", self.child.id());
        let sent = Command::new("kill")
            .args([&format!("-{name}"), "--", &group])
            .status();
        assert!(sent.unwrap().success());
    }

    /// The process of the station, or of its wrapper where that stays.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills the station and whatever wraps it: a tracer that dies alone leaves it running.
    pub fn kill(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).output();
        let _ = self.child.wait();
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        self.kill();
    }
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let rest = text.split(begin).nth(1).unwrap();
    rest.split(end).next().unwrap()
}
