//! The commands as golden cases: one file a story in `tests/cmd`, run against the real binary.
//!
//! A case has steps; a step has arguments, the exit code, and what is printed. In the expected
//! text `[..]` stands for anything within a line, and a line `...` for any number of lines. `DIR`
//! stands for the case's own temporary directory, in arguments and in output.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// How long a station of a case may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What must hold.
    story: String,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Arguments of redphone.
    #[serde(default)]
    args: Vec<String>,
    /// Standard input.
    #[serde(default)]
    stdin: String,
    /// What is typed at a terminal; the step then has one.
    terminal: Option<String>,
    /// Left running, ready, until the end of the case.
    #[serde(default)]
    background: bool,
    /// A file to write instead of a command: its name, what is in it, its mode.
    file: Option<String>,
    #[serde(default)]
    contents: String,
    mode: Option<u32>,
    /// Keep standard output of this step in a file.
    save: Option<String>,
    #[serde(default)]
    exit: i32,
    stdout: Option<String>,
    stderr: Option<String>,
}

#[test]
fn commands_answer_as_their_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    let only = std::env::var("CASE").ok();
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let case: Case = toml::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        if let Err(told) = play(&name, &case) {
            wrong.push(format!("{name}: {}\n{told}", case.story));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_command_has_help_with_examples_within_the_page() {
    let listed = help(&[]);
    let commands = listed
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1);
    let commands: Vec<&str> = commands
        .map_while(|line| line.strip_prefix("  ")?.split(' ').next())
        .collect();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        let text = help(&[command]);
        assert!(text.contains("Example"), "{command} has no example");
        let verbs = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        for verb in verbs.map_while(|line| line.strip_prefix("  ")?.split(' ').next()) {
            help(&[command, verb]);
        }
    }
}

/// The help of a command, which fits the page.
#[allow(clippy::unwrap_used, reason = "a helper of a test")]
fn help(command: &[&str]) -> String {
    let help = Command::new(BINARY)
        .args(command)
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success(), "{command:?}");
    let text = String::from_utf8(help.stdout).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{command:?}: {line}");
    }
    text
}

const BINARY: &str = env!("CARGO_BIN_EXE_redphone");

/// Plays a case in a directory of its own.
fn play(name: &str, case: &Case) -> Result<(), String> {
    let dir = std::env::temp_dir().join(format!("redphone-case-{}-{name}", std::process::id()));
    fs::create_dir_all(&dir).map_err(|fault| fault.to_string())?;
    let mut stations = Stations(Vec::new());
    let mut outcome = Ok(());
    for (index, step) in case.step.iter().enumerate() {
        outcome = take(&dir, step, &mut stations)
            .map_err(|told| format!("  step {}: {:?}\n{told}", index + 1, step.args));
        if outcome.is_err() {
            break;
        }
    }
    drop(stations);
    let _ = fs::remove_dir_all(&dir);
    outcome
}

/// Stations left running, ended with the case.
struct Stations(Vec<Child>);

impl Drop for Stations {
    fn drop(&mut self) {
        for station in &mut self.0 {
            let _ = station.kill();
            let _ = station.wait();
        }
    }
}

/// Takes one step.
fn take(dir: &Path, step: &Step, stations: &mut Stations) -> Result<(), String> {
    let at = dir.display().to_string();
    if let Some(file) = &step.file {
        let contents = step.contents.replace("DIR", &at);
        return write(&dir.join(file), &contents, step.mode);
    }
    let args: Vec<String> = step
        .args
        .iter()
        .map(|arg| arg.replace("DIR", &at))
        .collect();
    if step.background {
        return start(dir, &args, stations);
    }
    let output = match &step.terminal {
        None => feed(command(BINARY, dir).args(&args), step.stdin.as_bytes())?,
        Some(typed) => type_in(command("script", dir).args(at_terminal(&args)), typed)?,
    };
    if let Some(file) = &step.save {
        fs::write(dir.join(file), &output.stdout).map_err(|fault| fault.to_string())?;
    }
    compare(step, &output, &at)
}

/// A command in a bare environment.
fn command(program: &str, dir: &Path) -> Command {
    let mut command = Command::new(program);
    let bare = [("TZ", "UTC0"), ("NO_COLOR", "1"), ("PATH", "/usr/bin:/bin")];
    command.env_clear().envs(bare).env("HOME", dir);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Arguments of util-linux's script, which gives the command a terminal of its own.
fn at_terminal(args: &[String]) -> Vec<String> {
    let quoted: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
    let line = format!("'{BINARY}' {}", quoted.join(" "));
    [
        "--quiet",
        "--return",
        "--echo",
        "never",
        "--command",
        &line,
        "/dev/null",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Compares what a step printed with what it should.
fn compare(step: &Step, output: &Output, at: &str) -> Result<(), String> {
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .replace(at, "DIR")
            .replace('\r', "")
    };
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code();
    let told = format!("--- stdout\n{stdout}--- stderr\n{stderr}--- exit {code:?}");
    if code != Some(step.exit) {
        return Err(format!("  exit {} was expected\n{told}", step.exit));
    }
    let both = [
        ("stdout", &step.stdout, &stdout),
        ("stderr", &step.stderr, &stderr),
    ];
    for (what, expected, actual) in both {
        let Some(expected) = expected else { continue };
        let expected: Vec<&str> = expected.trim().lines().collect();
        let actual: Vec<&str> = actual.trim().lines().collect();
        if !lines_match(&expected, &actual) {
            return Err(format!(
                "  {what} differs from\n{}\n{told}",
                expected.join("\n")
            ));
        }
    }
    Ok(())
}

fn write(path: &Path, contents: &str, mode: Option<u32>) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, contents).map_err(|fault| fault.to_string())?;
    let mode = fs::Permissions::from_mode(mode.unwrap_or(0o600));
    fs::set_permissions(path, mode).map_err(|fault| fault.to_string())
}

/// Runs a command with this standard input.
fn feed(command: &mut Command, input: &[u8]) -> Result<Output, String> {
    let mut process = command.spawn().map_err(|fault| fault.to_string())?;
    if let Some(mut stdin) = process.stdin.take() {
        // A command that refuses early does not read it.
        let _ = stdin.write_all(input);
    }
    process
        .wait_with_output()
        .map_err(|fault| fault.to_string())
}

/// Runs a command at a terminal; each line is typed at a prompt of its own, which ends with `: `.
fn type_in(command: &mut Command, typed: &str) -> Result<Output, String> {
    let mut process = command.spawn().map_err(|fault| fault.to_string())?;
    let mut stdin = process.stdin.take().ok_or("no standard input")?;
    let mut screen = process.stdout.take().ok_or("no standard output")?;
    let mut shown: Vec<u8> = Vec::new();
    let mut byte = [0];
    for line in typed.lines() {
        let before = shown.len();
        while !shown.get(before..).is_some_and(|new| new.ends_with(b": ")) {
            if screen.read(&mut byte).map_err(|fault| fault.to_string())? == 0 {
                return Err(format!("  no prompt: {}", String::from_utf8_lossy(&shown)));
            }
            shown.extend_from_slice(&byte);
        }
        writeln!(stdin, "{line}").map_err(|fault| fault.to_string())?;
    }
    screen
        .read_to_end(&mut shown)
        .map_err(|fault| fault.to_string())?;
    drop(stdin);
    let mut output = process
        .wait_with_output()
        .map_err(|fault| fault.to_string())?;
    output.stdout = shown;
    Ok(output)
}

/// Starts a station and waits until it is ready.
fn start(dir: &Path, args: &[String], stations: &mut Stations) -> Result<(), String> {
    let log = fs::File::create(dir.join("station.log")).map_err(|fault| fault.to_string())?;
    let mut station = Command::new(BINARY)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|fault| fault.to_string())?;
    let home = args
        .iter()
        .position(|arg| arg == "--home")
        .and_then(|at| args.get(at + 1));
    let home = home.ok_or("a station of a case names its home")?.clone();
    let begun = Instant::now();
    loop {
        let asked = Command::new(BINARY)
            .args(["--home", &home, "status"])
            .output();
        if asked.is_ok_and(|answer| answer.status.success()) {
            stations.0.push(station);
            return Ok(());
        }
        let ended = station.try_wait().map_err(|fault| fault.to_string())?;
        if ended.is_some() || begun.elapsed() > READY_WITHIN {
            let log = fs::read_to_string(dir.join("station.log")).unwrap_or_default();
            let _ = station.kill();
            return Err(format!("  the station is not ready: {log}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Compares lines; `...` stands for any number of them.
fn lines_match(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"...", rest)) => {
            (0..=actual.len()).any(|skip| lines_match(rest, actual.get(skip..).unwrap_or_default()))
        }
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| line_matches(line, first) && lines_match(rest, others)),
    }
}

/// Compares one line; `[..]` stands for anything.
fn line_matches(expected: &str, actual: &str) -> bool {
    let mut pieces = expected.trim_end().split("[..]");
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = actual.trim_end().strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let at = if pieces.peek().is_none() {
            rest.ends_with(piece).then(|| rest.len() - piece.len())
        } else {
            rest.find(piece)
        };
        let Some(at) = at else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty()
}
