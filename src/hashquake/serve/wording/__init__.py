"""Sentences for the reasons of opinions: the only place where reasons become prose."""

from hashquake.serve.wording.causes import cause_because
from hashquake.serve.wording.outages import class_because, coverage_rows, silence_because

__all__ = ["cause_because", "class_because", "coverage_rows", "silence_because"]
