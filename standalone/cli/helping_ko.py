"""Korean help of the commands, by the English that stands beside them."""

PANELS = {"arguments": "인자", "options": "옵션", "commands": "명령"}

# What Typer itself writes around help and errors, by the names of its constants.
FRAMES = {
    "REQUIRED_LONG_STRING": "[필수]",
    "DEFAULT_STRING": "[기본값: {}]",
    "ENVVAR_STRING": "[환경 변수: {}]",
    "ERRORS_PANEL_TITLE": "오류",
    "ABORTED_TEXT": "중단했습니다.",
    "RICH_HELP": "도움말: [blue]'{command_path} {help_option}'[/]",
}

KOREAN = {
    # ---- everywhere
    "Show this message and exit.": "이 도움말을 보여 주고 끝냅니다",
    "Find and fix scenes in video.": "영상에서 장면을 찾고 고칩니다.",
    "Database, media, models; SCENEDESK_DATA_DIR": "데이터베이스·미디어·모델 폴더(SCENEDESK_DATA_DIR)",
    "Address of a Scenedesk to talk to": "연결할 Scenedesk의 주소",
    "What to come in with there; SCENEDESK_TOKEN": "그곳에 들어갈 토큰(SCENEDESK_TOKEN)",
    "ko or en; the terminal's language when left out": "ko 또는 en. 생략하면 터미널의 언어",
    "Show logs here instead of writing them to a file": "로그를 파일에 쓰지 않고 여기에 표시",
    "Print the version": "버전 출력",
    "As JSON": "JSON으로 출력",
    "A name or alias": "이름 또는 별칭",
    "When several answer to the name": "같은 이름이 여럿일 때 그룹",
    "Do not ask": "묻지 않고 진행",
    # ---- up, ingest, import, doctor
    "Run everything in one process; prints the address.": "모든 것을 한 프로세스로 실행하고 주소를 출력합니다.",
    "Index videos: shots, faces, captions, search.": "영상을 색인합니다: 샷, 얼굴, 설명, 검색.",
    "Video files, folders of them, or addresses": "영상 파일, 영상 폴더, 또는 주소",
    "Title, when there is one source": "제목(영상이 하나일 때)",
    "Index content that is here already once more": "이미 있는 영상도 다시 색인",
    "What this machine has and lacks. Exit code 3 when something is missing.": (
        "이 컴퓨터에 있는 것과 없는 것을 진단합니다. 없는 것이 있으면 종료 코드 3."
    ),
    "slack: its tokens, scopes and addresses alone": "slack: Slack의 토큰, 권한, 주소만",
    "The findings as JSON": "진단 결과를 JSON으로",
    "The manifest that makes the Slack app, to be pasted": "Slack 앱을 만드는 manifest(붙여 넣기용)",
    "Bring rows {timestamp, video_id, caption, faces} in. Twice changes nothing.": (
        "기존 메타데이터 {timestamp, video_id, caption, faces}를 가져옵니다. 두 번 해도 그대로입니다."
    ),
    "A JSON list of rows": "행의 JSON 목록",
    "The report as JSON": "보고를 JSON으로",
    # ---- search, ask, saved
    "Ask for scenes. Exit code 4 when nothing was found.": "장면을 찾습니다. 찾은 것이 없으면 종료 코드 4.",
    "Such as “민지가 자는 장면” or “a cup on the table”": "예: “민지가 자는 장면”, “탁자 위의 컵”",
    "Must be there; a name or alias, or GROUP/NAME; may be repeated": "있어야 하는 사람. 이름이나 그룹/이름, 여러 번",
    "Somebody of it must be there": "이 그룹의 누군가가 있어야 함",
    "Must not be there": "없어야 하는 사람",
    "Nobody but those asked for": "찾는 사람만 있는 장면",
    "Only shots of this scale: extreme_close_up, close_up, medium, full, wide, no_person": (
        "이 크기의 샷만: extreme_close_up, close_up, medium, full, wide, no_person"
    ),
    "Only captions from there: human, machine, import": "이 출처의 설명만: human, machine, import",
    "Only videos of this day or later": "이날 또는 그 뒤의 영상만",
    "Only videos of this day or earlier": "이날 또는 그 전의 영상만",
    "Least probability of somebody recognised": "인물 인식의 최소 확률",
    "Read no names or times: words are words": "이름이나 시각으로 읽지 않고 낱말 그대로 검색",
    "Scenes like this segment": "이 구간과 비슷한 장면",
    "A face or a frame to find": "찾을 얼굴이나 화면의 사진",
    "Keep the search by this name; see `scenedesk saved`": "이 이름으로 검색을 저장(`scenedesk saved` 참고)",
    "The answer as JSON": "결과를 JSON으로",
    "Ask a question. Each sentence cites its scenes. Exit code 4 when the archive does not show it.": (
        "질문합니다. 문장마다 근거 장면을 붙입니다. 자료에 없으면 종료 코드 4."
    ),
    "Such as “민지가 공원에서 뭐 했어?”": "예: “민지가 공원에서 뭐 했어?”",
    "Scenes that are read": "읽을 장면의 수",
    "Searches that are kept.": "저장한 검색.",
    "What it has found; from then on that is not new. Exit code 4 when nothing is.": (
        "새로 찾은 것. 보고 나면 더는 새것이 아닙니다. 없으면 종료 코드 4."
    ),
    "The name it is kept by": "저장한 이름",
    "Keep it no longer. Scenes stay.": "저장한 검색을 지웁니다. 장면은 그대로입니다.",
    # ---- people
    "Who is who: add, list, show, references.": "인물: 추가, 목록, 보기, 참고 사진.",
    "Add people. Adding the same folder again adds only what is new.\n\n"
    "Exit code 1 when a person with pictures is left without any that can be used.": (
        "인물을 추가합니다. 같은 폴더를 다시 추가하면 새것만 더합니다.\n\n"
        "사진이 있는데 쓸 수 있는 것이 하나도 없는 인물이 있으면 종료 코드 1."
    ),
    "Folders group/member/*.jpg, or names": "group/member/*.jpg 폴더, 또는 이름",
    "Group of people given by name": "이름으로 지정한 인물의 그룹",
    "A picture of the one person given by name": "이름으로 지정한 한 사람의 사진",
    "Of several faces in it: which, from the left, from 0": "사진에 얼굴이 여럿일 때 왼쪽부터 몇 번째인지(0부터)",
    "Who owns the pictures, what they may be used for": "사진의 권리자와 사용 범위",
    "On what ground they are kept": "보관 근거",
    "From then on they match nothing; local time": "이때부터 대조에 쓰지 않음(현지 시각)",
    "Everybody, with how many of the five pictures asked for can be used.": (
        "모든 인물과, 권장하는 사진 다섯 장 가운데 쓸 수 있는 수."
    ),
    "One person: names, groups with their dates, how well they are known, what is doubtful.": (
        "한 인물: 이름, 그룹과 기간, 얼마나 잘 알려져 있는지, 의심스러운 점."
    ),
    "A person's pictures: where each is from, on what ground it is kept, whether it matches.": (
        "한 인물의 사진: 출처, 보관 근거, 대조에 쓰이는지."
    ),
    "Two people turned out to be one. `unmerge` takes it back exactly.": (
        "두 인물이 같은 사람일 때 합칩니다. `unmerge`로 정확히 되돌립니다."
    ),
    "Whom they turned out to be": "알고 보니 누구인지",
    "Take a merge back; NAME is the one that was merged.": "합친 것을 되돌립니다. NAME은 합쳐졌던 인물입니다.",
    "Call somebody otherwise, in every machine caption too. The old name stays an alias.": (
        "인물의 이름을 바꿉니다. 자동 설명도 모두 따라 바뀌고, 옛 이름은 별칭으로 남습니다."
    ),
    "The new name": "새 이름",
    "Say whether people are women or men. Machine captions of their scenes follow; `unsaid` takes it back.": (
        "인물의 성별을 밝힙니다. 그 장면의 자동 설명이 따라 바뀌고, `unsaid`로 되돌립니다."
    ),
    "Names or aliases": "이름 또는 별칭",
    "female, male or unsaid": "female(여성), male(남성), unsaid(밝히지 않음)",
    "Everybody of this group, too": "이 그룹의 모든 멤버도",
    "Forget somebody for good: everything that tells of them. A restored backup is forgotten again.": (
        "인물에 관한 모든 것을 영구히 지웁니다. 백업을 복원해도 다시 지웁니다."
    ),
    "Faces nobody has named, over all videos, most screen time first. With ID: name, hide or show one.": (
        "모든 영상에서 이름 없는 얼굴, 많이 나온 순. ID를 주면 이름을 붙이거나 숨기거나 다시 보입니다."
    ),
    "The beginning of an id of the list": "목록에 있는 ID의 앞부분",
    "Say who it is: a name or alias, or a new name": "누구인지: 이름, 별칭, 또는 새 이름",
    "A passer-by: put away wherever they appear": "지나가는 사람: 어디에 나와도 숨김",
    "No passer-by after all": "지나가는 사람이 아님",
    "List those that were put away": "숨긴 얼굴의 목록",
    "Older faces that would be named otherwise by now. Nothing changes without --approve.": (
        "지금이라면 다르게 부를 예전 얼굴들. --approve 없이는 아무것도 바뀌지 않습니다."
    ),
    "Rename all of them, as one undoable decision": "모두 바꿈(한 번에 되돌릴 수 있음)",
    "The questions whose answers settle most screen time, best first.": "답하면 가장 많은 시간이 정해지는 질문부터.",
    "Where somebody is on screen, newest video first, and for how long.": "어디에 얼마나 나오는지, 최근 영상부터.",
    "Train on the gallery, compare with centroids on photos from other sources, keep whichever is better.": (
        "등록된 사진으로 학습하고, 출처가 다른 사진으로 중심 방식과 견주어 나은 쪽을 씁니다."
    ),
    "The report as JSON on standard output": "보고를 JSON으로 표준 출력에",
    "Save who is taken for whom, as SVG": "누구를 누구로 잘못 보는지 SVG로 저장",
    # ---- collecting
    "Look for pictures of somebody. They wait for a yes: scenedesk people review.": (
        "인물의 사진을 찾습니다. 승인을 기다립니다: scenedesk people review."
    ),
    "Whose pictures": "누구의 사진인지",
    "On what ground the findings may be used; kept with them": "찾은 것을 사용할 근거. 함께 보관됩니다",
    "Their group; a new name is added to it": "그룹. 새 이름이면 이 그룹에 추가",
    "What to search for; else the group and the name": "검색어. 생략하면 그룹과 이름",
    "At most so many new findings": "새로 찾을 최대 수",
    "What was collected and waits for a yes.": "수집되어 승인을 기다리는 것.",
    "Take it: the id, or its first signs": "승인: ID 또는 그 앞부분",
    "Refuse it, for good: the id, or its first signs": "영구 거절: ID 또는 그 앞부분",
    "The queue as JSON": "대기 목록을 JSON으로",
    "Videos from the web: collect.": "웹의 영상: 수집.",
    "Collect videos; each is fetched and indexed as by its address.": "영상을 수집합니다. 각각 내려받아 색인합니다.",
    "Words, or a channel's or playlist's address": "검색어, 또는 채널·재생목록의 주소",
    "Each waits for a yes instead of being fetched": "바로 받지 않고 승인을 기다림",
    # ---- accounts
    "Who may come in: list, invite, role, disable, token.": "계정: 목록, 초대, 역할, 차단, 토큰.",
    "Everybody who may come in, and services.": "들어올 수 있는 모든 사람과 서비스.",
    "Print a link that opens once: whoever has it chooses a password. The first admin comes in the same way.": (
        "한 번 열리는 링크를 출력합니다. 받은 사람이 비밀번호를 정합니다. 첫 관리자도 이렇게 들어옵니다."
    ),
    "What they shall sign in with": "로그인에 쓸 이름",
    "What others call them": "다른 사람이 부르는 이름",
    "viewer, editor or admin": "viewer, editor 또는 admin",
    "How long the link opens": "링크가 열리는 시간",
    "For somebody who is there: a link for a new password": "이미 있는 사람: 새 비밀번호용 링크",
    "Change what somebody may do, from their next request on.": "할 수 있는 일을 바꿉니다. 다음 요청부터 적용됩니다.",
    "What they sign in with": "로그인 이름",
    "Shut somebody out: their sessions and tokens end at once.": "차단합니다. 세션과 토큰이 바로 끝납니다.",
    "Let somebody in again. Sessions and tokens stay ended.": "다시 들어오게 합니다. 끝난 세션과 토큰은 그대로입니다.",
    "Print a token, once: for SCENEDESK_TOKEN, or `Authorization: Bearer`.": (
        "토큰을 한 번 출력합니다: SCENEDESK_TOKEN 또는 `Authorization: Bearer`용."
    ),
    "Of whom; a service that is not there is added": "누구의 토큰인지. 없는 서비스면 추가됩니다",
    "What it is for": "용도",
    "read, write, admin, act-for": "read, write, admin, act-for",
    "Until it expires": "만료까지의 날수",
    "It never expires": "만료되지 않음",
    "LOGIN is a program, not a person": "LOGIN은 사람이 아니라 프로그램",
    "Every token that stands, and whose it is.": "유효한 모든 토큰과 그 주인.",
    "End a token: from this moment it opens nothing.": "토큰을 끝냅니다. 이 순간부터 쓸 수 없습니다.",
    "As `tokens` lists it": "`tokens` 목록에 있는 ID",
    # ---- editing
    "Cut, merge, correct, take back.": "나누고 합치고 고치고 되돌립니다.",
    "The segments of a video, numbered in order of time.": "한 영상의 구간, 시간 순 번호와 함께.",
    "A video's title, or the beginning of its id": "영상의 제목 또는 ID의 앞부분",
    "Cut a segment at one time or several.": "구간을 한 시각 또는 여러 시각에서 나눕니다.",
    "A segment: its number in the list, or the beginning of its id": "구간: 목록의 번호 또는 ID의 앞부분",
    "Times: 12.48, 1:02.5 or 1:00:02": "시각: 12.48, 1:02.5 또는 1:00:02",
    "Move times to the nearest picture": "가장 가까운 화면으로 시각을 맞춤",
    "Why; history keeps it": "이유. 이력에 남습니다",
    "Make one segment of several.": "여러 구간을 하나로 합칩니다.",
    "Segments: numbers in the list, or beginnings of ids": "구간들: 목록의 번호 또는 ID의 앞부분",
    "Also where there is time between them": "사이에 빈 시간이 있어도 합침",
    "Move a segment's in or out point.": "구간의 시작점이나 끝점을 옮깁니다.",
    "New in point": "새 시작점",
    "New out point": "새 끝점",
    "Make a segment of one's own.": "구간을 직접 만듭니다.",
    "Its Korean caption": "한국어 설명",
    "Its English caption": "영어 설명",
    "Delete segments. Undo or revert brings them back.": "구간을 지웁니다. undo나 revert로 되살립니다.",
    "Say what is seen. The machine's sentence is kept below.": "무엇이 보이는지 적습니다. 자동 설명은 아래에 남습니다.",
    'In Korean; "" removes what a person wrote': '한국어로. ""이면 사람이 쓴 것을 지움',
    'In English; "" removes what a person wrote': '영어로. ""이면 사람이 쓴 것을 지움',
    "Say who is there and who is not. Of a face that is followed it outlives the next indexing.": (
        "누가 있고 누가 없는지 정합니다. 추적된 얼굴이면 다시 색인해도 남습니다."
    ),
    "Who is there: a name or alias": "있는 사람: 이름 또는 별칭",
    "Who is not there": "없는 사람",
    "Who was taken for whom they are not, and who it is": "잘못 본 사람과 실제 사람",
    "Put tags on segments, or take them off.": "구간에 태그를 붙이거나 뗍니다.",
    "What to find, as search is asked": "찾을 것. 검색에 묻듯이",
    "Tag everything that is found, or say who is there: in all videos at once, or in none.": (
        "찾은 것 모두에 태그를 붙이거나 누가 있는지 말합니다. 모든 영상에서 한꺼번에, 아니면 어디에서도."
    ),
    "Where indexing disagrees with what people said: machine before, machine now, human. The human stands.": (
        "색인이 사람의 말과 다른 곳. 이전 기계, 지금 기계, 사람. 사람의 말이 남습니다."
    ),
    "The version an indexing made; the newest without": "색인이 만든 버전. 없으면 가장 최근",
    "Write something down about segments.": "구간에 메모를 남깁니다.",
    "Who did what, newest first.": "누가 무엇을 했는지, 최근부터.",
    "Take one earlier edit back, when nothing later depends on it.": (
        "이전 편집 하나를 되돌립니다. 뒤의 편집이 그것에 기대지 않을 때만."
    ),
    "A version, as history lists it": "이력에 있는 버전",
    "Take an undo back.": "되돌린 것을 다시 적용합니다.",
    "Bring the whole timeline to what it was at a version. That is an edit too.": (
        "타임라인 전체를 그 버전의 상태로 되돌립니다. 이것도 하나의 편집입니다."
    ),
    # ---- models, eval
    "Weights: list, pull, verify.": "모델 가중치: 목록, 받기, 검증.",
    "Every pack known, where it is, its licence and source.": "알려진 모든 모델, 위치, 라이선스와 출처.",
    "Fetch a pack. A broken download resumes; nothing is put in place before its SHA-256 is right.": (
        "모델을 받습니다. 끊기면 이어 받고, SHA-256이 맞기 전에는 제자리에 두지 않습니다."
    ),
    "Name of a pack, as `scenedesk models list` shows it": "`scenedesk models list`에 나오는 모델 이름",
    "Check every file of a pack, or of all packs that are here, against its pinned SHA-256.": (
        "모델 하나 또는 여기 있는 모든 모델의 파일을 정해진 SHA-256과 대조합니다."
    ),
    "Measure: faces, search.": "성능 측정: 얼굴, 검색.",
    "Learn people from some photos, name others, count what was right. Keeps nothing.\n\n"
    "ms_per_face: time by the clock to find and embed a face; opening the files and loading the model not counted.": (
        "일부 사진으로 인물을 배우고 나머지에 이름을 붙여 맞은 것을 셉니다. 아무것도 남기지 않습니다.\n\n"
        "ms_per_face: 얼굴 하나를 찾아 벡터로 만드는 시간. 파일 열기와 모델 로딩은 뺍니다."
    ),
    "group/member/*.jpg to learn from": "배울 사진 group/member/*.jpg",
    "group/member/*.jpg to name": "이름을 붙일 사진 group/member/*.jpg",
    "Photos of people who must stay unknown": "모르는 사람으로 남아야 하는 사람들의 사진",
    "Photos of others, to set the threshold by": "기준값을 정할 다른 사람들의 사진",
    "Learn from the first N photos of each member": "멤버마다 앞의 N장으로 배움",
    "edge, insightface or dlib; else the settings'": "edge, insightface 또는 dlib. 생략하면 설정대로",
    "One JSON object on standard output": "표준 출력에 JSON 객체 하나",
    "Import rows into a library of their own, ask, count what was right. Your library is left alone.\n\n"
    "Right are rows that match all that is given: caption is a regular expression over the English caption. "
    "p10: hits\namong the first ten rows, of as many as there could be.": (
        "행을 따로 만든 자료실에 넣고 질문하여 맞은 것을 셉니다. 쓰던 자료실은 그대로입니다.\n\n"
        "주어진 조건에 모두 맞는 행이 정답입니다. caption은 영어 설명에 대한 정규식입니다. "
        "p10: 처음 열 행 가운데 맞은 비율(가능한 최대 대비)."
    ),
    "Rows as for import": "import와 같은 행",
    "{queries: [{ko, en, caption, members, only, without}]}": "{queries: [{ko, en, caption, members, only, without}]}",
}
