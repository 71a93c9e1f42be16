@echo off
rem Cree le projet la premiere fois, puis ouvre l'atelier.
chcp 65001 >nul
setlocal
set "QPREF=%LOCALAPPDATA%\qpref\Scripts\qpref"
set "PROJET=%USERPROFILE%\qpref"
if exist "%PROJET%\data\reference" goto ouvrir
"%QPREF%" projet creer "%PROJET%"
if errorlevel 1 goto echec
:ouvrir
"%QPREF%" --racine "%PROJET%" labo
if not errorlevel 1 goto fin
:echec
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%
:fin
