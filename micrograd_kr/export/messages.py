"""What the exports to PyTorch and ONNX say, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        "missing": (
            "{what}에는 {name:이/가} 필요합니다: pip install {name}",
            "{what} needs {name}: pip install {name}",
        ),
        # ---- a network of this package
        "own_code": (
            "{what:은/는} MLP, Layer, Neuron만 내보냅니다. {kind:이/가} 계산하는 것은 "
            "그 클래스의 코드에만 있습니다",
            "{what} knows MLP, Layer and Neuron; what {kind} computes is in its own "
            "code",
        ),
        "function": (
            "{what}: {i}번 층의 활성화 함수가 직접 만든 함수입니다. 이름이 있는 활성화 "
            "함수만 내보낼 수 있습니다",
            "{what}: the activation of layer {i} is a function; one known by name is "
            "needed",
        ),
        "mixed": (
            "{what}: {i}번 층의 뉴런은 활성화 함수가 {one}, {other:으로/로} 서로 "
            "다릅니다. 층마다 하나여야 합니다",
            "{what}: layer {i} has neurons of {one} and of {other}; it must be one",
        ),
        # ---- a network of PyTorch
        "no_module": (
            "from_torch: {given:은/는} PyTorch의 모듈이 아닙니다",
            "from_torch: {given} is not a module of PyTorch",
        ),
        "no_linear": (
            "from_torch: 안에 Linear가 없습니다",
            "from_torch: there is no Linear in it",
        ),
        "sizes": (
            "{where:은/는} 입력 {nin}개를 받는데 앞 층의 출력은 {n}개입니다",
            "{where}, takes {nin} inputs after {n} outputs",
        ),
        "complex": (
            "{where}의 가중치는 복소수입니다. Value는 실수입니다",
            "{where}, has complex weights; a Value is real",
        ),
        "alone": (
            "{where:이/가} Linear 바로 뒤에 있지 않습니다. MLP에는 Linear마다 활성화 "
            "함수가 하나 있습니다",
            "{where}, does not follow a Linear; an MLP has one activation after each",
        ),
        "hooks": (
            "{where}에 훅이 있습니다. 훅은 무엇이든 계산할 수 있어 옮길 수 없습니다",
            "{where}, has hooks, which may compute anything",
        ),
        "unsupported": (
            "{where:은/는} 옮길 수 없습니다. 옮길 수 있는 것: Linear, {known}, "
            "Identity, Sequential",
            "{where}, is not supported; Linear, {known}, Identity and Sequential are",
        ),
        "other_curve": (
            "{where:은/는} 여기의 {name:과/와} 다릅니다. {x}에서 {theirs}, 여기서는 "
            "{ours}입니다",
            "{where}, is not the {name} of the table: {theirs} and not {ours} at {x}",
        ),
        "not_in_torch": (
            "to_torch: PyTorch에 {name:이/가} 없습니다",
            "to_torch: PyTorch has no {name}",
        ),
        # ---- ONNX
        "dtype": (
            "to_onnx: dtype에는 'float32'나 'float64'를 줍니다. {dtype:은/는} 쓸 수 "
            "없습니다",
            "to_onnx: dtype {dtype} is not 'float32' or 'float64'",
        ),
        "too_large": (
            "to_onnx: {name}의 어떤 수가 {dtype}에 담기에는 너무 큽니다. "
            "dtype='float64'를 쓰세요",
            "to_onnx: a number of {name} is too large for {dtype}; use dtype='float64'",
        ),
        "float32_only": (
            "to_onnx: onnxruntime은 {name:을/를} float32로만 계산합니다. "
            "dtype='float32'를 쓰세요",
            "to_onnx: onnxruntime computes {name} in float32 only; use dtype='float32'",
        ),
        "not_in_onnx": (
            "to_onnx: ONNX에는 {text:이/가} 없습니다",
            "to_onnx: ONNX has no {text}",
        ),
    }
)
