"""The outputs that every report has."""

from __future__ import annotations

from pathlib import Path

from patchbay_operators.report.document import Report, to_json
from patchbay_operators.report.page import page_of
from patchbay_operators.report.pdf import write_pdf
from patchbay_sdk import File


def report_outputs(report: Report, folder: Path, language: str, title: str = "") -> dict[str, str | File]:
    """`report` (JSON in both languages), and in one language `page` (HTML) and `pdf`, written to `folder`.

    `title`: of the files; without one, the headline.
    """
    page, pdf = folder / "report.html", folder / "report.pdf"
    page.write_text(page_of(report, language, title), encoding="utf-8")
    write_pdf(report, language, pdf, title)
    return {
        "report": to_json(report),
        "page": File(page, media_type="text/html"),
        "pdf": File(pdf, media_type="application/pdf"),
    }
