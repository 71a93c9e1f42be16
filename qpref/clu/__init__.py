"""The meeting of the committee: its documents, the mail that carries them, what it agreed on."""
