library(survey)
d <- read.csv("nhanes2.csv")
s <- svydesign(ids = ~psuid, strata = ~stratid, weights = ~finalwgt, nest = TRUE, data = d)
variables <- c("diabetes", "highbp", "highlead", "zinc")
figures <- contrasts <- NULL
for (v in variables) {
  k <- if (v == "zinc") 1 else 100
  has <- subset(s, !is.na(d[[v]]))
  all <- svymean(reformulate(v), has)
  by <- svyby(reformulate(v), ~race, has, svymean, covmat = TRUE)
  figures <- rbind(figures, data.frame(variable = v, race = c("all", by$race), value = k * c(coef(all), coef(by)), se = k * c(SE(all), SE(by))))
  pairs <- NULL
  for (a in 1:2) for (b in (a + 1):3) {
    x <- svycontrast(by, replace(rep(0, 3), c(a, b), c(-1, 1)))
    pairs <- rbind(pairs, data.frame(variable = v, pair = paste(b, a), value = k * as.vector(coef(x)), se = k * as.vector(SE(x))))
  }
  pairs$p <- 2 * pt(-abs(pairs$value / pairs$se), degf(s))
  pairs$adjusted <- p.adjust(pairs$p, "holm")
  contrasts <- rbind(contrasts, pairs)
}
