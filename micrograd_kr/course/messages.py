"""What the course says around its lessons, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        "course": ("역전파 강의", "A course on backpropagation"),
        "course_about": (
            "숫자를 움직이며 배웁니다. 모든 페이지는 네트워크 없이 열립니다.",
            "Learn by moving the numbers. Every page opens without a network.",
        ),
        "lessons": ("강의", "Lessons"),
        "more": ("더 보기", "More"),
        "skip": ("본문으로 가기", "Skip to the text"),
        "theme": ("밝게/어둡게", "Light/dark"),
        "other_language": ("English", "한국어"),
        "previous": ("이전", "Previous"),
        "next": ("다음", "Next"),
        "check": ("확인", "Check"),
        "answer": ("답", "Answer"),
        "no_number": ("숫자를 적어 주세요.", "Type a number."),
        "no_choice": ("하나를 골라 주세요.", "Choose one."),
        "again": ("처음으로", "Reset"),
        "choose": ("함수", "Function"),
        "samples": ("데이터", "Data"),
        "choose_mistake": ("실수", "Mistake"),
        "slope": ("기울기", "slope"),
        "one_step": ("한 걸음", "One step"),
        "hundred_steps": ("100걸음", "100 steps"),
        "loss": ("손실", "loss"),
        "steps_done": ("걸음 수", "steps"),
        "first_wrong": ("여기서 처음 틀립니다", "the first wrong step"),
        "missing": ("빠진 걸음", "a step that is missing"),
        "pictures": ("그림", "Pictures"),
        "pictures_about": (
            "데모가 그리는 모든 그림입니다.",
            "All the pictures that the demos draw.",
        ),
        "reference": ("API 레퍼런스", "API reference"),
        "reference_about": (
            "공개된 이름 모두, 소스의 설명 그대로(영어)입니다.",
            "Every public name, from its docstring.",
        ),
        "from_demo": ("이 강의의 숫자와 그림: {name}", "Numbers and pictures: {name}"),
        "drawing": ("== 데모의 그림", "== Pictures of the demos"),
        "writing": ("== 페이지", "== Pages"),
        "needs": ("필요한 라이브러리: {command}", "it needs libraries: {command}"),
        "failed": (
            "{name} 데모가 실패했습니다: {reason}",
            "the demo {name} failed: {reason}",
        ),
    }
)
