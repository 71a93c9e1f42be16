"""qpref: satisfaction and mystery surveys of préfectures, from received files to reports."""
