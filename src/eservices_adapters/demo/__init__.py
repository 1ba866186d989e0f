"""The clinic in a box: a day of real-shaped people, run through the real use cases and adapters.

The people are the published test family of MedCom; none of them exists. Here: the people, the
clock that is wound, and the script. Not here: how it is shown (`cli.demo`), and any rule.
"""
