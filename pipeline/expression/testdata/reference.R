# Makes reference.csv beside it: what base R makes of expressions, a row each, for the
# rows of reference-data.csv. What is not finite in R is missing here, and so is NA.
# Rounding of halves is left out: R rounds them to even, an expression away from 0.
# Run as: Rscript reference.R, in this folder (R 4.2.2)
d <- read.csv("reference-data.csv", stringsAsFactors = FALSE, na.strings = "")
recode <- function(x, ...) { made <- rep(NA_real_, length(x)); for (r in list(...)) made[!is.na(x) & x >= r[1] & x <= r[2]] <- r[3]; made }
among <- function(x, ...) ifelse(is.na(x), NA, x %in% c(...))
pairs <- list(
  c("x + y * z", "x + y * z"), c("-x^2", "-x^2"), c("(x - y) - (z - x)", "(x - y) - (z - x)"), c("x / y", "x / y"), c("2^-y", "2^-y"),
  c("x^y^2", "x^y^2"), c("x / (y / 100)^2", "x / (y / 100)^2"), c("log(x)", "log(x)"), c("exp(y) - 1", "exp(y) - 1"), c("sqrt(z)", "sqrt(z)"),
  c("abs(x) + floor(z)", "abs(x) + floor(z)"), c("min(x, y, z)", "pmin(x, y, z)"), c("max(x, y)", "pmax(x, y)"), c("round(z * 1.3, 1)", "round(z * 1.3, 1)"),
  c("x > y", "x > y"), c("x >= 2 and y < 3", "x >= 2 & y < 3"), c("x >= 2 or y < 3", "x >= 2 | y < 3"), c("not (x > 2) or z = 1", "!(x > 2) | z == 1"),
  c("x != 2", "x != 2"), c("x = y", "x == y"), c("x in (1, 2, -3)", "among(x, 1, 2, -3)"), c("x not in 1..3", "!(x >= 1 & x <= 3)"), c("missing(x) or missing(y)", "is.na(x) | is.na(y)"),
  c("if(x > 1, y, z)", "ifelse(x > 1, y, z)"), c("coalesce(x, y, z)", "ifelse(!is.na(x), x, ifelse(!is.na(y), y, z))"),
  c('g = "a"', 'g == "a"'), c('g != "a" and x > 0', 'g != "a" & x > 0'), c('g in ("a", "c")', 'among(g, "a", "c")'), c('g = "b" or missing(g)', 'g == "b" | is.na(g)'),
  c("recode(x; ..0 = 1, 1..2 = 2, 3.. = 3)", "recode(x, c(-Inf, 0, 1), c(1, 2, 2), c(3, Inf, 3))"),
  c("recode(x + z; 0..3 = 10, else = 20)", "ifelse(is.na(x + z), NA, ifelse(x + z >= 0 & x + z <= 3, 10, 20))"),
  c("(x > 1) + (y > 1) + (z > 1)", "(x > 1) + (y > 1) + (z > 1)"), c("if(missing(x), 0, x) * 2", "ifelse(is.na(x), 0, x) * 2")
)
rows <- sapply(pairs, function(p) {
  v <- as.numeric(eval(parse(text = p[2]), d))
  v[!is.finite(v)] <- NA
  paste(c(paste0('"', gsub('"', '""', p[1]), '"'), ifelse(is.na(v), "", sprintf("%.17g", v))), collapse = ",")
})
writeLines(rows, "reference.csv")
