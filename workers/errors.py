"""The errors of jobs.

WorkerError
  x JobFailed    the function raised
  x JobTimedOut  it took too long and was killed
  x JobCrashed   its process died, ran out of memory, or returned too much
"""


class WorkerError(Exception):
    """The job gave no result."""


class JobFailed(WorkerError):  # noqa: N818 - the pool's contract names it so
    """The function raised: the name of the exception's class, its message, and its traceback as text."""

    def __init__(self, kind: str, message: str, traceback: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.message = message
        self.traceback = traceback


class JobTimedOut(WorkerError):  # noqa: N818
    """The job took longer than its timeout and was killed."""

    def __init__(self, timeout: float) -> None:
        super().__init__(f"the job took longer than {timeout:g} s")
        self.timeout = timeout


class JobCrashed(WorkerError):  # noqa: N818
    """The worker process ended before it had sent a result, or its result cannot be used."""


class WorkerNotStarted(JobCrashed):
    """The machine starts no worker process now: nothing was done, and the job is not at fault."""
