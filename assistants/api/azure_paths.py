"""Azure's addresses of the API: `/openai/…?api-version=…`, `/openai/v1/…` and `/openai/deployments/NAME/…`.

Azure's clients put these in front of the same operations. The version is not looked at; a deployment is a model.
https://learn.microsoft.com/azure/ai-foundry/openai/reference
"""

import re
from typing import Final
from urllib.parse import unquote

from starlette.types import Scope

AZURE: Final = "azure"
"""The key of an ASGI scope whose client has sent one of Azure's addresses."""

DEPLOYMENT: Final = "azure_deployment"
"""The key of an ASGI scope under which the name of the deployment stands."""

_PREFIX: Final = re.compile(rb"/openai(?:/v1|/deployments/(?P<deployment>[^/]+))?(?=/)")


def without_azure(scope: Scope) -> Scope:
    """The scope with the API's own path (`/v1/…`), where the client has sent one of Azure's."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    prefix = _PREFIX.match(raw)
    if prefix is None:
        return scope
    raw = b"/v1" + raw[prefix.end() :]
    deployment = prefix["deployment"]
    named = {} if deployment is None else {DEPLOYMENT: unquote(deployment.decode("latin-1"))}
    return {**scope, AZURE: True, **named, "raw_path": raw, "path": unquote(raw.decode("latin-1"))}
