"""Who asks, and through which door: what history and the audit say of a change."""

from typing import Annotated

from fastapi import Depends, Header

from gateway.access.admission import AtWho
from gateway.editor.timeline import Door
from gateway.people.audit import By

Spoken = Annotated[
    Door | None,
    Header(
        alias="Scenedesk-Door",
        description="Through what the change is made, as history tells it; `rest` when not said",
        examples=["cli"],
    ),
]


def _by(who: AtWho, door: Spoken = None) -> By:
    return By(who.actor, door or "rest")


ByWhom = Annotated[By, Depends(_by)]
