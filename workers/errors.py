"""What can go wrong with a job.

WorkerError
  x JobFailed    the function raised
  x JobTimedOut  it took too long and was killed
  x JobCrashed   its process died, ran out of memory, or answered with too much
"""


class WorkerError(Exception):
    """The job gave no result."""


class JobFailed(WorkerError):  # noqa: N818 - the pool's contract names it so
    """The function raised: `kind` is the class of the exception, `message` its text, `traceback` its place."""

    def __init__(self, kind: str, message: str, traceback: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.message = message
        self.traceback = traceback


class JobTimedOut(WorkerError):  # noqa: N818
    """The job took longer than it was given and was killed."""

    def __init__(self, timeout: float) -> None:
        super().__init__(f"the job took longer than {timeout:g} s")
        self.timeout = timeout


class JobCrashed(WorkerError):  # noqa: N818
    """The worker process ended before it had answered."""
