@echo off
rem Cree le projet la premiere fois, puis ouvre l'atelier. Un dossier depose sur ce fichier est le projet a ouvrir.
setlocal
chcp 65001 >nul
set "PYTHON=%~dp0python\python.exe"
set "PROJET=%USERPROFILE%\qpref"
if not "%~1"=="" set "PROJET=%~f1"
if exist "%PROJET%\data\reference" goto present
"%PYTHON%" -m qpref projet creer "%PROJET%"
if errorlevel 1 goto echec
goto ouvrir
:present
"%PYTHON%" -m qpref --racine "%PROJET%" migrer
if errorlevel 1 goto echec
:ouvrir
"%PYTHON%" -m qpref --racine "%PROJET%" labo
if not errorlevel 1 goto fin
:echec
set "CODE=%ERRORLEVEL%"
echo Vos donnees sont intactes. Envoyez le texte ci-dessus a la personne qui suit qpref.
pause
exit /b %CODE%
:fin
