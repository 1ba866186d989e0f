"""Digital post (mit.dk): MeMo messages as XML, receipts, and a folder that stands for the solution.

The sender's interface of mit.dk is agreed with its operator and is not public; what is here ends
where that begins (docs/connect/post.md).
"""
