"""The custody register, as the world has it (D-ACC-7).

Here: reading the answers of MedCom's 'Det Gode CPR Opslag' (`dgcpr`, over the bounded XML of
`answer_xml`), and a register that is a folder of such answers (`folder`). Not here: what an answer
means for a guardian (`eservices_core.access.custody`), and any network: whoever has an agreement
with the national service platform sends the question, and hands the bytes that come back to
`dgcpr.read_answer`.
"""
