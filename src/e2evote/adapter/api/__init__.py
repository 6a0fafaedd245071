"""The HTTP adapter: a selection's verbs and its public record for any frontend (docs/http.md).

    gate      what every request goes through: limits of rate, HEAD, OPTIONS, headers, log
    routes    elections, published, casting, sessions, health, client_files; others are handed to `make_app`
    hosted    the elections that this process serves, each with its box
    problems  every refusal as RFC 9457 problem details

Needs the extra `[http]`.
"""
