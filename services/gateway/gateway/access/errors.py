"""Refusals of who may not come in, or may not do that."""

from typing import ClassVar

from kernel.contracts.accounts import Role
from kernel.contracts.errors import Language, ScenedeskError

ROLES_KO: dict[Role, str] = {"viewer": "보기", "editor": "편집", "admin": "관리"}


class NotSignedInError(ScenedeskError):
    status = 401
    code = "not_signed_in"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Sign in, or send a token, to come in here.",
        "ko": "로그인하거나 토큰을 보내야 들어올 수 있습니다.",
    }


class BadTokenError(ScenedeskError):
    status = 401
    code = "bad_token"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This token does not open anything here: it is unknown, expired or revoked.",
        "ko": "쓸 수 없는 토큰입니다. 알 수 없거나, 만료되었거나, 취소된 토큰입니다.",
    }


class NotAllowedError(ScenedeskError):
    status = 403
    code = "not_allowed"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Your role does not allow that. It takes the role: {role}",
        "ko": "현재 권한으로는 할 수 없습니다. 필요한 권한: {role}",
    }

    def sentence(self, language: Language) -> str:
        role: Role = self.params["role"]
        return self.sentences[language].format(role=ROLES_KO[role] if language == "ko" else role)


class ForgedFormError(ScenedeskError):
    status = 403
    code = "forged_form"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This page is out of date. Load it again and repeat what you did.",
        "ko": "오래된 페이지입니다. 새로 고친 뒤 다시 시도해 주세요.",
    }


class WrongPasswordError(ScenedeskError):
    status = 403
    code = "wrong_password"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Login or password is wrong.",
        "ko": "아이디 또는 비밀번호가 맞지 않습니다.",
    }


class TooManyTriesError(ScenedeskError):
    status = 429
    code = "too_many_tries"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Too many tries. Please wait {seconds} seconds.",
        "ko": "시도가 너무 많습니다. {seconds}초 뒤에 다시 시도해 주세요.",
    }

    @property
    def retry_after_s(self) -> int | None:
        return int(self.params["seconds"])


class WeakPasswordError(ScenedeskError):
    status = 422
    code = "weak_password"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Choose a password of at least {least} characters that is neither your login nor a common one.",
        "ko": "비밀번호는 {least}자 이상이어야 하며, 아이디와 같거나 흔히 쓰이는 비밀번호는 쓸 수 없습니다.",
    }


class LinkUsedError(ScenedeskError):
    status = 410
    code = "link_used"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This link opens no more: it was used, withdrawn, or has expired. Ask for a new one.",
        "ko": "더 이상 열 수 없는 링크입니다. 사용되었거나 취소되었거나 만료되었습니다. 새 링크를 요청해 주세요.",
    }


class PreviewOverError(ScenedeskError):
    status = 410
    code = "preview_over"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This clip opens no more: its link has expired or is not whole. Ask for it again.",
        "ko": "더 이상 열 수 없는 클립입니다. 링크가 만료되었거나 온전하지 않습니다. 다시 요청해 주세요.",
    }


class LastAdminError(ScenedeskError):
    status = 409
    code = "last_admin"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Somebody must remain who may administer this. Make somebody else an admin first.",
        "ko": "관리자가 한 명은 있어야 합니다. 먼저 다른 사람을 관리자로 지정해 주세요.",
    }


class NoAccountError(ScenedeskError):
    status = 409
    code = "no_account"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That takes an account, and you are here without one.",
        "ko": "계정이 있어야 할 수 있는 일입니다. 지금은 계정 없이 사용하고 있습니다.",
    }


class OpenToAllError(ScenedeskError):
    status = 503
    code = "open_to_all"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "SCENEDESK_ACCESS=open lets everybody in who can reach {where}, to see and change everything. "
        "Use accounts, listen on 127.0.0.1, or say open-to-all when that is what you want.",
        "ko": "SCENEDESK_ACCESS=open으로는 {where}에 접속하는 누구나 모든 것을 보고 바꿀 수 있습니다. "
        "accounts를 쓰거나 127.0.0.1에서만 열어 주세요. 정말로 모두에게 열려면 open-to-all로 지정해 주세요.",
    }


class ActForError(ScenedeskError):
    status = 403
    code = "may_not_act_for"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This token may not act for other people, or not for this one.",
        "ko": "이 토큰으로는 다른 사람을 대신할 수 없거나, 해당 사용자를 대신할 수 없습니다.",
    }


class ForeignHostError(ScenedeskError):
    status = 403
    code = "foreign_host"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This Scenedesk runs open for this machine alone, and was asked under another name. "
        "Set SCENEDESK_PUBLIC_URL to the address people use.",
        "ko": "이 컴퓨터에서만 쓰도록 열려 있는데 다른 주소로 접속했습니다. "
        "SCENEDESK_PUBLIC_URL에 실제로 쓰는 주소를 지정해 주세요.",
    }


class HeldByOthersError(ScenedeskError):
    status = 409
    code = "held_by_others"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This is in the library already, in a video that is not shown to you. Ask an admin.",
        "ko": "이미 라이브러리에 있지만 볼 수 없는 영상입니다. 관리자에게 문의해 주세요.",
    }
