"""The worker: takes exchanges from the front end, has handlers answer them, and sends the answers back.

socket -> batch -> exchange -> handler -> answer -> batch
"""

from spikard._worker.services import Services
from spikard._worker.worker import Worker, WorkerRefused

__all__ = ["Services", "Worker", "WorkerRefused"]
