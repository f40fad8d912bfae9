//! Forms by command, on a live pair: what is muddled stays here, what is clear reads the same there.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod stations;

use std::fs;

use stations::{Homes, scratch};

const HOST: &str = "127.0.0.1";
const NORD: usize = 0;
const SUD: usize = 1;

/// Later than any day on which this runs as a test.
const WARNING: &str = r#"
marker = "WARNING"
language = "en"
[conduct]
mark = "not-disclosed"
[basis]
mark = "not-disclosed"
[bright_line]
act = "T-007"
count = 1
where = "the registers listed in Annex 1"
from = "2091-10-31T18:00Z"
to = "2091-11-09T06:00Z"
judge = "our record"
[consequence]
mode = "disclosed"
actor = "the Treasury of NORD"
act = "block the assets listed in Annex 2"
within = "PT24H"
[[ask]]
to = "the Government of SUD"
verb = "stop"
object = "T-007 in the registers listed in Annex 1"
act_by = "2091-10-31T18:00Z"
answer_by = "2091-10-30T18:00Z"
[assurance]
if = "we record no entry"
act = "we will not block these assets"
until = "2092-01-20T00:00Z"
[authority]
on_behalf_of = "the Government of NORD"
"#;

const INFORMATION: &str = r#"
marker = "INFORMATION"
language = "ru"
[conduct]
actor = "Штаб флота SUD"
act = "T-033"
where = "район 4, указанный в приложении 1"
when = ["2091-10-28T02:10Z", "2091-10-28T03:40Z"]
[basis]
sources = "наш приказ"
likelihood = "E7"
confidence = "high"
[note]
text = "Это уведомление об учении."
"#;

const ASSURANCE: &str = r#"
marker = "ASSURANCE"
language = "en"
[reference]
kind = "new"
[assurance]
if = "we record no entry"
act = "we will not block the assets listed in Annex 2"
until = "2092-01-20T00:00Z"
[authority]
on_behalf_of = "the Government of NORD"
"#;

#[test]
fn information_and_assurance_go_as_forms_and_read_in_both_languages_there() {
    let root = scratch("forms-plain");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_661, 17_671]);
    let mut nord = homes.start(NORD, &[]);
    let mut sud = homes.start(SUD, &[]);
    assert!(homes.ready(NORD, &mut nord) && homes.ready(SUD, &mut sud));
    let send = |side, name: &str, draft: &str| {
        let file = root.join(name);
        fs::write(&file, draft).unwrap();
        let path = file.to_str().unwrap();
        homes.run(side, &["send", "--precedence", "priority", "--file", path]);
    };
    send(SUD, "information.toml", INFORMATION);
    send(NORD, "assurance.toml", ASSURANCE);

    let page = homes.until(NORD, &["read", "SUD-0001"], &["INFORMATION", "ИНФОРМАЦИЯ"]);
    assert!(page.contains("Штаб флота SUD"), "{page}");
    assert!(page.contains("exercise (T-033)"), "{page}");
    assert!(
        page.contains("NOTE") && page.contains("Это уведомление"),
        "{page}"
    );

    let translate = |side, args: &[&str]| {
        let always = [
            "translate",
            "SUD-0001",
            "--field",
            "note",
            "--language",
            "en",
        ];
        homes.try_run(side, &[&always[..], args].concat())
    };
    let rough = ["--grade", "rough", "This is a notice of an exercise."];
    assert!(translate(NORD, &rough).status.success());
    let false_ = ["--grade", "official", "This is no notice of an exercise."];
    let refused = translate(SUD, &false_);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{told}");
    assert!(told.contains("[X02] must fix"), "{told}");
    let official = [
        "--grade",
        "official",
        "--by",
        "the Staff",
        "This is to announce an exercise.",
    ];
    assert!(translate(SUD, &official).status.success());
    for side in [NORD, SUD] {
        let words = [
            "rough translation of note.text, duty officer of NORD (NORD 0002):",
            "official translation of note.text, the Staff of SUD (SUD 0002):",
            "Это уведомление об учении.",
        ];
        println!("{}", homes.until(side, &["read", "SUD-0001"], &words));
    }

    let words = ["ASSURANCE", "ЗАВЕРЕНИЕ", "2092-01-20 00:00 UTC"];
    let page = homes.until(SUD, &["read", "NORD-0001"], &words);
    assert!(page.contains("we will not block the assets"), "{page}");
    assert!(homes.run(SUD, &["asks"]).contains("0 owed by us"));
    println!("{page}");
}

#[test]
fn muddled_draft_stays_and_the_mended_one_reads_in_both_languages_there() {
    let root = scratch("forms");
    let homes = Homes::paired(&root.join("paired"), [HOST; 2], [17_641, 17_651]);
    let mut nord = homes.start(NORD, &[]);
    let mut sud = homes.start(SUD, &[]);
    assert!(homes.ready(NORD, &mut nord) && homes.ready(SUD, &mut sud));
    let file = root.join("warning.toml");
    let path = file.to_str().unwrap();
    let send = ["send", "--precedence", "immediate", "--file", path];

    let muddled = WARNING.replace(
        "block the assets listed in Annex 2",
        "answer with grave consequences",
    );
    fs::write(&file, muddled).unwrap();
    let refused = homes.try_run(NORD, &send);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{told}");
    assert!(
        told.contains("[V06] must fix") && told.contains("Not released"),
        "{told}"
    );
    let asked = homes.try_run(NORD, &["check", "--to", "SUD", "--json", path]);
    let said = String::from_utf8_lossy(&asked.stdout);
    assert_eq!(asked.status.code(), Some(4), "{said}");
    assert!(
        said.contains("\"stops\":true") && said.contains("\"expected_at\":"),
        "{said}"
    );
    for field in ["\"rule\":\"V06\"", "\"field\":\"consequence.act\""] {
        assert!(said.contains(field), "{field}: {said}");
    }

    let missing = WARNING.replace("judge = \"our record\"\n", "");
    fs::write(&file, missing).unwrap();
    let refused = homes.try_run(NORD, &send);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{told}");
    assert!(told.contains("bright_line.judge"), "{told}");

    let warned = ["send", "There will be serious consequences."];
    let refused = homes.try_run(NORD, &warned);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{told}");
    assert!(
        told.contains("[V06] must fix") && told.contains("the text:1:15"),
        "{told}"
    );

    fs::write(&file, WARNING).unwrap();
    homes.run(NORD, &["check", "--to", "SUD", path]);
    let sent = homes.try_run(NORD, &send);
    assert!(
        sent.status.success(),
        "{}",
        String::from_utf8_lossy(&sent.stderr)
    );
    let page = homes.until(SUD, &["read", "NORD-0001"], &["BRIGHT LINE", "ЧЕРТА"]);
    assert!(
        page.contains("entry into a voter register (T-007)"),
        "{page}"
    );
    assert!(
        page.contains("проникновение в реестр избирателей (T-007)"),
        "{page}"
    );
    homes.until(SUD, &["asks"], &["1 owed by us"]);
    println!("{page}");
}
