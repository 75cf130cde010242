"""What whoever hosts Saem is given to watch it: it asks for what there is, and the containers are locked."""

import json
import re
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]

from tests.bot.status.exported import METRICS, UPON_TROUBLE
from tests.test_project import ROOT

MONITORING: Final = ROOT / "monitoring"
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OF_A_PROCESS: Final = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
"""Which prometheus-client tells of each process."""
NAME: Final = re.compile(r"\b(?:saem|process)_[a-z_]+\b")


def queries() -> dict[str, str]:
    """The queries of the dashboard and of the alerts."""
    dashboard = json.loads((MONITORING / "grafana/dashboards/saem.json").read_text(encoding="utf-8"))
    found = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return found | {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}


def test_each_query_asks_for_metrics_that_are_exported_and_each_metric_is_asked_for() -> None:
    asked = {name for query in queries().values() for name in NAME.findall(query)}
    assert asked <= METRICS | UPON_TROUBLE | OF_A_PROCESS
    assert asked | {"saem_bot_up", "saem_bot_processes"} >= METRICS | UPON_TROUBLE


def test_the_dashboard_and_what_it_is_provisioned_by_fit_together() -> None:
    dashboard = json.loads((MONITORING / "grafana/dashboards/saem.json").read_text(encoding="utf-8"))
    (source,) = yaml.safe_load((MONITORING / "grafana/provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((MONITORING / "grafana/provisioning/dashboards/saem.yml").read_text())["providers"]
    assert {target["datasource"]["uid"] for panel in dashboard["panels"] for target in panel["targets"]} == {
        source["uid"]
    }
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    mounted = dict(each.split(":")[:2] for each in COMPOSE["services"]["grafana"]["volumes"])
    assert mounted["./monitoring/grafana/dashboards"] == provider["options"]["path"]
    prometheus = yaml.safe_load((MONITORING / "prometheus.yml").read_text(encoding="utf-8"))
    (scraped,) = prometheus["scrape_configs"][0]["dns_sd_configs"]
    port = COMPOSE["services"]["saem"]["environment"]["METRICS_PORT"]
    assert scraped["port"] == port
    assert set(scraped["names"]) <= set(COMPOSE["services"])
    for volume in (each for name in ("grafana", "prometheus") for each in COMPOSE["services"][name]["volumes"]):
        path = volume.split(":")[0]
        assert (ROOT / path).exists() if path.startswith(".") else path in COMPOSE["volumes"]


@pytest.mark.parametrize("name", [name for name in COMPOSE["services"] if name != "postgres"])
def test_containers_have_a_read_only_root_and_no_capabilities(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if service["image"] == "saem":
        assert any(each.startswith("/tmp") for each in service["tmpfs"])


def test_ports_are_published_on_this_machine_alone() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_runs_as_nobody_in_particular_and_looks_after_itself() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER saem" in lines
    assert lines.index("USER saem") < next(i for i, line in enumerate(lines) if line.startswith("HEALTHCHECK"))
    assert any(line.startswith("HEALTHCHECK") and '"status", "--check"' in line for line in lines)
