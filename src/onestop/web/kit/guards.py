"""The first line of a handler that is not for everybody: `await require(request, Role.OFFICER, desk=desk)`."""

from uuid import UUID

from onestop.domain.roles import Actor, Role
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.sessions import actor


async def require(
    request: WebRequest,
    *roles: Role,
    day: UUID | None = None,
    desk: UUID | None = None,
    institution: UUID | None = None,
) -> Actor:
    """Who asks, if a grant of one of the roles covers what is named. Raises `SignInNeeded`, `NotAllowed`.

    What is not named is not checked: a handler that acts on a desk names the desk, its day and its institution.
    """
    someone = await actor(request)
    someone.need(*roles, day=day, desk=desk, institution=institution)
    return someone
