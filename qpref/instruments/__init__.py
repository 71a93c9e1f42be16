"""Instruments: the forms by which a questionnaire is asked, written from the dictionary."""

from qpref.instruments.online import OnlineForm, online_forms
from qpref.instruments.structure import structure

__all__ = ["OnlineForm", "online_forms", "structure"]
