"""The contract between an adapter, the proxy before it and a host's site, as named checks (docs/guide-integrator.md).

Whoever integrates e2evote runs these against what they have built: `e2evote conformance URL`. Each check looks at a
deployment from outside, as a voter's browser or the adapter would. Needs the extra `[http]`.
"""
