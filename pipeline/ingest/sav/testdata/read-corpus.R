# Writes what haven reads of each file of the corpus beside it, as lines of
# TAB-separated fields: version, var, label, na, range and value. Texts that
# are labelled or missing go without the blanks that fill them up.
suppressMessages(library(haven))
number <- function(x) ifelse(is.na(x), ".", sprintf("%.17g", x))
text <- function(x) {
  x <- enc2utf8(as.character(ifelse(is.na(x), "", x)))
  x[!validUTF8(x)] <- "not UTF-8"
  gsub("\n", "\\n", gsub("\t", "\\t", gsub("\\", "\\\\", x, fixed = TRUE), fixed = TRUE), fixed = TRUE)
}
trimmed <- function(x) if (is.character(x)) text(sub(" +$", "", x)) else show(x)
show <- function(x) if (is.character(x)) text(x) else number(as.numeric(x))
for (file in sort(list.files("corpus", "[.]z?sav$", full.names = TRUE))) {
  to <- file(paste0(file, ".tsv"), "wb")
  line <- function(...) writeLines(enc2utf8(paste(c(...), collapse = "\t")), to, useBytes = TRUE)
  line("version", R.version.string, paste("haven", packageVersion("haven")))
  d <- tryCatch(read_sav(file, user_na = TRUE), error = function(e) { line("refused"); NULL })
  if (!is.null(d)) {
    line("rows", nrow(d))
    for (name in names(d)) {
      x <- d[[name]]
      a <- attributes(x)
      seconds <- if (inherits(x, "Date")) as.numeric(x) * 86400 + 12219379200 else if (inherits(x, "POSIXct")) as.numeric(x) + 12219379200 else if (inherits(x, "difftime")) as.numeric(x, units = "secs") else NULL
      line("var", text(name), text(if (is.null(a[["label"]])) "" else a[["label"]]), if (is.null(a$format.spss)) "" else a$format.spss, if (is.character(x)) "text" else "number")
      labels <- a$labels
      for (i in seq_along(labels)) line("label", text(name), trimmed(unname(labels[i])), text(names(labels)[i]))
      for (v in a$na_values) line("na", text(name), trimmed(v))
      if (!is.null(a$na_range)) line("range", text(name), show(a$na_range))
      plain <- if (!is.null(seconds)) seconds else if (is.character(x)) as.character(unclass(x)) else as.numeric(unclass(x))
      line("value", text(name), show(plain))
    }
  }
  close(to)
}
