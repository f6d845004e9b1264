"""The table of words: both languages take the same arguments, and French is set as French is."""
import ast
import re

from support import TOP, Tests

TABLES = ["sim/command/words.def", "sim/command/commands.def", "sim/command/options.def"]
STRING = r'"(?:[^"\\]|\\.)*"'


def rows(path):
    for line in (TOP / path).read_text(encoding="utf-8").splitlines():
        if line.startswith("X("):
            yield line.split("(", 1)[1].split(",", 1)[0], [ast.literal_eval(s) for s in re.findall(STRING, line)]


def conversions(text):
    return re.findall(r"%(?:\d+\$)?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:ll|l|z|h)?[a-zA-Z%]", text)


def test_arguments():
    """both languages of every word take the same arguments in the same order"""
    count = 0
    for name, strings in rows(TABLES[0]):
        assert len(strings) == 2, f"{name}: {len(strings)} languages"
        english, french = ([c for c in conversions(s) if c != "%%"] for s in strings)
        assert english == french, f"{name}: {english} and {french}"
        count += 1
    assert count > 100, count


def test_french_typography():
    """French has no-break spaces where it wants them, and no straight quotation marks"""
    for path in TABLES:
        for name, strings in rows(path):
            french = strings[-1] if path != "sim/command/commands.def" else strings[-2]
            assert not re.search(r"[^\u00a0\u202f\s:][:;!?»](?=\s|$)", french), f"{name}: {french}"
            assert not re.search(r" [:;!?»]", french), f"{name}: an ordinary space in {french}"
            assert not re.search(r"«[^\u00a0]", french), f"{name}: {french}"
            assert not re.search(r"[ \d]%%", french), f"{name}: {french}"
            assert "..." not in french or "FICHIER" in french or "[options]" in french, f"{name}: {french}"


def test_translated():
    """no word of more than one syllable was left in English"""
    same = [name for name, (english, french) in rows(TABLES[0]) if english == french and len(english) > 24
            and name not in ("NEXT_COMPARE", "DOCTOR_LIBRARIES")]  # commands and names
    assert not same, same


tests = Tests()
tests.run_all(globals())
tests.end()
