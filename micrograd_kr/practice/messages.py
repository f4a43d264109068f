"""What practice says, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        # ---- the stages of a learner's engine
        "stage_number": ("Value는 data와 grad를 가집니다", "a Value has data and grad"),
        "stage_add": ("+와 backward(), 양쪽의 숫자", "+ and backward(), and numbers"),
        "stage_mul": ("*, 양쪽의 숫자", "*, with numbers on either side"),
        "stage_chain": ("연쇄법칙: 두 단계", "the chain rule: two steps"),
        "stage_shared": ("여러 번 쓰인 값", "a value that is used again"),
        "stage_order": (
            "여러 번 쓰인 계산 결과와 순서",
            "a result that is used again: the order",
        ),
        "stage_again": (
            "backward()를 다시 부르면 쌓임",
            "backward() again: grads accumulate",
        ),
        "stage_sub": ("-, 양쪽의 숫자", "-, with numbers on either side"),
        "stage_div": ("/와 **", "/ and **"),
        "stage_relu": ("relu()", "relu()"),
        "stage_exp": ("exp()", "exp()"),
        "stage_tanh": ("tanh()", "tanh()"),
        "stage_deep": ("만 번 이어진 계산", "ten thousand operations in a row"),
        "stage_neuron": ("학습하는 뉴런", "a neuron that learns"),
        "waits": ("{stage} 다음에 봅니다", "comes after {stage}"),
        # ---- the report
        "smallest": (
            "{stage}: 틀리는 가장 작은 프로그램",
            "{stage}: the smallest program that goes wrong",
        ),
        "to_write": (
            "{stage}: 이 프로그램이 되게 하세요",
            "{stage}: the program to make work",
        ),
        "came": ("나온 값", "came"),
        "right": ("맞는 값", "right"),
        "missing": ("없음", "missing"),
        "line": ("{file} {line}번째 줄", "line {line} of {file}"),
        "passed": (
            "{of}단계 가운데 {n}단계를 통과했습니다.",
            "{n} of {of} stages passed.",
        ),
        "passed_all": (
            "{of}단계를 모두 통과했습니다. 여러분의 엔진이 구하는 기울기는 이 "
            "패키지의 것과 같습니다.",
            "All {of} stages passed: your engine finds the gradients that "
            "micrograd_kr finds.",
        ),
        "unable": (
            "{file:을/를} 실행할 수 없습니다: {reason}",
            "{file} cannot be run: {reason}",
        ),
        "no_file": (
            "그런 파일이 없습니다. --new를 붙이면 빈칸이 있는 틀을 그 이름으로 "
            "만듭니다",
            "there is no such file; --new writes a template to fill in there",
        ),
        "no_class": ("class Value가 없습니다", "there is no class Value in it"),
        "no_number": (
            "{name:은/는} 수가 아니라 {x}입니다",
            "{name} is {x}, which is no number",
        ),
        "too_slow": (
            "{seconds}초 안에 끝나지 않았습니다",
            "it was not over after {seconds} seconds",
        ),
        "python_ended": (
            "파이썬이 도중에 끝났습니다",
            "Python ended in the middle of it",
        ),
        # ---- the quiz
        "seed": (
            "문제 번호 --seed {seed}. 수나 곱(2 * -3)을 쓰세요. Enter만 누르면 답이 "
            "나오고, q는 그만두기입니다.",
            "quiz --seed {seed}. Type a number or a product (2 * -3); Enter alone "
            "shows the answer, q stops.",
        ),
        "exercise": ("{k}/{n}  {about}", "{k}/{n}  {about}"),
        "about_1": ("이어진 두 연산", "two operations in a row"),
        "about_2": ("여러 번 쓰인 값", "a value that is used again"),
        "about_3": ("켜지거나 꺼진 ReLU", "a ReLU at work, or dead"),
        "about_4": ("뉴런 하나와 제곱 오차", "a neuron and its squared error"),
        "about_5": ("softmax와 교차 엔트로피", "softmax with cross-entropy"),
        "given": ("주어진 값: {given}", "given: {given}"),
        "level": (
            "--level은 1부터 {most}까지입니다. {level:은/는} 없습니다",
            "--level is 1 to {most}; there is no {level}",
        ),
        # ---- the questions that lead on
        "ask_todo": (
            "틀린 것이 아니라 아직 비어 있는 곳입니다. 그 자리의 TODO는 무엇을 "
            "묻습니까? 이미 쓴 코드 가운데 무엇을 다시 쓸 수 있습니까?",
            "Nothing is wrong: this part is yours to write. What does its TODO ask "
            "for, and which of what you have can be used again?",
        ),
        "ask_absent": (
            "이 연산을 하는 메서드가 아직 없거나 Value가 아닌 것을 돌려줍니다. "
            "파이썬은 어떤 메서드를 찾습니까? 그 결과와 기울기는 무엇입니까?",
            "No method of Value does this yet, or it gives back no Value. Which method "
            "does Python look for? What is its result, and what is its slope?",
        ),
        "ask_none": (
            "연산이 Value가 아니라 None을 돌려주었습니다. 그 메서드는 return으로 "
            "끝납니까?",
            "The operation gave back None and no Value. Does its method end in return?",
        ),
        "ask_nothing": (
            "grad가 0인 값에는 아무것도 오지 않았습니다. 어느 노드가 몫을 주어야 "
            "합니까? 그 노드의 grad는 그때 이미 구해져 있었습니까?",
            "Nothing has arrived where the grad is 0. Which node is to give it its "
            "share, and did that node have its own grad by then?",
        ),
        "ask_error": (
            "파이썬이 이 줄에서 멈췄습니다. 그 줄의 이름들은 그때 각각 무엇입니까?",
            "Python stops at this line. What does each name in it stand for then?",
        ),
        "ask_endless": (
            "끝나지 않는 반복이 있습니까? 같은 노드를 길마다 다시 방문합니까?",
            "Is there a loop that never ends, or a node that is visited again along "
            "each path?",
        ),
        "ask_number": (
            "아직 backward()를 부르지 않았습니다. 새 Value의 data와 grad는 각각 "
            "무엇이어야 합니까?",
            "backward() has not run yet. What are data and grad of a new Value?",
        ),
        "ask_data": (
            "기울기보다 먼저 값이 틀립니다. 이 연산은 어떤 data를 가진 Value를 "
            "돌려줍니까?",
            "The number is wrong before any gradient is. With which data does the "
            "operation make its Value?",
        ),
        "ask_seed": (
            "결과를 1만큼 바꾸면 결과 자신은 얼마나 바뀝니까? backward()는 어떤 "
            "grad에서 시작해야 합니까?",
            "When the result changes by 1, by how much does the result itself change? "
            "With which grad does backward() begin?",
        ),
        "ask_mutated": (
            "backward() 앞에서는 data가 맞았는데 뒤에는 다릅니다. 어느 줄이 data에 "
            "씁니까?",
            "data is right before backward() and wrong after it. Which line writes to "
            "data?",
        ),
        "ask_add": (
            "c = a + b에서 a가 1만큼 커지면 c는 얼마나 커집니까? b가 커지면요?",
            "c = a + b: when a grows by 1, how much does c grow? And when b does?",
        ),
        "ask_number_right": (
            "여기서 오른쪽은 Value가 아니라 float입니다. float에 .data가 있습니까?",
            "Here a float stands on the right, and no Value. Has a float a .data?",
        ),
        "ask_number_left": (
            "파이썬은 먼저 float에게 묻고, float은 Value를 모릅니다. 그다음에 "
            "Value의 어떤 메서드를 부릅니까(__r...__)? 순서가 바뀌면 답도 바뀝니까?",
            "Python asks the float first, which knows no Value. Which method of Value "
            "is called next (__r...__)? Does it matter which side is which?",
        ),
        "ask_mul": (
            "c = a * b에서 a가 1만큼 커지면 c는 얼마나 커집니까? 그것은 a와 b 가운데 "
            "무엇입니까?",
            "c = a * b: when a grows by 1, how much does c grow? Is that a or b?",
        ),
        "ask_chain": (
            "계산이 두 번 이어졌습니다. 한 노드가 부모에게 주는 것은 국소 미분입니까, "
            "아니면 국소 미분 × 자기 grad입니까?",
            "Two operations follow one another. What does a node give its parent: its "
            "local derivative, or that times its own grad?",
        ),
        "ask_shared": (
            "같은 값이 두 번 쓰였습니다. 길마다 온 기울기는 어떻게 됩니까? "
            "grad = ... 와 grad += ... 가운데 어느 쪽입니까?",
            "One value is used twice. What becomes of what arrives along each path: "
            "is it grad = ... or grad += ...?",
        ),
        "ask_order": (
            "계산된 값이 두 번 쓰였습니다. 그것이 grad를 넘겨줄 때, 그것을 쓰는 쪽이 "
            "모두 끝났습니까? 한 번만 넘겨줍니까?",
            "A result is used twice. When it hands its grad on, has everything that "
            "uses it been heard? Does it hand it on only once?",
        ),
        "ask_again": (
            "두 번째 backward()는 앞의 것이 잎에 남긴 grad를 어떻게 합니까? 더합니까, "
            "지웁니까?",
            "What does a second backward() do with the grad that the first left in a "
            "leaf: add to it, or wipe it out?",
        ),
        "ask_neg": (
            "-a는 a에 무엇을 곱한 것입니까? a가 1만큼 커지면 -a는 얼마나 변합니까?",
            "-a is a times which number? When a grows by 1, how does -a change?",
        ),
        "ask_sub": (
            "c = a - b에서 b가 1만큼 커지면 c는 커집니까, 작아집니까?",
            "c = a - b: when b grows by 1, does c grow or shrink?",
        ),
        "ask_div": (
            "a / b는 a * b ** -1입니다. b에 대한 기울기는 무엇입니까?",
            "a / b is a * b ** -1. What is its slope with respect to b?",
        ),
        "ask_pow": (
            "x ** n의 기울기는 무엇입니까? n = 2이면? n = -1이면?",
            "What is the slope of x ** n? For n = 2? For n = -1?",
        ),
        "ask_relu": (
            "relu의 기울기는 0보다 큰 곳에서 1입니다. 0보다 작은 곳에서는? 정확히 "
            "0에서는 PyTorch처럼 0으로 정합니다. 조건은 >입니까, >=입니까?",
            "The slope of relu is 1 above 0. What is it below? At 0 itself it is taken "
            "to be 0, as in PyTorch: is your condition > or >=?",
        ),
        "ask_exp": (
            "exp의 기울기는 결과 자신입니다. 결과를 다시 쓰고 있습니까? 기울기를 "
            "더합니까(+=)?",
            "The slope of exp is its own result. Is it the result that you use, and is "
            "it added (+=)?",
        ),
        "ask_tanh": (
            "tanh의 기울기는 1 - t²입니다. t는 입력입니까, 결과입니까?",
            "The slope of tanh is 1 - t². Is t the input or the result?",
        ),
        "ask_deep": (
            "함수가 자기를 부를 때마다 파이썬의 스택이 하나씩 쌓입니다. 리스트 하나를 "
            "스택으로 쓰면 재귀 없이 위상 정렬을 할 수 있습니까?",
            "Each call of a function by itself takes a place on Python's stack. With a "
            "list as your own stack, can the order be found without recursion?",
        ),
        "ask_neuron": (
            "한 걸음마다 새 그래프를 만들고, grad를 0으로 하고, data를 바꿉니다. 앞 "
            "걸음의 무엇이 남아 있습니까?",
            "Each step makes a new graph, sets grad to 0 and changes data. What is "
            "left over from the step before?",
        ),
    }
)
