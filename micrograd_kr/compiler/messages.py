"""What compiled programs say, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        "no_numpy": (
            "compile에는 NumPy가 필요합니다. 설치: python -m pip install numpy",
            "compile needs NumPy; to install it: python -m pip install numpy",
        ),
        "no_input": (
            "program: {unknown:이라는/라는} 입력은 없습니다. 입력은 다음과 같습니다: "
            "{known}",
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
            "compile: 입력 {name:은/는} 정수입니다. 정수로 매개변수를 고르려면 손실 "
            "대신 손실을 기록하는 함수를 주세요. 그렇지 않으면 쓰기 전에 Value로 "
            "만드세요.",
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
        "independent": (
            "compile: 손실 {loss:은/는} 매개변수 {n}개 중 어느 것에도 의존하지 "
            "않습니다.",
            "compile: the loss {loss} depends on none of the {n} parameters",
        ),
        "no_inputs": (
            "compile: inputs는 dict여야 합니다({kind:은/는} 안 됩니다). "
            '예: inputs={{"X": X}}',
            'compile: inputs is a {kind}; give a dict: inputs={{"X": X}}',
        ),
        "same_names": (
            "compile: 입력 {names} 중 둘은 Python에게 같은 이름입니다. "
            "Python은 이름을 NFKC로 바꾼 뒤 비교합니다.",
            "compile: two of the inputs {names} are one name to Python, which "
            "compares names after NFKC",
        ),
        "no_name": (
            "compile: 입력의 이름으로 {name!r:은/는} 쓸 수 없습니다. "
            "program의 인자가 되기 때문입니다.",
            "compile: an input cannot be named {name!r}: it becomes an argument of "
            "the program",
        ),
        "no_batch": (
            "compile: batch의 {name!r:은/는} 입력 {known} 중에 없습니다.",
            "compile: {name!r} in batch is none of the inputs {known}",
        ),
        "parameters": ("매개변수", "parameters"),
        "input": ("입력 {name!r}", "input {name!r}"),
        "twice": (
            "compile: {v:이/가} {place}에 있는데 앞의 {before}에도 있습니다.",
            "compile: {v} is listed in the {place} and before in the {before}",
        ),
        "computed_input": (
            "compile: 입력 {name!r}의 {v:은/는} {op:으로/로} 계산된 값입니다. "
            "입력은 계산 그래프의 잎이어야 합니다.",
            "compile: {v} in input {name!r} was computed by {op}; inputs are leaves",
        ),
        "computed_parameter": (
            "compile: 매개변수 {p:은/는} {op:으로/로} 계산된 값입니다. "
            "매개변수는 계산 그래프의 잎이어야 합니다.",
            "compile: the parameter {p} was computed by {op}; parameters are leaves",
        ),
        "no_value_input": (
            "compile: 입력 {name!r}의 {x:은/는} {kind}입니다. 쓰기 전에 Value로 "
            "만드세요.",
            "compile: {x} in input {name!r} is a {kind}; make it a Value before it "
            "is used",
        ),
        "no_rectangle": (
            "compile: 입력 {name!r}의 모양이 고르지 않습니다. 모양이 {shape:이/가} "
            "아닌 부분이 있습니다.",
            "compile: input {name!r} is no rectangle: it has parts of shapes {shape} "
            "and others",
        ),
        "no_library": (
            "compile: xp로 {name:은/는} 쓸 수 없습니다. "
            "numpy나 jax.numpy 모듈을 주세요.",
            "compile: xp is {name}; give one of the modules numpy and jax.numpy",
        ),
        "loss_no_value": (
            "compile: 손실 {loss}의 자료형은 {kind}입니다. Value가 필요합니다.",
            "compile: the loss is {loss}, a {kind}; a Value is needed",
        ),
        "parameter_no_value": (
            "compile: 매개변수 {p}의 자료형은 {kind}입니다. Value가 필요합니다.",
            "compile: the parameter {p} is a {kind}; a Value is needed",
        ),
        "branch": (
            "compile: {v:은/는} Python의 비교에 쓰여서 한쪽 분기만 기록되었습니다. "
            "if 대신 maximum, minimum, relu, abs를 쓰거나, 분기를 고정하려면 "
            ".data를 비교하세요.",
            "compile: {v} took part in a Python comparison, which recorded one branch "
            "only; use maximum, minimum, relu or abs instead of if, or compare .data "
            "if the branch is meant to be fixed",
        ),
        "no_params": (
            "compile: 매개변수는 Value나 Value의 리스트여야 합니다"
            "({kind:은/는} 안 됩니다). model.parameters()를 주세요.",
            "compile: the parameters are a {kind}; give a Value or a list of them, "
            "such as model.parameters()",
        ),
    }
)
