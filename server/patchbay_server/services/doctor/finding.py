"""What the doctor says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; the message of a warning or failure says what to do."""

    subject: str
    state: State
    message: str
