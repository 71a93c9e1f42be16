@echo off
rem Installe qpref sans Internet ni droits d'administration, ou le met a jour ; les donnees restent.
chcp 65001 >nul
setlocal
set "PROGRAMME=%LOCALAPPDATA%\qpref"
set "PROJET=%USERPROFILE%\qpref"
py -3.11 -m venv "%PROGRAMME%" || goto absent
"%PROGRAMME%\Scripts\python" -m pip install --quiet --no-index --find-links "%~dp0paquets" --require-hashes -r "%~dp0paquets.txt" || goto echec
"%PROGRAMME%\Scripts\python" -m pip install --quiet --no-index --find-links "%~dp0paquets" --no-deps --force-reinstall qpref || goto echec
if exist "%PROJET%\data\reference" "%PROGRAMME%\Scripts\qpref" --racine "%PROJET%" migrer || goto echec
echo qpref est installe. Lancez demarrer.cmd.
goto fin
:absent
echo Python 3.11 est necessaire : demandez-le au service informatique, il s'installe sans droits d'administration.
goto fin
:echec
echo L'installation a echoue ; vos donnees sont intactes. Envoyez le texte ci-dessus.
:fin
pause
