# Prints the cells of .xlsx workbooks as workbook.mjs does, as readxl reads them: every cell for
# what it is, without a guess by column. readxl reads no .ods.
text <- function(x) paste0("\"", gsub("\n", "\\n", gsub("\t", "\\t", gsub("\"", "\\\"", gsub("\\", "\\\\", x, fixed = TRUE), fixed = TRUE), fixed = TRUE), fixed = TRUE), "\"")
paths <- commandArgs(TRUE)
for (file in seq_along(paths)) {
  for (sheet in readxl::excel_sheets(paths[file])) {
    cells <- readxl::read_excel(paths[file], sheet, readxl::cell_limits(c(1, 1), c(NA, NA)), col_names = FALSE, col_types = "list", na = character(), trim_ws = FALSE, .name_repair = "minimal")
    for (column in seq_along(cells)) {
      values <- cells[[column]]
      row <- which(!vapply(values, function(v) is.logical(v) && is.na(v), TRUE))
      values <- values[row]
      kind <- vapply(values, function(v) if (is.numeric(v)) "n" else if (is.character(v)) "s" else class(v)[1], "")
      shown <- vapply(values, function(v) if (is.numeric(v)) format(v, digits = 15) else text(enc2utf8(as.character(v))), "")
      if (length(row) > 0) writeLines(sprintf("[%d, %s, %d, %d, \"%s\", %s]", file - 1L, text(sheet), row, column, kind, shown), useBytes = TRUE)
    }
  }
}
