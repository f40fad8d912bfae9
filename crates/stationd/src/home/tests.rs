//! What a home is, who may open it, and what is refused.

use super::*;
use crate::scratch::Scratch;

fn finished(scratch: &Scratch) -> PathBuf {
    let path = scratch.path().join("nord");
    Home::create(&path).unwrap().finish().unwrap();
    path
}

fn refusal(path: &Path) -> String {
    Home::open(path).unwrap_err().to_string()
}

#[test]
fn new_home_is_private_and_opens_again() {
    let scratch = Scratch::new();
    let path = finished(&scratch);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
    for entry in fs::read_dir(&path).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(Home::open(&path).unwrap().path(), path);
}

#[test]
fn second_process_on_one_home_is_refused_and_the_first_is_named() {
    let scratch = Scratch::new();
    let path = finished(&scratch);
    let first = Home::open(&path).unwrap();

    let said = refusal(&path);

    let process = std::process::id();
    assert!(said.starts_with("A station already runs on "), "{said}");
    assert!(said.contains(&format!("(process {process})")), "{said}");
    drop(first);
    assert!(Home::open(&path).is_ok());
}

#[test]
fn home_of_a_newer_version_is_refused() {
    let scratch = Scratch::new();
    let path = finished(&scratch);
    fs::write(path.join("format"), "redphone home 7\n").unwrap();
    let said = refusal(&path);
    assert!(said.contains("A newer redphone made the home"), "{said}");
    assert!(
        said.contains("(format 7; this version knows 1). Install that version."),
        "{said}"
    );
}

#[test]
fn what_is_no_home_is_refused() {
    let scratch = Scratch::new();
    let nowhere = refusal(&scratch.path().join("nowhere"));
    assert!(nowhere.contains("is no home of a station."), "{nowhere}");
    let path = finished(&scratch);
    fs::write(path.join("format"), [0xff, 0xfe]).unwrap();
    assert!(refusal(&path).contains("cannot be used"));
    fs::write(path.join("format"), "something else").unwrap();
    assert!(refusal(&path).contains("is no home of a station."));
}

#[test]
fn half_a_home_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path().join("nord");
    drop(Home::create(&path).unwrap());
    assert!(refusal(&path).contains("was broken off. Remove it and make it again."));
}

#[test]
fn home_that_others_can_read_is_refused() {
    let scratch = Scratch::new();
    let path = finished(&scratch);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
    assert!(refusal(&path).contains("Close it with: chmod 700"));
}

#[test]
fn home_is_not_made_where_something_is() {
    let scratch = Scratch::new();
    let path = finished(&scratch);
    let said = Home::create(&path).unwrap_err().to_string();
    assert!(
        said.contains("is not empty. Name an empty or new directory"),
        "{said}"
    );
}
