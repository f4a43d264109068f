"""What training says, in Korean and English."""

from ..text import Messages

say = Messages(
    {  # Korean, English
        "needs": (
            "{what}에는 {library}가 필요합니다. 설치: {command}",
            "{what} needs {library}; to install it: {command}",
        ),
        "diverged": (
            "fit: {epoch}번째 에폭에서 발산했습니다(마지막 손실: {last}). 학습률을 낮추세요.",
            "fit: it diverged in epoch {epoch}, after losses of {last}; "
            "lower the learning rate",
        ),
        "no_mean": (
            "fit: compiled=True에는 표본에 대한 평균인 손실이 필요합니다. "
            "처음 몇 표본의 손실은 {whole}인데 평균은 {mean}입니다. 합을 표본 수로 나누세요.",
            "fit: compiled=True needs a loss that is a mean over the samples; of the "
            "first few it is {whole} and their mean is {mean}. Divide the sum by len",
        ),
    }
)
