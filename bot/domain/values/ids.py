"""Distinct types for ids."""

from typing import NewType

GuildId = NewType("GuildId", int)
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
CoachId = NewType("CoachId", int)
PlanId = NewType("PlanId", int)
DraftId = NewType("DraftId", int)
TemplateId = NewType("TemplateId", int)
CardId = NewType("CardId", int)
ChannelId = NewType("ChannelId", int)
MessageId = NewType("MessageId", int)
OperationId = NewType("OperationId", int)
"""The id of the interaction that requests an operation: an idempotency key."""
