"""Why a change of a timeline is not made."""

from collections.abc import Sequence
from typing import ClassVar

from gateway.editor.operations import Refusal
from kernel.contracts.editing import RefusedReason, SegmentConflict
from kernel.contracts.errors import Language, Problem, ScenedeskError

WHY: dict[RefusedReason, dict[Language, str]] = {
    "no_such_segment": {
        "en": "There is no such segment on this timeline any more.",
        "ko": "이 타임라인에 그런 구간이 더 이상 없습니다.",
    },
    "outside_video": {"en": "That is outside of the video.", "ko": "영상의 범위를 벗어납니다."},
    "empty_span": {"en": "A segment must end after it starts.", "ko": "구간의 끝은 시작보다 뒤여야 합니다."},
    "cut_outside": {
        "en": "A segment can only be cut between its in and out points.",
        "ko": "구간은 시작점과 끝점 사이에서만 나눌 수 있습니다.",
    },
    "apart": {
        "en": "There is time between these segments. Say that gaps may be filled, or choose adjacent ones.",
        "ko": "구간 사이에 빈 시간이 있습니다. 빈 시간을 포함하도록 하거나 이어진 구간을 고르세요.",
    },
    "unchanged": {"en": "That is so already: nothing would change.", "ko": "이미 그러합니다. 달라질 것이 없습니다."},
    "no_such_note": {"en": "There is no such note on these segments.", "ko": "이 구간들에 그런 메모가 없습니다."},
    "no_frames": {
        "en": "The pictures' times are not known, so nothing can be moved to them.",
        "ko": "프레임의 시각을 알 수 없어 맞출 수 없습니다.",
    },
    "no_such_version": {"en": "The timeline has no such version.", "ko": "타임라인에 그런 버전이 없습니다."},
    "depends": {
        "en": "Later edits build on this one. Undo these first: {versions}.",
        "ko": "나중의 편집이 이 편집에 기대고 있습니다. 먼저 되돌리세요: {versions}.",
    },
    "not_undoable": {
        "en": "What machines said is not undone by itself. Revert the timeline to an earlier version instead.",
        "ko": "기계가 기록한 내용은 따로 되돌릴 수 없습니다. 타임라인을 이전 버전으로 되돌리세요.",
    },
    "wide_decision": {
        "en": "This belongs to a decision about several videos. Undo the decision itself.",
        "ko": "여러 영상에 걸친 결정의 일부입니다. 결정 자체를 되돌리세요.",
    },
    "not_an_undo": {"en": "Only an undo can be taken back by redo.", "ko": "되돌리기만 다시 실행할 수 있습니다."},
}


class RefusedEditError(ScenedeskError):
    """What was asked can't be done to this timeline; `reason` is one of a short list. Nothing changed."""

    status = 409
    code = "edit_refused"
    sentences: ClassVar[dict[Language, str]] = {"en": "{why}", "ko": "{why}"}

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(why="")

    def sentence(self, language: Language) -> str:
        versions = ", ".join(map(str, self.refusal.versions))
        return WHY[self.refusal.reason][language].format(versions=versions)

    def problem(self, language: Language) -> Problem:
        plain = self.refusal.model_dump(mode="json")
        return Problem.model_validate({**super().problem(language).model_dump(exclude_none=True), **plain})


class NoVersionError(ScenedeskError):
    status = 428
    code = "version_required"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Say in If-Match which version of the timeline you looked at.",
        "ko": "어떤 버전의 타임라인을 보고 있는지 If-Match로 알려 주세요.",
    }


class EditConflictError(ScenedeskError):
    """Somebody changed the same segments since the version that was looked at. Nothing changed."""

    status = 412
    code = "edit_conflict"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Somebody else has changed this meanwhile. Look at both sides and try again.",
        "ko": "그사이 다른 사람이 이 구간을 바꾸었습니다. 양쪽을 확인하고 다시 시도해 주세요.",
    }

    def __init__(self, version: int, conflicts: Sequence[SegmentConflict]) -> None:
        self.version, self.conflicts = version, conflicts
        super().__init__()

    def problem(self, language: Language) -> Problem:
        plain = super().problem(language).model_dump(exclude_none=True)
        conflicts = [conflict.model_dump(mode="json") for conflict in self.conflicts]
        return Problem.model_validate({**plain, "version": self.version, "conflicts": conflicts})


class TooManyFoundError(ScenedeskError):
    status = 422
    code = "too_many_found"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "More than {most} segments answer this, which is more than one command may change. Ask more narrowly.",
        "ko": "이 질문에 맞는 구간이 한 번에 바꿀 수 있는 {most}개를 넘습니다. 질문을 좁혀 주세요.",
    }


class FoundOtherwiseError(ScenedeskError):
    """What was counted before it was agreed to is not what answers now. Nothing changed."""

    status = 409
    code = "found_otherwise"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{found} segments answer this now, not {counted}. Nothing was changed: look again.",
        "ko": "지금 이 질문에 맞는 구간은 {counted}개가 아니라 {found}개입니다. 바꾼 것이 없으니 다시 확인해 주세요.",
    }
