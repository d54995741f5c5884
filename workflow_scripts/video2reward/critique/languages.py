"""The four heads and "none" in major languages, and whether an answer is in English.

Models are asked in English and under English heads; some translate them all the same.
"""

from __future__ import annotations

import re

# A head of a language with spaces: its words are stems of these, and short words that mean nothing here.
_STEMS = {
    "problems": "problem problèm defaut défaut defect defecto difett defeito mängel schwäch проблем недостат sorun",
    "rewrite": "umschreib umzuschreib umgeschrieb überarbeit änder anpass anzupass réécri reecri modifi reformul reescr "
    "modific cambia cambiar riscriv riscritt altera herschr aanpass wijzig перепис измен przepis zmien zmodyfik değiştir",
    "remove": "entfern streich gestrich lösch supprim retir enlev elimin eliminar quitar suprimi borrar rimuov rimoss toglie "
    "remov verwijder schrap удал убра usun usuń kaldır çıkar",
    "add": "hinzu ergänz neu neue neuer neuen ajout nouve añad agreg nuev aggiung aggiunt nuov adicion acrescent nov nova novo "
    "toe toevoeg nieuw добав нов doda nowe ekle yeni",
    "": "komponent composant component término terme term termin bestandteil onderdel компонент слагаем член składnik bileşen",
}
_SMALL = re.compile(
    r"die|der|das|den|zu|zum|aus|im|à|a|les|le|la|des|du|d|l|qui|los|las|el|que|se|del|ser|por|y|da|i|gli|di|che|o|os|as|do|de|het"
    r"|te|w|z|en|werden|sollte[nt]?|sollen|müssen|müssten|festgestellte|beobachtete|wichtigste|sind|fügende|fügen|beloh\w+"
    r"|doivent|devrait|devraient|être|principaux|observés|récompense|deben?|deberían?|principales|observados|recompensa"
    r"|devono|essere|principali|osservati|ricompensa|devem|principais|moeten|worden|belangrijkste|beloning|voegen"
    r"|которые|нужно|надо|следует|для|основные|награды|które|należy|główne|nagrody|[а-яё]{1,3}|edilecek|necek|necekler"
)
# Alone, these are English: "Remove a term" is a point, not a head.
_ENGLISH_TOO = re.compile(
    r"problems?|components?|terms?|remov(?:e|ed|ing)|modif(?:y|ied)|eliminat(?:e|ed)|reformulat(?:e|ed)|alter(?:ed)?|a|as|die|do|en|i"
)
_PART = "(?:的|する|べき|すべき|할|되는)? ?(?:奖励|獎勵|報酬|보상)?(?:中)?(?:的|の|의)?(?:新)?(?:组件|組件|成分|分量|部分|项|項|组成部分|コンポーネント|要素|구성 ?요소|항목?|컴포넌트)?"
_NEED = "(?:需要|需|应|應|应该|要|待|建议)?"
_WHOLE = {
    "problems": r"(?:主要|存在的?|观察到的)?(?:问题|問題|缺点|缺陷|不足)(?:点|點)?|問題点|課題|(?:주요 ?)?문제점?",
    "rewrite": rf"{_NEED}(?:重写|重寫|改写|改寫|修改|调整|調整|書き直し?|書き直す|修正|変更|수정|다시 ?쓸|재작성|변경){_PART}",
    "remove": rf"{_NEED}(?:删除|刪除|移除|去除|去掉|削除|取り除く|除去|제거|삭제){_PART}",
    "add": rf"{_NEED}(?:添加|增加|新增|加入|追加|추가|新しい|새로운|新的?){_PART}",
}
_REVERSED = r"(?:奖励|獎勵)?(?:组件|組件|成分|项|コンポーネント|구성 ?요소)(?:の|를|을)?{}"
_PATTERNS = {key: re.compile(f"{words}|{_REVERSED.format(f'(?:{words})')}") for key, words in _WHOLE.items()}
NONE = re.compile(
    r"\W*(?:keine?[srn]?|nichts|entfällt|aucune?|rien|néant|ningun[oa]|nada|nessun[oa]?|niente|nenhum[a]?|geen|niets|нет|ничего"
    r"|brak|yok|无|無|没有|沒有|暂无|なし|ない|無し|特になし|없음|없습니다)\W*",
    re.I,
)
_WORDS = {
    "en": "the and of is are not with it its than to that does should more less too",
    "others": "er sie kein keine der die das und ist nicht mit zu den ein eine le la les des et est une un pas que el los las y es con una para il "
    "che di non per gli o os as não com um uma het een niet en van te i w nie jest się ve bir için",
}
_ENGLISH, _OTHERS = (frozenset(words.split()) for words in _WORDS.values())


def translated_head(words: str) -> str:
    """Return the key of the head that a line's words are in another language than English; "" if they are none."""
    plain = words.strip().casefold()
    if key := next((key for key, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), ""):
        return key
    found, said = set(), re.findall(r"\w+", plain)
    if all(_ENGLISH_TOO.fullmatch(word) for word in said):
        return ""
    for word in said:
        kind = next((key for key, stems in _STEMS.items() if _begins(word, stems.split())), None)
        if kind is not None:
            found.add(kind)
        elif not _SMALL.fullmatch(word):
            return ""
    heads = found - {""}
    return heads.pop() if len(heads) == 1 else ""


def _begins(word: str, stems: list[str]) -> bool:
    """Tell whether a word is an inflection of a stem; short stems are words of their own."""
    return any(word == stem or (len(stem) > 3 and word.startswith(stem)) for stem in stems)


def has_english_words(text: str) -> bool:
    """Tell whether a text may be English, by its letters and its small words; a few bare names may."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter > "\u024f" for letter in letters) > 0.2 * len(letters):
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    return sum(word in _ENGLISH for word in words) >= sum(word in _OTHERS for word in words)
