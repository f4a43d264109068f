"""What the engine says to a person, in Korean and English."""

from ..text import Messages

say = Messages(
    {
        "no_number": (
            "{met}: {x}의 자료형은 {kind}입니다. Value나 보통 숫자가 필요합니다.",
            "{met}: {x} is a {kind}; a Value or a plain number is needed",
        ),
        "not_finite": (
            "{met}: {x:은/는} 유한한 수가 아닙니다.",
            "{met}: {x} is not a finite number",
        ),
        "no_float": (
            "{met}: {kind} {x}... 은(는) float에 담기에는 너무 큽니다.",
            "{met}: {kind} {x}... does not fit in a float",
        ),
        "met_beside": ("{what} ({beside} 옆)", "{what} with {beside}"),
        "unequal": (
            "{op}: {formula}의 두 리스트는 길이가 {n}과 {m}입니다. "
            "길이가 같아야 합니다.",
            "{op}: {formula} of lists of {n} and {m}; they must be equally long",
        ),
        "too_large": (
            "{op}: {formula} 또는 그 미분이 float에 담기에는 너무 큽니다. 입력: {at}",
            "{op}: {formula}, or its derivative, is too large for a float at {at}",
        ),
        "no_value": (
            "{op}: {formula}의 값이 {at}에서 정의되지 않습니다. 필요한 조건: {domain}",
            "{op}: {formula} has no value at {at}; it needs {domain}",
        ),
        "no_derivative": (
            "{op}: {formula}의 미분이 {at}에서 정의되지 않습니다. "
            "필요한 조건: {domain}",
            "{op}: {formula} has no derivative at {at}; it needs {domain}",
        ),
        "no_operands": ("피연산자 없음", "no operands"),
        "labelled": ("{at} (라벨 {label!r})", "{at} (label {label!r})"),
        "and_more": ("그리고 {n}개 더", "and {n} more"),
        "changed": (
            "grad: 순전파 뒤에 {v} ({op})의 피연산자가 바뀌었습니다. "
            "순전파를 다시 계산하세요.",
            "grad: an operand of {v} ({op}) changed after the forward pass; "
            "run it again",
        ),
        "grad_takes": (
            "grad는 Value 하나와 Value의 리스트를 받습니다. "
            "{x}의 자료형은 {kind}입니다.",
            "grad takes a Value and a list of Values, not the {kind} {x}",
        ),
        "gradcheck": (
            "gradcheck: {x}에서 입력 {i}의 기울기가 다릅니다. "
            "backward는 {exact}, 중앙 차분은 {numeric}입니다.",
            "gradcheck: input {i} at {x}: backward gives {exact}, "
            "central differences {numeric}",
        ),
    }
)
