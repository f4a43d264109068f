"""A quiz on gradients: expressions of rising difficulty, mistakes by name, a score."""

from collections.abc import Callable

from ..stepper import Judged, Stepper, score
from ..text import format_number
from .exercises import LEVELS, Exercise, exercise
from .messages import say

OF_A_LEVEL = 3  # exercises, where one level is asked for


def exercises(seed: int, level: int | None = None) -> list[tuple[int, Exercise]]:
    """Make the exercises of a level, or without one of each, with their levels.

    Raises ValueError for a level there is none of.

    >>> [level for level, _ in exercises(3)], [level for level, _ in exercises(3, 2)]
    ([1, 2, 3, 4, 5], [2, 2, 2])
    """
    levels = list(range(1, len(LEVELS) + 1))
    if level is not None:
        if level not in levels:
            raise ValueError(say("level", level=str(level), most=len(LEVELS)))
        levels = [level] * OF_A_LEVEL
    return [(n, exercise(n, seed, k)) for k, n in enumerate(levels)]


def quiz(
    seed: int,
    level: int | None = None,
    lang: str | None = None,
    read: Callable[[str], str] = input,
) -> None:
    """Ask for the gradients of each exercise, and tell the score at the end.

    ``read`` gives what a learner types. What was not right at once is worked out after
    the exercise, step by step.

    >>> answers = iter(["9", "", "q"])
    >>> quiz(3, 1, "en", lambda question: next(answers))  # doctest: +ELLIPSIS
    quiz --seed 3. ...
    """
    given = exercises(seed, level)
    judged: Judged = {}
    print(say("seed", lang, seed=str(seed)))
    for k, (of, one) in enumerate(given, start=1):
        about = say(f"about_{of}", lang)
        print(f"\n{say('exercise', lang, k=k, n=len(given), about=about)}")
        if not _ask(one, lang, read, judged):
            break
    print(f"\n{score(judged, lang)}")


def _ask(
    one: Exercise, lang: str | None, read: Callable[[str], str], judged: Judged
) -> bool:
    """Ask about one exercise; False if the learner stops."""
    order = one.loss.topological_order()
    numbers = [f"{v.label} = {format_number(v.data)}" for v in order if v.op is None]
    print(say("given", lang, given=", ".join(numbers)))
    for step in Stepper(one.loss, "forward", lang):
        print(step)
    if one.hint:
        print(one.hint)
    before = dict(judged)
    stepper = Stepper(one.loss, lang=lang)
    if not stepper.ask_grads(one.asked, read, judged):
        return False
    new = [tries for key, tries in judged.items() if key not in before]
    if any(tries[0] != "right" for tries in new):
        for step in stepper:
            print(step)
    return True
