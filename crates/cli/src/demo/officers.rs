//! The officers of SUD: their keys, the roll, and commands that they sign.

use std::path::{Path, PathBuf};

use redphone_api::Refusal;

use super::keys::path;
use super::stage::Stage;
use super::station::Station;

/// What every officer of the demo types.
const PASSPHRASE: &str = "six random words of his own";

/// Officers with keys.
pub(super) struct Officers {
    folder: PathBuf,
    /// Whether they are on the roll.
    pub(super) enrolled: bool,
}

impl Officers {
    /// Officers whose keys will lie in a folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            enrolled: false,
        }
    }

    /// Makes three keys and puts their owners on the roll.
    ///
    /// # Errors
    ///
    /// What a command refuses.
    pub(super) fn enrol(&mut self, stage: &Stage, sud: &Station) -> Result<(), Refusal> {
        stage.say(
            "Three officers of SUD make keys, each under a passphrase of his own. He types it whenever \
             a command names his key.",
        )?;
        for (file, name) in [
            ("chief", "chief"),
            ("1st", "1st watch"),
            ("2nd", "2nd watch"),
        ] {
            let key = self.key(file);
            let twice = [PASSPHRASE; 2];
            sud.typing(
                stage,
                &["officer", "keygen", path(&key)?, "--name", name],
                &twice,
                0,
            )?;
        }
        let chief = self.key("chief");
        for (file, roles) in [
            ("chief", "administrator"),
            ("1st", "drafter,reader"),
            ("2nd", "releaser,reader"),
        ] {
            let card = self.folder.join(format!("{file}.key.pub"));
            let mut words = vec!["officer", "enrol", path(&card)?, "--roles", roles];
            if self.enrolled {
                words.extend(["--key", path(&chief)?]);
            }
            sud.typing(stage, &words, &[PASSPHRASE], 0)?;
            self.enrolled = true;
        }
        stage.say("From now on nothing leaves SUD by the will of one officer alone.")
    }

    /// Runs a command of an officer, with his key where officers are enrolled.
    ///
    /// # Errors
    ///
    /// When it does not end with this exit code.
    pub(super) fn run(
        &self,
        stage: &Stage,
        sud: &Station,
        (officer, words): (&str, &[&str]),
        exit: i32,
    ) -> Result<String, Refusal> {
        let key = self.key(officer);
        let signed = ["--key", path(&key)?];
        let words = if self.enrolled {
            [words, &signed].concat()
        } else {
            words.to_vec()
        };
        sud.typing(stage, &words, &[PASSPHRASE; 4], exit)
    }

    fn key(&self, officer: &str) -> PathBuf {
        self.folder.join(format!("{officer}.key"))
    }
}
