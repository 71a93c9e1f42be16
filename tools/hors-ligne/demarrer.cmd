@echo off
rem Cree le projet la premiere fois, puis ouvre l'atelier.
chcp 65001 >nul
setlocal
set "QPREF=%LOCALAPPDATA%\qpref\Scripts\qpref"
set "PROJET=%USERPROFILE%\qpref"
if not exist "%PROJET%\data\reference" "%QPREF%" projet creer "%PROJET%" || goto fin
"%QPREF%" --racine "%PROJET%" labo
:fin
if errorlevel 1 pause
