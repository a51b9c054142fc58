"""Every table, as SQLAlchemy Core objects for the statements of this room."""

from sqlmodel import SQLModel

from engine.store.tables import facts, people, plans, work
from engine.store.tables.columns import table_of

metadata = SQLModel.metadata

team = table_of(people.Team)
rep = table_of(people.Rep)
rep_leave = table_of(people.RepLeave)
line_review = table_of(people.LineReview)
mailbox = table_of(people.Mailbox)
mail_sync = table_of(people.MailSync)
account = table_of(people.Account)
prospect = table_of(people.Prospect)
source_ref = table_of(people.SourceRef)
address = table_of(people.Address)
relation = table_of(people.Relation)
stage_change = table_of(people.StageChange)
import_batch = table_of(people.ImportBatch)
workspace = table_of(plans.WorkspaceRow)
sequence = table_of(plans.SequenceRow)
sequence_version = table_of(plans.SequenceVersion)
heartbeat = table_of(plans.Heartbeat)
idempotent_answer = table_of(plans.IdempotentAnswer)
audit = table_of(plans.Audit)
enrollment = table_of(work.Enrollment)
pause = table_of(work.Pause)
touch = table_of(work.Touch)
message = table_of(work.Message)
hand_off = table_of(work.HandOff)
doubt = table_of(work.Doubt)
journaled_send = table_of(work.JournaledSend)
tracked_link = table_of(work.TrackedLink)
call = table_of(work.Call)
task = table_of(work.Task)
event = table_of(facts.Event)
suppression = table_of(facts.Suppression)
arrival = table_of(facts.Arrival)
consent = table_of(facts.Consent)
breaker = table_of(facts.Breaker)
