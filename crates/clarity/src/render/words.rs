//! The words around the fields, one table a language.

use redphone_wire::{
    AgreementAct, Confidence, Form, Grade, Language, Likelihood, Mark, PartName, ReferenceKind,
};

/// Labels and words of one language. Read aloud they make sentences in which no field is inflected.
pub(super) struct Words {
    language: Language,
    pub(super) act_by: &'static str,
    pub(super) answer_by: &'static str,
    pub(super) ask: &'static str,
    pub(super) assurance: &'static str,
    pub(super) at: &'static str,
    pub(super) basis: &'static str,
    pub(super) bright_line: &'static str,
    pub(super) changed: &'static str,
    pub(super) conduct: &'static str,
    pub(super) confidence: &'static str,
    pub(super) consequence: &'static str,
    pub(super) contact: &'static str,
    pub(super) count: &'static str,
    pub(super) event: &'static str,
    pub(super) from: &'static str,
    pub(super) grade: &'static str,
    pub(super) if_: &'static str,
    pub(super) judge: &'static str,
    pub(super) lexicon: &'static str,
    pub(super) note: &'static str,
    pub(super) nothing_changed: &'static str,
    pub(super) of_ours: &'static str,
    pub(super) of_yours: &'static str,
    pub(super) on_behalf_of: &'static str,
    pub(super) place: &'static str,
    pub(super) referring: &'static str,
    pub(super) rest_unchanged: &'static str,
    pub(super) shown: &'static str,
    pub(super) sources: &'static str,
    pub(super) text: &'static str,
    pub(super) then: &'static str,
    pub(super) to: &'static str,
    pub(super) to_ours: &'static str,
    pub(super) to_theirs: &'static str,
    pub(super) until: &'static str,
    pub(super) we_ask: &'static str,
    pub(super) will: &'static str,
    pub(super) within: &'static str,
}

/// The table of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Russian => &RUSSIAN,
    }
}

impl Words {
    pub(super) fn language(&self, of_record: Language) -> &'static str {
        match (self.language, of_record) {
            (Language::English, Language::English) => "written in English",
            (Language::English, Language::Russian) => "written in Russian",
            (Language::Russian, Language::English) => "язык оригинала английский",
            (Language::Russian, Language::Russian) => "язык оригинала русский",
        }
    }

    pub(super) fn into(&self, language: Language) -> &'static str {
        match (self.language, language) {
            (Language::English, Language::English) => "into English",
            (Language::English, Language::Russian) => "into Russian",
            (Language::Russian, Language::English) => "на английский язык",
            (Language::Russian, Language::Russian) => "на русский язык",
        }
    }

    pub(super) fn marker(&self, form: &Form) -> &'static str {
        if self.language == Language::English {
            return form.marker();
        }
        match form.marker() {
            "AGREEMENT" => "СОГЛАШЕНИЕ",
            "ANSWER" => "ОТВЕТ",
            "ASSURANCE" => "ЗАВЕРЕНИЕ",
            "INFORMATION" => "ИНФОРМАЦИЯ",
            "QUESTION" => "ВОПРОС",
            "REQUEST" => "ПРОСЬБА",
            "TRANSLATION" => "ПЕРЕВОД",
            _ => "ПРЕДУПРЕЖДЕНИЕ",
        }
    }

    pub(super) fn agreed(&self, act: AgreementAct) -> &'static str {
        match (self.language, act) {
            (Language::English, AgreementAct::Accept) => "ACCEPTED",
            (Language::English, AgreementAct::Propose) => "PROPOSED",
            (Language::English, AgreementAct::Refuse) => "REFUSED",
            (Language::English, AgreementAct::Retire) => "RETIRED",
            (Language::Russian, AgreementAct::Accept) => "ПРИНЯТО",
            (Language::Russian, AgreementAct::Propose) => "ПРЕДЛОЖЕНО",
            (Language::Russian, AgreementAct::Refuse) => "ОТКЛОНЕНО",
            (Language::Russian, AgreementAct::Retire) => "ОТОЗВАНО",
        }
    }

    pub(super) fn mark(&self, mark: Mark) -> &'static str {
        match self.language {
            Language::English => mark.en(),
            Language::Russian => mark.ru(),
        }
    }

    pub(super) fn reference(&self, kind: ReferenceKind) -> &'static str {
        match self.language {
            Language::English => kind.en(),
            Language::Russian => kind.ru(),
        }
    }

    pub(super) fn part(&self, part: PartName) -> &'static str {
        match part {
            PartName::Asks => self.ask,
            PartName::Assurance => self.assurance,
            PartName::Basis => self.basis,
            PartName::BrightLine => self.bright_line,
            PartName::Conduct => self.conduct,
            PartName::Consequence => self.consequence,
        }
    }

    pub(super) fn grade(&self, grade: Grade) -> &'static str {
        match self.language {
            Language::English => grade.en(),
            Language::Russian => grade.ru(),
        }
    }

    pub(super) fn confidence(&self, confidence: Confidence) -> &'static str {
        match self.language {
            Language::English => confidence.en(),
            Language::Russian => confidence.ru(),
        }
    }

    /// The step of the ladder with its bounds.
    pub(super) fn likelihood(&self, likelihood: Likelihood) -> &'static str {
        match (self.language, likelihood) {
            (Language::English, Likelihood::AlmostNoChance) => "almost no chance (1 to 5 %)",
            (Language::English, Likelihood::VeryUnlikely) => "very unlikely (5 to 20 %)",
            (Language::English, Likelihood::Unlikely) => "unlikely (20 to 45 %)",
            (Language::English, Likelihood::RoughlyEvenChance) => {
                "roughly even chance (45 to 55 %)"
            }
            (Language::English, Likelihood::Likely) => "likely (55 to 80 %)",
            (Language::English, Likelihood::VeryLikely) => "very likely (80 to 95 %)",
            (Language::English, Likelihood::AlmostCertain) => "almost certain (95 to 99 %)",
            (Language::Russian, Likelihood::AlmostNoChance) => "практически исключено (1-5 %)",
            (Language::Russian, Likelihood::VeryUnlikely) => "очень маловероятно (5-20 %)",
            (Language::Russian, Likelihood::Unlikely) => "маловероятно (20-45 %)",
            (Language::Russian, Likelihood::RoughlyEvenChance) => "шансы примерно равны (45-55 %)",
            (Language::Russian, Likelihood::Likely) => "вероятно (55-80 %)",
            (Language::Russian, Likelihood::VeryLikely) => "очень вероятно (80-95 %)",
            (Language::Russian, Likelihood::AlmostCertain) => "почти наверняка (95-99 %)",
        }
    }

    pub(super) fn at_least(&self, count: u16) -> String {
        match self.language {
            Language::English => format!("{count} or more"),
            Language::Russian => format!("{count} и более"),
        }
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        match self.language {
            Language::English => format!("\u{201c}{text}\u{201d}"),
            Language::Russian => format!("«{text}»"),
        }
    }

    /// A span in the largest unit that divides it.
    pub(super) fn span(&self, seconds: u32) -> String {
        let (hour, minute, second) = match self.language {
            Language::English => ("h", "min", "s"),
            Language::Russian => ("ч", "мин", "с"),
        };
        match seconds {
            0 => format!("0 {second}"),
            s if s % 3_600 == 0 => format!("{} {hour}", s / 3_600),
            s if s % 60 == 0 => format!("{} {minute}", s / 60),
            s => format!("{s} {second}"),
        }
    }
}

const ENGLISH: Words = Words {
    language: Language::English,
    act_by: "To be done by",
    answer_by: "Answer by",
    ask: "ASK",
    assurance: "ASSURANCE",
    at: "At",
    basis: "BASIS",
    bright_line: "BRIGHT LINE",
    changed: "changed",
    conduct: "CONDUCT",
    confidence: "confidence",
    consequence: "CONSEQUENCE",
    contact: "CONTACT",
    count: "Count",
    event: "EVENT",
    from: "From",
    grade: "GRADE",
    if_: "IF",
    judge: "Judged by",
    lexicon: "lexicon",
    note: "NOTE",
    nothing_changed: "nothing else changed",
    of_ours: "of our message",
    of_yours: "of your message",
    on_behalf_of: "ON BEHALF OF",
    place: "Where",
    referring: "REFERENCE",
    rest_unchanged: "the rest is unchanged",
    shown: "Shown to you",
    sources: "Sources",
    text: "TEXT",
    then: "THEN",
    to: "to",
    to_ours: "on the asks of our",
    to_theirs: "on the asks of your",
    until: "Until",
    we_ask: "We ask",
    will: "WILL",
    within: "Within",
};

const RUSSIAN: Words = Words {
    language: Language::Russian,
    act_by: "Исполнить до",
    answer_by: "Ответить до",
    ask: "ПРОСИМ",
    assurance: "ЗАВЕРЕНИЕ",
    at: "Время:",
    basis: "ОСНОВАНИЕ",
    bright_line: "ЧЕРТА",
    changed: "изменено",
    conduct: "ДЕЙСТВИЕ",
    confidence: "уверенность",
    consequence: "ПОСЛЕДСТВИЕ",
    contact: "КОНТАКТ",
    count: "Число",
    event: "СОБЫТИЕ",
    from: "С",
    grade: "ВИД ПЕРЕВОДА",
    if_: "ЕСЛИ",
    judge: "Судит",
    lexicon: "словарь",
    note: "ПРИМЕЧАНИЕ",
    nothing_changed: "остальное без изменений",
    of_ours: "наше сообщение",
    of_yours: "ваше сообщение",
    on_behalf_of: "ОТ ИМЕНИ",
    place: "Место",
    referring: "ССЫЛКА",
    rest_unchanged: "остальное без изменений",
    shown: "Вам показано",
    sources: "Источники",
    text: "ТЕКСТ",
    then: "ТО",
    to: "до",
    to_ours: "по просьбам нашего сообщения",
    to_theirs: "по просьбам вашего сообщения",
    until: "До",
    we_ask: "Просим",
    will: "СДЕЛАЕТ",
    within: "В течение",
};
