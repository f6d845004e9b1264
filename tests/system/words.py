"""The table of words: both languages take the same arguments, and French is set as French is."""
import ast
import re

from support import TOP, WORK, Tests, milieu, scenario

TABLES = ["sim/command/words.def", "sim/command/commands.def", "sim/command/options.def", "sim/model/errors.def",
          "sim/model/reasons.def"]
CALLS = "error_set error_set_because error_set_system store_fail complain complain_at warn".split()
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


def split(text):
    """The arguments of a call, from behind its opening bracket."""
    depth, quoted, argument, arguments, at = 0, False, "", [], 0
    while depth >= 0:
        c = text[at]
        if quoted and c == "\\":
            argument += text[at:at + 2]
            at += 2
            continue
        quoted ^= c == '"'
        if not quoted:
            depth += (c in "({[") - (c in ")}]")
        if depth < 0 or (depth == 0 and c == "," and not quoted):
            arguments.append(argument.strip())
            argument = ""
        else:
            argument += c
        at += 1
    return arguments


def messages(calls):
    """Every message of the code below the commands: where, English, French (None: not there)."""
    for path in sorted([*TOP.glob("sim/*/*.c"), *TOP.glob("analysis/*.c"), TOP / "milieu.c"]):
        text = path.read_text(encoding="utf-8")
        for call in re.finditer(r"(?<![\w#])(%s)\(" % "|".join(calls), text):
            where = f"{path.name}:{text.count(chr(10), 0, call.start()) + 1}"
            arguments = split(text[call.end():])
            literal = [re.fullmatch(rf"(?:{STRING}\s*)+", a) is not None for a in arguments]
            if True not in literal:
                continue  # the function itself, or one that passes texts on
            first = literal.index(True)
            words = ["".join(ast.literal_eval(s) for s in re.findall(STRING, a)) for a in arguments[first:first + 2]]
            yield where, words[0], words[1] if len(literal) > first + 1 and literal[first + 1] else None


def check_french(name, french):
    assert not re.search(r"[^\u00a0\u202f\s:][:;!?»](?=\s|$)", french), f"{name}: {french}"
    assert not re.search(r" [:;!?»]", french), f"{name}: an ordinary space in {french}"
    assert not re.search(r"«[^\u00a0]", french), f"{name}: {french}"
    assert not re.search(r"[ \d]%%", french), f"{name}: {french}"


def test_messages():
    """no message of the code is without its French; both take the same arguments; what is said is not left in English"""
    count = 0
    for where, english, french in messages(CALLS):
        assert french is not None, f"{where}: no French for {english!r}"
        assert [c for c in conversions(english) if c != "%%"] == [c for c in conversions(french) if c != "%%"], where
        said = re.sub(r"%[-+ #0-9.*]*(?:ll|l|z|h)?[a-zA-Z%]", "", english)
        assert english != french or not re.search("[a-z]{3}", said), f"{where}: {english}"
        count += 1
    assert count > 100, count


def test_messages_typography():
    """the French of errors is set as French is"""
    for where, _, french in messages("error_set error_set_because error_set_system store_fail".split()):
        check_french(where, french or "")


def test_french_typography():
    """French has no-break spaces where it wants them, and no straight quotation marks"""
    for path in TABLES:
        for name, strings in rows(path):
            french = strings[-1] if path != "sim/command/commands.def" else strings[-2]
            check_french(name, french)
            assert "..." not in french or "FICHIER" in french or "[options]" in french, f"{name}: {french}"


def test_below_the_commands():
    """what goes wrong far below the commands is told in French too, its reason as well"""
    folder = WORK / "dossier"
    folder.mkdir()
    text = WORK / "texte.h5"
    text.write_text("rien", encoding="utf-8")
    tiny = scenario()
    for arguments, status, words in (
            (["export", WORK / "absent.h5", "--csv", folder], 66, "impossible de lire .*absent.h5\u00a0: il n'existe pas"),
            (["export", text, "--csv", folder], 65, "texte.h5\u00a0: pas un fichier de résultats milieu"),
            (["compare", WORK / "absent.h5"], 66, "il n'existe pas"),
            (["run", tiny, "-o", folder], 73, "impossible d'écrire .*dossier\u00a0: c'est un dossier"),
            (["run", tiny, "-o", tiny], 73, "c'est une entrée"),
            (["run", tiny, "-o", WORK / "nulle-part/a.h5"], 73, "impossible d'écrire .*\u00a0: il n'existe pas")):
        result = milieu(*arguments, "--lang", "fr", status=status)
        assert re.search(words, result.err), result.err
        assert not re.search("cannot|No such|not a|it is", result.err), result.err


def test_translated():
    """no word of more than one syllable was left in English"""
    same = [name for name, (english, french) in rows(TABLES[0]) if english == french and len(english) > 24
            and name not in ("NEXT_COMPARE", "DOCTOR_LIBRARIES")]  # commands and names
    assert not same, same


tests = Tests()
tests.run_all(globals())
tests.end()
