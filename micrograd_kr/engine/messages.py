"""What the engine says to a person, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
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
            "{met}: {kind:이/가} float에 담기에는 너무 큽니다: {x}...",
            "{met}: {kind} {x}... does not fit in a float",
        ),
        "met_beside": ("{what} ({beside} 옆)", "{what} with {beside}"),
        "unequal": (
            "{op}: {formula}의 두 리스트는 길이가 {n:과/와} {m}입니다. "
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
        "plain_second": (
            " {y}의 미분이 필요 없으면 {y:을/를} 보통 숫자 {number!r:으로/로} 쓰세요.",
            ". If {y} needs no derivative, write the plain number {number}",
        ),
        "write_lists": (
            "{op}: {call}처럼 리스트로 쓰세요. 받은 것: {kinds}",
            "{op}: write {call}, with lists; given were {kinds}",
        ),
        "leaves_graph": (
            "{v:을/를} float으로 바꾸면 계산 그래프에서 벗어나 기울기가 사라집니다. "
            "x.exp()처럼 Value의 연산을 쓰거나, 숫자만 필요하면 x.data를 쓰세요.",
            "float() of {v} would leave the graph, and its gradient would be lost: "
            "write an operation of Values, as x.exp(), or x.data if only the number "
            "is wanted",
        ),
        "grad_overflow": (
            "backward: {v}의 기울기가 float에 담기에는 너무 큽니다.",
            "backward: the grad of {v} is too large for a float",
        ),
        "grad_no_number": (
            "backward: {v}의 grad는 {kind}이라서 더할 수 없습니다. "
            "먼저 grad = 0.0으로 두거나 zero_grad()를 부르세요.",
            "backward: nothing can be added to the grad of {v}, a {kind}: "
            "set grad = 0.0 before, or call zero_grad()",
        ),
        "lost_no_grad": (
            "{what}: {v:은/는} no_grad 안에서 계산되어 계산 그래프가 없습니다. "
            "no_grad 밖에서 다시 계산하세요.",
            "{what}: {v} was computed inside no_grad and has no graph; "
            "compute it outside",
        ),
        "lost_copy": (
            "{what}: {v:은/는} 복사본이라서 계산 그래프가 없습니다. 원본에서 부르세요.",
            "{what}: {v} is a copy and has no graph; call it on the original",
        ),
        "lost_detach": (
            "{what}: {v:은/는} detach()의 결과라서 계산 그래프가 없습니다.",
            "{what}: {v} was made by detach() and has no graph",
        ),
        "lost_gradient": (
            "{what}: {v:은/는} create_graph 없이 구한 기울기라서 계산 그래프가 "
            "없습니다. grad(..., create_graph=True)로 구하세요.",
            "{what}: {v} is a gradient made without its graph; "
            "make it by grad(..., create_graph=True)",
        ),
        "no_grad_generator": (
            "no_grad: {name:은/는} 멈췄다 이어지는 함수라서 꾸밀 수 없습니다. "
            "함수 안에서 yield나 await가 없는 부분만 with no_grad(): 로 감싸세요.",
            "no_grad cannot decorate {name}, which stops and goes on; write "
            "`with no_grad():` inside it, around what does not yield or await",
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
        "tangents": (
            "jvp: 입력은 {n}개인데 접벡터의 수는 {m}개입니다. 개수가 같아야 합니다.",
            "jvp: {m} tangents for {n} inputs; there must be as many",
        ),
        "no_list": (
            "{who}: {x}의 자료형은 {kind}입니다. 수의 리스트가 필요합니다.",
            "{who}: {x} is a {kind}; a list of numbers is needed",
        ),
        "takes": (
            "{who}: 수 {n}개를 f(*xs)로 넘기는데 {f:은/는} 그렇게 받지 않습니다. "
            "리스트 하나를 받는 함수라면 lambda *xs: {f}(xs)로 쓰세요.",
            "{who}: f is called as f(*xs) with {n} numbers, which {f} does not take; "
            "if it takes one list, write lambda *xs: {f}(xs)",
        ),
        "gradcheck": (
            "gradcheck: {x}에서 입력 {i}의 기울기가 다릅니다. "
            "backward는 {exact}, 중앙 차분은 {numeric}입니다.",
            "gradcheck: input {i} at {x}: backward gives {exact}, "
            "central differences {numeric}",
        ),
    }
)
