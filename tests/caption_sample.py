"""Captions as EILEV and BLIP-2 write them, good and bad, each with what is wrong with it. Of our own making."""
# ruff: noqa: E501 - lists of sentences are easier to read whole

from collections.abc import Iterator
from itertools import islice, product

WHO = ("a man", "a woman", "a person", "two women", "a group of girls", "the man", "a young boy", "people")
DOING = (
    "sleeping on a sofa", "eating noodles", "singing on a stage", "walking in a park", "holding a paper cup", "playing a guitar",
    "looking at a phone", "dancing in a practice room", "washing dishes", "reading a book", "riding a bicycle", "waving a hand",
)  # fmt: skip
SCENES = [
    f"{who} {'are' if who.startswith(('two', 'a group', 'people')) else 'is'} {doing}"
    for who, doing in product(WHO, DOING)
]

ECHOES = (
    "Question: What is the camera wearer doing? Answer: {}", "What is the camera wearer doing? {}", "Answer: {}",
    "Question: what is happening in this video? Answer: {}. Question: what is", "Describe the video in one sentence. {}",
    "Here is a caption of the video: {}", "Caption: {}", "Please describe the image. {}", "{}. Question: What is the man doing",
    "What is the person in the video doing? {}.", "Sure, here is a short description of the clip: {}", "<image> {}",
    "Please describe what the person is doing in one sentence. {}", "The question is: what is the woman doing? Short answer: {}", "Question: how many people are there? Answer: {}", "Based on the video, {}", "a caption for this image: {}",
)  # fmt: skip
ONLY_ECHOES = (
    "Question: What is the camera wearer doing? Answer:", "What is the camera wearer doing?", "what is the camera wearer doing",
    "Question:", "Describe what is happening in the video", "Write a caption for this image.", "what is happening in the picture?",
    "Please describe the scene in detail.", "Question: What is the camera wearer doing? Question: What is the camera wearer doing?",
    "이 영상을 설명하세요.", "카메라 착용자는 무엇을 하고 있나요?", "I'm sorry, I can't describe the video.", "Answer: Answer:",
    "As an AI language model, I can't see the video.", "what is shown in this image",
)  # fmt: skip
TAILS = (
    "Click here to watch more videos", "subscribe to our channel", "- YouTube", "photo by John Smith", "| stock photo",
    "www.example.com", "All rights reserved.", "Royalty free stock footage", "Follow us on instagram for more",
    "Download now for free", "© 2014 Some Agency", "(Getty Images)", "For more information visit our website", "50% off today",
    "Read more »", "Posted by admin on June 3", "image courtesy of the museum", "- Shutterstock", "buy now at the best price",
    "share this with your friends",
    "| the korea times", "reuters / a photographer", "full hd 1080p mp4", "via instagram @somebody", "[official mv]",
)  # fmt: skip
ONLY_SPAM = (
    "Click here to subscribe to our channel", "www.example.com/free-download", "Stock photo: royalty free images",
    "Follow us on facebook and instagram", "© 2019 All rights reserved", "Buy now! Free shipping on all orders",
    "구독과 좋아요 부탁드립니다", "무단 전재 및 재배포 금지, 저작권자 ⓒ 신문", "photo by getty images", "Read more about this story",
)  # fmt: skip
LOOPS = (
    "{0} {0} {0}", "{0}. {0}. {0}. {0}", "{0} and a dog and a dog and a dog and a dog", "{0} in front of a house in front of a house in front of a house",
    "{0}, {0}, {0}", "{0}. {0}.", "{0} very very very very very",
    "{0} with {0} with {0}",
)  # fmt: skip
CUTS = (
    "{} and", "{} with a", "{}, while the", "{} next to the", "{} in front of", "{} and the other is", "{} with his", "{},", "{} while",
    "{} because the", "{} and is", "{} of a",
    "{} while holding a", "{} with a large", "{} and a pair of", "{} and is about to", "{} at a",
)  # fmt: skip
ONLY_CUTS = (
    "a man is", "the", "a woman and a", "there is a", "a man in a", "and the", "한 여자가 소파에서", "두 사람이 무대 위에서 노래를",
    "남자가 의자에 앉아 있는", "여자가 물을 마시면서", "a person is holding a", "people are",
    "a girl who is", "the woman is putting the", "한 여자가 소파에 앉아", "한 여자가 친구와 함께",
)  # fmt: skip

GOOD = (
    "a woman is reading a sign that says for sale", "a man is watching a video on youtube with friends", "a child looks at what he is standing on",
    "a person answers a question in a classroom", "a woman takes a photo of the sea", "the lights are turning on", "a man puts his hat on",
    "the dog comes in", "a man is very very happy", "a man and a woman and a child are walking", "people share a pizza", "a girl follows a dog",
    "a man describes a picture on the wall to a child", "a woman writes a caption under a photograph", "two men are looking at the screen they work with",
    "a man is downloading a file on his laptop", "a person clicks a mouse", "a sign reads open", "a man reads a book and a woman reads a newspaper",
    "a woman asks what time it is", "a man explains the rules of a game", "a man in a suit is giving a speech at a podium", "fireworks over a river",
    "한 여자가 소파에서 자고 있다", "창가에 앉아 있는 고양이", "가을", "가을의 마을 풍경을 보여 준다", "민지가 하니와 함께 노래를 부른다",
    "두 사람이 사진을 찍으며 웃는다", "남자가 책을 더 보기 위해 안경을 쓴다.", "아이가 질문에 답한다", "무대 위의 가수들", "비 오는 거리",
    "A person picks up a knife from the table.", "A person puts the cup down", "The man X talks", "A person looks around", "a close up of a cake",
    "a red car on a street at night", "a man is holding a sign with a website on it", "She turns the page", "a band on stage", "a dog and a cat",
    "a man orders food at a restaurant", "a woman books a table by telephone", "the singer is being filmed by a camera crew on a stage",
    "a couple buys flowers at a market", "a man is reading more than one newspaper", "what a man is looking at is a map",
    "a car driving through", "a woman leaning over", "the coat she is wearing", "a woman in black", "the dog is being stared at", "a man explains what to do", "people watching a video", "모두가 함께 노래한다",
)  # fmt: skip


def _filled(forms: tuple[str, ...], count: int) -> list[str]:
    """Each form with different scenes, `count` in all."""
    return [form.format(SCENES[(7 * number + place) % len(SCENES)]) for number, (place, form) in enumerate(
        islice(((place, form) for place in range(99) for form in forms), count)
    )]  # fmt: skip


def _tailed(count: int) -> list[str]:
    joints = (". ", " - ", " | ", ", ", " ")
    return [
        SCENES[(5 * number) % len(SCENES)]
        + joints[number % 4]
        + TAILS[number % len(TAILS)].removeprefix("- ").removeprefix("| ")
        for number in range(count)
    ]


def bad() -> dict[str, list[str]]:
    """What is wrong to sentences that have it."""
    return {
        "prompt_echo": [*ONLY_ECHOES, *_filled(ECHOES, 96)],
        "spam": [*ONLY_SPAM, *_tailed(100)],
        "loop": _filled(LOOPS, 84),
        "cut_off": [*ONLY_CUTS, *_filled(CUTS, 96)],
    }


def good() -> list[str]:
    return [*SCENES, *GOOD]


SUBJECTS: tuple[tuple[str, int, int], ...] = (  # how many women and men a sentence that begins so speaks of at least
    ("a woman is", 1, 0), ("a man is", 0, 1), ("The young girl is", 1, 0), ("an old man is", 0, 1), ("a person is", 0, 0),
    ("two women are", 2, 0), ("two men are", 0, 2), ("a group of girls are", 2, 0), ("several boys are", 0, 2), ("people are", 0, 0),
    ("a man and a woman are", 1, 1), ("a woman and a boy are", 1, 1), ("the lady and her friend are", 1, 0), ("a guy in a hat is", 0, 1),
    ("the camera wearer is", 0, 0),
)  # fmt: skip
CASTS = ("f", "m", "ff", "mm", "fm", "fff")


def against_people() -> Iterator[tuple[str, str, bool]]:
    """A caption, who is on screen at once (a letter each: f, m), and whether it contradicts them.

    It does when it speaks of a woman or a man where none is, of more of them than there are, or of two where three are.
    Beside one person alone somebody may be turned away: there two women are no contradiction.
    """
    for (who, women, men), doing, cast in product(SUBJECTS, DOING, CASTS):
        claims = ((women, cast.count("f")), (men, cast.count("m")))
        wrong = any(said > there and (there == 0 or len(cast) > 1) for said, there in claims)
        yield f"{who} {doing}", cast, wrong or (who.startswith("two") and len(cast) > 2)
