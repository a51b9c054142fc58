"""The fault bench: `python -m tests.faults [--short]`. Real dispatchers in processes of their own, with the real heart
and the real SMTP and Twilio transports, are killed, paused and raced, and their surroundings break.

`arena` is where it happens: a database, an SMTP and an HTTP sink that write down what they take before they answer
(`sinks`, `ledger`, `manners`), a clock (`clocks`). `audit` then holds the ledgers against the rows. Each scenario is a
function in a module of its own; `scenarios` lists them.

SQLite runs with its full durability; PostgreSQL commits synchronously and does not wait for the disk, because here
processes die and the machine does not. What a power cut does is not tested.
"""
