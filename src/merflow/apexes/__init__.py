"""Apexes of clips whose annotation names none, estimated from the recordings: ``merflow apexes``."""
