import gettext
import re
from io import BytesIO

from tests.catalogue import MO, all_keys, metavar_keys, read_translations

TRANSLATIONS = read_translations()


def placeholders(sentence):
    return sorted(re.findall(r"\{(\w*)[^}]*\}", sentence))


def test_every_sentence_the_program_can_show_has_a_chinese_translation():
    keys = all_keys()

    untranslated = sorted(key for key in keys if not TRANSLATIONS.get(key))

    assert untranslated == []


def test_no_translation_is_kept_of_a_sentence_nobody_shows():
    keys = all_keys()

    stale = sorted(set(TRANSLATIONS) - keys)

    assert stale == []


def test_a_translation_has_the_same_placeholders_as_its_key():
    translated = {key: text for key, text in TRANSLATIONS.items() if text}

    differing = {
        key: text for key, text in translated.items() if placeholders(text) != placeholders(key)
    }

    assert differing == {}


def test_no_placeholder_of_a_command_line_stays_english_in_chinese():
    words = sorted(filter(str.isalpha, metavar_keys()))
    whole = re.compile(rf"(?<![\w.{{-])({'|'.join(words)})(?![\w}}-])")

    english = {key: text for key, text in TRANSLATIONS.items() if whole.search(text)}

    assert {"FILE", "PATH", "VALUE"} & {*words} != set()
    assert english == {}


def test_the_compiled_catalogue_says_what_the_po_file_says():
    compiled = gettext.GNUTranslations(BytesIO(MO.read_bytes()))

    spoken = {key: compiled.gettext(key) for key in TRANSLATIONS}

    assert spoken == {key: TRANSLATIONS[key] or key for key in TRANSLATIONS}
