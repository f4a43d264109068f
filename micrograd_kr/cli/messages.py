"""What the command line says, in Korean and English."""

from ..text import Messages

EXAMPLES = """{examples}:
  micrograd_kr step "relu(a*b + c)" a=2 b=-3 c=10
  micrograd_kr step "d = a*b; L = relu(d + c)" a=2 b=-3 c=10 --html steps.html
  micrograd_kr draw "tanh(w*x + b)" w=0.5 x=1 b=0.1 -o neuron.svg
  micrograd_kr play spirals --layers 16 16 --activation relu"""

say: Messages = Messages(
    {  # Korean, English
        "syntax": ("식을 읽을 수 없습니다: {reason}", "this cannot be read: {reason}"),
        "too_long": (
            "식이 너무 깁니다: {n}자 (최대 {most}자)",
            "the expression is too long: {n} characters of at most {most}",
        ),
        "too_deep": (
            "괄호나 연산이 너무 깊습니다 (최대 {most}겹)",
            "nested too deeply (at most {most} levels)",
        ),
        "empty": ("식이 비어 있습니다", "the expression is empty"),
        "not_allowed": (
            "여기에는 쓸 수 없습니다."
            " 이름, 숫자, + - * / **, 괄호, 함수({functions})만 됩니다",
            "not allowed: only names, numbers, + - * / **, parentheses and"
            " functions ({functions}) are",
        ),
        "slip": (
            "{typed} 대신 {instead:이라고/라고} 씁니다",
            "{typed} is written {instead} here",
        ),
        "target": (
            "= 왼쪽에는 이름 하나만 옵니다: d = a*b",
            "only a single name stands left of =: d = a*b",
        ),
        "twice": (
            "{name:은/는} 이미 있습니다. 다른 이름을 쓰세요",
            "{name} exists already; take another name",
        ),
        "is_function": (
            "{name:은/는} 함수 이름입니다. 다른 이름을 쓰세요",
            "{name} is a function; take another name",
        ),
        "unknown_name": (
            "{name}의 값이 없습니다. {name}={example}처럼 주세요{hint}",
            "{name} has no value; give one: {name}={example}{hint}",
        ),
        "unknown_function": (
            "{name:이라는/라는} 함수는 없습니다{hint}",
            "there is no function {name}{hint}",
        ),
        "hint": (" (혹시 {names}?)", " (did you mean {names}?)"),
        "unused": (
            "{name:은/는} 식에 쓰이지 않습니다",
            "{name} is not used in the expression",
        ),
        "no_name": (
            "; 앞의 식에는 이름을 붙이세요: d = a*b",
            "what stands before a ; needs a name: d = a*b",
        ),
        "engine": ("{text}", "{text}"),
        "signature": ("{call}처럼 씁니다", "it is written {call}"),
        "no_variable": (
            "변수가 없습니다. 예: x = 3; x**2",
            "there is no variable in it; for example x = 3; x**2",
        ),
        "bad_number": (
            "{name}={value}: {value:은/는} 유한한 실수가 아닙니다",
            "{name}={value}: {value} is not a finite number",
        ),
        "bad_assignment": (
            "{text!r}: 이름=숫자 꼴로 주세요. 예: a=2",
            "{text!r}: write name=number, for example a=2",
        ),
        # the command line
        "about": (
            "식 하나를 계산 그래프로 만들어 한 단계씩 따라가거나 그림으로 저장합니다.",
            "Make a computation graph of an expression: step through it or draw it.",
        ),
        "examples": (
            EXAMPLES.format(examples="예"),
            EXAMPLES.format(examples="examples"),
        ),
        "usage": ("사용법: ", "usage: "),
        "positionals": ("인자", "arguments"),
        "options": ("옵션", "options"),
        "commands": ("명령", "commands"),
        "command": ("명령", "COMMAND"),
        "expression": ("식", "EXPRESSION"),
        "name_number": ("이름=숫자", "NAME=NUMBER"),
        "name": ("이름", "NAME"),
        "file": ("파일", "FILE"),
        "folder": ("폴더", "FOLDER"),
        "about_step": (
            "순전파와 역전파를 한 노드씩 보여 줍니다",
            "show the forward and the backward pass, one node at a time",
        ),
        "about_draw": (
            "계산 그래프를 그림으로 저장합니다",
            "write the graph as a picture",
        ),
        "about_play": (
            "신경망이 배우는 페이지를 만들어 엽니다",
            "write the page where a network learns, and open it",
        ),
        "data": ("데이터", "DATA"),
        "arg_data": (
            "{names} 가운데 하나, 또는 CSV 파일(두 열과 분류). 기본값 moons",
            "one of {names}, or a CSV file of two columns and a class (default: moons)",
        ),
        "arg_layers": (
            "은닉층마다 뉴런의 수 (기본값 8 8)",
            "the neurons of each hidden layer (default: 8 8)",
        ),
        "arg_activation": (
            "은닉층의 활성화 함수 (기본값 tanh): {names}",
            "the activation of the hidden layers (default: tanh): {names}",
        ),
        "arg_play_html": (
            "저장할 파일 (기본값 play.html)",
            "the file that is written (default: play.html)",
        ),
        "deepest": (
            "--layers: 은닉층은 {most}개까지 됩니다. 지금은 {n}개입니다",
            "--layers: at most {most} hidden layers, not {n}",
        ),
        "widest": (
            "--layers: 한 층의 뉴런은 1개부터 {most}개까지입니다. {n:은/는} 안 됩니다",
            "--layers: a layer has 1 to {most} neurons, not {n}",
        ),
        "no_data": (
            "{name:이라는/라는} 데이터는 없습니다. "
            "있는 것: {names}. 자기 데이터는 .csv 파일로 주세요",
            "no data are called {name}; there are {names}, or give a .csv file",
        ),
        "about_check": (
            "여러분이 만든 엔진을 단계마다 확인합니다",
            "check an engine of your own, stage by stage",
        ),
        "about_quiz": (
            "점점 어려워지는 식의 기울기를 묻습니다",
            "be asked for gradients, of rising difficulty",
        ),
        "arg_seed": (
            "문제의 번호: 같은 번호는 같은 문제입니다 (기본값은 아무 번호)",
            "which quiz: the same number, the same quiz (default: any)",
        ),
        "arg_level": (
            "1 이어진 연산, 2 여러 번 쓰인 값, 3 ReLU, 4 뉴런, 5 softmax."
            " 없으면 하나씩",
            "1 a chain, 2 used again, 3 ReLU, 4 a neuron, 5 softmax; without it one of"
            " each",
        ),
        "check_codes": (
            "종료 코드: 0 모두 통과, 1 통과하지 못한 단계가 있음, 2 실행할 수 없음.",
            "exit code: 0 all passed, 1 a stage did not, 2 it cannot be run.",
        ),
        "stage": ("단계", "STAGE"),
        "arg_engine": (
            "class Value가 있는 파이썬 파일",
            "a Python file with a class Value",
        ),
        "arg_until": (
            "이 단계까지만 봅니다: {names}",
            "go no further than this stage: {names}",
        ),
        "arg_seconds": (
            "이 시간이 지나면 멈춥니다 (기본값 20초)",
            "end it after so many seconds (default: 20)",
        ),
        "arg_new": (
            "빈칸이 있는 틀을 이 이름으로 만듭니다",
            "write a template to fill in under this name",
        ),
        "is_there": (
            "{path:은/는} 이미 있습니다. 다른 이름을 주세요",
            "{path} exists already; give another name",
        ),
        "about_course": (
            "강의를 작은 사이트로 만듭니다",
            "write the course: a small site of lessons",
        ),
        "arg_site": (
            "사이트를 저장할 폴더 (기본값: site)",
            "the folder of the site (default: site)",
        ),
        "arg_quick": (
            "데모를 짧게 돌립니다: 30초쯤, 그림은 덜 배운 신경망입니다",
            "run the demos short: half a minute; their networks learn little",
        ),
        "about_demo": ("데모를 보여 주거나 실행합니다", "list the demos, or run one"),
        "arg_help": ("이 도움말을 보여 줍니다", "show this help"),
        "arg_version": ("버전을 보여 줍니다", "show the version"),
        "arg_demo": (
            "데모의 이름. 없으면 목록을 보여 줍니다",
            "which one; without it they are listed",
        ),
        "arg_rest": (
            "데모에 넘길 인자. 예: --epochs 50",
            "arguments of the demo, such as --epochs 50",
        ),
        "arg_expression": (
            "식. 예: 'relu(a*b + c)'."
            " ;로 나누면 중간 값에 이름이 붙습니다: 'd = a*b; relu(d + c)'",
            "such as 'relu(a*b + c)';"
            " with ; the parts get names: 'd = a*b; relu(d + c)'",
        ),
        "arg_values": ("변수의 값. 예: a=2 b=-3", "what the variables are: a=2 b=-3"),
        "arg_html": (
            "한 장으로 된 웹 페이지로 저장합니다",
            "write one web page that plays the steps",
        ),
        "arg_svg": (
            "역전파를 마친 그래프를 그림으로 저장합니다",
            "write the picture of the finished backward pass",
        ),
        "arg_frames": (
            "단계마다 SVG 하나씩 폴더에 저장합니다",
            "write an SVG for each step into a folder",
        ),
        "arg_output": (
            "저장할 파일: .svg .png .pdf .dot .mmd (기본값 graph.svg)",
            "the file: .svg, .png, .pdf, .dot or .mmd (default: graph.svg)",
        ),
        "arg_open": ("저장한 파일을 엽니다", "open what was written"),
        "arg_out": (
            "결과를 저장할 폴더 (기본값: out)",
            "the folder for what is written (default: out)",
        ),
        "arg_number": ("(기본값: {default})", "(default: {default})"),
        "arg_lang": (
            "글의 언어 (기본값은 시스템 언어)",
            "language of the text (default: that of the locale)",
        ),
        "functions": (
            "함수: {functions}.\n"
            "목록을 받는 함수는 [ ]를 씁니다: sum([a, b]), dot([a, b], [c, d]).",
            "functions: {functions}.\n"
            "Those that take lists are written with [ ]:"
            " sum([a, b]), dot([a, b], [c, d]).",
        ),
        "forward": (
            "순전파: 입력에서 결과로",
            "forward pass: from the inputs to the result",
        ),
        "backward": (
            "역전파: 결과에서 입력으로",
            "backward pass: from the result to the inputs",
        ),
        "prompt": (
            "[Enter] 다음  [b] 뒤로  [w] 왜?  [q] 끝내기 > ",
            "[Enter] next  [b] back  [w] why?  [q] quit > ",
        ),
        "unknown_key": (
            "{typed:은/는} 없는 키입니다. Enter, b, w, q 가운데 하나를 누르세요.",
            "there is no key {typed}: press Enter, b, w or q.",
        ),
        "wrote": ("저장했습니다: {path}", "wrote {path}"),
        "wrong": ("오류: {text}", "error: {text}"),
        "no_such_file": (
            "{path}: 그런 파일이나 폴더가 없습니다",
            "{path}: there is no such file or folder",
        ),
        "no_permission": (
            "{path}: 이 파일이나 폴더를 쓰거나 읽을 권한이 없습니다",
            "{path}: reading or writing there is not allowed",
        ),
        "folder_for_file": (
            "{path}: 폴더입니다. 파일의 이름을 주세요",
            "{path} is a folder; give the name of a file",
        ),
        "file_for_folder": (
            "{path}: 파일입니다. 폴더의 이름을 주세요",
            "{path} is a file; give the name of a folder",
        ),
        "no_folder": (
            "{path}: 단계마다 파일이 하나씩 생기므로 폴더의 이름을 주세요",
            "{path}: a file for each step is written; give the name of a folder",
        ),
        "no_demo": (
            "{name:이라는/라는} 데모는 없습니다. 있는 것: {names}",
            "no demo is called {name}; there are {names}",
        ),
        "needs_libraries": (
            "이 데모에 필요한 라이브러리가 없습니다. 설치하세요: {command}",
            "libraries of this demo are missing; install them: {command}",
        ),
        # what argparse says
        "required": ("빠진 인자가 있습니다: {names}", "missing: {names}"),
        "unrecognized": ("알 수 없는 인자입니다: {names}", "unknown: {names}"),
        "invalid_choice": (
            "{name}: {value:은/는} 쓸 수 없습니다. 고를 수 있는 것: {names}",
            "{name}: {value} is none of {names}",
        ),
        "invalid_value": (
            "{name}: {value:은/는} 맞지 않는 값입니다",
            "{name}: {value} is not a value it takes",
        ),
        "expected_argument": (
            "{name}: 뒤에 값이 와야 합니다",
            "{name} needs a value behind it",
        ),
        "ignored": (
            "{name}: 값을 받지 않습니다: {value}",
            "{name} takes no value: {value}",
        ),
    }
)
