"""Words that are chosen by code: names of steps, and what the scripts say."""

from collections.abc import Callable

from gateway.pages.telling import fields
from kernel.contracts.library import CaptionFault, Consent

Gettext = Callable[[str], str]


def steps(_: Gettext) -> dict[str, str]:
    """What a run is doing, by step."""
    return {
        "fetch": _("Fetching"),
        "probe": _("Checking"),
        "look": _("Cutting into scenes"),
        "frames": _("Remembering frames"),
        "faces": _("Finding faces"),
        "tracks": _("Following faces"),
        "identify": _("Naming people"),
        "captions": _("Writing captions"),
        "merge": _("Merging"),
        "publish": _("Publishing"),
        "index": _("Making it searchable"),
    }


def faults(_: Gettext) -> dict[CaptionFault, str]:
    """What was wrong with what a captioner wrote."""
    return {
        "prompt_echo": _("repeats its question"),
        "spam": _("carries web text"),
        "loop": _("says the same again and again"),
        "cut_off": _("breaks off"),
        "contradicts_people": _("contradicts who is known to be there"),
        "unsupported_name": _("names somebody no face there supports"),
    }


def stages(_: Gettext) -> dict[str, str]:
    """The same steps in a word each, where they stand side by side."""
    return {
        "fetch": _("Fetch"),
        "probe": _("Check"),
        "look": _("Cut"),
        "frames": _("Frames"),
        "faces": _("Faces"),
        "tracks": _("Follow"),
        "identify": _("Name"),
        "captions": _("Caption"),
        "merge": _("Merge"),
        "publish": _("Publish"),
        "index": _("Index"),
    }


def states(_: Gettext) -> dict[str, str]:
    """Where a run stands."""
    return {
        "queued": _("Waiting"),
        "running": _("Indexing"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    }


def unused_because(_: Gettext) -> dict[str, str]:
    """Why a reference is not used for matching."""
    return {
        "small": _("The face is too small to learn from."),
        "turned": _("The face is turned away."),
        "blurred": _("The face is blurred."),
        "expired": _("Expired: it matches nothing any more."),
        "withdrawn": _("Withdrawn: it matches nothing any more."),
        "duplicate": _("Nearly the same as another picture"),
    }


def consents(_: Gettext) -> dict[Consent, str]:
    """On what ground a picture is kept."""
    return {
        "unstated": _("Consent not stated"),
        "written": _("Written consent"),
        "contract": _("By contract"),
        "press_kit": _("Press kit"),
        "public_event": _("Public event"),
        "own_archive": _("Own archive"),
    }


def actions(_: Gettext) -> dict[str, str]:
    """What the audit says was done."""
    return {
        "person_added": _("person added"),
        "person_renamed": _("renamed"),
        "person_described": _("described"),
        "person_merged": _("merged with somebody"),
        "person_unmerged": _("taken apart again"),
        "person_forgotten": _("forgotten"),
        "memberships_changed": _("groups changed"),
        "reference_added": _("picture added"),
        "reference_changed": _("rights of a picture changed"),
        "reference_withdrawn": _("picture withdrawn"),
        "reference_expired": _("picture expired"),
        "reference_removed": _("picture removed"),
        "candidate_rejected": _("collected picture refused"),
    }


def actors(_: Gettext) -> dict[str, str]:
    """Who acted without an account."""
    return {
        "local": _("local user"),
        "person": _("somebody"),
        "scenedesk": "Scenedesk",
        "import": _("an import"),
    }


def roles(_: Gettext) -> dict[str, str]:
    return {"viewer": _("Viewer"), "editor": _("Editor"), "admin": _("Admin")}


def role_means(_: Gettext) -> dict[str, str]:
    return {
        "viewer": _("Finds and watches."),
        "editor": _("Changes scenes, people and names too, and adds videos."),
        "admin": _("Everything: sees all videos, forgets people, says who has access."),
    }


def token_scopes(_: Gettext) -> dict[str, str]:
    return {"read": _("read"), "write": _("write"), "admin": _("administer"), "act-for": _("act for people")}


def scope_means(_: Gettext) -> dict[str, str]:
    return {
        "read": _("Finds and watches."),
        "write": _("Changes scenes, people and names too, and adds videos."),
        "admin": _("Everything: sees all videos, forgets people, says who has access."),
        "act-for": _("What it does is done by the person it names, with that person’s rights."),
    }


def audiences(_: Gettext) -> dict[str, str]:
    """Who a video is shown to."""
    return {"everyone": _("Everyone signed in"), "editors": _("Editors"), "named": _("Only those named")}


def scripts(_: Gettext) -> dict[str, str]:
    """What the scripts say; they find it on the page."""
    return {
        "who": _("Who is this?"),
        "indexing": _("Indexing"),
        "realtime": _("real time"),
        "waiting": _("Waiting"),
        "sent": _("Sent. It is being indexed."),
        "there": _("It is in the library already."),
        "checking": _("Checking the file…"),
        "failed": _("That did not work. Please try again."),
        "copied": _("The link is copied."),
        "play": _("Play"),
        "pause": _("Pause"),
        "learned": _("Learned"),
        "remove_photo": _("Remove this picture?"),
        "saved": _("Saved"),
        "again": _("Indexing again."),
        "cancelling": _("Stopping after this step."),
        **{f"step_{name}": said for name, said in steps(_).items()},
        **_of_faces(_),
        **_of_people(_),
        **_of_access(_),
        **_of_editing(_),
        **_of_searches(_),
        **{f"field_{name}": said for name, said in fields(_).items()},
    }


def _of_editing(_: Gettext) -> dict[str, str]:
    """Changing scenes."""
    return {
        "scene": _("Scene"),
        "gone": _("removed"),
        "chosen": _("Scenes chosen: %(n)s"),
        "found": _("Scenes found: %(n)s"),
        "redo": _("Do again"),
        "nothing_to_undo": _("You have changed nothing yet."),
        "nothing_to_redo": _("There is nothing to do again."),
        "choose_first": _("Choose a scene first."),
        "no_next": _("There is no next scene to merge with."),
        "mark_first": _("Mark in and out first: I and O."),
        "no_time": _("That is not a time. Write it like 01:23.450."),
        "draft": _("Not saved yet"),
        "draft_older": _("Not saved; the caption has changed since"),
        "who_is_here": _("Who is here?"),
        "who_is_not": _("Who is not here?"),
        "saving": _("Saving…"),
        "state_saved": _("Saved · being made searchable"),
        "state_searchable": _("Saved · searchable"),
        "state_offline": _("Offline · trying again"),
        "state_refused": _("Not saved"),
        "state_conflict": _("Changed by somebody else"),
        "others": _("Changed by %(who)s: version %(n)s"),
        "others_person": _("Changed by somebody else: version %(n)s"),
        "others_machine": _("Changed by analysis: version %(n)s"),
        "shows": _("That scene was split or merged since: this is what shows it now."),
        "was_deleted": _("That scene was deleted. This is where it was."),
        "no_scene": _("There is no such scene."),
        "did_create": _("New scene"),
        "did_split": _("Split"),
        "did_merge": _("Merged"),
        "did_move": _("In and out moved"),
        "did_delete": _("Deleted"),
        "did_caption": _("Caption saved"),
        "did_people": _("People changed"),
        "did_face": _("Face named"),
        "did_tag": _("Tags changed"),
        "did_note": _("Note saved"),
        "did_undo": _("Undone"),
        "did_redo": _("Done again"),
        "did_revert": _("Back to that version"),
    }


def _of_faces(_: Gettext) -> dict[str, str]:
    """Deciding on faces. Names are filled in by the scripts; Korean sentences ask no particle of them."""
    return {
        "undo": _("Undo"),
        "taken_back": _("Taken back"),
        "person_said": _("Person"),
        "copy": _("copy"),
        "no_face_here": _("No face is followed here."),
        "not_them": _("Not %(name)s"),
        "similar": _("similarity %(n)s, %(p)s sure"),
        "nearest": _("nearest: %(name)s, similarity %(n)s"),
        "ruled_is": _("This face is %(name)s"),
        "ruled_is_not": _("This face is not %(name)s"),
        "new_person": _("“%(name)s” as somebody new"),
        "look_back": _("Older faces that may be %(name)s: %(n)s"),
        "look": _("Look"),
        "named": _("Named: %(name)s"),
        "learnt": _("Pictures learnt of %(name)s: %(n)s"),
        "hidden": _("Hidden as a passer-by"),
        "shown_again": _("Shown again"),
        "merged_faces": _("%(n)s faces are one person now"),
        "split_off": _("%(n)s faces are somebody else now"),
        "select_two": _("Select two or more first."),
        "selected": _("%(n)s selected"),
        "tick_one": _("Tick at least one."),
        "renamed_faces": _("%(n)s faces renamed: %(name)s"),
        "version": _("version %(n)s"),
        "settled": _("%(n)s s settled · %(left)s s left"),
    }


def _of_searches(_: Gettext) -> dict[str, str]:
    return {
        "search_kept": _("Kept: %(name)s"),
        "answering": _("Reading what was found…"),
        "answer": _("Answer"),
        "summary": _("Summary"),
        "summed_up": _("scenes read: %(n)s"),
        "answer_generated": _("written by a language model, each sentence checked"),
        "answer_extractive": _("put together from captions"),
        "answer_not_shown": _("The archive does not show this"),
        "answer_failed": _("There is no answer in words"),
        "cited": _("scenes cited: %(n)s"),
        "dropped": _("sentences without support left out: %(n)s"),
    }


def _of_people(_: Gettext) -> dict[str, str]:
    return {
        "who_may_appear": _("Who may appear"),
        "line_up_saved": _("Who may appear is saved"),
        "series_needs_name": _("The series needs a name."),
        "same_as": _("Who is the same person as %(name)s?"),
        "merged": _("Merged: %(name)s"),
        "face_number": _("Face %(n)s"),
        "withdraw_photo": _("Withdraw this picture? It stops matching at once."),
        "withdrawn": _("Withdrawn"),
        "who_to_collect": _("Whose pictures?"),
        "choose_person": _("Choose a person…"),
        "taken": _("Taken"),
        "rejected": _("Rejected"),
        **{f"went_{what}": said for what, said in _receipt(_).items()},
    }


def _of_access(_: Gettext) -> dict[str, str]:
    return {
        "copied_secret": _("Copied"),
        "revoked": _("Revoked: it opens nothing any more"),
        "password_changed": _("The password is changed"),
        "session_ended": _("Ended"),
        "shut_out": _("Shut out %(name)s? Their sessions and tokens end at once."),
        "is_shut_out": _("Shut out"),
        "is_let_in": _("Let in again"),
        "signed_out": _("You are signed out."),
        "sign_in": _("Sign in"),
        "shown_to": _("Who sees it is saved"),
    }


def _receipt(_: Gettext) -> dict[str, str]:
    """What went when a person was forgotten."""
    return {
        "references": _("pictures they were known by"),
        "vectors": _("face vectors"),
        "pictures": _("picture files"),
        "tracks": _("faces in videos, now unknown"),
        "rulings": _("rulings"),
        "segments": _("scenes that named them"),
        "captions": _("captions that named them"),
        "edits": _("history entries"),
        "documents": _("search documents"),
        "trainings": _("trainings"),
        "answers": _("answers of a language model that named them"),
        "candidates": _("collected candidates"),
        "files": _("rendered files"),
        "steps": _("kept step results"),
        "searches": _("saved searches and questions that named them"),
    }
