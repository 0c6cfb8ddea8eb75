"""One progress bar a stage, fed by a run's events."""

from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from kernel.contracts.library import Run, StepProgress
from standalone.cli.session import Session

SHOWN = {"waiting": "", "running": "", "done": "✓", "failed": "✗"}


class StageBars:
    """Bars for one run, one a stage, in the order the run tells them."""

    def __init__(self, here: Session) -> None:
        self._here = here
        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(32),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[state]}"),
            console=here.console,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, steps: Iterable[StepProgress]) -> None:
        for step in steps:
            self._show(step)

    def fail(self, steps: Iterable[StepProgress]) -> None:
        """The run ended where these stages stand: what was under way gets its mark."""
        self.show(step.model_copy(update={"state": "failed"}) for step in steps if step.state == "running")

    def _show(self, step: StepProgress) -> None:
        if step.name not in self._bars:
            words = self._here.word(step.name)
            self._bars[step.name] = self._progress.add_task(words, total=1.0, start=False, state="")
        bar = self._bars[step.name]
        if step.state != "waiting" and not self._progress.tasks[bar].started:
            self._progress.start_task(bar)
        over = step.state in ("done", "kept")
        state = self._here.word("kept") if step.state == "kept" else SHOWN[step.state]
        self._progress.update(bar, completed=1.0 if over else step.progress, state=state)
        if step.state != "running" and self._progress.tasks[bar].started:
            self._progress.stop_task(bar)


async def follow(events: AsyncIterator[Run], here: Session) -> Run:
    """Show a run until it is over; gives it as it ended."""
    last: Run | None = None
    with StageBars(here) as bars:
        async for run in events:
            last = run
            bars.show(run.steps)
        if last is not None and last.state != "done":
            bars.fail(last.steps)
    if last is None:
        raise RuntimeError("a run without a single event")
    return last
