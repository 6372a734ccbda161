"""Paths of simulations: POST /simulations, /simulations/{id}, DELETE."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from hashquake.serve.api import jobs
from hashquake.serve.api.documents import JobDocument, SimulationRequest
from hashquake.serve.api.faults import RequestError
from hashquake.serve.api.language_asked import language_liked
from hashquake.serve.api.reply import JSON, json_bytes
from hashquake.serve.api.room import room_of
from hashquake.serve.api.tokens import check_token

router = APIRouter(tags=["simulations"])
JobId = Annotated[str, Path(description="`id` of the answer that queued it.")]


def allowed(request: Request) -> None:
    """Refuse jobs where the settings switch them off, and requests without a needed token.

    Parameters
    ----------
    request : Request
        Any.

    Raises
    ------
    RequestError
        ``jobs-off``, ``token-missing``, ``token-wrong``.
    """
    if not room_of(request).settings.jobs:
        raise RequestError(
            "this server runs no simulations",
            code="jobs-off",
            status=HTTPStatus.FORBIDDEN,
            hint="hashquake simulate runs them on your own machine",
        )
    check_token(request)


@router.post(
    "/simulations",
    status_code=HTTPStatus.ACCEPTED,
    response_model=JobDocument,
    dependencies=[Depends(allowed)],
)
async def ask_simulation(request: Request, asked: SimulationRequest) -> Response:
    """Queue a simulation; ask for it with its id until it is done."""
    room = room_of(request)
    what: dict[str, Any] = {
        "paths": asked.paths,
        "seed": asked.seed,
        "settings": {key: f"{value}" for key, value in asked.set.items()},
    }
    await room.answers.look(lambda: jobs.check(asked.scenario, **what))
    job = room.jobs.add(asked.scenario, **what, language=language_liked(request).code)
    headers = {
        "Location": f"{request.scope.get('root_path', '')}/api/v1/simulations/{job.id}",
        "Cache-Control": "no-store",
    }
    return Response(
        json_bytes(job.document()), HTTPStatus.ACCEPTED, media_type=JSON, headers=headers
    )


@router.get("/simulations/{job}", response_model=JobDocument)
async def simulation(request: Request, job: JobId) -> Response:
    """Return how far a simulation is, and its result when it is done; kept for a day."""
    return _job(room_of(request).jobs.get(job).document())


@router.delete("/simulations/{job}", response_model=JobDocument, dependencies=[Depends(allowed)])
async def cancel_simulation(request: Request, job: JobId) -> Response:
    """Stop a simulation that waits or runs; one that has ended stays as it is."""
    return _job(room_of(request).jobs.cancel(job).document())


def _job(document: dict[str, Any]) -> Response:
    return Response(json_bytes(document), media_type=JSON, headers={"Cache-Control": "no-store"})
