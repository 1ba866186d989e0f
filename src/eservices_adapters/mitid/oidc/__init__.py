"""MitID over OpenID Connect, at any of several brokers.

Here, each without input or output: what a broker calls things (`brokers`, `levels`), what it
publishes (`discovery`, `keys`), what it signs (`documents`, `token`), what a browser brings back
(`callback`), who we are to it (`client`), whom its claims speak of (`claims`), the exchanges
(`exchanges`) and what is kept between them (`known`); and the adapter (`adapter`). Not here:
whether an identity is acceptable (`eservices_core.access.mitid`).
"""
