"""Prometheus and Alertmanager as they are set up for a floor: a rule that waits as a ladder does, notifications that are not held back."""
import os
import signal

from .surged import free_port
from .waiting import for_port

PROMETHEUS, ALERTMANAGER = "Prometheus + Alertmanager", "Alertmanager"

RULES = """groups:
  - name: floor
    rules:
      - alert: due
        expr: queue_waiting > 5
        for: {hold}
"""

CONFIG = """global:
  scrape_interval: {interval}
  scrape_timeout: {interval}
  evaluation_interval: {interval}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["127.0.0.1:{alerts}"]}}]
scrape_configs:
  - job_name: floor
    static_configs: [{{targets: ["127.0.0.1:{metrics}"]}}]
"""

ROUTES = """route:
  receiver: floor
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
receivers:
  - name: floor
    webhook_configs:
      - url: http://127.0.0.1:{webhook}/
        send_resolved: false
"""


class Alertmanager:
    def __init__(self, bench, name):
        self.bench, self.port, self.webhook = bench, free_port(), free_port()
        package = bench.debian("prometheus-alertmanager")
        # It insists on its templates under /usr/share: it sees those of the unpacked package there, and nobody else does.
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
        seeing = [*alone, "sh", "-c", 'mount --bind "$0" /usr/share && exec "$@"', package / "usr" / "share"]
        program = package / "usr" / "bin" / "prometheus-alertmanager"
        folder = bench.folder / name
        folder.mkdir()
        (folder / "alertmanager.yml").write_text(ROUTES.format(webhook=self.webhook))
        self.process = bench.server(*seeing, program, "--config.file=alertmanager.yml", "--storage.path=data", f"--web.listen-address=127.0.0.1:{self.port}",
                                    "--cluster.listen-address=", "--log.level=error", cwd=folder)
        for_port(self.port, process=self.process)

    def processes(self):
        return [self.process]

    def asked(self):
        return {"alertmanager": {"alerts": self.port, "webhook": self.webhook}}


class Prometheus:
    """With an Alertmanager of its own."""

    def __init__(self, bench, name, interval, hold):
        self.alerts = Alertmanager(bench, f"{name}-alerts")
        self.port, self.metrics = free_port(), free_port()
        program = bench.debian("prometheus") / "usr" / "bin" / "prometheus"
        folder = bench.folder / name
        folder.mkdir()
        (folder / "rules.yml").write_text(RULES.format(hold=hold))
        (folder / "prometheus.yml").write_text(CONFIG.format(interval=interval, alerts=self.alerts.port, metrics=self.metrics))
        self.process = bench.server(program, "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{self.port}",
                                    "--log.level=error", cwd=folder)
        for_port(self.port, process=self.process)

    def processes(self):
        return [self.process, self.alerts.process]

    def asked(self):
        return {"prometheus": {"metrics": self.metrics, "webhook": self.alerts.webhook}}


def rest(system):
    """Stops a system while others are measured: it takes nothing of the core."""
    for process in system.processes():
        process.send_signal(signal.SIGSTOP)


def wake(system):
    for process in system.processes():
        process.send_signal(signal.SIGCONT)
