#!/usr/bin/env bash
# Makes the workbooks of this folder, each by another program, all with the table of
# return.csv: needs python3 with openpyxl and XlsxWriter, gnumeric's ssconvert and
# LibreOffice's soffice.
set -euo pipefail
cd "$(dirname "$0")"
python3 - <<'PYTHON'
import csv, datetime
import openpyxl, xlsxwriter
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

rows = list(csv.reader(open("return.csv", encoding="utf-8")))
DAY = datetime.date(2005, 5, 5)

# XlsxWriter: formulas with their values, merged headings, a hidden row and column,
# a hidden sheet in front and notes behind, styled blank rows below, a number that is
# text, and one on which a column's format of dates does not lie.
book = xlsxwriter.Workbook("xlsxwriter.xlsx")
lists = book.add_worksheet("Lists")
lists.write_column(0, 0, ["provisional", "revised", "final"])
sheet = book.add_worksheet("Table 1")
sheet.activate()
lists.hide()
bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
share, shaded, text = book.add_format({"num_format": "0%"}), book.add_format({"bg_color": "yellow"}), book.add_format({"num_format": "@"})
thousand = book.add_format({"num_format": "#,##0"})
for column in (0, 4, 5, 6):
    sheet.write(0, column, rows[0][column], bold)
sheet.merge_range(0, 1, 0, 3, rows[0][1], bold)
for column in (1, 2, 3):
    sheet.write(1, column, rows[1][column], bold)
for i, r in enumerate(rows[2:], 2):
    line = i + 2 if i > 4 else i  # two rows are left out after the third
    sheet.write_string(line, 0, r[0])
    for column in (1, 2):
        if r[column] in ("-", "*"):
            sheet.write_string(line, column, r[column])
        elif r[column] == "1300":
            sheet.write_string(line, column, r[column], text)
        else:
            sheet.write_number(line, column, float(r[column]), thousand)
    if r[3] == "*":
        sheet.write_string(line, 3, "*")
    else:
        sheet.write_formula(line, 3, f"=SUM(B{line+1}:C{line+1})", thousand, float(r[3]))
    if r[4] == "n/c":
        sheet.write_string(line, 4, r[4])
    else:
        sheet.write_number(line, 4, float(r[4].rstrip("%")) / 100, share)
    sheet.write_datetime(line, 5, datetime.datetime.combine(DAY, datetime.time()), day)
    sheet.write_string(line, 6, r[6])
sheet.set_row(3, None, None, {"hidden": True})
sheet.set_column(6, 6, 12, None, {"hidden": True})
for line in range(12, 40):
    for column in range(7):
        sheet.write_blank(line, column, None, shaded)
notes = book.add_worksheet("Notes")
notes.write(0, 0, "Valid votes alone")
book.close()

# openpyxl: days from 1904 on, as old Macintosh programs count them, and values where
# the others have formulas, which it writes without their values.
book = openpyxl.Workbook()
book.epoch = CALENDAR_MAC_1904
sheet = book.active
sheet.title = "Return"
for column, head in enumerate(rows[0], 1):
    if head:
        sheet.cell(1, column, head)
sheet.merge_cells("B1:D1")
for column, head in enumerate(rows[1], 1):
    if head:
        sheet.cell(2, column, head)
for i, r in enumerate(rows[2:], 3):
    for column, cell in enumerate(r, 1):
        at = sheet.cell(i, column)
        if column in (2, 3, 4) and cell not in ("-", "*"):
            at.value = int(cell)
        elif column == 5 and cell != "n/c":
            at.value = float(cell.rstrip("%")) / 100
            at.number_format = "0.0%"
        elif column == 6:
            at.value = DAY
            at.number_format = '[$-809]d mmmm yyyy'
        else:
            at.value = cell
for line in range(9, 15):
    sheet.cell(line, 1).fill = PatternFill("solid", fgColor="FFFF00")
book.create_sheet("Notes")["A1"] = "Valid votes alone"
book.save("openpyxl.xlsx")
sheet["D3"] = "=B3+C3"
book.save("formula.xlsx")
PYTHON
ssconvert xlsxwriter.xlsx gnumeric.xlsx 2>/dev/null
folder="$(mktemp -d)"
soffice --headless --convert-to xlsx --outdir "$folder" xlsxwriter.xlsx >/dev/null 2>&1
mv "$folder/xlsxwriter.xlsx" libreoffice.xlsx
rm -rf "$folder"
