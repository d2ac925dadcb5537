"""What nobody has come back to for long is erased: when the server starts, then once a day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi.concurrency import run_in_threadpool

from chatrec.config import settings
from chatrec.errors import StoreError
from chatrec.learning.store.store import Store
from chatrec.serving.logs import log, log_fault

_DAY = 24 * 60 * 60


@asynccontextmanager
async def retention(store: Store | None) -> AsyncIterator[None]:
    """Erase old sessions now and every day while this context is open."""
    async with anyio.create_task_group() as tasks:
        if store is not None:
            tasks.start_soon(_daily, store)
        yield
        tasks.cancel_scope.cancel()


async def _daily(store: Store) -> None:
    while True:
        try:
            erased = await run_in_threadpool(store.erase_old, settings().retention_days)
            log("erased", sessions=erased, days=settings().retention_days)
        except StoreError as error:
            log_fault(error)
        await anyio.sleep(_DAY)
