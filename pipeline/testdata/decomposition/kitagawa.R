# The change of influence-local from 2001 to 2003 in the synthetic extracts, divided
# into composition and rate by sex and by region, with R's survey package: shares and
# rates as functions of weighted totals, by svycontrast's delta method over both waves'
# totals, and by withReplicates over the jackknife of each wave.
#
#   twc seed EXTRACTS && Rscript kitagawa.R EXTRACTS > kitagawa.csv
suppressMessages(library(survey))
stopifnot(packageVersion("survey") >= "4.1")
extracts <- commandArgs(TRUE)[1]
options(survey.lonely.psu = "fail")

wave <- function(year) {
  d <- read.delim(file.path(extracts, "hocs", year, paste0("hocs_", year, "_synthetic.tab")))
  d <- d[!is.na(d$wtcore) & d$wtcore > 0, ]
  d$answered <- d$paffloc %in% 1:4
  d$agrees <- as.numeric(d$paffloc %in% 1:2)
  d
}

# The parts from the totals X and Y of each wave's groups, in the order of the file.
parts <- function(x1, y1, x2, y2) {
  s1 <- x1 / sum(x1); s2 <- x2 / sum(x2)
  r1 <- y1 / x1; r2 <- y2 / x2
  all1 <- sum(y1) / sum(x1); all2 <- sum(y2) / sum(x2)
  within <- (s1 + s2) / 2 * (r2 - r1)
  between <- ((r1 + r2) / 2 - (all1 + all2) / 2) * (s2 - s1)
  c(all2 - all1, sum(within), sum(between), rbind(within, between))
}

gradient <- function(f, t) {  # by central differences, of totals of some thousands
  sapply(seq_along(t), function(i) {
    h <- 1e-3 * t[i]
    up <- down <- t
    up[i] <- t[i] + h; down[i] <- t[i] - h
    up2 <- down2 <- t
    up2[i] <- t[i] + 2 * h; down2[i] <- t[i] - 2 * h
    (8 * (f(up) - f(down)) - (f(up2) - f(down2))) / (12 * h)
  })
}

cat("breakdown,part,value,se,se_jackknife\n")
for (by in c("sex", "gor")) {
  totals <- list(); designs <- list(); jackknife <- list()
  for (year in c(2001, 2003)) {
    d <- wave(year)
    codes <- sort(unique(d[[by]][d[[by]] > 0]))
    x <- sapply(codes, function(g) as.numeric(d$answered & d[[by]] == g))
    y <- x * d$agrees
    colnames(x) <- paste0("x", codes); colnames(y) <- paste0("y", codes)
    design <- svydesign(~psu, strata = ~stratum, weights = ~wtcore, data = cbind(d, x, y), nest = TRUE)
    form <- reformulate(c(colnames(x), colnames(y)))
    totals[[paste(year)]] <- svytotal(form, design)
    replicates <- as.svrepdesign(design, type = "JKn")
    jackknife[[paste(year)]] <- list(
      totals = withReplicates(replicates, function(w, d) colSums(w * d[, c(colnames(x), colnames(y))]), return.replicates = TRUE)$replicates,
      scales = replicates$scale * replicates$rscales)
  }
  n <- length(codes)
  f <- function(t) parts(t[1:n], t[n + 1:n], t[2 * n + 1:n], t[3 * n + 1:n])
  t <- c(coef(totals[["2001"]]), coef(totals[["2003"]]))
  v <- matrix(0, 4 * n, 4 * n)
  v[1:(2 * n), 1:(2 * n)] <- vcov(totals[["2001"]]); v[2 * n + 1:(2 * n), 2 * n + 1:(2 * n)] <- vcov(totals[["2003"]])
  j <- gradient(f, t)
  se <- sqrt(diag(j %*% v %*% t(j)))

  # The jackknife: each wave's replicates, the other wave held still.
  replicated <- numeric(length(f(t)))
  for (k in 1:2) {
    own <- (k - 1) * 2 * n + 1:(2 * n)
    values <- apply(jackknife[[k]]$totals, 1, function(theta) { u <- t; u[own] <- theta; f(u) })
    replicated <- replicated + rowSums(sweep((values - rowMeans(values))^2, 2, jackknife[[k]]$scales, `*`))
  }
  names <- c("change", "within", "between", paste(rep(c("within", "between"), n), rep(codes, each = 2)))
  cat(sprintf("%s,%s,%.15g,%.12g,%.12g\n", by, names, 100 * f(t), 100 * se, 100 * sqrt(replicated)), sep = "")
}
