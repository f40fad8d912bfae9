"""A second implementation of the seal, from docs/PROTOCOL.md, for tests only.

It shares no code with the first but two tables that are part of the protocol: the nouns of words/nouns.rs
and dictionary.txt. Ciphers are those of OpenSSL, and gostcrypto's Kuznyechik. Nothing here is in
constant time, nothing is erased: never use it for traffic.
"""

import hashlib
import hmac
import pathlib
import re

import brotli
import gostcrypto
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes

SEAL = pathlib.Path(__file__).parents[2] / "crates" / "seal" / "src"
DICTIONARY = (SEAL / "dictionary.txt").read_bytes()
NOUNS = re.findall(
    r'^    \("([A-Z]+)", "([А-ЯЁ]+)"\),$', (SEAL / "words" / "nouns.rs").read_text("utf-8"), re.M
)


# KDF: keys


def part(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def kdf(key: bytes, label: str, *context: bytes, length: int = 32) -> bytes:
    """HKDF-Expand (RFC 5869) over protocol, label and context (rule KDF-1)."""
    info = b"".join(map(part, (b"redphone/1", label.encode(), *context)))
    out, block = b"", b""
    for index in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([index]), "sha256")
        out += block
    return out[:length]


def mix(key: bytes, slots: list[bytes | None], transcript: bytes) -> bytes:
    """HKDF-Extract over fixed slots and a transcript (rule KDF-2)."""
    ikm = b"".join(b"\0" + part(b"") if slot is None else b"\1" + part(slot) for slot in slots)
    return hmac.digest(key, ikm + transcript, "sha256")


def hashed(*parts: bytes) -> bytes:
    """SHA-256 of parts, each with its length (rule KDF-3)."""
    return hashlib.sha256(b"".join(len(p).to_bytes(4, "big") + p for p in parts)).digest()


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


# WIRE: the CBOR that the protocol uses (RFC 8949), and no other


def encode(value) -> bytes:
    def head(major: int, number: int) -> bytes:
        for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
            if number < 24:
                return bytes([major << 5 | number])
            if number < 1 << 8 * size:
                return bytes([major << 5 | info]) + number.to_bytes(size, "big")
        raise ValueError(number)

    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return head(0, value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list():
            return head(4, len(value)) + b"".join(map(encode, value))
    raise TypeError(value)


def decode(data: bytes):
    """The value of the one encoding that there is (rule WIRE-1)."""
    value, rest = _decode(data)
    if rest or encode(value) != data:
        raise ValueError("not canonical")
    return value


def _decode(data: bytes):
    if data[0] in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[data[0]], data[1:]
    major, number, rest = data[0] >> 5, data[0] & 31, data[1:]
    if number >= 24:
        size = 1 << (number - 24)
        number, rest = int.from_bytes(rest[:size], "big"), rest[size:]
    if major == 4:
        items = []
        for _ in range(number):
            item, rest = _decode(rest)
            items.append(item)
        return items, rest
    if major in (2, 3):
        taken, rest = rest[:number], rest[number:]
        return (taken if major == 2 else taken.decode()), rest
    return number, rest


# X-Wing (draft-connolly-cfrg-xwing-kem)


def xwing_keys(seed: bytes):
    expanded = hashlib.shake_256(seed).digest(96)
    secret_m = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    return secret_m, x25519.X25519PrivateKey.from_private_bytes(expanded[64:])


def xwing_public(seed: bytes) -> bytes:
    secret_m, secret_x = xwing_keys(seed)
    return secret_m.public_key().public_bytes_raw() + secret_x.public_key().public_bytes_raw()


def xwing_combine(shared_m: bytes, shared_x: bytes, ct_x: bytes, public_x: bytes) -> bytes:
    return hashlib.sha3_256(shared_m + shared_x + ct_x + public_x + rb"\.//^\ "[:6]).digest()


def xwing_open(seed: bytes, ciphertext: bytes) -> bytes:
    secret_m, secret_x = xwing_keys(seed)
    ct_m, ct_x = ciphertext[:1088], ciphertext[1088:]
    shared_x = secret_x.exchange(x25519.X25519PublicKey.from_public_bytes(ct_x))
    public_x = secret_x.public_key().public_bytes_raw()
    return xwing_combine(secret_m.decapsulate(ct_m), shared_x, ct_x, public_x)


def xwing_seal(public: bytes) -> tuple[bytes, bytes]:
    """A ciphertext and its secret, with randomness of OpenSSL's."""
    shared_m, ct_m = mlkem.MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
    ephemeral = x25519.X25519PrivateKey.generate()
    ct_x = ephemeral.public_key().public_bytes_raw()
    shared_x = ephemeral.exchange(x25519.X25519PublicKey.from_public_bytes(public[1184:]))
    return ct_m + ct_x, xwing_combine(shared_m, shared_x, ct_x, public[1184:])


# CARD and PAIR


def words(data: bytes, count: int) -> tuple[list[str], list[str]]:
    bits = int.from_bytes(data, "big") >> (8 * len(data) - 11 * count)
    indices = [bits >> 11 * (count - 1 - i) & 2047 for i in range(count)]
    pairs = [(NOUNS[i >> 5], i & 31) for i in indices]
    return [f"{en}-{n:02}" for (en, _), n in pairs], [f"{ru}-{n:02}" for (_, ru), n in pairs]


class Card:
    """A station's secret seed and what follows from it (rules CARD-1 to CARD-4)."""

    def __init__(self, identity_file: bytes):
        _, self.name, self.environment, seed = decode(identity_file)
        self.kem = kdf(seed, "identity", b"x-wing")
        self.ed25519 = ed25519.Ed25519PrivateKey.from_private_bytes(
            kdf(seed, "identity", b"ed25519")
        )
        self.ml_dsa = mldsa.MLDSA65PrivateKey.from_seed_bytes(kdf(seed, "identity", b"ml-dsa-65"))
        keys = [secret.public_key().public_bytes_raw() for secret in (self.ed25519, self.ml_dsa)]
        self.body = encode([self.name, self.environment, *keys, xwing_public(self.kem)])
        self.fingerprint = hashlib.sha256(self.body).digest()


def root_of(lower: bytes, higher: bytes, letter1: bytes, letter2: bytes, slots: list) -> bytes:
    """The root of a pairing (rule PAIR-6)."""
    attempt, digest, to_lower, to_ephemeral, _ = decode(letter2)
    assert digest == hashlib.sha256(letter1).digest()
    zeroed = encode([attempt, digest, to_lower, to_ephemeral, bytes(32)])
    return mix(bytes(32), slots, hashed(lower, higher, letter1, zeroed))


# SUITE: layers of sealing


def block_cipher(suite: int, key: bytes):
    """One block of Kuznyechik or SM4."""
    if suite == 3:
        kuznyechik = gostcrypto.gostcipher.new(
            "kuznechik", bytearray(key), gostcrypto.gostcipher.MODE_ECB
        )
        return lambda block: bytes(kuznyechik.encrypt(bytearray(block)))
    sm4 = Cipher(algorithms.SM4(key[:16]), modes.ECB()).encryptor()
    return sm4.update


def counter_mode(block, data: bytes) -> bytes:
    """NIST SP 800-38A, from counter block 0."""
    count = -(-len(data) // 16)
    stream = b"".join(block(i.to_bytes(16, "big")) for i in range(count))
    return bytes(a ^ b for a, b in zip(data, stream))


def cmac(block, data: bytes) -> bytes:
    """NIST SP 800-38B."""

    def double(value: int) -> int:
        return (value << 1) % (1 << 128) ^ (0x87 if value >> 127 else 0)

    subkey = double(int.from_bytes(block(bytes(16)), "big"))
    whole = data and len(data) % 16 == 0
    if not whole:
        data += b"\x80" + bytes(-(len(data) + 1) % 16)
        subkey = double(subkey)
    state = 0
    for at in range(0, len(data), 16):
        state ^= int.from_bytes(data[at : at + 16], "big")
        if at + 16 == len(data):
            state ^= subkey
        state = int.from_bytes(block(state.to_bytes(16, "big")), "big")
    return state.to_bytes(16, "big")


def layer(suite: int, key: bytes, ad: bytes, data: bytes, opening: bool) -> bytes:
    if suite in (1, 2):
        cipher = (aead.ChaCha20Poly1305 if suite == 1 else aead.AESGCMSIV)(key)
        return (cipher.decrypt if opening else cipher.encrypt)(bytes(12), data, ad)
    stream = block_cipher(suite, kdf(key, "layer cipher"))
    mac = block_cipher(suite, kdf(key, "layer tag"))

    def tag(ciphertext: bytes) -> bytes:
        return cmac(mac, len(ad).to_bytes(8, "big") + ad + ciphertext)

    if not opening:
        ciphertext = counter_mode(stream, data)
        return ciphertext + tag(ciphertext)
    if not hmac.compare_digest(tag(data[:-16]), data[-16:]):
        raise ValueError("tag")
    return counter_mode(stream, data[:-16])


def layers(suites: list[int], mk: bytes, ad: bytes, data: bytes, opening: bool) -> bytes:
    named = bytes(suites) + bytes(2 - len(suites))
    order = list(enumerate(suites))
    for index, suite in reversed(order) if opening else order:
        key = kdf(mk, "aead", bytes([suite]), bytes([index]))
        data = layer(suite, key, ad + named + bytes([index]), data, opening)
    return data


# SEAL: bodies


def bucket(length: int) -> int:
    step = 8 if length <= 512 else 1 << ((length - 1).bit_length() - 1 - 4)
    return min(-(-length // step) * step, 70_000)


def pad(body: bytes) -> bytes:
    return (body + b"\x80").ljust(bucket(len(body) + 1), b"\0")


def unpad(padded: bytes) -> bytes:
    body = padded.rstrip(b"\0")
    if body[-1:] != b"\x80" or pad(body[:-1]) != padded:
        raise ValueError("padding")
    return body[:-1]


def window_bits(stream: bytes) -> int:
    """How many bits say the window: one for 16 bits of window, four for 18."""
    if stream[0] & 1 == 0:
        return 1
    if stream[0] & 15 == 3:
        return 4
    raise ValueError("window")


def expand_alone(stream: bytes, length: int) -> bytes:
    """Brotli without our dictionary."""
    window_bits(stream)
    out = brotli.decompress(stream)
    if len(out) != length:
        raise ValueError("length")
    return out


def expand(stream: bytes, length: int) -> bytes:
    """Brotli with the dictionary as its prefix.

    The package knows no prefix, so the prefix is put into the stream itself: after the bits that
    say the window comes an uncompressed block (RFC 7932, section 9.2) with the dictionary, then the
    stream without those bits.
    """
    window = window_bits(stream)
    size = len(DICTIONARY) - 1
    nibbles = max(4, -(-size.bit_length() // 4))
    header, bits = stream[0] & ((1 << window) - 1), window
    for value, width in ((0, 1), (nibbles - 4, 2), (size, 4 * nibbles), (1, 1)):
        header |= value << bits
        bits += width
    prefix = header.to_bytes(-(-bits // 8), "little") + DICTIONARY
    rest = (int.from_bytes(stream, "little") >> window).to_bytes(len(stream), "little")
    try:
        out = brotli.decompress(prefix + rest)
    except brotli.error:
        out = brotli.decompress(prefix + rest[:-1])  # the shift can leave an empty last byte
    if len(out) != len(DICTIONARY) + length:
        raise ValueError("length")
    return out[len(DICTIONARY) :]


def read_body(padded: bytes) -> dict:
    body = unpad(padded)
    kind, life, flags, rest = body[0], body[1:3], body[3], body[4:]
    end = None
    form = flags & 3
    if flags & 4:
        end, rest = int.from_bytes(rest[:4], "big"), rest[4:]
    if form:
        length = shift = 0
        while True:
            byte, rest = rest[0], rest[1:]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        rest = expand(rest, length) if form == 1 else expand_alone(rest, length)
    return {"kind": kind, "life": life, "end": end, "message": rest}


# SEAL, FRAME, RECEIPT, REF: a line with the keys of both sides


class Epoch:
    """Keys of one direction and epoch (rule SEAL-1)."""

    def __init__(self, root: bytes, direction: int):
        d = bytes([direction])
        self.chain = [kdf(root, "ck", d)]
        self.frames = kdf(kdf(root, "fk", d), "fk", length=64)
        self.next = kdf(root, "next", d)
        self.words = kdf(root, "words", d)

    def gap_key(self, number: int) -> bytes:
        while len(self.chain) <= number:
            self.chain.append(kdf(self.chain[-1], "step"))
        return kdf(self.chain[number], "gap")


class Line:
    def __init__(self, root: bytes, suites: list[list[int]]):
        self.line = kdf(root, "line")
        self.suites = suites
        self.contacts = [kdf(kdf(root, "contact", bytes([d])), "fk", length=64) for d in (0, 1)]
        self.bearers = [kdf(root, "bearer", bytes([d])) for d in (0, 1)]
        self.epochs = {(d, 0): Epoch(root, d) for d in (0, 1)}

    def message_key(self, d: int, e: int, n: int, salt: bytes) -> tuple[bytes, bytes]:
        ad = self.line + bytes([d]) + u32(e) + u32(n) + salt
        return kdf(self.epochs[d, e].gap_key(n), "message", salt), ad

    def seal(self, d: int, e: int, n: int, body: bytes, draw: bytes) -> bytes:
        digest = hashlib.sha256(body).digest()
        salt = kdf(self.epochs[d, e].gap_key(n), "salt", draw, digest)[:8]
        mk, ad = self.message_key(d, e, n, salt)
        return salt + layers(self.suites[d], mk, ad, body, opening=False)

    def open(self, d: int, e: int, n: int, envelope: bytes) -> bytes:
        mk, ad = self.message_key(d, e, n, envelope[:8])
        return layers(self.suites[d], mk, ad, envelope[8:], opening=True)

    def receipt_key(self, d: int, e: int, n: int, envelope: bytes) -> bytes:
        return kdf(self.message_key(d, e, n, envelope[:8])[0], "receipt")

    def log(self, before: bytes, d: int, e: int, n: int, envelope: bytes) -> bytes:
        """The running hash of a direction after one more envelope (rule SEAL-12)."""
        mk, _ = self.message_key(d, e, n, envelope[:8])
        digest = hashlib.sha256(self.open(d, e, n, envelope)).digest()
        return hashed(before, bytes([d]), u32(e), u32(n), kdf(mk, "log", digest)[:16])[:16]

    def frame_cipher(self, d: int, e: int | None) -> aead.AESSIV:
        """Of an epoch, or of contact frames."""
        return aead.AESSIV(self.contacts[d] if e is None else self.epochs[d, e].frames)

    def seal_frame(self, d: int, e: int | None, plain: bytes) -> bytes:
        return self.frame_cipher(d, e).encrypt(plain, [self.line + bytes([d])])

    def open_frame(self, d: int, e: int | None, frame: bytes) -> bytes:
        return self.frame_cipher(d, e).decrypt(frame, [self.line + bytes([d])])

    def step(self, d: int, epoch: int, parent: int, mixed: int, fresh, exchange: bytes, tape):
        """Derives the next epoch of a direction (rule REF-9). `tape` is number and key, or None."""
        number = b"" if tape is None else u32(tape[0])
        t = hashed(self.line, bytes([d]), u32(epoch), u32(parent), bytes([mixed]), exchange, number)
        slots = [fresh, None if tape is None else tape[1]]
        root = mix(self.epochs[d, parent].next, slots, t)
        self.epochs[d, epoch] = Epoch(root, d)

    def words(self, lower: int, higher: int) -> tuple[list[str], list[str]]:
        key = kdf(self.epochs[0, lower].words, "words", self.epochs[1, higher].words)
        return words(kdf(key, "words", length=33), 24)
