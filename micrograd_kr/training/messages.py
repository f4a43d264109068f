"""What training says, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        # ---- the loop
        "diverged": (
            "fit: {epoch}번째 에폭에서 발산했습니다(마지막 손실: {last}). "
            "학습률을 낮추세요.",
            "fit: it diverged in epoch {epoch}, after losses of {last}; "
            "lower the learning rate",
        ),
        "drops": (
            "{who}: 이 모델의 Dropout은 표본마다 다른 수를 빼는데, 프로그램은 기록한 "
            "것만 되풀이합니다. compiled=False로 학습하거나 model.eval()을 먼저 "
            "부르세요.",
            "{who}: the Dropout of this model leaves out others each time, and a "
            "program repeats what was recorded. Train with compiled=False, or call "
            "model.eval() before",
        ),
        "no_mean": (
            "{who}에는 표본에 대한 평균인 손실이 필요합니다. "
            "처음 몇 표본의 손실은 {whole}인데 평균은 {mean}입니다. "
            "합을 표본 수로 나누세요.",
            "{who} needs a loss that is a mean over the samples; of the "
            "first few it is {whole} and their mean is {mean}. Divide the sum by len",
        ),
        # ---- what is given to it
        "no_samples": (
            "{who}: {name}의 자료형은 {kind}입니다. 표본의 리스트나 배열이 필요합니다.",
            "{who}: {name} is a {kind}; a list or an array of samples is needed",
        ),
        "no_pair": (
            "{who}: validation의 자료형은 {kind}입니다. (X, y)를 주세요.",
            "{who}: validation is a {kind}; give (X, y)",
        ),
        "model_class": (
            "{who}: 모델로 클래스 {name:을/를} 받았습니다. "
            "{name}(...)처럼 하나 만들어서 주세요.",
            "{who}: the model is the class {name}; make one of it: {name}(...)",
        ),
        "no_model": (
            "{who}: 모델의 자료형은 {kind}입니다. Module이나 표본의 함수가 필요합니다.",
            "{who}: the model is a {kind}; a Module or a function of a sample is "
            "needed",
        ),
        "no_callbacks": (
            "fit: callbacks의 자료형은 {kind}입니다. 함수의 리스트가 필요합니다.",
            "fit: callbacks is a {kind}; a list of functions is needed",
        ),
        "lengths": (
            "{who}: X에는 표본이 {n}개, y에는 목푯값이 {m}개 있습니다. "
            "수가 같고 1 이상이어야 합니다.",
            "{who}: {n} samples in X and {m} targets in y; "
            "they must be as many, and at least 1",
        ),
        "words": (
            "{who}: 목푯값 {x:은/는} 문자열입니다. "
            "클래스는 0부터 센 정수여야 합니다: 0, 1, 2, ...",
            "{who}: the target {x} is text; number the classes from 0: 0, 1, 2, ...",
        ),
        "whole": (
            "{name} {x} 대신 정수가 필요합니다.",
            "{name} must be a whole number, not {x}",
        ),
        "at_least": (
            "{name}에는 {least} 이상의 수가 필요합니다. 지금은 {x}입니다.",
            "{name} must be at least {least}, not {x}",
        ),
        "no_choice": (
            "fit: {name}에 {x:은/는} 쓸 수 없습니다. 쓸 수 있는 이름: {known}. "
            "{own:을/를} 직접 줄 수도 있습니다.",
            "fit: {name} cannot be {x}; known are {known}, or give {own} of your own",
        ),
        "own_loss": (
            "(출력, 목푯값)의 함수",
            "a function of outputs and targets",
        ),
        "own_optimizer": ("SGD(parameters, lr=0.1)", "SGD(parameters, lr=0.1)"),
        "what_to_learn": (
            "fit: 모델에 parameters()가 없습니다. 무엇을 학습할지 알려 주세요: "
            "optimizer=SGD([w, b], lr=0.1)",
            "fit: the model has no parameters(); say what is to be learned: "
            "optimizer=SGD([w, b], lr=0.1)",
        ),
        "other_model": (
            "fit: 옵티마이저에 이 모델의 파라미터가 하나도 없습니다. "
            "이 모델로 다시 만드세요.",
            "fit: the optimizer holds none of the model's parameters; "
            "make it anew for this model",
        ),
        # ---- progress
        "epoch": ("에폭", "epoch"),
        "loss": ("손실", "loss"),
        "validation_loss": ("검증 손실", "validation loss"),
        "metric": ("지표", "metric"),
        "accuracy": ("정확도", "accuracy"),
        "early": (
            "{epochs}에폭 중 {n}에폭에서 일찍 멈췄습니다. 모델은 배운 것을 간직합니다.",
            "early stop after {n} of {epochs} epochs; the model keeps what it learned",
        ),
        "interrupted": (
            "{epochs}에폭 중 {n}에폭에서 중단했습니다. 모델은 배운 것을 간직합니다.",
            "interrupted after {n} of {epochs} epochs; the model keeps what it learned",
        ),
        # ---- data
        "needs": (
            "{what}에는 {library:이/가} 필요합니다. 설치: {command}",
            "{what} needs {library}; to install it: {command}",
        ),
        "few_samples": (
            "n_samples={n:은/는} 너무 적습니다. 클래스 {classes}개에 하나씩은 "
            "있어야 합니다.",
            "n_samples={n} is too few: {classes} classes need at least one each",
        ),
        "counts": (
            "n_samples={given}: 클래스가 {classes}개이므로 수가 {classes}개 "
            "필요합니다.",
            "n_samples={given}: there are {classes} classes, "
            "and a number is needed for each",
        ),
        "noise": (
            "{name}={x}: 표준편차이므로 0 이상의 수여야 합니다.",
            "{name}={x}: it is a standard deviation, a number that is not negative",
        ),
        "seed": (
            "seed={x}: 정수가 필요합니다.",
            "seed={x}: a whole number is needed",
        ),
        "factor": (
            "factor는 안쪽 원의 반지름으로, 0 이상 1 미만입니다. 지금은 {x}입니다.",
            "factor is the radius of the inner circle, from 0 to below 1, not {x}",
        ),
        "empty_part": (
            "train_test_split: 표본 {n}개에 test_size={test_size}이면 "
            "한쪽이 비게 됩니다.",
            "train_test_split: test_size={test_size} of {n} samples "
            "leaves one part empty",
        ),
        "csv_columns": (
            "{line}번째 줄: 열이 {n}개입니다. "
            "두 수와 분류 하나, 곧 세 열이 필요합니다.",
            "line {line}: {n} columns; two numbers and a class are needed, "
            "which is three.",
        ),
        "csv_number": (
            "{line}번째 줄: 수가 아닙니다: {text}",
            "line {line}: {text} is not a number.",
        ),
        "csv_few": (
            "점이 {n}개뿐입니다. 분류가 둘 이상, 점이 넷 이상이어야 합니다.",
            "only {n} points; at least four points in two classes are needed.",
        ),
        "csv_many": (
            "분류가 {n}가지입니다. 10가지까지 됩니다.",
            "{n} classes; at most 10 can be told apart.",
        ),
        # ---- pages
        "no_run": (
            "이 기록에는 다시 보여 줄 학습이 없습니다. "
            "fit이 만든 기록만 저장할 수 있습니다.",
            "this history has no run to replay; one that fit made can be saved",
        ),
        "unlike": (
            "watch: 표본 {i}의 수는 {n}개인데 첫 표본의 수는 {first}개입니다. "
            "모든 표본과 목푯값은 모양이 같아야 합니다.",
            "watch: sample {i} has {n} numbers and the first has {first}; all samples "
            "and targets must be alike",
        ),
        "no_rule": (
            "watch: {who}의 규칙은 페이지에 없습니다. SGD, Adam, AdamW를 쓰세요.",
            "watch: the page does not have the rule of {who}; take SGD, Adam or AdamW",
        ),
        # ---- pictures
        "boundary": ("결정 경계", "Decision boundary"),
        "class": ("클래스 {c}", "class {c}"),
        "loss_curve": ("손실", "Loss"),
        "training": ("훈련", "training"),
        "validation": ("검증", "validation"),
        "derivative": ("f′(x) 도함수", "f′(x) derivative"),
        "weights": ("가중치", "Weights"),
        "weight": ("가중치", "weight"),
        "count": ("개수", "count"),
        "axes": (
            "ax에는 한글 글꼴이 있는 plot.figure()의 축이 필요합니다.",
            "ax must be one of the axes of plot.figure(), whose fonts have Hangul",
        ),
        "no_plane": (
            "decision_boundary: 표본은 수 2개의 리스트여야 하고, "
            "하나 이상 있어야 합니다.",
            "decision_boundary: the samples must be lists of 2 numbers, "
            "and at least one",
        ),
        "no_curve": (
            "activation_curve: {name:은/는} 피연산자가 하나인 연산이 아닙니다.",
            "activation_curve: {name} is no op of one operand in the table",
        ),
    }
)
