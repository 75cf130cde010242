# ruff: noqa: E501 - the texts of an encoding stand together
"""Short texts in old encodings are read rightly, or their sender is asked; never as other letters."""

import json

import pytest

from assistants.retrieval.formats import refusals
from assistants.retrieval.formats.encodings import CHOICES, UnsureEncodingError, decode, decode_as
from tests.assistants.retrieval.formats.reading import text_of

TEXTS = {
    'cp1252': ['Ein schöner Tag für die Schüler', 'Die Lösung der Übung steht auf Seite drei.', 'El niño pequeño comió una manzana en el jardín.', '¿Cuántos años tiene la profesora de español?', 'A lição de português não é difícil.', 'São duas equações e uma incógnita.', 'Läraren frågade eleverna på måndagen.', 'Åtta små grisar går över ängen.', "L'élève a réussi son examen de français.", 'Où se trouve la forêt près du château ?', 'Der Äquator ist ein Großkreis.', 'Prüfung', 'Señor Muñoz', 'Größe; Länge; Höhe\nMüller; 3,5; 4\n', 'Das Café kostet 5 € pro Stück – „sehr“ teuer.', '“It’s a naïve idea”, she said – “really”.', 'Præsten bor på øen og spiser æbler.', 'È una città più bella però lontana.', 'Näin tämä on helppoa, sanoi äiti.', '50 °C ± 2 °C, µ = 0.3'],
    'cp1250': ['Zażółć gęślą jaźń', 'Książka leży na stole w szkole.', 'Uczeń rozwiązał zadanie z matematyki źle.', 'Příliš žluťoučký kůň úpěl ďábelské ódy', 'Učitel řekl žákům, že zítra bude písemka.', 'Őrült árvíztűrő tükörfúrógép', 'Žáci čtou knihu o přírodě.'],
    'gb18030': ['中国人民银行发布了新的规定', '学生们应当在课前阅读第三章。', '数学考试', '水的沸点是一百摄氏度', '二次方程的求根公式', '今天天气很好，我们去公园玩。'],
    'big5': ['繁體中文的教科書內容在此', '學生應該在上課前閱讀第三章。', '數學考試', '水的沸點是攝氏一百度'],
    'cp949': ['목표연도', '똠방각하와 펲시는 확장 완성형이다', '수원시는 1949년에 시가 되었다.', '이름,점수\n민지,97\n', '두 점을 지나는 직선의 기울기', '미적분 기말고사 3번 문제'],
    'euc_jp': ['これは日本語の文章です。', '学生は授業の前に第三章を読みます。', '数学の試験', '水は百度で沸騰する。', 'カタカナのテスト'],
    'shift_jis': ['これは日本語の文章です。目標年度は二〇三〇年です。', '学生は授業の前に第三章を読みます。', '数学の試験', '水は百度で沸騰する。', 'カタカナのテスト'],
    'cp1251': ['Привет мир, это учебник', 'Ученик решил задачу неверно.', 'Вода кипит при ста градусах.', 'Контрольная', 'Столица Украины — Киев, їжак, ґанок'],
    'koi8_r': ['Привет мир, это учебник', 'Ученик решил задачу неверно.', 'Вода кипит при ста градусах.', 'Контрольная работа по алгебре'],
    'utf-16': ['plain words', '목표연도', 'Ein schöner Tag'],
    'utf-16-le': ['plain words', '목표연도는 2030년이다.', 'Привет мир', '学生们应当在课前阅读第三章。', 'Ein schöner Tag'],
    'utf-16-be': ['plain words', '목표연도는 2030년이다.', 'Привет мир'],
    'cp1253': ['Το νερό βράζει στους εκατό βαθμούς.'],
    'cp1254': ['Öğrenci ödevini yaptı, şimdi çalışıyor.'],
    'iso8859-2': ['Zażółć gęślą jaźń', 'Příliš žluťoučký kůň'],
    'cp1255': ['המים רותחים במאה מעלות'],
    'cp1256': ['يغلي الماء عند مئة درجة مئوية'],
    'cp874': ['นักเรียนอ่านหนังสือ'],
    'mac_roman': ['Ein schöner Tag für die Schüler'],
}  # fmt: skip
CASES = [(encoding, text) for encoding, texts in TEXTS.items() for text in texts]
MAY_ASK = 8
"""Of the texts, for how many the sender may be asked."""


def outcome(encoding: str, text: str) -> str:
    data = text.encode(encoding)
    try:
        return "right" if decode(data) == text else "wrong"
    except UnsureEncodingError as error:
        choices = json.loads(str(error).removeprefix(refusals.UNSURE))
        return "asked" if any(data.decode(name) == text for name, _ in choices) else "without the right choice"


def test_short_texts_are_read_rightly_or_asked_about() -> None:
    outcomes = {case: outcome(*case) for case in CASES}
    assert {case: found for case, found in outcomes.items() if found not in {"right", "asked"}} == {}
    assert list(outcomes.values()).count("asked") <= MAY_ASK


@pytest.mark.parametrize(("text", "encoding"), [("안녕", "cp949"), ("Größe", "cp1252"), ("数学考试", "gb18030")])
def test_a_word_among_many_plain_lines_is_read_rightly(text: str, encoding: str) -> None:
    lines = "1\n00:00:01,000 --> 00:00:02,000\n" * 20
    assert text_of("a.log", f"{lines}{text}\n".encode(encoding)) == f"{lines}{text}\n"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_german_is_german(encoding: str) -> None:
    assert text_of("a.txt", "Ein schöner Tag für die Schüler".encode(encoding)) == "Ein schöner Tag für die Schüler"


def test_a_text_of_several_readings_names_them_with_the_words_that_differ() -> None:
    with pytest.raises(refusals.InvalidFileError) as refused:
        text_of("a.txt", "數學考試".encode("big5"))
    choices = dict(json.loads(str(refused.value).removeprefix(refusals.UNSURE)))
    assert choices["big5"] == "數學考試"
    assert set(choices) <= set(CHOICES)


def test_the_senders_choice_is_kept_to() -> None:
    assert text_of("a.txt", "數學考試".encode("big5"), "big5") == "數學考試"
    assert text_of("a.csv", "Größe;1\n".encode("cp850"), "cp850") == "Größe;1\n"
    with pytest.raises(refusals.UnsupportedFileError):
        text_of("a.txt", b"abc", "unknown")


@pytest.mark.parametrize(("word", "encoding"), [("学校", "gb18030"), ("큰", "cp949"), ("奴", "gb18030")])
def test_a_word_that_is_utf8_by_chance_is_asked_about(word: str, encoding: str) -> None:
    assert word.encode(encoding).decode() != word
    with pytest.raises(UnsureEncodingError) as asked:
        decode(word.encode(encoding))
    choices = dict(json.loads(str(asked.value).removeprefix(refusals.UNSURE)))
    assert choices[encoding] == word
    assert choices["utf-8"] == word.encode(encoding).decode()
    assert decode_as(word.encode(encoding), "utf-8") == choices["utf-8"]


SHORT_UTF8 = [
    "Да", "é", "Été", "/ˈwɔːtər/", "πr²", "Δx", "kΩ", "25 µm", "Đề thi", "ağaç", "ʻokina", "nǐ hǎo lǚ", "Сәлем", "Привіт",
    "Բարև", "שלום", "سلام", "școală", "ñandú", "Физика: Δx", "β-Carotin", "1º", "ŝanĝo", "İstanbul", "œuvre",
]  # fmt: skip


@pytest.mark.parametrize("text", SHORT_UTF8)
def test_short_utf8_in_everyday_scripts_is_read_without_a_question(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("text", ["Été", "Noël à Orléans", "Où ?", "Ça"])
def test_a_short_french_word_is_never_read_as_a_macs(text: str) -> None:
    assert outcome("cp1252", text) in {"right", "asked"}


@pytest.mark.parametrize(("text", "encoding"), [("テスト", "iso2022_jp"), ("試験は明日です。", "iso2022_jp")])
def test_escape_sequences_of_mail_are_letters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text
