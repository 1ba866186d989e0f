"""HTTP as the wire exchanges of adapters speak it: bounded, without redirects, over TLS.

Here: what an exchange is (`exchange`), which addresses may be spoken to (`addresses`), and the
driver that has one carried out, waiting or awaiting (`driver`). Not here: what any peer is asked
(`mitid`, `custody`, `calendar`, `mitdk`).
"""
