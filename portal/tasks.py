"""What Celery runs for the kernel."""

from portal import clock, documents, outbox
from portal.celery import app


@app.task
def deliver_mail(mail_id: int) -> None:
    """Send one letter."""
    outbox.deliver(mail_id, now=clock.now())


@app.task
def render_document(document_id: int) -> None:
    """Make one document's file, then send the letters that waited for it."""
    now = clock.now()
    if documents.render(document_id, now=now):
        for mail in outbox.due(now).filter(documents=document_id):
            outbox.deliver(mail.pk, now=now)


@app.task
def sweep_outbox() -> None:
    """Make and send what the doorbell missed."""
    now = clock.now()
    for document_id in documents.waiting():
        documents.render(document_id, now=now)
    outbox.ask_about_cut_off(now=now)
    for mail in outbox.due(now):
        outbox.deliver(mail.pk, now=now)
