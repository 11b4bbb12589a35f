#!/bin/sh
# Writes the fixtures of this folder: one table as three programs write it.
# Needs R with openxlsx, LibreOffice and gnumeric.
set -eu
cd "$(dirname "$0")"
TZ=UTC Rscript -e 'suppressMessages(library(openxlsx))
day <- as.Date(c("2001-05-03", "1999-12-31", NA, "1900-03-01", "2024-02-29", "1970-01-01"))
at <- as.POSIXct(c("2001-05-03 12:30:15", "1999-12-31 00:00:00", NA, "2005-01-01 23:59:59", "2024-02-29 06:00:00", "1970-01-01 00:00:01"), tz = "UTC")
d <- data.frame(id = 1:6, name = c("Ann & Bo", "<C\u00e9>", "007", "", NA, " x "), w = c(1.5, 2, 0.3, 1e-7, 123456789012, NA), day, at,
  ok = c(TRUE, FALSE, NA, TRUE, TRUE, FALSE), code = c("1", "2", "3", "1", "2", NA))
b <- createWorkbook()
addWorksheet(b, "Data"); writeData(b, "Data", d)
addWorksheet(b, "Notes"); writeData(b, "Notes", data.frame(a = "x", b = 1))
saveWorkbook(b, "openxlsx.xlsx", overwrite = TRUE)'
made=$(mktemp -d)
cp openxlsx.xlsx "$made/a.xlsx"
soffice --headless --convert-to ods --outdir "$made" "$made/a.xlsx" >/dev/null
cp "$made/a.ods" libreoffice.ods
soffice --headless --convert-to 'xlsx:Calc MS Excel 2007 XML' --outdir "$made/x" "$made/a.ods" >/dev/null
cp "$made/x/a.xlsx" libreoffice.xlsx
ssconvert "$made/a.xlsx" gnumeric.ods
ssconvert "$made/a.xlsx" gnumeric.xlsx
rm -r "$made"
