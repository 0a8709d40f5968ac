"""The outputs that every report has."""

from __future__ import annotations

from pathlib import Path

from patchbay_operators.report.document import LANGUAGES, Report, to_json
from patchbay_operators.report.page import page_of
from patchbay_operators.report.pdf import write_pdf
from patchbay_sdk import File


def report_outputs(report: Report, folder: Path, language: str, title: str = "") -> dict[str, str | File]:
    """`report` (JSON in both languages), `page` (HTML) and `pdf` in one language, and both in the other, in `folder`.

    `title`: of the files; without one, the headline.
    """
    report = report.with_terms_that_occur()
    other = next(each for each in LANGUAGES if each != language)
    return {
        "report": to_json(report),
        **_files(report, folder, language, title, ""),
        **_files(report, folder, other, title, "_other"),
    }


def _files(report: Report, folder: Path, language: str, title: str, which: str) -> dict[str, str | File]:
    page, pdf = (folder / f"report.{language}.{ending}" for ending in ("html", "pdf"))
    page.write_text(page_of(report, language, title), encoding="utf-8")
    write_pdf(report, language, pdf, title)
    return {
        f"page{which}": File(page, name="report.html", media_type="text/html"),
        f"pdf{which}": File(pdf, name="report.pdf", media_type="application/pdf"),
    }
