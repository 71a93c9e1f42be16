"""LibreOffice Writer, without its screen: opens a document, fills it in as a person does, saves it.

What is done is a macro, in Basic: the one language that every Writer has. It is told by this module
what to type where, and writes nothing else.
"""

import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from tests.conftest import PATIENCE

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{source}</script:module>
"""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>
"""
_HEAD = """Sub Main
On Error GoTo Done
Dim hidden(0) As New com.sun.star.beans.PropertyValue
hidden(0).Name = "Hidden"
hidden(0).Value = True
doc = StarDesktop.loadComponentFromURL({source}, "_blank", 0, hidden())
parts = doc.Text.createEnumeration()
While parts.hasMoreElements()
part = parts.nextElement()
If part.supportsService("com.sun.star.text.Paragraph") Then
"""
_TABLE = """End If
Wend
table = doc.TextTables.getByIndex(doc.TextTables.Count - 1)
missing = {rows} + 1 - table.Rows.Count
If missing > 0 Then table.Rows.insertByIndex(table.Rows.Count, missing)
"""
_TAIL = """Dim kept(0) As New com.sun.star.beans.PropertyValue
kept(0).Name = "FilterName"
kept(0).Value = "{kind}"
doc.storeToURL({target}, kept())
doc.close(True)
Done:
StarDesktop.terminate()
End Sub
"""


def has_writer() -> bool:
    """Whether Writer is there: LibreOffice may be installed without it."""
    found = shutil.which("soffice")
    return bool(found) and any(Path(found).resolve().parent.glob("*swlo.*"))


def fill(path, target, rows, lines, kind="MS Word 2007 XML"):
    """
    Type rows in the last table of a document, and after the labels of some lines; save it.

    `lines`: what is typed by the label that begins the line.
    """
    home = target.parent / "profil"
    command = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore"]
    _run([*command, "--terminate_after_init"])  # a new profile takes the place of macros
    library = home / "user" / "basic" / "Standard"
    (library / "Module1.xba").write_text(
        _MODULE.format(source=escape(_macro(path, target, rows, lines, kind))), "utf-8"
    )
    (library / "script.xlb").write_text(_LIBRARY, "utf-8")
    _run([*command, "macro:///Standard.Module1.Main"])
    assert target.exists(), "Writer n’a rien enregistré"


def _run(command):
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


def _macro(path, target, rows, lines, kind):
    typed = "".join(
        f"If Left(part.String, {len(label)}) = {_text(label)} Then part.String = "
        f"{_text(f'{label} : {said}')}\n"
        for label, said in lines.items()
    )
    cells = "".join(
        f'table.getCellByName("{"ABCD"[column]}{rank}").setString({_text(said)})\n'
        for rank, row in enumerate(rows, start=2)
        for column, said in enumerate(row)
    )
    return (
        _HEAD.format(source=_text(path.as_uri()))
        + typed
        + _TABLE.format(rows=len(rows))
        + cells
        + _TAIL.format(target=_text(target.as_uri()), kind=kind)
    )


def _text(said):
    return '"' + said.replace('"', '""') + '"'
