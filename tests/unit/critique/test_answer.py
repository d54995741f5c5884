"""Answers under four heads, as models lay them out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.critique import VERDICT
from video2reward.critique.answer import in_english, missing_heads, read_heads, read_verdict
from video2reward.critique.judge.answer import read_score

NUMBERED = """Here is my comparison.

1. Problems:
   - The fore legs lift too high
     in the swing.
   - The trunk rolls.
2. Components to rewrite: none
3. Components to remove:
torque, which keeps the legs still
4. Components to add:
a) a term for the height of the fore feet
"""
BOLD = """**1. Problems**
* The fore legs lift too high in the swing.
* The trunk **rolls**.

**2. Components to be rewritten**
None.

**3. Components to remove:** torque, which keeps the legs still

**4. New components (to add):**
1) a term for the height of the fore feet
"""
HEADINGS = """<think>
## Problems
- not this
</think>
## Problems with the gait
- The fore legs lift too high in the swing.
- The trunk rolls.

### Rewrite component
N/A
### Remove component
- torque, which keeps the legs still
### Add
- a term for the height of the fore feet
"""
POINTS = {
    "problems": ("The fore legs lift too high in the swing.", "The trunk rolls."),
    "rewrite": (),
    "remove": ("torque, which keeps the legs still",),
    "add": ("a term for the height of the fore feet",),
}
GERMAN = """1. Probleme: Die Vorderbeine heben sich zu hoch.
2. Umzuschreiben: keine
3. Zu entfernen: torque
4. Neu: ein Term für die Höhe der Füße
Verdict: falls=no, speed=slow, steps=right
"""
GERMAN_LONG = """**Probleme**
- Die Vorderbeine heben sich zu hoch.

**Komponenten, die umgeschrieben werden sollten**
Keine.

**Zu entfernende Komponenten:** torque
**Hinzuzufügende Komponenten**
- ein Term für die Höhe der Füße
"""
FRENCH = """## Problèmes
- Les pattes avant se lèvent trop haut.
## Composants à réécrire
Aucun
## Composants à supprimer
- torque
## Composants à ajouter
- un terme pour la hauteur des pattes
"""
SPANISH = """1. Problemas: Las patas delanteras se levantan demasiado.
2. Componentes a reescribir: ninguno
3. Componentes a eliminar: torque
4. Componentes a añadir: un término para la altura de las patas
"""
ITALIAN = """Problemi:
- Le zampe anteriori si alzano troppo.
Componenti da riscrivere: nessuno
Componenti da rimuovere: torque
Componenti da aggiungere: un termine per l'altezza delle zampe
"""
PORTUGUESE = """Problemas: As patas dianteiras sobem demais.
Componentes a reescrever: nenhum
Componentes a remover: torque
Componentes a adicionar: um termo para a altura das patas
"""
DUTCH = """Problemen: De voorpoten gaan te hoog.
Te herschrijven componenten: geen
Te verwijderen componenten: torque
Toe te voegen componenten: een term voor de hoogte van de poten
"""
RUSSIAN = """1. Проблемы: Передние лапы поднимаются слишком высоко.
2. Компоненты, которые нужно переписать: нет
3. Компоненты для удаления: torque
4. Добавить компоненты: высота лап
"""
CHINESE = """1. 问题：
- 前腿抬得太高。
2. 需要重写的组件：无
3. 需要删除的组件：torque
4. 需要添加的组件：
- 足部高度项
Verdict：falls=no，speed=slow，steps=right
"""
JAPANESE = """一、問題点：前脚を上げすぎている。
二、書き直すべき要素：なし
三、削除すべき要素：torque
四、追加すべき要素：足の高さの項
"""
KOREAN = """1. 문제점: 앞다리를 너무 높이 든다.
2. 수정할 구성 요소: 없음
3. 삭제할 구성 요소: torque
4. 추가할 구성 요소: 발 높이 항
"""
ICELANDIC = "1. Vandamál: Hann haltrar.\n2. Endurskrifa: ekkert\n3. Fjarlægja: torque\n4. Bæta við: hæð"
TRANSLATED = {
    "German": GERMAN, "German, long": GERMAN_LONG, "French": FRENCH, "Spanish": SPANISH, "Italian": ITALIAN,
    "Portuguese": PORTUGUESE, "Dutch": DUTCH, "Russian": RUSSIAN, "Chinese": CHINESE, "Japanese": JAPANESE, "Korean": KOREAN,
}  # fmt: skip


@pytest.mark.parametrize("text", TRANSLATED.values(), ids=TRANSLATED)
def test_heads_are_found_in_other_languages_and_their_words_stay(text):
    found = read_heads(text)
    assert found is not None, missing_heads(text)
    assert [len(found[key]) for key in ("problems", "rewrite", "remove", "add")] == [1, 0, 1, 1]
    assert found["remove"] == ("torque",) and found["problems"][0] in text and not in_english(text)


def test_the_verdict_is_read_in_any_answer_and_is_no_point():
    said = {"falls": "no", "speed": "slow", "steps": "right"}
    assert read_verdict(GERMAN) == read_verdict(CHINESE) == said
    assert read_verdict('**Verdict**: "falls": yes, speed = **fast**') == {"falls": "yes", "speed": "fast"}
    assert read_verdict("Verdict: falls=<yes or no>, speed=<slow | right | fast>, steps=maybe") == {}
    assert read_verdict("The verdict is that it limps.") == read_verdict("") == {}
    assert read_heads(f"{NUMBERED}\n**Verdict:** falls=no, speed=slow") == POINTS


@pytest.mark.parametrize(
    ("text", "english"),
    [(NUMBERED, True), (BOLD, True), ("torque: smaller", True), ("Er hinkt und ist zu langsam.", False),
     ("它走得太慢。", False), ("The 机器人 is too slow and its legs are stiff", True)],
)  # fmt: skip
def test_english_is_told_from_other_languages(text, english):
    assert in_english(text) is english


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    heads = read_heads(text)
    assert (heads is None) is bool(missing_heads(text)) and set(read_verdict(text)) <= set(VERDICT)


def test_a_hundred_kilobytes_are_read_at_once():
    start = time.process_time()
    for long in (
        "The trunk rolls. " * 6000,
        "- it limps\n" * 9000,
        "Verdict: " * 11_000,
        "a" * 100_000,
        "#" * 100_000,
    ):
        assert read_heads(f"{NUMBERED}\n{long}") is not None and read_verdict(long) == {}
        assert read_score(long) is None
    assert time.process_time() - start < 10


@pytest.mark.parametrize("text", [NUMBERED, BOLD, HEADINGS], ids=["numbered", "bold", "headings"])
def test_the_heads_are_found_however_they_are_laid_out(text):
    assert read_heads(text) == POINTS


@pytest.mark.parametrize(
    "text",
    ["", "The robot walks well.", ICELANDIC, NUMBERED.replace("4. Components to add", "4. Ideas")],
)
def test_an_answer_without_all_heads_is_unstructured(text):
    assert read_heads(text) is None
    assert missing_heads(text)


def test_a_point_that_begins_like_a_head_is_none():
    found = read_heads(NUMBERED.replace("- The trunk rolls.", "- Add: nothing of the kind"))
    assert "Add: nothing of the kind" in found["problems"]


@pytest.mark.parametrize(
    "line", ["The problem is", "Remove it", "Remove a term", "Modify the term", "The components"]
)
def test_english_sentences_are_no_heads_of_another_language(line):
    found = read_heads(f"Problems:\n{line}\nRewrite: none\nRemove: none\nAdd: none")
    assert found["problems"] == (line,)
    assert in_english(f"Problems:\n{line}\nRewrite: none")


def test_the_missing_heads_are_named():
    assert missing_heads(NUMBERED.replace("4. Components to add", "4. Ideas")) == ["Components to add"]
