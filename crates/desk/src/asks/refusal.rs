//! Why an act was not taken: what is wrong and what to do, in English and in Russian.
//!
//! Owns the sentences. Nothing here decides. Rule ASK-5.

use std::fmt;

use minicbor::{Decode, Encode};
use redphone_wire::{ActField, ActWord};

use super::record::Side;

/// An act, or asks, that were not taken. Nothing is changed.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, PartialEq)]
pub struct Refusal {
    /// Who has to act: our officer mends what he said, or the watch tells the peer.
    #[n(0)]
    pub by: Side,
    /// What was said; none when asks were to be listed.
    #[n(1)]
    pub act: Option<ActWord>,
    /// What is wrong with it.
    #[n(2)]
    pub why: Why,
}

impl Refusal {
    /// Two sentences in English.
    pub fn en(&self) -> String {
        format!("{} {}", self.what_en(), self.to_do_en())
    }

    /// What is wrong: the first sentence in English.
    pub fn what_en(&self) -> String {
        let wrong = self
            .why
            .wrong_en()
            .replace("{}", self.why.field().map_or("", ActField::en));
        let what = self.act.map_or("The asks", ActWord::en);
        let were = if self.act.is_some() { "was" } else { "were" };
        format!("{what} {were} not taken: {wrong}.")
    }

    /// What to do: the second sentence in English.
    pub fn to_do_en(&self) -> String {
        format!("{}.", self.why.mend_en())
    }

    /// Two sentences in Russian.
    pub fn ru(&self) -> String {
        let mend = self.why.mend_ru();
        let wrong = self
            .why
            .wrong_ru()
            .replace("{}", self.why.field().map_or("", ActField::ru));
        match self.act {
            Some(act) => format!("«{}» не принято: {wrong}. {mend}.", act.ru()),
            None => format!("Запросы не приняты: {wrong}. {mend}."),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.en())
    }
}

impl std::error::Error for Refusal {}

/// What is wrong with an act or with asks. The numbers stand in records at home: a new one goes
/// behind the others.
#[derive(Clone, Copy, Debug, Decode, Encode, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Why {
    /// A commitment stands already.
    #[n(0)]
    AlreadyCommitted,
    /// The commitment was broken: no other answer mends that.
    #[n(1)]
    Broken,
    /// It is listed as broken already.
    #[n(2)]
    BrokenAlready,
    /// The deed is claimed to be done.
    #[n(3)]
    ClaimedDone,
    /// The ask is a draft: there is nothing to withdraw.
    #[n(4)]
    DraftUnsent,
    /// The book holds no more.
    #[n(5)]
    Full,
    /// The asks of that message are listed.
    #[n(6)]
    Known,
    /// Nobody committed, so nothing can be done.
    #[n(7)]
    NotCommitted,
    /// The ask is a draft.
    #[n(8)]
    NotReleased,
    /// Nothing is claimed to be done.
    #[n(9)]
    NothingClaimed,
    /// No read-back waits for a word.
    #[n(10)]
    NothingReadBack,
    /// Nobody committed, so there is nothing to verify.
    #[n(11)]
    NothingToVerify,
    /// The side that was asked may say it, and the asker said it.
    #[n(12)]
    OnlyAsked,
    /// The asker may say it, and the side that was asked said it.
    #[n(13)]
    OnlyAsker,
    /// A field is empty or beyond its bound.
    #[n(14)]
    OutOfBounds(#[n(0)] ActField),
    /// The read-back's number is used.
    #[n(15)]
    ReadBackOld,
    /// Another read-back waits for a word.
    #[n(16)]
    ReadBackOther,
    /// The asks of a message do not count from 1, or it has too many.
    #[n(17)]
    Unnumbered,
    /// There is no such ask.
    #[n(18)]
    UnknownAsk,
    /// The ask is declined for good.
    #[n(19)]
    WasDeclined,
    /// The ask is refused for good.
    #[n(20)]
    WasRefused,
    /// A later message took the ask's place.
    #[n(21)]
    WasSuperseded,
    /// UNABLE was the answer.
    #[n(22)]
    WasUnable,
    /// The deed was done and seen.
    #[n(23)]
    WasVerified,
    /// The asker withdrew it.
    #[n(24)]
    WasWithdrawn,
    /// The message has no card to fill in.
    #[n(25)]
    NoCard,
    /// The card has no such item, or one is named twice.
    #[n(26)]
    NotOnCard,
    /// The message was read back and confirmed.
    #[n(27)]
    ReadBackOver,
}

impl Why {
    /// The field that it names.
    fn field(self) -> Option<ActField> {
        if let Self::OutOfBounds(field) = self {
            Some(field)
        } else {
            None
        }
    }

    /// What is wrong, in English.
    fn wrong_en(self) -> &'static str {
        match self {
            Self::AlreadyCommitted => {
                "a commitment stands, and only the asker can let it go, by WITHDRAW"
            }
            Self::Broken => "the commitment was broken, and another answer does not mend that",
            Self::BrokenAlready => "the commitment is listed as broken already",
            Self::ClaimedDone => "it is claimed to be done",
            Self::DraftUnsent | Self::NotReleased => "the ask is a draft, and nobody has it",
            Self::Full => "the book is full of asks that are not settled",
            Self::Known => "the asks of that message are listed already",
            Self::NotCommitted => "nobody committed to this ask",
            Self::NothingClaimed => "nothing is claimed to be done",
            Self::NothingReadBack => "no read-back waits for a word",
            Self::NothingToVerify => "nobody committed to this ask, so there is nothing to verify",
            Self::OnlyAsked => "only the side that was asked may say it",
            Self::OnlyAsker => "only the side that asked may say it",
            Self::OutOfBounds(_) => "the field '{}' is empty or beyond its bound",
            Self::ReadBackOld => "a read-back of this or a later number is here",
            Self::ReadBackOther => "another read-back waits for a word",
            Self::Unnumbered => "their numbers are not 1, 2, 3 and so on, or there are too many",
            Self::UnknownAsk => "that message has no ask of that number here",
            Self::WasDeclined => "it was said that no answer will be given to this ask",
            Self::WasRefused => "this ask was refused",
            Self::WasSuperseded => "a later message took the place of this ask",
            Self::WasUnable => "the answer to this ask was UNABLE",
            Self::WasVerified => "this ask is done and verified",
            Self::WasWithdrawn => "the asker withdrew this ask",
            Self::NoCard => "that message has no item to read back",
            Self::NotOnCard => "its card has no item of that number, or one is named twice",
            Self::ReadBackOver => "that message was read back and confirmed",
        }
    }

    /// What to do, in English.
    fn mend_en(self) -> &'static str {
        match self {
            Self::AlreadyCommitted => "Keep it and say DONE",
            Self::Broken => "Do what was committed to and say DONE",
            Self::BrokenAlready => "Wait for DONE, or say WITHDRAW",
            Self::ClaimedDone => "Wait until the asker says VERIFIED or NOT VERIFIED",
            Self::DraftUnsent => "Discard the draft",
            Self::Full => "Answer or withdraw some of them first",
            Self::Known => "Change them by a message that supersedes it",
            Self::NotCommitted => "Say COMMIT first, with a time",
            Self::NotReleased => "Release it first",
            Self::NothingClaimed => "Wait for DONE, or for the time that was committed to",
            Self::NothingReadBack => "Wait until the message is read back",
            Self::NothingToVerify => "Wait for COMMIT",
            Self::OnlyAsked => "If the ask is no longer meant, say WITHDRAW",
            Self::OnlyAsker => "Answer the ask by an act of your side, such as COMMIT or REFUSE",
            Self::OutOfBounds(_) => "Fill it in, or make it shorter",
            Self::ReadBackOld => "Give the read-back the next number",
            Self::ReadBackOther => "Name the newest read-back",
            Self::Unnumbered => "Number them anew, or make two messages",
            Self::UnknownAsk => "Name an ask that is on the board",
            Self::WasDeclined | Self::WasRefused | Self::WasUnable => "Take it up in a new ask",
            Self::WasSuperseded => "Go on with the asks of that message",
            Self::WasVerified => "Take anything further up in a new ask",
            Self::WasWithdrawn => "Nothing more is owed on it",
            Self::NoCard => "Acknowledge it by name",
            Self::NotOnCard => "Fill in the card of that message, each item once",
            Self::ReadBackOver => "Nothing more has to be read back",
        }
    }

    /// What is wrong, in Russian.
    fn wrong_ru(self) -> &'static str {
        match self {
            Self::AlreadyCommitted => {
                "обязательство дано, и снять его может только запросивший словом «СНИМАЕМ»"
            }
            Self::Broken => "обязательство нарушено, и другой ответ этого не исправит",
            Self::BrokenAlready => "нарушение обязательства уже отмечено",
            Self::ClaimedDone => "об исполнении уже заявлено",
            Self::DraftUnsent | Self::NotReleased => {
                "запрос остался черновиком, его никто не получал"
            }
            Self::Full => "в книге нет места: слишком много незавершённых запросов",
            Self::Known => "запросы этого сообщения уже внесены",
            Self::NotCommitted => "обязательства по этому запросу нет",
            Self::NothingClaimed => "об исполнении ещё не заявлено",
            Self::NothingReadBack => "нет повтора, который ждёт подтверждения",
            Self::NothingToVerify => "обязательства по этому запросу нет, подтверждать нечего",
            Self::OnlyAsked => "это может сообщить только та сторона, которую запросили",
            Self::OnlyAsker => "это может сообщить только запросившая сторона",
            Self::OutOfBounds(_) => "поле «{}» пусто или превышает предел",
            Self::ReadBackOld => "повтор с этим или более поздним номером уже получен",
            Self::ReadBackOther => "подтверждения ждёт другой повтор",
            Self::Unnumbered => "их номера идут не по порядку с 1, или их слишком много",
            Self::UnknownAsk => "в этом сообщении нет запроса с таким номером",
            Self::WasDeclined => "на этот запрос сообщено, что ответа не будет",
            Self::WasRefused => "по этому запросу дан отказ",
            Self::WasSuperseded => "этот запрос заменён более поздним сообщением",
            Self::WasUnable => "на этот запрос дан ответ «НЕ МОЖЕМ»",
            Self::WasVerified => "этот запрос исполнен, исполнение подтверждено",
            Self::WasWithdrawn => "запросивший снял этот запрос",
            Self::NoCard => "в этом сообщении нечего повторять",
            Self::NotOnCard => "в карточке нет пункта с таким номером, или он назван дважды",
            Self::ReadBackOver => "это сообщение уже повторено и подтверждено",
        }
    }

    /// What to do, in Russian.
    fn mend_ru(self) -> &'static str {
        match self {
            Self::AlreadyCommitted => "Исполните его и сообщите «ИСПОЛНЕНО»",
            Self::Broken => "Исполните обещанное и сообщите «ИСПОЛНЕНО»",
            Self::BrokenAlready => "Дождитесь «ИСПОЛНЕНО» или сообщите «СНИМАЕМ»",
            Self::ClaimedDone => {
                "Дождитесь, пока запросивший подтвердит исполнение или не подтвердит его"
            }
            Self::DraftUnsent => "Удалите черновик",
            Self::Full => "Сначала ответьте на часть из них или снимите их",
            Self::Known => "Измените их сообщением, которое его заменит",
            Self::NotCommitted => "Сначала сообщите «ОБЯЗУЕМСЯ» и назовите срок",
            Self::NotReleased => "Сначала выпустите его",
            Self::NothingClaimed => {
                "Дождитесь «ИСПОЛНЕНО» или срока, к которому дано обязательство"
            }
            Self::NothingReadBack => "Дождитесь, пока сообщение повторят",
            Self::NothingToVerify => "Дождитесь «ОБЯЗУЕМСЯ»",
            Self::OnlyAsked => "Если запрос больше не нужен, сообщите «СНИМАЕМ»",
            Self::OnlyAsker => "Ответьте своим словом, например «ОБЯЗУЕМСЯ» или «ОТКАЗЫВАЕМ»",
            Self::OutOfBounds(_) => "Заполните его или сократите",
            Self::ReadBackOld => "Дайте повтору следующий номер",
            Self::ReadBackOther => "Назовите последний повтор",
            Self::Unnumbered => "Пронумеруйте их заново или разделите на два сообщения",
            Self::UnknownAsk => "Назовите запрос, который есть на доске",
            Self::WasDeclined | Self::WasRefused | Self::WasUnable => "Задайте новый запрос",
            Self::WasSuperseded => "Продолжайте по запросам того сообщения",
            Self::WasVerified => "Всё дальнейшее начните с нового запроса",
            Self::WasWithdrawn => "Больше по нему ничего не требуется",
            Self::NoCard => "Подтвердите получение от своего имени",
            Self::NotOnCard => "Заполните карточку этого сообщения, каждый пункт один раз",
            Self::ReadBackOver => "Повторять больше ничего не нужно",
        }
    }
}
