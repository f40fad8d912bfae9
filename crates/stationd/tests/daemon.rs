//! Whole stations as processes: start, answer, refuse a second one, stop, come back, and carry a
//! FLASH from one to the other.
//!
//! A station's process is this test's own program, told by an environment variable to be one.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

use std::io::{Read, Write};
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redphone_api::{Request, Response};
use redphone_station::Founding;
use redphone_stationd::{Unlock, handle_offline, init, run};
use redphone_wire::Environment;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const HOME: &str = "REDPHONE_TEST_STATION";
const WITHIN: Duration = Duration::from_secs(30);

/// No test: the station's process, when the variable says so.
#[test]
fn be_a_station() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let code = match runtime.block_on(run(Path::new(&home), Unlock::Find)) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    std::process::exit(code);
}

/// A home with a key file, removed at the end.
struct Home(PathBuf);

impl Home {
    fn new(test: &str, name: &str) -> Self {
        let place = format!("redphone-{test}-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(place);
        let founding = Founding {
            name: name.parse().unwrap(),
            environment: Environment::Exercise,
        };
        let key = Unlock::NewKeyFile(path.join("station.key"));
        init(&path, &founding, &key).unwrap();
        Self(path)
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.0.join("config.toml"), text).unwrap();
    }

    fn offline(&self, request: Request) -> Response {
        handle_offline(&self.0, &Unlock::Find, request).unwrap()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "be_a_station", "--nocapture"])
            .env(HOME, &self.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self) -> Station {
        let mut station = Station {
            process: self.command().spawn().unwrap(),
            socket: self.0.join("api.sock"),
        };
        eventually("the station answers", || {
            if let Some(code) = station.process.try_wait().unwrap() {
                panic!("ended with {code}: {}", station.errors());
            }
            station
                .try_call("GET", "/readyz", None)
                .is_some_and(|(status, _)| status == 200)
        });
        station
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running station, killed at the end if it still runs.
struct Station {
    process: Child,
    socket: PathBuf,
}

impl Station {
    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.try_call(method, path, body).unwrap();
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    fn try_call(&self, method: &str, path: &str, body: Option<Value>) -> Option<(u16, Value)> {
        let mut stream = UnixStream::connect(&self.socket).ok()?;
        stream.set_read_timeout(Some(WITHIN)).unwrap();
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, signal).unwrap();
    }

    /// Asks for a clean stop; gives the exit code.
    fn stop(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        let begun = Instant::now();
        let code = self.process.wait().unwrap().code();
        assert!(begun.elapsed() < WITHIN);
        code
    }

    fn errors(&mut self) -> String {
        let mut words = String::new();
        if let Some(stderr) = &mut self.process.stderr {
            let _ = stderr.read_to_string(&mut words);
        }
        words
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn eventually(what: &str, holds: impl FnMut() -> bool) {
    eventually_between(&[], what, holds);
}

/// Waits until it holds; says how the stations are if it never does.
fn eventually_between(stations: &[&Station], what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > WITHIN {
            for station in stations {
                println!("{:#}", station.call("GET", "/v1/status", None));
            }
            panic!("never: {what}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn station_answers_stops_when_told_and_comes_back() {
    let home = Home::new("comes-back", "NORD");
    let mut station = home.start();
    let mode = std::fs::metadata(&station.socket)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let status = station.call("GET", "/v1/status", None);
    assert_eq!(
        (status["station"].as_str(), status["environment"].as_str()),
        (Some("NORD"), Some("EXERCISE"))
    );
    let life = status["life"].as_u64().unwrap();

    assert_eq!(station.stop(), Some(0), "{}", station.errors());

    assert!(!station.socket.exists());
    let station = home.start();
    let status = station.call("GET", "/v1/status", None);
    assert_eq!(status["life"].as_u64(), Some(life + 1));
    assert_eq!(
        station.call("POST", "/v1/journal/verify", None)["first_bad"],
        Value::Null
    );
}

#[test]
fn killed_station_comes_back_over_its_dead_socket() {
    let home = Home::new("killed", "NORD");
    let mut station = home.start();
    station.signal(Signal::KILL);
    station.process.wait().unwrap();
    assert!(station.socket.exists());
    let station = home.start();
    assert_eq!(station.call("GET", "/readyz", None)["ready"], true);
}

#[test]
fn second_station_on_one_home_is_refused_and_the_first_goes_on() {
    let home = Home::new("second", "NORD");
    let station = home.start();

    let second = home.command().output().unwrap();

    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("A station already runs on "), "{said}");
    let offline = handle_offline(&home.0, &Unlock::Find, Request::CardShow).unwrap_err();
    assert!(
        offline.what.contains("A station already runs on "),
        "{offline}"
    );
    assert_eq!(station.call("GET", "/readyz", None)["ready"], true);
}

#[test]
fn wrong_key_configuration_and_home_have_their_own_sentences() {
    let home = Home::new("wrong", "NORD");
    let refused = |words: &str| {
        let output = home.command().output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    };
    home.configure("[api]\nsocked = 'x'\n");
    refused("config.toml, line 2, is refused: unknown field `socked`");
    home.configure("");
    std::fs::write(home.0.join("station.key"), "00".repeat(32)).unwrap();
    refused("does not open this home");
    std::fs::write(home.0.join("format"), "redphone home 9\n").unwrap();
    refused("A newer redphone made the home");
}

#[test]
fn desk_counts_and_figures_and_events_are_there() {
    let home = Home::new("desk", "NORD");
    let station = home.start();
    station.call("POST", "/v1/desk", Some(json!({ "desk": "NORD-1" })));
    assert_eq!(station.call("GET", "/v1/status", None)["desks"], 1);
    let mut stream = UnixStream::connect(&station.socket).unwrap();
    stream.set_read_timeout(Some(WITHIN)).unwrap();
    stream
        .write_all(b"GET /v1/events HTTP/1.1\r\nHost: s\r\n\r\n")
        .unwrap();
    let mut heard = String::new();
    let mut piece = [0; 512];
    while heard.matches("event: heartbeat").count() < 2 {
        let read = stream.read(&mut piece).unwrap();
        heard.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}

/// Two homes whose lines are paired by cards, over UDP on this machine.
fn paired(test: &str) -> [Home; 2] {
    let homes = [Home::new(test, "NORD"), Home::new(test, "SUD")];
    let cards = homes
        .each_ref()
        .map(|home| match home.offline(Request::CardShow) {
            Response::Card(card) => card,
            other => panic!("{other:?}"),
        });
    let import = |card: &redphone_api::CardView| Request::CardImport {
        card: card.armoured.clone(),
        words: card.english.join(" "),
    };
    homes[0].offline(import(&cards[1]));
    homes[1].offline(import(&cards[0]));
    let pair = |home: &Home, peer: &str, letter: Option<String>| {
        let request = Request::Pair {
            peer: peer.to_owned(),
            with: "cards".to_owned(),
            suites: None,
            letter,
            generation: None,
        };
        match home.offline(request) {
            Response::Pairing(step) => Some(step.letter).filter(|letter| !letter.is_empty()),
            other => panic!("{other:?}"),
        }
    };
    let first = pair(&homes[0], "SUD", None);
    let mut at = usize::from(first.is_some());
    let mut letter = first.or_else(|| pair(&homes[1], "NORD", None));
    while letter.is_some() {
        let peer = if at == 0 { "SUD" } else { "NORD" };
        letter = pair(&homes[at], peer, letter);
        at = 1 - at;
    }
    let ports = [free_port(), free_port()];
    for (index, peer) in ["SUD", "NORD"].into_iter().enumerate() {
        let (ours, theirs) = (ports[index], ports[1 - index]);
        homes[index].configure(&format!(
            "[[udp]]\nname = 'lan'\npeer = '{peer}'\nbind = '127.0.0.1:{ours}'\n\
             address = '127.0.0.1:{theirs}'\nrate_bit_s = 1000000\n"
        ));
    }
    homes
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn reached(message: &Value, rung: &str) -> bool {
    let ladder = message["ladder"].as_array().unwrap();
    ladder
        .iter()
        .any(|step| step["rung"] == rung && step["at"].is_u64())
}

#[test]
fn flash_crosses_from_one_station_to_the_other_and_is_acknowledged() {
    let homes = paired("flash");
    let [nord, sud] = homes.each_ref().map(Home::start);
    let body = json!({
        "precedence": "flash", "text": "This is an exercise.", "officer": "1st watch",
        "attachments": [{ "name": "map.png", "media_type": "image/png", "bytes": "00ff00ff" }],
    });

    let name = nord.call("POST", "/v1/messages", Some(body))["name"]
        .as_str()
        .unwrap()
        .to_owned();

    let path = format!("/v1/messages/{}", name.replace(' ', "-"));
    eventually_between(&[&nord, &sud], "AT STATION", || {
        reached(
            &nord.call("GET", &path.replace("NORD-", ""), None),
            "AT-STATION",
        )
    });
    let read = sud.call("GET", &path, None);
    assert_eq!(read["text"], "This is an exercise.");
    eventually_between(&[&nord, &sud], "the attachment is whole", || {
        sud.call("GET", &path, None)["attached"][0]["whole"] == true
    });
    let officer = json!({ "officer": "2nd watch" });
    sud.call("POST", &format!("{path}/acknowledge"), Some(officer));
    eventually_between(&[&nord, &sud], "ACKNOWLEDGED", || {
        reached(
            &nord.call("GET", &path.replace("NORD-", ""), None),
            "ACKNOWLEDGED",
        )
    });
}

#[test]
fn message_released_while_the_other_side_is_down_is_there_when_it_is_back() {
    let homes = paired("down");
    let mut nord = homes[0].start();
    let body = json!({ "precedence": "routine", "text": "Later.", "officer": "1st watch" });
    nord.call("POST", "/v1/messages", Some(body));
    nord.signal(Signal::KILL);
    nord.process.wait().unwrap();

    let nord = homes[0].start();
    let sud = homes[1].start();

    eventually_between(&[&nord, &sud], "the message came, once", || {
        let list = sud.call("GET", "/v1/messages?tray=in", None);
        let messages = list["messages"].as_array().unwrap();
        assert!(messages.len() <= 1);
        messages.len() == 1
    });
}
