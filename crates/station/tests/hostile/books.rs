//! Proposals of a peer that are no lexicon or code book, or more than he may make: none is taken, and
//! what is in force stays. Rules BOOK-3 and BOOK-5.

use redphone_api::{Request, Response};
use redphone_wire::{
    Agreement, AgreementAct, AttachmentChunk, AttachmentInfo, BookKind, Environment, Form, Kind,
    Language, Message, Precedence, Serial, to_bytes,
};
use sha2::{Digest, Sha256};

use crate::peer::{World, message};

const TERM: &str = "[[term]]\nid = \"T-007\"\nen = \"entry\"\nru = \"вход\"\ndef_en = \"An entry.\"\n\
                    def_ru = \"Вход.\"\n";

fn lexicon(version: u16, terms: &str) -> String {
    format!("[meta]\nname = \"line\"\nversion = {version}\n{terms}")
}

fn said(act: AgreementAct, version: u16, digest: [u8; 32]) -> Agreement {
    Agreement {
        language: Language::English,
        act,
        what: BookKind::Lexicon,
        name: "line".to_owned(),
        version,
        digest,
        note: None,
    }
}

/// What a lexicon's own digest is; of what is none, some digest.
fn digest(file: &str) -> [u8; 32] {
    redphone_clarity::Lexicon::parse(file).map_or([7; 32], |lexicon| lexicon.hash())
}

fn say(world: &mut World, serial: u32, said: Agreement, file: Option<&[u8]>) {
    let attachments = file.map(|bytes| AttachmentInfo {
        name: "line.toml".to_owned(),
        media_type: "application/toml".to_owned(),
        bytes: u32::try_from(bytes.len()).unwrap(),
        digest: Sha256::digest(bytes).into(),
    });
    let message = Message {
        form: Some(Form::Agreement(said)),
        text: String::new(),
        attachments: attachments.into_iter().collect(),
        ..message(serial, Precedence::Routine, "")
    };
    world.say(Kind::Message, &to_bytes(&message));
    for (index, bytes) in file.unwrap_or_default().chunks(60_000).enumerate() {
        let chunk = AttachmentChunk {
            serial: Serial(serial),
            index: 0,
            offset: u32::try_from(index * 60_000).unwrap(),
            bytes: bytes.to_vec(),
        };
        world.say(Kind::Attachment, &to_bytes(&chunk));
    }
}

/// Names of the lexicons that are held, with the shipped one first.
fn held(world: &mut World) -> Vec<String> {
    let Ok(Response::Books { books }) = world.ask(Request::Books { peer: None }) else {
        panic!("a list was asked for");
    };
    let lexicons = books
        .into_iter()
        .filter(|book| book.what == redphone_api::BookKind::Lexicon);
    lexicons.map(|book| book.name).collect()
}

#[test]
pub(crate) fn proposal_that_is_no_lexicon_is_not_taken_and_a_good_one_still_is() {
    let mut world = World::new(Environment::Exercise);
    let good = lexicon(2, TERM);
    let hostile: Vec<Vec<u8>> = [
        lexicon(2, &format!("{TERM}{TERM}")),
        lexicon(2, &TERM.replace("An entry.", "An \u{202e}entry.")),
        lexicon(2, &TERM.replace("entry\"", "en\u{200b}try\"")),
        lexicon(2, &TERM.replace("T-007", "T-7")),
        lexicon(2, &TERM.replace("An entry.", &"x".repeat(3_000))),
        lexicon(2, &"[".repeat(20_000)),
        lexicon(2, &format!("{}\n{TERM}", "#".repeat(300_000))),
        lexicon(3, TERM),
        String::new(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .chain([vec![0xff; 40], vec![0; 70_000]])
    .collect();
    let mut serial = 1;
    for file in &hostile {
        let digest = digest(&good);
        say(
            &mut world,
            serial,
            said(AgreementAct::Propose, 2, digest),
            Some(file),
        );
        assert_eq!(held(&mut world), ["starter-1"], "{serial}");
        serial += 1;
    }
    let named_otherwise = Agreement {
        name: "other".to_owned(),
        ..said(AgreementAct::Propose, 2, digest(&good))
    };
    say(&mut world, serial, named_otherwise, Some(good.as_bytes()));
    say(
        &mut world,
        serial + 1,
        said(AgreementAct::Propose, 2, digest(&good)),
        None,
    );
    assert_eq!(held(&mut world), ["starter-1"]);
    let alarms = world.alarms();
    assert!(alarms.len() <= 2, "{alarms:?}");

    let right = said(AgreementAct::Propose, 2, digest(&good));
    say(&mut world, serial + 2, right, Some(good.as_bytes()));
    assert_eq!(held(&mut world), ["starter-1", "line-2"]);
}

#[test]
pub(crate) fn peer_decides_nothing_of_what_we_never_proposed_and_fills_no_table() {
    let mut world = World::new(Environment::Exercise);
    let mut serial = 1;
    for version in 2_u16..200 {
        let mut digest = [0; 32];
        digest[..2].copy_from_slice(&version.to_be_bytes());
        for act in [
            AgreementAct::Accept,
            AgreementAct::Refuse,
            AgreementAct::Retire,
        ] {
            say(&mut world, serial, said(act, version, digest), None);
            serial += 1;
        }
    }
    assert_eq!(held(&mut world), ["starter-1"]);
    let desk = world.hub.desk();
    let agreed = desk.agreed(&crate::peer::party("SUD")).unwrap();
    assert!(agreed.all().count() <= redphone_desk::BOOKS_HELD_MAX);
    assert!(world.alarms().len() <= 2, "{:?}", world.alarms());
}

#[test]
pub(crate) fn peer_has_as_many_proposals_open_as_he_may() {
    let mut world = World::new(Environment::Exercise);
    for version in 2..20 {
        let file = lexicon(version, TERM);
        let said = said(AgreementAct::Propose, version, digest(&file));
        say(&mut world, u32::from(version), said, Some(file.as_bytes()));
    }
    let held = held(&mut world);
    assert_eq!(
        held.len(),
        1 + redphone_desk::PROPOSALS_OPEN_MAX,
        "{held:?}"
    );
}

#[test]
pub(crate) fn retirement_that_overtakes_its_proposal_counts_when_that_comes() {
    let mut world = World::new(Environment::Exercise);
    let file = lexicon(2, TERM);
    let retired = said(AgreementAct::Retire, 2, digest(&file));
    say(&mut world, 2, retired, None);
    let proposed = said(AgreementAct::Propose, 2, digest(&file));
    say(&mut world, 1, proposed, Some(file.as_bytes()));
    let accept = Request::Agree {
        to: None,
        what: redphone_api::BookKind::Lexicon,
        act: redphone_api::BookAct::Accept,
        name: "line-2".to_owned(),
        file: String::new(),
        because: String::new(),
        officer: "1st watch".to_owned(),
        check_only: false,
    };
    let refusal = world.ask(accept).unwrap_err();
    assert!(refusal.what.contains("not open to that"), "{refusal}");
}
