"""How the fuzzer damages a file: bytes, lines, and what is inside a zip."""

import io
import re
import zipfile

_XML = re.compile(rb'<[^<>]{1,200}>|\b[\w:-]+="[^"]*"')
_NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE]
_WORDS = [
    b'"', b",", b"\t", b"\r\n", b"\0", b"\xff\xfe", b"<", b">", b"<row ", b'r="XFD1048576"',
    b'r="A0"',
    b"</c>", b"&#0;", b"&x;", b"1e308", b"-1", b"9" * 40, b"NaN", "合计".encode(), "姓名".encode(),
    "户主".encode("gb18030"), b'number-columns-repeated="99999999"', b'ss:Index="99999999"',
    b't="e"', b"#N/A", b"=1+1", "一、".encode(), "\u202e".encode(), b"rowspan=99999", b'"\n"',
]  # fmt: skip


def mutate(random, content, others):
    """Return a damaged copy; in a zip mostly the parts are damaged, not the zip around them."""
    if content.startswith(b"PK") and random.random() < 0.75:
        return _mutate_member(random, content)
    for _ in range(random.choice([1, 1, 2, 4, 16])):
        content = random.choice(_WAYS)(random, content, others)
    return content


def _mutate_member(random, content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(members))
    if random.random() < 0.6:  # the sheets are what matters most
        name = random.choice([one for one in sorted(members) if "sheet" in one or "content" in one])
    for _ in range(random.choice([1, 1, 2, 4, 16])):
        members[name] = random.choice(_WAYS)(random, members[name], list(members.values()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, part in members.items():
            archive.writestr(member, part)
    return packed.getvalue()


def _place(random, content):
    return random.randrange(len(content) + 1)


def _flip(random, content, _others):
    changed = bytearray(content or b"\0")
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _overwrite(random, content, _others):
    place = _place(random, content)
    new = random.choice(_NUMBERS).to_bytes(4, random.choice(["little", "big"]))
    return content[:place] + new + content[place + 4 :]


def _insert(random, content, _others):
    place = _place(random, content)
    return content[:place] + random.choice(_WORDS) + content[place:]


def _replace(random, content, _others):
    place = _place(random, content)
    word = random.choice(_WORDS)
    return content[:place] + word + content[place + len(word) :]


def _cut(random, content, _others):
    place = _place(random, content)
    return content[:place] + content[place + random.choice([1, 2, 3, 16, 200]) :]


def _end(random, content, _others):
    return content[: _place(random, content)]


def _repeat(random, content, _others):
    place = _place(random, content)
    piece = content[place : place + random.choice([1, 8, 64, 512])]
    return content[:place] + piece * random.choice([2, 3, 50]) + content[place + len(piece) :]


def _splice(random, content, others):
    other = random.choice(others)
    place, there = _place(random, content), _place(random, other)
    return content[:place] + other[there : there + 300] + content[place:]


def _retag(random, content, _others):
    """Change an attribute or a tag of an XML part: drop it, double it, or give it another value."""
    found = list(_XML.finditer(content))
    if not found:
        return _replace(random, content, _others)
    one, other = random.choice(found), random.choice(found)
    new = random.choice([b"", one[0] * 2, other[0], one[0].replace(b"1", b"999999"), b"<x/>"])
    return content[: one.start()] + new + content[one.end() :]


def _swap_lines(random, content, _others):
    lines = content.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


_WAYS = [
    _flip, _flip, _overwrite, _insert, _replace, _cut, _end, _repeat, _splice, _swap_lines, _retag,
    _retag,
]  # fmt: skip
