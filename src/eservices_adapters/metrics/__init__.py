"""OpenTelemetry metrics: how the service is doing, in numbers and codes.

`Otel` is told by `compose` where `[operation] metrics = true`; without the extra `metrics`, or
without an SDK in the process, nothing is measured and nothing is paid. No attribute ever holds an
id, a name or a text: whatever is not on its closed list is called `other` (D-LOG-1).
"""
