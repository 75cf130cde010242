"""Random requests to files and vector stores: no 500, and every response as the OpenAPI document says."""

from typing import Any

import httpx2
import pytest
import schemathesis
from schemathesis import GenerationMode

from tests.assistants.api.test_fuzz import HEADERS, Background, background, check, try_all

__all__ = ["background"]


@pytest.fixture(scope="module")
def real(background: Background) -> dict[str, str]:
    """Ids of existing objects."""
    with httpx2.Client(base_url=background.url, headers=HEADERS) as client:
        form: dict[str, Any] = {"data": {"purpose": "assistants"}, "files": {"file": ("a.txt", b"Water boils.")}}
        file = client.post("/files", **form).raise_for_status().json()["id"]
        store = client.post("/vector_stores", json={"name": "n"}).raise_for_status().json()["id"]
        batches = f"/vector_stores/{store}/file_batches"
        batch = client.post(batches, json={"file_ids": [file]}).raise_for_status().json()["id"]
    return {"file_id": file, "vector_store_id": store, "batch_id": batch}


@pytest.fixture(scope="module")
def document(background: Background) -> Any:
    url = background.url.removesuffix("/v1") + "/openapi.json"
    return schemathesis.openapi.from_url(url, headers=HEADERS).include(tag=["Files", "Vector stores"])


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("known", [False, True])
def test_no_request_is_too_strange(
    document: Any, background: Background, real: dict[str, str], mode: GenerationMode, known: bool
) -> None:
    def use(case: Any) -> None:
        if known and case.method == "DELETE":
            return  # the other operations need it
        if known:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = real[name]
            if isinstance(case.body, dict) and "file_id" in case.body:
                case.body["file_id"] = real["file_id"]
        check(case, background)

    assert try_all(document, mode, use) == 21
