"""The meeting of the committee: documents, mail, replies, minutes, agreements."""
