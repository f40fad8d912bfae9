"""Forms, acts, messages, codes and agreements, a second time, from docs/PROTOCOL.md: FORM, ASK, REL,
CODE and BOOK.

A draft is what a drafter fills in, by the names of its fields; the array is what crosses the line.
"""

import hashlib
import tomllib
import unicodedata
from datetime import datetime, timezone

LANGUAGES = ("en", "ru")
MARKS = ("none", "not-disclosed", "undecided")
CONFIDENCES = ("low", "moderate", "high")
KINDS = ("clarifies", "reinforces", "supersedes", "withdraws")
PRECEDENCES = ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")
PARTS = ("ask", "assurance", "basis", "bright_line", "conduct", "consequence")
BOOK_ACTS = ("propose", "accept", "refuse", "retire")
BOOKS = ("lexicon", "code book")
VERBS = (
    "stop confirm name provide preserve remove isolate restore allow meet investigate publish"
).split()


def instant(text: str) -> int:
    parsed = datetime.strptime(text, "%Y-%m-%dT%H:%MZ")
    return int(parsed.replace(tzinfo=timezone.utc).timestamp())


def hours(text: str) -> int:
    """Seconds of a span such as PT24H."""
    assert text.startswith("PT") and text.endswith("H")
    return int(text[2:-1]) * 3_600


def without_end(fields: list) -> list:
    """Optional members at the end are left out, not written as null."""
    while fields[-1] is None:
        fields = fields[:-1]
    return fields


def part(given: dict, fill) -> list:
    mark = given.get("mark")
    # The marks of a consequence have words of their own.
    mode = given.get("mode")
    if mode in ("decided-not-disclosed", "undecided"):
        mark = mode.removeprefix("decided-")
    return [0, [fill(given)]] if mark is None else [1, [MARKS.index(mark)]]


def conduct(given: dict) -> list:
    when = given["when"]
    return [given["actor"], given["act"], given["where"], instant(when[0]), instant(when[-1])]


def basis(given: dict) -> list:
    likelihood = int(given["likelihood"].removeprefix("E"))
    confidence = CONFIDENCES.index(given["confidence"])
    return without_end([given["sources"], likelihood, confidence, given.get("shown")])


def bright_line(given: dict) -> list:
    window = [instant(given["from"]), instant(given["to"])]
    return [given["act"], given["count"], given["where"], *window, given["judge"]]


def consequence(given: dict) -> list:
    return [given["actor"], given["act"], hours(given["within"])]


def assurance(given: dict) -> list:
    return [given["if"], given["act"], instant(given["until"])]


def asks(given: list) -> list:
    return [
        [
            number,
            ask["to"],
            VERBS.index(ask["verb"]),
            ask["object"],
            instant(ask["act_by"]),
            instant(ask["answer_by"]),
        ]
        for number, ask in enumerate(given, 1)
    ]


def reference(given: dict) -> list:
    if given["kind"] == "new":
        return [0, []]
    changes = sorted(PARTS.index(name) for name in given["changes"])
    return [1, [KINDS.index(given["kind"]), given["serial"], changes]]


def form(draft: dict, lexicon: list) -> list:
    """The array of a draft's form."""
    marker, language = draft["marker"], LANGUAGES.index(draft["language"])
    note = draft.get("note", {}).get("text")
    refers = reference(draft.get("reference", {"kind": "new"}))
    authority = [draft.get("authority", {}).get("on_behalf_of")]
    if marker == "ASSURANCE":
        number, fields = 1, [refers, assurance(draft["assurance"]), authority]
    elif marker == "INFORMATION":
        number, fields = 2, [part(draft["conduct"], conduct), part(draft["basis"], basis)]
    elif marker in ("QUESTION", "REQUEST"):
        number, fields = 3, [marker == "QUESTION", refers, asks(draft["ask"]), authority]
    else:
        assert marker == "WARNING"
        number = 4
        fields = [
            refers,
            part(draft["conduct"], conduct),
            part(draft["basis"], basis),
            part(draft["bright_line"], bright_line),
            part(draft["consequence"], consequence),
            [0, [asks(draft["ask"])]],
            part(draft["assurance"], assurance),
            authority,
            draft.get("contact", {}).get("who"),
        ]
    return [number, [without_end([language, lexicon, *fields, note])]]


def message(case: dict, form_of) -> list:
    """The array of a message; `form_of` reads the array of a form from its bytes."""
    attachments = [
        [info["name"], info["media_type"], info["bytes"], bytes.fromhex(info["digest"])]
        for info in case["attachments"]
    ]
    inner = case["form"] and form_of(bytes.fromhex(case["form"]))
    precedence = PRECEDENCES.index(case["precedence"])
    head = [case["serial"], precedence, case["released"], case["releaser"], case["text"]]
    return without_end([*head, attachments, inner, case["readers"]])


def both(given: dict, name: str = "") -> list[str]:
    """A text in both languages, English first; "" where one is left out."""
    return [given.get(f"{name}_{language}".lstrip("_"), "") for language in LANGUAGES]


def counted(texts: list[str]) -> list[str]:
    return [str(len(texts)), *texts]


def lexicon_texts(file: dict) -> list[str]:
    """The content of a lexicon, in the order that BOOK gives."""
    terms = sorted(file["term"], key=lambda term: int(term["id"][2:]))
    texts = ["redphone lexicon 1", file["meta"]["name"], str(file["meta"]["version"])]
    texts.append(str(len(terms)))
    for term in terms:
        texts += [term["id"], *both(term), *both(term, "def"), *both(term, "not")]
        for name in ("forms_en", "forms_ru", "avoid_en", "avoid_ru"):
            texts += counted(term.get(name, []))
        refused = term.get("status") == "do-not-use"
        texts += ["do not use", *both(term, "why")] if refused else ["use"]
    texts.append(str(len(file["estimate"])))
    for step in file["estimate"]:
        texts += [step["id"], *both(step), *(str(percent) for percent in step["range"])]
    texts.append(str(len(file["confidence"])))
    for step in file["confidence"]:
        texts += [step["id"], *both(step), *both(step, "def"), *both(step, "not")]
    return texts


def blank_texts(blank: dict) -> list[str]:
    kind = blank["kind"]
    if kind == "choice":
        kinds = counted([kind, blank["list"]])
    elif kind == "count":
        kinds = counted([kind, str(blank["bytes"]), str(blank.get("least", 0))])
    elif kind == "term":
        kinds = [kind, *counted(blank.get("terms", []))]
    else:
        kinds = [kind]
    return [blank["name"], *kinds, *both(blank, "means")]


def code_book_texts(file: dict) -> list[str]:
    """The content of a code book, in the order that CODE gives."""
    meta = file["meta"]
    title = f"{meta['name']}-{meta['version']}"
    texts = ["redphone code book 1", title, meta["lexicon"], *both(meta, "follows")]
    lists = sorted(file.get("list", []), key=lambda row: row["name"])
    texts.append(str(len(lists)))
    for row in lists:
        texts += [row["name"], str(len(row["items"]))]
        for item in row["items"]:
            texts += both(item)
    entries = sorted(file["entry"], key=lambda entry: int(entry["code"][2:]))
    texts.append(str(len(entries)))
    for entry in entries:
        texts += [entry["code"], entry["precedence"], *both(entry, "title"), *both(entry, "text")]
        blanks = entry.get("blank", [])
        texts.append(str(len(blanks)))
        for blank in blanks:
            texts += blank_texts(blank)
    return texts


def digest(what: str, file: str) -> bytes:
    """What names a lexicon or a code book: the hash of its content, not of its layout."""
    made = {"lexicon": lexicon_texts, "code book": code_book_texts}[what](tomllib.loads(file))
    hashed = hashlib.sha256()
    for text in made:
        composed = unicodedata.normalize("NFC", text).encode()
        hashed.update(len(composed).to_bytes(4) + composed)
    return hashed.digest()


def agreement(given: dict, digest: bytes) -> list:
    """The array of what is said of a lexicon or a code book (rule BOOK-1)."""
    head = [LANGUAGES.index(given["language"]), BOOK_ACTS.index(given["act"])]
    named = [BOOKS.index(given["what"]), given["name"], given["version"], digest]
    return [6, [without_end([*head, *named, given["note"]])]]


def coded(case: dict) -> bytes:
    """The bytes of a coded message (rule CODE-1)."""
    out, serial = bytearray([case["entry"] | case["flash"] << 6]), case["serial"]
    while serial >= 0x80:
        out.append(serial & 0x7F | 0x80)
        serial >>= 7
    out.append(serial)
    return bytes(out) + bytes.fromhex(case["blanks"])
