//! What the table and the lexicon say in both languages.

use redphone_wire::Language;
use serde::Deserialize;

/// The same sentence in both languages.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In Russian.
    pub ru: String,
}

impl Bilingual {
    /// The sentence in one language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Russian => &self.ru,
        }
    }
}
