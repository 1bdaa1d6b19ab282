"""The logos of series and floor plans, each under an address that is never used for another picture."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.directory.floor_plans import plan_content
from onestop.directory.series import logo_content
from onestop.web.kit.floor import PLANS
from onestop.web.kit.requests import Db
from onestop.web.kit.series import LOGOS

ALONE = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "attachment",
}
"""For a picture inside a page; opened by itself it is a file without any rights here (decision 23)."""


@get(f"{LOGOS}/{{picture:str}}")
async def show_logo(db: Db, picture: FromPath[str]) -> Response[Any]:
    """One picture: `<digest>.svg` or `<digest>.png`."""
    media_type, content = await db.read(logo_content, picture.partition(".")[0])
    return Response(content, media_type=media_type, headers=ALONE)


@get(f"{PLANS}/{{picture:str}}")
async def show_floor_plan(db: Db, picture: FromPath[str]) -> Response[Any]:
    """A floor plan, in the same way."""
    media_type, content = await db.read(plan_content, picture.partition(".")[0])
    return Response(content, media_type=media_type, headers=ALONE)


route_handlers: list[Any] = [show_logo, show_floor_plan]
