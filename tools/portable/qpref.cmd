@echo off
"%~dp0python\python.exe" -m qpref %*
exit /b %ERRORLEVEL%
