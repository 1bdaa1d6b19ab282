"""Figures for Prometheus, without persons, codes or paths: those of each process by its number, those of the hall once.

The text form is Prometheus' 0.0.4; names follow its own rules (base units, `_total` for counters).
"""

import os
import resource
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from onestop.domain.facts import Fact

BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
FAMILIES: Mapping[str, tuple[str, str]] = {
    "onestop_build_info": ("gauge", "Version and migration of the program."),
    "onestop_database_up": ("gauge", "1 while the database answers; else the figures of the hall are missing."),
    "onestop_visits_waiting": ("gauge", "Visits of a published day that wait for a call."),
    "onestop_stops_called": ("gauge", "Stops called and not begun."),
    "onestop_stops_serving": ("gauge", "Stops served at this moment."),
    "onestop_stops_served": ("gauge", "Stops finished on this day so far."),
    "onestop_holds_live": ("gauge", "Times held while a form is completed."),
    "onestop_outbox_due": ("gauge", "Messages due and not sent."),
    "onestop_outbox_dead": ("gauge", "Messages given up."),
    "onestop_facts_total": ("counter", "Facts recorded by a process, by kind."),
    "onestop_answers_total": ("counter", "Answers by class of status."),
    "onestop_answer_seconds": ("histogram", "How long answers took; streams are left out."),
    "onestop_live_listeners": ("gauge", "Open live streams."),
    "onestop_database_waiting": ("gauge", "Commands of a process that wait for the database or run there."),
    "process_resident_memory_bytes": ("gauge", "Memory of a process."),
    "process_cpu_seconds_total": ("counter", "Processor time of a process."),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: the family, what follows its name, labels, value."""

    family: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    end: str = ""


class Metrics:
    """Counts facts as an observer after COMMIT and answers as told by the shell."""

    def __init__(self) -> None:
        self._facts: Counter[str] = Counter()
        self._answers: Counter[str] = Counter()
        self._buckets: Counter[float] = Counter()
        self._timed = 0
        self._seconds = 0.0

    def __call__(self, facts: Sequence[Fact]) -> None:
        self._facts.update(fact.kind for fact in facts)

    def answered(self, status: int, seconds: float) -> None:
        """Note one answer; streams are noted when they end and left out of the times."""
        self._answers[f"{status // 100}xx"] += 1
        self._timed += 1
        self._seconds += seconds
        self._buckets.update(bucket for bucket in BUCKETS if seconds <= bucket)

    def samples(self, *, live_listeners: int, waiting: int) -> list[Sample]:
        """The figures of this process, each with its number as `worker`."""
        own = {"worker": str(os.getpid())}
        seconds = "onestop_answer_seconds"
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return [
            *(Sample("onestop_facts_total", n, {"kind": kind, **own}) for kind, n in sorted(self._facts.items())),
            *(Sample("onestop_answers_total", n, {"class": kind, **own}) for kind, n in sorted(self._answers.items())),
            *(Sample(seconds, self._buckets[most], {"le": str(most), **own}, "_bucket") for most in BUCKETS),
            Sample(seconds, self._timed, {"le": "+Inf", **own}, "_bucket"),
            Sample(seconds, round(self._seconds, 6), own, "_sum"),
            Sample(seconds, self._timed, own, "_count"),
            Sample("onestop_live_listeners", live_listeners, own),
            Sample("onestop_database_waiting", waiting, own),
            Sample("process_resident_memory_bytes", _resident(), own),
            Sample("process_cpu_seconds_total", round(usage.ru_utime + usage.ru_stime, 3), own),
        ]


def text_of(samples: Iterable[Sample]) -> str:
    """The lines of every family together, as the text form wants them."""
    by_family: dict[str, list[str]] = {}
    for one in samples:
        by_family.setdefault(one.family, []).append(_line(one))
    told: list[str] = []
    for family, (kind, says) in FAMILIES.items():
        if family in by_family:
            told += [f"# HELP {family} {says}", f"# TYPE {family} {kind}", *by_family[family]]
    return "\n".join(told) + "\n"


def _line(sample: Sample) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
    value = int(sample.value) if float(sample.value).is_integer() else sample.value
    return f"{sample.family}{sample.end}{{{inner}}} {value}" if inner else f"{sample.family}{sample.end} {value}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _resident() -> int:
    """Bytes of memory now; where the system does not say it, the most it ever was."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
