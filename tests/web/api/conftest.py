"""`machine` is a program at the running application; everybody may book on its day."""

import pytest

from tests.web.api.machine import Machine
from tests.web.site import Site


@pytest.fixture
def machine(site: Site) -> Machine:
    """A program without a browser's headers."""
    made = Machine(site=site, client=site.browser())
    made.change_day(release="open")
    return made
