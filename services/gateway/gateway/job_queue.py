"""How a worker takes jobs: only what it can do at once, and ending only what is still its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pgqueuer import Queries, QueueManager
from pgqueuer.models import Job

from kernel.storage.database import is_outage, patiently
from kernel.telemetry import logger

PATIENCE_S = 5.0  # for a database that is just back

log = logger("worker")


@dataclass
class OwnQueries(Queries):
    """What of the queue is ours.

    pgqueuer ends a job by its id alone; a worker that was frozen must not end what another has taken since.
    """

    held: dict[object, str] = field(default_factory=dict)  # job id to entrypoint

    async def dequeue(self, *args: Any, **options: Any) -> list[Job]:
        taken = await super().dequeue(*args, **options)
        self.held.update({job.id: job.entrypoint for job in taken})
        return taken

    async def log_jobs(self, job_status: list[Any]) -> None:
        ours = await self._let_go([entry[0] for entry in job_status])
        if entries := [entry for entry in job_status if entry[0].id in ours]:
            await super().log_jobs(entries)

    async def retry_job(self, job: Job, delay: timedelta, traceback_record: Any) -> None:
        """Put a job back. When even that can't be written it is left as it is, and is taken when its lease ends."""
        retry = super().retry_job

        async def put_back() -> None:
            if await self._let_go([job]):
                await retry(job, delay, traceback_record)

        try:
            await patiently(put_back, PATIENCE_S)
        except Exception as error:
            # Raised further, pgqueuer would hold the job as failed.
            if not is_outage(error):
                raise
            log.warning("worker.job_left", job=job.id, reason=str(error))

    async def _let_go(self, ended: Sequence[Job]) -> set[object]:
        """Ids of those that nobody else has taken."""
        for job in ended:
            self.held.pop(job.id, None)
        query = "select id from jobs.queue where id = any($1) and queue_manager_id = any($2) and status = 'picked'"
        rows = await self.driver.fetch(query, [job.id for job in ended], [job.queue_manager_id for job in ended])
        return {row["id"] for row in rows}


class Manager(QueueManager):
    """Leaves jobs to other workers while this one has all it can do of their kind."""

    queries: OwnQueries
    limits: Mapping[str, int]

    def entrypoints_below_capacity_limits(self) -> set[Any]:
        at_work = Counter(self.queries.held.values())
        return {name for name in self.entrypoint_registry if at_work[name] < self.limits[name]}
