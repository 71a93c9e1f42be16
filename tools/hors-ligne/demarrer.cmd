@echo off
rem Ouvre l'atelier.
"%LOCALAPPDATA%\qpref\Scripts\qpref" --racine "%USERPROFILE%\qpref" labo
if errorlevel 1 pause
