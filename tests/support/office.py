"""LibreOffice as the clerk's program: it opens, fills in, saves and prints what relief wrote.

It follows a plan, one step a line, by a macro of its own: no library of relief's has a hand in it.
"""

import os
import re
import shutil
import subprocess

import pytest

SOFFICE = shutil.which("soffice")
NEEDED = "RELIEF_NEEDS_LIBREOFFICE"  # set where a missing LibreOffice is a failure: in .ci/run
LEFT_OUT = "LibreOffice is not installed: tests of real office programs are left out"
FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "ods": "calc8",
    "xls": "MS Excel 97",
    "pdf": "calc_pdf_Export",
}
_TIMEOUT = 120
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Follow
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim kept(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  kept(0).Name = "FilterName"
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  told = ""
  On Error GoTo Failed
  plan = createUnoService("com.sun.star.io.TextInputStream")
  plan.setInputStream(files.openFileRead(ConvertToUrl(Environ("RELIEF_PLAN"))))
  plan.setEncoding("UTF-8")
  Do While Not plan.isEOF()
    part = Split(plan.readLine(), Chr(9))
    Select Case part(0)
    Case "open"
      book = StarDesktop.loadComponentFromURL(ConvertToUrl(part(1)), "_blank", 0, hidden())
    Case "text", "number", "typed", "list"
      cell = book.Sheets.getByName(part(1)).getCellByPosition(CInt(part(2)), CInt(part(3)))
      If part(0) = "text" Then cell.setString(part(4))
      If part(0) = "number" Then cell.setValue(CDbl(part(4)))
      If part(0) = "typed" Then cell.FormulaLocal = part(4)
      If part(0) = "list" Then told = told + cell.Validation.getFormula1() + Chr(10)
    Case "save"
      kept(0).Value = part(2)
      book.storeToURL(ConvertToUrl(part(1)), kept())
    Case "close"
      book.close(True)
    End Select
  Loop
  GoTo Done
Failed:
  told = "failed: " + Error() + Chr(10)
Done:
  report = createUnoService("com.sun.star.io.TextOutputStream")
  report.setOutputStream(files.openFileWrite(ConvertToUrl(Environ("RELIEF_REPORT"))))
  report.setEncoding("UTF-8")
  report.writeString(told)
  report.closeOutput()
  StarDesktop.terminate()
End Sub
</script:module>
"""


def needs_libreoffice():
    """Leave the tests that follow out where LibreOffice is missing, or fail where it must be."""
    if SOFFICE is None and os.environ.get(NEEDED):
        pytest.fail("LibreOffice must be here and is not")
    if SOFFICE is None:
        pytest.skip(LEFT_OUT)


class Office:
    """One profile of LibreOffice; each plan is one start of the program."""

    def __init__(self, folder):
        self._folder = folder
        self._start("--terminate_after_init")  # makes the profile, over whatever stands there
        module = folder / "profile" / "user" / "basic" / "Standard" / "Module1.xba"
        module.write_text(_MODULE, "utf-8")

    def follow(self, *steps):
        """Carry out a plan; return what its steps told, a line each."""
        plan, report = self._folder / "plan.txt", self._folder / "report.txt"
        plan.write_text("\n".join("\t".join(map(str, step)) for step in steps), "utf-8")
        report.unlink(missing_ok=True)
        self._start(
            "macro:///Standard.Module1.Follow", RELIEF_PLAN=str(plan), RELIEF_REPORT=str(report)
        )
        told = report.read_text("utf-8-sig").splitlines()
        assert not any(line.startswith("failed") for line in told), told
        return told

    def _start(self, order, **settings):
        """Start LibreOffice with a profile of its own, and wait until it ends."""
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        subprocess.run(  # noqa: S603
            [SOFFICE, "--headless", "--norestore", "--nologo", profile, order],
            env={**os.environ, **settings},
            timeout=_TIMEOUT,
            check=True,
            capture_output=True,
        )


def saved(path):
    """Return the step that saves the open workbook as what the file's ending says."""
    return ("save", path, FILTERS[path.suffix[1:]])


def pages_of(path):
    """Return the size in points of every page of a PDF that LibreOffice wrote."""
    page = rb"/Type\s*/Page\b(?!s).*?/MediaBox\s*\[([^\]]+)\]"
    pages = re.findall(page, path.read_bytes(), re.DOTALL)
    return [tuple(round(float(one)) for one in page.split()[2:]) for page in pages]
