"""Recomputes the cases of vectors/ with the second implementation, and writes cases for the first.

python check_vectors.py vectors            recomputes every case and opens everything
python check_vectors.py vectors --write    does so, then writes kdf.json and twin.json anew
"""

import hashlib
import json
import pathlib
import sys

from form_twin import agreement, coded, digest, form, message
from redphone_twin import (
    NOUNS,
    Card,
    Line,
    decode,
    encode,
    hashed,
    kdf,
    mix,
    pad,
    read_body,
    root_of,
    u32,
    words,
    xwing_open,
    xwing_public,
    xwing_seal,
)

ORDER_WIRE = 4


def unhex(text: str) -> bytes:
    return bytes.fromhex(text)


def maybe_unhex(text: str | None) -> bytes | None:
    return None if text is None else unhex(text)


def follow(cards: dict, letters: dict) -> tuple[Line, bytes]:
    """Founds the line of three letters with the secrets of both sides; also its root."""
    lower, higher = cards["NORD"], cards["SUD"]
    letter1, letter2, letter3 = (unhex(letters[f"letter{i}"]) for i in (1, 2, 3))
    _, _, fp_lower, fp_higher, suites0, suites1, use0, use1, ct, ephemeral = decode(letter1)
    assert (fp_lower, fp_higher) == (lower.fingerprint, higher.fingerprint)
    tapes = [maybe_unhex(letters[f"tape_{side}"]) for side in ("lower", "higher")]
    for use, tape in zip((use0, use1), tapes):
        assert (use is None) == (tape is None)
        assert use is None or use[2] == kdf(tape, "check")[:8]
    slots = tapes + [None, None, None]
    if ct:
        _, _, to_lower, to_ephemeral, _ = decode(letter2)
        seed = kdf(unhex(letters["random_begin"]), "draw", b"ephemeral")
        assert ephemeral == xwing_public(seed)
        slots[2:] = [
            xwing_open(higher.kem, ct),
            xwing_open(lower.kem, to_lower),
            xwing_open(seed, to_ephemeral),
        ]
    root = root_of(lower.body, higher.body, letter1, letter2, slots)
    assert decode(letter2)[4] == kdf(root, "confirm", b"\1")
    assert decode(letter3) == [decode(letter2)[0], kdf(root, "confirm", b"\0")]
    return Line(root, [suites0, suites1]), root


def check_kdf(cases: dict) -> None:
    for case in cases["kdf"]:
        context = map(unhex, case["context"])
        out = kdf(unhex(case["key"]), case["label"], *context, length=case["length"])
        assert out.hex() == case["out"]
    for case in cases["mix"]:
        slots = list(map(maybe_unhex, case["slots"]))
        assert mix(unhex(case["key"]), slots, unhex(case["transcript"])).hex() == case["out"]


def check_cards(cases: list) -> dict:
    cards = {}
    for case in cases:
        card = Card(unhex(case["identity_file"]))
        signed = b"redphone card 1" + card.body
        assert card.body.hex() == case["body"]
        assert card.fingerprint.hex() == case["fingerprint"]
        assert card.ed25519.sign(signed).hex() == case["ed25519_signature"]
        signature = unhex(case["ml_dsa_signature"])
        card.ml_dsa.public_key().verify(signature, signed, b"redphone card 1")
        assert words(card.fingerprint, 12) == (case["words_english"], case["words_russian"])
        cards[card.name] = card
    return cards


def check_tapes(case: dict) -> None:
    random = unhex(case["random"])
    assert case["reel"] == kdf(random, "draw", b"reel").hex()[:16]
    for key in case["keys"]:
        assert key["key"] == kdf(random, "draw", b"tape", u32(key["number"])).hex()
        assert key["check"] == kdf(unhex(key["key"]), "check").hex()[:16]


def check_pairing(cards: dict, cases: list) -> None:
    for case in cases:
        line, _ = follow(cards, case["letters"])
        assert line.line.hex() == case["line"]
        assert [seed.hex() for seed in line.bearers] == case["bearer_seeds"]


def check_envelope(line: Line, case: dict) -> bytes:
    """Opens an envelope, seals its body again, and compares all that is known."""
    at = (case["direction"], case["epoch"], case["number"])
    envelope = unhex(case["envelope"])
    padded = line.open(*at, envelope)
    body = read_body(padded)
    assert body["message"].hex() == case["message"]
    assert body["kind"] == case["kind"]
    assert body["life"].hex() == case["life_id"][:4]
    assert envelope[0] == case["mark"]
    assert line.seal(*at, padded, unhex(case["random"])) == envelope
    return envelope


def check_envelopes(cards: dict, cases: list) -> None:
    for case in cases:
        line, _ = follow(cards, case["letters"])
        for envelope in case["envelopes"]:
            check_envelope(line, envelope)


def check_frames(cards: dict, cases: dict) -> None:
    line, _ = follow(cards, cases["letters"])
    envelope = check_envelope(line, cases["envelope"])
    assert unhex(cases["running_hash"]) == line.log(bytes(16), 0, 0, 0, envelope)
    for case in cases["frames"]:
        plain, frame = unhex(case["plain"]), unhex(case["frame"])
        assert line.seal_frame(case["direction"], case.get("epoch"), plain) == frame
        assert line.open_frame(case["direction"], case.get("epoch"), frame) == plain
        if case["name"] == "receipt":
            # epoch 0, cumulative 1, no bitmap, 17 frames heard, echo 0 and 3
            assert plain[:8] == bytes([6 << 5, 0, 1, 0, 0, 17, 0, 3])
            rk = line.receipt_key(0, 0, 0, envelope)
            assert plain[8:] == kdf(rk, "receipted", u32(0), u32(1))[:8]
        if case["name"] == "contact_padded":
            assert len(frame) == 128
            plain = plain.rstrip(b"\x00").removesuffix(b"\x80")
        if case["name"] in ("contact_answer", "contact_padded"):
            life, life_id, sent, received, tape_out, tape_in = decode(plain[8:])
            assert (life, sent, tape_out, tape_in) == (1, [0, 0], 8, 8)
            rk = line.receipt_key(0, 0, 0, envelope)
            assert received == [[0, 0], envelope[:8], kdf(rk, "reached", u32(0), u32(0))[:8]]


def check_refresh(cards: dict, cases: dict) -> None:
    line, _ = follow(cards, cases["letters"])
    seed = kdf(unhex(cases["offer_random"]), "draw", b"offer")
    offers, backs, current = {}, {}, [0, 0]
    for step in cases["steps"]:
        if "envelope" in step:
            check_envelope(line, step["envelope"])
            continue
        d, (kind, fields) = step["refresh"]["direction"], decode(unhex(step["refresh"]["bytes"]))
        if kind == 0:
            offer, key = fields
            assert key == xwing_public(seed)
            offers[offer] = seed
        elif kind == 1:
            epoch, parent, (mixed, inner), tape = fields + [None] * (4 - len(fields))
            fresh, exchange = None, b""
            if mixed == 1:
                shared = xwing_open(offers[inner[0]], inner[1])
                exchange = hashed(xwing_public(offers[inner[0]]), inner[1])
                fresh = kdf(shared, "there")
                backs[inner[0]] = kdf(shared, "back"), exchange
            elif mixed == 2:
                fresh, exchange = backs.pop(inner[0])
            if tape is not None:
                assert tape == cases["tape"]["number"]
                tape = tape, unhex(cases["tape"]["key"])
            line.step(d, epoch, parent, mixed, fresh, exchange, tape)
            current[d] = epoch
        else:
            assert (kind, fields) == (2, [current[1 - d]])
    assert current == cases["words_epochs"]
    assert line.words(*current) == (cases["words_english"], cases["words_russian"])


def check_forms(cases: dict) -> None:
    """Makes each form of its draft, each act, ask and message of its fields, and reads their bytes again.

    A lexicon or a code book is named by the digest that is made here from its file.
    """
    digests = {book["what"]: digest(book["what"], book["file"]) for book in cases["books"]}
    for book in cases["books"]:
        assert digests[book["what"]].hex() == book["digest"], book
        assert book.get("check") in (None, digests[book["what"]][0] & 0x7F), book
    id_ = cases["lexicon"]
    lexicon = [id_["name"], id_["version"], unhex(id_["digest"])]
    for case in cases["forms"] + cases["acts"] + cases["asks"]:
        if "draft" in case:
            fields = form(case["draft"], lexicon)
        elif "agreement" in case:
            fields = agreement(case["agreement"], digests[case["agreement"]["what"]])
        else:
            fields = case["fields"]
        made = unhex(case["bytes"])
        assert encode(fields) == made, case
        assert decode(made) == fields, case
    for case in cases["messages"]:
        fields, made = message(case, decode), unhex(case["bytes"])
        assert encode(fields) == made, case
        assert decode(made) == fields, case
    for case in cases["coded"]:
        assert coded(case).hex() == case["bytes"], case


# What the first implementation has to open.


def written_kdf() -> dict:
    cases = []
    for key, label, context, length in [
        (7, "ck", [b"\0"], 32),
        (7, "ck", [b"\1"], 32),
        (8, "check", [], 32),
        (9, "fk", [], 64),
        (10, "aead", [b"\1", b"\0"], 32),
        (11, "salt", [bytes(32), bytes([1]) * 32], 32),
        (12, "words", [], 33),
        (13, "confirm", [b""], 32),
    ]:
        out = kdf(bytes([key]) * 32, label, *context, length=length)
        cases.append(
            {
                "key": (bytes([key]) * 32).hex(),
                "label": label,
                "context": [item.hex() for item in context],
                "length": length,
                "out": out.hex(),
            }
        )
    mixes = []
    for slots in [
        [None, None],
        [b"", None],
        [bytes([1]) * 32, None],
        [None, bytes([1]) * 32],
        [b"ab"] * 5,
    ]:
        transcript = bytes([2]) * 32
        mixes.append(
            {
                "key": bytes(32).hex(),
                "slots": [None if slot is None else slot.hex() for slot in slots],
                "transcript": transcript.hex(),
                "out": mix(bytes(32), slots, transcript).hex(),
            }
        )
    return {"kdf": cases, "mix": mixes}


def plain_body(message: bytes, end: int | None = None) -> bytes:
    ending = b"" if end is None else u32(end)
    return pad(bytes([ORDER_WIRE, 0xAB, 0xCD, 0 if end is None else 4]) + ending + message)


def written_envelope(line: Line, d: int, e: int, n: int, end: int | None = None) -> dict:
    message = f"Sealed by the twin as {d} {e} {n}.".encode()
    envelope = line.seal(d, e, n, plain_body(message, end), bytes([n]) * 32)
    at = {"direction": d, "epoch": e, "number": n}
    return at | {"kind": ORDER_WIRE, "message": message.hex(), "envelope": envelope.hex()}


def written_answer(cards: dict, case: dict) -> dict:
    """Answers the first letter of a pairing by tapes and cards, as SUD."""
    lower, higher = cards["NORD"], cards["SUD"]
    letter1 = unhex(case["letters"]["letter1"])
    *_, suites0, suites1, _, _, ct, ephemeral = decode(letter1)
    to_lower, secret_lower = xwing_seal(decode(lower.body)[4])
    to_ephemeral, secret_ephemeral = xwing_seal(ephemeral)
    letter2 = [
        b"answered by twin",
        hashlib.sha256(letter1).digest(),
        to_lower,
        to_ephemeral,
        bytes(32),
    ]
    tapes = [unhex(case["letters"]["tape_lower"]), unhex(case["letters"]["tape_higher"])]
    slots = tapes + [xwing_open(higher.kem, ct), secret_lower, secret_ephemeral]
    root = root_of(lower.body, higher.body, letter1, encode(letter2), slots)
    letter2[4] = kdf(root, "confirm", b"\1")
    letter3 = [letter2[0], kdf(root, "confirm", b"\0")]
    line = Line(root, [suites0, suites1])
    return {
        "letter1": letter1.hex(),
        "letter2": encode(letter2).hex(),
        "letter3": encode(letter3).hex(),
        "line": line.line.hex(),
        "envelope": written_envelope(line, 1, 0, 0),
    }


def written_frames(cards: dict, cases: dict) -> list:
    line, _ = follow(cards, cases["letters"])
    single = (3 << 61 | 70_000 << 29 | 0x5A << 21 | 2).to_bytes(8, "big") + bytes(range(30))
    cover = bytes([7 << 5]) + bytes(20)
    return [
        {"direction": d, "plain": plain.hex(), "frame": line.seal_frame(d, 0, plain).hex()}
        for d, plain in ((0, single), (1, cover))
    ]


def written_opening(cards: dict, cases: dict) -> dict:
    """Answers an offer of NORD with the next epoch of SUD, and seals in it."""
    line, _ = follow(cards, cases["letters"])
    offer_random = bytes([0x91]) * 32
    key = xwing_public(kdf(offer_random, "draw", b"offer"))
    ciphertext, shared = xwing_seal(key)
    line.step(1, 1, 0, 1, kdf(shared, "there"), hashed(key, ciphertext), None)
    lists = dict(zip(("english", "russian"), line.words(0, 1)))
    return {
        "offer_random": offer_random.hex(),
        "open": encode([1, [1, 0, [1, [0, ciphertext]]]]).hex(),
        "ready": encode([2, [1]]).hex(),
        "envelope": written_envelope(line, 1, 1, 0, end=0),
        "words": lists,
    }


def written_twin(cards: dict, vectors: dict) -> dict:
    envelopes = []
    for case in vectors["envelopes"]:
        line, _ = follow(cards, case["letters"])
        sealed = [written_envelope(line, 0, 0, 9), written_envelope(line, 1, 0, 70)]
        envelopes.append({"suites": case["suites"], "envelopes": sealed})
    [both] = [case for case in vectors["pairing"] if case["means"] == "both"]
    return {
        "answer": written_answer(cards, both),
        "envelopes": envelopes,
        "frames": written_frames(cards, vectors["frames"]),
        "opening": written_opening(cards, vectors["refresh"]),
    }


def main(folder: pathlib.Path, write: bool) -> None:
    names = ("cards", "envelopes", "forms", "frames", "pairing", "refresh", "tapes")
    vectors = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in names}
    assert len(NOUNS) == 64
    cards = check_cards(vectors["cards"])
    check_tapes(vectors["tapes"])
    check_pairing(cards, vectors["pairing"])
    check_envelopes(cards, vectors["envelopes"])
    check_forms(vectors["forms"])
    check_frames(cards, vectors["frames"])
    check_refresh(cards, vectors["refresh"])
    if write:
        for name, cases in (("kdf", written_kdf()), ("twin", written_twin(cards, vectors))):
            text = json.dumps(cases, ensure_ascii=False, indent=2, sort_keys=True)
            (folder / f"{name}.json").write_text(text + "\n", "utf-8")
    check_kdf(json.loads((folder / "kdf.json").read_text("utf-8")))
    print(f"{len(names) + 1} passed, 0 failed")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), "--write" in sys.argv[2:])
