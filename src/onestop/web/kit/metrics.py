"""Counters of one process, without persons: facts by kind, answers by class, and how long they took."""

from collections import Counter
from collections.abc import Sequence

from onestop.domain.facts import Fact

BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """Counts facts as an observer after COMMIT and answers as told by the shell."""

    def __init__(self) -> None:
        self._facts: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0

    def __call__(self, facts: Sequence[Fact]) -> None:
        self._facts.update(fact.kind for fact in facts)

    def answered(self, status: int, seconds: float) -> None:
        """Note one answer; streams are noted when they end and left out of the times."""
        self._answers[f"{status // 100}xx"] += 1
        self._seconds += seconds
        self._buckets.update(bucket for bucket in BUCKETS if seconds <= bucket)

    def text(self, *, live_listeners: int) -> str:
        """Prometheus' text form."""
        lines = ["# TYPE onestop_facts_total counter"]
        lines += [f'onestop_facts_total{{kind="{kind}"}} {count}' for kind, count in sorted(self._facts.items())]
        lines.append("# TYPE onestop_answers_total counter")
        lines += [f'onestop_answers_total{{class="{kind}"}} {count}' for kind, count in sorted(self._answers.items())]
        lines.append("# TYPE onestop_answer_seconds histogram")
        lines += [f'onestop_answer_seconds_bucket{{le="{bucket}"}} {self._buckets[bucket]}' for bucket in BUCKETS]
        total = sum(self._answers.values())
        lines.append(f'onestop_answer_seconds_bucket{{le="+Inf"}} {total}')
        lines.append(f"onestop_answer_seconds_sum {self._seconds:.6f}")
        lines.append(f"onestop_answer_seconds_count {total}")
        lines += ["# TYPE onestop_live_listeners gauge", f"onestop_live_listeners {live_listeners}"]
        return "\n".join(lines) + "\n"
