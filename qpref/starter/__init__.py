"""Create a project, and copy shipped files into it to be changed."""
