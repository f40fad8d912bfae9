"""Forms, acts and messages as arrays, a second time, from docs/PROTOCOL.md (FORM, ASK, REL, CODE).

A draft is what a drafter fills in, by the names of its fields; the array is what crosses the line.
"""

from datetime import datetime, timezone

LANGUAGES = ("en", "ru")
MARKS = ("none", "not-disclosed", "undecided")
CONFIDENCES = ("low", "moderate", "high")
KINDS = ("clarifies", "reinforces", "supersedes", "withdraws")
PRECEDENCES = ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")
PARTS = ("ask", "assurance", "basis", "bright_line", "conduct", "consequence")
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


def coded(case: dict) -> bytes:
    """The bytes of a coded message (rule CODE-1)."""
    out, serial = bytearray([case["entry"] | case["flash"] << 6]), case["serial"]
    while serial >= 0x80:
        out.append(serial & 0x7F | 0x80)
        serial >>= 7
    out.append(serial)
    return bytes(out) + bytes.fromhex(case["blanks"])
