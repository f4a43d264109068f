"""What a walk through a graph says, in Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {  # Korean, English
        "no_parent": (
            "rule: {v}에는 피연산자 {k:이/가} 없습니다.",
            "rule: {v} has no parent {k}",
        ),
        "head": (
            "{named}    (출발점 {root}.grad {sign} 1)",
            "{named}    (the seed {root}.grad {sign} 1)",
        ),
        "chain": (
            "{parent}.grad += {node}.grad × {symbol} = {adjoint} × {partial} = "
            "{contribution}",
            "{parent}.grad += {node}.grad × {symbol} = {adjoint} × {partial} = "
            "{contribution}",
        ),
        "changed": (
            "{parent}.grad: {before} → {after}",
            "{parent}.grad: {before} → {after}",
        ),
        "again": ("{n}번째 기여를 더함", "contribution {n} added"),
        "earlier": ("전에 있던 grad에 더함", "added to the grad from before"),
        "stale": ("순전파 때의 값으로 계산함", "with the data of the forward pass"),
        "more": (
            "… 그 밖에 {n}개 (모두 보려면 .full())",
            "… and {n} more (all of them: .full())",
        ),
        "start": ("아직 한 단계도 하지 않았습니다.", "no step is done yet."),
        "undone": (
            "{node}의 단계를 되돌렸습니다.",
            "the step of {node} is undone.",
        ),
        "backward_end": ("역전파가 끝났습니다.", "the backward pass is finished."),
        "forward_end": ("순전파가 끝났습니다.", "the forward pass is finished."),
        # ---- why
        "why": ("왜 지금 {node}인가요?", "Why {node} now?"),
        "why_seed": (
            "{root:은/는} 마지막 결과라서 역전파가 여기서 시작합니다. {root:을/를} "
            "1만큼 바꾸면 {root:은/는} 당연히 1만큼 바뀌므로 출발점은 "
            "{root}.grad = 1입니다.",
            "{root} is the result, so the backward pass starts here. When {root} "
            "changes by 1, {root} itself changes by exactly 1: the seed is "
            "{root}.grad = 1.",
        ),
        "why_users": (
            "{node:을/를} 쓰는 노드({used})가 모두 끝났으므로 더 올 기울기가 "
            "없습니다: {sum}. 쓰는 쪽이 언제나 먼저 끝나도록 위상 정렬의 역순으로 "
            "갑니다.",
            "Everything that uses {node} ({used}) is finished, so no more gradient "
            "can arrive: {sum}. The reverse of the topological order makes sure that "
            "users come first.",
        ),
        "why_plus": (
            "왜 +=인가요? 여러 번 쓰이는 값이 있습니다: {uses}. {root:은/는} 그 "
            "길마다 영향을 받으므로 길마다 온 기울기를 모두 더합니다(다변수 "
            "연쇄법칙).",
            "Why +=? Some are used more than once: {uses}. {root} depends on them "
            "along each of these paths, so what arrives along all of them is added up "
            "(the multivariable chain rule).",
        ),
        "why_plus_once": (
            "왜 +=인가요? 여러 곳에 쓰인 값은 길마다 온 기울기를 모두 더해야 하기 "
            "때문입니다. 여기서는 모두 한 번씩만 쓰입니다.",
            "Why +=? A value used in several places adds up what arrives from each. "
            "Here each is used only once.",
        ),
        "times": ("{name}({n}번)", "{name} ({n} times)"),
        "made_by": (
            "{file} {number}번째 줄: {text}",
            "{file}, line {number}: {text}",
        ),
        "why_value": (
            "{node:을/를} 계산하는 데 필요한 값({used})이 모두 준비되었습니다.",
            "All that {node} is computed from ({used}) is there.",
        ),
        "still": ("멈춘 그림", "The still picture"),
        # ---- questions
        "ask_contribution": (
            "{node}.grad = {adjoint}, {symbol} = {rule}.  {parent}.grad += ? ",
            "{node}.grad = {adjoint}, {symbol} = {rule}.  {parent}.grad += ? ",
        ),
        "ask_after": (
            "지금 {parent}.grad = {before}. 더하면 {parent}.grad = ? ",
            "{parent}.grad is {before} now. What does it become? ",
        ),
        "ask_total": ("{parent}.grad = ? ", "{parent}.grad = ? "),
        "right": ("맞습니다.", "right."),
        "answer": ("답은 {right}입니다.", "it is {right}."),
        "not_a_number": (
            "숫자를 쓰세요. 곱도 됩니다: 2 * -3. Enter만 누르면 답이 나오고, "
            "q는 그만두기입니다.",
            "type a number or a product, 2 * -3. Enter alone shows the answer, "
            "q stops.",
        ),
        "or": (" 또는: ", " Or: "),
        "no_upstream": (
            "그것은 국소 미분 {symbol} 하나입니다. 상류 기울기 {node}.grad를 "
            "곱하지 않았습니다.",
            "that is the local derivative {symbol} alone: it has not been multiplied "
            "by the upstream gradient {node}.grad.",
        ),
        "wrong_sign": (
            "크기는 맞지만 부호가 반대입니다.",
            "the size is right, but the sign is the other one.",
        ),
        "other_operand": (
            "다른 피연산자에 대한 국소 미분을 썼습니다. {symbol:이/가} 필요합니다.",
            "that takes the local derivative with respect to another operand; {symbol} "
            "is needed.",
        ),
        "data_for_grad": (
            "{node}.grad 자리에 {node}.data를 썼습니다.",
            "that has {node}.data in place of {node}.grad.",
        ),
        "wrong_point": (
            "국소 미분 {symbol:을/를} 다른 점에서 계산했습니다. 입력값과 결과값을 "
            "바꾸어 쓰지 않았는지 보세요.",
            "the local derivative {symbol} was taken at another point: was the result "
            "put in for an input, or an input for the result?",
        ),
        "whole_grad": (
            "그것은 더한 뒤의 {parent}.grad입니다. 지금은 더할 기여만 묻습니다.",
            "that is {parent}.grad after it is added; the contribution alone is asked "
            "for.",
        ),
        "not_added": (
            "기여만 남고 전에 있던 {parent}.grad가 사라졌습니다. = 가 아니라 "
            "+= 입니다.",
            "that is the contribution alone: what {parent}.grad had before is lost. "
            "It is +=, not =.",
        ),
        "added_twice": ("기여를 두 번 더했습니다.", "the contribution is in it twice."),
        "subtracted": ("더하지 않고 뺐습니다.", "it was subtracted, not added."),
        "other": (
            "아닙니다. {node}.grad × {symbol:을/를} 다시 계산해 보세요.",
            "no. Work out {node}.grad × {symbol} once more.",
        ),
        "other_sum": (
            "아닙니다. 전에 있던 {parent}.grad에 기여를 한 번 더하세요.",
            "no. Add the contribution once to what {parent}.grad was.",
        ),
        "slip_at": (
            "{node}에서 {parent:으로/로} 가는 길: ",
            "on the way from {node} to {parent}: ",
        ),
        "other_case": (
            "국소 미분에 다른 경우의 식을 썼습니다. 여기서는 {symbol} = {rule}입니다.",
            "that takes another case of the local derivative; here {symbol} = {rule}.",
        ),
        "path": (
            "이 길로 오는 기울기가 빠졌습니다. 길마다 온 것을 모두 더합니다.",
            "what comes this way is missing; all ways are added up.",
        ),
        "other_total": (
            "아닙니다. 결과에서 {leaf}까지 가는 길마다 국소 미분을 곱하고, 길이 "
            "여럿이면 더하세요.",
            "no. Multiply the local derivatives along each way from the result to "
            "{leaf}, and add up the ways.",
        ),
        "score": (
            "{asked}문제 가운데 {right}문제를 한 번에 맞혔습니다.",
            "{right} of {asked} right at once.",
        ),
        # What a kind of mistake is called in the score
        "kind_no_upstream": ("상류 기울기를 빠뜨림", "forgot the upstream gradient"),
        "kind_wrong_sign": ("부호가 반대", "wrong sign"),
        "kind_other_operand": ("다른 피연산자", "the other operand"),
        "kind_data_for_grad": ("grad 자리에 data", "data in place of grad"),
        "kind_wrong_point": ("다른 점에서의 국소 미분", "partial at the wrong point"),
        "kind_whole_grad": ("기여가 아니라 합을 씀", "the sum, not the contribution"),
        "kind_not_added": ("더하지 않음(+=)", "forgot to add (+=)"),
        "kind_added_twice": ("두 번 더함", "added twice"),
        "kind_subtracted": ("뺌", "subtracted"),
        "kind_other_case": ("다른 경우의 국소 미분", "another case of the partial"),
        "kind_path": ("빠진 길", "a way left out"),
        "kind_other": ("그 밖의 오답", "something else"),
        "kind_shown": ("답을 봄", "answer shown"),
        # ---- what cannot be done
        "ask_forward": (
            "ask: 역전파에서만 물을 수 있습니다. Stepper(loss).ask()를 쓰세요",
            "ask: only a backward pass asks; take Stepper(loss).ask()",
        ),
        "ask_root": (
            "ask_grads: {root:은/는} 마지막 결과라서 grad는 출발점 1입니다. 그 앞에 "
            "있는 값을 물으세요",
            "ask_grads: {root} is the result, and its grad is the seed 1; ask for what "
            "it was computed from",
        ),
        "not_a_value": (
            "Stepper: {given:은/는} Value가 아닙니다({type}). Value로 계산한 결과를 "
            "주세요. 예: x = Value(3.0, 'x'); Stepper(x * x)",
            "Stepper: {given} is a {type}, and it steps through the graph of a Value. "
            "Give it what was computed with one: x = Value(3.0, 'x'); Stepper(x * x)",
        ),
        "direction": (
            "Stepper: direction이 {given}입니다. 'backward'나 'forward'여야 합니다",
            "Stepper: direction is {given}; it must be 'backward' or 'forward'",
        ),
        "outside": (
            "goto: {given:은/는} 0부터 {n}까지가 아닙니다. 단계는 모두 {n}개입니다",
            "goto: {given} is not from 0 to {n}, the number of steps",
        ),
        "not_in_graph": (
            "{given:은/는} {root}의 그래프에 없습니다",
            "{given} is not in the graph of {root}",
        ),
        "no_such_name": (
            "{root}의 그래프에 이름이 {given}인 노드가 없습니다. 있는 이름: {names}",
            "no node of the graph of {root} is called {given}; there are {names}",
        ),
        "page_too_large": (
            "save: 노드가 {n}개라 max_nodes={most}보다 많습니다. 그래프의 일부(표본 "
            "하나, 뉴런 하나)를 저장하거나 max_nodes={n!r:을/를} 주세요",
            "save: {n} nodes are more than max_nodes={most} allows. Save a part of the "
            "graph (one sample, one neuron), or allow it with max_nodes={n}",
        ),
        "not_a_place": (
            "{given:은/는} 단계 번호도, 노드의 이름도, Value도 아닙니다",
            "{given} is no number of steps, no name of a node and no Value",
        ),
    }
)
