# Makes reduced.csv: the errors of linear models of survey.csv whose bias in few clusters is
# taken out, and Satterthwaite's degrees of freedom, with whole matrices. Run in this folder:
#
#   Rscript reduced.R
#
# bell-mccaffrey: as R's survey 4.5 documents it; every cluster's residuals times the inverse
# root of I - X (X'X)^-1 X', in the design's variance. cr2: Pustejovsky and Tipton 2018, with
# weights that are not of variances; where clubSandwich is installed it has to agree.
suppressMessages(library(survey))
d <- read.csv("survey.csv")
d$cluster <- paste(d$stratum, d$psu)
d$alone <- as.numeric(d$psu == 5)
d$few <- d$region == 4
root <- function(m) { # the inverse root, of what has an inverse
  e <- eigen(m, symmetric = TRUE)
  e$vectors %*% (ifelse(e$values > 1e-10, 1, 0) / sqrt(pmax(e$values, 1e-10)) * t(e$vectors))
}
rows <- list()
reduced <- function(case, formula, within = rep(TRUE, nrow(d))) {
  e <- d[within, ]
  g <- lm(formula, e, weights = wt)
  x <- model.matrix(g); w <- e$wt; n <- nrow(x)
  design <- subset(svydesign(ids = ~psu, strata = ~stratum, weights = ~wt, data = d, nest = TRUE), within)
  of <- split(seq_len(n), factor(e$cluster, unique(e$cluster)))
  for (how in c("bell-mccaffrey", "cr2")) {
    v <- if (how == "cr2") w else rep(1, n)
    inverse <- solve(crossprod(x * sqrt(v)))
    left <- diag(n) - x %*% inverse %*% t(x * v)
    times <- lapply(of, function(i) root(tcrossprod(left[i, , drop = FALSE])))
    own <- numeric(n)
    for (k in seq_along(of)) own[of[[k]]] <- times[[k]] %*% residuals(g)[of[[k]]]
    u <- (x * own * w) %*% solve(crossprod(x * sqrt(w)))
    V <- if (how == "cr2") crossprod(rowsum(u, e$cluster)) else survey:::svyrecvar(u, design$cluster, design$strata, design$fpc)
    # what each cluster adds to a combination: n rows, a column for each cluster
    adds <- function(h) sapply(seq_along(of), function(k) {
      i <- of[[k]]
      t(left[i, , drop = FALSE]) %*% times[[k]] %*% (x * v)[i, , drop = FALSE] %*% inverse %*% h
    })
    tested <- function(C) { # combinations in columns; Hotelling's T² with the degrees of freedom nearest
      expected <- matrix(0, ncol(C), ncol(C))
      for (s in seq_len(ncol(C))) for (t in seq_len(ncol(C))) expected[s, t] <- sum(adds(C[, s]) * adds(C[, t]))
      P <- lapply(seq_len(ncol(C)), function(s) adds((C %*% root(expected))[, s]))
      variance <- 0
      for (s in seq_along(P)) for (t in seq_along(P)) {
        variance <- variance + sum(crossprod(P[[s]], P[[t]]) * t(crossprod(P[[s]], P[[t]]))) + sum(crossprod(P[[s]]) * crossprod(P[[t]]))
      }
      q <- ncol(C); eta <- q * (q + 1) / variance
      wald <- drop(t(coef(g)) %*% C %*% solve(t(C) %*% V %*% C) %*% t(C) %*% coef(g))
      c((eta - q + 1) / (eta * q) * wald, eta - q + 1)
    }
    line <- function(name, value, se, df) rows[[length(rows) + 1]] <<- sprintf("%s %s,%s,%.17g,%.17g,%.17g", how, case, name, value, se, df)
    one <- diag(ncol(x))
    for (j in seq_len(ncol(x))) {
      P <- crossprod(adds(one[, j]))
      line(colnames(x)[j], coef(g)[j], sqrt(V[j, j]), sum(diag(P))^2 / sum(P^2))
    }
    h <- (colnames(x) == "gradetop") - (colnames(x) == "grademid")
    P <- crossprod(adds(h))
    line("coefficient(grade=top) - coefficient(grade=mid)", sum(h * coef(g)), sqrt(drop(t(h) %*% V %*% h)), sum(diag(P))^2 / sum(P^2))
    for (t in unique(attr(x, "assign"))) if (sum(attr(x, "assign") == t) > 1) {
      F <- tested(one[, attr(x, "assign") == t, drop = FALSE])
      line(paste("F", attr(terms(g), "term.labels")[t]), F[1], NA, F[2])
      if (how == "cr2" && requireNamespace("clubSandwich", quietly = TRUE)) {
        e <<- e; environment(formula) <- globalenv()
        g <- lm(formula, e, weights = wt)
        CR2 <- clubSandwich::vcovCR(g, cluster = e$cluster, type = "CR2", inverse_var = FALSE)
        theirs <- clubSandwich::Wald_test(g, constraints = one[attr(x, "assign") == t, , drop = FALSE], vcov = CR2, test = "HTZ")
        stopifnot(max(abs(CR2 / V - 1)) < 1e-8, abs(theirs$Fstat / F[1] - 1) < 1e-8, abs(theirs$df_denom / F[2] - 1) < 1e-8)
      }
    }
  }
}
reduced("all", hours ~ age + grade)
reduced("alone", hours ~ age + alone + grade)
reduced("few", hours ~ age + grade, d$few)
reduced("alike", hours ~ grade)
writeLines(c("case,name,value,se,df", unlist(rows)), "reduced.csv")
