"""What compiled programs say, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        "no_numpy": (
            "compile에는 NumPy가 필요합니다. 설치: python -m pip install numpy",
            "compile needs NumPy; to install it: python -m pip install numpy",
        ),
        "no_input": (
            "program: {unknown:이라는/라는} 입력은 없습니다. 입력은 다음과 같습니다: {known}",
            "program: no input {unknown}; its inputs are {known}",
        ),
        "rows": (
            "program: 배치 입력은 행의 수가 같아야 하고 1 이상이어야 합니다: {rows}",
            "program: the inputs of a batch need equally many rows, 1 at least, "
            "not {rows}",
        ),
        "no_numbers": (
            "program: {name:은/는} {kind}입니다. {shape} 모양의 수가 필요합니다. "
            "지금의 매개변수는 program.theta()입니다.",
            "program: {name} is a {kind}; numbers of shape {shape} are needed "
            "(program.theta() gives the parameters as they are)",
        ),
        "wrong_shape": (
            "program: {name}의 모양이 {got}입니다. {shape:이/가} 필요합니다.",
            "program: {name} has shape {got}; {shape} is needed",
        ),
        "infinite_loss": (
            "program: 이 매개변수와 입력에서 손실이 {value}입니다.",
            "program: the loss is {value} at these parameters and inputs",
        ),
        "infinite_gradient": (
            "program: 이 매개변수와 입력에서 기울기가 유한하지 않습니다.",
            "program: the gradient is not finite at these parameters and inputs",
        ),
        "infinite_output": (
            "program: 이 매개변수와 입력에서 출력이 유한하지 않습니다.",
            "program: an output is not finite at these parameters and inputs",
        ),
        "not_whole": (
            "compile: 입력 {name:은/는} 정수입니다. 정수로 매개변수를 고르려면 손실 대신 "
            "손실을 기록하는 함수를 주세요. 그렇지 않으면 쓰기 전에 Value로 만드세요.",
            "compile: input {name} is made of whole numbers; to choose parameters by "
            "them, give a function that records the loss instead of the loss, "
            "otherwise make it a Value before it is used",
        ),
        "no_loss": (
            "compile: 함수는 손실인 Value를 돌려주어야 합니다({kind:은/는} 안 됩니다).",
            "compile: the function must return the loss, a Value, not a {kind}",
        ),
        "other_graph": (
            "compile: 다른 토큰으로 기록하면 다른 계산 그래프가 됩니다({what}). "
            "토큰은 매개변수의 리스트에서 위치를 고르는 데만 쓰세요: table[token]",
            "compile: recorded with other tokens it is another graph ({what}); "
            "use a token only to choose among parameters: table[token]",
        ),
        "unexplained": (
            "compile: 토큰이 무엇을 읽는지 알 수 없습니다. table[token]의 table은 "
            "매개변수의 리스트로 순서대로 놓여 있어야 하고, "
            "예로 주는 토큰에는 0이 아닌 것도 있어야 합니다.",
            "compile: no rule was found for what is read by a token; the table of "
            "table[token] must be lists of parameters in their order, and the tokens "
            "given as an example must not all be 0",
        ),
        "no_whole": (
            "program: {name}에는 정수가 필요합니다({kind:은/는} 안 됩니다).",
            "program: {name} needs whole numbers, not {kind}",
        ),
        "out_of_range": (
            "program: {name}의 {x:은/는} 범위를 벗어납니다. 0부터 {most}까지입니다.",
            "program: {x} in {name} is out of range: 0 to {most}",
        ),
        "no_params": (
            "compile: 매개변수는 Value나 Value의 리스트여야 합니다({kind:은/는} 안 됩니다). "
            "model.parameters()를 주세요.",
            "compile: the parameters are a {kind}; give a Value or a list of them, "
            "such as model.parameters()",
        ),
    }
)
