"""The keyed hashes of people."""

import hmac

import pytest

from relieftool.store.settings import keyed_hash


@pytest.mark.parametrize("secret", ["", "k", "k" * 64, "键" * 40])
@pytest.mark.parametrize("text", ["", "36030219900101123X", "王\ud800"])
def test_a_keyed_hash_is_the_standard_one(secret, text):
    whole = hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()

    assert keyed_hash(secret, text, 64) == whole
    assert keyed_hash(secret, text, 10) == whole[:10]
