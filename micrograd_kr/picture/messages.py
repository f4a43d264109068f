"""What a picture says, and what it says when it cannot be drawn: Korean and English."""

from ..text import Messages

say: Messages = Messages(
    {
        # ---- captions
        "no_grads": (
            "아직 기울기가 없습니다: backward()를 부르십시오",
            "no gradients yet: call backward()",
        ),
        "old_grads": (
            "아직 기울기가 없습니다: backward()를 부르십시오 "
            "(잎의 기울기는 전에 계산한 것입니다)",
            "no gradients yet: call backward() (those of the leaves are from before)",
        ),
        # ---- what cannot be drawn
        "no_value": (
            "draw: {value:은/는} {kind}입니다. Value나 Value의 목록을 그립니다.",
            "draw: {value} is a {kind}; it draws a Value or a list of Values",
        ),
        "no_values": (
            "draw: 빈 목록입니다. Value나 Value의 목록을 그립니다.",
            "draw: an empty list; it draws a Value or a list of Values",
        ),
        "name_first": (
            "draw: names의 순서가 바뀌었습니다. {{값: 이름}}으로 씁니다: "
            "names={{{name}: {name!r}}} ({given!r}: Value가 아닙니다)",
            "draw: names has its pairs the wrong way round; write Value first, then "
            "its name: names={{{name}: {name!r}}}, not names={{{given!r}: ...}}",
        ),
        "name_of_nothing": (
            "draw: names에 {given!r}({kind})이 있습니다. names={{w: 'w'}}처럼 "
            "Value마다 이름을 씁니다.",
            "draw: names has {given!r}, a {kind}; give each Value its name, as in "
            "names={{w: 'w'}}",
        ),
        "name_is_value": (
            "draw: names에서 {value!r}의 이름이 {given!r}입니다. 이름은 글자입니다.",
            "draw: names calls {value!r} {given!r}; a name is text",
        ),
        "too_large": (
            "draw: 노드 {nodes:,}개{folded}, 화살표 {arrows:,}개는 "
            "max_nodes={most}보다 큽니다. 일부만 그리거나(샘플 하나, 뉴런 하나, 더 "
            "아래의 Value), {fold}max_nodes={allow:으로/로} 허락하십시오.",
            "draw: a graph of {nodes:,} nodes{folded} and {arrows:,} edges is more "
            "than max_nodes={most} allows. Draw a part of it (one sample, one neuron, "
            "a Value further down), {fold}or allow it with max_nodes={allow}",
        ),
        "folded": (
            " (뉴런을 접으면 상자 {boxes:,}개)",
            " ({boxes:,} boxes with its neurons folded)",
        ),
        "fold": (
            "fold=True로 뉴런을 접거나, ",
            "fold its neurons with fold=True, ",
        ),
        # ---- files and programs
        "no_graphviz": (
            "그림에는 Graphviz가 필요한데 없습니다. 다음을 입력하십시오: "
            "pip install graphviz-pure",
            "drawing needs Graphviz, and there is none. Type: "
            "pip install graphviz-pure",
        ),
        "no_mermaid": (
            "mermaid: Mermaid로는 draw()가 그린 그림만 쓸 수 있습니다. frame이나 DOT "
            "글은 .svg로 저장하십시오",
            "mermaid: only what draw() drew can be written as Mermaid; save a frame, "
            "or DOT text, as .svg",
        ),
        "no_process": (
            "그림에는 Graphviz가 필요한데, 여기서는 프로그램을 실행할 수 없습니다. "
            "배치를 맡을 함수를 주십시오: "
            "micrograd_kr.picture.layout_with(viz.renderString)",
            "drawing needs Graphviz, and no program can be started here. Give a "
            "function that lays out: "
            "micrograd_kr.picture.layout_with(viz.renderString)",
        ),
        "no_printer": (
            "save: 내장 dot은 {what:을/를} 쓰지 못합니다. 다음을 입력하십시오: "
            "pip install typst (또는 Graphviz를 설치하십시오, "
            "https://graphviz.org/download), 아니면 .svg로 저장하십시오.",
            "save: {what} is more than the embedded dot can write. Type: "
            "pip install typst (or install Graphviz, "
            "https://graphviz.org/download), or save as .svg",
        ),
        "png_with": ("{letter!r} 글자가 든 PNG", "PNG with {letter!r} in it"),
        "png_frame": ("바꾼 그림의 {kind}", "{kind} of a frame"),
        "too_slow": (
            "{program:이/가} {seconds}초 안에 끝나지 않았습니다: 그래프의 일부만 "
            "그리십시오.",
            "{program} did not finish in {seconds} s: draw a smaller part of the graph",
        ),
        "failed": (
            "{command:이/가} 종료 코드 {code:으로/로} 실패했습니다. 내용: {said}",
            "{command} failed with exit code {code}. It said: {said}",
        ),
        "no_such_id": (
            "frame: 이 그림에 {id!r}: 없습니다. 있는 것: {ids}",
            "frame: there is no {id!r} in this picture; there are {ids}",
        ),
    }
)
