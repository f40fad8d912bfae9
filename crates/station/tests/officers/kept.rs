//! What stays of a draft on the disk: verdicts; of a text on record its signatures; of what ended no
//! text.

use redphone_api::{DraftAct, DraftStage, MessageRef, Request, Response};
use redphone_journal::{Disk, Journal, MemoryStorage};
use redphone_station::Keeper;
use redphone_wire::Utc;

use crate::chancery::{Chancery, DRAFTER, RELEASER, text};
use crate::support::{entropy, flash, key};

fn body(nord: &Chancery, id: &str) -> Option<Vec<u8>> {
    let home = nord.pair.sides[0].disk.contents();
    let (mut journal, _) = Journal::open(home, &key()).unwrap();
    journal.body(id.as_bytes()).unwrap()
}

#[test]
fn signature_is_kept_for_a_text_on_record_and_for_no_other() {
    for on_record in [false, true] {
        let mut nord = Chancery::staffed();
        let mut written = text("One.");
        written.on_record = on_record;
        nord.hold(DRAFTER, written).unwrap();
        let request = nord.request(RELEASER, "releaser", 1, DraftAct::Release, "");
        let Request::DraftAct { by, .. } = request.clone() else {
            panic!("an act was asked for");
        };
        nord.ask(request).unwrap();
        let kept = body(&nord, "s/1/1/2nd watch");
        assert_eq!(kept.is_some(), on_record);
        if let Some(kept) = kept {
            assert!(
                kept.windows(64).any(|at| at == by.proof),
                "the proof is in it"
            );
        }
        assert_eq!(body(&nord, "s/1/1/1st watch"), None);
    }
}

#[test]
fn text_of_a_killed_draft_is_destroyed() {
    let mut nord = Chancery::staffed();
    let mut written = text("One.");
    written.file = Some(vec![7; 70_000]);
    nord.hold(DRAFTER, written).unwrap();
    let ids = ["d/1/1", "f/1/0/0", "f/1/0/65536"];
    assert!(ids.iter().all(|id| body(&nord, id).is_some()));
    nord.act(RELEASER, 1, DraftAct::Kill, "overtaken").unwrap();
    assert!(ids.iter().all(|id| body(&nord, id).is_none()));
    assert_eq!(nord.read(1).text, "");
}

#[test]
fn restored_station_sends_no_draft_by_itself() {
    let mut nord = Chancery::staffed();
    nord.hold(DRAFTER, text("One.")).unwrap();
    nord.act(RELEASER, 1, DraftAct::Release, "").unwrap();
    let home = nord.pair.sides[0].disk.contents();
    let mut keeper = Keeper::open(Disk::holding(home).open(), &key(), entropy(60)).unwrap();
    let mut backup = MemoryStorage::new();
    keeper
        .back_up(&mut backup, &key(), Utc(7), b"settings")
        .unwrap();
    let mut keeper = Keeper::open(Disk::holding(backup).open(), &key(), entropy(61)).unwrap();
    let mut home = MemoryStorage::new();
    keeper.restore(&mut home, &key(), Utc(8)).unwrap();
    let now = nord.pair.now;
    nord.pair.sides[0].restart(now, Disk::holding(home), 62);
    let draft = nord.read(1);
    assert_eq!(draft.summary.stage, DraftStage::SentBack);
    assert!(draft.summary.because.contains("restored"), "{draft:?}");
}

#[test]
fn order_that_was_signed_behind_a_backup_is_none_after_its_restore() {
    let mut nord = Chancery::staffed();
    let home = nord.pair.sides[0].disk.contents();
    let again = Request::Subject {
        peer: None,
        subject: "exercise".to_owned(),
        suspend: true,
        because: "it is over".to_owned(),
        officer: String::new(),
    };
    let signed = nord.signed(RELEASER, "releaser", again);
    nord.ask(signed.clone()).unwrap();
    let mut keeper = Keeper::open(Disk::holding(home).open(), &key(), entropy(60)).unwrap();
    let mut restored = MemoryStorage::new();
    keeper.restore(&mut restored, &key(), Utc(8)).unwrap();
    let now = nord.pair.now;
    nord.pair.sides[0].restart(now, Disk::holding(restored), 62);
    let refusal = nord.ask(signed).unwrap_err();
    assert_eq!(refusal.exit_code(), 8, "{refusal}");
}

#[test]
fn message_that_is_held_goes_anew_by_a_releasers_signature_alone() {
    let mut nord = Chancery::empty();
    nord.ask(flash("One.")).unwrap();
    nord.pair_anew();
    nord.staff_this_side();
    let message: MessageRef = "0001".parse().unwrap();
    let again = Request::ReleaseAgain {
        message,
        officer: "anybody".to_owned(),
    };
    let refusal = nord.ask(again.clone()).unwrap_err();
    assert_eq!(refusal.exit_code(), 5);
    assert!(refusal.what.contains("who may: releaser"), "{refusal}");
    let signed = nord.signed(RELEASER, "releaser", again);
    let Response::Done { said } = nord.ask(signed.clone()).unwrap() else {
        panic!("a message was released");
    };
    assert!(said.contains("2nd watch"), "{said}");
    let refusal = nord.ask(signed).unwrap_err();
    assert_eq!(refusal.exit_code(), 8, "the signature is used up");
}
