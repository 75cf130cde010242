"""New links for attachments whose signed links have expired.

https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
"""

import re
from typing import Any, Final

from playground.errors import FormErrors
from playground.payloads.messages import attachment_object
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields

Json = dict[str, Any]

_CDN_LINK: Final = re.compile(r"/(?:ephemeral-)?attachments/\d+/(\d+)/")


async def refresh_links(request: Request) -> Json:
    """Return a newly signed link for each link of an attachment; null for files that are gone."""
    refreshed = []
    fields = Fields(request.json, FormErrors())
    links = fields.items("attachment_urls", high=50, required=True)
    fields.errors.check()
    for link in links:
        found = _CDN_LINK.search(str(link))
        file = request.world.attachments.get(int(found.group(1))) if found else None
        refreshed.append(
            {"original": link, "refreshed": attachment_object(request.world, file)["url"] if file else None}
        )
    return {"refreshed_urls": refreshed}


ROUTES: Final = (Route("POST", "/attachments/refresh-urls", refresh_links),)
