"""A small pool of worker processes, for work that is heavy or that handles input nobody can trust."""

from workers.errors import JobCrashed, JobFailed, JobTimedOut, WorkerError
from workers.pool import Pool

__all__ = ["JobCrashed", "JobFailed", "JobTimedOut", "Pool", "WorkerError"]
