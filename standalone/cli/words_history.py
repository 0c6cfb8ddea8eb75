"""What kinds of edits are called in a history."""

from kernel.contracts.errors import Language

HISTORY: dict[str, dict[Language, str]] = {
    "edit_publish": {"en": "indexed", "ko": "인덱싱"},
    "edit_import": {"en": "imported", "ko": "가져오기"},
    "edit_identify": {"en": "faces", "ko": "얼굴 판정"},
    "edit_rename": {"en": "names", "ko": "이름 변경"},
    "edit_create": {"en": "created", "ko": "만들기"},
    "edit_split": {"en": "split", "ko": "나누기"},
    "edit_merge": {"en": "merged", "ko": "합치기"},
    "edit_move": {"en": "moved", "ko": "옮기기"},
    "edit_delete": {"en": "deleted", "ko": "지우기"},
    "edit_caption": {"en": "caption", "ko": "설명"},
    "edit_people": {"en": "people", "ko": "인물"},
    "edit_face": {"en": "faces", "ko": "얼굴 판정"},
    "edit_tag": {"en": "tags", "ko": "태그"},
    "edit_note": {"en": "note", "ko": "메모"},
    "edit_look_back": {"en": "look-back", "ko": "다시 찾기"},
    "edit_undo": {"en": "undone", "ko": "되돌리기"},
    "edit_redo": {"en": "redone", "ko": "다시 실행"},
    "edit_revert": {"en": "reverted to", "ko": "버전 복원"},
}
