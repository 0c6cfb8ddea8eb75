"""Every kind of evidence has its words, in both languages, and none of it is read as a pattern."""

from typing import get_args

import pytest

from kernel import reasons
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.search import Evidence

KINDS = get_args(Evidence.model_fields["kind"].annotation)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_rests_on(kind: str, language: Language) -> None:
    reason = Evidence.model_validate({"kind": kind, "text": "{컵}", "score": 0.914, "asked": "cup"})
    told = reasons.said(reason, language)
    assert ("{컵}" in told) != ("0.91" in told) or kind == "person"
    assert "김민지" in reasons.said(reason, language, name="김민지") or kind in ("meaning", "similar")
    assert "{컵}" in reasons.missing("{컵}", language)


def test_languages_say_it_differently() -> None:
    assert [one for one in reasons.SENTENCES.values() if one.en == one.ko] == [reasons.SENTENCES["translation"]]
