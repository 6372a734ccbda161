"""The documents of alerts as schemas; see `hashquake.serve.api.documents`."""

from typing import Literal

from pydantic import Field

from hashquake.serve.api.documents import Document, PageDocument


class DeliveryDocument(Document):
    """An alert on its way to one place."""

    way: str = Field(description="The name of the way in the settings.")
    state: Literal["waiting", "delivered", "undelivered"] = Field(
        description="Undelivered is given up, after two days."
    )
    tries: int = Field(description="Attempts so far.")
    because: str = Field(description="Why the last attempt failed; empty otherwise.")


class AlertDocument(Document):
    """Something that a rule raised, updated or found recovered."""

    rule: str = Field(description="The name of the rule in the settings.")
    thread: str = Field(description="The same for all alerts of a rule about one matter.")
    n: int = Field(description="1 for the first alert of the thread.")
    state: Literal["raised", "updated", "recovered"] = Field(description="What became of it.")
    at_s: float = Field(description="When the rule decided it, UTC Unix seconds.")
    subject: str = Field(description="Whom it is about: network, pool:SLUG, source:NAME and so on.")
    title: str = Field(description="One line.")
    because: str = Field(description="What was found, in a sentence.")
    false_alarms_per_year: float | None = Field(
        description="How often chance alone raises one; null where chance plays no part."
    )
    link: str | None = Field(description="Where more of it is read; null where it is not known.")
    key: str = Field(description="The same for every attempt to deliver it, and for no other.")
    change_id: int = Field(description="The number of the change it rests on.")
    deliveries: list[DeliveryDocument] = Field(description="One for each way of the rule.")


class AlertPage(PageDocument):
    """A page of alerts."""

    items: list[AlertDocument] = Field(description="Alerts, oldest first.")
