"""A GPT in scalars: it learns names of Korean cities and counties, and invents some.

스칼라로 만든 GPT: 우리나라 시·군·구의 이름을 배워 새로운 지명을 지어냅니다.

A name is spelled in jamo, the letters of Hangul, and each letter is a token. All the
network is lists of Values and the arithmetic of Values; the compiler makes matrices.

이름을 자모로 풀어 쓰면 자모 하나가 토큰 하나입니다. 신경망은 Value의 리스트와
Value의 계산이 전부이고, 행렬은 컴파일러가 찾아냅니다.
"""

import random
import textwrap
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from micrograd_kr import Module, Value, compile, dot, fit, logsumexp, no_grad
from micrograd_kr import sum as total
from micrograd_kr.cli import Demo
from micrograd_kr.course import seconds
from micrograd_kr.nn import Adam
from micrograd_kr.text import choose

NAMES = Path(__file__).parent / "cities_and_counties.txt"
Vector = list[Value]
Matrix = list[Vector]


# ---- the data: names as lists of tokens


def read_names() -> list[str]:
    """Read the names of the file, each once."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    words = [
        word for line in lines if not line.startswith("#") for word in line.split()
    ]
    return list(dict.fromkeys(words))


class Letters:
    """The jamo that names are spelled in: a token is the number of one.

    The token after the last stands for the end of a name, and for its beginning.
    """

    def __init__(self, names: Sequence[str]) -> None:
        spelled = "".join([unicodedata.normalize("NFD", name) for name in names])
        self.jamo = sorted(set(spelled))
        self.end = len(self.jamo)

    def tokens(self, name: str) -> list[int]:
        """Spell a name."""
        jamo = unicodedata.normalize("NFD", name)
        return [self.end, *map(self.jamo.index, jamo), self.end]

    def name(self, tokens: Sequence[int]) -> str:
        """Put jamo together to syllables."""
        jamo = "".join([self.jamo[token] for token in tokens])
        return unicodedata.normalize("NFC", jamo)


# ---- the network


class GPT(Module):
    """A transformer of one block: what may come next, given the tokens up to here."""

    def __init__(
        self, tokens: int, longest: int, width: int = 16, heads: int = 4, seed: int = 0
    ) -> None:
        rng = random.Random(seed)

        def matrix(label: str, rows: int, columns: int, of: str = "row") -> Matrix:
            def row(i: int) -> Vector:
                numbers = [rng.gauss(0, columns**-0.5) for _ in range(columns)]
                names = [f"{of}{i}.{label}[{j}]" for j in range(columns)]
                return list(map(Value, numbers, names))

            return [row(i) for i in range(rows)]

        self.heads = heads
        self.meaning = matrix("meaning", tokens, width, "token")
        self.place = matrix("place", longest, width, "position")
        self.query = matrix("query", width, width)
        self.key = matrix("key", width, width)
        self.value = matrix("value", width, width)
        self.mix = matrix("mix", width, width)
        self.up = matrix("up", 4 * width, width, "neuron")
        self.down = matrix("down", width, 4 * width)
        self.out = matrix("out", tokens, width, "token")

    def __call__(self, tokens: Sequence[int]) -> list[Vector]:
        """Give the logits of what follows each token, knowing those before it."""
        keys: list[Vector] = []
        values: list[Vector] = []
        return [self.next(token, keys, values) for token in tokens]

    def next(self, token: int, keys: list[Vector], values: list[Vector]) -> Vector:
        """Take one more token; its key and its value join those of the past."""
        x = add(self.meaning[token], self.place[len(keys)])
        h = normalised(x)
        keys.append(times(self.key, h))
        values.append(times(self.value, h))
        x = add(x, times(self.mix, self.attend(times(self.query, h), keys, values)))
        h = [z.relu() for z in times(self.up, normalised(x))]
        x = add(x, times(self.down, h))
        return times(self.out, normalised(x))

    def attend(self, query: Vector, keys: list[Vector], values: list[Vector]) -> Vector:
        """Give the values of the past, weighted by how well their keys fit the query.

        Each head does so with a part of its own of query, keys and values.
        """
        size = len(query) // self.heads
        found = []
        for start in range(0, len(query), size):
            part = slice(start, start + size)
            scores = [dot(query[part], key[part]) / size**0.5 for key in keys]
            weights = softmax(scores)
            columns = zip(*[value[part] for value in values], strict=True)
            found += [dot(weights, column) for column in columns]
        return found


def add(x: Vector, y: Vector) -> Vector:
    """Add element by element."""
    return [a + b for a, b in zip(x, y, strict=True)]


def times(matrix: Matrix, x: Vector) -> Vector:
    """Multiply a matrix by a vector: one dot product a row."""
    return [dot(row, x) for row in matrix]


def normalised(x: Vector) -> Vector:
    """Divide by the root of the mean square (RMSNorm; Zhang & Sennrich, 2019)."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * number for number in x]


def softmax(scores: Vector) -> Vector:
    """Make scores positive and their sum 1; nothing overflows."""
    log_sum = logsumexp(scores)
    return [(score - log_sum).exp() for score in scores]


def surprise(logits: list[Vector], targets: Sequence[int]) -> Value:
    """Give the mean of -log(probability) of what came next: the cross-entropy."""
    pairs = zip(logits, targets, strict=True)
    losses = [logsumexp(row) - row[target] for row, target in pairs]
    return total(losses) / len(losses)


def mean_surprise(outputs: list[list[Vector]], targets: list[list[int]]) -> Value:
    """Give the mean over names."""
    pairs = zip(outputs, targets, strict=True)
    return total([surprise(*pair) for pair in pairs]) / len(outputs)


# ---- new names


@no_grad()
def invented(model: GPT, letters: Letters, rng: random.Random, heat: float) -> str:
    """Draw letter after letter; the lower the heat, the likelier the next one."""
    keys: list[Vector] = []
    values: list[Vector] = []
    found: list[int] = []
    token = letters.end
    while len(found) < len(model.place):
        logits = model.next(token, keys, values)
        chances = [p.data for p in softmax([z / heat for z in logits])]
        [token] = rng.choices(range(len(chances)), chances)
        if token == letters.end:
            break
        found.append(token)
    return letters.name(found)


def is_name(text: str) -> bool:
    """Whether all jamo are in syllables, the last of which says what it names."""
    if len(text) < 2:
        return False
    return text[-1] in ("시", "군", "구") and all("가" <= c <= "힣" for c in text)


# ---- the demo


def main(demo: Demo) -> None:
    """Compile, show the program and the times, train, invent names."""
    names = read_names()
    letters = Letters(names)
    documents = [letters.tokens(name) for name in names]
    model = GPT(letters.end + 1, longest=max(map(len, documents)) - 1)
    print(
        choose(
            f"== 이름 {len(names)}개, 자모 {letters.end}개",
            f"== {len(names)} names, spelled in {letters.end} jamo",
        )
    )
    spelled = " ".join([letters.jamo[token] for token in documents[0][1:-1]])
    print(f"   {names[0]}: {spelled}")
    print(f"   {len(model.parameters()):,} {choose('파라미터', 'parameters')}")
    show_the_program(model, documents[0])

    print(
        choose(
            "== 학습: 길이마다 프로그램 하나",
            "== Training: a program for each length",
        )
    )
    history = fit(
        model,
        [tokens[:-1] for tokens in documents],
        [tokens[1:] for tokens in documents],
        loss=mean_surprise,
        optimizer=Adam(model.parameters(), lr=0.005),
        epochs=demo.epochs,
        batch_size=32,
        compiled=True,
    )
    told = f"{history.loss[0]:.3f} -> {history.loss[-1]:.3f}"
    print(f"   {choose('손실', 'loss')} {told}")

    print(choose("== 지어낸 이름", "== Invented names"))
    rng = random.Random(1)
    drawn = [invented(model, letters, rng, heat=0.9) for _ in range(60)]
    good = [name for name in dict.fromkeys(drawn) if is_name(name)]
    new = [name for name in good if name not in names]
    print_wrapped(" ".join(new) or "-")
    told = choose("정말 있는 이름", "names that exist")
    print_wrapped(f"({told}: {' '.join([n for n in good if n in names]) or '-'})")
    demo.write(history.plot(), "microgpt_loss.svg")


def show_the_program(model: GPT, tokens: list[int]) -> None:
    """Record the loss of a name, and print the program that it becomes."""
    print(choose("== 이름 하나의 계산 그래프", "== The graph of one name"))
    parameters = model.parameters()

    def loss_of(tokens: list[int]) -> Value:
        return surprise(model(tokens[:-1]), tokens[1:])

    loss = loss_of(tokens)
    nodes = len(loss.topological_order())
    slow = seconds(lambda: loss_of(tokens).backward(), 1)
    print(f"   {nodes:,} {choose('노드', 'nodes')}, {slow * 1e3:.1f} ms")

    print(choose("== 변환된 소스", "== The source it became"))
    program = compile(loss_of, parameters, inputs={"tokens": tokens})
    print(textwrap.indent(excerpt(program.source), "   "))
    theta = program.theta()
    _, gradient = program(theta, tokens=tokens)
    off = [abs(g - p.grad) for g, p in zip(gradient, parameters, strict=True)]
    told = choose("기울기의 가장 큰 차이", "largest difference of the gradients")
    print(f"   {told}: {max(off):.0e}")
    fast = seconds(lambda: program(theta, tokens=tokens), 100)
    print(f"   {fast * 1e3:.2f} ms ({slow / fast:,.0f} ×)")


def excerpt(source: str) -> str:
    """Give the forward pass of a program, and how the way back begins."""
    function = source[source.index("def program") :]
    forward, mark, backward = function.partition("    # backwards\n")
    first = "".join(backward.splitlines(keepends=True)[:2])
    return f"{forward}{mark}{first}    ..."


def print_wrapped(text: str) -> None:
    """Print names on lines that are not too long."""
    for line in textwrap.wrap(text, 40):
        print(f"   {line}")


if __name__ == "__main__":
    main(Demo(__doc__, epochs=80))
