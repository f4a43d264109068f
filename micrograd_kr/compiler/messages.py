"""What compiled programs say, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
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
        "no_params": (
            "compile: 매개변수는 Value나 Value의 리스트여야 합니다({kind:은/는} 안 됩니다). "
            "model.parameters()를 주세요.",
            "compile: the parameters are a {kind}; give a Value or a list of them, "
            "such as model.parameters()",
        ),
    }
)
