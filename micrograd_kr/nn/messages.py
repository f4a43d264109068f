"""What networks, losses, optimizers and model files say, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        # ---- how a network is made
        "forward": (
            "{who}에는 forward(self, x)가 필요합니다",
            "{who} needs a forward(self, x)",
        ),
        "no_inputs": (
            "Neuron에는 입력이 1개 이상 필요합니다. {n}개로는 만들 수 없습니다",
            "Neuron needs at least 1 input, not {n}",
        ),
        "no_neurons": (
            "Layer에는 뉴런이 1개 이상 필요합니다. {n}개로는 만들 수 없습니다",
            "Layer needs at least 1 neuron, not {n}",
        ),
        "no_layers": (
            "MLP에는 층이 1개 이상 필요합니다: MLP(2, [16, 1])",
            "MLP needs at least 1 layer: MLP(2, [16, 1])",
        ),
        "width": (
            "{who}: 크기 {x!r:은/는} 정수가 아닙니다",
            "{who}: the size {x!r} is not a whole number",
        ),
        "widths": (
            "MLP: 층의 크기는 리스트 하나로 줍니다: MLP({nin}, {widths})",
            "MLP: the widths of the layers are one list: MLP({nin}, {widths})",
        ),
        "activation": (
            "활성화 함수 {name!r:은/는} 없습니다. 쓸 수 있는 것(비슷한 순서): {known}. "
            "선형이면 None, 직접 만든 것이면 Value의 함수를 줍니다",
            "activation {name!r} is not one of {known}, None or a function of a Value",
        ),
        "activation_kind": (
            "활성화 함수가 {given!r}입니다. 선형이면 activation=None, "
            "아니면 'relu' 같은 이름이나 Value의 함수를 줍니다",
            "activation is {given!r}; give None for a linear neuron, "
            "a name such as 'relu', or a function of a Value",
        ),
        "init": (
            "init {name!r:은/는} he, xavier, uniform 가운데 하나가 아닙니다",
            "init {name!r} is not one of he, xavier, uniform",
        ),
        "per_layer": (
            "MLP: 층은 {layers}개인데 {what:은/는} {n}개입니다. "
            "하나만 주거나 층마다 하나씩 줍니다",
            "MLP: {n} of {what} for {layers} layers; give one, or one for each layer",
        ),
        # ---- what a network is given
        "inputs": (
            "{who:은/는} 입력 {nin}개를 받는데 {n}개가 왔습니다",
            "{who} takes {nin} inputs, not {n}",
        ),
        "inputs_one": (
            "{who:은/는} 입력 1개를 받는데 {n}개가 왔습니다. "
            "샘플이 여러 개라면 하나씩 줍니다: [model(x) for x in X]",
            "{who} takes 1 inputs, not {n}; "
            "several samples are given one by one: [model(x) for x in X]",
        ),
        "batch": (
            "{who:은/는} 샘플 하나, 곧 숫자 {nin}개를 받습니다. "
            "샘플이 여러 개라면 하나씩 줍니다: [model(x) for x in X]",
            "{who} takes one sample, {nin} numbers; "
            "several samples are given one by one: [model(x) for x in X]",
        ),
        "no_sample": (
            "{who}: {x!r}의 자료형은 {kind}입니다. 숫자 {nin}개의 리스트가 필요합니다",
            "{who}: {x!r} is a {kind}; a list of {nin} numbers is needed",
        ),
        # ---- parameters
        "hidden": (
            "{who}의 {name} 안에 있는 Value는 파라미터로 찾을 수 없습니다"
            "({kind}에는 순서나 이름이 없습니다). "
            "리스트, 튜플, 딕셔너리, Module 가운데 하나에 넣으세요",
            "{who}: the Values in {name} cannot be found as parameters, because it is "
            "a {kind}; keep them in a list, a tuple, a dict or a Module",
        ),
        # ---- losses
        "counts": (
            "{what}: 출력은 {outputs}, 정답은 {targets}입니다. 개수가 같아야 합니다",
            "{what}: outputs: {outputs}, targets: {targets}; they must be as many",
        ),
        "single": ("하나", "a single one"),
        "no_samples": ("{what}: 샘플이 없습니다", "{what}: no samples"),
        "target": (
            "{what}: 정답 {target!r} 대신 {needed} 필요합니다",
            "{what}: target {target!r} must be {needed}",
        ),
        "sides": ("-1이나 1이", "-1 or 1"),
        "from_0_to_1": ("0과 1 사이의 수가", "from 0 to 1"),
        "signs": ("-1이나 1 (또는 0이나 1)이", "-1 or 1, or 0 or 1"),
        "class_or_shares": (
            "클래스 번호(정수)나 확률 리스트가",
            "a whole number, or a list of probabilities",
        ),
        "class_or_one_hot": (
            "클래스 번호(정수)나 원-핫 리스트가",
            "a whole number, or a one-hot list",
        ),
        "shares": (
            "합이 1인 확률들이(지금은 {total})",
            "probabilities that sum to 1, not to {total}",
        ),
        "class": (
            "{what}: 클래스 {index:은/는} 0부터 {last} 사이에 없습니다",
            "{what}: class {index} is not among 0 to {last}",
        ),
        "one_or_several": (
            "cross_entropy: 숫자 {n}개와 정답 {targets}로는 샘플이 하나인지 "
            "{n}개인지 알 수 없습니다. 샘플 하나와 원-핫 정답이면 "
            "cross_entropy([z], [t]), 점수가 하나씩인 샘플 {n}개이면 "
            "binary_cross_entropy(z, t)를 씁니다",
            "cross_entropy: {n} numbers and the targets {targets} may be one sample or "
            "{n}; for one sample with its one-hot target write cross_entropy([z], "
            "[t]), for {n} samples of one score each binary_cross_entropy(z, t)",
        ),
        "no_scores": (
            "predict: 출력이 비어 있습니다",
            "predict: the output is empty",
        ),
        # ---- optimizers
        "no_parameters": (
            "{who}에 파라미터가 없습니다: {who}(model.parameters())",
            "{who} got no parameters: {who}(model.parameters())",
        ),
        "not_parameters": (
            "{who}: {given!r}의 자료형은 {kind}입니다. "
            "Module이나 Value의 리스트가 필요합니다. 예: model.parameters()",
            "{who}: {given!r} is a {kind}; "
            "a Module or a list of Values is needed, as model.parameters() is",
        ),
        "listed_twice": (
            "{who}: 같은 파라미터가 두 번 있습니다: {p!r}",
            "{who}: a parameter is listed twice: {p!r}",
        ),
        "computed": (
            "{who}: {p!r:은/는} {op} 연산의 결과입니다. 리프만 학습할 수 있습니다",
            "{who}: {p!r} was computed by {op}; only leaves can be learned",
        ),
        "setting": (
            "{who}: {name} {x!r} 대신 {needed} 필요합니다",
            "{who}: {name} must be {needed}, not {x!r}",
        ),
        "lr": ("학습률", "the learning rate"),
        "positive": ("양수가", "positive"),
        "not_negative": ("0 이상의 수가", "0 or more"),
        "below_one": ("0 이상 1 미만의 수가", "at least 0 and less than 1"),
        "pair": ("그런 수 두 개가: (0.9, 0.999)", "two of them: (0.9, 0.999)"),
        "too_far": (
            "이 스텝에서 {name}의 값이 {data!r:이/가} 됩니다(grad {grad!r}). "
            "학습률 {lr!r:을/를} 낮추세요",
            "the step makes {name} {data!r} (grad {grad!r}); "
            "lower the learning rate {lr!r}",
        ),
        "a_parameter": ("어떤 파라미터", "a parameter"),
        # ---- summary
        "layer": ("층", "layer"),
        "shape": ("모양", "shape"),
        "activation_column": ("활성화 함수", "activation"),
        "parameters": ("파라미터", "parameters"),
        "initialisation": ("초기화", "initialisation"),
        "linear": ("선형", "linear"),
        "total": ("합계", "total"),
        # ---- model files
        "cannot_load": (
            "{path!r} 파일을 불러올 수 없습니다: {reason}",
            "cannot load {path!r}: {reason}",
        ),
        "cannot_save": (
            "{path!r} 파일로 저장할 수 없습니다: {reason}",
            "cannot save {path!r}: {reason}",
        ),
        "same_name": (
            "save: 이름이 {name!r}인 파라미터가 둘입니다. "
            "모델의 속성 하나의 이름을 바꾸세요",
            "save: two parameters are called {name!r}; "
            "rename an attribute of the model",
        ),
        "other_setting": (
            "{field:이/가} 파일에는 {theirs}, 모델에는 {mine}입니다",
            "its {field} is {theirs}, and the model's {mine}",
        ),
        "not_built": (
            "이름이 있는 활성화 함수만 쓴 MLP가 아니어서 모델을 만드는 방법이 적혀 "
            "있지 않습니다. 모델을 만든 다음 그 모델의 load(path)를 쓰세요",
            "it does not say how the model is built, because that was not an MLP of "
            "activations known by name; build the model and use its load(path)",
        ),
        "no_file": ("폴더나 장치입니다", "a folder or a device, not a file"),
        "too_large": (
            "모델 파일의 한도인 {most:,}바이트보다 큽니다",
            "larger than {most:,} bytes, the most a model file may have",
        ),
        "other_parameters": (
            "모델의 파라미터가 다릅니다: {reason}",
            "the model has other parameters: {reason}",
        ),
        "shared": (
            "parameters[{name!r}]의 수는 모델에서는 다른 것과 하나이지만 "
            "파일에서는 아닙니다",
            "parameters[{name!r}] is one with another in the model, "
            "but not in the file",
        ),
        "not_utf8": (
            "UTF-8 텍스트가 아닙니다: {at}번째 바이트 {byte:#04x}",
            "not UTF-8 text: byte {byte:#04x} at position {at}",
        ),
        "too_deep": (
            "리스트나 객체가 너무 깊게 들어 있습니다",
            "lists or objects nested too deeply for a model file",
        ),
        "not_json": (
            "JSON이 아니거나 잘렸습니다: {reason}",
            "not JSON, or cut short: {reason}",
        ),
        # ---- regularization
        "probability": (
            "Dropout: p는 0부터 1까지의 확률입니다. {p:은/는} 쓸 수 없습니다",
            "Dropout: p is a probability from 0 to 1, not {p}",
        ),
        "max_norm": (
            "clip_grad_norm: max_norm은 0보다 큰 수여야 합니다. 지금은 {x}입니다",
            "clip_grad_norm: max_norm must be a positive number, not {x}",
        ),
        "grad_not_finite": (
            "clip_grad_norm: {name}.grad가 {grad}입니다. 줄일 수 없으니 학습률을 "
            "낮추세요",
            "clip_grad_norm: {name}.grad is {grad} and cannot be scaled; lower the "
            "learning rate",
        ),
        "no_model": (
            '모델 파일이 아닙니다. 맨 위에 "format": "{format}"이 있어야 합니다',
            'not a model file: it needs "format": "{format}" at the top',
        ),
        "version": (
            "version {found}입니다. 이 프로그램은 version {known}만 읽습니다",
            "version {found}; this program reads version {known}",
        ),
        "changed": (
            "sha256: 내용의 체크섬이 아닙니다. 저장한 뒤에 바뀌었습니다",
            "sha256: the checksum is not that of the contents; "
            "they were changed after saving",
        ),
        "twice": (
            "{field:이/가} 한 객체에 두 번 나옵니다",
            "{field} occurs twice in one object",
        ),
        "not_finite": (
            "{x:은/는} 유한한 수가 아닙니다",
            "{x} is not a finite number",
        ),
        "the_file": ("파일", "the file"),
        "no_object": (
            "{what:이/가} {found}입니다. 객체가 필요합니다",
            "{what} is {found}; an object is needed",
        ),
        "lacks": ("{what}에 {keys:이/가} 없습니다", "{what} lacks {keys}"),
        "unknown": (
            "{what}에 모르는 것이 있습니다: {keys}",
            "{what} has the unknown {keys}",
        ),
        "no_numbers": (
            "parameters: {found:은/는} 이름마다 수가 있는 객체가 아닙니다",
            "parameters: {found} is not an object of numbers by name",
        ),
        "no_number": (
            "parameters[{name}]: {found:은/는} 수가 아닙니다",
            "parameters[{name}]: {found} is not a number",
        ),
        "sizes": (
            "architecture: nin {nin}, nouts {nouts:은/는} 양의 정수와 그 리스트가 "
            "아닙니다",
            "architecture: nin {nin} and nouts {nouts} are not a positive whole number "
            "and a list of them",
        ),
        "layer_names": (
            "architecture: {field} {found:은/는} 층마다 이름이 하나인 리스트가 "
            "아닙니다",
            "architecture: {field} {found} is not a list of a name for each layer",
        ),
        "expand": (
            "architecture: expand {found:은/는} true도 false도 아닙니다",
            "architecture: expand {found} is not true or false",
        ),
        "other_count": (
            "architecture: 파라미터가 {n:,}개인데 파일에는 {found:,}개입니다",
            "architecture: it has {n:,} parameters, and the file {found:,}",
        ),
    }
)
