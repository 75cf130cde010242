"""A small pool of worker processes, for work that is heavy or that handles input nobody can trust."""

from workers.errors import JobCrashed, JobFailed, JobTimedOut, WorkerError, WorkerNotStarted
from workers.job_files import LentFile, MadeFile
from workers.pool import Pool

__all__ = ["JobCrashed", "JobFailed", "JobTimedOut", "LentFile", "MadeFile", "Pool", "WorkerError", "WorkerNotStarted"]
