//! Every slip in a configuration has its own sentence and names its line.

use redphone_line::{BearerKind, Carries, Rate};

use super::*;

fn refusal(text: &str) -> (Option<usize>, String) {
    match Config::parse(text) {
        Ok(config) => panic!("accepted: {config:?}"),
        Err(refused) => (refused.line, refused.what),
    }
}

fn refused_with(text: &str, line: usize, what: &str) {
    let refused = refusal(text);
    assert_eq!(refused.0, Some(line), "{}", refused.1);
    assert!(refused.1.contains(what), "{}", refused.1);
}

const UDP: &str = "[[udp]]\nname = 'sat'\npeer = 'SUD'\nbind = '0.0.0.0:7007'\n";

#[test]
fn sample_is_accepted_and_names_no_bearer() {
    let config = Config::parse(SAMPLE).unwrap();
    assert_eq!(config.bearers, []);
    assert_eq!(config.socket, PathBuf::from("api.sock"));
}

#[test]
fn sample_is_accepted_with_every_setting_in_use() {
    let setting = |line: &str| {
        let rest = line.strip_prefix("# ")?;
        let key = rest.split([' ', '=']).next()?;
        let is_key = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && rest.contains('=');
        (rest.starts_with("[[") || is_key).then(|| rest.to_owned())
    };
    let all: Vec<String> = SAMPLE
        .lines()
        .map(|line| setting(line).unwrap_or_else(|| line.to_owned()))
        .collect();

    let config = Config::parse(&all.join("\n")).unwrap();

    let kinds: Vec<BearerKind> = config.bearers.iter().map(|b| b.spec.kind).collect();
    let expected = [
        BearerKind::Quic,
        BearerKind::Udp,
        BearerKind::Serial,
        BearerKind::Courier,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn empty_file_is_a_station_without_bearers() {
    assert_eq!(Config::parse("").unwrap().bearers, []);
}

#[test]
fn bearer_takes_its_defaults_and_its_exact_rate() {
    let config = Config::parse(&format!("{UDP}rate_bit_s = 75\n")).unwrap();
    let bearer = &config.bearers[0];
    assert_eq!(bearer.spec.rate, Rate::datagrams(75));
    assert_eq!(bearer.spec.overhead, 28);
    assert_eq!(bearer.spec.carries, Carries::Both);
    assert_eq!(bearer.peer.as_str(), "SUD");
}

#[test]
fn unknown_setting_is_named_with_its_line() {
    refused_with("[api]\nsocked = 'x'\n", 2, "unknown field `socked`");
    refused_with(&format!("{UDP}rate_bit_s = 75\nspeed = 3\n"), 6, "`speed`");
    refused_with("[[pigeon]]\nname = 'p'\n", 1, "`pigeon`");
    let cover = "cover = { frame_bytes = 200, interval_ms = 9000, colour = 1 }";
    refused_with(&format!("{UDP}rate_bit_s = 2400\n{cover}\n"), 6, "`colour`");
}

#[test]
fn broken_toml_is_named_with_its_line() {
    refused_with("[api]\nsocket = \n", 2, "");
    refused_with("[api\n", 1, "");
}

#[test]
fn missing_setting_is_named_with_the_line_of_its_table() {
    refused_with(&format!("\n\n{UDP}"), 3, "missing field `rate_bit_s`");
}

#[test]
fn value_of_the_wrong_type_is_named() {
    refused_with(&format!("{UDP}rate_bit_s = 'fast'\n"), 5, "invalid type");
    refused_with(&format!("{UDP}rate_bit_s = -1\n"), 5, "invalid value");
    refused_with(
        "[[udp]]\nname = 'sat'\npeer = 'SUD'\nbind = 'somewhere'\nrate_bit_s = 75\n",
        4,
        "invalid socket address",
    );
    refused_with("[log]\nlevel = 'loud'\n", 2, "unknown variant `loud`");
}

#[test]
fn rates_mtus_and_bauds_outside_their_bounds_are_refused() {
    refused_with(
        &format!("{UDP}rate_bit_s = 0\n"),
        1,
        "rate_bit_s = 0 is outside",
    );
    let small = format!("{UDP}rate_bit_s = 75\nmtu_bytes = 16\n");
    refused_with(&small, 1, "mtu_bytes = 16 is outside");
    let serial = "[[serial]]\nname = 'hf'\npeer = 'SUD'\nport = '/dev/ttyS0'\nbaud = 1\n";
    refused_with(serial, 1, "baud = 1 is outside");
}

#[test]
fn names_that_are_no_names_are_refused() {
    refused_with(
        "[[courier]]\nname = 'bag'\npeer = 'sud'\n",
        1,
        "peer = 'sud' is no party",
    );
    refused_with(
        "[[courier]]\nname = 'The Bag'\npeer = 'SUD'\n",
        1,
        "is no bearer's name",
    );
}

#[test]
fn two_bearers_share_neither_a_name_nor_a_port() {
    let bag = "[[courier]]\nname = 'bag'\npeer = 'SUD'\n";
    refused_with(&format!("{bag}{bag}"), 4, "line 1 is also called 'bag'");
    let other = UDP.replace("sat", "sat-2");
    let rate = "rate_bit_s = 75\n";
    refused_with(
        &format!("{UDP}{rate}{other}{rate}"),
        6,
        "line 1 also uses port 0.0.0.0:7007",
    );
}

#[test]
fn addresses_must_fit_each_other() {
    let text = format!("{UDP}rate_bit_s = 75\naddress = '[2001:db8::1]:7007'\n");
    refused_with(&text, 1, "different kinds");
    let text = format!("{UDP}rate_bit_s = 75\naddress = '192.0.2.2:0'\n");
    refused_with(&text, 1, "has no port");
    let text = format!("{UDP}rate_bit_s = 75\ncarries = 'out'\n");
    refused_with(&text, 1, "needs the peer's address");
}

#[test]
fn cover_must_fit_its_bearer() {
    let cover = |cover: &str| format!("{UDP}rate_bit_s = 2400\ncover = {cover}\n");
    let large = cover("{ frame_bytes = 5000, interval_ms = 60000 }");
    refused_with(&large, 1, "do not fit");
    let fast = cover("{ frame_bytes = 200, interval_ms = 10 }");
    refused_with(&fast, 1, "faster than this bearer: one takes 760 ms");
}

#[test]
fn file_that_is_not_there_is_named() {
    let error = Config::load(Path::new("/nowhere/config.toml")).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("The configuration /nowhere/config.toml is refused: it cannot be"));
    assert!(said.ends_with("Correct the file and start again."));
}

#[test]
fn charter_takes_its_defaults_and_its_bounds() {
    use redphone_desk::hold::{Charter, MessageKind};

    assert_eq!(Config::parse("").unwrap().charter, Charter::default());
    let text = "[charter]\nrelease = { warning = 3 }\nrecall_window_s = 0\n";
    let charter = Config::parse(text).unwrap().charter;
    assert_eq!(charter.releasers(MessageKind::Warning), 3);
    assert_eq!(charter.releasers(MessageKind::Statement), 1);
    let of = |setting: &str| format!("\n[charter]\n{setting}\n");
    refused_with(&of("release = { warning = 0 }"), 2, "1 to 3");
    refused_with(&of("release = { warning = 4 }"), 2, "1 to 3");
    refused_with(&of("release = { rumour = 1 }"), 2, "no kind");
    refused_with(&of("recall_window_s = 121"), 2, "120 s");
    refused_with(&of("recall_window = 20"), 3, "unknown field");
}
