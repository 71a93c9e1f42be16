"""A project of one's own: a new folder, and shipped files taken into it to be changed."""
