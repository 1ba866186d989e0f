"""The custody register, as the world has it (D-ACC-7).

Here: three registers behind one port. MedCom's 'Det Gode CPR Opslag' over SOAP (`soap`, with the
security header of `credential`); a folder of its answers (`folder`); and an extract of the CPR
office's (`extract`). All follow a changed number in one way (`following`), and the first two read
their answers in one (`dgcpr`, over the bounded XML of `answer_xml`). Which one an installation has
is opened in `opening`. Not here: what an answer means for a guardian
(`eservices_core.access.custody`), and the line (`wire_http`).
"""
